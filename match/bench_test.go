package match_test

import (
	"fmt"
	"testing"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// benchBooks are two address books of n people each, distinct keys hashed already, of whom half stand in both.
func benchBooks(n int) (crm, outlook []match.Candidate) {
	one := func(id string, person int) match.Candidate {
		name := fmt.Sprintf("Given%d Surname%d", person%977, person%3989)
		c := match.NewCandidate(id, personSchema.Build().Set("name", name).Fields(), day, region, hash)
		c.Emails = []uint64{match.HashKey(match.Key{Kind: match.EmailKey, Value: fmt.Sprintf("p%d@mail.example", person)}, hash)}
		c.Phones = []uint64{hash.Text(fmt.Sprint("mobile", person)), hash.Text(fmt.Sprint("home", person/2))}
		return c
	}
	for i := range n {
		crm = append(crm, one(fmt.Sprintf("crm-%06d", i), i))
		outlook = append(outlook, one(fmt.Sprintf("outlook-%06d", i), i+n/2))
	}
	return crm, outlook
}

// BenchmarkPair pairs two books that have half of their people in common.
func BenchmarkPair(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		crm, outlook := benchBooks(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := match.Pair(crm, outlook, match.Options{}); len(r.Links) != n/2 {
					b.Fatalf("%d links, want %d", len(r.Links), n/2)
				}
			}
		})
	}
}

// BenchmarkPairSwitchboard pairs two books of n people each who all have one number, besides an address of their own.
func BenchmarkPairSwitchboard(b *testing.B) {
	for _, n := range []int{1_000, 5_000, 20_000} {
		crm, outlook := benchBooks(n)
		for i := range n {
			crm[i].Phones = []uint64{42}
			outlook[i].Phones = []uint64{42}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := match.Pair(crm, outlook, match.Options{}); len(r.Links) != n/2 {
					b.Fatalf("%d links, want %d", len(r.Links), n/2)
				}
			}
		})
	}
}

// BenchmarkNewCandidate reduces an Outlook contact, its number read before.
func BenchmarkNewCandidate(b *testing.B) {
	for name, surname := range map[string]string{"plain": "King", "accents": "van der Müller"} {
		f := record.OutlookContact.Build().Set("displayName", "Ada "+surname).Set("givenName", "Ada").Set("surname", surname).
			Set("companyName", "Example Ltd").Set("jobTitle", "Engineer").Set("emailAddresses", "ada@example.com").
			Set("businessPhones", "020 7946 0123").Set("personalNotes", "met in May").Fields()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				match.NewCandidate("id", f, day, region, hash)
			}
		})
	}
}
