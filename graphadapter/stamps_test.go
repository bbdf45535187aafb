package graphadapter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
)

// M4: a stamp finds its items: without case, each of several copies, by one request for a batch of them or one listing
// for many.
func TestStamps(t *testing.T) {
	for _, n := range []int{1, 20, 21, 60} {
		for name, q := range map[string]graphtest.Quirks{"plain": {}, "paged": {PageCap: 7}, "control chars": {ControlCharacters: true}} {
			t.Run(fmt.Sprint(n, " ", name), func(t *testing.T) {
				w := start(t, q, func(_ *graphtest.Options, o *graphadapter.Options) { o.PageSize = 50 })
				var refs []contactsync.Ref
				ids := map[string]string{}
				for i := range 70 {
					stamp := fmt.Sprintf("1it's%03d", i)
					c := full()
					c.Extended[stampID] = strings.ToUpper(stamp)
					if i%2 == 1 {
						c.Extended[stampID] = stamp
					}
					ids[stamp] = w.srv.AddContact(me, c).ImmutableID
					if i < n {
						refs = append(refs, contactsync.Ref{Stamp: stamp})
					}
				}
				w.srv.AddContact(me, full()) // has none
				copied, err := w.srv.CopyContact(me, ids[refs[0].Stamp], "")
				require.NoError(t, err)
				refs = append(refs, contactsync.Ref{Stamp: "1unknown"}, contactsync.Ref{Stamp: strings.ToUpper(refs[0].Stamp)})
				found, err := w.dir.Get(t.Context(), w.scope, refs)
				require.NoError(t, err)
				for i, f := range found {
					require.Equal(t, refs[i], f.Ref)
					if f.Ref.Stamp == "1unknown" {
						require.Equal(t, contactsync.Unknown, f.Removed)
						continue
					}
					want := []string{ids[strings.ToLower(f.Ref.Stamp)]}
					if strings.EqualFold(f.Ref.Stamp, refs[0].Stamp) {
						want = append(want, copied.ImmutableID)
					}
					var got []string
					for _, rec := range f.Records {
						got = append(got, rec.ID)
						require.True(t, rec.StampRead)
						require.Equal(t, "Grace", rec.Fields.Text("givenName"))
					}
					require.ElementsMatch(t, want, got)
				}
				c := w.srv.Counts() // one batch is the tree of folders, where the unknown stamp is looked for too
				if n > 20 {
					require.Equal(t, 1, c.Batches)
				} else {
					require.LessOrEqual(t, c.Batches, 3)
				}
			})
		}
	}
}

// An item that a person moved before its create was confirmed is found by its stamp in any other contact folder: without case,
// the oldest of several, a few or many; one in its folder counts first, and only what is missing costs more requests.
func TestStampsOfMovedItems(t *testing.T) {
	for _, n := range []int{1, 30} {
		for name, q := range map[string]graphtest.Quirks{"plain": {}, "no alias": {NoContactsAlias: true}, "default listed": {DefaultFolderListed: true}, "paged": {PageCap: 7}} {
			for _, own := range []bool{false, true} {
				t.Run(fmt.Sprint(n, " ", name, " own folder ", own), func(t *testing.T) {
					w := start(t, q)
					add := func(folder, stamp string) string {
						c := full()
						c.ParentFolderID, c.Extended[stampID] = folder, stamp
						return w.srv.AddContact(me, c).ImmutableID
					}
					folder := func(in, name string) string {
						id, err := w.srv.AddFolder(me, in, name)
						require.NoError(t, err)
						return id
					}
					elsewhere := folder("", "Elsewhere")
					inside := folder(elsewhere, "Inside")
					if own {
						w.scope.Folder = folder("", "CRM")
					}
					here := add(w.scope.Folder, "1here")
					refs := []contactsync.Ref{{Stamp: "1here"}, {Stamp: "1trashed"}}
					want := []string{"", ""}
					require.NoError(t, w.srv.DeleteContact(me, add(w.scope.Folder, "1trashed")))
					for i := range n {
						stamp := fmt.Sprintf("1moved%02d", i)
						id := add(w.scope.Folder, strings.ToUpper(stamp))
						_, err := w.srv.MoveContact(me, id, inside)
						require.NoError(t, err)
						refs, want = append(refs, contactsync.Ref{Stamp: stamp}), append(want, id)
					}
					require.NoError(t, w.clock.sleep(t.Context(), time.Minute))
					for _, id := range []string{here, want[2]} {
						_, err := w.srv.CopyContact(me, id, elsewhere)
						require.NoError(t, err)
					}
					w.srv.Reset()
					found, err := w.dir.Get(t.Context(), w.scope, refs)
					require.NoError(t, err)
					require.Equal(t, here, found[0].Records[0].ID)
					require.Len(t, found[0].Records, 1)
					require.Equal(t, contactsync.Found{Ref: refs[1], Removed: contactsync.Unknown}, found[1])
					for i, f := range found[2:] {
						require.Equal(t, contactsync.Found{Ref: refs[i+2], Removed: contactsync.Moved, ID: want[i+2]}, f)
					}
					w.srv.Reset()
					_, err = w.dir.Get(t.Context(), w.scope, refs[:1])
					require.NoError(t, err)
					require.Equal(t, 1, w.srv.Counts().Requests, "a batch of one search")
				})
			}
		}
	}
}

// A search that failed is an error: "none" would let a second item be made.
func TestFailedSearchIsAnError(t *testing.T) {
	for _, n := range []int{1, 30} {
		w := start(t, graphtest.Quirks{})
		_, _ = w.round("")
		w.srv.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
			if r.Route == "/contactFolders/{id}/contacts" {
				return graphtest.ErrorAnswer(400, "InefficientFilter", "")
			}
			return nil
		}})
		var refs []contactsync.Ref
		for i := range n {
			refs = append(refs, contactsync.Ref{Stamp: fmt.Sprint("1s", i)})
		}
		_, err := w.dir.Get(t.Context(), w.scope, refs)
		require.Error(t, err)
	}
}

// So is one that failed in another folder, unless that folder is gone.
func TestFailedSearchElsewhereIsAnError(t *testing.T) {
	for _, n := range []int{1, 30} {
		w := start(t, graphtest.Quirks{})
		other, err := w.srv.AddFolder(me, "", "Elsewhere")
		require.NoError(t, err)
		_, _ = w.round("")
		var refs []contactsync.Ref
		for i := range n {
			refs = append(refs, contactsync.Ref{Stamp: fmt.Sprint("1s", i)})
		}
		for status, code := range map[int]string{400: "InefficientFilter", 404: "ErrorItemNotFound"} {
			w.srv.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
				if strings.Contains(r.Path, other) && strings.HasSuffix(r.Path, "/contacts") {
					return graphtest.ErrorAnswer(status, code, "")
				}
				return nil
			}})
			_, err = w.dir.Get(t.Context(), w.scope, refs)
			require.Equal(t, status == 404, err == nil, "%d: %v", status, err)
		}
	}
}

// A new item may take the service a while to find; a deleted one is not found by its stamp.
func TestStampsThatCannotBeSeen(t *testing.T) {
	w := start(t, graphtest.Quirks{FilterDelay: time.Minute})
	c := full()
	c.Extended[stampID] = "1a"
	id := w.srv.AddContact(me, c).ImmutableID
	find := func() contactsync.Found {
		found, err := w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{Stamp: "1a"}})
		require.NoError(t, err)
		return found[0]
	}
	require.NoError(t, w.clock.sleep(t.Context(), 2*time.Minute))
	require.Len(t, find().Records, 1)
	require.NoError(t, w.srv.DeleteContact(me, id))
	require.Equal(t, contactsync.Unknown, find().Removed)
}
