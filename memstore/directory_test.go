package memstore_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

func TestMailboxTellsTheSyncWhatItsOwnerDoes(t *testing.T) {
	outlook := memstore.NewDirectory()
	box := outlook.Mailbox(mailbox)
	sc := contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}
	ids := map[string]string{}
	add := func(name string) {
		t.Helper()
		r, err := box.Add("", values(record.OutlookContact, "surname", name))
		require.NoError(t, err)
		ids[name] = r.ID
	}
	step := func(after contactsync.Cursor, want map[string]string) contactsync.Cursor {
		t.Helper()
		got, next := told(t, outlook, sc, "surname", after)
		byID := map[string]string{}
		for name, what := range want {
			byID[ids[name]] = what
		}
		if diff := cmp.Diff(byID, got); diff != "" {
			t.Errorf("Changes mismatch (-want +got):\n%s", diff)
		}
		return next
	}
	fate := func(name string) contactsync.Removal {
		t.Helper()
		found, err := outlook.Get(t.Context(), sc, []contactsync.Ref{{ID: ids[name]}})
		require.NoError(t, err)
		return found[0].Removed
	}
	for _, name := range []string{"Ada", "Bob", "Cleo"} {
		add(name)
	}
	next := step("", map[string]string{"Ada": "Ada", "Bob": "Bob", "Cleo": "Cleo"})
	other := box.AddFolder(record.Contact, "Other")

	require.NoError(t, box.Edit(ids["Ada"], values(record.OutlookContact, "surname", "Lovelace")))
	require.NoError(t, box.Delete(ids["Bob"]))
	require.NoError(t, box.Move(ids["Cleo"], other.ID))
	next = step(next, map[string]string{"Ada": "Lovelace", "Bob": "unknown", "Cleo": "unknown"})
	require.Equal(t, contactsync.Deleted, fate("Bob"))
	require.Equal(t, contactsync.Moved, fate("Cleo"))
	require.Len(t, box.Items(record.Contact, other.ID), 1)

	require.NoError(t, box.Move(ids["Bob"], "")) // out of Deleted Items
	require.NoError(t, box.Move(ids["Cleo"], ""))
	require.NoError(t, box.SetPrivate(ids["Ada"], true))
	next = step(next, map[string]string{"Ada": "Lovelace", "Bob": "Bob", "Cleo": "Cleo"})
	ada, ok := box.Item(ids["Ada"])
	require.True(t, ok)
	require.Equal(t, "true", ada.Fields.Text("private"))

	require.NoError(t, box.Move(ids["Cleo"], "")) // where it lies already
	next = step(next, map[string]string{})

	require.NoError(t, box.DeleteFolder("contacts"))
	_, err := outlook.Changes(t.Context(), sc, next)
	require.ErrorIs(t, err, contactsync.ErrFolderGone)
	require.Empty(t, box.Items(record.Contact, ""))
	sc.Folder = other.ID
	require.Equal(t, contactsync.Deleted, fate("Ada"))
	_, ok = box.Item(ids["Ada"])
	require.False(t, ok)

	outlook.ExpireCursors()
	_, next = told(t, outlook, sc, "surname", "")
	outlook.ExpireCursors()
	_, err = outlook.Changes(t.Context(), sc, next)
	require.ErrorIs(t, err, contactsync.ErrCursorExpired)
}

func TestMailboxRefuses(t *testing.T) {
	outlook := memstore.NewDirectory()
	box := outlook.Mailbox(mailbox)
	item, err := box.Add("contacts", values(record.OutlookContact, "surname", "Ada"))
	require.NoError(t, err)

	var invalid *contactsync.InvalidError
	_, err = box.Add("", record.OutlookContact.Build().Set("emailAddresses", "a@example.com", "b@example.com", "c@example.com", "d@example.com").Fields())
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "emailAddresses", invalid.Field)
	_, err = box.Add("", values(people, "last", "Ada"))
	require.ErrorAs(t, err, &invalid)
	_, err = box.Add("nowhere", values(record.OutlookContact, "surname", "Ada"))
	require.ErrorIs(t, err, contactsync.ErrFolderGone)
	require.ErrorIs(t, box.Move(item.ID, "nowhere"), contactsync.ErrFolderGone)
	require.ErrorIs(t, box.DeleteFolder("nowhere"), contactsync.ErrFolderGone)
	_, err = box.Copy("nobody", "")
	require.ErrorIs(t, err, contactsync.ErrNotFound)
	for _, err := range []error{
		box.Edit("nobody", values(record.OutlookContact, "surname", "x")), box.Delete("nobody"),
		box.Move("nobody", ""), box.SetPrivate("nobody", true),
	} {
		require.ErrorIs(t, err, contactsync.ErrNotFound)
	}
	_, err = outlook.CreateFolder(t.Context(), mailbox, record.Contact, " ")
	require.ErrorAs(t, err, &invalid)
	_, err = outlook.Folders(t.Context(), mailbox, record.Meeting)
	require.ErrorAs(t, err, &invalid)
	_, err = memstore.NewDirectory().Changes(t.Context(), contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}, "")
	require.ErrorIs(t, err, contactsync.ErrNoMailbox)
}

// TestDirectoryTellsStampsLikeGraph: a listing cannot tell stamps unless it is told to, reading an item can.
func TestDirectoryTellsStampsLikeGraph(t *testing.T) {
	for _, stamps := range []bool{false, true} {
		outlook := memstore.NewDirectory()
		outlook.StampsInChanges = stamps
		outlook.Mailbox(mailbox)
		sc := contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}
		_, err := outlook.Apply(t.Context(), sc, []contactsync.Write{{Op: contactsync.Create, Stamp: "1abc", Set: values(record.OutlookContact, "surname", "Ada")}})
		require.NoError(t, err)
		page, err := outlook.Changes(t.Context(), sc, "")
		require.NoError(t, err)
		require.Equal(t, stamps, page.Changes[0].Record.StampRead)
		require.Equal(t, stamps, page.Changes[0].Record.Stamp == "1abc")
	}
}

// TestStampsOfWhatIsGone: a stamp tells the id that its item had.
func TestStampsOfWhatIsGone(t *testing.T) {
	outlook := memstore.NewDirectory()
	box := outlook.Mailbox(mailbox)
	sc := contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}
	ref := contactsync.Ref{Stamp: "1abc"}
	res, err := outlook.Apply(t.Context(), sc, []contactsync.Write{{Op: contactsync.Create, Stamp: "1abc"}})
	require.NoError(t, err)
	look := func() contactsync.Found {
		t.Helper()
		found, err := outlook.Get(t.Context(), sc, []contactsync.Ref{ref})
		require.NoError(t, err)
		return found[0]
	}
	copied, err := box.Copy(res[0].ID, box.AddFolder(record.Contact, "Other").ID)
	require.NoError(t, err)
	require.Len(t, look().Records, 1, "the copy lies in another folder")
	require.NoError(t, box.Delete(res[0].ID))
	require.Equal(t, contactsync.Found{Ref: ref, Removed: contactsync.Moved, ID: copied.ID}, look())
	require.NoError(t, box.Delete(copied.ID))
	gone := look()
	require.Equal(t, contactsync.Deleted, gone.Removed)
	require.Contains(t, []string{res[0].ID, copied.ID}, gone.ID)
}
