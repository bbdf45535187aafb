package graphadapter_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// B7: really deleted, moved and there are told apart, whichever way Graph keeps deleted items.
func TestWhereAnItemIs(t *testing.T) {
	for name, q := range map[string]graphtest.Quirks{
		"plain": {}, "soft-deleted gone": {SoftDeletedGone: true}, "no alias": {NoContactsAlias: true}, "no codes": {EmptyErrorCodes: true},
		"no codes, gone": {EmptyErrorCodes: true, SoftDeletedGone: true}, "default listed": {DefaultFolderListed: true},
	} {
		for _, own := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/own folder %v", name, own), func(t *testing.T) {
				w := start(t, q)
				folder := ""
				elsewhere, err := w.srv.AddFolder(me, "", "Elsewhere")
				require.NoError(t, err)
				inside, err := w.srv.AddFolder(me, elsewhere, "Inside")
				require.NoError(t, err)
				if own {
					folder, err = w.srv.AddFolder(me, "", "CRM")
					require.NoError(t, err)
				}
				w.scope.Folder = folder
				add := func() string {
					c := full()
					c.ParentFolderID = folder
					return w.srv.AddContact(me, c).ImmutableID
				}
				there, trashed, purged, moved, deep, late := add(), add(), add(), add(), add(), add()
				_, _ = w.round("")
				require.NoError(t, w.srv.DeleteContact(me, trashed))
				require.NoError(t, w.srv.PurgeContact(me, purged))
				_, err = w.srv.MoveContact(me, moved, elsewhere)
				require.NoError(t, err)
				_, err = w.srv.MoveContact(me, deep, inside)
				require.NoError(t, err)
				made, err := w.srv.AddFolder(me, inside, "Made after the folders were read")
				require.NoError(t, err)
				_, err = w.srv.MoveContact(me, late, made)
				require.NoError(t, err)

				refs := []contactsync.Ref{{ID: there}, {ID: trashed}, {ID: purged}, {ID: moved}, {ID: deep}, {ID: late}, {ID: "AAkALgmalformed"}}
				found, err := w.dir.Get(t.Context(), w.scope, refs)
				require.NoError(t, err)
				var got []contactsync.Removal
				for i, f := range found {
					require.Equal(t, refs[i], f.Ref)
					got = append(got, f.Removed)
				}
				require.Equal(t, []contactsync.Removal{
					"", contactsync.Deleted, contactsync.Deleted, contactsync.Moved, contactsync.Moved, contactsync.Moved, contactsync.Unknown,
				}, got)
				require.Equal(t, there, found[0].Records[0].ID)
			})
		}
	}
}

// B4: a folder that is gone is one event, not so many deletions.
func TestFolderGone(t *testing.T) {
	for _, q := range []graphtest.Quirks{{}, {SoftDeletedGone: true}, {DeletedFolderReadable: true}, {DeletedFolderReadable: true, SoftDeletedGone: true}} {
		w := start(t, q)
		folder, err := w.srv.AddFolder(me, "", "CRM")
		require.NoError(t, err)
		w.scope.Folder = folder
		c := full()
		c.ParentFolderID = folder
		id := w.srv.AddContact(me, c).ImmutableID
		gone := c
		goneID := w.srv.AddContact(me, gone).ImmutableID
		_, last := w.round("")
		require.NoError(t, w.srv.PurgeContact(me, goneID))
		require.NoError(t, w.srv.DeleteFolder(me, folder))
		require.NoError(t, w.clock.sleep(t.Context(), 1e12)) // what was remembered is forgotten

		_, err = w.dir.Changes(t.Context(), w.scope, "")
		require.ErrorIs(t, err, contactsync.ErrFolderGone)
		_, err = w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{ID: goneID}})
		require.ErrorIs(t, err, contactsync.ErrFolderGone)
		if !q.DeletedFolderReadable {
			_, err = w.dir.Changes(t.Context(), w.scope, last.Next)
			require.ErrorIs(t, err, contactsync.ErrFolderGone)
			_, err = w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{Stamp: "1a"}})
			require.ErrorIs(t, err, contactsync.ErrFolderGone)
			results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{create("1a", fields(t, map[string]record.Value{"givenName": {"X"}}))})
			require.NoError(t, err)
			require.ErrorIs(t, results[0].Err, contactsync.ErrFolderGone)
		}
		if q.SoftDeletedGone {
			_, err = w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{ID: id}})
			require.ErrorIs(t, err, contactsync.ErrFolderGone)
		}
	}
}

// A mailbox that is gone answers 404 for items too: that deletes nothing.
func TestMailboxGoneDeletesNothing(t *testing.T) {
	w := start(t, graphtest.Quirks{EmptyErrorCodes: true})
	id := w.srv.AddContact(me, full()).ImmutableID
	_, _ = w.round("")
	w.srv.SetAccess(me, graphtest.NotEnabled)
	found, err := w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{ID: id}})
	require.NoError(t, err)
	require.Equal(t, contactsync.Unknown, found[0].Removed)
}

// Ids are told apart by case, and one may be asked for twice.
func TestGetKeepsToItsRefs(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	c := w.srv.AddContact(me, full())
	refs := []contactsync.Ref{{ID: c.ImmutableID}, {Stamp: "1none"}, {ID: c.ImmutableID}}
	found, err := w.dir.Get(t.Context(), w.scope, refs)
	require.NoError(t, err)
	for i := range refs {
		require.Equal(t, refs[i], found[i].Ref)
	}
	require.Len(t, found[0].Records, 1)
	require.Len(t, found[2].Records, 1)
	require.Empty(t, found[1].Records)
	var invalid *contactsync.InvalidError
	for _, bad := range []contactsync.Ref{{}, {ID: "a", Stamp: "b"}} {
		_, err := w.dir.Get(t.Context(), w.scope, []contactsync.Ref{bad})
		require.ErrorAs(t, err, &invalid)
	}
}

// Get reads the parts of the name whatever is wanted, for an update to follow.
func TestGetReadsNames(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	c := w.srv.AddContact(me, full())
	w.scope.Fields = []string{"jobTitle"}
	rec := w.one(c.ImmutableID)
	for _, name := range []string{"jobTitle", "displayName", "fileAs", "givenName", "middleName", "surname", "companyName"} {
		require.True(t, rec.Fields.Known(name), name)
	}
	require.False(t, rec.Fields.Known("personalNotes"))
}

// Where the default folder turns out to be gone, its id is looked up anew.
func TestDefaultFolderReplaced(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	_, last := w.round("")
	w.srv.SetHooks(graphtest.Hooks{Before: func(graphtest.Request) *graphtest.Answer {
		return graphtest.ErrorAnswer(404, "ErrorSyncFolderNotFound", "")
	}})
	_, err := w.dir.Changes(t.Context(), w.scope, last.Next)
	require.ErrorIs(t, err, contactsync.ErrFolderGone)
	w.srv.SetHooks(graphtest.Hooks{})
	w.srv.Reset()
	_, _ = w.round("")
	require.Equal(t, 1, w.srv.Counts().Routes["GET /contactFolders/{id}"])
}
