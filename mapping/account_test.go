package mapping_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func accountSchema(t testing.TB) *record.Schema {
	t.Helper()
	s, err := record.NewSchema(record.Contact,
		record.Field{Name: "account", Type: record.Reference},
		record.Field{Name: "company", NameOf: "account"},
		record.Field{Name: "employer"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// M5: names with one key say the same, and each side keeps its spelling; others are carried as they are; all by the laws.
func TestAccountLens(t *testing.T) {
	rule := mapping.Rule{ID: "company", CRM: []string{"company"}, Outlook: []string{"companyName"}, Lens: mapping.Spec{Kind: mapping.Account}}
	m, err := mapping.Compile([]mapping.Rule{rule}, accountSchema(t), record.OutlookContact, record.Locale{})
	if err != nil {
		t.Fatal(err)
	}
	r := &m.Rules[0]
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"", "Acme", "ACME Ltd.", "acme limited", "Globex", "Globex GmbH & Co. KG", "--"})
		source, target := []record.Value{{name.Draw(t, "source")}}, []record.Value{{name.Draw(t, "target")}}
		for _, to := range []record.Side{record.CRM, record.Outlook} {
			carried := r.Carry(to, source, target)
			want := source
			if record.CompanyKey(source[0].Text()) == record.CompanyKey(target[0].Text()) {
				want = target
			}
			if !r.Equal(to, carried, want) {
				t.Errorf("%q to a side that holds %q is %q", source, target, carried)
			}
			if back := r.Carry(to.Other(), carried, source); !r.Equal(to.Other(), back, source) {
				t.Errorf("%q to a side that holds %q and back is %q", source, target, back)
			}
		}
	})
}

// A name of another record is written by the lens that looks it up, and by no other.
func TestAccountLensIsNeeded(t *testing.T) {
	for name, c := range map[string]struct {
		rule   mapping.Rule
		faults int
	}{
		"copy":             {mapping.Rule{ID: "c", CRM: []string{"company"}, Outlook: []string{"companyName"}}, 1},
		"copy, to Outlook": {mapping.Rule{ID: "c", CRM: []string{"company"}, Outlook: []string{"companyName"}, Direction: mapping.ToOutlook}, 0},
		"of a plain text":  {mapping.Rule{ID: "c", CRM: []string{"employer"}, Outlook: []string{"companyName"}, Lens: mapping.Spec{Kind: mapping.Account}}, 1},
		"of two fields":    {mapping.Rule{ID: "c", CRM: []string{"company", "employer"}, Outlook: []string{"companyName"}, Lens: mapping.Spec{Kind: mapping.Account}}, 1},
	} {
		if faults := mapping.Check([]mapping.Rule{c.rule}, accountSchema(t), record.OutlookContact); len(faults) != c.faults {
			t.Errorf("%s: %v", name, faults)
		}
	}
}
