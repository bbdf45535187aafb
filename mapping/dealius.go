package mapping

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// The presets are starting points: rules and the CRM schema they are for. A host takes a preset as it is, or changes
// its CRM field names, directions and conflict rules; the ids must stay once a connection has run.

// DealiusSchema is the CRM schema of [Dealius].
func DealiusSchema() *record.Schema { return dealiusSchema }

var dealiusSchema = contactSchema(
	record.Field{Name: "firstName", Label: "First name", Type: record.Name},
	record.Field{Name: "lastName", Label: "Last name", Type: record.Name},
	record.Field{Name: "company", Label: "Company"},
	record.Field{Name: "mobilePhone", Label: "Mobile phone", Type: record.Phone},
	record.Field{Name: "officePhone", Label: "Office phone", Type: record.Phone},
	record.Field{Name: "email", Label: "Email", Type: record.Email},
	record.Field{Name: "contactType", Label: "Contact type"},
	record.Field{Name: "title", Label: "Title"},
	record.Field{Name: "notes", Label: "Notes"},
)

// Dealius is the one-way map of product D: CRM to Outlook. The contact type becomes a category of the same name.
// contactTypes are all the types the CRM has: only those categories are ever added or removed. With none given the
// category is "Type: " and the contact type, and all categories that begin so belong to the rule.
func Dealius(contactTypes ...string) []Rule {
	categories := Spec{Kind: Set, Values: slices.Clone(contactTypes)}
	if len(contactTypes) == 0 {
		categories = Spec{Kind: Set, Prefix: "Type: "}
	}
	rules := []Rule{
		one("firstName", "firstName", "givenName"),
		one("lastName", "lastName", "surname"),
		one("company", "company", "companyName"),
		one("mobilePhone", "mobilePhone", "mobilePhone"),
		first("officePhone", "officePhone", "businessPhones"),
		first("email", "email", "emailAddresses"),
		{ID: "contactType", CRM: []string{"contactType"}, Outlook: []string{"categories"}, Lens: categories},
		one("title", "title", "jobTitle"),
		one("notes", "notes", "personalNotes"),
	}
	for i := range rules {
		rules[i].Direction = ToOutlook
	}
	return rules
}

// contactSchema is a schema that is known to be sound.
func contactSchema(fields ...record.Field) *record.Schema {
	s, err := record.NewSchema(record.Contact, fields...)
	if err != nil {
		panic(err)
	}
	return s
}

// one copies a field.
func one(id, crm, outlook string) Rule {
	return Rule{ID: id, CRM: []string{crm}, Outlook: []string{outlook}}
}

// first takes the first entry of Outlook's list.
func first(id, crm, outlook string) Rule {
	return Rule{ID: id, CRM: []string{crm}, Outlook: []string{outlook}, Lens: Spec{Kind: First}}
}

// businessAddress are the fields of Outlook's business address, in the order of an envelope.
var businessAddress = []string{
	"businessAddress.street", "businessAddress.city", "businessAddress.state", "businessAddress.postalCode", "businessAddress.countryOrRegion",
}
