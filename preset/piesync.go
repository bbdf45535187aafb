package preset

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// PieSyncSchema is the CRM schema of [PieSync]: an example, as that product connects many CRMs.
func PieSyncSchema() *record.Schema { return piesyncSchema }

var piesyncSchema = func() *record.Schema {
	s, err := record.NewSchema(record.Contact,
		record.Field{Name: "name", Label: "Name", Type: record.Name},
		record.Field{Name: "company", Label: "Company"},
		record.Field{Name: "jobTitle", Label: "Job title"},
		record.Field{Name: "emails", Label: "Emails", Type: record.Email, Shape: record.List},
		record.Field{Name: "phones", Label: "Phones", Type: record.Phone, Shape: record.List},
		record.Field{Name: "mobile", Label: "Mobile", Type: record.Phone},
		record.Field{Name: "tags", Label: "Tags", Shape: record.Set},
		record.Field{Name: "notes", Label: "Notes"},
	)
	if err != nil {
		panic(err)
	}
	return s
}()

// PieSync goes both ways (F2, F3) by email, with all records; filters on fields and categories narrow them (E9). The newer edit
// wins, and an empty field erases nothing at the first meeting (C2). Nothing is ever deleted (X5). The name is one field in
// the CRM, joined and split back. A host puts its own map, or what [mapping.Suggest] makes
// of its schema, in the place of Mapping.
func PieSync() contactsync.Settings {
	return contactsync.Settings{
		Flow: flow(fills, fills),
		Mapping: []mapping.Rule{
			{
				ID: "name", CRM: []string{"name"}, Outlook: []string{"givenName", "surname"},
				Lens: mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Given, mapping.Surname}},
			},
			{ID: "company", CRM: []string{"company"}, Outlook: []string{"companyName"}},
			{ID: "jobTitle", CRM: []string{"jobTitle"}, Outlook: []string{"jobTitle"}},
			{ID: "emails", CRM: []string{"emails"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.List}},
			{ID: "phones", CRM: []string{"phones"}, Outlook: []string{"businessPhones"}, Lens: mapping.Spec{Kind: mapping.List}},
			{ID: "mobile", CRM: []string{"mobile"}, Outlook: []string{"mobilePhone"}},
			{ID: "notes", CRM: []string{"notes"}, Outlook: []string{"personalNotes"}},
		},
		Match:    contactsync.Match{By: match.ByEmail, Doubtful: alsoLinks},
		Conflict: mapping.Newest,
		Deleted:  contactsync.OnDelete{InCRM: contactsync.Unlink, InOutlook: contactsync.Unlink},
	}
}
