package record_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/record"
)

func mustSchema(s *record.Schema, err error) *record.Schema {
	if err != nil {
		panic(err)
	}
	return s
}

// genFields gives fields of the Outlook schema, and the map that they must be equivalent to.
func genFields() *rapid.Generator[map[string]record.Value] {
	return rapid.Custom(func(t *rapid.T) map[string]record.Value {
		values := map[string]record.Value{}
		for _, name := range record.OutlookContact.Names() {
			if rapid.IntRange(0, 4).Draw(t, "known") == 0 {
				values[name] = genValue().Draw(t, name)
			}
		}
		return values
	})
}

// trimmed is the model of a stored value: without empty entries at its end.
func trimmed(v record.Value) record.Value {
	for len(v) > 0 && v[len(v)-1] == "" {
		v = v[:len(v)-1]
	}
	if len(v) == 0 {
		return nil
	}
	return v
}

func TestFieldsHoldWhatWasSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := genFields().Draw(t, "values")
		f, err := record.OutlookContact.Make(model)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]record.Value{}
		for name, v := range model {
			want[name] = trimmed(v)
		}
		if diff := cmp.Diff(want, maps.Collect(f.All())); diff != "" {
			t.Errorf("All mismatch (-want +got):\n%s", diff)
		}
		if f.Len() != len(want) {
			t.Errorf("Len() = %d, want %d", f.Len(), len(want))
		}
		for _, name := range record.OutlookContact.Names() {
			got, known := f.Get(name)
			if w, ok := want[name]; known != ok || known != f.Known(name) || !cmp.Equal(w, got) || f.Text(name) != w.Text() {
				t.Errorf("Get(%q) = %q, %v; want %q, %v", name, got, known, w, ok)
			}
		}
		again, err := f.Under(record.OutlookContact)
		if err != nil || !again.Equal(f) {
			t.Errorf("under its own schema it is %v, %v", again, err)
		}
	})
}

func TestWithAndOnlyFollowTheMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genFields().Draw(t, "a"), genFields().Draw(t, "b")
		fa, _ := record.OutlookContact.Make(a)
		fb, _ := record.OutlookContact.Make(b)
		want := maps.Clone(a)
		maps.Copy(want, b)
		wantFields, _ := record.OutlookContact.Make(want)
		if got := fa.With(fb); !got.Equal(wantFields) {
			t.Errorf("With knows %v, want %v", got, wantFields)
		}
		keep := func(name string) bool { return strings.Contains(name, "e") }
		maps.DeleteFunc(want, func(name string, _ record.Value) bool { return !keep(name) })
		wantFields, _ = record.OutlookContact.Make(want)
		if got := fa.With(fb).Only(keep); !got.Equal(wantFields) {
			t.Errorf("Only knows %v, want %v", got, wantFields)
		}
	})
}

func TestBuilderFreezes(t *testing.T) {
	b := record.OutlookContact.Build().Set("givenName", "Ada")
	before := b.Fields()
	after := b.Set("givenName").Set("surname", "Lovelace").Fields()
	if got := before.Text("givenName"); got != "Ada" || before.Known("surname") {
		t.Errorf("fields changed after they were frozen: %q, %v", got, before)
	}
	if v, known := after.Get("givenName"); len(v) != 0 || !known {
		t.Errorf("a cleared field is %q, known %v", v, known)
	}
}

func TestUnknownFieldsAreNamed(t *testing.T) {
	_, err := record.OutlookContact.Make(map[string]record.Value{"givenName": {"Ada"}, "shoeSize": {"38"}})
	if !errors.Is(err, record.ErrUnknownField) || !strings.Contains(err.Error(), `"shoeSize"`) {
		t.Errorf("Make: %v", err)
	}
	small := mustSchema(record.NewSchema(record.Contact, record.Field{Name: "surname"}))
	f := record.OutlookContact.Build().Set("givenName", "Ada").Set("surname", "Lovelace").Fields()
	if _, err = f.Under(small); !errors.Is(err, record.ErrUnknownField) || !strings.Contains(err.Error(), `"givenName"`) {
		t.Errorf("Under: %v", err)
	}
	moved, err := f.Only(func(name string) bool { return name == "surname" }).Under(small)
	if err != nil || moved.Text("surname") != "Lovelace" || moved.Schema() != small {
		t.Errorf("Under gives %v, %v", moved, err)
	}
	if !moved.Equal(f.Only(func(name string) bool { return name == "surname" })) {
		t.Error("the same values under two schemas are not equal")
	}
}

func TestZeroFields(t *testing.T) {
	var f record.Fields
	if v, known := f.Get("givenName"); known || v != nil || f.Len() != 0 || f.Known("x") || f.Text("x") != "" || f.Schema() != nil {
		t.Error("the zero Fields knows something")
	}
	ada := record.OutlookContact.Build().Set("givenName", "Ada").Fields()
	if !f.With(ada).Equal(ada) || !ada.With(f).Equal(ada) || f.Equal(ada) || !f.Equal(record.Fields{}) {
		t.Error("overlaying with the zero Fields changes something")
	}
}

func TestStringShowsNoValues(t *testing.T) {
	f := record.OutlookContact.Build().Set("surname", "Lovelace").Set("givenName", "Ada").Fields()
	if got, want := f.String(), "{givenName surname}"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestDiff(t *testing.T) {
	a := record.OutlookContact.Build().Set("givenName", "Ada").Set("surname", "Byron").Set("mobilePhone", "020 7946 0000").Set("jobTitle", "x").Fields()
	b := record.OutlookContact.Build().Set("givenName", " Ada").Set("surname", "Lovelace").Set("mobilePhone", "+442079460000").Set("department", "x").Fields()
	got := record.OutlookContact.Diff(a, b, record.Locale{Region: "GB"})
	if diff := cmp.Diff([]string{"surname"}, got); diff != "" {
		t.Errorf("Diff mismatch (-want +got):\n%s", diff)
	}
}

func BenchmarkFields(b *testing.B) {
	f := record.OutlookContact.Build().Set("displayName", "Ada Lovelace").Set("givenName", "Ada").Set("surname", "Lovelace").
		Set("companyName", "Example Ltd").Set("jobTitle", "Head of sales").Set("emailAddresses", "ada@example.com").
		Set("businessPhones", "020 7946 0000").Set("mobilePhone").Set("categories", "VIP", "Customer").
		Set("businessAddress.city", "London").Fields()
	b.Run("Get", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Get("mobilePhone")
		}
	})
	b.Run("Text", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Text("businessAddress.city")
		}
	})
	b.Run("With", func(b *testing.B) {
		over := record.OutlookContact.Build().Set("jobTitle", "Director").Fields()
		b.ReportAllocs()
		for b.Loop() {
			f.With(over)
		}
	})
}
