package preset

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// PipelinerSchema is the CRM schema of [Pipeliner].
func PipelinerSchema() *record.Schema { return pipelinerSchema }

var pipelinerSchema = with(mapping.PipelinerSchema(), owner, editors)

// Pipeliner goes both ways (F2): the records that a user owns, or owns or edits (E3: the search "mineOrEdited"), or all that they
// see (E4: no filter), and everything in the folder (E10). The CRM wins. A delete goes across in both directions (X2, X3), and
// a record that is no longer the user's leaves the folder. What comes from the folder must be made the user's by the CRM, or it
// does not take part from then on.
func Pipeliner() contactsync.Settings {
	return contactsync.Settings{
		Flow:   flow(mirrors, mirrors),
		Filter: filter.Saved("mine"),
		Saved: map[string]filter.Condition{
			"mine":         filter.Equals("owner", filter.User),
			"mineOrEdited": filter.Or(filter.Equals("owner", filter.User), filter.Has("editors", filter.User)),
		},
		Mapping:  mapping.Pipeliner(),
		Match:    contactsync.Match{Doubtful: alsoLinks},
		Conflict: mapping.CRMWins,
		Deleted:  contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate},
		Left:     contactsync.Propagate,
	}
}
