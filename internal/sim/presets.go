package sim

import (
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
)

// presets are the five products' ways to match, to decide and to delete, over the mapping of the simulation. Their field maps
// are tested in package mapping.
var presets = map[string]func() contactsync.Settings{
	// One way, all visible records; what is deleted in the CRM stays in Outlook (F1, M1 to M3, X1).
	"dealius": func() contactsync.Settings {
		return contactsync.Settings{
			Flow:    contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true}, ToCRM: &contactsync.Ops{}},
			Match:   contactsync.Match{By: match.ByEmailOrPhone, Several: match.First, Doubtful: "link", Existing: conflict.FillEmpty},
			Deleted: contactsync.OnDelete{InCRM: contactsync.Detach, InOutlook: contactsync.Detach},
		}
	},
	// Two ways, mine, deletes both ways (F2, E3, X2, X3).
	"pipeliner": func() contactsync.Settings {
		return contactsync.Settings{
			Flow:     contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true, Delete: true}, ToCRM: &contactsync.Ops{Create: true, Update: true, Delete: true}},
			Filter:   filter.Equals("owner", filter.User),
			Match:    contactsync.Match{Doubtful: "link"},
			Conflict: mapping.CRMWins, Deleted: contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate},
			Left: contactsync.Propagate,
		}
	},
	// Records that began in the CRM only; a record deleted in Outlook comes back with its next change (E7, E11, X4, X5).
	"tribe": func() contactsync.Settings {
		return contactsync.Settings{
			Flow:     contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true}, ToCRM: &contactsync.Ops{Update: true}},
			Filter:   filter.And(filter.Equals("owner", filter.User), filter.Not(filter.Equals("kind", "former"))),
			Match:    contactsync.Match{Doubtful: "link"},
			Conflict: mapping.Newest, Deleted: contactsync.OnDelete{InCRM: contactsync.Detach, InOutlook: contactsync.Unlink},
			Left: contactsync.Detach,
		}
	},
	// Two ways, the user decides (C1).
	"oracle": func() contactsync.Settings {
		return contactsync.Settings{
			Match: contactsync.Match{Doubtful: "link"}, Conflict: mapping.Ask,
			Deleted: contactsync.OnDelete{InCRM: contactsync.Detach, InOutlook: contactsync.Detach},
		}
	},
	// Two ways by email, the newest counts, nothing is ever deleted (C2, E9, X5).
	"piesync": func() contactsync.Settings {
		return contactsync.Settings{
			OutlookFilter: filter.Not(filter.Empty("givenName")),
			Match:         contactsync.Match{By: match.ByEmail, Doubtful: "link"}, Conflict: mapping.Newest,
			Deleted: contactsync.OnDelete{InCRM: contactsync.Unlink, InOutlook: contactsync.Unlink},
		}
	},
}

func presetNames() []string { return slices.Sorted(maps.Keys(presets)) }
