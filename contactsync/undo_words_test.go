package contactsync_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// B11: what a later run wrote over is left, and the report names that run, not a person: it is to be undone first. Then the earlier one can be.
func TestUndoNamesTheLaterRun(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "company=Mills")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst", "company=Engines")
	first := w.sync()
	w.editCRM("c1", "jobTitle=Baroness")
	second := w.sync()
	w.editCRM("c1", "jobTitle=Countess")
	third := w.sync()
	w.editOutlook(w.outlookID("c1"), "companyName=Looms")

	r := w.undo(first)

	words := map[string]string{}
	for _, p := range r.Problems {
		assert.Equal(t, contactsync.CodeChangedSince, p.Code)
		words[p.Rule] = p.Message
	}
	assert.Equal(t, map[string]string{
		"title":   fmt.Sprintf("Run %d has written it in the Outlook folder since. It stays as it is; undo run %d first.", third.Run, third.Run),
		"company": "Changed in the Outlook folder since the run. It stays as it is.",
	}, words)
	require.Empty(t, w.undo(third).Problems)
	r = w.undo(first)
	assert.Contains(t, messages(r.Problems), fmt.Sprintf("Run %d has written it in the Outlook folder since. It stays as it is; undo run %d first.", second.Run, second.Run))
	require.Empty(t, w.undo(second).Problems)
	r = w.undo(first)
	assert.Equal(t, []string{"Changed in the Outlook folder since the run. It stays as it is."}, messages(r.Problems))
	assert.Equal(t, []string{"Poet, Looms"}, w.outlookSide("jobTitle", "companyName"))
	w.sync() // the edit of the company
	w.rests()
}

// B11: so it is of a record that the run made and a later one has written to. Where a person did so beside, they are named.
func TestUndoNamesTheLaterRunOfWhatWasMade(t *testing.T) {
	for name, edited := range map[string]bool{"by the run alone": false, "by a person too": true} {
		t.Run(name, func(t *testing.T) {
			w := newUndoWorld(t, everythingFlows())
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			first := w.sync()
			w.editCRM("c1", "jobTitle=Analyst")
			later := w.sync()
			want := fmt.Sprintf("Run %d has written to it in the Outlook folder since the run made it. It is not deleted; undo run %d first.", later.Run, later.Run)
			if edited {
				w.editOutlook(w.outlookID("c1"), "department=Maths")
				want = "Changed in the Outlook folder since the run made it. It is not deleted."
			}

			r := w.undo(first)

			assert.Equal(t, []string{want}, messages(r.Problems))
			assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
			require.Len(t, w.outlookSide("givenName"), 1)
			if !edited {
				w.undo(later)
				require.Empty(t, w.undo(first).Problems)
				assert.Empty(t, w.outlookSide("givenName"))
			}
			w.rests()
		})
	}
}

func messages(problems []contactsync.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, p.Message)
	}
	return sorted(list)
}

// B11: an undo that finds nothing to be undone says why: another has done it, and where that was undone in turn, which run to undo instead.
func TestUndoWithNothingLeft(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	run := w.sync()
	assert.Empty(t, w.undo(run).Reason)
	undone, err := w.engine.Undoable(w.ctx, w.conn.ID)
	require.NoError(t, err)
	undo := contactsync.Report{Run: undone[0].Run}
	again := w.undo(run)
	assert.Zero(t, again.Wrote())
	assert.Equal(t, contactsync.Idle, again.Status)
	assert.Equal(t, fmt.Sprintf("Nothing of run %d is left to be undone: run %d has undone it.", run.Run, undo.Run), again.Reason)
	redo := w.undo(undo)
	require.Equal(t, []string{"Analyst"}, w.outlookSide("jobTitle"))

	r := w.undo(run)

	assert.Zero(t, r.Wrote())
	assert.Equal(t, fmt.Sprintf("Nothing of run %d is left to be undone: run %d has undone it, and run %d has undone that. To take it back once more, undo run %d.", run.Run, undo.Run, redo.Run, redo.Run), r.Reason)
	last := w.undo(redo)
	require.Equal(t, []string{"Poet"}, w.outlookSide("jobTitle"))
	r = w.undo(run)
	assert.Equal(t, fmt.Sprintf("Nothing of run %d is left to be undone: run %d has undone it, run %d has undone that, and run %d has undone that.", run.Run, undo.Run, redo.Run, last.Run), r.Reason)
	w.rests()
}

// B11: who undoes a bad first run and wants to begin again, under better settings, ends the connection and connects again: then all meet as at
// first, each once, and nothing that was undone stays apart.
func TestBeginAgainAfterAnUndo(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Countess")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.com")
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "jobTitle=Admiral")
	before := w.sides()
	run := w.sync()
	want := w.sides()
	w.undo(run)
	require.Equal(t, before, w.sides())
	w.rests()

	_, err := w.engine.Disconnect(w.ctx, w.conn.ID)
	require.NoError(t, err)
	require.Equal(t, before, w.sides())
	w.conn, err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada, Kind: record.Contact})
	require.NoError(t, err)
	runs, err := w.engine.Undoable(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Empty(t, runs, "the journal went with the connection")
	w.sync()

	assert.Equal(t, want, w.sides())
	assert.Equal(t, 3, w.links(contactsync.Linked))
	w.rests()
}

// B4: what a guard counted is said in words that fit the number.
func TestWordsOfAHalt(t *testing.T) {
	for name, tt := range map[string]struct {
		guards contactsync.Guards
		had    int
		do     func(w *world)
		want   string
	}{
		"one of one": {contactsync.Guards{Deletes: contactsync.Limit{DayFloor: 1, Percent: 0.1}, EmptySide: contactsync.Limit{Off: true}}, 1, func(w *world) { w.deleteCRM(0, 1) },
			"Stopped before anything was written: 1 of 1 contact would be deleted from the Outlook folder, and 0 are allowed without asking."},
		"one removed": {contactsync.Guards{EmptySide: contactsync.Limit{DayFloor: 1, Percent: 0.1}}, 3, func(w *world) { w.deleteCRM(0, 1) },
			"Stopped before anything was written: 1 of 3 contacts is reported as removed from the CRM, and 0 are allowed without asking. 1 of them would be deleted from the Outlook folder for it."},
		"more than there are": {contactsync.Guards{Creates: contactsync.Limit{Floor: 1}}, 1, func(w *world) { w.put("n1", "firstName=Alan"); w.put("n2", "firstName=Kees") },
			"Stopped before anything was written: 2 contacts would be created in the Outlook folder, beside 1 in sync, and 1 is allowed without asking."},
	} {
		t.Run(name, func(t *testing.T) {
			s := propagating()
			s.Guards = tt.guards
			w := newWorld(t, s)
			w.people(tt.had)
			w.sync()
			tt.do(w)

			r := w.sync()

			require.Equal(t, contactsync.Halted, r.Status)
			assert.Contains(t, r.Reason, tt.want)
		})
	}
}

// B11, B16: where the journal of a later run was sealed under a key that is gone, the earlier one is undone all the same: only the words know less.
func TestUndoBesideALaterRunUnderALostKey(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "company=Mills")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst", "company=Engines")
	first := w.sync()
	kept := w.cfg.Journal.Key
	w.cfg.Journal.Key = []byte("fedcba9876543210fedcba9876543210")
	w.restart()
	w.editCRM("c1", "jobTitle=Countess")
	w.sync()
	w.cfg.Journal.Key = kept
	w.restart()

	r := w.undo(first)

	assert.Equal(t, []string{"Changed in the Outlook folder since the run. It stays as it is."}, messages(r.Problems))
	assert.Equal(t, []string{"Countess, Mills"}, w.outlookSide("jobTitle", "companyName"))
	w.rests()
}

// B11: the undo of a run that was stopped before anything of it arrived says so, and the next run does it all.
func TestUndoOfARunOfWhichNothingArrived(t *testing.T) {
	s := &stopper{}
	w := newUndoWorld(t, twoWay(), s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	s.n = 2 // its intents are saved, and its first request is not sent
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	require.Empty(t, w.outlookSide("givenName"))
	s.starts(w, time.Hour)

	r := w.undo(contactsync.Report{Run: 1})

	assert.Equal(t, "Nothing that run 1 wrote is there to be undone: it did not arrive, or was taken back since.", r.Reason)
	assert.Zero(t, r.Wrote())
	assert.Empty(t, r.Problems)
	w.sync()
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.rests()
}

// B11: of a run that wrote nothing the journal has nothing, and the error says what else may be the reason.
func TestUndoOfARunThatWroteNothing(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	run := w.sync()

	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)

	require.ErrorIs(t, err, contactsync.ErrNotFound)
	assert.ErrorContains(t, err, "run 1 has nothing in the journal: it wrote nothing, was before what is kept, or never was")
}
