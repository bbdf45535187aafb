package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

var faultSchema = mustSchema(
	record.Field{Name: "name", Type: record.Name},
	record.Field{Name: "alias", Type: record.Name},
	record.Field{Name: "kind"},
	record.Field{Name: "email", Type: record.Email},
	record.Field{Name: "phone", Type: record.Phone},
	record.Field{Name: "phones", Type: record.Phone, Shape: record.List},
	record.Field{Name: "tags", Shape: record.Set},
	record.Field{Name: "owner", Type: record.Reference},
	record.Field{Name: "born", Type: record.Date},
	record.Field{Name: "seen", Type: record.Time},
	record.Field{Name: "vip", Type: record.Bool},
	record.Field{Name: "short", MaxLen: 2},
	record.Field{Name: "street"}, record.Field{Name: "street2"}, record.Field{Name: "city"},
)

// TestFaultsOfOneRule has one rule each, and the fault in the words a person reads. Empty: it is sound.
func TestFaultsOfOneRule(t *testing.T) {
	template := func(text string) mapping.Spec { return mapping.Spec{Kind: mapping.Template, Template: text} }
	constant := func(values ...string) mapping.Spec { return mapping.Spec{Kind: mapping.Const, Values: values} }
	parts := func(p ...mapping.Part) mapping.Spec { return mapping.Spec{Kind: mapping.Address, Parts: p} }
	table := mapping.Spec{Kind: mapping.Table, Table: []mapping.Pair{{CRM: "a", Outlook: "b"}}}
	for _, tt := range []struct {
		name         string
		crm, outlook string // fields, with spaces between
		lens         mapping.Spec
		direction    mapping.Direction
		want         string
	}{
		{"a field twice", "phone phone", "businessPhones", mapping.Spec{Kind: mapping.List}, "", `phone: the rule names it twice`},

		{"an id is no text", "owner", "jobTitle", mapping.Spec{}, "", `jobTitle: does not hold the same kind of thing as "owner"`},
		{"a name of another person", "name", "manager", mapping.Spec{}, "", ``},
		{"a name in a text", "name", "jobTitle", mapping.Spec{}, "", ``},
		{"a text in a name", "kind", "surname", mapping.Spec{}, "", ``},
		{"a number in a name", "phone", "surname", mapping.Spec{}, "", `surname: does not hold the same kind of thing as "phone"`},
		{"a name in a number", "name", "mobilePhone", mapping.Spec{}, "", `mobilePhone: does not hold the same kind of thing as "name"`},
		{"a number in a text", "phone", "jobTitle", mapping.Spec{}, "", ``},
		{"a text in a number", "kind", "mobilePhone", mapping.Spec{}, "", ``},
		{"a time that takes any text", "seen", "jobTitle", mapping.Spec{}, "", `seen: cannot take any text that "jobTitle" may hold; give the rule the direction "toOutlook"`},
		{"a yes or no that takes any text", "vip", "jobTitle", mapping.Spec{}, "", `vip: cannot take any text that "jobTitle" may hold; give the rule the direction "toOutlook"`},
		{"a list in a single field", "phones", "mobilePhone", mapping.Spec{}, "", `"mobilePhone" holds one entry and "phones" several: take the lens "first", or "list"`},
		{"an id in an address", "street owner", "homeAddress.street homeAddress.city", parts(), "", `owner: does not hold the same kind of thing as "street"`},
		{"a date that only goes", "born", "jobTitle", mapping.Spec{}, mapping.ToOutlook, ``},
		{"a table translates", "owner", "jobTitle", table, "", ``},
		{"a set translates", "owner", "categories", mapping.Spec{Kind: mapping.Set, Prefix: "x"}, mapping.ToOutlook, ``},
		{"a template translates", "owner", "jobTitle", template("{owner}"), "", ``},

		{"a table with nothing for the CRM", "kind", "jobTitle", mapping.Spec{Kind: mapping.Table, Table: []mapping.Pair{{Outlook: "b"}}}, "", `lens.table: line 1 lacks a value`},
		{"a table of two fields", "kind street", "jobTitle", table, "", "a table has one field on each side"},
		{"a table of lists", "phones", "jobTitle", table, "", `phones: holds several entries, which the lens "table" cannot carry`},
		{"a set of two fields", "kind street", "categories", mapping.Spec{Kind: mapping.Set, Prefix: "x"}, "", "a managed set has one field on each side"},
		{"a list of nothing", "", "businessPhones", mapping.Spec{Kind: mapping.List}, "", "a list has at least one field on each side"},
		{"a list to nothing", "phone", "", mapping.Spec{Kind: mapping.List}, "", "a list has at least one field on each side"},
		{"the first of two fields", "phone phones", "mobilePhone", mapping.Spec{Kind: mapping.First}, "", "the first entry goes from one field to one field"},
		{"the first of two lists", "phones", "businessPhones", mapping.Spec{Kind: mapping.First}, "", `one of "phones" and "businessPhones" must be a list, and the other a single value`},
		{"the first of a set", "tags", "jobTitle", mapping.Spec{Kind: mapping.First}, "", `one of "tags" and "jobTitle" must be a list, and the other a single value`},

		{"a constant between two", "kind", "jobTitle", constant("x"), "", `a constant has one field on one side, and none on the other`},
		{"a constant for two", "", "jobTitle surname", constant("x"), "", `a constant has one field on one side, and none on the other`},
		{"a constant for none", "", "", constant("x"), "", `a constant has one field on one side, and none on the other`},
		{"a constant of nothing", "", "jobTitle", constant(""), "", `lens.values: there is nothing to write`},
		{"a constant of the wrong kind", "born", "", constant("soon"), "", `lens.values: field "born" is not a date like 2006-01-02`},
		{"a constant that goes back", "", "jobTitle", constant("x"), mapping.ToCRM, `direction: the lens "const" can only go toOutlook`},
		{"a constant that goes its way", "", "jobTitle", constant("x"), mapping.ToOutlook, ``},
		{"a constant for the CRM that goes to Outlook", "kind", "", constant("x"), mapping.ToOutlook, `direction: the lens "const" can only go toCRM`},

		{"a template for two fields", "name", "jobTitle surname", template("{name}"), "", "a template has one Outlook field and at least one CRM field"},
		{"a template of no field", "", "jobTitle", template("x"), "", "a template has one Outlook field and at least one CRM field"},
		{"a name that is not closed", "name", "jobTitle", template("{name"), "", `lens.template: a "{" is not closed`},
		{"a } too many", "name", "jobTitle", template("{name}}"), "", `lens.template: "}" closes nothing`},
		{"a ] too many", "name", "jobTitle", template("{name}]"), "", `lens.template: "]" closes nothing`},
		{"a group in a group", "name alias", "jobTitle", template("[{name}[{alias}]]"), "", `lens.template: a group stands inside a group`},
		{"a field that is not used", "name alias", "jobTitle", template("{name}"), "", `lens.template: it does not use alias`},
		{"nor the first", "name alias", "jobTitle", template("{alias}"), "", `lens.template: it does not use name`},
		{"a sound one", "name alias", "jobTitle", template("{name}[, {alias}]"), "", ``},

		{"a name in parts on both sides", "name alias", "givenName surname", nameParts(mapping.Given, mapping.Surname), "", `a name is one field on one side, and several on the other`},
		{"a name of nothing", "", "givenName surname", nameParts(mapping.Given, mapping.Surname), "", `a name is one field on one side, and several on the other`},
		{"a part of a name twice", "name", "givenName surname", nameParts(mapping.Given, mapping.Given), "", `lens.parts: "given" is there twice`},
		{"an address of nothing", "", "homeAddress.city", parts(), "", `an address has at least one field on each side`},
		{"an address to nothing", "city", "", parts(), "", `an address has at least one field on each side`},
		{"an address of other lengths", "street city", "homeAddress.city", parts(), "", `lens.parts: 2 fields and 1: say what the fields of the longer side hold`},
		{"parts that are too few", "street city", "homeAddress.city", parts(mapping.Street), "", `lens.parts: there are 1 parts for 2 fields`},
		{"parts by the longer side", "city", "homeAddress.street homeAddress.city", parts(mapping.Street), "", `lens.parts: there are 1 parts for 2 fields`},
		{"a part of a name", "street city", "homeAddress.street homeAddress.city", parts(mapping.Street, mapping.Surname), "",
			`lens.parts: "surname" is not a part of an address; there are street, city, state, postalCode, country`},
		{"lines without a city's field", "street street2 city", "homeAddress.street", parts(mapping.Street, mapping.Street, mapping.City), "",
			`lens.parts: there are 2 different parts for 1 fields of the other side`},
		{"lines", "street street2 city", "homeAddress.street homeAddress.city", parts(mapping.Street, mapping.Street, mapping.City), "", ``},
		{"an address of lists", "phones", "homeAddress.city", parts(), "", `phones: holds several entries, which the lens "address" cannot carry`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := mapping.Rule{ID: "r", CRM: strings.Fields(tt.crm), Outlook: strings.Fields(tt.outlook), Lens: tt.lens, Direction: tt.direction}
			var got string
			if faults := mapping.Check([]mapping.Rule{r}, faultSchema, record.OutlookContact); len(faults) > 0 {
				got = strings.TrimPrefix(faults[0].Error(), `mapping: rule "r": `)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Check mismatch (-want +got):\n%s", diff)
			}
		})
	}
}
