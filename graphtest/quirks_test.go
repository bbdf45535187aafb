package graphtest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// Each case writes under the ordinary rules and under one quirk; the quirk must make the difference that it names.
func TestWriteQuirks(t *testing.T) {
	type result struct {
		status int
		value  any // of the member looked at
	}
	ada := graphtest.Contact{
		GivenName: "Ada", Surname: "Byron", DisplayName: "Countess", FileAs: "Lovelace", JobTitle: "Analyst", Birthday: "1815-12-10",
		EmailAddresses: []graphtest.EmailAddress{{Name: "One", Address: "one@example.com"}, {Name: "Two", Address: "two@example.com"}},
	}
	mails := func(addresses ...string) []any {
		list := []any{}
		for _, a := range addresses {
			if a == "" {
				list = append(list, m{})
			} else {
				list = append(list, m{"address": a, "name": "N"})
			}
		}
		return list
	}
	tests := []struct {
		name     string
		quirks   graphtest.Quirks
		body     m
		member   string
		ordinary result
		quirky   result
	}{
		{"limits lifted", graphtest.Quirks{LimitsLifted: true}, m{"businessPhones": []string{"1", "2", "3"}}, "businessPhones",
			result{400, nil}, result{200, []any{"1", "2", "3"}}},
		{"display name overwritten", graphtest.Quirks{DisplayNameOverwritten: true}, m{"jobTitle": "x"}, "displayName",
			result{200, "Countess"}, result{200, "Ada Byron"}},
		{"rename keeps displayName", graphtest.Quirks{RenameKeepsNames: true}, m{"surname": "King"}, "displayName",
			result{200, "Ada King"}, result{200, "Countess"}},
		{"rename keeps fileAs", graphtest.Quirks{RenameKeepsNames: true}, m{"surname": "King"}, "fileAs",
			result{200, "King, Ada"}, result{200, "Lovelace"}},
		{"directory names", graphtest.Quirks{DirectoryNames: map[string]string{"a@example.com": "Directory"}}, m{"emailAddresses": mails("A@example.com")}, "emailAddresses",
			result{200, []any{m{"name": "N", "address": "A@example.com"}}}, result{200, []any{m{"name": "Directory", "address": "A@example.com"}}}},
		{"null address", graphtest.Quirks{NullAddressAccepted: true}, m{"homeAddress": nil}, "homeAddress",
			result{500, nil}, result{200, m{}}},
		{"null address in PATCH", graphtest.Quirks{PatchNullAddressAccepted: true}, m{"homeAddress": nil}, "homeAddress",
			result{500, nil}, result{200, m{}}},
		{"empty strings kept", graphtest.Quirks{EmptyStringsKept: true}, m{"jobTitle": ""}, "jobTitle",
			result{200, nil}, result{200, ""}},
		{"null stays null", graphtest.Quirks{EmptyStringsKept: true}, m{"jobTitle": nil}, "jobTitle",
			result{200, nil}, result{200, nil}},
		{"e-mail gaps", graphtest.Quirks{EmailGaps: true}, m{"emailAddresses": mails("", "two@example.com")}, "emailAddresses",
			result{200, []any{m{"name": "N", "address": "two@example.com"}}}, result{200, []any{m{"name": nil}, m{"name": "N", "address": "two@example.com"}}}},
		{"e-mail slots shown", graphtest.Quirks{EmailSlots: true}, m{"jobTitle": "x"}, "secondaryEmailAddress",
			result{200, nil}, result{200, m{"name": "Two", "address": "two@example.com"}}},
		{"e-mail slots taken", graphtest.Quirks{EmailSlots: true}, m{"primaryEmailAddress": m{"address": "p@example.com", "name": "P"}}, "emailAddresses",
			result{400, nil}, result{200, []any{m{"name": "P", "address": "p@example.com"}, m{"name": "Two", "address": "two@example.com"}}}},
		{"slot beside the list", graphtest.Quirks{EmailSlots: true}, m{"primaryEmailAddress": m{"address": "p@example.com"}, "emailAddresses": []any{}}, "emailAddresses",
			result{400, nil}, result{400, nil}},
		{"malformed address", graphtest.Quirks{MalformedAddresses: true}, m{"emailAddresses": mails("a@example.com,")}, "emailAddresses",
			result{200, []any{m{"name": "N", "address": "a@example.com,"}}}, result{200, []any{m{"name": "N"}}}},
		{"birthday at midnight", graphtest.Quirks{BirthdayRewritten: true}, m{"birthday": "1815-12-10T11:59:00Z"}, "birthday",
			result{200, "1815-12-10T11:59:00Z"}, result{200, "1815-12-10T00:00:00Z"}},
		{"birthday moved", graphtest.Quirks{BirthdayRewritten: true, BirthdayOffset: -time.Hour}, m{"birthday": "1815-12-10"}, "birthday",
			result{200, "1815-12-10T00:00:00Z"}, result{200, "1815-12-09T23:00:00Z"}},
		{"clear ignored", graphtest.Quirks{ClearsIgnored: []string{"jobTitle"}}, m{"jobTitle": nil}, "jobTitle",
			result{200, nil}, result{200, "Analyst"}},
		{"list clear ignored", graphtest.Quirks{ClearsIgnored: []string{"emailAddresses"}}, m{"emailAddresses": []any{}}, "emailAddresses",
			result{200, []any{}}, result{200, []any{m{"name": "One", "address": "one@example.com"}, m{"name": "Two", "address": "two@example.com"}}}},
		{"parent folder ignored", graphtest.Quirks{ParentFolder: graphtest.Ignored}, m{"parentFolderId": "x"}, "displayName",
			result{400, nil}, result{200, "Countess"}},
		{"unknown parent folder", graphtest.Quirks{ParentFolder: graphtest.Moves}, m{"parentFolderId": "x"}, "displayName",
			result{400, nil}, result{404, nil}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, try := range []struct {
				quirks graphtest.Quirks
				want   result
			}{{graphtest.Quirks{}, tt.ordinary}, {tt.quirks, tt.quirky}} {
				s := newServer(t, graphtest.Options{Quirks: try.quirks})
				c := s.AddContact("", ada)
				r := call(t, s, "PATCH", "/me/contacts/"+c.ID, tt.body)
				require.Equal(t, try.want, result{r.status, r.body[tt.member]}, "%s", r.raw)
				if r.status == 200 {
					again := call(t, s, "GET", "/me/contacts/"+c.ID, nil)
					require.Equal(t, try.want.value, again.body[tt.member], "as read later")
				}
			}
		})
	}
}

func TestNullAddressInPost(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{PatchNullAddressAccepted: true}})
	require.Equal(t, 500, call(t, s, "POST", "/me/contacts", m{"homeAddress": nil}).status)
	s.SetQuirks(graphtest.Quirks{NullAddressAccepted: true})
	require.Equal(t, 201, call(t, s, "POST", "/me/contacts", m{"homeAddress": nil}).status)
}

func TestParentFolderMoves(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{ParentFolder: graphtest.Moves}})
	other, err := s.AddFolder("", "", "Other")
	require.NoError(t, err)
	c := add(s, "A")
	r := call(t, s, "PATCH", "/me/contacts/"+c.ID, m{"parentFolderId": other})
	require.Equal(t, other, r.str("parentFolderId"))
	require.NotEqual(t, c.ID, r.str("id"))
	require.Equal(t, other, call(t, s, "POST", "/me/contacts", m{"parentFolderId": other}).str("parentFolderId"))
	require.Len(t, s.Contacts("", other), 2)
}

func TestPatchIgnoresIfMatch(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{PatchIgnoresIfMatch: true}})
	c := add(s, "A")
	require.Equal(t, 200, call(t, s, "PATCH", "/me/contacts/"+c.ID, m{"jobTitle": "x"}, `If-Match: W/"old"`).status)
	require.Equal(t, 412, call(t, s, "DELETE", "/me/contacts/"+c.ID, nil, `If-Match: W/"old"`).status)
}

func TestExtendedWritesSilent(t *testing.T) {
	for _, silent := range []bool{false, true} {
		s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{ExtendedWritesSilent: silent}})
		c := add(s, "A")
		_, link := round(t, s, deltaPath)
		r := call(t, s, "PATCH", "/me/contacts/"+c.ID, m{"singleValueExtendedProperties": []m{{"id": stampID, "value": "k"}}})
		require.Equal(t, silent, r.str("changeKey") == c.ChangeKey)
		rows, _ := round(t, s, link)
		require.Equal(t, silent, len(rows) == 0)
		now, _ := s.Contact("", c.ID)
		require.Equal(t, "k", now.Extended[stampID])
	}
}

// Control characters come back as they are, which strict parsers refuse.
func TestControlCharacters(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := s.AddContact("", graphtest.Contact{PersonalNotes: "a\x0bb\tc\nd\"\\\xff€"})
	require.Equal(t, "a\x0bb\tc\nd\"\\�€", call(t, s, "GET", "/me/contacts/"+c.ID, nil).str("personalNotes"))
	s.SetQuirks(graphtest.Quirks{ControlCharacters: true})
	resp, err := s.Client().Do(request(t, "GET", "/me/contacts/"+c.ID, nil))
	require.NoError(t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Contains(t, string(raw), "a\x0bb\\tc\\nd")
	require.False(t, json.Valid(raw))
	require.True(t, json.Valid(bytes.ReplaceAll(raw, []byte{0x0b}, nil)), "nothing else is wrong")
}

func TestSoftDeletedGone(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{SoftDeletedGone: true}})
	other, err := s.AddFolder("", "", "Other")
	require.NoError(t, err)
	a := add(s, "A")
	b := s.AddContact("", graphtest.Contact{DisplayName: "B", ParentFolderID: other})
	require.NoError(t, s.DeleteContact("", a.ID))
	require.NoError(t, s.DeleteFolder("", other))
	require.Equal(t, 404, call(t, s, "GET", "/me/contacts/"+a.ImmutableID, nil).status)
	require.Equal(t, 404, call(t, s, "GET", "/me/contacts/"+b.ID, nil).status, "it went with its folder")
	s.SetQuirks(graphtest.Quirks{})
	require.Equal(t, other, call(t, s, "GET", "/me/contacts/"+b.ID, nil).str("parentFolderId"))
}

func TestFolderQuirks(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{DefaultFolderListed: true, NoContactsAlias: true, DeletedFolderReadable: true, DeletedNameBlocks: true}})
	first, err := s.AddFolder("", "", "Clients")
	require.NoError(t, err)
	require.Equal(t, []string{"Contacts", "Clients"}, names(call(t, s, "GET", "/me/contactFolders", nil).rows()))
	rows, _ := round(t, s, "/me/contactFolders/delta")
	require.Equal(t, []string{"+Contacts", "+Clients"}, brief(rows))
	require.Equal(t, 404, call(t, s, "GET", "/me/contactFolders/contacts", nil).status)

	require.Equal(t, 204, call(t, s, "DELETE", "/me/contactFolders/"+first, nil).status)
	require.Equal(t, s.DeletedItemsID(""), call(t, s, "GET", "/me/contactFolders/"+first, nil).str("parentFolderId"))
	second, err := s.AddFolder("", "", "Clients")
	require.NoError(t, err)
	require.Equal(t, 409, call(t, s, "DELETE", "/me/contactFolders/"+second, nil).status, "its namesake lies in Deleted Items")
	call(t, s, "PATCH", "/me/contactFolders/"+second, m{"displayName": "Clients 2"})
	require.Equal(t, 204, call(t, s, "DELETE", "/me/contactFolders/"+second, nil).status)
}

func TestEveryQuirks(t *testing.T) {
	statuses := func(q graphtest.Quirks, method, path string, body any) []int {
		s := newServer(t, graphtest.Options{Quirks: q})
		c := add(s, "A")
		if path == "ITEM" {
			path = "/me/contacts/" + c.ID
		}
		var got []int
		for range 4 {
			got = append(got, call(t, s, method, path, body).status)
		}
		return got
	}
	require.Equal(t, []int{200, 412, 200, 412}, statuses(graphtest.Quirks{ConflictEvery: 2}, "GET", "ITEM", nil), "412 without If-Match, on a GET too")
	require.Equal(t, []int{200, 200, 429, 200}, statuses(graphtest.Quirks{ThrottleEvery: 3}, "GET", "ITEM", nil))
	require.Equal(t, []int{200, 503, 200, 503}, statuses(graphtest.Quirks{UnavailableEvery: 2}, "GET", "ITEM", nil))
	require.Equal(t, []int{201, 504, 201, 504}, statuses(graphtest.Quirks{LostCreateEvery: 2}, "POST", "/me/contacts", m{"givenName": "x"}))

	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{UnavailableEvery: 1}})
	require.Empty(t, call(t, s, "GET", "/me/contacts", nil).raw, "503 has no body")
	require.Equal(t, 503, batch(t, s, get("1", "/me")).status)

	s = newServer(t, graphtest.Options{Quirks: graphtest.Quirks{LostCreateEvery: 1}})
	require.Equal(t, 504, call(t, s, "POST", "/me/contacts", m{"givenName": "x"}).status)
	require.Len(t, s.Contacts("", ""), 1, "it was made")

	s = newServer(t, graphtest.Options{Quirks: graphtest.Quirks{ThrottleEvery: 2}})
	r := batch(t, s, get("1", "/me"), get("2", "/me"), get("3", "/me"), get("4", "/me"))
	require.Equal(t, 200, r.status)
	require.Equal(t, map[string]int{"1": 200, "2": 429, "3": 200, "4": 429}, r.statuses())
}

func TestRetryAfterForms(t *testing.T) {
	clk := newClock()
	for form, check := range map[graphtest.RetryAfter]func(string){
		graphtest.Seconds: func(v string) {
			n, err := strconv.Atoi(v)
			require.NoError(t, err)
			require.Positive(t, n)
		},
		graphtest.Fractional: func(v string) { require.Equal(t, "2.128", v) },
		graphtest.Date: func(v string) {
			at, err := time.Parse(time.RFC1123, v)
			require.NoError(t, err)
			require.True(t, at.After(clk.now()))
		},
		graphtest.Missing: func(v string) { require.Empty(t, v) },
	} {
		s := newServer(t, graphtest.Options{Now: clk.now, Quirks: graphtest.Quirks{ThrottleEvery: 1, RetryAfter: form}})
		r := call(t, s, "GET", "/me/contacts", nil)
		require.Equal(t, []any{429, "TooManyRequests"}, []any{r.status, r.code()})
		check(r.header.Get("Retry-After"))
	}
}

func TestErrorShape(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	r := call(t, s, "GET", "/me/contacts/x", nil, "client-request-id: trace-1")
	require.Equal(t, "trace-1", r.header.Get("Client-Request-Id"))
	require.Contains(t, r.body["error"], "innerError")
	s.SetQuirks(graphtest.Quirks{EmptyErrorCodes: true, LowerInnerError: true})
	r = call(t, s, "GET", "/me/contacts/x", nil)
	require.Contains(t, r.body["error"], "innererror")
	require.Equal(t, "", r.body["error"].(m)["code"])
}

func TestGzipAnswers(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{Gzip: true}})
	add(s, "Ada")
	plain := call(t, s, "GET", "/me/contacts", nil)
	require.Empty(t, plain.header.Get("Content-Encoding"), "the caller did not ask for it")
	resp, err := s.Client().Do(request(t, "GET", "/me/contacts", nil, "Accept-Encoding: gzip"))
	require.NoError(t, err)
	require.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
	z, err := gzip.NewReader(resp.Body)
	require.NoError(t, err)
	raw, err := io.ReadAll(z)
	require.NoError(t, err)
	require.JSONEq(t, string(plain.raw), string(raw))
}

func TestBatchHeaderCase(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{LowerBatchHeaders: true, ThrottleEvery: 1}})
	h := batch(t, s, get("1", "/me/contacts")).parts()[0]["headers"].(m)
	require.Contains(t, h, "retry-after")
	require.NotContains(t, h, "Retry-After")
}

// A client that retries and looks twice gets through the worst day.
func TestHarsh(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Harsh()})
	for i := range 60 {
		name := strconv.Itoa(i)
		for !slices.ContainsFunc(s.Contacts("", ""), func(c graphtest.Contact) bool { return c.GivenName == name }) {
			call(t, s, "POST", "/me/contacts", m{"givenName": name})
		}
	}
	target, seen := deltaPath, map[any]bool{}
	for target != "" {
		r := call(t, s, "GET", target, nil, immutable, "Prefer: odata.maxpagesize=20")
		if r.status != 200 {
			require.Contains(t, []int{412, 429, 503}, r.status)
			continue
		}
		for _, row := range r.rows() {
			seen[row["id"]] = row["@removed"] == nil
		}
		target = r.str("@odata.nextLink")
	}
	for _, c := range s.Contacts("", "") {
		require.True(t, seen[c.ImmutableID])
	}
	require.Len(t, s.Contacts("", ""), 60, "nothing was made twice by a client that looks before it repeats")
}

// Every quirk has a test that sets it.
func TestEveryQuirkIsTested(t *testing.T) {
	var tests []byte
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		tests = append(tests, raw...)
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[graphtest.Quirks]()) {
		require.Contains(t, string(tests), field.Name+": ", "no test sets Quirks.%s", field.Name)
	}
}
