package preset

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// TribeBusinessSchema is the CRM schema of [TribeBusiness].
func TribeBusinessSchema() *record.Schema { return tribeBusinessSchema }

// TribePrivateSchema is the CRM schema of [TribePrivate].
func TribePrivateSchema() *record.Schema { return tribePrivateSchema }

var (
	tribeBusinessSchema = tribeSchema(mapping.TribeBusinessSchema())
	tribePrivateSchema  = tribeSchema(mapping.TribePrivateSchema())
)

func tribeSchema(s *record.Schema) *record.Schema {
	return with(s,
		record.Field{Name: "kind", Label: "Kind of person"},
		record.Field{Name: "relationManager", Label: "Relation manager", Type: record.Reference},
		record.Field{Name: "owners", Label: "Owners", Type: record.Reference, Shape: record.Set},
		record.Field{Name: "former", Label: "Former", Type: record.Bool},
	)
}

// TribeBusiness is the settings for business contacts and employees, which have one field map (E8); a connection for private
// individuals, with their own, takes [TribePrivate], and a folder of its own.
//
// It takes the people whose relation manager the user is, or among whose owners, and who are not marked former (E7); that they
// are is watched (G5). Edits flow both ways, new people come from the CRM alone (E11); the newer edit wins. Nothing is ever
// deleted (X5), and who was deleted in Outlook comes back with their next change in the CRM (X4).
func TribeBusiness() contactsync.Settings {
	return tribe(mapping.TribeBusiness(), "businessContact", "employee")
}

// TribePrivate is the settings for private individuals; see [TribeBusiness].
func TribePrivate() contactsync.Settings { return tribe(mapping.TribePrivate(), "private") }

func tribe(rules []mapping.Rule, kinds ...string) contactsync.Settings {
	return contactsync.Settings{
		Flow: flow(fills, updates),
		Filter: filter.And(
			filter.In("kind", kinds...),
			filter.Or(filter.Equals("relationManager", filter.User), filter.Has("owners", filter.User)),
			filter.Not(filter.Equals("former", "true")),
		),
		Watch:    []string{"relationManager", "owners", "former"},
		Mapping:  rules,
		Match:    contactsync.Match{Doubtful: alsoLinks},
		Conflict: mapping.Newest,
		Deleted:  contactsync.OnDelete{InCRM: contactsync.Detach, InOutlook: contactsync.Unlink},
		Left:     contactsync.Detach,
	}
}
