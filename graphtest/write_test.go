package graphtest_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// What Graph refuses in a body, and says so in its shape.
func TestRefusedBodies(t *testing.T) {
	emails := func(n int) []any {
		var list []any
		for i := range n {
			list = append(list, map[string]any{"address": fmt.Sprintf("a%d@example.com", i)})
		}
		return list
	}
	tests := []struct {
		name   string
		body   any
		status int
		code   string
		text   string // part of the message
	}{
		{"no JSON", "{", 400, "RequestBodyRead", "valid JSON"},
		{"JSON null", "null", 400, "RequestBodyRead", "valid JSON"},
		{"a list", "[]", 400, "RequestBodyRead", "valid JSON"},
		{"unknown property", map[string]any{"faxNumber": "1"}, 400, "RequestBodyRead", "'faxNumber'"},
		{"beta property", map[string]any{"phones": []any{}}, 400, "RequestBodyRead", "'phones'"},
		{"wrong case", map[string]any{"GivenName": "x"}, 400, "RequestBodyRead", "'GivenName'"},
		{"id", map[string]any{"id": "x"}, 400, "RequestBodyRead", "read-only"},
		{"changeKey", map[string]any{"changeKey": "x"}, 400, "RequestBodyRead", "read-only"},
		{"createdDateTime", map[string]any{"createdDateTime": "2026-11-21T09:00:00Z"}, 400, "RequestBodyRead", "read-only"},
		{"parentFolderId", map[string]any{"parentFolderId": "x"}, 400, "RequestBodyRead", "read-only"},
		{"number for text", map[string]any{"givenName": 1}, 400, "RequestBodyRead", "'givenName'"},
		{"text for a list", map[string]any{"homePhones": "1"}, 400, "RequestBodyRead", "'homePhones'"},
		{"null for a list", map[string]any{"homePhones": nil}, 400, "RequestBodyRead", "'homePhones'"},
		{"null in a list", map[string]any{"categories": []any{nil}}, 400, "RequestBodyRead", "'categories'"},
		{"null e-mail", map[string]any{"emailAddresses": []any{nil}}, 400, "RequestBodyRead", "'emailAddresses'"},
		{"typed e-mail", map[string]any{"emailAddresses": []any{map[string]any{"type": "work"}}}, 400, "RequestBodyRead", "'emailAddresses'"},
		{"four e-mails", map[string]any{"emailAddresses": emails(4)}, 400, "ErrorInvalidRequest", "EmailAddresses has 4 entries, that exceeds the max allowed value of 3"},
		{"three business phones", map[string]any{"businessPhones": []string{"1", "2", "3"}}, 400, "ErrorInvalidRequest", "BusinessPhones has 3 entries"},
		{"three home phones", map[string]any{"homePhones": []string{"1", "2", "3"}}, 400, "ErrorInvalidRequest", "HomePhones has 3 entries"},
		{"four IM addresses", map[string]any{"imAddresses": []string{"1", "2", "3", "4"}}, 400, "ErrorInvalidRequest", "ImAddresses has 4 entries"},
		{"birthday in words", map[string]any{"birthday": "9 December"}, 400, "RequestBodyRead", "'birthday'"},
		{"null address", map[string]any{"homeAddress": nil}, 500, "ErrorInternalServerError", "internal server error"},
		{"unknown address member", map[string]any{"homeAddress": map[string]any{"zip": "1"}}, 400, "RequestBodyRead", "'homeAddress'"},
		{"bad extended id", map[string]any{"singleValueExtendedProperties": []any{map[string]any{"id": "CrmStamp", "value": "1"}}}, 400, "ErrorInvalidProperty", "CrmStamp"},
		{"bad boolean", map[string]any{"singleValueExtendedProperties": []any{map[string]any{"id": graphtest.PrivateID, "value": "maybe"}}}, 400, "ErrorInvalidProperty", "type"},
		{"null boolean", map[string]any{"singleValueExtendedProperties": []any{map[string]any{"id": graphtest.PrivateID, "value": nil}}}, 500, "ErrorInternalServerError", ""},
		{"too large", map[string]any{"personalNotes": strings.Repeat("x", 4<<20)}, 413, "RequestEntityTooLarge", "4 MB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, graphtest.Options{})
			ada := add(s, "Ada")
			for _, at := range []struct{ method, path string }{{"POST", "/me/contacts"}, {"PATCH", "/me/contacts/" + ada.ID}} {
				r := call(t, s, at.method, at.path, tt.body)
				require.Equal(t, tt.status, r.status, "%s: %s", at.method, r.raw)
				require.Equal(t, tt.code, r.code(), at.method)
				require.Contains(t, string(r.raw), tt.text, at.method)
			}
			require.Equal(t, []graphtest.Contact{ada}, s.Contacts("", ""), "a refused write changes nothing")
		})
	}
}

func TestWriteSemantics(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := s.AddContact("", graphtest.Contact{
		GivenName: "Ada", Surname: "Byron", DisplayName: "Countess", FileAs: "Lovelace", NickName: "A",
		EmailAddresses: []graphtest.EmailAddress{{Name: "Ada", Address: "ada@example.org"}},
		Extended:       map[string]string{stampID: "k1"},
	})
	patch := func(body map[string]any) reply {
		t.Helper()
		r := call(t, s, "PATCH", "/me/contacts/"+c.ID, body)
		require.Equal(t, 200, r.status, "%s", r.raw)
		return r
	}
	r := patch(map[string]any{"@odata.type": "#microsoft.graph.contact", "nickName": "", "jobTitle": "Analyst"})
	require.Nil(t, r.body["nickName"], "an empty string is null")
	require.Equal(t, "Countess", r.str("displayName"), "no name part was sent: the name stays")

	r = patch(map[string]any{"surname": "King"})
	require.Equal(t, []string{"Ada King", "King, Ada"}, []string{r.str("displayName"), r.str("fileAs")}, "names follow a rename")
	r = patch(map[string]any{"surname": "Byron", "displayName": "Countess"})
	require.Equal(t, []string{"Countess", "Byron, Ada"}, []string{r.str("displayName"), r.str("fileAs")}, "a name sent with it stays")

	r = patch(map[string]any{"emailAddresses": []any{map[string]any{"address": "a@example.org"}, map[string]any{}}})
	require.Equal(t, []any{map[string]any{"name": "a@example.org", "address": "a@example.org"}}, r.body["emailAddresses"], "a name left out is filled in")

	patch(map[string]any{"singleValueExtendedProperties": []any{
		map[string]any{"id": graphtest.PrivateID, "value": "True"},
		map[string]any{"id": strings.ToUpper(stampID[:len(stampID)-8]) + "CrmStamp", "value": nil},
	}})
	got, _ := s.Contact("", c.ID)
	require.Equal(t, map[string]string{graphtest.PrivateID: "true"}, got.Extended)
	require.True(t, got.IsPrivate())
}

func TestIfMatch(t *testing.T) {
	for _, method := range []string{"PATCH", "DELETE"} {
		s := newServer(t, graphtest.Options{})
		c := add(s, "Ada")
		edit(t, s, c.ID)
		stale := call(t, s, method, "/me/contacts/"+c.ID, map[string]any{"jobTitle": "x"}, `If-Match: W/"`+c.ChangeKey+`"`)
		require.Equal(t, 412, stale.status, method)
		require.Equal(t, "ErrorIrresolvableConflict", stale.code())
		now, _ := s.Contact("", c.ID)
		fresh := call(t, s, method, "/me/contacts/"+c.ID, map[string]any{"jobTitle": "x"}, `If-Match: W/"`+now.ChangeKey+`"`)
		require.Less(t, fresh.status, 300, method)
	}
}

func TestVerbsAndPaths(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	ada := add(s, "Ada")
	other := s.AddContact("bob@example.com", graphtest.Contact{DisplayName: "Bob's"})
	folder, err := s.AddFolder("", "", "Clients")
	require.NoError(t, err)
	tests := []struct {
		method, path string
		status       int
		code         string
	}{
		{"PATCH", "/me/contacts/", 405, "ErrorInvalidRequest"},
		{"DELETE", "/me/contacts", 405, "ErrorInvalidRequest"},
		{"POST", "/me/contacts/" + ada.ID, 405, "ErrorInvalidRequest"},
		{"POST", deltaPath, 405, "ErrorInvalidRequest"},
		{"PUT", "/me/contactFolders/contacts", 405, "ErrorInvalidRequest"},
		{"GET", "/me/contacts/" + ada.ID + "/permanentDelete", 405, "ErrorInvalidRequest"},
		{"GET", "/me/contacts/abc", 400, "ErrorInvalidIdMalformed"},
		{"GET", "/me/contacts/" + folder, 400, "ErrorInvalidIdMalformed"},
		{"GET", "/me/contacts/" + other.ID, 404, "ErrorItemNotFound"},
		{"GET", "/me/contactFolders/" + folder + "/contacts/" + ada.ID, 404, "ErrorItemNotFound"},
		{"GET", "/me/contactFolders/" + s.DeletedItemsID(""), 404, "ErrorItemNotFound"},
		{"GET", "/me/contactFolders/abc/contacts", 404, "ErrorItemNotFound"},
		{"GET", "/me/contactFolders/abc/contacts/delta", 404, "ErrorSyncFolderNotFound"},
		{"GET", "/me/contacts/" + ada.ID + "/attachments", 400, "BadRequest"},
		{"GET", "/me/messages", 400, "BadRequest"},
		{"GET", "/groups/1", 400, "BadRequest"},
		{"GET", "/me//contacts", 400, "BadRequest"},
		{"GET", "/users/nobody@example.com", 404, "Request_ResourceNotFound"},
		{"GET", "/users/nobody@example.com/contacts", 404, "ErrorInvalidUser"},
		{"GET", "https://graph.microsoft.com/beta/me/contacts", 400, "BadRequest"},
		{"GET", "/me/contacts?$orderby=surname", 400, "BadRequest"},
		{"GET", "/me/contacts?$search=x", 400, "BadRequest"},
		{"GET", "/me/contacts?$top=1001", 400, "BadRequest"},
		{"GET", "/me/contacts?$top=0", 400, "BadRequest"},
		{"GET", "/me/contacts?$select=faxNumber", 400, "BadRequest"},
		{"GET", "/me/contacts?$skiptoken=abc", 400, "ErrorInvalidRequest"},
		{"GET", deltaPath + "?$filter=x", 400, "BadRequest"},
		{"GET", deltaPath + "?$deltatoken=abc", 400, "BadRequest"},
	}
	for _, tt := range tests {
		r := call(t, s, tt.method, tt.path, map[string]any{})
		require.Equal(t, tt.status, r.status, "%s %s: %s", tt.method, tt.path, r.raw)
		require.Equal(t, tt.code, r.code(), "%s %s", tt.method, tt.path)
		require.NotEmpty(t, r.header.Get("Request-Id"))
	}
	require.Equal(t, 200, call(t, s, "GET", "/me/contacts('"+ada.ID+"')", nil).status)
	me := call(t, s, "GET", "/me", nil)
	require.Equal(t, "me@example.com", me.str("userPrincipalName"))
	require.Equal(t, me.str("id"), call(t, s, "GET", "/users/ME@example.com", nil).str("id"))
}

func TestPermanentDelete(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := add(s, "Ada")
	_, link := round(t, s, deltaPath, immutable)
	require.Equal(t, 204, call(t, s, "POST", "/me/contacts/"+c.ID+"/permanentDelete", nil).status)
	require.Empty(t, s.Contacts("", graphtest.DeletedItems))
	require.Equal(t, 404, call(t, s, "GET", "/me/contacts/"+c.ImmutableID, nil).status)
	rows, _ := round(t, s, link, immutable)
	require.Equal(t, []string{"-" + c.ImmutableID}, brief(rows))
}

// Soft-deleted contacts stay readable by their immutable id, with Deleted Items as their parent.
func TestSoftDelete(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := add(s, "Ada")
	require.NoError(t, s.DeleteContact("", c.ID))
	require.Equal(t, 404, call(t, s, "GET", "/me/contacts/"+c.ID, nil).status, "the ordinary id went with the move")
	r := call(t, s, "GET", "/me/contacts/"+c.ImmutableID, nil, immutable)
	require.Equal(t, 200, r.status)
	require.Equal(t, s.DeletedItemsID(""), r.str("parentFolderId"))
	require.Empty(t, call(t, s, "GET", "/me/contacts", nil).rows())

	back, err := s.MoveContact("", c.ImmutableID, "")
	require.NoError(t, err)
	require.Equal(t, c.ImmutableID, back.ImmutableID)
	require.Len(t, s.Contacts("", ""), 1)
}

// The request body may be compressed, and a small one may not grow beyond the limit.
func TestGzipRequest(t *testing.T) {
	s := newServer(t, graphtest.Options{LogBodies: true})
	pack := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	body := `{"givenName":"Grace"}`
	r := call(t, s, "POST", "/me/contacts", pack(body), "Content-Encoding: gzip")
	require.Equal(t, 201, r.status, "%s", r.raw)
	require.Equal(t, body, string(s.Requests()[0].Body), "the log has the body uncompressed")

	bomb := call(t, s, "POST", "/me/contacts", pack(`{"personalNotes":"`+strings.Repeat("x", 8<<20)+`"}`), "Content-Encoding: gzip")
	require.Equal(t, http.StatusRequestEntityTooLarge, bomb.status)
	require.Equal(t, 400, call(t, s, "POST", "/me/contacts", body, "Content-Encoding: gzip").status)
}
