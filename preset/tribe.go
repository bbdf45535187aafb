package preset

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// TribeSchema is the CRM schema of [Tribe]: the fields of all kinds of persons.
func TribeSchema() *record.Schema { return tribeWholeSchema }

// TribeBusinessSchema is the CRM schema of [TribeBusiness].
func TribeBusinessSchema() *record.Schema { return tribeBusinessSchema }

// TribePrivateSchema is the CRM schema of [TribePrivate].
func TribePrivateSchema() *record.Schema { return tribePrivateSchema }

var (
	tribeWholeSchema = func() *record.Schema {
		fields := mapping.TribePrivateSchema().Fields()
		return with(tribeBusinessSchema, slices.DeleteFunc(slices.Clone(fields), func(f record.Field) bool {
			_, shared := tribeBusinessSchema.Field(f.Name)
			return shared
		})...)
	}()
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

// Tribe is the settings for all kinds of persons in one folder (E8): business contacts and employees have one field map, private
// individuals their own. A kind that is not to be in Outlook is left out of the filter.
//
// It takes the people whose relation manager the user is, or among whose owners, and who are not marked former (E7); that they
// are is watched (G5). Edits flow both ways, new people come from the CRM alone (E11); the newer edit wins. Nothing is ever
// deleted (X5), and who was deleted in Outlook comes back with their next change in the CRM (X4).
func Tribe() contactsync.Settings {
	private := mapping.TribePrivate()
	var all, some []mapping.Rule
	of := func(kind string, rules, others []mapping.Rule) {
		for _, r := range rules {
			if !slices.ContainsFunc(others, func(o mapping.Rule) bool { return o.ID == r.ID }) {
				r.Kinds = []string{kind}
				some = append(some, r)
			} else if kind == "business" {
				all = append(all, r)
			}
		}
	}
	of("business", mapping.TribeBusiness(), private)
	of("private", private, mapping.TribeBusiness())
	s := tribe(append(all, some...), append(slices.Clone(atWork), "private")...)
	s.Kinds = []contactsync.PersonKind{
		{ID: "business", If: filter.In("kind", atWork...)},
		{ID: "private", If: filter.Equals("kind", "private")},
	}
	return s
}

// atWork are the kinds of persons with the field map of business contacts.
var atWork = []string{"businessContact", "employee"}

// TribeBusiness is [Tribe] for business contacts and employees alone; a connection beside it for private individuals, [TribePrivate],
// needs a folder of its own.
func TribeBusiness() contactsync.Settings {
	return tribe(mapping.TribeBusiness(), atWork...)
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
