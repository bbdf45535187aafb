// Package people reads the people of an example CRM from its CSV export, and has the settings they are synced under.
package people

import (
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// Person is a contact of the CRM. The tags declare the schema that the engine works under: what is a name, an address or
// a number decides how two values are compared, and what a person is recognised by.
type Person struct {
	ID string

	Initials    string `crm:"initials,type=name,label=Initials"`
	FirstName   string `crm:"firstName,type=name,label=First name"`
	Infix       string `crm:"infix,type=name,label=Infix"`
	LastName    string `crm:"lastName,type=name,label=Last name"`
	Company     string `crm:"company,label=Company"`
	JobTitle    string `crm:"jobTitle,label=Job title"`
	Email       string `crm:"email,type=email,label=Email"`
	Email2      string `crm:"email2,type=email,label=Second email"`
	WorkPhone   string `crm:"workPhone,type=phone,label=Work phone"`
	MobilePhone string `crm:"mobilePhone,type=phone,label=Mobile phone"`
	HomePhone   string `crm:"homePhone,type=phone,label=Home phone"`
	Street      string `crm:"street,label=Street"`
	City        string `crm:"city,label=City"`
	State       string `crm:"state,label=State"`
	PostalCode  string `crm:"postalCode,label=Postal code"`
	Country     string `crm:"country,label=Country"`
	Birthday    string `crm:"birthday,type=date,label=Birthday"`
	ContactType string `crm:"contactType,label=Contact type"`
	Notes       string `crm:"notes,label=Notes"`
	Owner       string `crm:"owner,type=reference,label=Owner"`
}

// Schema is the schema of [Person].
var Schema = schemaOf[Person]()

// schemaOf panics on tags that are wrong, which no input can cause.
func schemaOf[T any]() *record.Schema {
	s, err := record.SchemaOf[T](record.Contact)
	if err != nil {
		panic(err)
	}
	return s
}

// Name is the name as one says it; initials stand in for a first name.
func (p Person) Name() string {
	first := p.FirstName
	if first == "" {
		first = p.Initials
	}
	return strings.Join(strings.Fields(first+" "+p.Infix+" "+p.LastName), " ")
}
