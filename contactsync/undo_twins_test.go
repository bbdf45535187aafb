package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// importedAnew is a world in which the CRM has lost who was imported from a card, and a run has imported the card once more.
func importedAnew(t *testing.T, card ...string) (w *world, lost record.Record, run contactsync.Report) {
	t.Helper()
	s := twoWay()
	s.Deleted.InCRM = contactsync.Unlink
	s.Guards = everythingFlows().Guards
	w = newUndoWorld(t, s)
	item := w.addOutlook(card...)
	w.sync()
	lost = w.tenant.Records(record.Contact)[0]
	require.NoError(t, w.tenant.Delete(lost.ID))
	w.editOutlook(item, "personalNotes=Engines")
	run = w.sync()
	require.Equal(t, 1, run.Counts[record.CRM].Created)
	return w, lost, run
}

// B11, promise 3: a card was imported while the CRM had lost its record. Once the record is back, the undo of the undo of that makes
// no second one beside it, and the card is tied to the record it came from; without a match key it is told by what both say.
func TestUndoOfAnUndoBesideARecordThatIsBack(t *testing.T) {
	for name, card := range map[string][]string{
		"by key":           {"givenName=Ada", "emailAddresses=ada@example.com"},
		"by what they say": {"givenName=Ada", "companyName=Engines Ltd"},
	} {
		t.Run(name, func(t *testing.T) {
			w, lost, run := importedAnew(t, card...)
			undone := w.undo(run)
			require.Empty(t, w.crmSide("firstName"))
			_, err := w.tenant.Put(lost.ID, lost.Fields)
			require.NoError(t, err)

			r := w.undo(undone)

			assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
			assert.Zero(t, r.Wrote())
			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
		})
	}
}

// B11: the card goes on with the record that is back.
func TestCardGoesOnWithTheRecordThatIsBack(t *testing.T) {
	w, lost, run := importedAnew(t, "givenName=Ada", "emailAddresses=ada@example.com")
	undone := w.undo(run)
	_, err := w.tenant.Put(lost.ID, lost.Fields)
	require.NoError(t, err)
	w.undo(undone)

	w.sync()

	assert.Equal(t, 1, w.links(contactsync.Linked))
	assert.Equal(t, []string{"Ada, Engines"}, w.crmSide("firstName", "notes"))
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.rests()
}

// B11: somebody else who came meanwhile keeps nobody from being put back, whether or not they have match keys.
func TestUndoOfAnUndoBesideSomebodyElse(t *testing.T) {
	for name, other := range map[string][]string{
		"another address": {"firstName=Ada", "lastName=Lovelace", "emails=ada@example.org"},
		"no address":      {"firstName=Eva", "lastName=Lovelace"},
		"nothing to tell": {"kind=lead"},
	} {
		t.Run(name, func(t *testing.T) {
			w, _, run := importedAnew(t, "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
			undone := w.undo(run)
			w.put("c9", other...)

			r := w.undo(undone)

			assert.Empty(t, r.Problems)
			assert.Equal(t, 1, r.Counts[record.CRM].Created)
			assert.Contains(t, w.crmSide("firstName"), "Ada")
		})
	}
}

// B11, promise 3: the same in Outlook, where a deleted card is taken out of Deleted Items once the one in its place was undone.
func TestUndoOfAnUndoBesideACardThatIsBack(t *testing.T) {
	s := twoWay()
	s.Deleted.InOutlook = contactsync.Restore
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.box.Delete(item))
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Created)
	undone := w.undo(run)
	require.NoError(t, w.box.Move(item, w.conn.Folder))

	r := w.undo(undone)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.sync()
	assert.Equal(t, item, w.outlookID("c1"))
	w.rests()
}
