package mapping_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func TestCopyOfASet(t *testing.T) {
	phones := record.Field{Type: record.Phone, Shape: record.Set}
	tell(t, subject{"phones", fields("c", 1, phones), fields("o", 1, phones), mapping.Spec{}}, []story{
		{
			name: "what is there already keeps its place and spelling",
			to:   record.Outlook, crm: []string{"020 7946 0003|020 7946 0001"}, outlook: []string{"+44 20 7946 0002|+44 20 7946 0001"},
			want: []string{"+44 20 7946 0001|020 7946 0003"},
		},
		{
			name: "a number in two spellings is one",
			to:   record.CRM, crm: []string{""}, outlook: []string{"020 7946 0001|+44 20 7946 0001"},
			want: []string{"020 7946 0001"},
		},
		{
			name: "the same set in another order is left alone",
			to:   record.CRM, crm: []string{"020 7946 0002|020 7946 0001"}, outlook: []string{"+44 20 7946 0001|+44 20 7946 0002"},
			want: []string{"020 7946 0002|020 7946 0001"},
		},
	})
	tell(t, subject{"tags", fields("c", 1, tags), fields("o", 1, tags), mapping.Spec{}}, []story{{
		name: "a blank is no entry",
		to:   record.Outlook, crm: []string{"a|| |b"}, outlook: []string{""},
		want: []string{"a|b"},
	}})
	texts := record.Field{Shape: record.List}
	for _, shapes := range [][2]record.Field{{texts, tags}, {tags, texts}} {
		tell(t, subject{"list and set", fields("c", 1, shapes[0]), fields("o", 1, shapes[1]), mapping.Spec{}}, []story{{
			name: "the order of a set says nothing, beside a list too",
			to:   record.Outlook, crm: []string{"b|a"}, outlook: []string{"a|b"},
			want: []string{"a|b"},
		}})
	}
	tell(t, subject{"one of a set", fields("c", 1, tags), fields("o", 1, record.Field{Shape: record.Set, MaxCount: 1}), mapping.Spec{}}, []story{{
		name: "what finds no room is not wiped",
		to:   record.CRM, crm: []string{"a|b"}, outlook: []string{"a"},
		want: []string{"a|b"},
	}})
	tell(t, subject{"few", fields("c", 1, tags), fields("o", 1, record.Field{Shape: record.Set, MaxCount: 2}), mapping.Spec{}}, []story{
		{
			name: "what finds no room is told",
			to:   record.Outlook, crm: []string{"a|b|c"}, outlook: []string{""},
			want: []string{"a|b|c"}, loss: mapping.Cut,
		},
		{
			name: "and not sent again",
			to:   record.Outlook, crm: []string{"a|b|c"}, outlook: []string{"a|b"},
			want: []string{"a|b"}, loss: mapping.Cut,
		},
		{
			name: "nor wiped",
			to:   record.CRM, crm: []string{"a|b|c"}, outlook: []string{"a|b"},
			want: []string{"a|b|c"},
		},
	})
}

// The side that says more decides when two entries are equal.
func TestCopyBetweenTypes(t *testing.T) {
	for _, types := range [][2]record.Field{{aText, aPhone}, {aPhone, aText}, {aPhone, aPhone}} {
		tell(t, subject{"phone", fields("c", 1, types[0]), fields("o", 1, types[1]), mapping.Spec{}}, []story{{
			name: "a number is a number, also as text",
			to:   record.Outlook, crm: []string{"020 7946 0001"}, outlook: []string{"+44 20 7946 0001"},
			want: []string{"+44 20 7946 0001"},
		}})
	}
	for _, types := range [][2]record.Field{{aText, anEmail}, {anEmail, aText}, {anEmail, anEmail}} {
		tell(t, subject{"email", fields("c", 1, types[0]), fields("o", 1, types[1]), mapping.Spec{}}, []story{
			{
				name: "the name beside an address stays in Outlook",
				to:   record.Outlook, crm: []string{"b@example.com"}, outlook: []string{"Ada King <a@example.com>"},
				want: []string{"Ada King <b@example.com>"},
			},
			{
				name: "and does not reach the CRM",
				to:   record.CRM, crm: []string{""}, outlook: []string{"Ada King <a@example.com>"},
				want: []string{"a@example.com"},
			},
		})
	}
	for _, types := range [][2]record.Field{{aText, aName}, {aName, aText}, {aName, aName}} {
		tell(t, subject{"name", fields("c", 1, types[0]), fields("o", 1, types[1]), mapping.Spec{}}, []story{{
			name: "a name with other spaces is the same name",
			to:   record.Outlook, crm: []string{"Ada King"}, outlook: []string{"Ada  King"},
			want: []string{"Ada  King"},
		}})
	}
}

func TestConstants(t *testing.T) {
	const number = "020 7946 0001"
	tell(t, subject{"to Outlook", nil, fields("o", 1, aPhone), mapping.Spec{Kind: mapping.Const, Values: names(number)}}, []story{
		{name: "it is written", to: record.Outlook, outlook: []string{"020 7946 0002"}, want: []string{number}},
		{name: "what says so already keeps its spelling", to: record.Outlook, outlook: []string{"+44 20 7946 0001"}, want: []string{"+44 20 7946 0001"}},
		{name: "nothing comes back, and what says so loses nothing", to: record.CRM, outlook: []string{"+44 20 7946 0001"}, want: []string{}},
		{name: "what says something else does", to: record.CRM, outlook: []string{"020 7946 0002"}, want: []string{}, loss: mapping.OneWay},
	})
	tell(t, subject{"to the CRM", fields("c", 1, aPhone), nil, mapping.Spec{Kind: mapping.Const, Values: names(number)}}, []story{
		{name: "it is written", to: record.CRM, crm: []string{""}, want: []string{number}},
		{name: "what says so already keeps its spelling", to: record.CRM, crm: []string{"+44 20 7946 0001"}, want: []string{"+44 20 7946 0001"}},
		{name: "nothing goes to Outlook, and what says something else is told", to: record.Outlook, crm: []string{"020 7946 0002"}, want: []string{}, loss: mapping.OneWay},
	})
}
