package acceptance

import (
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// What tests of their own, beside the rows, do with a world and read of it.

// Ties are the pairs of a connection: the id of each CRM record, with what the notes of its card say. Asked are the CRM records
// that an open question is about, by id, and the cards, by their notes.
func (w *World) Ties(who string) (ties [][2]string, asked []string) {
	c := w.Connection(who)
	notes := func(item string) string {
		card, _ := w.box(c.User).Item(item)
		v, _ := card.Fields.Get("personalNotes")
		return v.Text()
	}
	for _, l := range got(w.state.Links(w.ctx, c.ID, "", 1<<20)) {
		if l.Phase == contactsync.Linked {
			ties = append(ties, [2]string{l.IDs[record.CRM], notes(l.IDs[record.Outlook])})
		}
	}
	for _, p := range got(w.state.Problems(w.ctx, c.ID)) {
		for side, id := range p.Record {
			switch {
			case id == "":
			case record.Side(side) == record.CRM:
				asked = append(asked, id)
			default:
				asked = append(asked, notes(id))
			}
		}
	}
	return ties, asked
}

// OfCard is the first entry of a field of the card of a CRM record.
func (w *World) OfCard(who, crmID, field string) string {
	card, _ := w.box(w.Connection(who).User).Item(w.Card(who, crmID))
	v, _ := card.Fields.Get(field)
	return v.Text()
}

// NewWorld is a world under these settings, for tests of their own.
func NewWorld(change func(*contactsync.Settings)) *World {
	s := Setup{Settings: contactsync.Settings{Mapping: rules(), Region: "GB"}}
	change(&s.Settings)
	return newWorld(&s)
}

// Settings are those of all connections; Change changes them.
func (w *World) Settings() contactsync.Settings { return w.setup.Settings }

func (w *World) Change(change func(*contactsync.Settings)) { change(&w.setup.Settings) }

// Layer sets the settings of a user, as JSON; empty takes them away. Lock locks members of Settings for all of them.
func (w *World) Layer(user, settings string) {
	delete(w.layers, user)
	if settings != "" {
		w.layers[user] = settings
	}
}

func (w *World) Lock(members ...string) { w.setup.Locked = members }

// Try runs a connection that may be refused.
func (w *World) Try(who string) (contactsync.Report, error) {
	return w.Engine.Sync(w.ctx, w.conns[who].ID)
}

// Question is the id of an open problem of a connection.
func (w *World) Question(who string) string {
	return got(w.state.Problems(w.ctx, w.conns[who].ID))[0].ID
}

// Correction is a correction of a CRM record.
func (w *World) Correction(pairs ...string) contactsync.Correction {
	return contactsync.Correction{Set: fieldsOf(person, pairs)}
}

// All is what there is on both sides, what is asked, and where the connections stand, a line each.
func (w *World) All(who ...string) []string {
	lines := []string{"CRM: " + strings.Join(linesOf("", w.tenant.Records(record.Contact), person.Names()).lines, "; ")}
	for _, name := range who {
		lines = append(lines,
			"cards of "+name+": "+strings.Join(w.Cards(name, record.OutlookContact.Names()...).lines, "; "),
			"problems of "+name+": "+strings.Join(w.Problems(name).lines, "; "),
			"status of "+name+": "+string(w.Connection(name).Status)+" "+w.Connection(name).Reason,
		)
	}
	return lines
}

// Hide has the administrator of the CRM hide a field from everybody; empty: none.
func (w *World) Hide(field string) { w.crm.hid = field }
