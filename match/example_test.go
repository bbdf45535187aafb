package match_test

import (
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// A household shares a number: each finds their own, and a card that could be anybody's waits for a person.
func ExamplePair() {
	schema, _ := record.NewSchema(record.Contact,
		record.Field{Name: "name", Type: record.Name}, record.Field{Name: "phone", Type: record.Phone})
	key, _ := record.NewHasher([]byte("a secret that the host keeps"), "match")
	person := func(id, name, phone string) match.Candidate {
		f := schema.Build().Set("name", name).Set("phone", phone).Fields()
		return match.NewCandidate(id, f, time.Time{}, record.Locale{Region: "GB"}, key)
	}
	r := match.Pair(
		[]match.Candidate{person("crm-1", "Robert Smith", "020 7946 0001"), person("crm-2", "Ruth Smith", "020 7946 0001"),
			person("crm-3", "Rosa Smith", "020 7946 0001")},
		[]match.Candidate{person("outlook-1", "Smith, Ruth", "+44 20 7946 0001"), person("outlook-2", "R. Smith", "+44 20 7946 0001")},
		match.Options{})
	for _, p := range r.Links {
		fmt.Println("link", p.CRM, p.Outlook, p.Score.Reasons)
	}
	for _, p := range r.Doubtful {
		fmt.Println("ask ", p.CRM, p.Outlook, p.Score.Reasons)
	}
	// Output:
	// link crm-2 outlook-1 [samePhone sameName sharedKey]
	// ask  crm-1 outlook-2 [samePhone nameFits sharedKey]
	// ask  crm-3 outlook-2 [samePhone nameFits sharedKey]
}

// A host indexes the keys of its records, to answer which of them may be the person of a new Outlook item.
func ExampleKeys() {
	schema, _ := record.NewSchema(record.Contact,
		record.Field{Name: "emails", Type: record.Email, Shape: record.List}, record.Field{Name: "phone", Type: record.Phone})
	f := schema.Build().Set("emails", "Ada King <Ada@Example.com>", "not an address").Set("phone", "020 7946 0123").Fields()
	for _, k := range match.Keys(f, record.Locale{Region: "GB"}) {
		fmt.Println(k)
	}
	// Output:
	// email:ada@example.com
	// phone:+442079460123
}
