package contactsync_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// another connects the mailbox of a second user of the tenant, and returns it with how to run it.
func (w *world) another() (box *memstore.Mailbox, folder string, sync func() contactsync.Report) {
	w.t.Helper()
	mailbox := contactsync.Mailbox{Account: "a-eva", User: "eva@example.com"}
	box = w.outlook.Mailbox(mailbox)
	eva, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: mailbox, Kind: record.Contact})
	require.NoError(w.t, err)
	return box, eva.Folder, func() contactsync.Report {
		w.t.Helper()
		w.now = w.now.Add(time.Minute)
		report, err := w.engine.Sync(w.ctx, eva.ID)
		require.NoError(w.t, err)
		return report
	}
}

// B11, promise 2: somebody has a card of their own of whom a run has imported. The import is not taken back, or the card would follow it.
func TestUndoLeavesWhatAnotherUserHasACardOf(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	ada := []string{"givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"}
	w.addOutlook(ada...)
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
	box, folder, syncEva := w.another()
	own, err := box.Add(folder, outlookFields(append(ada, "department=Mathematics", "spouseName=William")...))
	require.NoError(t, err)
	run := w.sync()
	syncEva()
	require.Len(t, box.Items(record.Contact, folder), 2, "Ada was matched, and Grace is copied to her")

	r := w.undo(run)

	assert.Equal(t, []string{"notUndone "}, codes(r.Problems))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	syncEva()
	items := box.Items(record.Contact, folder)
	require.Len(t, items, 1, "the copy of Grace goes as it came")
	assert.Equal(t, own.ID, items[0].ID)
	assert.Equal(t, own.Fields, items[0].Fields)
	w.rests()
}

// B11, promise 2: what the run had made and somebody has moved, hidden or merged since, is left and named, as often as the undo runs. Where it is
// back as it was, it is deleted.
func TestUndoNamesWhatItMadeAndSomebodyPutAway(t *testing.T) {
	person := []string{"givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"}
	for name, away := range map[string]func(w *world, id string) (back func()){
		"hidden": func(w *world, id string) func() {
			require.NoError(w.t, w.tenant.Hide(id, "u1"))
			return func() { require.NoError(w.t, w.tenant.Unhide(id, "u1")) }
		},
		"merged": func(w *world, id string) func() {
			w.put("other", "firstName=Augusta")
			require.NoError(w.t, w.tenant.Merge(id, "other"))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newUndoWorld(t, everythingFlows())
			w.addOutlook(person...)
			run := w.sync()
			back := away(w, w.tenant.Records(record.Contact)[0].ID)
			before := w.sides()

			for range 2 {
				r := w.undo(run)
				assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
				assert.Equal(t, before, w.sides())
			}

			if back != nil {
				back()
				assert.Empty(t, w.undo(run).Problems)
				assert.Empty(t, w.crmSide("firstName"))
			}
		})
	}
	t.Run("moved", func(t *testing.T) {
		w := newUndoWorld(t, everythingFlows())
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		run := w.sync()
		id := w.outlookID("c1")
		require.NoError(t, w.box.Move(id, w.box.AddFolder(record.Contact, "Friends").ID))

		for range 2 {
			assert.Equal(t, []string{"changedSince "}, codes(w.undo(run).Problems))
		}

		require.NoError(t, w.box.Move(id, w.folder))
		assert.Empty(t, w.undo(run).Problems)
		assert.Empty(t, w.outlookSide("givenName"))
	})
}

// B11: a value that the CRM takes no more, since its host made the field shorter, is not put back with its record. That is said, each time, and
// the journal keeps it.
func TestUndoNamesAValueThatDoesNotFitAnyMore(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "company=Analytics", "jobTitle=Analyst")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	run := w.sync()
	require.Empty(t, w.crmSide("firstName"))
	fields := slices.Clone(w.cfg.CRM[record.Contact].Fields())
	for i := range fields {
		if fields[i].Name == "company" {
			fields[i].MaxLen = 8
		}
	}
	narrow := must(record.NewSchema(record.Contact, fields...))
	var kept bytes.Buffer
	_, err := w.crm.WriteTo(&kept)
	require.NoError(t, err)
	w.crm = memstore.NewStore(narrow)
	w.crm.Now = func() time.Time { return w.now }
	_, err = w.crm.ReadFrom(&kept)
	require.NoError(t, err)
	w.tenant, w.cfg.Store = w.crm.Tenant("acme"), w.crm
	w.cfg.CRM = map[record.Kind]*record.Schema{record.Contact: narrow}
	w.restart()

	for range 2 {
		r := w.undo(run)
		assert.Equal(t, []string{"notUndone Company"}, codes(r.Problems))
		assert.Equal(t, []string{"Ada, , Analyst"}, w.crmSide("firstName", "company", "jobTitle"))
	}
	runs, err := w.engine.Undoable(t.Context(), w.conn.ID)
	require.NoError(t, err)
	i := slices.IndexFunc(runs, func(r contactsync.JournalRun) bool { return r.Run == run.Run })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, 1, runs[i].Open)
}

// B4: an answer from an old page, or to the halt of an undo, answers no other halt, though the guard and the side are the same.
func TestAnswerToAnotherHaltIsRefused(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(40)
	g.deleteCRM(0, 10)
	old := g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 10})
	g.now = g.now.Add(72 * time.Hour)
	g.deleteCRM(10, 18)
	shown := g.halted(contactsync.GuardDeletes, record.Outlook, 8)

	var invalid *contactsync.InvalidError
	require.ErrorAs(t, g.engine.Resume(g.ctx, g.conn.ID, old, contactsync.AnswerGoOn), &invalid)
	assert.Equal(t, "shown", invalid.Field)
	g.halted(contactsync.GuardDeletes, record.Outlook, 8)
	assert.Len(t, g.outlookSide("givenName"), 30)

	shown.Since = shown.Since.Truncate(time.Second) // as a host may keep it
	require.NoError(t, g.engine.Resume(g.ctx, g.conn.ID, shown, contactsync.AnswerGoOn))
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 8})
}

// B11, B4: on a halted connection the undo's own question is another than the connection's.
func TestHaltOfAnUndoIsAQuestionOfItsOwn(t *testing.T) {
	s := everythingFlows()
	s.Guards.Deletes = contactsync.Limit{Floor: 3}
	w := newUndoWorld(t, s)
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		w.put(name, "firstName="+name, "emails="+name+"@example.com")
	}
	run := w.sync()
	for _, name := range []string{"a", "b", "c", "d"} {
		require.NoError(t, w.tenant.Delete(name))
	}
	w.now = w.now.Add(time.Hour)
	require.Equal(t, contactsync.Halted, w.sync().Status)
	undo := w.undo(run)
	require.NotNil(t, undo.Halt)
	require.Equal(t, contactsync.GuardDeletes, undo.Halt.Guard)

	var invalid *contactsync.InvalidError
	require.ErrorAs(t, w.engine.Resume(w.ctx, w.conn.ID, *undo.Halt, contactsync.AnswerGoOn), &invalid)

	assert.Equal(t, "shown", invalid.Field)
	assert.Equal(t, contactsync.Halted, w.sync().Status)
	assert.Len(t, w.outlookSide("givenName"), 8)
}
