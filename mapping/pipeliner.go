package mapping

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// PipelinerSchema is the CRM schema of [Pipeliner]. Phone 3 (fax) and the fourth and fifth email are fields of the
// CRM that no rule speaks about.
func PipelinerSchema() *record.Schema { return pipelinerSchema }

var pipelinerSchema = contactSchema(
	record.Field{Name: "firstName", Label: "First name", Type: record.Name},
	record.Field{Name: "lastName", Label: "Last name", Type: record.Name},
	record.Field{Name: "account", Label: "Primary account"},
	record.Field{Name: "jobTitle", Label: "Job title"},
	record.Field{Name: "phone1", Label: "Phone 1 (business)", Type: record.Phone},
	record.Field{Name: "phone2", Label: "Phone 2 (other)", Type: record.Phone},
	record.Field{Name: "phone3", Label: "Phone 3 (fax)", Type: record.Phone, NoMatch: true},
	record.Field{Name: "phone4", Label: "Phone 4 (mobile)", Type: record.Phone},
	record.Field{Name: "phone5", Label: "Phone 5 (home)", Type: record.Phone},
	record.Field{Name: "email1", Label: "Email 1", Type: record.Email},
	record.Field{Name: "email2", Label: "Email 2", Type: record.Email},
	record.Field{Name: "email3", Label: "Email 3", Type: record.Email},
	record.Field{Name: "email4", Label: "Email 4", Type: record.Email},
	record.Field{Name: "email5", Label: "Email 5", Type: record.Email},
	record.Field{Name: "street", Label: "Street"},
	record.Field{Name: "city", Label: "City"},
	record.Field{Name: "state", Label: "State"},
	record.Field{Name: "zip", Label: "Zip code"},
	record.Field{Name: "country", Label: "Country"},
	record.Field{Name: "comments", Label: "Comments"},
)

// Pipeliner is the two-way map of product P. The company is text. Phone 1 is the first business phone and phone 5 the
// first home phone: the second ones are never touched.
func Pipeliner() []Rule {
	return []Rule{
		one("firstName", "firstName", "givenName"),
		one("lastName", "lastName", "surname"),
		one("account", "account", "companyName"),
		one("jobTitle", "jobTitle", "jobTitle"),
		first("phone1", "phone1", "businessPhones"),
		one("phone2", "phone2", "otherPhone"),
		one("phone4", "phone4", "mobilePhone"),
		first("phone5", "phone5", "homePhones"),
		{ID: "emails", CRM: []string{"email1", "email2", "email3"}, Outlook: []string{"emailAddresses"}, Lens: Spec{Kind: List}},
		{ID: "address", CRM: []string{"street", "city", "state", "zip", "country"}, Outlook: slices.Clone(businessAddress), Lens: Spec{Kind: Address}},
		one("comments", "comments", "personalNotes"),
	}
}
