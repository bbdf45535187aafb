package mapping_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// A rule does nothing for a record of which it does not know all it speaks about.
func TestValuesOfARule(t *testing.T) {
	schema := mustSchema(record.Field{Name: "a"}, record.Field{Name: "b"}, record.Field{Name: "c"})
	turned := mustSchema(record.Field{Name: "c"}, record.Field{Name: "b"}, record.Field{Name: "a"})
	one := mapping.Rule{ID: "one", CRM: names("a"), Outlook: names("jobTitle")}
	two := mapping.Rule{ID: "two", CRM: names("a", "b"), Outlook: names("children"), Lens: mapping.Spec{Kind: mapping.List}, Direction: mapping.ToOutlook}
	mark := mapping.Rule{ID: "mark", Outlook: names("department"), Lens: mapping.Spec{Kind: mapping.Const, Values: names("x")}}
	m, err := mapping.Compile([]mapping.Rule{one, two, mark}, schema, record.OutlookContact, british)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		fields record.Fields
		want   [3][]string // by rule; nil: not known
	}{
		{"all known", schema.Build().Set("a", "1").Set("b", "2").Fields(), [3][]string{{"1"}, {"1", "2"}, {"x"}}},
		{"one cleared", schema.Build().Set("a").Set("b", "2").Fields(), [3][]string{{""}, {"", "2"}, {"x"}}},
		{"one not known", schema.Build().Set("b", "2").Set("c", "3").Fields(), [3][]string{nil, nil, {"x"}}},
		{"the other not known", schema.Build().Set("a", "1").Set("c", "3").Fields(), [3][]string{{"1"}, nil, {"x"}}},
		{"nothing known", record.Fields{}, [3][]string{nil, nil, {"x"}}},
		{"of another schema with the same names", turned.Build().Set("a", "1").Set("b", "2").Set("c", "3").Fields(), [3][]string{{"1"}, {"1", "2"}, {"x"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i, want := range tt.want {
				v, known := m.Rules[i].Values(record.CRM, tt.fields)
				if known != (want != nil) {
					t.Errorf("Values of rule %q are known: %v, want %v", m.Rules[i].ID, known, want != nil)
					continue
				}
				if known {
					if diff := cmp.Diff(want, show(v)); diff != "" {
						t.Errorf("Values of rule %q mismatch (-want +got):\n%s", m.Rules[i].ID, diff)
					}
				}
			}
		})
	}
}

// The direction of a rule that can only go one way is that way, and the side of a constant without a field holds it.
func TestRulesThatGoOneWay(t *testing.T) {
	constant := mapping.Spec{Kind: mapping.Const, Values: names("020 7946 0001")}
	m, err := mapping.Compile([]mapping.Rule{
		rule("to Outlook", nil, names("mobilePhone"), constant),
		rule("to the CRM", names("phone"), nil, constant),
		rule("template", names("name"), names("fileAs"), mapping.Spec{Kind: mapping.Template, Template: "{name}"}),
	}, checkSchema, record.OutlookContact, british)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []mapping.Direction{mapping.ToOutlook, mapping.ToCRM, mapping.ToOutlook} {
		if got := m.Rules[i].Direction; got != want {
			t.Errorf("the direction of the rule %q is %q, want %q", m.Rules[i].ID, got, want)
		}
	}
	for i, side := range []record.Side{record.CRM, record.Outlook} {
		r := &m.Rules[i]
		if want := []record.Field{{Type: record.Phone, ReadOnly: true}}; !cmp.Equal(want, r.Fields[side]) {
			t.Errorf("Fields of %v of the rule %q = %+v, want %+v", side, r.ID, r.Fields[side], want)
		}
		if same := []record.Value{{"+44 20 7946 0001"}}; !r.Equal(side, same, []record.Value{{"020 7946 0001"}}) || r.Equal(side, same, []record.Value{{"1"}}) {
			t.Errorf("the constant of the rule %q is not compared as a number", r.ID)
		}
	}
}
