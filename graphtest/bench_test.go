package graphtest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// filled is a server with n contacts as they are in life.
func filled(n int) *graphtest.Server {
	s := graphtest.New(graphtest.Options{Requests: -1})
	for i := range n {
		s.AddContact("", graphtest.Contact{
			GivenName: fmt.Sprintf("Grace %d", i), Surname: "Hopper", CompanyName: "Example Ltd", JobTitle: "Admiral",
			EmailAddresses:  []graphtest.EmailAddress{{Name: "Grace", Address: fmt.Sprintf("grace%d@example.com", i)}},
			BusinessPhones:  []string{"+1 202 555 0101"},
			BusinessAddress: graphtest.Address{Street: "1 Navy Way", City: "Arlington", PostalCode: "22202"},
			Extended:        map[string]string{stampID: fmt.Sprint("v1", i)},
		})
	}
	return s
}

// drain follows a listing or delta to its end and returns the rounds' last page.
func drain(b *testing.B, s *graphtest.Server, target string) {
	b.Helper()
	for target != "" {
		req, err := http.NewRequest("GET", target, nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Prefer", `IdType="ImmutableId", odata.maxpagesize=500`)
		resp, err := s.RoundTrip(req)
		if err != nil {
			b.Fatal(err)
		}
		raw, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("%d %v %s", resp.StatusCode, err, raw)
		}
		tail := string(raw[max(0, len(raw)-600):])
		_, next, _ := strings.Cut(tail, `"@odata.nextLink":"`)
		target, _, _ = strings.Cut(next, `"`)
	}
}

// 10,000 contacts through delta pages of 500.
func BenchmarkDelta10000(b *testing.B) {
	s := filled(10000)
	for b.Loop() {
		drain(b, s, root+deltaPath)
	}
}

// The same with $select.
func BenchmarkDelta10000Select(b *testing.B) {
	s := filled(10000)
	for b.Loop() {
		drain(b, s, root+deltaPath+"?$select=displayName,givenName,surname,emailAddresses,businessPhones")
	}
}

// 1,000 creates in batches of 20.
func BenchmarkCreate1000(b *testing.B) {
	var batch strings.Builder
	batch.WriteString(`{"requests":[`)
	for i := range 20 {
		if i > 0 {
			batch.WriteByte(',')
		}
		fmt.Fprintf(&batch, `{"id":"%d","method":"POST","url":"/me/contacts","headers":{"Content-Type":"application/json"},"body":{"givenName":"Grace","surname":"Hopper","emailAddresses":[{"name":"x","address":"g@example.com"}],"businessPhones":["+1 202 555 0101"],"singleValueExtendedProperties":[{"id":%q,"value":"v1"}]}}`, i, stampID)
	}
	batch.WriteString(`]}`)
	for b.Loop() {
		s := graphtest.New(graphtest.Options{})
		for range 50 {
			req, err := http.NewRequest("POST", root+"/$batch", strings.NewReader(batch.String()))
			if err != nil {
				b.Fatal(err)
			}
			resp, err := s.RoundTrip(req)
			if err != nil || resp.StatusCode != http.StatusOK {
				b.Fatal(resp, err)
			}
		}
	}
}
