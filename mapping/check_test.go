package mapping_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

var checkSchema = mustSchema(
	record.Field{Name: "name", Type: record.Name},
	record.Field{Name: "alias", Type: record.Name},
	record.Field{Name: "email", Type: record.Email},
	record.Field{Name: "emails", Type: record.Email, Shape: record.List},
	record.Field{Name: "phone", Type: record.Phone},
	record.Field{Name: "born", Type: record.Date},
	record.Field{Name: "bornText"},
	record.Field{Name: "owner", Type: record.Reference},
	record.Field{Name: "tags", Shape: record.Set},
	record.Field{Name: "kind"},
	record.Field{Name: "id", ReadOnly: true},
)

func mustSchema(fields ...record.Field) *record.Schema {
	s, err := record.NewSchema(record.Contact, fields...)
	if err != nil {
		panic(err)
	}
	return s
}

func rule(id string, crm, outlook []string, lens mapping.Spec) mapping.Rule {
	return mapping.Rule{ID: id, CRM: crm, Outlook: outlook, Lens: lens}
}

func names(s ...string) []string { return s }

// checkFaults compares what Check finds with the faults that are wanted; Compile finds some where there are any.
func checkFaults(t *testing.T, rules []mapping.Rule, crm, outlook *record.Schema, want []string) {
	t.Helper()
	var got []string
	for _, fault := range mapping.Check(rules, crm, outlook) {
		got = append(got, fault.Error())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Check mismatch (-want +got):\n%s", diff)
	}
	_, err := mapping.Compile(rules, crm, outlook, british)
	if (err != nil) != (len(want) > 0) {
		t.Errorf("Compile = %v, want an error: %v", err, len(want) > 0)
	}
	var fault *mapping.Error
	if err != nil && !errors.As(err, &fault) {
		t.Errorf("Compile = %T, want a *mapping.Error in it", err)
	}
}

func TestCheck(t *testing.T) {
	category := func(id string, values ...string) mapping.Rule {
		return rule(id, names("kind"), names("categories"), mapping.Spec{Kind: mapping.Set, Values: values})
	}
	oneWay := func(r mapping.Rule, d mapping.Direction) mapping.Rule {
		r.Direction = d
		return r
	}
	tests := []struct {
		name  string
		rules []mapping.Rule
		want  []string
	}{
		{"no rules are sound", nil, nil},
		{
			"a field that a side lacks",
			[]mapping.Rule{rule("a", names("nick"), names("givenName", "born"), mapping.Spec{})},
			[]string{
				`mapping: rule "a": nick: the CRM has no such field`,
				`mapping: rule "a": born: Outlook has no such field`,
			},
		},
		{
			"ids",
			[]mapping.Rule{
				rule("", names("name"), names("givenName"), mapping.Spec{}),
				rule("x", names("alias"), names("surname"), mapping.Spec{}),
				rule("x", names("kind"), names("jobTitle"), mapping.Spec{}),
			},
			[]string{
				`mapping: rule "#1": id: a rule needs an id, which never changes`,
				`mapping: rule "x": id: rules #2 and #3 have the same id`,
			},
		},
		{
			"the id of the first rule again",
			[]mapping.Rule{rule("x", names("name"), names("givenName"), mapping.Spec{}), rule("x", names("alias"), names("surname"), mapping.Spec{})},
			[]string{`mapping: rule "x": id: rules #1 and #2 have the same id`},
		},
		{
			"words that there are not",
			[]mapping.Rule{
				{ID: "a", CRM: names("name"), Outlook: names("givenName"), Direction: "up", Conflict: "me"},
				rule("b", names("alias"), names("surname"), mapping.Spec{Kind: "magic"}),
			},
			[]string{
				`mapping: rule "a": direction: there is no direction "up"; there are toOutlook, toCRM, and none for both`,
				`mapping: rule "a": conflict: there is no conflict rule "me"; there are crm, outlook, newest, ask, and none for the connection's`,
				`mapping: rule "b": lens.kind: there is no lens "magic"; there are account, address, const, copy, first, list, name, set, table, template`,
			},
		},
		{
			"parameters of another lens",
			[]mapping.Rule{rule("a", names("name"), names("givenName"), mapping.Spec{Table: []mapping.Pair{{CRM: "a", Outlook: "b"}}, Prefix: "x"})},
			[]string{
				`mapping: rule "a": lens.table: the lens "copy" takes no table`,
				`mapping: rule "a": lens.prefix: the lens "copy" takes no prefix`,
			},
		},
		{
			"read-only fields",
			[]mapping.Rule{
				rule("a", names("id"), names("nickName"), mapping.Spec{}),
				oneWay(rule("b", names("id"), names("profession"), mapping.Spec{}), mapping.ToOutlook),
			},
			[]string{`mapping: rule "a": id: the CRM never lets it be written; give the rule the direction "toOutlook"`},
		},
		{
			"read-only fields that a rule can only write",
			[]mapping.Rule{
				oneWay(rule("a", names("id"), names("nickName"), mapping.Spec{}), mapping.ToCRM),
				rule("b", names("id"), nil, mapping.Spec{Kind: mapping.Const, Values: names("x")}),
			},
			[]string{
				`mapping: rule "a": id: the CRM never lets it be written`,
				`mapping: rule "b": id: the CRM never lets it be written`,
			},
		},
		{
			"shapes",
			[]mapping.Rule{
				rule("a", names("email"), names("emailAddresses"), mapping.Spec{}),
				rule("b", names("name", "alias"), names("surname"), mapping.Spec{}),
				rule("c", names("phone"), names("mobilePhone"), mapping.Spec{Kind: mapping.First}),
				rule("d", names("tags"), names("children"), mapping.Spec{Kind: mapping.List}),
				rule("e", names("kind"), names("jobTitle"), mapping.Spec{Kind: mapping.Set, Prefix: "x"}),
				rule("f", names("name"), names("givenName"), mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Given}}),
				{ID: "g", Direction: mapping.ToCRM},
			},
			[]string{
				`mapping: rule "a": "email" holds one entry and "emailAddresses" several: take the lens "first", or "list"`,
				`mapping: rule "b": a copy has one field on each side; for several there are the lenses "list", "name" and "address"`,
				`mapping: rule "c": one of "phone" and "mobilePhone" must be a list, and the other a single value`,
				`mapping: rule "d": tags: is a set, which has no slots`,
				`mapping: rule "e": jobTitle: holds one value; for that there is the lens "table"`,
				`mapping: rule "f": a name is one field on one side, and several on the other`,
				`mapping: rule "g": it names no field of either side; if it is to change a rule that there is, its id is another`,
			},
		},
		{
			"types",
			[]mapping.Rule{
				rule("a", names("email"), names("mobilePhone"), mapping.Spec{}),
				rule("b", names("bornText"), names("birthday"), mapping.Spec{}),
				oneWay(rule("c", names("bornText"), names("birthday"), mapping.Spec{}), mapping.ToCRM),
				rule("d", names("owner"), names("manager"), mapping.Spec{}),
				rule("e", names("born"), names("personalNotes"), mapping.Spec{}),
				rule("f", names("phone", "emails"), names("businessPhones"), mapping.Spec{Kind: mapping.List}),
				rule("g", names("phone", "bornText"), names("birthday"), mapping.Spec{Kind: mapping.List}),
			},
			[]string{
				`mapping: rule "a": mobilePhone: does not hold the same kind of thing as "email"`,
				`mapping: rule "b": birthday: cannot take any text that "bornText" may hold; declare that field with its type, or give the rule the direction "toCRM"`,
				`mapping: rule "d": manager: does not hold the same kind of thing as "owner"`,
				`mapping: rule "e": born: cannot take any text that "personalNotes" may hold; give the rule the direction "toOutlook"`,
				`mapping: rule "f": emails: does not hold the same kind of thing as "phone"`,
				`mapping: rule "g": birthday: does not hold the same kind of thing as "phone"`,
			},
		},
		{
			"parameters at fault",
			[]mapping.Rule{
				rule("a", names("name", "alias"), names("surname"), mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Street, mapping.Surname}}),
				rule("b", names("name", "alias"), names("givenName"), mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Given}}),
				rule("c", names("kind"), names("jobTitle"), mapping.Spec{Kind: mapping.Table}),
				rule("d", names("kind"), names("profession"), mapping.Spec{Kind: mapping.Table, Table: []mapping.Pair{{CRM: "a", Outlook: ""}, {CRM: "b", Outlook: "c"}, {CRM: "B", Outlook: "C"}}}),
				rule("e", names("kind"), names("categories"), mapping.Spec{Kind: mapping.Set}),
				rule("f", names("kind"), names("categories"), mapping.Spec{Kind: mapping.Set, Prefix: " "}),
				rule("g", names("kind"), names("categories"), mapping.Spec{Kind: mapping.Set, Values: []string{"a", "A"}}),
				rule("h", names("name"), names("fileAs"), mapping.Spec{Kind: mapping.Template, Template: "{name}, {alias}"}),
				rule("i", names("name"), names("fileAs"), mapping.Spec{Kind: mapping.Template, Template: "[{name}"}),
				rule("j", nil, names("birthday"), mapping.Spec{Kind: mapping.Const, Values: []string{"soon"}}),
				rule("k", names("kind", "name"), names("businessAddress.street"), mapping.Spec{Kind: mapping.Address, Parts: []mapping.Part{mapping.City, mapping.City}}),
				oneWay(rule("l", names("name"), names("fileAs"), mapping.Spec{Kind: mapping.Template, Template: "{name}"}), mapping.ToCRM),
			},
			[]string{
				`mapping: rule "a": lens.parts: "street" is not a part of a name; there are title, given, middle, infix, surname, suffix`,
				`mapping: rule "b": lens.parts: there are 1 parts for 2 fields`,
				`mapping: rule "c": lens.table: the table is empty`,
				`mapping: rule "d": lens.table: line 1 lacks a value`,
				`mapping: rule "d": lens.table: line 3 repeats line 2`,
				`mapping: rule "e": lens: say which values are its own by one of table, values and prefix`,
				`mapping: rule "f": lens.prefix: a blank prefix would own every value`,
				`mapping: rule "g": lens.values: line 2 repeats line 1`,
				`mapping: rule "h": lens.template: {alias} is not a CRM field of the rule`,
				`mapping: rule "i": lens.template: a "[" is not closed`,
				`mapping: rule "j": lens.values: field "birthday" is not a date like 2006-01-02`,
				`mapping: rule "k": lens.parts: "city" is there twice`,
				`mapping: rule "l": direction: the lens "template" can only go toOutlook`,
			},
		},
		{
			"two rules write one field",
			[]mapping.Rule{
				rule("a", names("name"), names("surname"), mapping.Spec{}),
				rule("b", names("alias"), names("surname"), mapping.Spec{}),
				oneWay(rule("c", names("name"), names("fileAs"), mapping.Spec{}), mapping.ToOutlook),
			},
			[]string{`mapping: rule "b": surname: the rule "a" writes the same field of Outlook`},
		},
		{
			"two managed sets with values of their own go together",
			[]mapping.Rule{
				oneWay(category("a", "Tenant", "Broker"), mapping.ToOutlook),
				oneWay(category("b", "Golf"), mapping.ToOutlook),
				oneWay(rule("c", names("tags"), names("categories"), mapping.Spec{Kind: mapping.Set, Prefix: "CRM: "}), mapping.ToOutlook),
			},
			nil,
		},
		{
			"but not one that owns what the other does",
			[]mapping.Rule{
				oneWay(rule("a", names("tags"), names("categories"), mapping.Spec{Kind: mapping.Set, Prefix: "CRM: "}), mapping.ToOutlook),
				oneWay(rule("b", names("tags"), names("categories"), mapping.Spec{Kind: mapping.Set, Prefix: "CRM: VIP "}), mapping.ToOutlook),
			},
			[]string{`mapping: rule "b": categories: the rule "a" writes the same field of Outlook`},
		},
		{
			"on either side",
			[]mapping.Rule{
				category("a", "Tenant", "Broker"),
				category("b", "Golf"),
				rule("c", names("kind"), names("children"), mapping.Spec{Kind: mapping.Set, Table: []mapping.Pair{{CRM: "golf", Outlook: "Caddie"}}}),
			},
			[]string{`mapping: rule "c": kind: the rule "b" writes the same field of the CRM`},
		},
		{
			"those that share one do not, nor does a copy",
			[]mapping.Rule{
				oneWay(category("a", "Tenant", "Broker"), mapping.ToOutlook),
				oneWay(category("b", "broker"), mapping.ToOutlook),
				oneWay(rule("c", names("tags"), names("categories"), mapping.Spec{}), mapping.ToOutlook),
			},
			[]string{
				`mapping: rule "b": categories: the rule "a" writes the same field of Outlook`,
				`mapping: rule "c": categories: the rule "a" writes the same field of Outlook`,
				`mapping: rule "c": categories: the rule "b" writes the same field of Outlook`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkFaults(t, tt.rules, checkSchema, record.OutlookContact, tt.want)
		})
	}
}

func TestMapWants(t *testing.T) {
	m, err := mapping.Compile(mapping.TribeBusiness(), mapping.TribeBusinessSchema(), record.OutlookContact, british)
	if err != nil {
		t.Fatal(err)
	}
	want := names("birthday", "businessPhones", "emailAddresses", "givenName", "initials", "jobTitle", "mobilePhone", "surname")
	if diff := cmp.Diff(want, m.Wanted(record.Outlook)); diff != "" {
		t.Errorf("Wanted(outlook) mismatch (-want +got):\n%s", diff)
	}
	if got := m.Wanted(record.CRM); !slices.IsSorted(got) || len(got) != 9 {
		t.Errorf("Wanted(crm) = %q, want the 9 fields of the schema, sorted", got)
	}
}

// A map is immutable: what becomes of the rules it was made from does not matter.
func TestMapKeepsItsOwnRules(t *testing.T) {
	rules := []mapping.Rule{rule("a", names("kind"), names("categories"), mapping.Spec{Kind: mapping.Set, Values: names("Tenant")})}
	m, err := mapping.Compile(rules, checkSchema, record.OutlookContact, british)
	if err != nil {
		t.Fatal(err)
	}
	rules[0].CRM[0], rules[0].Lens.Values[0] = "name", "Golf"
	if got := m.Wanted(record.CRM); got[0] != "kind" {
		t.Errorf("Wanted = %q after the rules were changed, want kind", got)
	}
	if got := m.Rules[0].Lens.Values[0]; got != "Tenant" {
		t.Errorf("Lens.Values = %q after the rules were changed, want Tenant", got)
	}
}

// Rules that are for none of the same kinds of records may write one field; one for all records meets each.
func TestRulesOfKindsShareFields(t *testing.T) { // E8
	schema, err := record.NewSchema(record.Contact, record.Field{Name: "work"}, record.Field{Name: "home"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		a, b  []string
		apart bool
	}{
		{[]string{"customer"}, []string{"partner"}, true},
		{[]string{"customer", "lead"}, []string{"partner"}, true},
		{[]string{"customer", "lead"}, []string{"partner", "lead"}, false},
		{[]string{"customer"}, nil, false},
		{nil, []string{"customer"}, false},
		{nil, nil, false},
	} {
		faults := mapping.Check([]mapping.Rule{
			{ID: "a", CRM: []string{"work"}, Outlook: []string{"work"}, Kinds: tt.a},
			{ID: "b", CRM: []string{"home"}, Outlook: []string{"work"}, Kinds: tt.b},
		}, schema, schema)
		if (len(faults) == 0) != tt.apart {
			t.Errorf("rules for %q and %q: %v, want them to go together: %v", tt.a, tt.b, faults, tt.apart)
		}
	}
}
