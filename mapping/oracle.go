package mapping

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// OracleSchema is the CRM schema of [Oracle].
func OracleSchema() *record.Schema { return oracleSchema }

var oracleSchema = contactSchema(
	record.Field{Name: "firstName", Label: "First name", Type: record.Name},
	record.Field{Name: "lastName", Label: "Last name", Type: record.Name},
	record.Field{Name: "company", Label: "Company"},
	record.Field{Name: "jobTitle", Label: "Job title"},
	record.Field{Name: "emails", Label: "Emails", Type: record.Email, Shape: record.List},
	record.Field{Name: "workPhones", Label: "Work phones", Type: record.Phone, Shape: record.List},
	record.Field{Name: "homePhones", Label: "Home phones", Type: record.Phone, Shape: record.List},
	record.Field{Name: "mobilePhone", Label: "Mobile phone", Type: record.Phone},
	record.Field{Name: "street", Label: "Street"},
	record.Field{Name: "city", Label: "City"},
	record.Field{Name: "state", Label: "State"},
	record.Field{Name: "postalCode", Label: "Postal code"},
	record.Field{Name: "country", Label: "Country"},
)

// Oracle is the two-way map of product O for contacts. The company is text.
func Oracle() []Rule {
	return []Rule{
		one("firstName", "firstName", "givenName"),
		one("lastName", "lastName", "surname"),
		one("company", "company", "companyName"),
		one("jobTitle", "jobTitle", "jobTitle"),
		entriesOf("emails", "emails", "emailAddresses"),
		entriesOf("workPhones", "workPhones", "businessPhones"),
		entriesOf("homePhones", "homePhones", "homePhones"),
		one("mobilePhone", "mobilePhone", "mobilePhone"),
		{ID: "address", CRM: []string{"street", "city", "state", "postalCode", "country"}, Outlook: slices.Clone(businessAddress), Lens: Spec{Kind: Address}},
	}
}

// entriesOf carries the entries of a list, whatever their order.
func entriesOf(id, crm, outlook string) Rule {
	return Rule{ID: id, CRM: []string{crm}, Outlook: []string{outlook}, Lens: Spec{Kind: List}}
}
