package preset

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// PipelinerSchema is the CRM schema of [Pipeliner].
func PipelinerSchema() *record.Schema { return pipelinerSchema }

var pipelinerSchema = with(naming(mapping.PipelinerSchema(), "account"), owner, editors)

// Pipeliner goes both ways (F2): the records that a user owns, or owns or edits (E3: the search "mineOrEdited"), or all that they
// see (E4: no filter), and everything in the folder (E10). The CRM wins. An edited company is another account of the CRM, and none is
// renamed (M5); since everything comes from the folder, a new contact whose company is no account comes without. That needs a
// Store that is a [contactsync.AccountFinder]. A delete goes across in both directions where the user may delete (X2, X3), and
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
		Mapping:  account(mapping.Pipeliner(), "account"),
		Match:    contactsync.Match{Doubtful: alsoLinks},
		Account:  contactsync.Accounts{Missing: "without", Ambiguous: "hold"},
		Conflict: mapping.CRMWins,
		Deleted:  contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate, WithoutRight: "report"},
		Left:     contactsync.Propagate,
	}
}
