package graphadapter_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
)

func TestCompleteRoundTellsEverything(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	c := w.srv.AddContact(me, graphtest.Contact{
		GivenName: "Grace", Surname: "Hopper", DisplayName: "Grace Hopper", CompanyName: "Navy", Birthday: "1906-12-09T11:59:00Z",
		EmailAddresses:  []graphtest.EmailAddress{{Name: "Grace", Address: "grace@example.com"}, {Name: "g2@example.com", Address: "g2@example.com"}},
		BusinessPhones:  []string{"+44 20 7946 0001", "+44 20 7946 0002"},
		BusinessAddress: graphtest.Address{Street: "1 Quay\r\nDock", City: "London"},
		Categories:      []string{"Client"},
		Extended: map[string]string{
			stampID: "1abc", "String 0x3A1F": "+44 7700 900123", "SystemTime 0x3A41": "1930-06-15T00:00:00Z",
		},
	}.Private())
	changes, last := w.round("")

	require.True(t, last.Complete)
	require.Empty(t, last.Bad)
	got := view{}
	w.apply(got, changes)
	rec := got[c.ImmutableID]
	require.Equal(t, "1abc", rec.Stamp)
	require.True(t, rec.StampRead)
	require.Equal(t, c.ParentFolderID, rec.Folder)
	require.Equal(t, c.LastModifiedDateTime, rec.Modified)
	require.Equal(t, c.CreatedDateTime, rec.Created)
	require.Equal(t, `W/"`+c.ChangeKey+`"`, rec.Version)
	for name, want := range map[string][]string{
		"givenName": {"Grace"}, "companyName": {"Navy"}, "birthday": {"1906-12-09"},
		"emailAddresses": {"Grace <grace@example.com>", "g2@example.com"},
		"businessPhones": {"+44 20 7946 0001", "+44 20 7946 0002"}, "homePhones": nil,
		"businessAddress.street": {"1 Quay\r\nDock"}, "businessAddress.city": {"London"}, "businessAddress.state": nil, "homeAddress.city": nil,
		"categories": {"Client"}, "personalNotes": nil,
		"otherPhone": {"+44 7700 900123"}, "businessFax": nil, "weddingAnniversary": {"1930-06-15"}, "private": {"true"}, // B13, B21
	} {
		v, known := rec.Fields.Get(name)
		require.True(t, known, name)
		require.Equal(t, want, []string(v), name)
	}
}

// A complete round first lists, in pages without changes, and then reads the delta. What changed in between comes without
// what only the listing shows; so does everything where the round goes on in another process.
func TestCompleteRoundInPieces(t *testing.T) {
	w := start(t, graphtest.Quirks{}, func(_ *graphtest.Options, o *graphadapter.Options) { o.PageSize = 2 })
	var ids []string
	for range 5 {
		c := full()
		c.Extended[stampID] = "1a"
		ids = append(ids, w.srv.AddContact(me, c.Private()).ImmutableID)
	}
	var cursors []contactsync.Cursor
	for cursor := contactsync.Cursor(""); len(cursors) < 3; cursors = append(cursors, cursor) {
		p, err := w.dir.Changes(t.Context(), w.scope, cursor)
		require.NoError(t, err)
		require.Empty(t, p.Changes)
		require.True(t, p.More)
		cursor = p.Next
	}
	_, err := w.srv.EditContact(me, ids[1], func(c *graphtest.Contact) { c.JobTitle = "Captain" })
	require.NoError(t, err)
	w.srv.AddContact(me, full())

	told := func(d *graphadapter.Directory) (stamped []string) {
		n := 0
		for cursor := cursors[2]; ; {
			p, err := d.Changes(t.Context(), w.scope, cursor)
			require.NoError(t, err)
			cursor = p.Next
			n += len(p.Changes)
			for _, c := range p.Changes {
				private, known := c.Record.Fields.Get("private")
				require.Equal(t, c.Record.StampRead, known)
				require.Equal(t, c.Record.StampRead, c.Record.Fields.Known("otherPhone"))
				require.Equal(t, "Grace", c.Record.Fields.Text("givenName"))
				if c.Record.StampRead {
					require.Equal(t, "true", private.Text())
					require.Equal(t, "1a", c.Record.Stamp)
					stamped = append(stamped, c.ID)
				}
			}
			if !p.More {
				require.True(t, p.Complete)
				require.Equal(t, 6, n)
				return stamped
			}
		}
	}
	require.ElementsMatch(t, []string{ids[0], ids[2], ids[3], ids[4]}, told(w.dir))
	require.ElementsMatch(t, []string{ids[0], ids[2], ids[3], ids[4]}, told(w.dir), "a page may be asked for again")

	other, err := graphadapter.New(graphadapter.FromClient(client{sdkAdapter(t, w.srv)}), graphadapter.Options{PropertySet: propertySet, PageSize: 2})
	require.NoError(t, err)
	require.Empty(t, told(other))
}

// A no-op run is one delta request, however the folder came to be read.
func TestNoOpIsOneRequest(t *testing.T) {
	for _, n := range []int{0, 1, 1200} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := start(t, graphtest.Quirks{})
			for i := range n {
				w.srv.AddContact(me, graphtest.Contact{GivenName: fmt.Sprint("Person ", i)})
			}
			changes, last := w.round("")
			require.True(t, last.Complete)
			require.Len(t, changes, n)
			w.srv.Reset()
			again, last := w.round(last.Next)
			require.Empty(t, again)
			require.False(t, last.Complete)
			counts := w.srv.Counts()
			require.Equal(t, 1, counts.Requests)
			require.Equal(t, 1, counts.Routes["GET /contactFolders/{id}/contacts/delta"])
		})
	}
}

// Every request of a round carries the preferences, because the service remembers none; none has $top or $expand on a
// delta, because Graph fails on one and cuts the round short on the other.
func TestRoundRequests(t *testing.T) {
	w := start(t, graphtest.Quirks{}, func(_ *graphtest.Options, o *graphadapter.Options) { o.PageSize = 10 })
	for i := range 25 {
		w.srv.AddContact(me, graphtest.Contact{GivenName: fmt.Sprint("Person ", i)})
	}
	w.scope.Fields = []string{"givenName", "businessAddress.city", "businessAddress.street", "otherPhone"}
	_, last := w.round("")
	_, _ = w.round(last.Next)
	deltas, lists := 0, 0
	for _, r := range w.srv.Requests() {
		switch r.Route {
		case "/contactFolders/{id}/contacts/delta":
			deltas++
			require.Equal(t, []string{`IdType="ImmutableId", odata.maxpagesize=10`}, r.Header["Prefer"])
			require.Empty(t, r.Query["$top"])
			require.Empty(t, r.Query["$expand"])
			if deltas == 1 {
				require.Equal(t, "parentFolderId,createdDateTime,lastModifiedDateTime,businessAddress,givenName", r.Query.Get("$select"))
			}
		case "/contactFolders/{id}/contacts":
			lists++
			require.Equal(t, []string{`IdType="ImmutableId", odata.maxpagesize=10`}, r.Header["Prefer"])
		case "/contactFolders/{id}":
		default:
			t.Errorf("unexpected request %s %s", r.Method, r.Route)
		}
	}
	require.Equal(t, 4, deltas, "three pages and one incremental")
	require.Equal(t, 3, lists)
}

// Whatever Graph does to a round, the folder as told is the folder as it is.
func TestRoundsUnderQuirks(t *testing.T) {
	for name, q := range map[string]graphtest.Quirks{
		"plain":            {},
		"empty pages":      {EmptyPages: 2},
		"duplicates":       {DuplicateRows: true},
		"reordered":        {ReorderRows: true},
		"replays":          {ReplayRows: true},
		"unknown removals": {UnknownRemovals: true},
		"changed reason":   {ChangedReason: true},
		"moves keep ids":   {MovesKeepIDs: true},
		"return lost":      {ReturnLost: true},
		"page cap":         {PageCap: 3},
		"positional":       {PositionalPaging: true, PageCap: 3},
		"top is size":      {TopIsPageSize: true},
		"purged":           {SoftDeletedGone: true},
		"control chars":    {ControlCharacters: true},
		"gzip":             {Gzip: true},
		"email slots":      {EmailSlots: true},
		"no alias":         {NoContactsAlias: true},
		"default listed":   {DefaultFolderListed: true},
		"no alias, listed": {NoContactsAlias: true, DefaultFolderListed: true},
		"empty strings":    {EmptyStringsKept: true},
		"throttled":        {ThrottleEvery: 3},
		"unavailable":      {UnavailableEvery: 3},
		"conflicts":        {ConflictEvery: 3},
		"no codes":         {EmptyErrorCodes: true},
		"inner error":      {LowerInnerError: true, LowerBatchHeaders: true, BatchInOrder: true},
		"fires all":        {BatchFiresAll: true},
		"location":         {ExpiredLocation: true, ExpiredCode: "resyncRequired"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, q, func(_ *graphtest.Options, o *graphadapter.Options) { o.PageSize = 4 })
			other, err := w.srv.AddFolder(me, "", "Elsewhere")
			require.NoError(t, err)
			var made []graphtest.Contact
			for i := range 14 {
				made = append(made, w.srv.AddContact(me, graphtest.Contact{
					GivenName: fmt.Sprint("Person ", i), PersonalNotes: "tab\there\nline \x01 end",
				}))
			}
			got := view{}
			changes, last := w.round("")
			w.apply(got, changes)
			w.compare(got)

			edit := func(i int, name string) {
				_, err := w.srv.EditContact(me, made[i].ImmutableID, func(c *graphtest.Contact) { c.GivenName = name })
				require.NoError(t, err)
			}
			edit(0, "New")
			require.NoError(t, w.srv.DeleteContact(me, made[1].ImmutableID))
			require.NoError(t, w.srv.PurgeContact(me, made[2].ImmutableID))
			_, err = w.srv.MoveContact(me, made[3].ImmutableID, other)
			require.NoError(t, err)
			_, err = w.srv.MoveContact(me, made[4].ImmutableID, other)
			require.NoError(t, err)
			_, err = w.srv.MoveContact(me, made[4].ImmutableID, made[4].ParentFolderID)
			require.NoError(t, err)
			w.srv.AddContact(me, graphtest.Contact{GivenName: "Late"})
			changes, last = w.round(last.Next)
			w.apply(got, changes)
			w.compare(got)

			edit(5, "Newer")
			changes, last = w.round(last.Next)
			w.apply(got, changes)
			w.compare(got)

			w.srv.ExpireTokens(me)
			_, err = w.dir.Changes(t.Context(), w.scope, last.Next)
			require.ErrorIs(t, err, contactsync.ErrCursorExpired)
			changes, _ = w.round("")
			got = view{}
			w.apply(got, changes)
			w.compare(got)
		})
	}
}

// compare checks a view of the default folder against the folder.
func (w *world) compare(got view) {
	w.t.Helper()
	type seen struct{ Version, GivenName, Notes string }
	want, have := map[string]seen{}, map[string]seen{}
	for _, c := range w.srv.Contacts(me, "") {
		want[c.ImmutableID] = seen{`W/"` + c.ChangeKey + `"`, c.GivenName, c.PersonalNotes}
	}
	for id, rec := range got {
		have[id] = seen{rec.Version, rec.Fields.Text("givenName"), rec.Fields.Text("personalNotes")}
	}
	require.Empty(w.t, cmp.Diff(want, have), "the folder as told (-is +told)")
}
