package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// B11: what somebody wrote while a tie rested flows with the next run after the tie was put back.
func TestUndoOfAnUndoMeetsAnEdit(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	item := w.addOutlook("givenName=Alan", "emailAddresses=alan@example.com")
	run := w.sync()
	undone := w.undo(run)
	require.Empty(t, w.crmSide("firstName"))
	w.editOutlook(item, "surname=Turing")
	w.sync()

	w.undo(undone)

	assert.Equal(t, []string{"Alan, "}, w.crmSide("firstName", "lastName"), "the undo puts back what was there")
	w.sync()
	assert.Equal(t, []string{"Alan, Turing"}, w.crmSide("firstName", "lastName"))
	w.rests()
}

// B11: a record that an undo was to put back and could not is made by the next run from its partner, not only by a complete one.
func TestUndoThatCouldNotPutBack(t *testing.T) {
	s := &stopper{}
	w := newUndoWorld(t, twoWay(), s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	run := w.sync()
	undone := w.undo(run)
	require.Empty(t, w.outlookSide("givenName"))
	s.n = 2 // the intent is saved, the create is not sent
	w.now = w.now.Add(time.Minute)
	_, err := w.engine.Undo(w.ctx, w.conn.ID, undone.Run)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, time.Hour)
	w.sync() // lists the folder
	w.sync()
	w.sync()

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.rests()
}

// B11, promise 4: a delete of an undo that arrives only when another run has come between is not taken for a person's.
func TestUndoWhoseDeleteArrivesLate(t *testing.T) {
	d := &onApply{}
	w := newUndoWorld(t, everythingFlows(), func(c *contactsync.Config) {
		d.Directory = c.Directory
		c.Directory = d
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	run := w.sync()
	d.do = func() {
		w.now = w.now.Add(6 * time.Minute) // the lease is over
		w.restart()
		w.sync()
	}
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.ErrorIs(t, err, contactsync.ErrFenced)
	require.Empty(t, w.outlookSide("givenName"))

	for range 3 {
		w.now = w.now.Add(time.Hour)
		w.sync()
	}

	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	w.rests()
}

// B11, promise 2: an update of an undo that arrives only when other runs have come between is no edit of a person's, and takes
// nothing from the other side. What a person writes there meanwhile is one.
func TestUndoWhoseUpdateArrivesLate(t *testing.T) {
	for name, tc := range map[string]struct {
		meanwhile    func(w *world)
		crm, outlook string
	}{
		"nobody edits":                 {func(*world) {}, "Ada, Analyst, Engines", "Ada, Poet, Engines"},
		"another field, in the CRM":    {func(w *world) { w.editCRM("c1", "company=Acme") }, "Ada, Analyst, Acme", "Ada, Analyst, Acme"},
		"the same field, in Outlook":   {func(w *world) { w.editOutlook(w.outlookID("c1"), "jobTitle=Countess") }, "Ada, Countess, Engines", "Ada, Countess, Engines"},
		"the other side's, in the CRM": {func(w *world) { w.editCRM("c1", "jobTitle=Director") }, "Ada, Director, Engines", "Ada, Director, Engines"},
	} {
		t.Run(name, func(t *testing.T) {
			d := &onApply{}
			w := newUndoWorld(t, everythingFlows(), func(c *contactsync.Config) {
				d.Directory = c.Directory
				c.Directory = d
			})
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "company=Engines")
			w.sync()
			w.editCRM("c1", "jobTitle=Analyst")
			run := w.sync()
			d.do = func() {
				w.now = w.now.Add(5 * time.Minute) // the lease is over
				w.restart()
				w.sync()
				tc.meanwhile(w)
				w.sync(contactsync.Full())
			}
			_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
			require.ErrorIs(t, err, contactsync.ErrFenced)

			for range 3 {
				w.now = w.now.Add(time.Hour)
				w.sync()
			}

			assert.Equal(t, []string{tc.crm}, w.crmSide("firstName", "jobTitle", "company"))
			assert.Equal(t, []string{tc.outlook}, w.outlookSide("givenName", "jobTitle", "companyName"))
			w.rests()
		})
	}
}

// B11, promise 2: what an undo put back on a tie that rests is no edit of a person's once the tie lives again, wherever it was
// stopped.
func TestStoppedUndoOfATieThatRests(t *testing.T) {
	settings := everythingFlows()
	settings.Filter = filter.Equals("owner", "u1")
	settings.Left = contactsync.Detach
	for n := 1; ; n++ {
		s := &stopper{}
		w := newUndoWorld(t, settings, s.around)
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "owner=u1")
		w.sync()
		w.editCRM("c1", "jobTitle=Analyst")
		run := w.sync()
		w.editCRM("c1", "owner=u2")
		w.sync()
		w.now = w.now.Add(time.Minute)
		s.n, s.after = n, true
		_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
		s.starts(w, 6*time.Minute)
		w.sync()
		w.now = w.now.Add(time.Hour)
		w.sync()
		w.sync()
		w.editCRM("c1", "owner=u1")
		w.sync()

		require.Equal(t, []string{"Ada, Analyst"}, w.crmSide("firstName", "jobTitle"), "effect %d", n)
		w.settled()
		if err == nil {
			require.Greater(t, n, 2)
			require.Equal(t, []string{"Ada, Poet"}, w.outlookSide("givenName", "jobTitle"))
			return
		}
	}
}

// B11, promise 2: after an undo that was stopped, a run that meets a record just changed still knows what the undo had put back.
func TestStoppedUndoAndAStaleWrite(t *testing.T) {
	settings := twoWay()
	settings.Match.Several = match.All
	for n := 1; ; n++ {
		s := &stopper{}
		w := newUndoWorld(t, settings, s.around)
		w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com|g@example.com")
		one := w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "mobilePhone=+31 6 1234 0001")
		w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "mobilePhone=+31 6 1234 0002", "jobTitle=Admiral")
		run := w.sync()
		w.editOutlook(one, "jobTitle=")
		w.now = w.now.Add(time.Minute)
		s.n = n
		if _, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run); err == nil {
			require.Greater(t, n, 4)
			return
		}
		s.starts(w, time.Hour)
		w.sync()
		w.sync()

		require.Equal(t, []string{"grace@example.com|g@example.com"}, w.crmSide("emails"), "effect %d: the undo of the items is no edit of theirs", n)
		w.settled()
	}
}

// B11, B20: who was never selected by the filter does not leave it either because an undo put the record or its item back.
func TestPutBackFromOutsideTheFilter(t *testing.T) {
	settings := everythingFlows()
	settings.Filter = filter.Equals("kind", "customer")
	settings.Left, settings.Hidden = contactsync.Propagate, contactsync.Propagate
	imported := func(t *testing.T) (*world, record.Record, contactsync.Report) {
		w := newUndoWorld(t, settings)
		w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
		run := w.sync()
		records := w.tenant.Records(record.Contact)
		require.Len(t, records, 1)
		return w, records[0], run
	}
	t.Run("item", func(t *testing.T) {
		w, made, _ := imported(t)
		require.NoError(t, w.tenant.Hide(made.ID, "u1"))
		run := w.sync()
		require.Empty(t, w.outlookSide("givenName"))
		require.NoError(t, w.tenant.Unhide(made.ID, "u1"))

		w.undo(run)
		w.sync()

		assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
		w.rests()
	})
	t.Run("record that somebody else had put back", func(t *testing.T) {
		w, made, run := imported(t)
		undone := w.undo(run)
		require.Empty(t, w.crmSide("firstName"))
		_, err := w.tenant.Put(made.ID, made.Fields)
		require.NoError(t, err)

		w.undo(undone)
		w.sync()

		assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
		assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
		w.rests()
	})
}
