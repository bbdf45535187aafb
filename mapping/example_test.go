package mapping_test

import (
	"encoding/json"
	"fmt"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// A map is made of rules, checked once, and carries values of one pair of records at a time.
func Example() {
	rules := mapping.TribeBusiness()
	m, err := mapping.Compile(rules, mapping.TribeBusinessSchema(), record.OutlookContact, record.Locale{Region: "NL"})
	if err != nil {
		fmt.Println(err)
		return
	}
	crm := mapping.TribeBusinessSchema().Build().
		Set("firstName", "Saskia").Set("infix", "van der").Set("surname", "Berg").
		Set("email", "saskia@example.com").Fields()
	outlook := record.OutlookContact.Build().
		Set("givenName", "Saskia").Set("surname", "Berg").
		Set("emailAddresses", "Sas <s.berg@example.org>", "home@example.net").Fields()

	for i := range m.Rules {
		r := &m.Rules[i]
		source, known := r.Values(record.CRM, crm)
		target, alsoKnown := r.Values(record.Outlook, outlook)
		if !known || !alsoKnown {
			continue
		}
		carried := r.Carry(record.Outlook, source, target)
		if !r.Equal(record.Outlook, carried, target) {
			fmt.Printf("%s: %q\n", r.ID, carried)
		}
	}
	// Output:
	// surname: [["van der Berg"]]
	// email: [["Sas <saskia@example.com>" "home@example.net"]]
}

// Rules are plain data. What is wrong with them is said in words.
func ExampleCheck() {
	var rules []mapping.Rule
	err := json.Unmarshal([]byte(`[
		{"id": "name", "crm": ["firstName"], "outlook": ["givenName"]},
		{"id": "type", "crm": ["contactType"], "outlook": ["categories"], "lens": {"kind": "set", "values": ["Tenant", "Broker"]}},
		{"id": "mail", "crm": ["email"], "outlook": ["emailAddresses"]}
	]`), &rules)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, fault := range mapping.Check(rules, mapping.DealiusSchema(), record.OutlookContact) {
		fmt.Println(fault)
	}
	// Output:
	// mapping: rule "mail": "email" holds one entry and "emailAddresses" several: take the lens "first", or "list"
}

// For a CRM without a preset a map is proposed from its schema. A host shows it for a person to change, with what is left
// out and why.
func ExampleSuggest() {
	crm, err := record.NewSchema(record.Contact,
		record.Field{Name: "full_name", Type: record.Name},
		record.Field{Name: "account_id", Type: record.Reference},
		record.Field{Name: "job_title"},
		record.Field{Name: "email", Type: record.Email},
		record.Field{Name: "work_email", Type: record.Email},
		record.Field{Name: "mobile", Type: record.Phone},
		record.Field{Name: "date_of_birth", Type: record.Date, ReadOnly: true},
		record.Field{Name: "tags", Label: "Tags", Shape: record.Set},
		record.Field{Name: "lead_score"},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := mapping.Suggest(crm, record.OutlookContact)
	for _, r := range s.Rules {
		fmt.Printf("%s: %q %q %v\n", r.CRM, r.Lens.Kind, r.Direction, r.Outlook)
	}
	for _, l := range s.Omitted {
		fmt.Println("not mapped:", l.Field, l.Reason)
	}
	// Output:
	// [full_name]: "name" "" [title givenName middleName surname generation]
	// [job_title]: "" "" [jobTitle]
	// [email work_email]: "list" "" [emailAddresses]
	// [mobile]: "" "" [mobilePhone]
	// [date_of_birth]: "" "toOutlook" [birthday]
	// [tags]: "set" "" [categories]
	// not mapped: account_id reference
	// not mapped: lead_score unknown
}
