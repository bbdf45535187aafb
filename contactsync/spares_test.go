package contactsync_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// spareWorld is a mailbox with two cards of one person, of which one is in sync with the CRM.
func spareWorld(t *testing.T, settings contactsync.Settings) (w *world, crm, spare string) {
	card := []string{"givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"}
	w = newUndoWorld(t, settings)
	w.addOutlook(card...)
	w.sync()
	spare = w.addOutlook(card...)
	w.sync()
	require.Equal(t, []string{"severalMatches "}, w.problems())
	return w, w.tenant.Records(record.Contact)[0].ID, spare
}

// B7, M6, promise 2: neither does who is deleted before the second card has met the record that was made of the first.
func TestSpareCardThatWaitedForADeletedRecord(t *testing.T) {
	for _, deleted := range []contactsync.Disposition{contactsync.LeaveAlone, contactsync.Detach, contactsync.Unlink, contactsync.Propagate, contactsync.Restore} {
		for _, several := range []match.Several{match.First, match.All} {
			t.Run(fmt.Sprintf("%s, %s", deleted, several), func(t *testing.T) {
				settings := everythingFlows()
				settings.Deleted.InCRM, settings.Match.Several = deleted, several
				w := newUndoWorld(t, settings)
				card := []string{"givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"}
				w.addOutlook(card...)
				w.addOutlook(card...)
				w.sync()
				require.Equal(t, []string{"severalMatches "}, w.problems())
				require.NoError(t, w.tenant.Delete(w.tenant.Records(record.Contact)[0].ID))

				_, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"of somebody else"}) // which does not hear of the delete
				require.NoError(t, err)
				assert.Empty(t, w.crmSide("firstName"))
				for range 3 {
					w.sync()
				}

				cards, records := 2, 0
				switch deleted {
				case contactsync.Propagate:
					cards = 1
				case contactsync.Restore:
					records = 1
				}
				assert.Len(t, w.crmSide("firstName"), records)
				assert.Len(t, w.outlookSide("givenName"), cards)
				w.rests()

				w.put("again", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
				w.sync()
				if deleted != contactsync.Restore {
					w.rests()
					assert.Len(t, w.crmSide("firstName"), 1)
				}
			})
		}
	}
}

// B7, M6, promise 2: whoever deletes a person in the CRM, of whom the mailbox has two cards, does not get them back from the second one. It stays in
// Outlook, and is tied when the person is typed into the CRM again.
func TestSpareCardOfADeletedRecord(t *testing.T) {
	for _, deleted := range []contactsync.Disposition{contactsync.LeaveAlone, contactsync.Detach, contactsync.Unlink, contactsync.Propagate} {
		for _, full := range []bool{true, false} {
			t.Run(string(deleted)+map[bool]string{true: ", complete"}[full], func(t *testing.T) {
				settings := everythingFlows()
				settings.Deleted.InCRM = deleted
				w, crm, spare := spareWorld(t, settings)
				require.NoError(t, w.tenant.Delete(crm))

				for range 3 {
					if full {
						w.sync(contactsync.Full())
					}
					w.sync()
				}

				assert.Empty(t, w.crmSide("firstName"))
				cards := 2
				if deleted == contactsync.Propagate {
					cards = 1
				}
				assert.Len(t, w.outlookSide("givenName"), cards)
				w.rests()
				x, err := w.engine.Explain(w.ctx, w.conn.ID, record.Outlook, spare)
				require.NoError(t, err)
				stands := contactsync.StandingLeftBehind
				if deleted == contactsync.LeaveAlone {
					stands = contactsync.StandingProblem // as before: its tie goes on
				}
				assert.Equal(t, stands, x.Standing)

				w.put("again", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
				w.sync()
				w.rests()
				assert.Len(t, w.crmSide("firstName"), 1)
				assert.Len(t, w.outlookSide("givenName"), cards, "nobody is made beside who is there")
			})
		}
	}
}

// Whose card in sync is deleted in Outlook has the other one in its place, as before.
func TestSpareCardTakesThePlace(t *testing.T) {
	w, crm, _ := spareWorld(t, everythingFlows())
	require.NoError(t, w.box.Delete(w.outlookID(crm)))
	w.sync()
	w.sync()
	assert.Len(t, w.crmSide("firstName"), 1)
	assert.Len(t, w.outlookSide("givenName"), 1)
	assert.NotEmpty(t, w.outlookID(crm))
	w.rests()
}

// B11: an import that is undone does not come back from the second card.
func TestSpareCardOfAnUndoneImport(t *testing.T) {
	card := []string{"givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"}
	for _, met := range []bool{true, false} {
		w := newUndoWorld(t, everythingFlows())
		w.addOutlook(card...)
		w.addOutlook(card...)
		run := w.sync()
		if met { // the second card is known to be the record's
			w.sync()
		}
		assert.Empty(t, w.undo(run).Problems)
		for range 2 {
			w.sync()
		}
		assert.Empty(t, w.crmSide("firstName"), "met %v", met)
		assert.Len(t, w.outlookSide("givenName"), 2)
		w.rests()
	}
}

// Who writes somebody else on that card has the other person in the CRM.
func TestSpareCardOfSomebodyElseByNow(t *testing.T) {
	w, crm, spare := spareWorld(t, everythingFlows())
	require.NoError(t, w.tenant.Delete(crm))
	w.editOutlook(spare, "givenName=Charles", "surname=Babbage", "emailAddresses=charles@example.net")
	w.sync()
	w.sync()
	assert.Equal(t, []string{"Charles"}, w.crmSide("firstName"))
	w.rests()
}
