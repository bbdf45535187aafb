package preset

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// OracleSchema is the CRM schema of [Oracle].
func OracleSchema() *record.Schema { return oracleSchema }

var oracleSchema = with(naming(mapping.OracleSchema(), "company"), owner, editors,
	record.Field{Name: "type", Label: "Type"},
	record.Field{Name: "accountOwner", Label: "Owner of the account", Type: record.Reference},
	record.Field{Name: "favoriteOf", Label: "Favorite of", Type: record.Reference, Shape: record.Set},
)

// Oracle goes both ways (F2), with one of the predefined searches or a copy that keeps its fields (E3, E5, E6). An administrator who
// lets users take all that they see (E4) leaves Predefined out. A new
// contact whose company is no account waits (M5), for which the Store is a [contactsync.AccountFinder]. A person decides every conflict (C1). Deletes go nowhere.
func Oracle() contactsync.Settings {
	return contactsync.Settings{
		Flow:   flow(fills, fills),
		Filter: filter.Saved("Contacts I own"),
		Saved: map[string]filter.Condition{
			"Contacts I own":                      filter.Equals("owner", filter.User),
			"Contacts I own or edit":              filter.Or(filter.Equals("owner", filter.User), filter.Has("editors", filter.User)),
			"Contacts of accounts I own":          filter.Equals("accountOwner", filter.User),
			"Contacts of type account that I own": filter.And(filter.Equals("type", "account"), filter.Equals("owner", filter.User)),
			"My favorites":                        filter.Has("favoriteOf", filter.User),
		},
		Predefined: map[string][][]string{
			"Contacts I own":                      {{"owner"}},
			"Contacts I own or edit":              {{"owner", "editors"}},
			"Contacts of accounts I own":          {{"accountOwner"}},
			"Contacts of type account that I own": {{"type"}, {"owner"}},
			"My favorites":                        {{"favoriteOf"}},
		},
		Mapping:  account(mapping.Oracle(), "company"),
		Match:    contactsync.Match{Doubtful: alsoLinks},
		Account:  contactsync.Accounts{Missing: "hold", Ambiguous: "hold"},
		Conflict: mapping.Ask,
		Deleted:  contactsync.OnDelete{InCRM: contactsync.Detach, InOutlook: contactsync.Detach},
	}
}
