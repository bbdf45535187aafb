// Package preset holds the settings of five products, as the features of their users' guides read: which records take part,
// in which direction, how people are matched, who wins, what a delete does. A host takes one as it is, changes it, or makes it the
// first layer of [contactsync.Layered].
//
// Each is there as a function, as a file of JSON ([Files]), and with the CRM schema it is for: that of the field map in
// package mapping, and the fields that select records. Names of CRM fields are examples; a host puts its own in their place.
// Region and zone are the host's to set. Ids of the rules must stay once a connection has run.
package preset

import (
	"embed"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Files are the presets as JSON, each in a file of its name, such as "dealius.json".
//
//go:embed *.json
var Files embed.FS

// Preset is the settings of one product.
type Preset struct {
	Name     string
	Settings contactsync.Settings
	CRM      *record.Schema // what the CRM of the settings knows of a contact
}

// All returns the presets, by name. They are the caller's to change.
func All() []Preset {
	return []Preset{
		{"dealius", Dealius(), DealiusSchema()},
		{"oracle", Oracle(), OracleSchema()},
		{"piesync", PieSync(), PieSyncSchema()},
		{"pipeliner", Pipeliner(), PipelinerSchema()},
		{"tribe", Tribe(), TribeSchema()},
		{"tribe-business", TribeBusiness(), TribeBusinessSchema()},
		{"tribe-private", TribePrivate(), TribePrivateSchema()},
	}
}

// account is the field map in which a company's name is that of an account of the CRM: looked up, never renamed (M5).
func account(rules []mapping.Rule, id string) []mapping.Rule {
	for i := range rules {
		if rules[i].ID == id {
			rules[i].Lens = mapping.Spec{Kind: mapping.Account}
		}
	}
	return rules
}

// naming is the schema in which a field is the name of an account, whose reference is a field of its own.
func naming(s *record.Schema, name string) *record.Schema {
	fields := slices.Clone(s.Fields())
	for i := range fields {
		if fields[i].Name == name {
			fields[i].NameOf = accountID.Name
		}
	}
	s, err := record.NewSchema(record.Contact, append(fields, accountID)...)
	if err != nil {
		panic(err)
	}
	return s
}

// with is the schema with the fields that select records. They are known to be sound.
func with(s *record.Schema, more ...record.Field) *record.Schema {
	s, err := record.NewSchema(record.Contact, slices.Concat(s.Fields(), more)...)
	if err != nil {
		panic(err)
	}
	return s
}

var (
	owner     = record.Field{Name: "owner", Label: "Owner", Type: record.Reference}
	accountID = record.Field{Name: "accountID", Label: "Account", Type: record.Reference}
	editors   = record.Field{Name: "editors", Label: "Editors", Type: record.Reference, Shape: record.Set}
)

// rows of the flow.
var (
	nothing = contactsync.Ops{}
	updates = contactsync.Ops{Update: true}
	fills   = contactsync.Ops{Create: true, Update: true}
	mirrors = contactsync.Ops{Create: true, Update: true, Delete: true}
)

// alsoLinks ties doubtful matches too, as the products do.
const alsoLinks = "link"

func flow(toOutlook, toCRM contactsync.Ops) contactsync.Flow {
	return contactsync.Flow{ToOutlook: &toOutlook, ToCRM: &toCRM}
}
