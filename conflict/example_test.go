package conflict_test

import (
	"fmt"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Two people edited one contact: one the phone on both sides, the other only the title. The phone waits for a person, the
// title goes across.
func ExampleMerger_Merge() {
	schema, _ := record.NewSchema(record.Contact, record.Field{Name: "title"}, record.Field{Name: "phone", Type: record.Phone})
	rules, _ := mapping.Compile([]mapping.Rule{
		{ID: "title", CRM: []string{"title"}, Outlook: []string{"title"}},
		{ID: "phone", CRM: []string{"phone"}, Outlook: []string{"phone"}},
	}, schema, schema, record.Locale{Region: "GB"})
	key, _ := record.NewHasher([]byte("a secret that the host keeps"), "seen")
	m := conflict.Merger{Map: rules, Hash: key, Options: conflict.Options{Allow: [2]bool{true, true}}}

	was := schema.Build().Set("title", "Engineer").Set("phone", "020 7946 0001").Fields()
	base := m.Look(nil, [2]record.Fields{was, was})
	o := m.Merge(conflict.Pair{Base: base, Fields: [2]record.Fields{
		record.CRM:     schema.Build().Set("title", "Chief engineer").Set("phone", "020 7946 0002").Fields(),
		record.Outlook: schema.Build().Set("title", "Engineer").Set("phone", "+44 20 7946 0003").Fields(),
	}})
	for _, r := range o.Rules {
		fmt.Println(r.Rule, r.Reason, "writes to Outlook:", r.Writes[record.Outlook])
	}
	fmt.Println("to Outlook:", o.Set[record.Outlook].Text("title"))
	fmt.Println("questions:", len(o.Asked))
	// Output:
	// title changed writes to Outlook: true
	// phone asked writes to Outlook: false
	// to Outlook: Chief engineer
	// questions: 1
}
