package preset

import (
	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// DealiusSchema is the CRM schema of [Dealius].
func DealiusSchema() *record.Schema { return dealiusSchema }

var dealiusSchema = with(mapping.DealiusSchema(), owner,
	record.Field{Name: "selectedBy", Label: "Selected by", Type: record.Reference, Shape: record.Set},
	record.Field{Name: "permission", Label: "Permission level"},
)

// Dealius goes one way, from the CRM to Outlook, with the contacts that a user selected one by one (E1, F1). The search "mine" is
// the other choice of F1, no filter at all is "all"; an administrator narrows either by the field "permission" (E2). An
// Outlook contact that was there already is filled where it is empty, at the first meeting (M1, M2, M3); later the CRM writes over
// what was edited in Outlook when it changes the same field (G2). What is deleted in the CRM stays in Outlook (X1).
func Dealius() contactsync.Settings {
	return contactsync.Settings{
		Flow:   flow(fills, nothing),
		Filter: filter.Saved("selected"),
		Saved: map[string]filter.Condition{
			"selected": filter.Has("selectedBy", filter.User),
			"mine":     filter.Equals("owner", filter.User),
		},
		Mapping: mapping.Dealius(),
		Match: contactsync.Match{
			By: match.ByEmailOrPhone, Several: match.First, Doubtful: alsoLinks, Existing: conflict.FillEmpty, For: "firstMeeting",
		},
		Conflict: mapping.CRMWins,
		Deleted:  contactsync.OnDelete{InCRM: contactsync.Detach, InOutlook: contactsync.Detach},
		Left:     contactsync.Detach,
	}
}
