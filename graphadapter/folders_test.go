package graphadapter_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// F4: the default folder first, then all others, those inside others too, each once.
func TestFolders(t *testing.T) {
	for name, q := range map[string]graphtest.Quirks{
		"plain": {}, "default listed": {DefaultFolderListed: true}, "no alias": {NoContactsAlias: true},
		"no alias, listed": {NoContactsAlias: true, DefaultFolderListed: true}, "paged": {PageCap: 1}, "throttled": {ThrottleEvery: 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, q)
			crm, err := w.srv.AddFolder(me, "", "CRM")
			require.NoError(t, err)
			clients, err := w.srv.AddFolder(me, crm, "Clients")
			require.NoError(t, err)
			deep, err := w.srv.AddFolder(me, clients, "Deep")
			require.NoError(t, err)
			gone, err := w.srv.AddFolder(me, "", "Gone")
			require.NoError(t, err)
			require.NoError(t, w.srv.DeleteFolder(me, gone))
			first := w.srv.AddContact(me, full()).ParentFolderID
			got, err := w.dir.Folders(t.Context(), w.scope.Mailbox, record.Contact)
			require.NoError(t, err)
			want := []contactsync.Folder{
				{ID: first, Name: "Contacts", Default: true}, {ID: crm, Name: "CRM", Parent: first},
				{ID: clients, Name: "Clients", Parent: crm}, {ID: deep, Name: "Deep", Parent: clients},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("folders (-want +got):\n%s", diff)
			}
		})
	}
}

// A mailbox without the alias, without folders and with nothing but one contact.
func TestDefaultFolderByItsContact(t *testing.T) {
	w := start(t, graphtest.Quirks{NoContactsAlias: true})
	c := w.srv.AddContact(me, full())
	got, err := w.dir.Folders(t.Context(), w.scope.Mailbox, record.Contact)
	require.NoError(t, err)
	require.Equal(t, []contactsync.Folder{{ID: c.ParentFolderID, Name: "Contacts", Default: true}}, got)
}

// A contact that lies in one of several listed folders does not tell which is the default one.
func TestDefaultFolderIsNotGuessed(t *testing.T) {
	w := start(t, graphtest.Quirks{NoContactsAlias: true})
	crm, err := w.srv.AddFolder(me, "", "CRM")
	require.NoError(t, err)
	_, err = w.srv.AddFolder(me, "", "Club")
	require.NoError(t, err)
	w.srv.SetHooks(graphtest.Hooks{
		Before: func(r graphtest.Request) *graphtest.Answer {
			if r.Route == "/contactFolders/{id}" {
				return graphtest.ErrorAnswer(404, "ErrorItemNotFound", "")
			}
			return nil
		},
		After: func(r graphtest.Request, a *graphtest.Answer) {
			if r.Route == "/contacts" {
				a.Body = []byte(`{"value":[{"id":"x","parentFolderId":"` + crm + `"}]}`)
			}
		},
	})
	got, err := w.dir.Folders(t.Context(), w.scope.Mailbox, record.Contact)
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.Equal(t, contactsync.Folder{Name: "Contacts", Default: true}, got[0])
}

// An empty mailbox without the alias: its folder has no id that could be known, and is synced all the same.
func TestDefaultFolderThatCannotBeTold(t *testing.T) {
	w := start(t, graphtest.Quirks{NoContactsAlias: true})
	got, err := w.dir.Folders(t.Context(), w.scope.Mailbox, record.Contact)
	require.NoError(t, err)
	require.Equal(t, []contactsync.Folder{{Name: "Contacts", Default: true}}, got)
	changes, last := w.round("")
	require.Empty(t, changes)
	require.True(t, last.Complete)
	found, err := w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{ID: "AAkALgnone"}, {Stamp: "1a"}})
	require.NoError(t, err)
	require.Equal(t, contactsync.Unknown, found[0].Removed)
	r := w.write(create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}})))[0]
	changes, _ = w.round(last.Next)
	require.Len(t, changes, 1)
	require.Equal(t, r.ID, changes[0].ID)
	require.Equal(t, "Grace", w.one(r.ID).Fields.Text("givenName"))
}

func TestCreateFolder(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	made, err := w.dir.CreateFolder(t.Context(), w.scope.Mailbox, record.Contact, " CRM ")
	require.NoError(t, err)
	require.Equal(t, "CRM", made.Name)
	again, err := w.dir.CreateFolder(t.Context(), w.scope.Mailbox, record.Contact, "crm")
	require.NoError(t, err)
	require.Equal(t, made, again)
	var invalid *contactsync.InvalidError
	_, err = w.dir.CreateFolder(t.Context(), w.scope.Mailbox, record.Contact, "  ")
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "name", invalid.Field)
}

// A lost answer to the making of a folder: it is looked for, not made again.
func TestCreateFolderAnswerLost(t *testing.T) {
	for _, status := range []int{0, 500, 504} {
		w := start(t, graphtest.Quirks{})
		w.srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
			if r.Method == "POST" {
				a.Status, a.Lost = status, status == 0
			}
		}})
		f, err := w.dir.CreateFolder(t.Context(), w.scope.Mailbox, record.Contact, "CRM")
		require.NoError(t, err)
		require.Equal(t, "CRM", f.Name)
		require.Equal(t, 1, w.srv.Counts().Routes["POST /contactFolders"])

		w.srv.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
			if r.Method == "POST" {
				return &graphtest.Answer{Status: 504}
			}
			return nil
		}})
		_, err = w.dir.CreateFolder(t.Context(), w.scope.Mailbox, record.Contact, "Never made")
		require.ErrorIs(t, err, contactsync.ErrUnconfirmed)
	}
}

// A connection to a folder inside another folder is served like any.
func TestNestedFolder(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	crm, err := w.srv.AddFolder(me, "", "CRM")
	require.NoError(t, err)
	w.scope.Folder, err = w.srv.AddFolder(me, crm, "Clients")
	require.NoError(t, err)
	r := w.write(create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}})))[0]
	changes, _ := w.round("")
	require.Len(t, changes, 1)
	require.Equal(t, w.scope.Folder, w.one(r.ID).Folder)
}
