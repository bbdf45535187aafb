package contactsync_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// B11: what a run carried over is taken back on both sides; what people wrote stays; the next runs leave it so, and a
// later edit flows.
func TestUndoUpdates(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "mobile=+31612340001")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "jobTitle=Clerk", "company=Yale")
	w.sync()
	before := w.sides()
	w.editCRM("c1", "jobTitle=Analyst", "mobile=")
	w.editCRM("c2", "company=Navy")
	w.editOutlook(w.outlookID("c2"), "jobTitle=Admiral", "emailAddresses=grace@example.com|hopper@example.org")
	run := w.sync()
	require.Equal(t, 2, run.Counts[record.Outlook].Updated)
	require.Equal(t, 1, run.Counts[record.CRM].Updated)

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, run.Run, r.Undoes)
	assert.Equal(t, 2, r.Counts[record.Outlook].Updated)
	assert.Equal(t, 1, r.Counts[record.CRM].Updated)
	assert.Equal(t, []string{"Admiral, Yale, grace@example.com|hopper@example.org", "Poet, , ada@example.com"},
		w.outlookSide("jobTitle", "companyName", "emailAddresses"), "what the run wrote is as it was; what a person wrote there stays")
	assert.Equal(t, []string{"Analyst, , , ada@example.com", "Clerk, Navy, , grace@example.com"}, w.crmSide("jobTitle", "company", "mobile", "emails"))
	assert.NotEqual(t, before, w.sides())
	w.rests()

	w.editCRM("c1", "jobTitle=Countess")
	w.editOutlook(w.outlookID("c2"), "companyName=Harvard")
	w.sync()
	assert.Equal(t, []string{"Admiral, Harvard", "Countess, "}, w.outlookSide("jobTitle", "companyName"))
	assert.Equal(t, []string{"Clerk, Harvard", "Countess, "}, w.crmSide("jobTitle", "company"))
	w.rests()
}

// B11: a conflict that a run decided is open to neither side after its undo: each has its own again.
func TestUndoDecidedConflict(t *testing.T) {
	s := twoWay()
	s.Conflict = "crm"
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	run := w.sync()
	require.Equal(t, []string{"Analyst"}, w.outlookSide("jobTitle"))

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
	assert.Equal(t, []string{"Analyst"}, w.crmSide("jobTitle"))
	w.rests()
}

// B11: what a first meeting filled in is taken out again; the tie stays, and fills nothing in by itself.
func TestUndoFirstMeeting(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ADA@example.com", "jobTitle=Countess")
	before := w.sides()
	run := w.sync()
	require.NotEqual(t, before, w.sides())

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, before, w.sides())
	w.rests()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Baroness")
	w.sync()
	assert.Equal(t, []string{"Engines, Baroness"}, w.crmSide("company", "jobTitle"), "an edit flows, what was undone does not")
}

// B11: what a run made on either side is deleted again, and not made a second time, whatever is read and edited.
func TestUndoCreates(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.org")
	before := w.sides()
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.CRM].Created)
	require.Equal(t, 1, run.Counts[record.Outlook].Created)

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, 1, r.Counts[record.CRM].Deleted)
	assert.Equal(t, 1, r.Counts[record.Outlook].Deleted)
	assert.Equal(t, before, w.sides(), "nothing is lost on the sides they came from, though the settings propagate deletes")
	assert.Zero(t, r.Linked)
	w.rests()
	w.editCRM("c1", "jobTitle=Analyst")
	w.editOutlook(w.box.Items(record.Contact, w.folder)[0].ID, "jobTitle=Logician")
	w.rests()
}

// B11: a record that was made and touched since is not deleted, whatever field it was.
func TestUndoLeavesTouchedCreates(t *testing.T) {
	for name, edit := range map[string]string{"a mapped field": "jobTitle=Analyst", "a field that no rule maps": "department=Maths", "a clear": "surname="} {
		t.Run(name, func(t *testing.T) {
			w := newUndoWorld(t, everythingFlows())
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
			run := w.sync()
			w.editOutlook(w.outlookID("c1"), edit)
			before := w.outlookSide(allOfOutlook...)

			r := w.undo(run)

			assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
			assert.Equal(t, [2]string{"c1", w.outlookID("c1")}, r.Problems[0].Record)
			assert.Equal(t, 1, r.Counts[record.Outlook].Deleted)
			require.Len(t, w.outlookSide(allOfOutlook...), 1)
			assert.Contains(t, before, w.outlookSide(allOfOutlook...)[0])
			w.sync()
			w.rests()
		})
	}
}

// B11: what a run deleted because it was deleted on the other side is put back with all its fields, mapped or not. What the
// person deleted stays deleted, and the next runs neither delete the copy again nor bring the other back.
func TestUndoDeletes(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "owner=u7", "kind=vip")
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "department=Maths", "categories=Friends|Family", "spouseName=William", "homeAddress.city=London", "pager=+44 7700 900111")
	w.sync()
	before := w.sides()
	require.NoError(t, w.tenant.Delete("c1"))
	require.NoError(t, w.box.Delete(w.outlookID("c2")))
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Deleted)
	require.Equal(t, 1, run.Counts[record.CRM].Deleted)

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, 1, r.Counts[record.Outlook].Created)
	assert.Equal(t, 1, r.Counts[record.CRM].Created)
	after := w.sides()
	assert.Subset(t, before[record.CRM], after[record.CRM])
	assert.Subset(t, before[record.Outlook], after[record.Outlook])
	assert.Equal(t, []string{"Alan", "Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada", "Alan"}, w.outlookSide("givenName"))
	w.rests()
	w.editCRM("c3", "jobTitle=Logician")
	w.sync()
	assert.Equal(t, []string{"", "Logician"}, w.outlookSide("jobTitle"))
	w.rests()
}

// B11, B7: items that were deleted because their records left the filter are put back, and tied again once their records
// are eligible; an edit made meanwhile then flows.
func TestUndoOfAFilterTooNarrow(t *testing.T) {
	narrow := func(s *contactsync.Settings) { s.Filter = filter.Equals("company", "Navy") }
	for name, widen := range map[string]bool{"the filter is widened before": true, "the filter is widened after": false} {
		t.Run(name, func(t *testing.T) {
			s := everythingFlows()
			s.Left = contactsync.Propagate
			w := newUndoWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines")
			w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "company=Navy")
			w.sync()
			w.editOutlook(w.outlookID("c1"), "spouseName=William")
			w.sync()
			before := w.sides()
			narrow(w.policy)
			run := w.sync()
			require.Equal(t, 1, run.Counts[record.Outlook].Deleted)
			if widen {
				w.policy.Filter = filter.Condition{}
			}

			r := w.undo(run)

			assert.Empty(t, r.Problems)
			assert.Equal(t, before, w.sides())
			w.rests()
			w.policy.Filter = filter.Condition{}
			w.rests()
			w.editCRM("c1", "jobTitle=Analyst")
			w.editOutlook(w.outlookID("c1"), "mobilePhone=+31 6 1234 0009")
			w.sync()
			assert.Equal(t, []string{", , ", "Analyst, +31 6 1234 0009, William"}, w.outlookSide("jobTitle", "mobilePhone", "spouseName"))
			assert.Equal(t, []string{"+31 6 1234 0009, Engines", ", Navy"}, w.crmSide("mobile", "company"))
			w.rests()
		})
	}
}

// B11: a record that the CRM's people have put back meanwhile under its own id is tied to the item again.
func TestUndoTiesAgainWhatIsThere(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Deleted)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Analyst")

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, 2, r.Linked)
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	again := w.sync()
	assert.Equal(t, 1, again.Counts[record.Outlook].Updated, "what was edited since flows")
	assert.Equal(t, []string{", Grace", "Analyst, Ada"}, w.outlookSide("jobTitle", "givenName"))
	w.rests()
}

// B11: what came back by another way is not put beside it.
func TestUndoDoublesNothing(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Deleted)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync() // makes a new item
	require.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.rests()
}

// B21: an item that was private would no longer be.
func TestUndoLeavesPrivateItemsDeleted(t *testing.T) {
	s := everythingFlows()
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	require.NoError(t, w.box.SetPrivate(w.outlookID("c1"), true))
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Deleted)

	r := w.undo(run)

	assert.Equal(t, []string{"notUndone "}, codes(r.Problems))
	assert.Contains(t, r.Problems[0].Message, "Deleted Items")
	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
}

// B11: a record that somebody edited since is reported, field by field; the others are put back.
func TestUndoAfterEdits(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	for _, p := range [][]string{
		{"c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "company=Engines"},
		{"c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "jobTitle=Clerk", "company=Yale"},
		{"c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com", "jobTitle=Student", "company=King's"},
	} {
		w.put(p[0], p[1:]...)
	}
	w.sync()
	for _, id := range []string{"c1", "c2", "c3"} {
		w.editCRM(id, "jobTitle=Director", "company=Acme")
	}
	run := w.sync()
	require.Equal(t, 3, run.Counts[record.Outlook].Updated)
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.editOutlook(w.outlookID("c2"), "mobilePhone=+31 6 1234 0002") // another field: no reason to leave anything

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince Job title"}, codes(r.Problems))
	assert.Equal(t, [2]string{"c1", w.outlookID("c1")}, r.Problems[0].Record)
	assert.Equal(t, 3, r.Counts[record.Outlook].Updated)
	assert.Equal(t, []string{"Ada, Countess, Engines", "Alan, Student, King's", "Grace, Clerk, Yale"}, w.outlookSide("givenName", "jobTitle", "companyName"))
	w.sync()
	assert.Equal(t, []string{"Ada, Countess, Acme, ", "Alan, Director, Acme, ", "Grace, Director, Acme, +31 6 1234 0002"},
		w.crmSide("firstName", "jobTitle", "company", "mobile"), "their edits flow")
	w.rests()

	again := w.undo(run)
	assert.Equal(t, []string{"changedSince Job title"}, codes(again.Problems), "what was left is told again")
	assert.Zero(t, again.Wrote())
	w.editOutlook(w.outlookID("c1"), "jobTitle=Director") // as the run had written it
	w.sync()
	assert.Equal(t, 1, w.undo(run).Counts[record.Outlook].Updated)
	assert.Equal(t, []string{"Clerk", "Poet", "Student"}, w.outlookSide("jobTitle"))
	w.rests()
}

// B11: a record that is gone since is reported, and not brought back by the undo of an update.
func TestUndoAfterDeletes(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	run := w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
}

// B11: undoing twice is the same as once; what somebody then writes is theirs, though the run had written the same.
func TestUndoTwice(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	require.NoError(t, w.tenant.Delete("c3"))
	run := w.sync()
	require.Equal(t, contactsync.Counts{Created: 1, Updated: 1, Deleted: 1}, run.Counts[record.Outlook])
	once := w.undo(run)
	require.Equal(t, contactsync.Counts{Created: 1, Updated: 1, Deleted: 1}, once.Counts[record.Outlook])
	undone := w.sides()

	twice := w.undo(run)

	assert.Zero(t, twice.Wrote())
	assert.Empty(t, twice.Problems)
	assert.Equal(t, undone, w.sides())
	w.editOutlook(w.outlookID("c1"), "jobTitle=Analyst")
	assert.Zero(t, w.undo(run).Wrote())
	assert.Equal(t, []string{"", "Analyst"}, w.outlookSide("jobTitle"))
	w.rests()
	runs, err := w.engine.Undoable(w.ctx, w.conn.ID)
	require.NoError(t, err)
	for _, r := range runs {
		if r.Run == run.Run {
			assert.Equal(t, 3, r.Entries)
			assert.Zero(t, r.Open)
		}
	}
}

// B11: an undo is a run, and can be undone in turn.
func TestUndoAnUndo(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "mobile=+1 202 555 0111")
	require.NoError(t, w.tenant.Delete("c3"))
	run := w.sync()
	done := w.sides()
	undo := w.undo(run)
	require.NotEqual(t, done, w.sides())

	r := w.undo(undo)

	assert.Empty(t, r.Problems)
	assert.Equal(t, done, w.sides())
	w.rests()
	w.editOutlook(w.outlookID("c2"), "jobTitle=Admiral")
	w.sync()
	assert.Equal(t, []string{"Admiral", "Analyst"}, w.crmSide("jobTitle"), "the tie is there again")
	w.rests()
}

// B11, M3: several items of one record, and the record itself, go back together.
func TestUndoWithSeveralItems(t *testing.T) {
	s := twoWay()
	s.Match.Several = "all"
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	first := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Poet")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editOutlook(first, "jobTitle=Analyst")
	run := w.sync()
	require.Equal(t, []string{"Analyst", "Analyst"}, w.outlookSide("jobTitle"))
	require.Equal(t, []string{"Analyst"}, w.crmSide("jobTitle"))

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Analyst", "Poet"}, w.outlookSide("jobTitle"))
	assert.Equal(t, []string{"Poet"}, w.crmSide("jobTitle"))
	w.rests()
}

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

	r = w.undo(run, contactsync.LetPass(*r.Halt))

	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Equal(t, 8, r.Counts[record.Outlook].Deleted)
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
