package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// editedAndRemoved is a world that asks about a record which was edited on one side and removed on the other.
func editedAndRemoved(t *testing.T, removed record.Side, d contactsync.Disposition) (w *world, item string) {
	s := everythingFlows()
	s.EditVsDelete = conflict.AskPerson
	s.Deleted = contactsync.OnDelete{InCRM: d, InOutlook: d}
	w = newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	item = w.outlookID("c1")
	if removed == record.Outlook {
		w.editCRM("c1", "company=Engines")
		require.NoError(t, w.box.Delete(item))
	} else {
		w.editOutlook(item, "companyName=Engines")
		require.NoError(t, w.tenant.Delete("c1"))
	}
	w.sync()
	require.Equal(t, []string{"editVsDelete "}, w.problems())
	w.settled()
	return w, item
}

func (w *world) decide(problem string, take record.Side) {
	w.t.Helper()
	require.NoError(w.t, w.me().Decide(w.ctx, problem, take))
}

// C1, X1: editVsDelete: ask. The person lets the edit count: the record is made again where it was removed, with the edit, once.
func TestKeepTheEdit(t *testing.T) {
	for _, removed := range []record.Side{record.CRM, record.Outlook} {
		for _, d := range []contactsync.Disposition{contactsync.Propagate, contactsync.Detach, contactsync.LeaveAlone} {
			t.Run(removed.String()+" "+string(d), func(t *testing.T) {
				w, _ := editedAndRemoved(t, removed, d)

				w.decide(w.only().ID, removed.Other())
				w.sync()

				assert.Equal(t, []string{"Ada, Engines", "Grace, "}, w.crmSide("firstName", "company"))
				assert.Equal(t, []string{"Ada, Engines", "Grace, "}, w.outlookSide("givenName", "companyName"))
				assert.Empty(t, w.problems())
				w.settled()
			})
		}
	}
}

// C1, X1, X2: the person lets the removal count: what the settings say of removals is done, and nobody asks again.
func TestFollowTheRemoval(t *testing.T) {
	for _, removed := range []record.Side{record.CRM, record.Outlook} {
		for d, left := range map[contactsync.Disposition]int{contactsync.Propagate: 1, contactsync.Detach: 2, contactsync.LeaveAlone: 2, contactsync.Unlink: 2} {
			t.Run(removed.String()+" "+string(d), func(t *testing.T) {
				w, _ := editedAndRemoved(t, removed, d)

				w.decide(w.only().ID, removed)
				w.sync()

				sides := [2][]string{record.CRM: w.crmSide("firstName"), record.Outlook: w.outlookSide("givenName")}
				assert.Len(t, sides[removed.Other()], left)
				assert.Equal(t, []string{"Grace"}, sides[removed])
				assert.Empty(t, w.problems())
				w.settled()
				assert.Empty(t, w.problems())
			})
		}
	}
}

// C1: a decision about what is edited once more is refused, and the question stays, with what it is about now.
func TestStaleWordOnARemoval(t *testing.T) {
	for _, take := range []record.Side{record.CRM, record.Outlook} {
		w, _ := editedAndRemoved(t, record.Outlook, contactsync.Propagate)
		shown := w.only()
		w.decide(shown.ID, take)
		w.editCRM("c1", "company=Looms")

		r := w.sync()

		assert.Zero(t, r.Wrote())
		asked := w.only()
		assert.NotEqual(t, shown.ID, asked.ID, "what it shows is another question")
		assert.Contains(t, asked.Message, "was not used")
		assert.Equal(t, shown.First, asked.First)
		assert.NotEqual(t, shown.Raw, asked.Raw)
		assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
		w.settled()
		w.decide(asked.ID, record.CRM)
		w.sync()
		assert.Equal(t, []string{"Ada, Looms", "Grace, "}, w.outlookSide("givenName", "companyName"))
		w.settled()
	}
}

// C1: who was said to be kept is kept, though the edit that it was about is taken back before the next run. There is nothing left to ask then, and
// the removal alone would take the contact along.
func TestKeptThoughTheEditIsTakenBack(t *testing.T) {
	for _, removed := range []record.Side{record.CRM, record.Outlook} {
		w, item := editedAndRemoved(t, removed, contactsync.Propagate)
		w.decide(w.only().ID, removed.Other())
		if removed == record.Outlook {
			w.editCRM("c1", "company=")
		} else {
			w.editOutlook(item, "companyName=")
		}

		w.sync()

		assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
		assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
		assert.Empty(t, w.problems())
		w.settled()
	}
}

// B7, C1: left the selection, with a card that was edited: both decisions, and both stay.
func TestWordOnWhatLeftTheSelection(t *testing.T) {
	for _, keep := range []bool{true, false} {
		s := everythingFlows()
		s.EditVsDelete, s.Left = conflict.AskPerson, contactsync.Propagate
		s.Filter = filter.Equals("kind", "customer")
		w := newWorld(t, s)
		w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=customer")
		w.sync()
		w.editOutlook(w.outlookID("c1"), "companyName=Engines")
		w.editCRM("c1", "kind=friend")
		w.sync()
		require.Equal(t, []string{"editVsDelete "}, w.problems())
		take, left := record.CRM, []string{}
		if keep {
			take, left = record.Outlook, []string{"Ada, Engines"}
		}

		w.decide(w.only().ID, take)
		w.sync()

		assert.ElementsMatch(t, left, w.outlookSide("givenName", "companyName"))
		assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
		assert.Empty(t, w.problems())
		w.settled()
		w.sync()
		assert.ElementsMatch(t, left, w.outlookSide("givenName", "companyName"))
	}
}

// C1, G2: a run for some records passes no delete on: the word is kept for the run that does.
func TestWordOnARemovalInARunForSomeRecords(t *testing.T) {
	w, _ := editedAndRemoved(t, record.Outlook, contactsync.Propagate)
	w.decide(w.only().ID, record.Outlook)

	_, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"c1"})
	require.NoError(t, err)
	w.sync()

	assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
	assert.Empty(t, w.problems())
	w.settled()
}
