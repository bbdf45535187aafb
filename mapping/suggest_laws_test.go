package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// stems are words that Suggest knows, in the spelling of camelCase, and some that it does not.
var stems = strings.Fields(`firstName givenName lastName surname infix middleName fullName name displayName title salutation suffix initials nickName
	company account companyName department jobTitle position function office manager assistant spouse children birthday anniversary
	email email1 email2 email3 email4 workEmail privateEmail emails phone phone1 phone2 workPhone businessPhones homePhone homePhones mobile otherPhone fax homeFax pager
	website personalWebsite notes comments categories tags contactType private
	street street2 address city state zip country homeStreet homeCity homeCountry otherCity address1_line1 address1_city address2_city
	businessAddress homeAddress.city leadScore owner custom`)

func drawFields(t *rapid.T, pool []string, label string) []record.Field {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(pool), 0, 20, rapid.ID).Draw(t, label)
	var fields []record.Field
	for _, name := range names {
		f := record.Field{
			Name:     name,
			Type:     rapid.SampledFrom([]record.Type{record.Text, record.Text, record.Text, record.Name, record.Email, record.Phone, record.Date, record.Time, record.URL, record.Bool, record.Reference}).Draw(t, name+" type"),
			Shape:    rapid.SampledFrom([]record.Shape{record.One, record.One, record.One, record.List, record.Set}).Draw(t, name+" shape"),
			ReadOnly: rapid.IntRange(0, 4).Draw(t, name+" read-only") == 0,
			MaxLen:   rapid.SampledFrom([]int{0, 0, 40}).Draw(t, name+" length"),
			MaxCount: rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, name+" count"),
			Label:    rapid.SampledFrom([]string{"", "", "Mobile phone", "Last name", " ", "Tags"}).Draw(t, name+" label"),
		}
		fields = append(fields, f)
	}
	return fields
}

// drawSchemas draws a CRM's schema in one of several spellings, and Outlook's, whole or with other fields.
func drawSchemas(t *rapid.T) (crm, outlook *record.Schema) {
	spell := rapid.SampledFrom([]func(string) string{
		func(s string) string { return s },
		strings.ToUpper,
		func(s string) string { return "contact_" + s },
		func(s string) string { return s + "__c" },
	}).Draw(t, "spelling")
	fields := drawFields(t, stems, "CRM fields")
	for i := range fields {
		fields[i].Name = spell(fields[i].Name)
	}
	crm = mustSchema(fields...)
	switch rapid.IntRange(0, 2).Draw(t, "Outlook") {
	case 0:
		return crm, record.OutlookContact
	case 1:
		var own []record.Field
		for _, f := range drawFields(t, stems, "fields of the host's own") {
			if _, taken := record.OutlookContact.Field(f.Name); !taken {
				own = append(own, f)
			}
		}
		extended, err := record.ExtendOutlookContact(own...)
		if err != nil {
			t.Fatal(err)
		}
		return crm, extended
	}
	return crm, mustSchema(drawFields(t, slices.Concat(stems, record.OutlookContact.Names()), "Outlook fields")...)
}

// Whatever the schemas, the suggestion is sound and complete: Check finds no fault, no field is there twice, and every field
// of the CRM is in a rule or left out for a reason.
func TestSuggestionsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		crm, outlook := drawSchemas(t)
		s := mapping.Suggest(crm, outlook)
		for _, fault := range mapping.Check(s.Rules, crm, outlook) {
			t.Error(fault)
		}
		var there [2][]string
		for _, r := range s.Rules {
			there[record.CRM] = append(there[record.CRM], r.CRM...)
			there[record.Outlook] = append(there[record.Outlook], r.Outlook...)
		}
		for _, l := range s.Omitted {
			there[record.CRM] = append(there[record.CRM], l.Field)
			if l.Reason == "" {
				t.Errorf("%s is left out without a reason", l.Field)
			}
		}
		for side, names := range there {
			slices.Sort(names)
			if n := len(slices.Compact(slices.Clone(names))); n != len(names) {
				t.Errorf("%v fields %q: some are there twice", record.Side(side), names)
			}
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(crm.Names())), slices.Clip(there[record.CRM])); diff != "" && len(crm.Names()) > 0 {
			t.Errorf("CRM fields in rules and left out (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(s, mapping.Suggest(crm, outlook)); diff != "" {
			t.Errorf("Suggest again says otherwise (-first +second):\n%s", diff)
		}
	})
}

// What is suggested carries values by the laws of a lens.
func TestSuggestedRulesKeepTheLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		crm, outlook := drawSchemas(t)
		m, err := mapping.Compile(mapping.Suggest(crm, outlook).Rules, crm, outlook, british)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Rules {
			r := &m.Rules[i]
			sides := drawSides(t, r)
			for _, to := range []record.Side{record.Outlook, record.CRM} {
				if !r.Direction.Allows(to) {
					continue
				}
				source, target := sides[to.Other()], sides[to]
				carried := r.Carry(to, source, target)
				if again := r.Carry(to, source, carried); !r.Equal(to, again, carried) {
					t.Fatalf("%s: %q onto %v %q is %q, and again %q", say(r.Rule), source, to, target, carried, again)
				}
			}
		}
	})
}
