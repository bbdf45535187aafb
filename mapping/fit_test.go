package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func TestFitValue(t *testing.T) {
	note := record.Field{MaxLen: 5}
	phones := record.Field{Type: record.Phone, Shape: record.List, MaxLen: 15, MaxCount: 2}
	email := record.Field{Type: record.Email, MaxLen: 16}
	long := strings.Repeat("x", 1000)
	tests := []struct {
		name     string
		field    record.Field
		in, want record.Value
		cut      bool
	}{
		{"what fits stays", note, record.Value{"Zoë 1"}, record.Value{"Zoë 1"}, false},
		{"without a limit all fits", aText, record.Value{long}, record.Value{long}, false},
		{"nothing fits", phones, nil, nil, false},
		{"text is cut", note, record.Value{"abcdefg"}, record.Value{"abcde"}, true},
		{"not between a letter and its accent", note, record.Value{"abcde\u0301"}, record.Value{"abcd"}, true},
		{"accents without a letter are not cut in two", record.Field{MaxLen: 1}, record.Value{"\u0301\u0302"}, record.Value{""}, true},
		{"text is cut at its start", record.Field{MaxLen: 1}, record.Value{"ab"}, record.Value{"a"}, true},
		{"what is just as long stays", note, record.Value{"Zoë 12", "Zoë 1"}, record.Value{"Zoë 1", "Zoë 1"}, true},
		{"a name is cut like a text", record.Field{Type: record.Name, MaxLen: 5}, record.Value{"abcdefg"}, record.Value{"abcde"}, true},
		{"one entry too many goes", record.Field{Shape: record.Set, MaxCount: 1}, record.Value{"1", "2"}, record.Value{"1"}, true},
		{"without a number any number stays", record.Field{Shape: record.Set}, record.Value{"1", "2"}, record.Value{"1", "2"}, false},
		{"surplus entries go", phones, record.Value{"1", "2", "3"}, record.Value{"1", "2"}, true},
		{"a number is never cut", phones, record.Value{"+44 20 7946 0001", "2"}, record.Value{"2"}, true},
		{"a name goes before its address", email, record.Value{"Ada Lovelace <ada@example.com>"}, record.Value{"ada@example.com"}, true},
		{"an address is never cut", email, record.Value{"ada.king@example.com"}, record.Value{""}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, cut := mapping.FitValue(tt.field, tt.in)
			if diff := cmp.Diff(tt.want, got); diff != "" || cut != tt.cut {
				t.Errorf("FitValue(%q) = %q, %v; want %q, %v", tt.in, got, cut, tt.want, tt.cut)
			}
		})
	}
}

func TestFit(t *testing.T) {
	schema := mustSchema(record.Field{Name: "note", MaxLen: 5}, record.Field{Name: "name"}, record.Field{Name: "tag", MaxLen: 2})
	all := schema.Build().Set("note", "abcdefg").Set("name", "Ada").Set("tag", "abc").Fields()
	fitted, cut := mapping.Fit(all)
	if diff := cmp.Diff([]string{"note", "tag"}, cut); diff != "" {
		t.Errorf("Fit cut mismatch (-want +got):\n%s", diff)
	}
	if got := [3]string{fitted.Text("note"), fitted.Text("name"), fitted.Text("tag")}; got != [3]string{"abcde", "Ada", "ab"} {
		t.Errorf("Fit = %q", got)
	}
	short := schema.Build().Set("note", "abc").Fields()
	if fitted, cut := mapping.Fit(short); fitted != short || cut != nil {
		t.Errorf("Fit of what fits = %v, cut %q; want it as it is", fitted, cut)
	}
}

// B22: what one side cannot hold is told, never silently dropped, and never wiped on the way back.
func TestTextLongerThanItsField(t *testing.T) {
	tell(t, subject{"note", fields("c", 1, aText), fields("o", 1, record.Field{MaxLen: 5}), mapping.Spec{}}, []story{
		{name: "is carried whole, and told", to: record.Outlook, crm: []string{"long text"}, outlook: []string{""}, want: []string{"long text"}, loss: mapping.Cut},
		{name: "is there already, cut", to: record.Outlook, crm: []string{"long text"}, outlook: []string{"long "}, want: []string{"long "}, loss: mapping.Cut},
		{name: "does not come back cut", to: record.CRM, crm: []string{"long text"}, outlook: []string{"long "}, want: []string{"long text"}},
		{name: "but an edit does come back", to: record.CRM, crm: []string{"long text"}, outlook: []string{"new"}, want: []string{"new"}},
	})
	tell(t, subject{"initial", fields("c", 1, aText), fields("o", 1, record.Field{MaxLen: 1}), mapping.Spec{}}, []story{
		{name: "one letter is there already", to: record.Outlook, crm: []string{"Ada"}, outlook: []string{"A"}, want: []string{"A"}, loss: mapping.Cut},
		{name: "and does not come back", to: record.CRM, crm: []string{"Ada"}, outlook: []string{"A"}, want: []string{"Ada"}},
	})
}
