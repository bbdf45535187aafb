package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
)

// givenUp undoes a run in such a way that what it makes is on its way until the undo is given up, and says what happens then.
func givenUp(w *world, s *slow, run contactsync.Report) {
	w.t.Helper()
	s.holds = true
	w.now = w.now.Add(time.Minute)
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.NoError(w.t, err)
	require.Len(w.t, s.held, 1)
	s.holds = false
	w.now = w.now.Add(9 * time.Minute)
	w.sync()
	w.sync()
}

// lateCard is a world in which an undo that was given up has put back the card of a record that has another one by now.
func lateCard(t *testing.T, fields ...string) (w *world, late string) {
	t.Helper()
	s := &slow{}
	settings := everythingFlows()
	settings.Left = contactsync.Propagate
	settings.Filter = filter.Not(filter.Equals("kind", "former"))
	w = newUndoWorld(t, settings, slowOutlook(s))
	w.put("c1", fields...)
	w.sync()
	w.editCRM("c1", "kind=former")
	run := w.sync()
	require.Empty(t, w.outlookSide("givenName"))
	givenUp(w, s, run)
	w.editCRM("c1", "kind=")
	w.sync()
	card := w.outlookID("c1")
	s.arrives()
	for _, item := range w.box.Items(w.conn.Kind, w.folder) {
		if item.ID != card {
			late = item.ID
		}
	}
	require.NotEmpty(t, late)
	return w, late
}

// B11, promise 3: what an undo makes in Outlook so late that it was given up, and the record has another card by now, is a second card of its
// person: it is reported and makes no second record, also where no address or number tells whose it is.
func TestCardOfAnUndoThatWasGivenUp(t *testing.T) {
	for _, key := range []string{"emails=", "emails=ada@example.com"} {
		t.Run(key, func(t *testing.T) {
			w, late := lateCard(t, "firstName=Ada", "lastName=Lovelace", key)

			w.sync()

			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
			require.Equal(t, []string{"severalMatches "}, w.problems())
			w.settled()
			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
			require.NoError(t, w.box.Delete(late))
			w.sync()
			w.sync()
			assert.Empty(t, w.problems())
			assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
			w.settled()
		})
	}
}

// B11: a card of somebody else by then is nobody's second.
func TestCardOfAnUndoThatIsSomebodyElse(t *testing.T) {
	w, late := lateCard(t, "firstName=Ada", "lastName=Lovelace")
	w.editOutlook(late, "givenName=Grace", "surname=Hopper")

	w.sync()

	assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// B11, promise 3: what an undo makes in the CRM for a card so late that it was given up is tied to that card.
func TestRecordOfAnUndoThatWasGivenUp(t *testing.T) {
	for _, full := range []bool{false, true} {
		s := &slow{}
		w := newUndoWorld(t, everythingFlows(), slowCRM(s))
		w.addOutlook("givenName=Ada", "surname=Lovelace")
		run := w.undo(w.sync())
		require.Empty(t, w.crmSide("firstName"))
		givenUp(w, s, run)
		require.Empty(t, w.crmSide("firstName"))
		s.arrives()

		if full {
			w.sync(contactsync.Full())
		}
		w.sync()

		assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
		assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
		assert.Equal(t, 1, w.links(contactsync.Linked))
		assert.Empty(t, w.problems())
		w.settled()
	}
}

// B11: an undo that was given up may be run again.
func TestUndoThatWasGivenUpIsRunAgain(t *testing.T) {
	s := &slow{}
	w := newUndoWorld(t, everythingFlows(), slowCRM(s))
	w.addOutlook("givenName=Ada", "surname=Lovelace")
	run := w.undo(w.sync())
	givenUp(w, s, run)

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	w.sync()
	s.arrives() // under the same stamp
	w.sync()
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Equal(t, 1, w.links(contactsync.Linked))
	w.settled()
}
