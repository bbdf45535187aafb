package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// propagating are settings that let deletes through in both directions.
func propagating() contactsync.Settings {
	s := twoWay()
	all := contactsync.Ops{Create: true, Update: true, Delete: true}
	s.Flow = contactsync.Flow{ToOutlook: &all, ToCRM: &all}
	s.Deleted = contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate}
	return s
}

// people makes n CRM records, from "ca0" on, and brings them to Outlook.
func (w *world) people(n int) {
	w.t.Helper()
	for i := range n {
		w.put(id("c", i), "firstName=F"+id("", i), "lastName=L"+id("", i), "emails="+id("p", i)+"@example.com")
	}
	require.Equal(w.t, n, w.sync().Wrote())
}

// deleteCRM deletes the CRM records from the i-th up to the j-th, that one excluded.
func (w *world) deleteCRM(i, j int) {
	w.t.Helper()
	for ; i < j; i++ {
		require.NoError(w.t, w.tenant.Delete(id("c", i)))
	}
}

// B4: what a person lets pass is used up by the run that comes next, also when that carries out a plan and leaves something
// over.
func TestApplyUsesUpWhatMayPass(t *testing.T) {
	w := newWorld(t, propagating())
	w.people(20)
	w.deleteCRM(0, 10)
	require.Equal(t, contactsync.Halted, w.sync().Status)
	require.NoError(t, w.engine.Resume(w.ctx, w.conn.ID, true))
	plan, err := w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	w.editCRM("cb0", "company=Navy") // after the plan: left over
	report, err := w.engine.Apply(w.ctx, plan)
	require.NoError(t, err)
	require.Equal(t, 10, report.Counts[record.Outlook].Deleted)
	w.deleteCRM(11, 19)

	r := w.sync()

	require.NotNil(t, r.Halt)
	assert.Equal(t, 8, r.Halt.Count)
	assert.Len(t, w.outlookSide("givenName"), 10)
}
