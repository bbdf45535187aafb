package contactsync_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// B11: a plan of an undo shows what would be put back and what would be left, and writes nothing; Apply refuses it.
func TestPlanUndo(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com", "jobTitle=Student")
	w.sync()
	w.editCRM("c1", "jobTitle=")
	w.editCRM("c3", "jobTitle=Logician")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	run := w.sync()
	w.editOutlook(w.outlookID("c3"), "jobTitle=Reader")
	before := w.sides()

	plan, err := w.engine.PlanUndo(w.ctx, w.conn.ID, run.Run)

	require.NoError(t, err)
	assert.Equal(t, run.Run, plan.Undoes)
	assert.Equal(t, contactsync.PlanCounts{Update: 1, Delete: 1}, plan.Counts(record.Outlook))
	assert.Equal(t, contactsync.PlanCounts{}, plan.Counts(record.CRM))
	for _, a := range plan.Actions {
		assert.Equal(t, contactsync.WhyUndone, a.Reason)
		if a.Op == contactsync.Update {
			assert.Equal(t, []contactsync.FieldChange{{Rule: "title", Fields: []string{"jobTitle"}, Reason: "undone"}}, a.Fields)
		}
	}
	assert.Equal(t, []string{"changedSince Job title"}, codes(plan.Problems))
	assert.Equal(t, before, w.sides())
	_, err = w.engine.Apply(w.ctx, plan)
	var invalid *contactsync.InvalidError
	assert.ErrorAs(t, err, &invalid)
	assert.Equal(t, before, w.sides())
	assert.Equal(t, 2, w.undo(run).Wrote())
}

// B11, B4: a guard stops an undo before it writes anything, without halting the connection; a person lets it go on.
func TestUndoPassesTheGuards(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	for i := range 8 {
		w.put("c"+string(rune('1'+i)), "firstName=Ada", "lastName=Number"+string(rune('A'+i)), "emails=ada"+string(rune('a'+i))+"@example.com")
	}
	run := w.sync()
	require.Equal(t, 8, run.Counts[record.Outlook].Created)
	before := w.sides()

	r := w.undo(run)

	require.Equal(t, contactsync.Halted, r.Status)
	assert.Equal(t, contactsync.GuardDeletes, r.Halt.Guard)
	assert.Equal(t, 8, r.Halt.Count)
	assert.NotEmpty(t, r.Reason)
	assert.Equal(t, before, w.sides())
	conn, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Idle, conn.Status)
	assert.Zero(t, w.sync().Wrote(), "what syncs is not stopped")
	less := *r.Halt
	less.Count = 7
	assert.Equal(t, contactsync.Halted, w.undo(run, contactsync.LetPass(less)).Status)

	more := *r.Halt
	more.Count = 100

	r = w.undo(run, contactsync.LetPass(more))

	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Equal(t, 8, r.Counts[record.Outlook].Deleted)
	conn, err = w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Empty(t, conn.Progress.Passed, "what was let pass is the undo's alone")
	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
}

// B11: an undo works on a connection that was switched off or halted after the damage, and leaves it so.
func TestUndoWhileOffOrHalted(t *testing.T) {
	for name, stop := range map[string]func(w *world){
		"switched off by the administrator": func(w *world) { w.policy.Disabled = true },
		"switched off by the user": func(w *world) {
			w.conn.Inactive = true
			_, err := w.engine.Connect(w.ctx, w.conn)
			require.NoError(w.t, err)
		},
		"halted by a guard": func(w *world) {
			for i := range 7 {
				require.NoError(w.t, w.tenant.Delete("c"+string(rune('1'+i))))
			}
			require.Equal(w.t, contactsync.Halted, w.sync().Status)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := everythingFlows()
			s.Guards.Deletes = contactsync.Limit{}
			w := newUndoWorld(t, s)
			for i := range 9 {
				w.put("c"+string(rune('1'+i)), "firstName=Ada", "lastName=Number"+string(rune('A'+i)), "emails=ada"+string(rune('a'+i))+"@example.com", "jobTitle=Poet")
			}
			w.sync()
			w.editCRM("c9", "jobTitle=Analyst")
			run := w.sync()
			stop(w)
			conn, err := w.state.Connection(w.ctx, w.conn.ID)
			require.NoError(t, err)

			r := w.undo(run)

			assert.Equal(t, contactsync.Idle, r.Status)
			assert.Equal(t, 1, r.Counts[record.Outlook].Updated)
			after, err := w.state.Connection(w.ctx, w.conn.ID)
			require.NoError(t, err)
			after.Progress.Day = conn.Progress.Day // the undo counts in it
			assert.Equal(t, conn, after)
			assert.NotContains(t, w.outlookSide("jobTitle"), "Analyst")
		})
	}
}

// B11, B4: the day of an undo is the last, however long the connection has been halted; what that waits for is looked at as before.
func TestUndoLongAfterAHalt(t *testing.T) {
	w := newUndoWorld(t, propagating())
	w.people(40)
	for i := range 3 {
		w.put(id("n", i), "firstName=New"+id("", i), "lastName=Person", "emails="+id("n", i)+"@example.com")
	}
	run := w.sync()
	require.Equal(t, 3, run.Counts[record.Outlook].Created)
	w.deleteCRM(0, 4)
	require.Equal(t, 4, w.sync().Counts[record.Outlook].Deleted)
	w.deleteCRM(4, 6)
	require.NotNil(t, w.sync().Halt)
	require.NoError(t, w.answer(contactsync.AnswerWait))
	require.NotNil(t, w.sync().Halt)
	soon := w.undo(run)
	require.NotNil(t, soon.Halt, "within the day")
	assert.Equal(t, 4, soon.Halt.Day)
	w.now = w.now.Add(8 * 24 * time.Hour)

	r := w.undo(run)

	assert.Equal(t, 3, r.Counts[record.Outlook].Deleted)
	halt := w.sync().Halt
	require.NotNil(t, halt)
	assert.Equal(t, 7, halt.Day)
}

// B11: entries are kept for as long as the host says, and then neither used nor stored.
func TestUndoIsForgotten(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	run := w.sync()
	w.now = w.now.Add(30*24*time.Hour - 2*time.Minute)
	_, err := w.engine.PlanUndo(w.ctx, w.conn.ID, run.Run)
	require.NoError(t, err)
	w.now = w.now.Add(4 * time.Minute)

	_, err = w.engine.Undo(w.ctx, w.conn.ID, run.Run)

	require.ErrorIs(t, err, contactsync.ErrNotFound)
	runs, err := w.engine.Undoable(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Empty(t, runs)
	w.sync()
	kept, err := w.state.JournalRuns(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Empty(t, kept)
	w.rests()
}

// B11: a run over a thousand records is taken back: updates that a bad import in the CRM brought about, first meetings, creates
// and deletes; three of them were touched since, and are reported.
func TestUndoAThousand(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	id := func(i int) string { return fmt.Sprintf("c%04d", i) }
	const n = 1000
	for i := range n {
		w.put(id(i), fmt.Sprintf("firstName=First%04d", i), "lastName=Person", fmt.Sprintf("emails=p%04d@example.com", i), "jobTitle=Poet", fmt.Sprintf("mobile=+31 6 1234 0%03d", i))
	}
	w.sync()
	before := w.outlookSide(allOfOutlook...)
	for i := range n {
		switch {
		case i%10 == 0:
			require.NoError(t, w.tenant.Delete(id(i)))
		case i%10 == 1:
			require.NoError(t, w.tenant.Edit(id(i), crmFields("jobTitle=", "mobile=")))
		default:
			require.NoError(t, w.tenant.Edit(id(i), crmFields("jobTitle=Imported", "company=Wrong")))
		}
		w.put("n"+id(i), fmt.Sprintf("firstName=New%04d", i), "lastName=Newcomer", fmt.Sprintf("emails=n%04d@example.com", i))
	}
	run := w.sync()
	require.Equal(t, contactsync.Counts{Created: n, Updated: n - n/10, Deleted: n / 10}, run.Counts[record.Outlook])
	w.editOutlook(w.outlookID(id(2)), "jobTitle=Countess")
	w.editOutlook(w.outlookID("n"+id(7)), "mobilePhone=+31 6 1234 0007")
	require.NoError(t, w.box.Delete(w.outlookID(id(3))))
	imported := w.crmSide(allOfCRM...)

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince ", "changedSince ", "changedSince Job title"}, codes(r.Problems))
	assert.Equal(t, contactsync.Counts{Created: n / 10, Updated: n - n/10 - 1, Deleted: n - 1}, r.Counts[record.Outlook])
	assert.Equal(t, imported, w.crmSide(allOfCRM...), "the CRM's own edits stay")
	after := w.outlookSide(allOfOutlook...)
	require.Len(t, after, n) // without the one that was deleted, with the one that was made and touched
	missing := 0
	for _, was := range before {
		if _, found := slices.BinarySearch(after, was); !found {
			missing++
		}
	}
	assert.Equal(t, 2, missing, "the one that was edited and the one that was deleted")
	w.sync()
	w.rests()
	assert.Zero(t, w.undo(run).Wrote())
}

// B11: an undo whose last save the State refuses has not counted what it made: the run that looks up what became of that
// does not take its State for damaged, and makes who is new at once.
func TestUndoWhoseLastSaveIsRefused(t *testing.T) {
	saves, settings := 0, everythingFlows()
	settings.Left = contactsync.Propagate
	w := newUndoWorld(t, settings, func(c *contactsync.Config) {
		c.State = contactsynctest.InterceptState(c.State, contactsynctest.StateHooks{Before: func(_ context.Context, method string) error {
			if method != "Save" || saves == 0 {
				return nil
			}
			if saves--; saves > 0 {
				return nil
			}
			return &contactsync.ThrottledError{RetryAfter: time.Minute}
		}})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "kind=in")
	w.sync()
	w.policy.Filter = filter.Equals("kind", "in")
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Deleted)
	w.policy.Filter = filter.Condition{}
	saves = 2 // the intents are saved
	w.now = w.now.Add(time.Minute)

	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)

	require.ErrorAs(t, err, new(*contactsync.ThrottledError))
	w.rememberedLinks(1)
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.sync()
	assert.Equal(t, []string{"Ada", "Alan", "Grace"}, w.outlookSide("givenName"))
	w.rememberedLinks(3)
	w.rests()
}

// rememberedLinks asserts that the connection has n links, and remembers that it does.
func (w *world) rememberedLinks(n int) {
	w.t.Helper()
	conn, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	stored, err := w.state.CountLinks(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	assert.Equal(w.t, [2]int{n, n}, [2]int{conn.Progress.Linked, stored}, "remembered and stored")
}
