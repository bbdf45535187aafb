package graphtest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// Whatever the body of a batch, the answer is JSON with 200 and one response per part, or an error in Graph's shape.
func FuzzBatch(f *testing.F) {
	for _, seed := range []string{
		`{"requests":[{"id":"1","method":"GET","url":"/me/contacts?$top=2"}]}`,
		`{"requests":[{"id":"1","method":"POST","url":"me/contacts","headers":{"Content-Type":"application/json"},"body":{"givenName":"x","emailAddresses":[{"address":"a@example.com"}]}},{"id":"2","method":"PATCH","url":"/me/contacts/x","dependsOn":["1"]}]}`,
		`{"requests":[{"id":"1","method":"GET","url":"/me/contactFolders/contacts/contacts/delta?$skiptoken=x"}]}`,
		`{"requests":[{"id":"1","method":"POST","url":"/me/contactFolders","headers":{"Content-Type":"text/plain"},"body":"e30="}]}`,
		`{"requests":[{"id":"1","method":"GET","url":"//x/%zz"},null]}`,
		`{"requests":[{"id":"1","method":"GET","url":"/me/contacts?$filter=emailAddresses/any(a:a/address eq 'x')"}]}`,
		`{"requests":[{"id":"1","method":"PATCH","url":"/","headers":{"content-type":"application/json"},"body":null}]}`,
		`[]`, `{"requests":{}}`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := newServer(t, graphtest.Options{})
		add(s, "A")
		r := call(t, s, "POST", "/$batch", body)
		switch {
		case r.status == http.StatusOK:
			var sent struct{ Requests []any }
			if err := json.Unmarshal([]byte(body), &sent); err != nil || len(sent.Requests) != len(r.parts()) {
				t.Errorf("%d parts, %d answers, %v", len(sent.Requests), len(r.parts()), err)
			}
		case r.body["error"] == nil:
			t.Errorf("status %d: %s", r.status, r.raw)
		}
	})
}

// Whatever the query, the answer is a page or an error in Graph's shape.
func FuzzQuery(f *testing.F) {
	ep := "singleValueExtendedProperties"
	for _, seed := range [][2]string{
		{"$filter", "emailAddresses/any(a:a/address eq 'ada@example.com') or (emailAddresses/any(a:a/address eq 'b'))"},
		{"$filter", ep + "/Any(ep: ep/id eq '" + stampID + "' and startswith(ep/value, 'x'))"},
		{"$filter", strings.Repeat("(", 100)},
		{"$expand", ep + "($filter=id eq '" + stampID + "' or id eq 'String 0x3A1F')"},
		{"$select", "id,displayName"},
		{"$skiptoken", "eyJiIjoxfQ"},
		{"$top", "-1"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, option, value string) {
		s := newServer(t, graphtest.Options{})
		s.AddContact("", graphtest.Contact{DisplayName: "A", Extended: map[string]string{stampID: "x"}})
		for _, path := range []string{"/me/contacts", deltaPath, "/me/contactFolders"} {
			r := call(t, s, "GET", path+query(option, value), nil)
			if r.status == http.StatusOK && r.body["value"] == nil || r.status != http.StatusOK && r.body["error"] == nil {
				t.Errorf("GET %s: %d %s", path, r.status, r.raw)
			}
		}
	})
}

// Whatever the body of a create, the answer is a contact or an error in Graph's shape, and what was stored can be read.
func FuzzContactBody(f *testing.F) {
	for _, seed := range []string{
		`{"givenName":"x","homePhones":["1"],"homeAddress":{"city":"x"},"birthday":"2020-02-29"}`,
		`{"singleValueExtendedProperties":[{"id":"Integer 0x3a1f","value":"7"}],"emailAddresses":[{"@odata.type":"x","address":"a"}]}`,
		`{"personalNotes":"\u000b\ud800","categories":[""]}`, `{"birthday":"0000-01-01T00:00:00Z"}`, `null`, `{"homeAddress":null}`,
		`{"emailAddresses":[{}]}`, `{"displayName":"","homeAddress":[]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := newServer(t, graphtest.Options{})
		r := call(t, s, "POST", "/me/contacts", body)
		switch {
		case r.status == http.StatusCreated:
			back := call(t, s, "GET", "/me/contacts/"+r.str("id"), nil)
			if string(back.raw) != string(r.raw) {
				t.Errorf("created %s, read %s", r.raw, back.raw)
			}
		case r.body["error"] == nil:
			t.Errorf("status %d: %s", r.status, r.raw)
		}
	})
}
