package mapping_test

import (
	"fmt"
	"testing"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// BenchmarkNothingToCarry is one pair that agrees, through the eleven rules of preset P: what a first meeting and a full
// pass do for most records.
func BenchmarkNothingToCarry(b *testing.B) {
	m, crm, outlook := pairsOfP(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for r := range m.Rules {
			rule := &m.Rules[r]
			source, _ := rule.Values(record.CRM, crm[i%len(crm)])
			target, _ := rule.Values(record.Outlook, outlook[i%len(crm)])
			if !rule.Equal(record.Outlook, rule.Carry(record.Outlook, source, target), target) {
				b.Fatal("there is something to carry")
			}
		}
	}
}

// BenchmarkView is what is fingerprinted of one record.
func BenchmarkView(b *testing.B) {
	m, _, outlook := pairsOfP(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for r := range m.Rules {
			rule := &m.Rules[r]
			v, _ := rule.Values(record.Outlook, outlook[i%len(outlook)])
			if len(rule.View(record.Outlook, v)) != len(v) {
				b.Fatal("a view of another length")
			}
		}
	}
}

func pairsOfP(b *testing.B) (m *mapping.Map, crm, outlook []record.Fields) {
	b.Helper()
	m, err := mapping.Compile(mapping.Pipeliner(), mapping.PipelinerSchema(), record.OutlookContact, british)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 1000 {
		mail := fmt.Sprintf("p%d@example.com", i)
		number := fmt.Sprintf("020 7946 %04d", i)
		crm = append(crm, mapping.PipelinerSchema().Build().
			Set("firstName", "Ada").Set("lastName", "King").Set("account", "Analytical").Set("jobTitle", "Countess").
			Set("phone1", number).Set("phone2").Set("phone4", number).Set("phone5").
			Set("email1", mail).Set("email2", "second-"+mail).Set("email3").
			Set("street", "1 High Street").Set("city", "Bath").Set("state").Set("zip", "BA1 1AA").Set("country", "UK").
			Set("comments").Fields())
		f := record.OutlookContact.Build()
		for _, name := range m.Wanted(record.Outlook) {
			f.Set(name)
		}
		outlook = append(outlook, f.
			Set("givenName", "Ada").Set("surname", "King").Set("companyName", "Analytical").Set("jobTitle", "Countess").
			Set("businessPhones", "+44 "+number[1:]).Set("mobilePhone", number).
			Set("emailAddresses", mail, "Ada <second-"+mail+">").
			Set("businessAddress.street", "1 High Street").Set("businessAddress.city", "Bath").
			Set("businessAddress.postalCode", "BA1 1AA").Set("businessAddress.countryOrRegion", "UK").Fields())
	}
	return m, crm, outlook
}

// BenchmarkCompile is what a run pays for its map.
func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mapping.Compile(mapping.Pipeliner(), mapping.PipelinerSchema(), record.OutlookContact, british); err != nil {
			b.Fatal(err)
		}
	}
}
