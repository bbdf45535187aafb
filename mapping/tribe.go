package mapping

import "github.com/seed-42871e99/crmsync/record"

// TribeBusinessSchema is the CRM schema of [TribeBusiness].
func TribeBusinessSchema() *record.Schema { return tribeBusinessSchema }

// TribePrivateSchema is the CRM schema of [TribePrivate].
func TribePrivateSchema() *record.Schema { return tribePrivateSchema }

var (
	tribeBusinessSchema = contactSchema(append(tribeNameFields(),
		record.Field{Name: "email", Label: "Email", Type: record.Email},
		record.Field{Name: "function", Label: "Function"},
		record.Field{Name: "workPhone", Label: "Work phone", Type: record.Phone},
		record.Field{Name: "mobile", Label: "Mobile", Type: record.Phone},
	)...)
	tribePrivateSchema = contactSchema(append(tribeNameFields(),
		record.Field{Name: "privateEmail", Label: "Private email", Type: record.Email},
		record.Field{Name: "privatePhone", Label: "Private phone", Type: record.Phone},
		record.Field{Name: "privateMobile", Label: "Private mobile", Type: record.Phone},
	)...)
)

func tribeNameFields() []record.Field {
	return []record.Field{
		{Name: "initials", Label: "Initials", Type: record.Name},
		{Name: "firstName", Label: "First name", Type: record.Name},
		{Name: "infix", Label: "Infix", Type: record.Name},
		{Name: "surname", Label: "Surname", Type: record.Name},
		{Name: "dateOfBirth", Label: "Date of birth", Type: record.Date},
	}
}

// tribeName joins infix and surname into Outlook's surname, "van der Berg", which is where Outlook's users write it.
func tribeName() []Rule {
	return []Rule{
		one("initials", "initials", "initials"),
		one("firstName", "firstName", "givenName"),
		{
			ID: "surname", CRM: []string{"infix", "surname"}, Outlook: []string{"surname"},
			Lens: Spec{Kind: Name, Parts: []Part{Infix, Surname}},
		},
		one("dateOfBirth", "dateOfBirth", "birthday"),
	}
}

// TribeBusiness is the two-way map of product T for a business person: a contact or an employee. Where Outlook has
// several addresses or numbers only the first goes across, and the others are never wiped.
//
// A host that wants the infix in a field of its own in Outlook replaces the rule "surname" by two copies, infix to
// middleName and surname to surname.
func TribeBusiness() []Rule {
	return append(tribeName(),
		first("email", "email", "emailAddresses"),
		one("function", "function", "jobTitle"),
		first("workPhone", "workPhone", "businessPhones"),
		one("mobile", "mobile", "mobilePhone"),
	)
}

// TribePrivate is the two-way map of product T for a private individual; see [TribeBusiness].
func TribePrivate() []Rule {
	return append(tribeName(),
		first("privateEmail", "privateEmail", "emailAddresses"),
		first("privatePhone", "privatePhone", "homePhones"),
		one("privateMobile", "privateMobile", "mobilePhone"),
	)
}
