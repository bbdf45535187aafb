package contactsync_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// newUndoRightsWorld has a run that made Ada, Grace and Alan in the CRM, and Kees in Outlook; of the three the user may delete Grace.
func newUndoRightsWorld(t *testing.T, s contactsync.Settings, says bool) (*world, *guardedCRM, contactsync.Report) {
	t.Helper()
	var crm *guardedCRM
	w := newUndoWorld(t, s, func(c *contactsync.Config) {
		crm = &guardedCRM{Store: c.Store.(*memstore.Store), may: map[string]bool{}}
		c.Store = crm
		if says {
			c.Store = outspokenCRM{crm}
		}
	})
	w.put("c1", "firstName=Kees", "lastName=Visser", "emails=kees@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
	w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.com")
	run := w.sync()
	require.Equal(t, 3, run.Counts[record.CRM].Created)
	require.Equal(t, 1, run.Counts[record.Outlook].Created)
	crm.may[w.crmID("Grace")] = true
	return w, crm, run
}

func (w *world) crmID(firstName string) string {
	w.t.Helper()
	for _, r := range w.tenant.Records(record.Contact) {
		if v, _ := r.Fields.Get("firstName"); v.Text() == firstName {
			return r.ID
		}
	}
	w.t.Fatalf("no %s in the CRM", firstName)
	return ""
}

// B11, X3: an undo deletes nothing in the CRM that its user may not delete: that is left and named, and the rest of the undo is done,
// whatever the settings do with a delete of a sync. Once the user has the right, the undo run again deletes it.
func TestUndoWithoutTheRight(t *testing.T) {
	for _, setting := range []string{"report", "restore", "detach"} {
		bothRights(t, func(t *testing.T, says bool) {
			s := everythingFlows()
			s.Deleted.WithoutRight = setting
			w, crm, run := newUndoRightsWorld(t, s, says)

			r := w.undo(run)

			assert.Equal(t, contactsync.Idle, r.Status)
			assert.Equal(t, []string{"notUndone ", "notUndone "}, codes(r.Problems))
			for _, p := range r.Problems {
				assert.Equal(t, fmt.Sprintf("You have no right to delete it in the CRM. It stays as it is. Once you have the right, undo run %d again.", run.Run), p.Message)
				assert.Contains(t, []string{w.crmID("Ada"), w.crmID("Alan")}, p.Record[record.CRM])
				assert.Equal(t, [2]bool{record.CRM: true}, p.Sides)
				assert.False(t, p.Resolvable)
			}
			assert.Equal(t, []string{"Ada", "Alan", "Kees"}, w.crmSide("firstName"))
			assert.Equal(t, []string{"Ada", "Alan", "Grace"}, w.outlookSide("givenName"), "the rest is undone")
			if says {
				assert.Equal(t, 1, crm.tried, "what it may not is not tried")
			}
			assert.Empty(t, w.problems())
			w.rests()
			item := w.outlookID(w.crmID("Ada"))
			w.editOutlook(item, "jobTitle=Countess")
			w.sync()
			assert.Contains(t, w.crmSide("firstName", "jobTitle"), "Ada, Countess", "what was left is in sync as before")
			w.editOutlook(item, "jobTitle=")
			w.sync()

			crm.may[w.crmID("Ada")], crm.may[w.crmID("Alan")] = true, true
			r = w.undo(run)

			assert.Empty(t, r.Problems)
			assert.Equal(t, []string{"Kees"}, w.crmSide("firstName"))
			assert.Equal(t, []string{"Ada", "Alan", "Grace"}, w.outlookSide("givenName"))
			w.rests()
		})
	}
}

// B11, B4: what an undo may not delete is no delete to the guards, where the CRM says so beforehand, and its plan knows.
func TestGuardsCountWhatAnUndoMayDelete(t *testing.T) {
	s := everythingFlows()
	s.Guards.Deletes = contactsync.Limit{Floor: 2}
	w, crm, run := newUndoRightsWorld(t, s, true)

	plan, err := w.engine.PlanUndo(w.ctx, w.conn.ID, run.Run)

	require.NoError(t, err)
	assert.Nil(t, plan.Halt)
	assert.Equal(t, contactsync.PlanCounts{Delete: 1}, plan.Counts(record.CRM))
	assert.Equal(t, []string{"notUndone ", "notUndone "}, codes(plan.Problems))
	crm.may[w.crmID("Ada")], crm.may[w.crmID("Alan")] = true, true
	assert.Equal(t, contactsync.Halted, w.undo(run).Status)
	assert.Zero(t, crm.tried)
}

// A CRM that cannot say what its user may delete stops the undo, and nothing is deleted.
func TestUndoWhoseRightsCannotBeAsked(t *testing.T) {
	w, crm, run := newUndoRightsWorld(t, everythingFlows(), true)
	crm.down = errors.New("no answer")

	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)

	require.ErrorIs(t, err, crm.down)
	assert.Zero(t, crm.tried)
	assert.Len(t, w.outlookSide("givenName"), 4)
	crm.down = nil
	assert.Len(t, w.undo(run).Problems, 2)
	w.rests()
}

// B11, A12: for a user whom the CRM has deactivated nothing is undone, read or written, and nothing is used up: it is once they are back.
func TestUndoOfADeactivatedUser(t *testing.T) {
	var crm *staffed
	w := newUndoWorld(t, everythingFlows(), func(c *contactsync.Config) {
		crm = &staffed{Store: c.Store.(*memstore.Store), away: map[string]bool{}}
		c.Store = crm
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.com")
	run := w.sync()
	before := w.sides()
	crm.away["acme/u1"] = true
	stored, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)

	plan, err := w.engine.PlanUndo(w.ctx, w.conn.ID, run.Run)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Off, plan.Status)
	assert.Empty(t, plan.Actions)
	r := w.undo(run)

	assert.Equal(t, contactsync.Off, r.Status)
	assert.Equal(t, "This user is deactivated in the CRM. Nothing is undone; run the undo again once they are active.", r.Reason)
	assert.Equal(t, run.Run, r.Undoes)
	assert.Equal(t, before, w.sides())
	after, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, stored, after)
	crm.away, crm.down = map[string]bool{}, errors.New("no answer")
	_, err = w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.ErrorIs(t, err, crm.down)
	assert.Equal(t, before, w.sides())
	crm.down = nil
	w.now = w.now.Add(24 * time.Hour)

	r = w.undo(run)

	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Alan"}, w.outlookSide("givenName"))
	w.rests()
}
