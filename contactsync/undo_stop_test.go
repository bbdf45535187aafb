package contactsync_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

var errStopped = errors.New("the process has stopped")

// stopper stops the process around its n-th effect: before it, or after it and before its answer. From then on nothing is
// reached any more, until it starts again.
type stopper struct {
	n     int // 0: never
	after bool
	dead  bool
}

func (s *stopper) before(_ context.Context, method string) error {
	if s.dead {
		return errStopped
	}
	if method != "Apply" && method != "Save" || s.n == 0 {
		return nil
	}
	if s.n--; s.n == 0 && !s.after {
		s.dead = true
		return errStopped
	}
	return nil
}

func (s *stopper) afterwards(_ context.Context, method string, err error) error {
	if s.after && s.n == 0 && !s.dead && (method == "Apply" || method == "Save") {
		s.dead = true
		return errStopped
	}
	if s.dead {
		return errStopped
	}
	return err
}

// around puts the stopper around all three sides.
func (s *stopper) around(c *contactsync.Config) {
	c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Before: s.before, After: s.afterwards})
	c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Before: s.before, After: s.afterwards})
	c.State = contactsynctest.InterceptState(c.State, contactsynctest.StateHooks{Before: s.before, After: s.afterwards})
	c.ChunkSize = 2
}

// starts lets the process start again, once its lease is over.
func (s *stopper) starts(w *world, later time.Duration) {
	*s = stopper{}
	w.restart()
	w.now = w.now.Add(later)
}

// mixedRun makes a run of everything: creates, updates and deletes on both sides.
func mixedRun(t *testing.T, s *stopper) (*world, contactsync.Report) {
	w := newUndoWorld(t, everythingFlows(), s.around)
	for i := range 8 {
		w.put(fmt.Sprintf("c%d", i), "firstName=Ada", fmt.Sprintf("lastName=Number%c", 'A'+i), fmt.Sprintf("emails=ada%d@example.com", i), "jobTitle=Poet", "owner=u1")
	}
	w.sync()
	for i := range 8 {
		w.editOutlook(w.outlookID(fmt.Sprintf("c%d", i)), "spouseName=William", "department=Maths")
	}
	w.sync()
	w.editCRM("c0", "jobTitle=Analyst")
	w.editCRM("c1", "jobTitle=Analyst", "company=Engines")
	w.editOutlook(w.outlookID("c1"), "mobilePhone=+31 6 1234 0001")
	w.editOutlook(w.outlookID("c2"), "jobTitle=")
	require.NoError(t, w.tenant.Delete("c3"))
	require.NoError(t, w.tenant.Delete("c4"))
	require.NoError(t, w.box.Delete(w.outlookID("c5")))
	require.NoError(t, w.box.Delete(w.outlookID("c6")))
	w.put("c8", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.put("c9", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.addOutlook("givenName=Emmy", "surname=Noether", "emailAddresses=emmy@example.org")
	w.addOutlook("givenName=Sofia", "surname=Kovalevskaya", "emailAddresses=sofia@example.org")
	run := w.sync()
	require.Equal(t, [2]contactsync.Counts{{Created: 2, Updated: 2, Deleted: 2}, {Created: 2, Updated: 2, Deleted: 2}}, run.Counts)
	return w, run
}

// B11, B5: an undo that is stopped at any of its effects can be run again, at once or after syncs; nothing is lost, doubled or
// done again.
func TestUndoStoppedAnywhere(t *testing.T) {
	whole, run := mixedRun(t, &stopper{})
	undone := whole.undo(run)
	require.Empty(t, undone.Problems)
	want := whole.sides()
	whole.rests()
	between := map[string]func(w *world){
		"again at once":        func(*world) {},
		"again after a sync":   func(w *world) { w.sync() },
		"again after complete": func(w *world) { w.sync(contactsync.Full()); w.sync(contactsync.Full()) },
	}
	for _, after := range []bool{false, true} {
		for name, meanwhile := range between {
			t.Run(fmt.Sprintf("lost answer %v, %s", after, name), func(t *testing.T) {
				effects := 0
				for n := 1; ; n++ {
					s := &stopper{}
					w, run := mixedRun(t, s)
					s.n, s.after = n, after
					w.now = w.now.Add(time.Minute)
					_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
					if err == nil {
						break
					}
					effects++
					require.ErrorIs(t, err, errStopped)
					s.starts(w, time.Hour)
					meanwhile(w)

					r := w.undo(run)

					require.Empty(t, r.Problems, "effect %d", n)
					require.Equal(t, want, w.sides(), "effect %d", n)
					w.rests()
					require.Zero(t, w.undo(run).Wrote(), "effect %d", n)
				}
				assert.GreaterOrEqual(t, effects, 14, "the undo was stopped at each of its effects")
			})
		}
	}
}

// B11, B5: what may be under way is waited for; then the undo goes on.
func TestUndoAgainTooEarly(t *testing.T) {
	s := &stopper{}
	w, run := mixedRun(t, s)
	s.n, s.after = 2, false // the intents are saved, the first creates are not sent
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, 5*time.Minute+time.Second) // the lease is over, and no more

	r := w.undo(run)

	assert.Equal(t, []string{"notUndone ", "notUndone "}, codes(r.Problems), "of the two items nobody knows yet")
	w.now = w.now.Add(10 * time.Minute)
	r = w.undo(run)
	assert.Empty(t, r.Problems)
	assert.Equal(t, 2, r.Counts[record.Outlook].Created)
	w.rests()
}

// B11, B5: where a sync comes before the undo that was stopped is run again, it does not make up what only the journal knows:
// the undo finds another item there, says so, and puts nothing beside it.
func TestUndoStoppedAndSynced(t *testing.T) {
	s := &stopper{}
	settings := everythingFlows()
	settings.Left = contactsync.Propagate
	w := newUndoWorld(t, settings, s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "kind=in")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "spouseName=William")
	w.sync()
	w.policy.Filter = filter.Equals("kind", "in")
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Deleted)
	w.policy.Filter = filter.Condition{}
	s.n = 2 // the intent is saved, the create is not sent
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, time.Hour)
	w.sync(contactsync.Full())
	w.sync(contactsync.Full())
	require.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.rests()
}

// B11, promise 3: what an undo is about to make in the CRM may arrive after another worker's sync, which holds its tie until then.
func TestUndoWhoseCreateArrivesLate(t *testing.T) {
	var meanwhile func()
	w := newUndoWorld(t, everythingFlows(), func(c *contactsync.Config) {
		c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Before: func(_ context.Context, method string) error {
			if do := meanwhile; do != nil && method == "Apply" {
				meanwhile = nil
				do()
			}
			return nil
		}})
	})
	w.addOutlook("givenName=Emmy", "surname=Noether")
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.CRM].Created)
	undone := w.undo(run)
	require.Empty(t, w.crmSide("firstName"))
	stalled := w.engine
	meanwhile = func() {
		w.now = w.now.Add(6 * time.Minute) // its lease is over
		w.restart()
		w.sync(contactsync.Full())
	}

	_, err := stalled.Undo(w.ctx, w.conn.ID, undone.Run)

	require.ErrorIs(t, err, contactsync.ErrFenced)
	w.now = w.now.Add(time.Hour)
	w.sync(contactsync.Full())
	assert.Equal(t, []string{"Emmy"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Emmy"}, w.outlookSide("givenName"))
	links, err := w.state.CountLinks(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, 1, links, "they are tied")
	w.rests()
}

// B11, B5: a run that was stopped can be undone too, by the number that Undoable gives: what it did is taken back, what it only
// intended is not mistaken for it.
func TestUndoOfAStoppedRun(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("lost answer %v", after), func(t *testing.T) {
			for n := 1; ; n++ {
				s := &stopper{}
				w := newUndoWorld(t, everythingFlows(), s.around)
				for i := range 4 {
					w.put(fmt.Sprintf("c%d", i), "firstName=Ada", fmt.Sprintf("lastName=Number%c", 'A'+i), fmt.Sprintf("emails=ada%d@example.com", i), "jobTitle=Poet")
				}
				w.sync()
				w.editCRM("c0", "jobTitle=Analyst")
				w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
				require.NoError(t, w.tenant.Delete("c2"))
				w.put("c8", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
				w.addOutlook("givenName=Emmy", "surname=Noether", "emailAddresses=emmy@example.org")
				before := w.sides()
				s.n, s.after = n, after
				stopped, err := w.engine.Sync(w.ctx, w.conn.ID)
				if err == nil {
					require.Greater(t, n, 5, "the run was stopped at each of its effects")
					break
				}
				s.starts(w, time.Hour)
				if runs, err := w.engine.Undoable(w.ctx, w.conn.ID); err != nil || len(runs) == 0 || runs[0].Run != stopped.Run {
					require.NoError(t, err)
					continue // it had not come to write anything
				}

				r := w.undo(stopped)

				require.Empty(t, r.Problems, "effect %d", n)
				require.Equal(t, before, w.sides(), "effect %d", n)
				w.sync()
				w.rests()
			}
		})
	}
}

// B11, promise 3: a worker that stalls in the midst of an undo is fenced off, and another finishes it.
func TestUndoIsFenced(t *testing.T) {
	d := &onApply{}
	w := newUndoWorld(t, everythingFlows(), func(c *contactsync.Config) {
		d.Directory = c.Directory
		c.Directory, c.ChunkSize = d, 1
	})
	for i := range 3 {
		w.put(fmt.Sprintf("c%d", i), "firstName=Ada", fmt.Sprintf("lastName=Number%c", 'A'+i), fmt.Sprintf("emails=ada%d@example.com", i))
	}
	w.sync()
	w.editCRM("c0", "jobTitle=Analyst")
	w.editCRM("c1", "jobTitle=Countess")
	w.put("c3", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	run := w.sync()
	require.Equal(t, 3, run.Counts[record.Outlook].Wrote())
	stalled := w.engine
	var other contactsync.Report
	d.do = func() {
		_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
		require.ErrorIs(t, err, contactsync.ErrBusy)
		w.now = w.now.Add(20 * time.Minute)
		w.restart()
		other, err = w.engine.Undo(w.ctx, w.conn.ID, run.Run)
		require.NoError(t, err)
	}

	_, err := stalled.Undo(w.ctx, w.conn.ID, run.Run)

	require.ErrorIs(t, err, contactsync.ErrFenced)
	assert.NotZero(t, other.Wrote())
	w.now = w.now.Add(time.Hour)
	assert.Zero(t, len(w.undo(run).Problems))
	w.now = w.now.Add(time.Hour)
	w.sync(contactsync.Full())
	w.sync(contactsync.Full())
	assert.Equal(t, []string{"NumberA, ", "NumberB, ", "NumberC, "}, w.outlookSide("surname", "jobTitle"), "no second copy, nothing lost")
	w.rests()
}

// B11, promise 1: a run was stopped as a card and a record met. What it had not come to is looked at once what it wrote is taken back.
func TestUndoOfAFirstMeetingThatWasStopped(t *testing.T) {
	s := &stopper{}
	w := newUndoWorld(t, everythingFlows(), s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "notes=of Turin")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines", "personalNotes=of London")
	s.n, s.after = 4, true // both sides are written, and it is not saved that they are
	stopped, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	require.Equal(t, []string{"Ada, Poet, Engines"}, w.crmSide("firstName", "jobTitle", "company"))
	s.starts(w, time.Hour)
	w.undo(stopped)
	require.Equal(t, []string{"Ada, Poet, "}, w.crmSide("firstName", "jobTitle", "company"))

	r := w.sync()

	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"conflict Notes"}, codes(r.Problems))
	w.rests()
}
