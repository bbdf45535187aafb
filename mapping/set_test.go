package mapping_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Preset D: the contact type is a category; other people's categories are never touched.
func TestManagedSet(t *testing.T) {
	tell(t, subject{"type", fields("type", 1, aText), fields("categories", 1, tags), mapping.Spec{Kind: mapping.Set, Values: []string{"Tenant", "Broker"}}}, []story{
		{
			name: "adds its own",
			to:   record.Outlook, crm: []string{"Tenant"}, outlook: []string{"Golf|Family"},
			want: []string{"Golf|Family|Tenant"},
		},
		{
			name: "takes the old one away",
			to:   record.Outlook, crm: []string{"Broker"}, outlook: []string{"Tenant|Golf"},
			want: []string{"Golf|Broker"},
		},
		{
			name: "a category that differs in case only is the same, and keeps its spelling",
			to:   record.Outlook, crm: []string{"Tenant"}, outlook: []string{"TENANT|Golf"},
			want: []string{"TENANT|Golf"},
		},
		{
			name: "clearing the type takes away what it owns and no more",
			to:   record.Outlook, crm: []string{""}, outlook: []string{"Tenant|Golf|broker"},
			want: []string{"Golf"},
		},
		{
			name: "a type that is not listed is told, and the old category goes",
			to:   record.Outlook, crm: []string{"Landlord"}, outlook: []string{"Tenant|Golf"},
			want: []string{"Golf"}, loss: mapping.NotListed,
		},
		{
			name: "a category added in Outlook sets the type",
			to:   record.CRM, crm: []string{""}, outlook: []string{"Golf|broker"},
			want: []string{"Broker"},
		},
		{
			name: "other categories set nothing",
			to:   record.CRM, crm: []string{""}, outlook: []string{"Golf"},
			want: []string{""},
		},
		{
			name: "of two the one that the CRM has stays, and that is told",
			to:   record.CRM, crm: []string{"Broker"}, outlook: []string{"Tenant|Broker"},
			want: []string{"Broker"}, loss: mapping.FirstOnly,
		},
		{
			name: "else the first by the list, in whatever order Outlook has them",
			to:   record.CRM, crm: []string{""}, outlook: []string{"Broker|Tenant"},
			want: []string{"Tenant"}, loss: mapping.FirstOnly,
		},
		{
			name: "nor blank a type that is not listed",
			to:   record.CRM, crm: []string{"Landlord"}, outlook: []string{"Golf"},
			want: []string{"Landlord"},
		},
		{
			name: "a blank is no type",
			to:   record.Outlook, crm: []string{" "}, outlook: []string{"Golf"},
			want: []string{"Golf"},
		},
		{
			name: "a type that is not listed is not overwritten",
			to:   record.CRM, crm: []string{"Landlord"}, outlook: []string{"Tenant"},
			want: []string{"Landlord"}, loss: mapping.KeptOther,
		},
		{
			name: "the CRM's one type says all there is to say",
			to:   record.Outlook, crm: []string{"Tenant"}, outlook: []string{"Tenant|Broker"},
			want: []string{"Tenant"},
		},
	})
	tell(t, subject{"type", fields("type", 1, aText), fields("categories", 1, tags), mapping.Spec{Kind: mapping.Set, Prefix: "Type: "}}, []story{
		{
			name: "a prefix owns whatever follows",
			to:   record.Outlook, crm: []string{"Landlord"}, outlook: []string{"Golf|type: Tenant"},
			want: []string{"Golf|Type: Landlord"},
		},
		{
			name: "which comes back without the prefix",
			to:   record.CRM, crm: []string{"Tenant"}, outlook: []string{"Golf|TYPE: Landlord"},
			want: []string{"Landlord"},
		},
		{
			name: "nothing behind the prefix is nobody's",
			to:   record.Outlook, crm: []string{""}, outlook: []string{"Type: "},
			want: []string{"Type: "},
		},
	})
	tell(t, subject{"tags", fields("tags", 1, tags), fields("categories", 1, tags), mapping.Spec{Kind: mapping.Set, Table: labels}}, []story{
		{
			name: "several values, and two for one category",
			to:   record.Outlook, crm: []string{"Client|Customer|Lead"}, outlook: []string{"Golf"},
			want: []string{"Golf|Key account|CRM lead"},
		},
		{
			name: "which all stay when it comes back",
			to:   record.CRM, crm: []string{"Client|Customer|Own"}, outlook: []string{"Key account|Golf|Prospect"},
			want: []string{"Client|Customer|Own|Lead"},
		},
	})
}

func TestTable(t *testing.T) {
	tell(t, subject{"status", fields("status", 1, aText), fields("profession", 1, aText), mapping.Spec{Kind: mapping.Table, Table: labels}}, []story{
		{name: "translates", to: record.Outlook, crm: []string{"lead"}, outlook: []string{""}, want: []string{"CRM lead"}},
		{name: "a change too", to: record.Outlook, crm: []string{"Client"}, outlook: []string{"CRM lead"}, want: []string{"Key account"}},
		{name: "and back, by the first line that fits", to: record.CRM, crm: []string{""}, outlook: []string{"Key account"}, want: []string{"Client"}},
		{name: "a line that fits already is kept", to: record.CRM, crm: []string{"Customer"}, outlook: []string{"Key account"}, want: []string{"Customer"}},
		{name: "either way", to: record.Outlook, crm: []string{"Lead"}, outlook: []string{"Prospect"}, want: []string{"Prospect"}},
		{name: "clears what it wrote", to: record.Outlook, crm: []string{""}, outlook: []string{"CRM lead"}, want: []string{""}},
		{name: "a value that is not listed is told, and what Outlook showed is no longer so", to: record.Outlook, crm: []string{"Own"}, outlook: []string{"CRM lead"}, want: []string{""}, loss: mapping.NotListed},
		{name: "a person's own word in Outlook is told, and blanks nothing", to: record.CRM, crm: []string{"Lead"}, outlook: []string{"Plumber"}, want: []string{"Lead"}, loss: mapping.NotListed},
		{name: "nor is it overwritten", to: record.Outlook, crm: []string{"Lead"}, outlook: []string{"Plumber"}, want: []string{"Plumber"}, loss: mapping.KeptOther},
		{name: "nor cleared", to: record.Outlook, crm: []string{""}, outlook: []string{"Plumber"}, want: []string{"Plumber"}},
	})
}

// What a rule does not own never counts as a change.
func TestViewOfOwnedValues(t *testing.T) {
	set := subject{"type", fields("type", 1, aText), fields("categories", 1, tags), mapping.Spec{Kind: mapping.Set, Values: []string{"Tenant", "Broker"}}}
	table := subject{"status", fields("status", 1, aText), fields("profession", 1, aText), mapping.Spec{Kind: mapping.Table, Table: labels}}
	for _, tt := range []struct {
		subject subject
		side    record.Side
		in      string
		want    string
	}{
		{set, record.Outlook, "Golf|Tenant|broker|Family|TENANT", "Broker|Tenant"},
		{set, record.Outlook, "Golf", ""},
		{set, record.CRM, "Landlord", ""},
		{table, record.Outlook, "Plumber", ""},
		{table, record.Outlook, "PROSPECT", "Prospect"},
	} {
		r := tt.subject.compile(t)
		if got := show(r.View(tt.side, parse([]string{tt.in})))[0]; got != tt.want {
			t.Errorf("%s: View(%v, %q) = %q, want %q", tt.subject.name, tt.side, tt.in, got, tt.want)
		}
	}
}
