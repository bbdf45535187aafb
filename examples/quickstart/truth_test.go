package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/examples/internal/people"
	"github.com/seed-42871e99/crmsync/examples/quickstart/data"
	"github.com/seed-42871e99/crmsync/record"
)

// answer is a line of data.Truth.
type answer struct {
	Item int
	CRM  []string
	By   []string
	Why  string
}

// sample is the desk of the sample data, the answers for its Outlook contacts by their ids, and the report of the first
// run.
func sample(t *testing.T) (*desk, map[string]answer, contactsync.Report) {
	t.Helper()
	e, err := people.ReadCSV("crm.csv", data.CRM)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := people.ReadSettings("")
	if err != nil {
		t.Fatal(err)
	}
	d, err := setUp(t.Context(), e.People, data.Mailbox, settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	var answers []answer
	if err := json.Unmarshal(data.Truth, &answers); err != nil {
		t.Fatal(err)
	}
	truth := map[string]answer{}
	for i, c := range d.graph.Contacts(owner, "") {
		truth[c.ImmutableID] = answers[i]
	}
	report, err := d.sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d, truth, report
}

// The first run links nobody with somebody else, and finds those who have an address or a number in common or asks about
// them. Among those it misses are people with two cards, one of them under a name that nobody could guess.
func TestFirstRunAgainstTheTruth(t *testing.T) {
	d, truth, report := sample(t)
	links, err := d.links(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]bool{} // ids in Outlook
	for _, l := range links {
		crm, outlook := l.IDs[record.CRM], l.IDs[record.Outlook]
		if l.Made != [2]bool{} {
			continue
		}
		linked[outlook] = true
		if a := truth[outlook]; !slices.Contains(a.CRM, crm) {
			t.Errorf("false link: %s (%s) with contact %d of the mailbox, who is %v %s", d.label(l.IDs), crm, a.Item, a.CRM, a.Why)
		}
	}
	asked := map[string]bool{}
	for _, p := range report.Problems {
		asked[p.Record[record.Outlook]] = true
	}
	var known, found, questions int
	for id, a := range truth {
		switch {
		case len(a.By) == 0:
			continue
		case linked[id]:
			found++
		case asked[id]:
			questions++
		default:
			t.Logf("missed: contact %d of the mailbox is %v by %v", a.Item, a.CRM, a.By)
		}
		known++
	}
	t.Logf("of %d people on both sides %d are linked, %d asked about", known, found, questions)
	if share := float64(found) / float64(known); share < 0.7 {
		t.Errorf("%.3f of those with a key in common are linked, want 0.7", share)
	}
	if share := float64(found+questions) / float64(known); share < 0.98 {
		t.Errorf("%.3f of those with a key in common are linked or asked about, want 0.98", share)
	}
}
