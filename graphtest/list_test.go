package graphtest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

func names(rows []map[string]any) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r["displayName"].(string))
	}
	return out
}

// list drains a listing.
func list(t *testing.T, s *graphtest.Server, target string, headers ...string) (rows []map[string]any, pages int) {
	t.Helper()
	for pages = 1; ; pages++ {
		r := call(t, s, "GET", target, nil, headers...)
		require.Equal(t, 200, r.status, "%s", r.raw)
		rows = append(rows, r.rows()...)
		if target = r.str("@odata.nextLink"); target == "" {
			return rows, pages
		}
	}
}

func TestListPages(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	want := []string{}
	for i := range 25 {
		want = append(want, add(s, fmt.Sprintf("C%02d", i)).DisplayName)
	}
	for _, tt := range []struct {
		query string
		head  []string
		pages int
	}{
		{"", nil, 3},
		{"?$top=7", nil, 4},
		{"?$top=25", nil, 1},
		{"?$top=999", nil, 1},
		{"", []string{"Prefer: odata.maxpagesize=13"}, 2},
	} {
		rows, pages := list(t, s, "/me/contacts"+tt.query, tt.head...)
		require.Equal(t, want, names(rows), tt.query)
		require.Equal(t, tt.pages, pages, tt.query)
	}
	rows, _ := list(t, s, "/me/contacts?$skip=20&$select=displayName&$top=2")
	require.Equal(t, want[20:], names(rows))
	require.NotContains(t, rows[4], "surname", "$select holds for every page")
	require.InEpsilon(t, 25, call(t, s, "GET", "/me/contacts?$count=true&$top=1", nil).body["@odata.count"], 0)
}

// A contact deleted between two pages does not make the listing skip another.
func TestListPagesWhileDeleting(t *testing.T) {
	for _, positional := range []bool{false, true} {
		s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{PositionalPaging: positional}})
		a := add(s, "A")
		for _, n := range []string{"B", "C", "D"} {
			add(s, n)
		}
		r := call(t, s, "GET", "/me/contacts?$top=2", nil)
		require.NoError(t, s.DeleteContact("", a.ID))
		rows, _ := list(t, s, r.str("@odata.nextLink"))
		want := []string{"C", "D"}
		if positional {
			want = []string{"D"}
		}
		require.Equal(t, want, names(rows), "positional %v", positional)
	}
}

func TestFilter(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	for _, c := range []graphtest.Contact{
		{DisplayName: "Ada", EmailAddresses: []graphtest.EmailAddress{{Address: "ada@example.org"}}, Extended: map[string]string{stampID: "v1abc"}},
		{DisplayName: "Bob", EmailAddresses: []graphtest.EmailAddress{{Address: "b@example.org"}, {Address: "Bob@Example.ORG"}}, Extended: map[string]string{stampID: "V1DEF"}},
		{DisplayName: "O'Hara", EmailAddresses: []graphtest.EmailAddress{{Address: "o'hara@example.org"}}},
	} {
		s.AddContact("", c)
	}
	ep := func(id, cond string) string {
		return "singleValueExtendedProperties/Any(ep: ep/id eq '" + id + "' and " + cond + ")"
	}
	for _, tt := range []struct {
		filter string
		want   []string
	}{
		{"emailAddresses/any(a:a/address eq 'ADA@example.org')", []string{"Ada"}},
		{"emailAddresses/any(a:a/address eq 'bob@example.org')", []string{"Bob"}},
		{"emailAddresses/any(a:a/address eq 'o''hara@example.org')", []string{"O'Hara"}},
		{"emailAddresses/any(x: x/address eq 'nobody@example.org')", []string{}},
		{ep(stampID, "ep/value eq 'V1ABC'"), []string{"Ada"}},
		{ep("String {5B2C1F6E-3D0A-4C7E-9D2F-0A1B2C3D4E5F} Name CrmStamp", "ep/value eq 'v1abc'"), []string{"Ada"}},
		{ep("String {5b2c1f6e-3d0a-4c7e-9d2f-0a1b2c3d4e5f} Name crmstamp", "ep/value eq 'v1abc'"), []string{}},
		{ep(stampID, "ep/value ne 'v1abc'"), []string{"Bob"}},
		{ep(stampID, "startswith(ep/value, 'v1')"), []string{"Ada", "Bob"}},
		{ep(stampID, "contains(ep/value,'de')"), []string{"Bob"}},
		{ep(stampID, "ep/value eq 'v1abc'") + " or " + ep(stampID, "ep/value eq 'v1def'"), []string{"Ada", "Bob"}},
		{"(" + ep(stampID, "startswith(ep/value,'v1')") + ") and emailAddresses/any(a:a/address eq 'b@example.org')", []string{"Bob"}},
	} {
		r := call(t, s, "GET", "/me/contacts"+query("$filter", tt.filter), nil)
		require.Equal(t, 200, r.status, "%s: %s", tt.filter, r.raw)
		require.Equal(t, tt.want, names(r.rows()), tt.filter)
	}
	for _, bad := range []string{
		"", "surname eq 'x'", "emailAddresses/any(a:a/name eq 'x')", "emailAddresses/any(a:a/address ne 'x')",
		"emailAddresses/any(a:a/address eq 'x'", "emailAddresses/any(a:a/address eq 'x)", "emailAddresses/any(a:a/address eq 'x') or",
		ep("CrmStamp", "ep/value eq 'x'"), "singleValueExtendedProperties/Any(ep: ep/value eq 'x')", ep(stampID, "ep/value gt 'x'"),
		"personalNotes eq 'x'",
	} {
		r := call(t, s, "GET", "/me/contacts"+query("$filter", bad), nil)
		require.Equal(t, 400, r.status, bad)
	}
}

func TestExpand(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := s.AddContact("", graphtest.Contact{DisplayName: "Ada", Extended: map[string]string{stampID: "k1", "String 0x3A1F": "+1 202 555 0101"}}.Private())
	add(s, "Bob")
	expand := "singleValueExtendedProperties($filter=id eq '" + stampID + "' or id eq 'Boolean {00062008-0000-0000-C000-000000000046} Id 0x8506' or id eq 'String 0x3A24')"
	want := []any{
		map[string]any{"id": stampID, "value": "k1"},
		map[string]any{"id": graphtest.PrivateID, "value": "true"},
	}
	one := call(t, s, "GET", "/me/contacts/"+c.ID+query("$expand", expand, "$select", "id"), nil)
	require.Equal(t, want, one.body["singleValueExtendedProperties"])
	many := call(t, s, "GET", "/me/contacts"+query("$expand", expand, "$select", "displayName"), nil)
	require.Equal(t, want, many.rows()[0]["singleValueExtendedProperties"])
	require.NotContains(t, many.rows()[1], "singleValueExtendedProperties", "nothing to show: no member")

	tag := call(t, s, "GET", "/me/contacts/"+c.ID+query("$expand", "singleValueExtendedProperties($filter=id eq 'String 0x3a1f')"), nil)
	require.Equal(t, []any{map[string]any{"id": "String 0x3a1f", "value": "+1 202 555 0101"}}, tag.body["singleValueExtendedProperties"])

	for _, bad := range []string{"singleValueExtendedProperties", "extensions", "singleValueExtendedProperties($filter=value eq 'x')", "singleValueExtendedProperties($top=1)", "photo"} {
		require.Equal(t, 400, call(t, s, "GET", "/me/contacts"+query("$expand", bad), nil).status, bad)
	}
}

func TestFolders(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	require.Empty(t, call(t, s, "GET", "/me/contactFolders", nil).rows(), "the default folder is not listed")
	made := call(t, s, "POST", "/me/contactFolders", map[string]any{"displayName": "Clients"})
	require.Equal(t, 201, made.status)
	id := made.str("id")
	home := call(t, s, "GET", "/me/contactFolders/Contacts", nil)
	require.Equal(t, "Contacts", home.str("displayName"))
	require.Equal(t, home.str("id"), made.str("parentFolderId"))

	taken := call(t, s, "POST", "/me/contactFolders", map[string]any{"displayName": "clients"})
	require.Equal(t, []any{409, "ErrorFolderExists"}, []any{taken.status, taken.code()})
	require.Equal(t, 400, call(t, s, "POST", "/me/contactFolders", map[string]any{"displayName": " "}).status)
	require.Equal(t, 400, call(t, s, "POST", "/me/contactFolders", map[string]any{}).status)

	child := call(t, s, "POST", "/me/contactFolders/"+id+"/childFolders", map[string]any{"displayName": "Clients"})
	require.Equal(t, 201, child.status, "another parent, so the name is free")
	require.Equal(t, []string{"Clients"}, names(call(t, s, "GET", "/me/contactFolders/"+id+"/childFolders", nil).rows()))
	nested := "/me/contactFolders/" + id + "/childFolders/" + child.str("id") + "/contacts"
	inside := call(t, s, "POST", nested, map[string]any{"givenName": "Ada"})
	require.Equal(t, 201, inside.status)
	require.Equal(t, child.str("id"), inside.str("parentFolderId"))
	require.Len(t, call(t, s, "GET", "/me/contactFolders/"+child.str("id")+"/contacts", nil).rows(), 1)
	require.Empty(t, call(t, s, "GET", "/me/contacts", nil).rows(), "/me/contacts is the default folder")

	require.Equal(t, "Key accounts", call(t, s, "PATCH", "/me/contactFolders/"+id, map[string]any{"displayName": "Key accounts"}).str("displayName"))

	one := call(t, s, "GET", "/me/contactFolders?$select=id,displayName", nil).rows()
	require.Equal(t, []map[string]any{{"id": id, "displayName": "Key accounts"}}, one)
	require.NotContains(t, call(t, s, "GET", "/me/contactFolders/"+id+"?$select=parentFolderId", nil).body, "displayName")
	require.Equal(t, 400, call(t, s, "GET", "/me/contactFolders?$select=wellKnownName", nil).status)

	rows, link := round(t, s, "/me/contactFolders/delta")
	require.Equal(t, []string{"+Clients", "+Key accounts"}, brief(rows))
	require.Equal(t, 204, call(t, s, "DELETE", "/me/contactFolders/"+id, nil).status)
	rows, _ = round(t, s, link)
	require.Equal(t, []string{"-" + id, "-" + child.str("id")}, brief(rows), "what lay below goes with it")
	rows, _ = round(t, s, "/me/contactFolders/delta")
	require.Empty(t, rows)
	gone := call(t, s, "GET", "/me/contactFolders/"+child.str("id")+"/contacts/delta", nil)
	require.Equal(t, []any{404, "ErrorSyncFolderNotFound"}, []any{gone.status, gone.code()}, "what lay below is gone too")
	require.Equal(t, 400, call(t, s, "DELETE", "/me/contactFolders/contacts", nil).status)
}

func TestFolderListPages(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	for i := range 23 {
		_, err := s.AddFolder("", "", fmt.Sprintf("F%02d", i))
		require.NoError(t, err)
	}
	rows, pages := list(t, s, "/me/contactFolders")
	require.Len(t, rows, 23)
	require.Equal(t, 3, pages)
	_, pages = list(t, s, "/me/contactFolders?$top=100")
	require.Equal(t, 1, pages)
}
