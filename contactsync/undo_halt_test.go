package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// newHaltWorld has a run that made 12 cards and 8 records, put values into 14 cards and cleared 9, all of it let through by guards that are
// set afterwards as they come.
func newHaltWorld(t *testing.T) (*world, contactsync.Report) {
	t.Helper()
	w := newUndoWorld(t, everythingFlows())
	w.people(30)
	for i := range 14 {
		w.editCRM(id("c", i), "jobTitle=Poet")
	}
	w.sync()
	for i := range 23 {
		title := "jobTitle=Analyst"
		if i >= 14 {
			title = "company=Engines"
		}
		w.editCRM(id("c", i), title)
	}
	for i := range 12 {
		w.put(id("n", i), "firstName=New"+id("", i), "lastName=Person", "emails="+id("n", i)+"@example.com")
	}
	for i := range 8 {
		w.addOutlook("givenName=Card"+id("", i), "surname=Person", "emailAddresses="+id("o", i)+"@example.com")
	}
	run := w.sync()
	require.Equal(t, contactsync.Counts{Created: 12, Updated: 23}, run.Counts[record.Outlook])
	require.Equal(t, contactsync.Counts{Created: 8}, run.Counts[record.CRM])
	w.now = w.now.Add(48 * time.Hour)
	w.sync()
	w.policy.Guards = contactsync.Guards{
		Deletes: contactsync.Limit{Floor: 5}, Clears: contactsync.Limit{Floor: 5}, Changes: contactsync.Limit{Floor: 10},
	}
	return w, run
}

// B11, B4: to take a run back is one decision. The halt of its undo names every limit that is exceeded, in numbers and in words; who lets it
// pass is not asked again, and that lets nothing else pass.
func TestUndoIsHaltedOnce(t *testing.T) {
	w, run := newHaltWorld(t)
	before := w.sides()

	r := w.undo(run)

	require.Equal(t, contactsync.Halted, r.Status)
	h := r.Halt
	assert.Equal(t, before, w.sides())
	assert.Equal(t, run.Run, h.Undoes)
	_, restorable := h.Restorable()
	assert.False(t, restorable, "nobody has removed anything")
	assert.Equal(t, contactsync.Excess{Guard: contactsync.GuardDeletes, Side: record.CRM, Count: 8, Of: 50, Limit: 5},
		contactsync.Excess{Guard: h.Guard, Side: h.Side, Count: h.Count, Of: h.Of, Limit: h.Limit, Day: h.Day})
	assert.Equal(t, []contactsync.Excess{
		{Guard: contactsync.GuardDeletes, Side: record.Outlook, Count: 12, Of: 50, Limit: 5},
		{Guard: contactsync.GuardClears, Side: record.Outlook, Count: 9, Of: 50, Limit: 5},
		{Guard: contactsync.GuardChanges, Side: record.Outlook, Count: 23, Of: 50, Limit: 10},
	}, h.Also)
	assert.Equal(t, "Stopped before anything was written: 8 of 50 contacts would be deleted from the CRM, and 5 are allowed without asking; "+
		"12 of 50 contacts would be deleted from the Outlook folder, and 5 are allowed without asking; "+
		"9 of 50 contacts would lose a value in the Outlook folder, and 5 are allowed without asking; "+
		"23 of 50 contacts would be changed in the Outlook folder, and 10 are allowed without asking. "+
		"Look at the plan of the undo, then let it pass or not.", r.Reason)
	plan, err := w.engine.PlanUndo(w.ctx, w.conn.ID, run.Run)
	require.NoError(t, err)
	assert.Equal(t, r.Reason, plan.Reason)
	assert.Equal(t, len(h.Also), len(plan.Halt.Also))

	r = w.undo(run, contactsync.LetPass(*h))

	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Empty(t, r.Problems)
	assert.Equal(t, contactsync.Counts{Deleted: 12, Updated: 23}, r.Counts[record.Outlook])
	assert.Equal(t, contactsync.Counts{Deleted: 8}, r.Counts[record.CRM])
	conn, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Empty(t, conn.Progress.Passed)
	w.rests()
	w.deleteCRM(0, 6)
	assert.Equal(t, contactsync.Halted, w.sync().Status, "what was let pass was the undo's alone")
}

// B4: what the person was not shown is not let pass: not more of any of it than the halt named, no limit that it did not name, and no undo of another run.
func TestLetPassIsWhatWasShown(t *testing.T) {
	w, run := newHaltWorld(t)
	before := w.sides()
	shown := *w.undo(run).Halt
	for name, change := range map[string]func(h *contactsync.Halt){
		"fewer of the first":     func(h *contactsync.Halt) { h.Count-- },
		"fewer of another":       func(h *contactsync.Halt) { h.Also[2].Count-- },
		"one of them was hidden": func(h *contactsync.Halt) { h.Also = h.Also[:2] },
		"the first alone":        func(h *contactsync.Halt) { h.Also = nil },
	} {
		h := shown
		h.Also = append([]contactsync.Excess{}, shown.Also...)
		change(&h)
		assert.Equal(t, contactsync.Halted, w.undo(run, contactsync.LetPass(h)).Status, name)
		assert.Equal(t, before, w.sides(), name)
	}
	var invalid *contactsync.InvalidError
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run-1, contactsync.LetPass(shown))
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "shown", invalid.Field)
	err = w.engine.Resume(w.ctx, w.conn.ID, shown, contactsync.AnswerGoOn)
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, before, w.sides())
}

// B4: a person who was shown a halt, and then another one of the same undo, which had grown meanwhile, has seen the greater.
func TestLetPassOfWhatHasGrown(t *testing.T) {
	w, run := newHaltWorld(t)
	item := w.outlookID(id("n", 0))
	w.editOutlook(item, "department=Maths")
	first := *w.undo(run).Halt
	w.editOutlook(item, "department=")
	second := *w.undo(run, contactsync.LetPass(first)).Halt
	require.Greater(t, second.Count, first.Also[0].Count)

	r := w.undo(run, contactsync.LetPass(first), contactsync.LetPass(second))

	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Equal(t, 12, r.Counts[record.Outlook].Deleted)
	w.rests()
}

// B11, B4: within the day of the run, what that run did counts too, and the one halt says so.
func TestUndoWithinTheDayOfItsRun(t *testing.T) {
	s := everythingFlows()
	s.Guards.Changes = contactsync.Limit{Floor: 10}
	w := newUndoWorld(t, s)
	w.people(30)
	for i := range 8 {
		w.editCRM(id("c", i), "jobTitle=Analyst")
	}
	run := w.sync()
	require.Equal(t, 8, run.Counts[record.Outlook].Updated)

	r := w.undo(run)

	require.NotNil(t, r.Halt)
	assert.Equal(t, 8, r.Halt.Day)
	assert.Contains(t, r.Reason, "8 of 30 contacts would be changed in the Outlook folder, after 8 within a day, and 10 a day are allowed without asking.")
	assert.Equal(t, 8, w.undo(run, contactsync.LetPass(*r.Halt)).Counts[record.Outlook].Updated)
	w.rests()
}
