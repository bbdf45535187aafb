package record_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/record"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestCanonicalForms holds a change of any canonical form to a new version: fingerprints taken under the old forms are
// then not compared with new ones, and an upgrade writes nothing.
func TestCanonicalForms(t *testing.T) {
	const golden = "testdata/canonical.golden"
	var got bytes.Buffer
	fmt.Fprintf(&got, "version %d\n", record.CanonicalVersion)
	for _, name := range slices.Sorted(maps.Keys(allTypes)) {
		f := record.Field{Name: name, Type: allTypes[name]}
		for _, s := range spellings {
			form := f.Canonical(record.Value{s}, record.Locale{Region: "GB"})
			fmt.Fprintf(&got, "%s %+q -> %+q\n", name, s, form.Text())
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if bytes.Equal(got.Bytes(), want) {
		return
	}
	if !*update {
		t.Errorf("canonical forms changed; raise canonicalVersion, then run with -update (-want +got):\n%s", cmp.Diff(string(want), got.String()))
		return
	}
	if changesAForm(want, got.Bytes()) {
		t.Fatal("canonical forms changed under the same canonicalVersion: raise it first")
	}
	if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// changesAForm reports whether, under one version, a spelling that both know has two forms; new spellings may come.
func changesAForm(old, now []byte) bool {
	read := func(b []byte) (version string, forms map[string]string) {
		forms = map[string]string{}
		for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
			if before, after, ok := bytes.Cut(s.Bytes(), []byte(" -> ")); ok {
				forms[string(before)] = string(after)
			} else {
				version = s.Text()
			}
		}
		return version, forms
	}
	oldVersion, oldForms := read(old)
	version, forms := read(now)
	if version != oldVersion {
		return false
	}
	for spelling, form := range oldForms {
		if now, ok := forms[spelling]; ok && now != form {
			return true
		}
	}
	return false
}

func TestTypedVersionIsStable(t *testing.T) {
	if a, b := record.TypedVersion(), record.TypedVersion(); a != b || a == 0 {
		t.Errorf("TypedVersion() = %d, then %d; want one number that is not zero", a, b)
	}
}

func TestEqual(t *testing.T) {
	gb := record.Locale{Region: "GB"}
	for _, tt := range []struct {
		name string
		f    record.Field
		a, b record.Value
		want bool
	}{
		{"nothing and blank", record.Field{Type: record.Text}, nil, record.Value{"", " "}, true},
		{"composed accents", record.Field{Type: record.Text}, record.Value{"José"}, record.Value{"Jose\u0301"}, true},
		{"line ends", record.Field{Type: record.Text}, record.Value{"a\r\nb\r\n"}, record.Value{"a\nb"}, true},
		{"text keeps case", record.Field{Type: record.Text}, record.Value{"Acme"}, record.Value{"ACME"}, false},
		{"text keeps inner space", record.Field{Type: record.Text}, record.Value{"a  b"}, record.Value{"a b"}, false},
		{"direction marks", record.Field{Type: record.Text}, record.Value{"\u200eAcme\u200f"}, record.Value{"Acme"}, true},
		{"a joiner is spelling", record.Field{Type: record.Name}, record.Value{"می\u200cخواهم"}, record.Value{"میخواهم"}, false},
		{"name folds space", record.Field{Type: record.Name}, record.Value{" van\u00a0der  Berg "}, record.Value{"van der Berg"}, true},
		{"name keeps case", record.Field{Type: record.Name}, record.Value{"Van der Berg"}, record.Value{"van der Berg"}, false},
		{"email by address", record.Field{Type: record.Email}, record.Value{"Ada <ADA@example.com>"}, record.Value{"ada@example.com"}, true},
		{"email plus tag", record.Field{Type: record.Email}, record.Value{"ada+crm@example.com"}, record.Value{"ada@example.com"}, false},
		{"email dots", record.Field{Type: record.Email}, record.Value{"a.da@example.com"}, record.Value{"ada@example.com"}, false},
		{"email name only", record.Field{Type: record.Email}, record.Value{"Ada <>"}, record.Value{""}, false},
		{"email domain", record.Field{Type: record.Email}, record.Value{"ada@Müller.example"}, record.Value{"ada@xn--mller-kva.example"}, true},
		{"phone national and full", record.Field{Type: record.Phone}, record.Value{"(020) 7946 0000"}, record.Value{"+44 20 7946 0000"}, true},
		{"phone extensions", record.Field{Type: record.Phone}, record.Value{"020 7946 0000 ext 1"}, record.Value{"020 7946 0000 ext 2"}, false},
		{"phone words", record.Field{Type: record.Phone}, record.Value{"020 7946 0000 (office)"}, record.Value{"02079460000"}, true},
		{"vanity numbers", record.Field{Type: record.Phone}, record.Value{"1-800-FLOWERS"}, record.Value{"1-800-TAXIS"}, false},
		{"not valid, same digits", record.Field{Type: record.Phone}, record.Value{"12-34"}, record.Value{"1234"}, true},
		{"date and timestamp", record.Field{Type: record.Date}, record.Value{"1974-07-22"}, record.Value{"1974-07-22T11:59:00Z"}, true},
		{"dates", record.Field{Type: record.Date}, record.Value{"1974-07-22"}, record.Value{"1974-07-23"}, false},
		{"instants", record.Field{Type: record.Time}, record.Value{"2026-01-02T03:04:05Z"}, record.Value{"2026-01-02T04:04:05.000+01:00"}, true},
		{"url case", record.Field{Type: record.URL}, record.Value{"HTTPS://Example.com/"}, record.Value{"https://example.com"}, true},
		{"url path keeps case", record.Field{Type: record.URL}, record.Value{"https://example.com/A"}, record.Value{"https://example.com/a"}, false},
		{"false is empty", record.Field{Type: record.Bool}, record.Value{"false"}, nil, true},
		{"true is not", record.Field{Type: record.Bool}, record.Value{"true"}, nil, false},
		{"ids", record.Field{Type: record.Reference}, record.Value{"aB"}, record.Value{"ab"}, false},
		{"list order", record.Field{Type: record.Text, Shape: record.List}, record.Value{"a", "b"}, record.Value{"b", "a"}, false},
		{"list gap", record.Field{Type: record.Text, Shape: record.List}, record.Value{"", "a"}, record.Value{"a"}, false},
		{"list end", record.Field{Type: record.Text, Shape: record.List}, record.Value{"a", " ", ""}, record.Value{"a"}, true},
		{"set", record.Field{Type: record.Text, Shape: record.Set}, record.Value{"b", "a", "b", ""}, record.Value{"a", "b"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.f.Equal(tt.a, tt.b, gb); got != tt.want {
				t.Errorf("Equal(%q, %q) = %v, want %v; canonical forms %q, %q", tt.a, tt.b, got, tt.want,
					tt.f.Canonical(tt.a, gb), tt.f.Canonical(tt.b, gb))
			}
		})
	}
}

func TestEqualOfCommonValuesDoesNotAllocate(t *testing.T) {
	nl := record.Locale{Region: "NL"}
	for name, tt := range map[string]struct {
		f    record.Field
		a, b record.Value
	}{
		"text":  {record.Field{Type: record.Text}, record.Value{"Head of sales"}, record.Value{"Head of purchase"}},
		"name":  {record.Field{Type: record.Name}, record.Value{"Ada Lovelace"}, record.Value{"Ada Byron"}},
		"email": {record.Field{Type: record.Email}, record.Value{"ada@example.com"}, record.Value{"grace@example.com"}},
		"phone": {record.Field{Type: record.Phone}, record.Value{"020 123 4567"}, record.Value{"+31 20 123 4567"}},
		"bool":  {record.Field{Type: record.Bool}, record.Value{"true"}, record.Value{"false"}},
		"list":  {record.Field{Type: record.Text, Shape: record.List}, record.Value{"a", "b"}, record.Value{"a", "c"}},
	} {
		if n := testing.AllocsPerRun(100, func() { tt.f.Equal(tt.a, tt.b, nl) }); n != 0 {
			t.Errorf("%s: Equal makes %v allocations, want none", name, n)
		}
		if tt.f.Type == record.Phone {
			continue // its form is another string
		}
		if n := testing.AllocsPerRun(100, func() { tt.f.Canonical(tt.a, nl) }); n != 0 {
			t.Errorf("%s: Canonical makes %v allocations, want none", name, n)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	for _, bb := range []struct {
		name string
		f    record.Field
		v    record.Value
	}{
		{"text", record.Field{Type: record.Text}, record.Value{"Head of sales"}},
		{"textAccents", record.Field{Type: record.Text}, record.Value{"Leiter für Verkäufe"}},
		{"name", record.Field{Type: record.Name}, record.Value{"Ada Lovelace"}},
		{"nameAccents", record.Field{Type: record.Name}, record.Value{"José  Núñez"}},
		{"email", record.Field{Type: record.Email}, record.Value{"ada.lovelace@example.com"}},
		{"emailNamed", record.Field{Type: record.Email}, record.Value{"Ada Lovelace <ada@example.com>"}},
		{"phoneRemembered", record.Field{Type: record.Phone}, record.Value{"020 123 4567"}},
		{"date", record.Field{Type: record.Date}, record.Value{"1974-07-22"}},
		{"time", record.Field{Type: record.Time}, record.Value{"2026-01-02T03:04:05Z"}},
		{"url", record.Field{Type: record.URL}, record.Value{"https://www.example.com/about"}},
		{"bool", record.Field{Type: record.Bool}, record.Value{"true"}},
		{"reference", record.Field{Type: record.Reference}, record.Value{"AAMkAGI2"}},
		{"set", record.Field{Type: record.Text, Shape: record.Set}, record.Value{"VIP", "Customer", "Newsletter"}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.f.Canonical(bb.v, record.Locale{Region: "NL"})
			}
		})
	}
}
