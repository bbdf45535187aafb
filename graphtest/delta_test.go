package graphtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

func TestDeltaPaging(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	for _, n := range []string{"A", "B", "C", "D", "E"} {
		add(s, n)
	}
	count := func(head ...string) int {
		s.Reset()
		rows, _ := round(t, s, deltaPath, head...)
		require.Len(t, rows, 5)
		return s.Counts().Requests
	}
	require.Equal(t, 1, count())
	require.Equal(t, 1, count("Prefer: odata.maxpagesize=5"))
	require.Equal(t, 3, count("Prefer: odata.maxpagesize=2"))
	r := call(t, s, "GET", deltaPath, nil, immutable, "Prefer: odata.maxpagesize=2")
	require.Equal(t, `IdType="ImmutableId", odata.maxpagesize=2`, r.header.Get("Preference-Applied"))
	require.Contains(t, r.str("@odata.nextLink"), "$skiptoken=")
	require.Equal(t, "#microsoft.graph.contact", r.rows()[0]["@odata.type"])
}

// The forms of the URL are one collection; a token of one folder or of another $select is not for another.
func TestDeltaTokensAreBound(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	add(s, "A")
	other, err := s.AddFolder("", "", "Other")
	require.NoError(t, err)
	home := s.Folders("")[0].ID
	for _, path := range []string{deltaPath + "()", "/me/contacts/delta", "/users/me@example.com/contactFolders/" + home + "/contacts/delta", "/me/contactFolders/" + home + "/contacts/microsoft.graph.delta()"} {
		rows, _ := round(t, s, path)
		require.Equal(t, []string{"+A"}, brief(rows), path)
	}
	_, link := round(t, s, deltaPath+query("$select", "jobTitle"))
	token := link[len(root+deltaPath+"?$deltatoken="):]
	edit(t, s, s.Contacts("", "")[0].ID)
	rows, _ := round(t, s, link)
	require.Equal(t, "x", rows[0]["jobTitle"])
	require.NotContains(t, rows[0], "displayName", "$select lives in the token")
	for _, bad := range []string{
		"/me/contactFolders/" + other + "/contacts/delta?$deltatoken=" + token,
		"/me/contactFolders/delta?$deltatoken=" + token,
		deltaPath + "?$skiptoken=" + token,
		deltaPath + "?$deltatoken=" + token[1:],
	} {
		require.Equal(t, 400, call(t, s, "GET", bad, nil).status, bad)
	}
	require.Equal(t, 200, call(t, s, "GET", deltaPath+"?$DeltaToken="+token, nil).status, "the case of the option varies")
}

// Changes during a round are in its later pages or in the next round, never lost.
func TestDeltaWhileChanging(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	a, b := add(s, "A"), add(s, "B")
	add(s, "C")
	r := call(t, s, "GET", deltaPath, nil, "Prefer: odata.maxpagesize=1")
	require.Equal(t, []string{"+A"}, brief(r.rows()))
	edit(t, s, a.ID)
	require.NoError(t, s.DeleteContact("", b.ID))
	add(s, "D")
	rows, link := round(t, s, r.str("@odata.nextLink"), "Prefer: odata.maxpagesize=1")
	require.Equal(t, []string{"+C", "+A", "-" + b.ID, "+D"}, brief(rows))
	rows, _ = round(t, s, link)
	require.Empty(t, rows)
}

// What was deleted before the first round, or came and went between two, leaves no trace.
func TestDeltaKeepsQuiet(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	require.NoError(t, s.DeleteContact("", add(s, "A").ID))
	add(s, "B")
	rows, link := round(t, s, deltaPath)
	require.Equal(t, []string{"+B"}, brief(rows))
	require.NoError(t, s.DeleteContact("", add(s, "C").ID))
	rows, _ = round(t, s, link)
	require.Empty(t, rows)
}

// A move is a removal here and a row there: under a new id, or under the same one if that is immutable.
func TestDeltaMove(t *testing.T) {
	for _, prefer := range []string{"Prefer: none", immutable} {
		s := newServer(t, graphtest.Options{})
		other, err := s.AddFolder("", "", "Other")
		require.NoError(t, err)
		c := add(s, "A")
		there := "/me/contactFolders/" + other + "/contacts/delta"
		_, hereLink := round(t, s, deltaPath, prefer)
		_, thereLink := round(t, s, there, prefer)
		moved, err := s.MoveContact("", c.ID, other)
		require.NoError(t, err)
		require.NotEqual(t, c.ID, moved.ID)
		require.Equal(t, c.ImmutableID, moved.ImmutableID)

		oldID, newID := c.ID, moved.ID
		if prefer == immutable {
			oldID, newID = c.ImmutableID, c.ImmutableID
		}
		rows, _ := round(t, s, hereLink, prefer)
		require.Equal(t, []string{"-" + oldID}, brief(rows), prefer)
		rows, _ = round(t, s, thereLink, prefer)
		require.Equal(t, []string{"+A"}, brief(rows), prefer)
		require.Equal(t, newID, rows[0]["id"], prefer)
		require.Equal(t, 404, call(t, s, "GET", "/me/contacts/"+c.ID, nil).status, "the old ordinary id is dead")
		require.Equal(t, 200, call(t, s, "GET", "/me/contacts/"+c.ImmutableID, nil).status)
	}
}

// Tokens of either id form go on with the other: the header of each call decides.
func TestDeltaIDFormPerCall(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := add(s, "A")
	_, link := round(t, s, deltaPath, immutable)
	edit(t, s, c.ID)
	rows, _ := round(t, s, link)
	require.Equal(t, c.ID, rows[0]["id"])
	rows, _ = round(t, s, link, immutable)
	require.Equal(t, c.ImmutableID, rows[0]["id"])
}

func TestDeltaExpiry(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	add(s, "A")
	add(s, "B")
	_, link := round(t, s, deltaPath)
	next := call(t, s, "GET", deltaPath, nil, "Prefer: odata.maxpagesize=1").str("@odata.nextLink")
	s.ExpireTokens("")
	for _, l := range []string{link, next} {
		r := call(t, s, "GET", l, nil)
		require.Equal(t, []any{410, "SyncStateNotFound", ""}, []any{r.status, r.code(), r.header.Get("Location")})
	}
	rows, _ := round(t, s, deltaPath)
	require.Len(t, rows, 2)

	s.SetQuirks(graphtest.Quirks{ExpiredCode: "resyncRequired", ExpiredLocation: true})
	r := call(t, s, "GET", link, nil)
	require.Equal(t, []any{410, "resyncRequired", root + deltaPath}, []any{r.status, r.code(), r.header.Get("Location")})
}

// The cache of tokens drops the oldest.
func TestDeltaTokenCache(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{TokenCache: 2}})
	add(s, "A")
	_, first := round(t, s, deltaPath)
	_, second := round(t, s, deltaPath)
	require.Equal(t, 200, call(t, s, "GET", second, nil).status)
	require.Equal(t, 410, call(t, s, "GET", first, nil).status)
}

func TestDeltaDisturbed(t *testing.T) {
	setup := func(q graphtest.Quirks) (*graphtest.Server, graphtest.Contact, string) {
		s := newServer(t, graphtest.Options{Quirks: q})
		a := add(s, "A")
		add(s, "B")
		_, link := round(t, s, deltaPath)
		return s, a, link
	}
	t.Run("empty pages", func(t *testing.T) {
		s, a, link := setup(graphtest.Quirks{EmptyPages: 2})
		edit(t, s, a.ID)
		s.Reset()
		rows, _ := round(t, s, link)
		require.Equal(t, []string{"+A"}, brief(rows))
		require.Equal(t, 3, s.Counts().Requests)
		require.Equal(t, []any{}, call(t, s, "GET", link, nil).body["value"])
	})
	t.Run("duplicates", func(t *testing.T) {
		s, a, link := setup(graphtest.Quirks{DuplicateRows: true})
		edit(t, s, a.ID)
		rows, _ := round(t, s, link)
		require.Equal(t, []string{"+A", "+A"}, brief(rows))
	})
	t.Run("reordered", func(t *testing.T) {
		s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{ReorderRows: true}})
		want := []string{}
		for _, n := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
			want = append(want, "+"+add(s, n).DisplayName)
		}
		rows, _ := round(t, s, deltaPath)
		require.ElementsMatch(t, want, brief(rows))
		require.NotEqual(t, want, brief(rows))
	})
	t.Run("replay", func(t *testing.T) {
		s, a, link := setup(graphtest.Quirks{})
		edit(t, s, a.ID)
		_, link = round(t, s, link)
		add(s, "C")
		s.SetQuirks(graphtest.Quirks{ReplayRows: true})
		rows, link := round(t, s, link)
		require.Equal(t, []string{"+A", "+C"}, brief(rows), "A is the change of the round before")
		rows, link = round(t, s, link)
		require.Equal(t, []string{"+C"}, brief(rows))
		rows, _ = round(t, s, link)
		require.Empty(t, rows)
	})
	t.Run("unknown removals", func(t *testing.T) {
		s, _, link := setup(graphtest.Quirks{UnknownRemovals: true})
		require.NoError(t, s.DeleteContact("", add(s, "C").ID))
		rows, _ := round(t, s, link)
		require.Len(t, rows, 2)
		for _, r := range rows {
			require.Contains(t, r, "@removed")
		}
	})
	t.Run("changed", func(t *testing.T) {
		s, a, link := setup(graphtest.Quirks{ChangedReason: true})
		require.NoError(t, s.DeleteContact("", a.ID))
		rows, _ := round(t, s, link)
		require.Equal(t, map[string]any{"reason": "changed"}, rows[0]["@removed"])
	})
	t.Run("last deletion silent", func(t *testing.T) {
		s, a, link := setup(graphtest.Quirks{LastDeletionSilent: true})
		require.NoError(t, s.DeleteContact("", a.ID))
		require.NoError(t, s.DeleteContact("", s.Contacts("", "")[0].ID))
		rows, _ := round(t, s, link)
		require.Equal(t, []string{"-" + a.ID}, brief(rows), "B was the last one")
	})
	t.Run("no echo", func(t *testing.T) {
		s, a, link := setup(graphtest.Quirks{NoEcho: true})
		call(t, s, "PATCH", "/me/contacts/"+a.ID, map[string]any{"jobTitle": "own"})
		call(t, s, "POST", "/me/contacts", map[string]any{"displayName": "own"})
		rows, link := round(t, s, link)
		require.Empty(t, rows)
		edit(t, s, a.ID)
		call(t, s, "PATCH", "/me/contacts/"+a.ID, map[string]any{"jobTitle": "own"})
		rows, _ = round(t, s, link)
		require.Equal(t, []string{"+A"}, brief(rows), "the user's change is not hidden by our own after it")
		rows, _ = round(t, s, deltaPath)
		require.Len(t, rows, 3, "a first round lists everything")
	})
	t.Run("moves keep ids", func(t *testing.T) {
		s, a, _ := setup(graphtest.Quirks{MovesKeepIDs: true})
		other, err := s.AddFolder("", "", "Other")
		require.NoError(t, err)
		moved, err := s.MoveContact("", a.ID, other)
		require.NoError(t, err)
		require.Equal(t, a.ID, moved.ID)
	})
	t.Run("page cap", func(t *testing.T) {
		s, _, _ := setup(graphtest.Quirks{PageCap: 1})
		r := call(t, s, "GET", deltaPath, nil, "Prefer: odata.maxpagesize=500")
		require.Len(t, r.rows(), 1)
		_, pages := list(t, s, "/me/contacts?$top=100")
		require.Equal(t, 2, pages)
	})
	t.Run("foreign links", func(t *testing.T) {
		s, _, _ := setup(graphtest.Quirks{ForeignLinks: "https://other.example/v1.0"})
		r := call(t, s, "GET", deltaPath, nil)
		require.Contains(t, r.str("@odata.deltaLink"), "https://other.example/v1.0/me/contactFolders/")
	})
}

// $top cuts a whole round short, and what it cut off is not told later.
func TestDeltaTop(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	for _, n := range []string{"A", "B", "C", "D"} {
		add(s, n)
	}
	rows, link := round(t, s, deltaPath+"?$top=3", "Prefer: odata.maxpagesize=2")
	require.Equal(t, []string{"+A", "+B", "+C"}, brief(rows))
	rows, _ = round(t, s, link)
	require.Empty(t, rows)

	s.SetQuirks(graphtest.Quirks{TopIsPageSize: true})
	s.Reset()
	rows, _ = round(t, s, deltaPath+"?$top=3")
	require.Len(t, rows, 4)
	require.Equal(t, 2, s.Counts().Requests)
}

func TestDeltaExpand(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	target := deltaPath + query("$expand", "singleValueExtendedProperties($filter=id eq '"+stampID+"')")
	r := call(t, s, "GET", target, nil)
	require.Equal(t, []any{500, "InternalServerError"}, []any{r.status, r.code()})
	s.SetQuirks(graphtest.Quirks{DeltaExpandRefused: true})
	require.Equal(t, 400, call(t, s, "GET", target, nil).status)
}

// With immutable ids, leaving and coming back between two rounds can show as a removal alone.
func TestDeltaReturn(t *testing.T) {
	for _, tt := range []struct {
		lost   bool
		prefer string
		want   func(old graphtest.Contact) []string
	}{
		{false, immutable, func(graphtest.Contact) []string { return []string{"+A"} }},
		{true, immutable, func(c graphtest.Contact) []string { return []string{"-" + c.ImmutableID} }},
		{true, "Prefer: none", func(c graphtest.Contact) []string { return []string{"-" + c.ID, "+A"} }},
	} {
		s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{ReturnLost: tt.lost}})
		other, err := s.AddFolder("", "", "Other")
		require.NoError(t, err)
		c := add(s, "A")
		_, link := round(t, s, deltaPath, tt.prefer)
		_, err = s.MoveContact("", c.ImmutableID, other)
		require.NoError(t, err)
		_, between := round(t, s, link, tt.prefer)
		_, err = s.MoveContact("", c.ImmutableID, "")
		require.NoError(t, err)

		rows, after := round(t, s, link, tt.prefer)
		require.Equal(t, tt.want(c), brief(rows), "lost %v, %s", tt.lost, tt.prefer)
		rows, _ = round(t, s, between, tt.prefer)
		require.Equal(t, []string{"+A"}, brief(rows), "who looked in between sees it come")
		edit(t, s, c.ImmutableID)
		rows, _ = round(t, s, after, tt.prefer)
		require.Equal(t, []string{"+A"}, brief(rows), "a touch brings it back")
		rows, _ = round(t, s, deltaPath, tt.prefer)
		require.Equal(t, []string{"+A"}, brief(rows))
	}
}

// Changes take a while to show in delta and in filters.
func TestVisibilityDelay(t *testing.T) {
	clk := newClock()
	s := newServer(t, graphtest.Options{Now: clk.now, Quirks: graphtest.Quirks{DeltaDelay: time.Minute, FilterDelay: 2 * time.Minute}})
	byMail := func(address string) []string {
		return names(call(t, s, "GET", "/me/contacts"+query("$filter", "emailAddresses/any(a:a/address eq '"+address+"')"), nil).rows())
	}
	c := s.AddContact("", graphtest.Contact{DisplayName: "A", EmailAddresses: []graphtest.EmailAddress{{Address: "old@example.com"}}})
	rows, link := round(t, s, deltaPath)
	require.Empty(t, rows)
	require.Empty(t, byMail("old@example.com"))
	require.Len(t, call(t, s, "GET", "/me/contacts", nil).rows(), 1, "a plain list shows it at once")
	clk.advance(time.Minute)
	rows, link = round(t, s, link)
	require.Equal(t, []string{"+A"}, brief(rows))
	clk.advance(time.Minute)
	require.Equal(t, []string{"A"}, byMail("old@example.com"))

	call(t, s, "PATCH", "/me/contacts/"+c.ID, map[string]any{"emailAddresses": []any{map[string]any{"address": "new@example.com"}}})
	rows, link = round(t, s, link)
	require.Empty(t, rows)
	require.Equal(t, []string{"A"}, byMail("old@example.com"), "the index still has the old address")
	require.Empty(t, byMail("new@example.com"))
	clk.advance(2 * time.Minute)
	require.Equal(t, []string{"A"}, byMail("new@example.com"))
	rows, _ = round(t, s, link)
	require.Equal(t, []string{"+A"}, brief(rows))
}
