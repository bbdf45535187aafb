package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// B11, promise 3: an undo that is stopped before it deletes an item leaves an entry of a delete. Is the item moved to another folder
// meanwhile, then taking that undo back makes no second one.
func TestStoppedUndoAndAnItemThatIsMoved(t *testing.T) {
	s := &stopper{}
	w := newUndoWorld(t, twoWay(), s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	run := w.sync()
	stopped := w.undoStoppedBefore(s, run)
	require.NoError(t, w.box.Move(w.outlookID("c1"), w.box.AddFolder(record.Contact, "Elsewhere").ID))

	r := w.undo(stopped)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Zero(t, r.Wrote())
	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
}

// B11, promise 3: the same for a CRM record that its user may no longer see.
func TestStoppedUndoAndARecordThatIsHidden(t *testing.T) {
	s := &stopper{}
	w := newUndoWorld(t, twoWay(), s.around)
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	run := w.sync()
	stopped := w.undoStoppedBefore(s, run)
	made := w.tenant.Records(record.Contact)
	require.Len(t, made, 1)
	require.NoError(t, w.tenant.Hide(made[0].ID, "u1"))

	r := w.undo(stopped)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Zero(t, r.Wrote())
	assert.Len(t, w.tenant.Records(record.Contact), 1)
	w.rests()
}

// undoStoppedBefore undoes a run, and stops once the intents are saved and before anything is written.
func (w *world) undoStoppedBefore(s *stopper, run contactsync.Report) contactsync.Report {
	w.t.Helper()
	s.n = 2
	w.now = w.now.Add(time.Minute)
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.ErrorIs(w.t, err, errStopped)
	s.starts(w, time.Hour)
	runs, err := w.engine.Undoable(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	return contactsync.Report{Run: runs[0].Run}
}

// B11: what a run that was stopped was about to write a later one wrote, over what a person had typed meanwhile. An undo of the
// stopped run puts that back.
func TestUndoOfAStoppedRunThatALaterOneReplaced(t *testing.T) {
	s := &stopper{}
	settings := everythingFlows()
	settings.Conflict = "outlook"
	w := newUndoWorld(t, settings, s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	second := w.outlookID("c2")
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	require.NoError(t, w.tenant.Delete("c2"))
	s.n = 2 // the intents are saved, nothing is sent
	stopped, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, time.Hour)
	w.editCRM("c1", "jobTitle=Analyst")
	w.editOutlook(second, "spouseName=Vincent")
	w.sync()
	require.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	require.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))

	r := w.undo(stopped)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Ada, Analyst"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Ada, ", "Grace, Vincent"}, w.outlookSide("givenName", "spouseName"))
	w.rests()
}

// B11: what a stopped run was about to write, a later one wrote and was undone for. Who has typed just that since keeps it.
func TestUndoOfAStoppedRunWhoseWriteWasUndone(t *testing.T) {
	s := &stopper{}
	w := newUndoWorld(t, everythingFlows(), s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	s.n = 2 // the intents are saved, nothing is sent
	stopped, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, time.Hour)
	w.undo(w.sync())
	require.Equal(t, []string{"Ada, Poet"}, w.crmSide("firstName", "jobTitle"))
	w.editCRM("c1", "jobTitle=Countess")

	r := w.undo(stopped)

	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	w.rests()
}

// B11, promise 3: a tie that has gone on with another card and, after a merge, with another record is not taken for that of the card
// which an undo had deleted: it stays, and no card is put back beside its own.
func TestUndoOfAnUndoWhoseTieHasGoneOn(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	undone := w.undo(w.sync())
	require.Empty(t, w.outlookSide("givenName"))
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	require.NoError(t, w.tenant.Merge("c1", "c2"))
	w.sync()
	require.Equal(t, 1, w.links(contactsync.Linked))

	r := w.undo(undone)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Equal(t, 1, w.links(contactsync.Linked))
	w.rests()
}

// B11, promise 3: an undo that was stopped did not come to delete an item, whose record then left what is selected. Taking that undo back makes
// no second one, also where the settings have let go of the item.
func TestStoppedUndoAndARecordThatLeaves(t *testing.T) {
	s := &stopper{}
	settings := twoWay()
	settings.Filter, settings.Left = filter.Equals("owner", "u1"), contactsync.Unlink
	w := newUndoWorld(t, settings, s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1")
	run := w.sync()
	stopped := w.undoStoppedBefore(s, run)
	w.sync()
	require.Equal(t, 1, w.links(contactsync.Linked))
	w.editCRM("c1", "owner=u2")
	w.sync()

	r := w.undo(stopped)

	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.rests()
	w.editCRM("c1", "owner=u1", "jobTitle=Countess")
	w.sync()
	assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
	w.rests()
}

// B11, promise 4: who threw a card away does not get it again since an undo was to delete its record, and was stopped: the record is there
// as if nobody had tried.
func TestStoppedUndoAndACardThatWasThrownAway(t *testing.T) {
	for name, wait := range map[string]time.Duration{"its delete may arrive yet": 5 * time.Minute, "later": time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := &stopper{}
			w := newUndoWorld(t, twoWay(), s.around)
			item := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
			run := w.sync()
			require.NoError(t, w.box.Delete(item))
			s.n = 2
			_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
			require.ErrorIs(t, err, errStopped)
			s.starts(w, wait)

			w.sync()
			w.now = w.now.Add(time.Hour)
			w.sync(contactsync.Full())

			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
			assert.Empty(t, w.outlookSide("givenName"))
			assert.Empty(t, w.problems())
			w.rests()
		})
	}
}
