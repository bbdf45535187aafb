package match_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

func nameField(name string) record.Field { return record.Field{Name: name, Type: record.Name} }

func TestKeys(t *testing.T) { // M1
	f := personSchema.Build().
		Set("name", "Ada King").
		Set("emails", "Ada King <Ada@Example.COM>", "", "not an address", "ada@example.com", "ada+tag@example.com", "02079460777@example.com").
		Set("phones", "020 7946 0123", "(+44) 20-7946 0123", "12", "020 7946 0456 ext. 12 / 020 7946 0789").
		Set("fax", "020 7946 0999").Set("spouse", "Eve Stone").Set("note", "020 7946 0555").Fields()
	want := []string{"email:ada@example.com", "email:ada+tag@example.com", "email:02079460777@example.com", "phone:+442079460123", "phone:+442079460456", "phone:+442079460789"}
	var got []string
	for _, k := range match.Keys(f, region) {
		got = append(got, k.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Keys(%v) mismatch (-want +got):\n%s", f, diff)
	}
	if got := match.Keys(record.Fields{}, region); got != nil {
		t.Errorf("Keys(nothing known) = %v, want none", got)
	}
	c := match.NewCandidate("id", f, day, region, hash)
	if diff := cmp.Diff(named("Ada King"), c.Name); diff != "" {
		t.Errorf("NewCandidate(%v) has another name (-want +got):\n%s", f, diff)
	}
	if none := match.NewCandidate("id", record.Fields{}, day, region, hash); len(none.Emails)+len(none.Phones)+len(none.Name) > 0 {
		t.Errorf("NewCandidate(nothing known) = %+v, want no key and no name", none)
	}
	if len(c.Emails) != 3 || len(c.Phones) != 3 || c.Phones[0] != match.HashKey(match.Key{Kind: match.PhoneKey, Value: "+442079460123"}, hash) {
		t.Errorf("NewCandidate(%v) = %+v, want the hashes of its keys", f, c)
	}
}

// TestKeyVersion holds the form of keys and names to their version: where it fails, KeyVersion must grow, or hosts and
// State go on with hashes that nothing finds any more.
func TestKeyVersion(t *testing.T) {
	type form struct {
		Version uint32
		Keys    []string
		Names   map[string]match.Name
	}
	got := form{Version: match.KeyVersion, Names: map[string]match.Name{}}
	f := personSchema.Build().Set("emails", "Ada@Example.COM", "j.o'neil@xn--bcher-kva.example").Set("phones", "020 7946 0123").Fields()
	for _, k := range match.Keys(f, region) {
		got.Keys = append(got.Keys, k.String())
	}
	for _, text := range []string{"Ada King", "Bob van der Müller", "Dr. J.P. Groß Jr.", "王小明", "Piet & Anna Jansen", "Mrs. J. Jansen", "M. Dupont", "Mme Dupont", "Sue O'Brien-Łukasz"} {
		got.Names[text] = named(text)
	}
	path := filepath.Join("testdata", "keys.json")
	if *update {
		text, _ := json.MarshalIndent(got, "", "  ")
		if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want form
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys or names changed without a new KeyVersion (-golden +now):\n%s", diff)
	}
}

// TestVersionIsStored: every connection lists a side once more when the number changes, so only its two parts may change it.
func TestVersionIsStored(t *testing.T) {
	const prime = 16777619
	if got, want := match.Version(), (match.KeyVersion*prime^record.TypedVersion())*prime; got != want {
		t.Errorf("Version() = %d, want %d as before", got, want)
	}
}

// FuzzKeys checks what must hold of the keys of any entries: no panic, no blank and no repeated key, and a key made of a
// key's value is the same key.
func FuzzKeys(f *testing.F) {
	f.Add("ada@example.com", "020 7946 0123")
	f.Add("Ada <ADA@EXAMPLE.COM>, x", "06-12345678 work / +44 7700 900123")
	f.Add("\xff@\x00", "++")
	f.Fuzz(func(t *testing.T, email, phone string) {
		fields := personSchema.Build().Set("emails", email, email).Set("phones", phone, phone).Fields()
		keys := match.Keys(fields, region)
		seen := map[match.Key]bool{}
		for _, k := range keys {
			if k.Value == "" || seen[k] {
				t.Errorf("Keys(%q, %q) = %v: blank or repeated", email, phone, keys)
			}
			seen[k] = true
			b := personSchema.Build()
			if k.Kind == match.EmailKey {
				b.Set("emails", k.Value)
			} else {
				b.Set("phones", k.Value)
			}
			if again := match.Keys(b.Fields(), region); len(again) != 1 || again[0] != k {
				t.Errorf("Keys of the key %v are %v", k, again)
			}
		}
	})
}
