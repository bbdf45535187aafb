package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// presets are the field maps of FEATURES part 2.
var presets = []struct {
	name  string
	rules []mapping.Rule
	crm   *record.Schema
}{
	{"Dealius", mapping.Dealius(), mapping.DealiusSchema()},
	{"Dealius with types", mapping.Dealius("Tenant", "Broker"), mapping.DealiusSchema()},
	{"Pipeliner", mapping.Pipeliner(), mapping.PipelinerSchema()},
	{"TribeBusiness", mapping.TribeBusiness(), mapping.TribeBusinessSchema()},
	{"TribePrivate", mapping.TribePrivate(), mapping.TribePrivateSchema()},
	{"Oracle", mapping.Oracle(), mapping.OracleSchema()},
}

func TestPresetsAreSound(t *testing.T) {
	for _, p := range presets {
		t.Run(p.name, func(t *testing.T) {
			for _, fault := range mapping.Check(p.rules, p.crm, record.OutlookContact) {
				t.Error(fault)
			}
		})
	}
}

func TestPresetsTravelInJSON(t *testing.T) {
	for _, p := range presets {
		t.Run(p.name, func(t *testing.T) {
			data, err := json.Marshal(p.rules)
			if err != nil {
				t.Fatal(err)
			}
			var back []mapping.Rule
			if err := json.Unmarshal(data, &back); err != nil {
				t.Fatalf("Unmarshal(%s): %v", data, err)
			}
			if diff := cmp.Diff(p.rules, back, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s after JSON (-want +got):\n%s", p.name, diff)
			}
		})
	}
}

// What each preset says, against FEATURES part 2.
func TestPresetsSayWhatTheProductsPromise(t *testing.T) {
	want := map[string][]string{
		"Dealius": {
			"firstName > givenName", "lastName > surname", "company > companyName", "mobilePhone > mobilePhone",
			"officePhone > businessPhones (first)", "email > emailAddresses (first)", "contactType > categories (set)",
			"title > jobTitle", "notes > personalNotes",
		},
		"Pipeliner": {
			"firstName = givenName", "lastName = surname", "account = companyName", "jobTitle = jobTitle",
			"phone1 = businessPhones (first)", "phone2 = otherPhone", "phone4 = mobilePhone", "phone5 = homePhones (first)",
			"email1 + email2 + email3 = emailAddresses (list)",
			"street + city + state + zip + country = businessAddress.street + businessAddress.city + businessAddress.state + businessAddress.postalCode + businessAddress.countryOrRegion (address)",
			"comments = personalNotes",
		},
		"TribeBusiness": {
			"initials = initials", "firstName = givenName", "infix + surname = surname (name)", "dateOfBirth = birthday",
			"email = emailAddresses (first)", "function = jobTitle", "workPhone = businessPhones (first)", "mobile = mobilePhone",
		},
		"TribePrivate": {
			"initials = initials", "firstName = givenName", "infix + surname = surname (name)", "dateOfBirth = birthday",
			"privateEmail = emailAddresses (first)", "privatePhone = homePhones (first)", "privateMobile = mobilePhone",
		},
		"Oracle": {
			"firstName = givenName", "lastName = surname", "company = companyName", "jobTitle = jobTitle",
			"emails = emailAddresses (list)", "workPhones = businessPhones (list)", "homePhones = homePhones (list)", "mobilePhone = mobilePhone",
			"street + city + state + postalCode + country = businessAddress.street + businessAddress.city + businessAddress.state + businessAddress.postalCode + businessAddress.countryOrRegion (address)",
		},
	}
	sign := map[mapping.Direction]string{mapping.Both: " = ", mapping.ToOutlook: " > "}
	for _, p := range presets {
		if want[p.name] == nil {
			continue
		}
		var got []string
		for _, r := range p.rules {
			line := strings.Join(r.CRM, " + ") + sign[r.Direction] + strings.Join(r.Outlook, " + ")
			if r.Lens.Kind != "" {
				line += " (" + string(r.Lens.Kind) + ")"
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(want[p.name], got); diff != "" {
			t.Errorf("%s mismatch (-want +got):\n%s", p.name, diff)
		}
	}
}

// Every preset carries a full record over and back without changing it.
func TestPresetsRoundTrip(t *testing.T) {
	for _, p := range presets {
		t.Run(p.name, func(t *testing.T) {
			m, err := mapping.Compile(p.rules, p.crm, record.OutlookContact, british)
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(t *rapid.T) {
				for i := range m.Rules {
					r := &m.Rules[i]
					sides := drawSides(t, r)
					carried := r.Carry(record.Outlook, sides[record.CRM], sides[record.Outlook])
					if !r.Direction.Allows(record.CRM) || r.Loss(record.Outlook, sides[record.CRM], sides[record.Outlook]) != mapping.None {
						continue
					}
					if back := r.Carry(record.CRM, carried, sides[record.CRM]); !r.Equal(record.CRM, back, sides[record.CRM]) {
						t.Fatalf("%s: %q onto %q is %q, and back %q", r.ID, sides[record.CRM], sides[record.Outlook], carried, back)
					}
				}
			})
		})
	}
}
