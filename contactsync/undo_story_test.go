package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
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
	s.Match.Several, s.Conflict = "all", "crm"
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	first := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Poet")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Bard") // as its owner has it
	w.sync()
	require.Equal(t, []string{"Bard", "Poet"}, w.outlookSide("jobTitle"))
	w.editOutlook(first, "jobTitle=Analyst")
	run := w.sync()
	require.Equal(t, []string{"Analyst", "Analyst"}, w.outlookSide("jobTitle"))
	require.Equal(t, []string{"Analyst"}, w.crmSide("jobTitle"))

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Analyst", "Bard"}, w.outlookSide("jobTitle"))
	assert.Equal(t, []string{"Poet"}, w.crmSide("jobTitle"))
	w.rests()
}

// B11: the parts of a name that one rule wrote are put back together or not at all.
func TestUndoKeepsWhatARuleWroteTogether(t *testing.T) {
	s := twoWay()
	s.Mapping = append(s.Mapping[2:4:4], mapping.Rule{ID: "name", CRM: []string{"lastName"}, Outlook: []string{"givenName", "surname"}, Lens: mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Given, mapping.Surname}}})
	w := newUndoWorld(t, s)
	w.put("c1", "lastName=Ada Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	require.Equal(t, []string{"Ada, Lovelace"}, w.outlookSide("givenName", "surname"))
	w.editCRM("c1", "lastName=Augusta King", "jobTitle=Analyst")
	run := w.sync()
	require.Equal(t, []string{"Augusta, King"}, w.outlookSide("givenName", "surname"))
	w.editOutlook(w.outlookID("c1"), "surname=Byron")

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince First name"}, codes(r.Problems))
	assert.Equal(t, []string{"Augusta, Byron, Poet"}, w.outlookSide("givenName", "surname", "jobTitle"), "no name that nobody ever had")
	w.sync()
	w.rests()
}
