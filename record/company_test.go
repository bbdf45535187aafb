package record_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/record"
)

func TestCompanyKey(t *testing.T) {
	for _, same := range [][]string{
		{"Acme", "ACME Ltd.", "Acme Limited", "acme, ltd", "Acme Co. Ltd", "  acme\tLLC "},
		{"Müller & Söhne GmbH & Co. KG", "MÜLLER + SÖHNE", "Müller and Söhne KG"},
		{"De Vries B.V.", "de vries bv", "De Vries B V"},
		{"J.P. Morgan", "J. P. Morgan", "JP Morgan"},
		{"O'Brien plc", "O’Brien", "OBrien"},
		{"Nordlys A/S", "Nordlys AS"},
		{"Kowalski Sp. z o.o.", "Kowalski sp z oo"},
		{"Ltd", "ltd."},
		{"ООО Ромашка", "ооо ромашка"},
		{"株式会社山田", "株式会社山田"},
	} {
		for _, name := range same[1:] {
			if a, b := record.CompanyKey(same[0]), record.CompanyKey(name); a != b || a == "" {
				t.Errorf("%q has the key %q, and %q has %q", same[0], a, name, b)
			}
		}
	}
	for _, other := range [][2]string{
		{"Acme", "Acme Holding"}, {"Acme North Ltd", "Acme South Ltd"}, {"Café Roma", "Cafe Roma"}, {"3M", "M3"}, {"A & B", "A B"}, {"Ltd", "Co"},
	} {
		if a, b := record.CompanyKey(other[0]), record.CompanyKey(other[1]); a == b {
			t.Errorf("%q and %q have one key %q", other[0], other[1], a)
		}
	}
	for _, none := range []string{"", "  ", "--", "..."} {
		if k := record.CompanyKey(none); k != "" {
			t.Errorf("%q has the key %q", none, k)
		}
	}
}

// Whatever the name, a legal form behind it and the case it is written in do not count.
func TestCompanyKeyIgnoresTheLegalForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Z][a-z]{3,8}( [A-Z][a-z]{3,8}){0,2}`).Draw(t, "name")
		form := rapid.SampledFrom([]string{" Ltd", " Limited", ", Inc.", " GmbH", " GmbH & Co. KG", " B.V.", " S.A.", " S. A.", " A/S", " Sp. z o.o.", " Pty Ltd"}).Draw(t, "form")
		want := record.CompanyKey(name)
		for _, written := range []string{name + form, strings.ToUpper(name + form), strings.ToLower(name) + form + " "} {
			if got := record.CompanyKey(written); got != want {
				t.Errorf("%q has the key %q, and %q has %q", name, want, written, got)
			}
		}
	})
}
