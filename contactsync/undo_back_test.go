package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// B11, promise 2: a card whose record an undo deleted meets anew what another mailbox puts in the CRM in its place: what that says
// may be older, and is no edit of what the card holds.
func TestUndoneCardMeetsWhatAnotherMailboxPutsBack(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "jobTitle=Admiral")
	other := contactsync.Mailbox{Account: "a-eva", User: "eva@example.com"}
	box := w.outlook.Mailbox(other)
	eva, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: other, Kind: record.Contact})
	require.NoError(t, err)
	_, err = box.Add(eva.Folder, outlookFields("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "jobTitle=Captain"))
	require.NoError(t, err)
	syncOther := func() {
		_, err := w.engine.Sync(w.ctx, eva.ID)
		require.NoError(t, err)
	}
	run := w.sync()
	syncOther()
	w.undo(run)
	require.Empty(t, w.crmSide("jobTitle"))

	syncOther()
	w.sync()

	assert.Equal(t, []string{"Captain"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"Admiral"}, w.outlookSide("jobTitle"), "nobody has changed it")
	assert.Equal(t, []string{"conflict title"}, w.problems())
	w.rests()
}

// B11: who takes a card out of Deleted Items that an undo deleted, and edits it, does so before an undo of the undo ties it again:
// the edit flows like any other.
func TestUndoOfAnUndoFindsAnEditedCard(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	run := w.sync()
	item := w.outlookID("c1")
	undone := w.undo(run)
	require.NoError(t, w.box.Move(item, w.conn.Folder))
	w.editOutlook(item, "jobTitle=Countess")

	w.undo(undone)
	w.sync()

	assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
	w.rests()
}
