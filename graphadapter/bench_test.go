package graphadapter_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// plainContact holds the same members as the adapter's own row, decoded by encoding/json and nothing more.
type plainContact struct {
	ETag             string                           `json:"@odata.etag"`
	ID               string                           `json:"id"`
	Parent           string                           `json:"parentFolderId"`
	Created          string                           `json:"createdDateTime"`
	Modified         string                           `json:"lastModifiedDateTime"`
	DisplayName      string                           `json:"displayName"`
	FileAs           string                           `json:"fileAs"`
	Title            string                           `json:"title"`
	GivenName        string                           `json:"givenName"`
	MiddleName       string                           `json:"middleName"`
	Surname          string                           `json:"surname"`
	Generation       string                           `json:"generation"`
	Initials         string                           `json:"initials"`
	NickName         string                           `json:"nickName"`
	YomiGivenName    string                           `json:"yomiGivenName"`
	YomiSurname      string                           `json:"yomiSurname"`
	YomiCompanyName  string                           `json:"yomiCompanyName"`
	CompanyName      string                           `json:"companyName"`
	Department       string                           `json:"department"`
	JobTitle         string                           `json:"jobTitle"`
	OfficeLocation   string                           `json:"officeLocation"`
	Profession       string                           `json:"profession"`
	Manager          string                           `json:"manager"`
	AssistantName    string                           `json:"assistantName"`
	MobilePhone      string                           `json:"mobilePhone"`
	BusinessHomePage string                           `json:"businessHomePage"`
	Birthday         string                           `json:"birthday"`
	SpouseName       string                           `json:"spouseName"`
	PersonalNotes    string                           `json:"personalNotes"`
	BusinessPhones   []string                         `json:"businessPhones"`
	HomePhones       []string                         `json:"homePhones"`
	ImAddresses      []string                         `json:"imAddresses"`
	Children         []string                         `json:"children"`
	Categories       []string                         `json:"categories"`
	EmailAddresses   []struct{ Name, Address string } `json:"emailAddresses"`
	BusinessAddress  plainAddress                     `json:"businessAddress"`
	HomeAddress      plainAddress                     `json:"homeAddress"`
	OtherAddress     plainAddress                     `json:"otherAddress"`
}

type plainAddress struct{ Street, City, State, PostalCode, CountryOrRegion string }

// deltaBody is a delta page of 500 ordinary contacts as the emulator writes it.
func deltaBody(b *testing.B, q graphtest.Quirks) []byte {
	b.Helper()
	srv := graphtest.New(graphtest.Options{Me: me, Quirks: q})
	for i := range 500 {
		srv.AddContact(me, graphtest.Contact{
			GivenName: fmt.Sprint("Zoë ", i), Surname: fmt.Sprint("van der Berg ", i), CompanyName: "Example & Sons", JobTitle: "Head of Purchasing",
			EmailAddresses:  []graphtest.EmailAddress{{Name: fmt.Sprint("Zoë ", i), Address: fmt.Sprintf("zoe.%d@example.com", i)}},
			BusinessPhones:  []string{fmt.Sprintf("+44 20 7946 %04d", i)},
			MobilePhone:     fmt.Sprintf("+44 7700 900%03d", i),
			BusinessAddress: graphtest.Address{Street: fmt.Sprint(i, " Quay Street"), City: "London", PostalCode: "E1 6AN", CountryOrRegion: "United Kingdom"},
			Categories:      []string{"Client"}, Birthday: "1974-07-22T11:59:00Z", PersonalNotes: "Met at the fair.\r\nSend the catalogue.",
		})
	}
	req, err := http.NewRequest("GET", "https://graph.microsoft.com/v1.0/me/contactFolders/contacts/contacts/delta", nil)
	require.NoError(b, err)
	req.Header.Set("Prefer", "odata.maxpagesize=500")
	res, err := srv.RoundTrip(req)
	require.NoError(b, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(b, err)
	return body
}

// The limit: a delta page decodes within 1.5 times encoding/json into a plain struct of the same fields, the repair of
// control characters included. Both take turns, and the best time of each counts, so that a busy machine says the same.
func BenchmarkDecodePage(b *testing.B) {
	plain := deltaBody(b, graphtest.Quirks{})
	decodePlain := func() error {
		var page struct{ Value []plainContact }
		return json.Unmarshal(plain, &page)
	}
	for name, q := range map[string]graphtest.Quirks{"clean": {}, "control characters": {ControlCharacters: true}} {
		body := deltaBody(b, q)
		for way, decode := range map[string]func() error{
			"to rows": func() error {
				_, err := graphadapter.DecodeRows(body)
				return err
			},
			"to records": func() error {
				_, _, err := graphadapter.DecodePage(body, false)
				return err
			},
		} {
			b.Run(way+"/"+name, func(b *testing.B) {
				best := func(f func() error, before time.Duration) time.Duration {
					start := time.Now()
					if err := f(); err != nil {
						b.Fatal(err)
					}
					return min(before, time.Since(start))
				}
				ours, theirs := time.Hour, time.Hour
				b.ReportAllocs()
				for b.Loop() {
					theirs = best(decodePlain, theirs)
					ours = best(decode, ours)
				}
				b.ReportMetric(float64(ours)/float64(theirs), "x-plain")
				b.ReportMetric(float64(ours)/500, "ns/contact")
			})
		}
	}
}

// The adapter's share of a no-op run, the emulator's included.
func BenchmarkNoOp(b *testing.B) {
	w := start(b, graphtest.Quirks{}, func(o *graphtest.Options, _ *graphadapter.Options) { o.Requests, o.LogBodies = -1, false })
	for range 1000 {
		w.srv.AddContact(me, full())
	}
	_, last := w.round("")
	b.ReportAllocs()
	for b.Loop() {
		p, err := w.dir.Changes(b.Context(), w.scope, last.Next)
		if err != nil || p.More || len(p.Changes) > 0 {
			b.Fatal(err)
		}
	}
}

// Writing 100 contacts: 5 batches, the emulator's work included.
func BenchmarkCreate100(b *testing.B) {
	w := start(b, graphtest.Quirks{}, func(o *graphtest.Options, _ *graphadapter.Options) { o.Requests, o.LogBodies = -1, false })
	set := fields(b, map[string]record.Value{"givenName": {"Grace"}, "surname": {"Hopper"}, "emailAddresses": {"grace@example.com"}, "businessAddress.city": {"London"}})
	writes := make([]contactsync.Write, 100)
	for i := range writes {
		writes[i] = create(fmt.Sprint("1stamp", i), set)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.dir.Apply(b.Context(), w.scope, writes); err != nil {
			b.Fatal(err)
		}
	}
}
