package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// journaled switches the undo journal on.
func journaled(c *contactsync.Config) {
	c.Journal = contactsync.Journaling{Keep: 30 * 24 * time.Hour, Key: []byte("0123456789abcdef0123456789abcdef")}
}

// everythingFlows lets creates, updates and deletes through in both directions, without guards.
func everythingFlows() contactsync.Settings {
	s := twoWay()
	all := contactsync.Ops{Create: true, Update: true, Delete: true}
	s.Flow = contactsync.Flow{ToOutlook: &all, ToCRM: &all}
	s.Deleted = contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate}
	off := contactsync.Limit{Off: true}
	s.Guards = contactsync.Guards{Deletes: off, Clears: off, Creates: off, Changes: off, EmptySide: off}
	return s
}

func newUndoWorld(t *testing.T, s contactsync.Settings, with ...func(*contactsync.Config)) *world {
	t.Helper()
	return newWorld(t, s, append([]func(*contactsync.Config){journaled}, with...)...)
}

// undo takes the run back, and checks that the plan of the undo has foretold it, where nothing was refused.
func (w *world) undo(run contactsync.Report, opts ...contactsync.UndoOption) contactsync.Report {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	plan, err := w.engine.PlanUndo(w.ctx, w.conn.ID, run.Run)
	require.NoError(w.t, err)
	report, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run, opts...)
	require.NoError(w.t, err)
	w.foretold(plan, report)
	return report
}

func (w *world) foretold(plan *contactsync.Plan, report contactsync.Report) {
	w.t.Helper()
	assert.Equal(w.t, plan.Undoes, report.Undoes)
	if plan.Halt == nil { // a person may have let it pass
		assert.Equal(w.t, plan.Status, report.Status)
		assert.Equal(w.t, plan.Reason, report.Reason)
	}
	if failed := report.Counts[record.CRM].Failed + report.Counts[record.Outlook].Failed; failed > 0 || report.Status != contactsync.Idle {
		return
	}
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		counts, planned := report.Counts[side], plan.Counts(side)
		planned.Clear = 0 // is part of Update
		// Of two updates of one record, the second finds that the first has put everything back.
		done := contactsync.PlanCounts{Create: counts.Created, Update: counts.Updated + counts.Skipped, Delete: counts.Deleted}
		assert.Equal(w.t, planned, done, "what was planned for the side %d", side)
	}
	assert.ElementsMatch(w.t, codes(plan.Problems), codes(report.Problems), "problems")
}

// mappedCRM and mappedOutlook are the fields of the rules and some beside them.
var (
	allOfCRM     = []string{"firstName", "lastName", "company", "jobTitle", "emails", "workPhone", "mobile", "notes", "birthday", "owner", "kind"}
	allOfOutlook = []string{
		"givenName", "surname", "companyName", "jobTitle", "emailAddresses", "businessPhones", "mobilePhone", "personalNotes", "birthday",
		"department", "categories", "spouseName", "homeAddress.city", "pager",
	}
)

// sides is what both sides hold, in all fields, without ids.
func (w *world) sides() [2][]string {
	return [2][]string{record.CRM: w.crmSide(allOfCRM...), record.Outlook: w.outlookSide(allOfOutlook...)}
}

// rests asserts that two runs and a complete one write nothing, and that the sides stay as they are.
func (w *world) rests() {
	w.t.Helper()
	before := w.sides()
	w.settled()
	assert.Equal(w.t, before, w.sides())
}

func codes(problems []contactsync.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, string(p.Code)+" "+p.Field)
	}
	return sorted(list)
}
