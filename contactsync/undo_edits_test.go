package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// B11: a record that somebody edited since is reported, field by field; the others are put back.
func TestUndoAfterEdits(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	for _, p := range [][]string{
		{"c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "company=Engines"},
		{"c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "jobTitle=Clerk", "company=Yale"},
		{"c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com", "jobTitle=Student", "company=King's"},
	} {
		w.put(p[0], p[1:]...)
	}
	w.sync()
	for _, id := range []string{"c1", "c2", "c3"} {
		w.editCRM(id, "jobTitle=Director", "company=Acme")
	}
	run := w.sync()
	require.Equal(t, 3, run.Counts[record.Outlook].Updated)
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.editOutlook(w.outlookID("c2"), "mobilePhone=+31 6 1234 0002") // another field: no reason to leave anything

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince Job title"}, codes(r.Problems))
	assert.Equal(t, [2]string{"c1", w.outlookID("c1")}, r.Problems[0].Record)
	assert.Equal(t, 3, r.Counts[record.Outlook].Updated)
	assert.Equal(t, []string{"Ada, Countess, Engines", "Alan, Student, King's", "Grace, Clerk, Yale"}, w.outlookSide("givenName", "jobTitle", "companyName"))
	w.sync()
	assert.Equal(t, []string{"Ada, Countess, Acme, ", "Alan, Director, Acme, ", "Grace, Director, Acme, +31 6 1234 0002"},
		w.crmSide("firstName", "jobTitle", "company", "mobile"), "their edits flow")
	w.rests()

	again := w.undo(run)
	assert.Equal(t, []string{"changedSince Job title"}, codes(again.Problems), "what was left is told again")
	assert.Zero(t, again.Wrote())
	w.editOutlook(w.outlookID("c1"), "jobTitle=Director") // as the run had written it
	w.sync()
	assert.Equal(t, 1, w.undo(run).Counts[record.Outlook].Updated)
	assert.Equal(t, []string{"Clerk", "Poet", "Student"}, w.outlookSide("jobTitle"))
	w.rests()
}

// B11: a record that is gone since is reported, and not brought back by the undo of an update.
func TestUndoAfterDeletes(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	run := w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
}

// B11: undoing twice is the same as once; what somebody then writes is theirs, though the run had written the same.
func TestUndoTwice(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	require.NoError(t, w.tenant.Delete("c3"))
	run := w.sync()
	require.Equal(t, contactsync.Counts{Created: 1, Updated: 1, Deleted: 1}, run.Counts[record.Outlook])
	once := w.undo(run)
	require.Equal(t, contactsync.Counts{Created: 1, Updated: 1, Deleted: 1}, once.Counts[record.Outlook])
	undone := w.sides()

	twice := w.undo(run)

	assert.Zero(t, twice.Wrote())
	assert.Empty(t, twice.Problems)
	assert.Equal(t, undone, w.sides())
	w.editOutlook(w.outlookID("c1"), "jobTitle=Analyst")
	assert.Zero(t, w.undo(run).Wrote())
	assert.Equal(t, []string{"", "Analyst"}, w.outlookSide("jobTitle"))
	w.rests()
	runs, err := w.engine.Undoable(w.ctx, w.conn.ID)
	require.NoError(t, err)
	for _, r := range runs {
		if r.Run == run.Run {
			assert.Equal(t, 3, r.Entries)
			assert.Zero(t, r.Open)
		}
	}
}

// B9, B11: what is put back in the CRM reaches the other mailboxes that had it, as any edit does, and does not come back from
// them; an edit that came from another mailbox since is not put back.
func TestUndoWithAnotherMailbox(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	grace := contactsync.Mailbox{Account: "a-grace", User: "grace@example.com"}
	box := w.outlook.Mailbox(grace)
	other, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: grace, Kind: record.Contact})
	require.NoError(t, err)
	both := func() {
		w.sync()
		_, err := w.engine.Sync(w.ctx, other.ID)
		require.NoError(t, err)
	}
	theirs := func() []string {
		return show(box.Items(record.Contact, other.Folder), []string{"givenName", "jobTitle"})
	}
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c2", "firstName=Alan", "lastName=Turing", "emails=alan@example.com", "jobTitle=Student")
	both()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Analyst")
	w.editOutlook(w.outlookID("c2"), "jobTitle=Logician")
	run := w.sync()
	require.Equal(t, 2, run.Counts[record.CRM].Updated)
	both()
	require.Equal(t, []string{"Ada, Analyst", "Alan, Logician"}, theirs())
	for _, item := range box.Items(record.Contact, other.Folder) {
		if item.Fields.Text("givenName") == "Alan" {
			require.NoError(t, box.Edit(item.ID, outlookFields("jobTitle=Reader")))
		}
	}
	_, err = w.engine.Sync(w.ctx, other.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"Ada, Analyst", "Alan, Reader"}, w.crmSide("firstName", "jobTitle"))

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince Job title"}, codes(r.Problems))
	assert.Equal(t, "c2", r.Problems[0].Record[record.CRM])
	assert.Equal(t, []string{"Ada, Poet", "Alan, Reader"}, w.crmSide("firstName", "jobTitle"))
	both()
	both()
	assert.Equal(t, []string{"Ada, Poet", "Alan, Reader"}, theirs())
	assert.Equal(t, []string{"Ada, Poet", "Alan, Reader"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Ada, Analyst", "Alan, Reader"}, w.outlookSide("givenName", "jobTitle"), "the edit that started it stays where it was made")
	w.rests()
}

// B11, B1: what was taken off the record and is then undone on the card too is the same on both sides. Typed in once more, also as the
// sync had last seen it there, it flows.
func TestUndoOfWhatIsTypedInOnceMore(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	run := w.sync()
	w.editCRM("c1", "jobTitle=")

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Ada, "}, w.outlookSide("givenName", "jobTitle"))
	w.editCRM("c1", "jobTitle=Analyst")
	w.sync()
	assert.Equal(t, []string{"Ada, Analyst"}, w.outlookSide("givenName", "jobTitle"))
	w.rests()
}
