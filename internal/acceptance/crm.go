package acceptance

import (
	"context"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// person is a record of the CRM.
var person = got(record.NewSchema(record.Contact,
	record.Field{Name: "firstName", Label: "First name", Type: record.Name},
	record.Field{Name: "lastName", Label: "Last name", Type: record.Name},
	record.Field{Name: "company", Label: "Company"},
	record.Field{Name: "jobTitle", Label: "Job title", MaxLen: 30},
	record.Field{Name: "emails", Label: "Emails", Type: record.Email, Shape: record.List},
	record.Field{Name: "workPhone", Label: "Work phone", Type: record.Phone},
	record.Field{Name: "mobile", Label: "Mobile", Type: record.Phone},
	record.Field{Name: "notes", Label: "Notes"},
	record.Field{Name: "kind", Label: "Kind"},
	record.Field{Name: "level", Label: "Permission level"},
	record.Field{Name: "former", Label: "Former", Type: record.Bool},
	record.Field{Name: "owner", Label: "Owner", Type: record.Reference},
	record.Field{Name: "owners", Label: "Owners", Type: record.Reference, Shape: record.Set},
	record.Field{Name: "editors", Label: "Editors", Type: record.Reference, Shape: record.Set},
	record.Field{Name: "manager", Label: "Relationship manager", Type: record.Reference},
	record.Field{Name: "accountOwner", Label: "Owner of the account", Type: record.Reference},
	record.Field{Name: "favouriteOf", Label: "Favourite of", Type: record.Reference, Shape: record.Set},
	record.Field{Name: "selectedBy", Label: "Selected by", Type: record.Reference, Shape: record.Set},
))

func rules() []mapping.Rule {
	return []mapping.Rule{
		{ID: "first", CRM: []string{"firstName"}, Outlook: []string{"givenName"}},
		{ID: "last", CRM: []string{"lastName"}, Outlook: []string{"surname"}},
		{ID: "company", CRM: []string{"company"}, Outlook: []string{"companyName"}},
		{ID: "title", CRM: []string{"jobTitle"}, Outlook: []string{"jobTitle"}},
		{ID: "emails", CRM: []string{"emails"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.List}},
		{ID: "work", CRM: []string{"workPhone"}, Outlook: []string{"businessPhones"}, Lens: mapping.Spec{Kind: mapping.First}},
		{ID: "mobile", CRM: []string{"mobile"}, Outlook: []string{"mobilePhone"}},
		{ID: "notes", CRM: []string{"notes"}, Outlook: []string{"personalNotes"}},
	}
}

// crm is a Store that knows its users and what they may delete.
type crm struct {
	*memstore.Store
	away map[string]bool // users who are deactivated
	keep map[string]bool // records that nobody may delete
}

func (c *crm) ActiveUser(_ context.Context, _, user string) (bool, error) { return !c.away[user], nil }

func (c *crm) MayDelete(_ context.Context, _ contactsync.Scope, ids []string) ([]bool, error) {
	may := make([]bool, len(ids))
	for i, id := range ids {
		may[i] = !c.keep[id]
	}
	return may, nil
}
