package contactsync_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// B11, promise 1: an item that an undo was to delete and did not takes part again with the next runs, not only with a complete one.
func TestUndoThatDidNotDelete(t *testing.T) {
	s := &stopper{}
	w := newUndoWorld(t, twoWay(), s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	run := w.sync()
	w.sync()
	s.n = 2 // the intent is saved, the delete is not sent
	w.now = w.now.Add(time.Minute)
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, time.Hour)
	w.editCRM("c1", "jobTitle=Countess")

	r := w.sync()

	assert.Equal(t, contactsync.Counts{Updated: 1}, r.Counts[record.Outlook])
	assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
	w.rests()
}

// B11, promise 1: a run that ends a tie and then cannot leave word of it leaves the tie to the next.
func TestEndOfATieIsTold(t *testing.T) {
	s := &stopper{}
	deaf := false
	w := newUndoWorld(t, twoWay(), s.around, func(c *contactsync.Config) {
		c.State = contactsynctest.InterceptState(c.State, contactsynctest.StateHooks{Before: func(_ context.Context, method string) error {
			if deaf && method == "Post" {
				return errStopped
			}
			return nil
		}})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	run := w.sync()
	undone := w.undo(run)
	require.Empty(t, w.outlookSide("givenName"))
	s.n = 2 // the intent is saved, the create is not sent
	w.now = w.now.Add(time.Minute)
	_, err := w.engine.Undo(w.ctx, w.conn.ID, undone.Run)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, 5*time.Minute+time.Second) // the lease is over, and the create may be under way still
	w.sync()
	deaf = true
	w.now = w.now.Add(time.Hour)
	_, err = w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	deaf = false
	for range 3 {
		w.now = w.now.Add(time.Hour)
		w.sync()
	}

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.rests()
}

// B11, X4: what an undo puts back in the CRM is no change that brings a record back whose item was deleted, wherever the undo is
// stopped; what somebody writes is.
func TestUndoOfAnUnlinkedRecord(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("lost answer %v", after), func(t *testing.T) {
			for n := 1; ; n++ {
				s := &stopper{}
				settings := twoWay()
				settings.Deleted.InOutlook = contactsync.Unlink
				w := newUndoWorld(t, settings, s.around)
				w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
				w.sync()
				item := w.outlookID("c1")
				w.editOutlook(item, "jobTitle=Countess")
				run := w.sync()
				require.NoError(t, w.box.Delete(item))
				w.sync()
				s.n, s.after = n, after
				w.now = w.now.Add(time.Minute)
				_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
				s.starts(w, time.Hour)

				for range 3 {
					w.sync()
				}

				require.Empty(t, w.outlookSide("givenName"), "effect %d", n)
				links, lookUp := w.state.LinksOf(w.ctx, w.conn.ID, record.CRM, []string{"c1"})
				require.NoError(t, lookUp)
				require.Empty(t, links[0].Pending, "effect %d: nothing is open", n)
				w.rests()
				w.editCRM("c1", "company=Engines")
				w.sync()
				require.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"), "effect %d", n)
				if err == nil {
					require.Greater(t, n, 2)
					return
				}
			}
		})
	}
}

// B4, B11: what a person had decided and a run had carried out is not done again after the undo, though that run was stopped
// before it could say so. Each side has its own again.
func TestUndoOfADecisionCarriedOut(t *testing.T) {
	s := &stopper{}
	settings := twoWay()
	settings.Conflict = "ask"
	w := newUndoWorld(t, settings, s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	asked := w.sync()
	require.Equal(t, []string{"conflict title"}, w.problems())
	require.NoError(t, w.engine.Decide(w.ctx, w.conn.ID, asked.Problems[0].ID, record.CRM))
	s.n, s.after = 2, true // it is written, and no answer comes
	stopped, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, time.Hour)
	require.Equal(t, []string{"Analyst"}, w.outlookSide("jobTitle"))

	w.undo(stopped)

	require.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
	w.sync()
	assert.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
	assert.Equal(t, []string{"Analyst"}, w.crmSide("jobTitle"))
	w.rests()
	assert.Empty(t, w.problems())
}

// B11: an undo that lacks access leaves a halted connection halted.
func TestUndoWithoutAccessLeavesTheHalt(t *testing.T) {
	settings := twoWay()
	settings.Guards.Creates = contactsync.Limit{Floor: 1}
	denied := false
	w := newUndoWorld(t, settings, func(c *contactsync.Config) {
		c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Before: func(context.Context, string) error {
			if denied {
				return contactsync.ErrDenied
			}
			return nil
		}})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace")
	run := w.sync()
	w.put("c2", "firstName=Grace", "lastName=Hopper")
	require.Equal(t, contactsync.Halted, w.sync().Status)

	denied = true
	require.Equal(t, contactsync.NoAccess, w.undo(run).Status)
	denied = false

	conn, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Halted, conn.Status)
	assert.NotNil(t, conn.Halt)
	require.NoError(t, w.answer(contactsync.AnswerGoOn))
	w.sync()
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
}

// B5: a create that did not happen is not made up for once the record has nothing to tell any more; it is as soon as it has.
func TestRepeatOfABlankRecord(t *testing.T) {
	s := &stopper{}
	w := newWorld(t, twoWay(), s.around)
	w.put("c1", "firstName=Ada")
	s.n = 2 // the intent is saved, the create is not sent
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, time.Hour)
	w.editCRM("c1", "firstName=")
	for range 3 {
		w.sync()
	}
	require.Empty(t, w.outlookSide("givenName"))

	w.editCRM("c1", "firstName=Grace")
	w.sync()

	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
	w.settled()
}

// B11: an undo that the service refused knows of the run's write, whose answer was lost, when it is repeated: nothing of it flows
// again.
func TestUndoThatWasRefusedIsRepeated(t *testing.T) {
	lost, refuse := false, false
	w := newUndoWorld(t, twoWay(), func(c *contactsync.Config) {
		next := c.Directory
		c.Directory = contactsynctest.Intercept(next, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if refuse {
					return []contactsync.Result{{Err: &contactsync.InvalidError{Field: "jobTitle", Reason: "not today"}}}, nil
				}
				return next.Apply(ctx, sc, writes)
			},
			After: func(_ context.Context, method string, err error) error {
				if lost && method == "Apply" {
					return context.DeadlineExceeded
				}
				return err
			},
		})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.editCRM("c1", "jobTitle=Countess")
	lost = true
	run, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	lost, refuse = false, true
	w.undo(run)
	require.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
	refuse = false
	w.undo(run)
	require.Equal(t, []string{""}, w.outlookSide("jobTitle"))

	w.now = w.now.Add(time.Hour)
	w.sync()

	assert.Equal(t, []string{"Countess"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{""}, w.outlookSide("jobTitle"))
	w.rests()
}

// B11, B22: a value that was cut to what the CRM holds, by a run that did not hear what became of it, does not come back once it
// is undone.
func TestUndoOfACutValueNobodyConfirmed(t *testing.T) {
	s := &stopper{}
	settings := twoWay()
	settings.Overflow = "truncate"
	w := newUndoWorld(t, settings, s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	long := strings.TrimSpace(strings.Repeat("Analyst ", 20))
	w.editOutlook(w.outlookID("c1"), "jobTitle="+long)
	s.n, s.after = 2, true // the intent is saved, and the CRM has written
	run, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, 6*time.Minute)
	require.NotEqual(t, []string{""}, w.crmSide("jobTitle"))

	w.undo(run)
	w.now = w.now.Add(time.Hour)
	w.sync()

	assert.Equal(t, []string{""}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{long}, w.outlookSide("jobTitle"))
	w.rests()
}

// B11, drift: the mailbox gives a form of its own to what an undo put back, which did not hear of it. Where edits of a card are put
// right, the run that comes next could take it for one, and would do again what was undone.
func TestUndoIsNotPutRight(t *testing.T) {
	var w *world
	lost := false
	settings := twoWay()
	settings.Flow.ToCRM, settings.Drift = &contactsync.Ops{}, conflict.DriftRestore
	w = newUndoWorld(t, settings, func(c *contactsync.Config) {
		c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{After: func(_ context.Context, method string, err error) error {
			if lost && method == "Apply" {
				lost = false
				w.editOutlook(w.outlookID("c1"), "companyName=Engines Ltd")
				return context.DeadlineExceeded
			}
			return err
		}})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "company=Engines")
	w.sync()
	w.editCRM("c1", "company=Mills")
	run := w.sync()
	require.Equal(t, []string{"Mills"}, w.outlookSide("companyName"))
	lost = true
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	w.now = w.now.Add(time.Hour)
	w.sync()

	assert.Equal(t, []string{"Engines Ltd"}, w.outlookSide("companyName"))
	w.rests()
	w.editOutlook(w.outlookID("c1"), "companyName=Looms")
	w.sync()
	assert.Equal(t, []string{"Mills"}, w.outlookSide("companyName"), "what is edited later is put right")
	w.rests()
}
