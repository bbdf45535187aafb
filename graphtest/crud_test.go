package graphtest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

func TestCreateReadUpdateDelete(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	created := call(t, s, "POST", "/me/contacts", map[string]any{
		"givenName": "Grace", "surname": "Hopper",
		"emailAddresses": []any{map[string]any{"address": "grace@example.com", "name": "Grace"}},
		"businessPhones": []string{"+1 202 555 0101"},
		"homeAddress":    map[string]any{"city": "Arlington", "street": "1 Navy Way"},
		"birthday":       "1906-12-09",
		"singleValueExtendedProperties": []any{
			map[string]any{"id": stampID, "value": "k1"},
			map[string]any{"id": "String 0x3A1F", "value": "+1 202 555 0102"},
		},
	})
	require.Equal(t, 201, created.status, "%s", created.raw)
	id := created.str("id")
	want := map[string]any{
		"@odata.context": root + "/$metadata#users('" + s.AddMailbox("") + "')/contacts/$entity",
		"@odata.etag":    `W/"` + created.str("changeKey") + `"`, "id": id,
		"createdDateTime": "2026-11-21T09:00:00Z", "lastModifiedDateTime": "2026-11-21T09:00:00Z",
		"changeKey": created.str("changeKey"), "categories": []any{}, "parentFolderId": s.Folders("")[0].ID,
		"birthday": "1906-12-09T00:00:00Z", "fileAs": "Hopper, Grace", "displayName": "Grace Hopper", "givenName": "Grace",
		"initials": nil, "middleName": nil, "nickName": nil, "surname": "Hopper", "title": nil, "yomiGivenName": nil,
		"yomiSurname": nil, "yomiCompanyName": nil, "generation": nil, "imAddresses": []any{}, "jobTitle": nil,
		"companyName": nil, "department": nil, "officeLocation": nil, "profession": nil, "businessHomePage": nil,
		"assistantName": nil, "manager": nil, "homePhones": []any{}, "mobilePhone": nil,
		"businessPhones": []any{"+1 202 555 0101"}, "spouseName": nil, "personalNotes": nil, "children": []any{},
		"emailAddresses":  []any{map[string]any{"name": "Grace", "address": "grace@example.com"}},
		"homeAddress":     map[string]any{"street": "1 Navy Way", "city": "Arlington"},
		"businessAddress": map[string]any{}, "otherAddress": map[string]any{},
	}
	if diff := cmp.Diff(want, created.body); diff != "" {
		t.Errorf("POST /me/contacts mismatch (-want +got):\n%s", diff)
	}

	for _, path := range []string{"/me/contacts/", "/users/me@example.com/contacts/", "/users/" + s.AddMailbox("") + "/contacts/", "/me/contactFolders/contacts/contacts/", "/me/contactFolders/" + s.Folders("")[0].ID + "/contacts/"} {
		got := call(t, s, "GET", path+id+query("$select", "surname,displayName"), nil)
		require.Equal(t, 200, got.status, path)
		require.Equal(t, "Hopper", got.str("surname"))
		require.NotContains(t, got.body, "givenName")
	}

	patched := call(t, s, "PATCH", "/me/contacts/"+id, map[string]any{
		"businessPhones": []string{}, "birthday": nil, "homeAddress": map[string]any{"city": "Washington"}, "jobTitle": "Admiral",
	})
	require.Equal(t, 200, patched.status)
	require.Equal(t, []any{}, patched.body["businessPhones"], "a list is replaced whole")
	require.Nil(t, patched.body["birthday"])
	require.Equal(t, map[string]any{"city": "Washington"}, patched.body["homeAddress"], "an address is replaced whole")
	require.Equal(t, "Grace", patched.str("givenName"), "what is left out stays")
	require.NotEqual(t, created.str("changeKey"), patched.str("changeKey"))

	require.Equal(t, 204, call(t, s, "DELETE", "/me/contacts/"+id, nil).status)
	gone := call(t, s, "GET", "/me/contacts/"+id, nil)
	require.Equal(t, 404, gone.status)
	require.Equal(t, "ErrorItemNotFound", gone.code())
	require.Empty(t, s.Contacts("", ""))
	require.Len(t, s.Contacts("", graphtest.DeletedItems), 1)
}

func TestBatchAnswersByID(t *testing.T) {
	s := newServer(t, graphtest.Options{Seed: 3})
	add(s, "Ada")
	r := call(t, s, "POST", "/$batch", map[string]any{"requests": []any{
		map[string]any{"id": "1", "method": "GET", "url": "/me/contacts?$select=displayName"},
		map[string]any{"id": "2", "method": "POST", "url": "me/contacts", "headers": map[string]string{"Content-Type": "application/json"}, "body": map[string]any{"givenName": "Grace"}},
		map[string]any{"id": "3", "method": "GET", "url": "/me/contacts/nonsense"},
	}})
	require.Equal(t, 200, r.status)
	got := map[string]float64{}
	for _, x := range r.body["responses"].([]any) {
		p := x.(map[string]any)
		got[p["id"].(string)] = p["status"].(float64)
	}
	require.Equal(t, map[string]float64{"1": 200, "2": 201, "3": 400}, got)
	require.Len(t, s.Contacts("", ""), 2)
	c := s.Counts()
	require.Equal(t, []int{1, 1, 3}, []int{c.Requests, c.Batches, c.Parts})
}

func TestDeltaRounds(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	a, b, c := add(s, "A"), add(s, "B"), add(s, "C")
	rows, link := round(t, s, deltaPath+query("$select", "displayName"), "Prefer: odata.maxpagesize=2")
	require.Equal(t, []string{"+A", "+B", "+C"}, brief(rows))
	require.NotContains(t, rows[0], "surname")

	s.Reset()
	rows, link = round(t, s, link)
	require.Empty(t, rows)
	require.Equal(t, 1, s.Counts().Requests, "a round without changes is one request")

	edit(t, s, a.ID)
	require.NoError(t, s.DeleteContact("", b.ID))
	call(t, s, "PATCH", "/me/contacts/"+c.ID, map[string]any{"jobTitle": "own write"})
	rows, link = round(t, s, link)
	require.Equal(t, []string{"+A", "-" + b.ID, "+C"}, brief(rows))
	require.Equal(t, map[string]any{"reason": "deleted"}, rows[1]["@removed"])
	rows, _ = round(t, s, link)
	require.Empty(t, rows)
}
