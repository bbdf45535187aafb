package sim

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// typedInAgain names an item that plainly is the person of a CRM record which is being deleted, and was there before the run: both
// names and an address are the same, nothing else shares any address or number with either, and nothing ties the item or did when the
// run began: what another record had is nobody's second try.
func (l *ledger) typedInAgain(x writing) string {
	s := l.w.settings
	byAddress := s.Match.By == "" || s.Match.By == match.ByEmailOrPhone || s.Match.By == match.ByEmail
	if x.side != record.CRM || !byAddress || len(l.w.struck) > 0 || !l.mapped("first") || !l.mapped("last") || !l.mapped("emails") ||
		l.w.eligible(x.scope.User, x.before.Fields) != filter.Yes {
		return ""
	}
	items := l.w.user(x.scope.User).box.Items(record.Contact, l.w.folderOf(x.scope.User))
	had := func(id string) bool {
		return slices.ContainsFunc(l.run.links, func(k contactsync.Link) bool {
			return k.Phase == contactsync.Linked && k.IDs[record.Outlook] == id
		})
	}
	i := slices.IndexFunc(items, func(item record.Record) bool {
		return !had(item.ID) && item.Created.Before(l.w.now) && len(l.w.linksOf(x.scope.Conn, record.Outlook, item.ID)) == 0 && plainly(x.before.Fields, item.Fields)
	})
	if i < 0 {
		return ""
	}
	beside := func(other record.Record) bool {
		return other.ID != x.before.ID && other.ID != items[i].ID && (shares(other.Fields, x.before.Fields) || shares(other.Fields, items[i].Fields))
	}
	if slices.ContainsFunc(items, beside) || slices.ContainsFunc(l.w.tenant.Records(record.Contact), beside) {
		return ""
	}
	return items[i].ID
}

// plainly reports whether both names of a record and an item are there and the same, and so is an address.
func plainly(crm, item record.Fields) bool {
	for crmName, itemName := range map[string]string{"firstName": "givenName", "lastName": "surname"} {
		a, b := crm.Text(crmName), item.Text(itemName)
		if len(a) < 2 || a != b || strings.HasSuffix(a, ".") {
			return false
		}
	}
	return slices.ContainsFunc(value(crm, fieldOf(record.CRM, "emails")), func(a string) bool {
		return slices.Contains(value(item, fieldOf(record.Outlook, "emails")), a)
	})
}

// shares reports whether two records have an address or a number in common, by what is left of it without its form.
func shares(a, b record.Fields) bool {
	of := keysOf(a)
	return slices.ContainsFunc(keysOf(b), func(k string) bool { return slices.Contains(of, k) })
}

func keysOf(f record.Fields) []string {
	var keys []string
	for name, v := range f.All() {
		field, _ := f.Schema().Field(name)
		for _, text := range v {
			if field.Type == record.Email || field.Type == record.Phone || strings.Contains(text, "@") {
				keys = append(keys, field.Canonical(record.Value{strings.ToLower(text)}, locale)...)
			}
		}
	}
	return keys
}
