package mapping_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func TestAddress(t *testing.T) {
	tell(t, subject{"address", fields("c", 5, aText), fields("o", 5, aText), mapping.Spec{Kind: mapping.Address}}, []story{
		{
			name: "field by field, lines of the street included",
			to:   record.Outlook, crm: []string{"1 High Street\nFlat 2", "Bath", "", "BA1 1AA", "UK"}, outlook: []string{"", "", "", "", ""},
			want: []string{"1 High Street\nFlat 2", "Bath", "", "BA1 1AA", "UK"},
		},
		{
			name: "what is equal but for line ends keeps its form",
			to:   record.Outlook, crm: []string{"1 High Street\nFlat 2", "Wells", "", "", ""}, outlook: []string{"1 High Street\r\nFlat 2", "Bath", "", "", "UK"},
			want: []string{"1 High Street\r\nFlat 2", "Wells", "", "", ""},
		},
		{
			name: "a blank line between goes too",
			to:   record.Outlook, crm: []string{"Mill House\n\n1 High Street", "Bath", "", "", ""}, outlook: []string{"", "", "", "", ""},
			want: []string{"Mill House\n\n1 High Street", "Bath", "", "", ""},
		},
	})
	lines := mapping.Spec{Kind: mapping.Address, Parts: []mapping.Part{mapping.Street, mapping.Street, mapping.City}}
	tell(t, subject{"address", fields("c", 3, aText), fields("o", 2, aText), lines}, []story{
		{
			name: "a field for each line",
			to:   record.Outlook, crm: []string{"1 High Street", "Flat 2", "Bath"}, outlook: []string{"", ""},
			want: []string{"1 High Street\nFlat 2", "Bath"},
		},
		{
			name: "the last field takes what is left",
			to:   record.CRM, crm: []string{"", "", ""}, outlook: []string{"Mill House\n\n1 High Street\r\nFlat 2", "Bath"},
			want: []string{"Mill House", "1 High Street\nFlat 2", "Bath"},
		},
		{
			name: "lines that say the same stay where people put them",
			to:   record.CRM, crm: []string{"", "1 High Street", "Bath"}, outlook: []string{"1 High Street", "Wells"},
			want: []string{"", "1 High Street", "Wells"},
		},
	})
}

func TestConstant(t *testing.T) {
	tell(t, subject{"mark", nil, fields("o", 1, aText), mapping.Spec{Kind: mapping.Const, Values: []string{"From the CRM"}}}, []story{
		{name: "is written", to: record.Outlook, crm: []string{"From the CRM"}, outlook: []string{""}, want: []string{"From the CRM"}},
		{name: "and put back", to: record.Outlook, crm: []string{"From the CRM"}, outlook: []string{"mine"}, want: []string{"From the CRM"}},
		{name: "and cannot be carried back", to: record.CRM, crm: []string{"From the CRM"}, outlook: []string{"mine"}, want: []string{"From the CRM"}, loss: mapping.OneWay},
	})
}

func TestTemplate(t *testing.T) {
	for _, tt := range []struct {
		template string
		crm      []string
		want     string
	}{
		{"{c2}, {c1}[ ({c3})]", []string{"Ada", "King", "Analytical"}, "King, Ada (Analytical)"},
		{"{c2}, {c1}[ ({c3})]", []string{"Ada", "King", ""}, "King, Ada"},
		{"{c2}, {c1}[ ({c3})]", []string{"", "King", "Analytical"}, "King (Analytical)"},
		{"{c2}, {c1}[ ({c3})]", []string{"Ada", "", ""}, "Ada"},
		{"{c2}, {c1}[ ({c3})]", []string{"", "", ""}, ""},
		{"{c1}: {c2} / {c3}", []string{"Ada", "", "Analytical"}, "Ada / Analytical"},
		{"Contact: {c1} {c2}{c3}.", []string{"", " King ", ""}, "Contact: King."},
		{"Contact: {c1} {c2}{c3}.", []string{"", "", ""}, ""},
		{"{c2}, {c3}[{c1}!]", []string{"Ada", "King", ""}, "King, Ada!"},
		{"[{c1}] {c2}{c3}", []string{"Ada", "King", ""}, "Ada King"},
		{"{c1}, []{c2}{c3}", []string{"Ada", "King", ""}, "Ada, King"},
		{"{c1} /[ {c2}]{c3}", []string{"Ada", "King", ""}, "Ada / King"},
	} {
		r := subject{"fileAs", fields("c", 3, aText), fields("o", 1, aName), mapping.Spec{Kind: mapping.Template, Template: tt.template}}.compile(t)
		if got := show(r.Carry(record.Outlook, parse(tt.crm), parse([]string{""})))[0]; got != tt.want {
			t.Errorf("template %q of %q = %q, want %q", tt.template, tt.crm, got, tt.want)
		}
	}
	tell(t, subject{"fileAs", fields("c", 2, aName), fields("o", 1, aName), mapping.Spec{Kind: mapping.Template, Template: "{c2}, {c1}"}}, []story{
		{name: "an edit cannot be carried back, and that is told", to: record.CRM, crm: []string{"Ada", "King"}, outlook: []string{"Lovelace"}, want: []string{"Ada", "King"}, loss: mapping.OneWay},
		{name: "what says the same has nothing to carry back", to: record.CRM, crm: []string{"Ada", "King"}, outlook: []string{"King, Ada"}, want: []string{"Ada", "King"}},
		{name: "the same in other spaces stays", to: record.Outlook, crm: []string{"Ada", "King"}, outlook: []string{"King,  Ada"}, want: []string{"King,  Ada"}},
	})
}
