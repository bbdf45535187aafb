package graphtest_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// follower is a client that keeps a copy of a folder by delta alone.
type follower struct {
	s      *graphtest.Server
	prefer string
	link   string
	known  map[string]string // etag by id
}

// failer is a *testing.T or a *rapid.T.
type failer interface{ Fatalf(string, ...any) }

// follow drains one round; a token that expired starts over.
func (f *follower) follow(t failer, path string) {
	target := f.link
	if target == "" {
		target = root + path
		f.known = map[string]string{}
	}
	for range 1000 {
		req, err := http.NewRequest("GET", target, nil)
		if err != nil {
			t.Fatalf("GET %s: %v", target, err)
		}
		req.Header.Set("Prefer", f.prefer)
		resp, err := f.s.Client().Do(req)
		if err != nil {
			t.Fatalf("GET %s: %v", target, err)
		}
		var page struct {
			Value []struct {
				ID      string `json:"id"`
				ETag    string `json:"@odata.etag"`
				Removed any    `json:"@removed"`
			}
			Next string `json:"@odata.nextLink"`
			Last string `json:"@odata.deltaLink"`
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusGone {
			f.link, target, f.known = "", root+path, map[string]string{}
			continue
		}
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %d, %v", target, resp.StatusCode, err)
		}
		for _, r := range page.Value {
			if r.Removed != nil {
				delete(f.known, r.ID)
			} else {
				f.known[r.ID] = r.ETag
			}
		}
		if f.link = page.Last; f.link != "" {
			return
		}
		target = page.Next
	}
	t.Fatalf("the round does not end")
}

// check compares what f knows of the default folder with what is there.
func (f *follower) check(t failer) {
	want := map[string]string{}
	for _, c := range f.s.Contacts("", "") {
		id := c.ID
		if strings.Contains(f.prefer, "Immutable") {
			id = c.ImmutableID
		}
		want[id] = `W/"` + c.ChangeKey + `"`
	}
	if !maps.Equal(want, f.known) {
		t.Fatalf("follower %q knows %v, the folder has %v", f.prefer, f.known, want)
	}
}

// The law of delta: whoever follows a folder by delta has, after each round, what a full listing shows, whatever the
// user does meanwhile, with either form of ids, through empty pages, duplicates, replays, unknown removals, and expiry.
func TestDeltaFollowsListing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := graphtest.Quirks{
			EmptyPages: rapid.IntRange(0, 2).Draw(t, "empty pages"), UnknownRemovals: rapid.Bool().Draw(t, "unknown removals"),
			ReplayRows: rapid.Bool().Draw(t, "replay"), DuplicateRows: rapid.Bool().Draw(t, "duplicates"),
			ReorderRows: rapid.Bool().Draw(t, "reorder"), PageCap: rapid.IntRange(0, 3).Draw(t, "page cap"), MovesKeepIDs: rapid.Bool().Draw(t, "moves keep ids"),
		}
		now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
		s := graphtest.New(graphtest.Options{Quirks: q, Requests: -1, Now: func() time.Time { return now }})
		other, err := s.AddFolder("", "", "Other")
		if err != nil {
			t.Fatal(err)
		}
		folders := []string{s.Folders("")[0].ID, other}
		var all []*follower
		for _, prefer := range []string{"", `IdType="ImmutableId"`, "odata.maxpagesize=1"} {
			all = append(all, &follower{s: s, prefer: prefer})
		}
		pick := func() graphtest.Contact {
			list := slices.Concat(s.Contacts("", folders[0]), s.Contacts("", folders[1]), s.Contacts("", graphtest.DeletedItems))
			if len(list) == 0 {
				return s.AddContact("", graphtest.Contact{})
			}
			return rapid.SampledFrom(list).Draw(t, "contact")
		}
		must := func(err error) {
			if err != nil && !strings.Contains(err.Error(), "Deleted Items") {
				t.Fatal(err)
			}
		}
		acts := map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				s.AddContact("", graphtest.Contact{ParentFolderID: rapid.SampledFrom(folders).Draw(t, "folder")})
			},
			"edit": func(*rapid.T) {
				_, err := s.EditContact("", pick().ImmutableID, func(c *graphtest.Contact) { c.JobTitle += "x" })
				must(err)
			},
			"move": func(t *rapid.T) {
				_, err := s.MoveContact("", pick().ImmutableID, rapid.SampledFrom(folders).Draw(t, "folder"))
				must(err)
			},
			"delete": func(*rapid.T) { must(s.DeleteContact("", pick().ImmutableID)) },
			"purge":  func(*rapid.T) { must(s.PurgeContact("", pick().ImmutableID)) },
			"patch": func(*rapid.T) {
				send(s, "PATCH", "/me/contacts/"+pick().ImmutableID, `{"jobTitle":"y"}`)
			},
			"expire": func(*rapid.T) { s.ExpireTokens("") },
			"follow": func(t *rapid.T) {
				f := rapid.SampledFrom(all).Draw(t, "follower")
				f.follow(t, deltaPath)
				f.check(t)
			},
		}
		t.Repeat(acts)
	})
}

// The same law over a long life with hundreds of contacts, in which the server sweeps its books.
func TestDeltaFollowsLongLife(t *testing.T) {
	s := newServer(t, graphtest.Options{Requests: -1})
	other, err := s.AddFolder("", "", "Other")
	require.NoError(t, err)
	all := []*follower{{s: s}, {s: s, prefer: immutable[len("Prefer: "):] + ", odata.maxpagesize=50"}}
	random := rand.New(rand.NewPCG(1, 2))
	var ids []string
	for step := range 6000 {
		if len(ids) < 200 || random.IntN(4) == 0 {
			ids = append(ids, add(s, "A").ImmutableID)
			continue
		}
		i := random.IntN(len(ids))
		switch random.IntN(5) {
		case 0, 1:
			edit(t, s, ids[i])
		case 2:
			_, err = s.MoveContact("", ids[i], []string{"", other}[random.IntN(2)])
		case 3:
			err = s.PurgeContact("", ids[i])
			ids = slices.Delete(ids, i, i+1)
		case 4:
			if step%50 == 0 {
				f := all[random.IntN(2)]
				f.follow(t, deltaPath)
				f.check(t)
			}
		}
		require.NoError(t, err)
	}
	for _, f := range all {
		f.follow(t, deltaPath)
		f.check(t)
	}
	rows, _ := list(t, s, "/me/contacts?$top=1000")
	require.Len(t, rows, len(s.Contacts("", "")))
	require.Len(t, slices.Concat(s.Contacts("", ""), s.Contacts("", other)), len(ids))
}
