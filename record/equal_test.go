package record_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/record"
)

var allTypes = map[string]record.Type{
	"text": record.Text, "name": record.Name, "email": record.Email, "phone": record.Phone, "date": record.Date,
	"time": record.Time, "url": record.URL, "bool": record.Bool, "reference": record.Reference,
}

var allShapes = map[string]record.Shape{"one": record.One, "list": record.List, "set": record.Set}

// spellings are entries whose canonical forms tend to meet, so that laws about equal values have equal values to test.
var spellings = []string{
	"", " ", "\u200b", "ada", "Ada", " Ada  Lovelace ", "Ada\tLovelace", "Jose\u0301", "José", "straße", "STRASSE", "a\r\nb", "a\nb", "a\rb\n",
	"\u0301a", "a \u0301", "İ", "ŉ", "ﬁ", "\u1fbe\u0345", "\xff", "a\xff\r\nb",
	"ada@example.com", "ADA@Example.COM", "Ada <ada@example.com>", "<ada@example.com>", "mailto:ada@example.com", "ada@example.com,",
	"Ada <>", "ada@müller.example", "ada@XN--MLLER-KVA.example", "\"a b\"@example.com", "a <b <c>", "ada at example",
	"ａｄａ＠example.com", "'ada@example.com'", "ada+x@example.com", "jösé@example.com", "x>", "<", ">", "<>",
	"020 7946 0000", "+44 20 7946 0000", "(020) 7946-0000", "02079460000 ext. 12", "+442079460000;ext=12", "020 7946 0000 x12",
	"020 7946 0000 / 020 7946 0001", "+442079460000;+442079460001", "0044 20 7946 0000", "1-800-FLOWERS", "tel: 12345", "12345",
	"+", "++", "x12", "020 7946 0000/1", "٠٢٠ ٧٩٤٦ ٠٠٠٠", "０２０ ７９４６ ００００", "8 800 123 45 67", "+7 800 123-45-67", "011 15-2345-6789",
	"1974-07-22", "1974-07-22T11:59:00Z", "1974-07-22 00:00:00", "1974-07-22T23:00:00+02:00", "1974-13-01", "22-07-1974",
	"2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05.000Z", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
	"HTTP://Example.COM/Path", "http://example.com/Path", "http://example.com", "http://example.com/", "http://u@Example.com:80/?Q",
	"www.Example.com:8080/X", "mailto:X@y", "://", ":", "http://", "http://MÜLLER.example/Ü",
	"true", "TRUE", "false", "False", "yes",
}

func genEntry() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(spellings),
		rapid.String(),
		rapid.StringMatching(`[+0-9 ()./,;&x-]{0,24}`),
		rapid.StringMatching(`[ "<>@a-zA-Zäß.,'-]{0,16}`),
		rapid.Custom(func(t *rapid.T) string { // noise around and inside a spelling
			s := rapid.SampledFrom(spellings).Draw(t, "base")
			cut := rapid.IntRange(0, len(s)).Draw(t, "cut")
			noise := rapid.SampledFrom([]string{" ", "\t", "\u00a0", "\u200e", "\r\n", "\u0301", ";", "/", "ext", "<", ">", "\xe2\x80"}).Draw(t, "noise")
			return s[:cut] + noise + s[cut:]
		}),
	)
}

func genValue() *rapid.Generator[record.Value] {
	return rapid.Custom(func(t *rapid.T) record.Value {
		return rapid.SliceOfN(genEntry(), 0, 3).Draw(t, "value")
	})
}

func genField() *rapid.Generator[record.Field] {
	return rapid.Custom(func(t *rapid.T) record.Field {
		return record.Field{
			Name:  "f",
			Type:  record.Type(rapid.IntRange(int(record.Text), int(record.Reference)).Draw(t, "type")),
			Shape: record.Shape(rapid.IntRange(int(record.One), int(record.Set)).Draw(t, "shape")),
		}
	})
}

func genLocale() *rapid.Generator[record.Locale] {
	return rapid.Custom(func(t *rapid.T) record.Locale {
		return record.Locale{Region: rapid.SampledFrom([]string{"", "NL", "GB", "US", "RU", "AR", "IT", "BR", "gb", "XX"}).Draw(t, "region")}
	})
}

// respell gives a value that is often equal to v, never by construction.
func respell(t *rapid.T, v record.Value) record.Value {
	out := append(record.Value(nil), v...)
	for i := range out {
		switch rapid.IntRange(0, 5).Draw(t, "respell") {
		case 0:
			out[i] = " " + out[i] + " "
		case 1:
			out[i] = strings.ToUpper(out[i])
		case 2:
			out[i] = strings.ReplaceAll(out[i], " ", "-")
		case 3:
			out[i] = genEntry().Draw(t, "other")
		}
	}
	return out
}

func TestEqualIsAnEquivalence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, loc := genField().Draw(t, "field"), genLocale().Draw(t, "locale")
		a := genValue().Draw(t, "a")
		b := respell(t, a)
		c := respell(t, b)
		if !f.Equal(a, a, loc) {
			t.Errorf("%q does not equal itself", a)
		}
		if f.Equal(a, b, loc) != f.Equal(b, a, loc) {
			t.Errorf("not symmetric: %q, %q", a, b)
		}
		if f.Equal(a, b, loc) && f.Equal(b, c, loc) && !f.Equal(a, c, loc) {
			t.Errorf("not transitive: %q, %q, %q", a, b, c)
		}
		if got, want := f.Equal(a, b, loc), cmp.Equal(f.Canonical(a, loc), f.Canonical(b, loc)); got != want {
			t.Errorf("Equal(%q, %q) = %v, but canonical forms are %q and %q", a, b, got, f.Canonical(a, loc), f.Canonical(b, loc))
		}
	})
}

func TestCanonicalIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, loc, v := genField().Draw(t, "field"), genLocale().Draw(t, "locale"), genValue().Draw(t, "value")
		before := slices.Clone(v)
		once := f.Canonical(v, loc)
		if diff := cmp.Diff(before, v); diff != "" {
			t.Fatalf("Canonical changed its argument (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(once, f.Canonical(once, loc)); diff != "" {
			t.Errorf("type %v: canonical form of %q is no canonical form (-once +twice):\n%s", f.Type, v, diff)
		}
	})
}

func TestCanonicalOfEverySpelling(t *testing.T) {
	for name, typ := range allTypes {
		for _, region := range []string{"", "GB", "RU", "AR"} {
			loc := record.Locale{Region: region}
			f := record.Field{Name: name, Type: typ}
			for _, s := range spellings {
				once := f.Canonical(record.Value{s}, loc)
				if diff := cmp.Diff(once, f.Canonical(once, loc)); diff != "" {
					t.Errorf("%s in %q: canonical form of %q is no canonical form (-once +twice):\n%s", name, region, s, diff)
				}
			}
		}
	}
}
