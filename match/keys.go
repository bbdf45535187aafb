package match

import (
	"slices"
	"strings"
	"unicode"

	"github.com/seed-42871e99/crmsync/record"
)

// KeyKind says what a key was made from.
type KeyKind string

const (
	EmailKey KeyKind = "email"
	PhoneKey KeyKind = "phone"
)

// Key identifies a person, perhaps: a folded address or a valid phone number in E.164, without its extension.
type Key struct {
	Kind  KeyKind
	Value string
}

// String is kind, colon, value: the form a host indexes.
func (k Key) String() string { return string(k.Kind) + ":" + k.Value }

// Keys returns the keys of a record, without repetition, in the order of its fields: one for each valid address in a
// field of type Email and each valid number in one of type Phone, except fields marked NoMatch. A blank or invalid
// entry gives no key, never an equal empty one. A host indexes their String with its records (see [Version]).
func Keys(f record.Fields, loc record.Locale) []Key {
	if f.Schema() == nil {
		return nil
	}
	var keys []Key
	add := func(k Key) {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for place, field := range f.Schema().Fields() {
		if field.NoMatch || field.Type != record.Email && field.Type != record.Phone {
			continue
		}
		entries, _ := f.At(place)
		for _, entry := range entries {
			if field.Type == record.Email {
				if folded, ok := record.FoldEmail(entry); ok {
					add(Key{EmailKey, folded})
				}
				continue
			}
			for _, n := range record.ParsePhones(entry, loc.Region) {
				if n.Valid {
					add(Key{PhoneKey, n.E164})
				}
			}
		}
	}
	return keys
}

// HashKey is the hash under which a key stands in a [Candidate]. Its last bit says that the key is a mailbox of several
// people by its name: info@, sales@, family.jansen@, acme@acme.example.
func HashKey(k Key, h record.Hasher) uint64 {
	hash := h.Text(k.String()) &^ roleBit
	if k.Kind == EmailKey && isRole(k.Value) {
		hash |= roleBit
	}
	return hash
}

const roleBit = 1

// roles are the words that name mailboxes of several people: English, Dutch, German, Spanish, French and Italian.
var roles = wordSet(`info information contact office admin administration sales support service help helpdesk hello mail email post
	reception accounts accounting billing invoices invoice finance team staff hr jobs careers marketing press media orders order booking bookings
	enquiries inquiries webmaster postmaster hostmaster noreply reservations secretary shop store
	administratie receptie verkoop inkoop boekhouding facturen factuur secretariaat bestellingen klantenservice contactpersoon
	kontakt buero buro verkauf einkauf buchhaltung rechnung zentrale empfang sekretariat kundenservice
	purchasing procurement payroll dispatch logistics warehouse
	debiteuren crediteuren personeelszaken personeel planning magazijn logistiek offertes inschrijvingen
	vertrieb versand personalabteilung verwaltung bewerbung bestellung bestellungen auftrag kundendienst
	ventas contacto administracion facturacion recepcion pedidos compras accueil comptabilite commercial
	contabilidad comercial clientes oficina tienda compta facturation achats ventes livraison recrutement vendite amministrazione
	family familie fam famille familia`)

// isRole reports whether an address is a mailbox of several people by its name: a role's, or that of the whole domain (acme@acme.example).
func isRole(address string) bool {
	local, domain, _ := strings.Cut(address, "@")
	if labels := strings.Split(domain, "."); len(local) > 1 && slices.Contains(labels[:len(labels)-1], local) { // one letter is an initial
		return true
	}
	for word := range strings.FieldsFuncSeq(local, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if roles[fold(word)] {
			return true
		}
	}
	return false
}
