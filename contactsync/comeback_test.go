package contactsync_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// B7: a CRM record that was deleted by mistake and put back is in step again with the item it had, with what was edited
// meanwhile, and nothing is doubled. With or without match keys, and where the item was thrown away meanwhile too.
func TestUndeletedRecordTakesPartAgain(t *testing.T) {
	for _, name := range []string{"with keys", "without keys"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, twoWay())
			fields := []string{"firstName=Ada", "lastName=Lovelace", "company=Engines"}
			if name == "with keys" {
				fields = append(fields, "emails=ada@example.com")
			}
			w.put("c1", fields...)
			w.sync()
			item := w.outlookID("c1")
			require.NoError(t, w.tenant.Delete("c1"))
			w.sync()
			w.editOutlook(item, "jobTitle=Countess")
			w.sync()

			w.put("c1", append(fields, "notes=back")...)
			w.sync()

			assert.Equal(t, []string{"Ada, Countess, back"}, w.crmSide("firstName", "jobTitle", "notes"))
			assert.Equal(t, []string{"Ada, Countess, back"}, w.outlookSide("givenName", "jobTitle", "personalNotes"))
			assert.Empty(t, w.problems())
			assert.Equal(t, item, w.outlookID("c1"))
			w.settled()
		})
	}
}

func TestUndeletedRecordWhoseItemIsGoneIsNew(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.tenant.Delete("c1"))
	w.sync()
	require.NoError(t, w.box.Delete(item))
	w.put("c1", "firstName=Ada", "emails=ada@example.com")

	w.sync()
	w.sync()

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	w.settled()
}

// B7, M1: so is who was deleted and typed in again between two runs, by the next run; nobody is told meanwhile that another
// card of theirs is in sync. Where deletes are propagated, too (see TestContactTypedInAgainKeepsItsRecord).
func TestContactTypedInAgainAtOnce(t *testing.T) {
	for _, settings := range []contactsync.Settings{twoWay(), everythingFlows()} {
		w := newWorld(t, settings)
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		w.sync()
		require.NoError(t, w.box.Delete(w.outlookID("c1")))
		w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")

		w.sync()
		assert.Empty(t, w.problems())
		w.sync()

		assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
		assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
		assert.Empty(t, w.problems())
		w.settled()
	}
}

// M3, B7: when the card in sync is deleted, the next run ties the copy that was left alone beside it.
func TestCopyTakesThePlaceOfADeletedCard(t *testing.T) {
	for _, settings := range []contactsync.Settings{twoWay(), everythingFlows()} {
		w := newWorld(t, settings)
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		w.sync()
		item := w.outlookID("c1")
		copied, err := w.box.Copy(item, w.folder)
		require.NoError(t, err)
		w.sync()
		require.Len(t, w.problems(), 1)
		require.NoError(t, w.box.Delete(item))

		w.sync()
		w.sync()
		assert.Empty(t, w.problems())
		w.settled()
		w.editOutlook(copied.ID, "jobTitle=Countess")
		w.sync()

		assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
		w.settled()
	}
}

// An item that its old tie's record comes back for, in the run in which another record could be meant by it, is tied once.
func TestUndeletedRecordBeforeANamesake(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.tenant.Delete("c1"))
	w.sync()
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	w.sync()

	assert.Equal(t, item, w.outlookID("c1"))
	assert.Len(t, w.crmSide("firstName"), 2)
	w.settled()
}

// B7, M1: who was deleted in Outlook and typed in again by hand is recognised: what is on the new card counts, what it lacks
// is filled from the CRM, and nothing is blanked because the new card is shorter.
func TestContactTypedInAgain(t *testing.T) {
	for _, how := range []string{"deleted", "moved"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, twoWay())
			other := w.box.AddFolder(record.Contact, "Other").ID
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines")
			w.sync()
			old := w.outlookID("c1")
			if how == "deleted" {
				require.NoError(t, w.box.Delete(old))
			} else {
				require.NoError(t, w.box.Move(old, other))
			}
			w.sync()
			w.settled()

			again := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")
			r := w.sync()

			assert.Equal(t, 1, r.Matched)
			assert.Equal(t, []string{"Ada, Engines, Countess"}, w.crmSide("firstName", "company", "jobTitle"))
			assert.Equal(t, []string{"Ada, Engines, Countess"}, w.outlookSide("givenName", "companyName", "jobTitle"))
			assert.Empty(t, w.problems())
			assert.Equal(t, again, w.outlookID("c1"))
			assert.Equal(t, 1, r.Linked)
			w.settled()
		})
	}
}

// The old card is put back beside the new one: the one in sync stays, the other is left alone and reported.
func TestOldCardPutBackBesideTheNewOne(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	old := w.outlookID("c1")
	require.NoError(t, w.box.Delete(old))
	w.sync()
	again := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	require.NoError(t, w.box.Move(old, w.folder))

	w.sync()

	assert.Equal(t, again, w.outlookID("c1"))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	assert.Len(t, w.outlookSide("givenName"), 2)
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	w.settled()
}

// Both in one run: the old card is tied again, the new one is another card of the same person.
func TestOldCardPutBackAsTheNewOneIsTyped(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	old := w.outlookID("c1")
	require.NoError(t, w.box.Delete(old))
	w.sync()
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	require.NoError(t, w.box.Move(old, w.folder))

	w.sync()

	assert.Equal(t, old, w.outlookID("c1"))
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	w.settled()
}

// X1: that the tie is remembered keeps the record from being made in Outlook again by itself, whatever changes in the CRM.
func TestDeletedInOutlookIsNotMadeAgain(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	w.sync()
	w.editCRM("c1", "company=Engines")

	w.sync()
	w.sync(contactsync.Full())

	assert.Empty(t, w.outlookSide("givenName"))
	w.settled()
}

// No card without anything on it is made, on either side; it is copied once it says something.
func TestBlankRecordsStayWhereTheyAre(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1")
	item := w.addOutlook("givenName=")
	w.settled()
	assert.Len(t, w.crmSide("firstName"), 1)
	assert.Len(t, w.outlookSide("givenName"), 1)

	w.editCRM("c1", "firstName=Ada")
	w.editOutlook(item, "givenName=Grace")
	w.sync()

	assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// The State is lost, and the Outlook side tells no stamps in its listing, and the people have neither address nor number:
// the stamps are asked for, and nobody is doubled.
func TestStateLostWithoutStampsInListings(t *testing.T) {
	w := newWorld(t, twoWay())
	w.outlook.StampsInChanges = false
	w.put("c1", "firstName=Ada", "lastName=Lovelace")
	w.put("c2", "firstName=Grace", "lastName=Hopper")
	w.sync()
	w.loseState()

	w.sync()

	assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// B17: updates of the CRM are switched on after an edit in Outlook could not be sent: the difference is asked about, not kept for
// ever, and neither side is overwritten.
func TestFlowSwitchedOnLater(t *testing.T) {
	s := twoWay()
	s.Flow.ToCRM = &contactsync.Ops{Create: true}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.editOutlook(w.outlookID("c2"), "jobTitle=Admiral")
	w.sync()
	assert.Equal(t, []string{"Admiral", "Countess"}, w.outlookSide("jobTitle"))
	w.settled()

	w.policy.Flow.ToCRM = &contactsync.Ops{Create: true, Update: true}
	w.sync()

	assert.Equal(t, []string{"Admiral", "Countess"}, w.outlookSide("jobTitle"))
	assert.Equal(t, []string{"Admiral", "Poet"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"conflict title"}, w.problems())
	w.settled()
}

// The direction is turned round: what drifted on the side that sends from now on flows, or is asked about.
func TestDirectionTurnedRound(t *testing.T) {
	s := twoWay()
	s.Flow.ToCRM = &contactsync.Ops{}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess", "companyName=Engines")
	w.sync()
	w.settled()

	w.policy.Flow = contactsync.Flow{ToCRM: &contactsync.Ops{Create: true, Update: true}, ToOutlook: &contactsync.Ops{}}
	w.sync()

	assert.Equal(t, []string{"Countess, Engines"}, w.outlookSide("jobTitle", "companyName"))
	assert.Equal(t, []string{"Countess, Engines"}, w.crmSide("jobTitle", "company"))
	w.settled()
}

// M1: the demand for a match key is dropped: who was kept out by it is copied by the next run.
func TestRequireKeySwitchedOff(t *testing.T) {
	s := twoWay()
	s.Match.RequireKey = true
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace")
	w.addOutlook("givenName=Grace", "surname=Hopper")
	w.sync()
	assert.Equal(t, []string{"noKey ", "noKey "}, w.problems())
	w.settled()

	w.policy.Match.RequireKey = false
	w.sync()

	assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// C1: the setting that left a conflict to a person is changed to one that decides it: the next run does.
func TestConflictSettingChanged(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.sync()
	assert.Equal(t, []string{"conflict title"}, w.problems())

	w.policy.Conflict = "crm"
	w.sync()

	assert.Equal(t, []string{"Analyst"}, w.outlookSide("jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}

// X1: Graph may leave no trace of an item that was made and deleted between two rounds: what the sync made is looked for once.
func TestMadeAndDeletedBeforeTheNextRound(t *testing.T) {
	for _, named := range []bool{true, false} {
		s := twoWay()
		all := contactsync.Ops{Create: true, Update: true, Delete: true}
		s.Flow.ToCRM = &all
		s.Deleted.InOutlook = contactsync.Propagate
		var gone string
		w := newWorld(t, s, func(c *contactsync.Config) {
			inner := c.Directory
			c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
				Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
					page, err := inner.Changes(ctx, sc, after)
					if !named {
						page.Changes = slices.DeleteFunc(page.Changes, func(c contactsync.Change) bool { return c.ID == gone })
					}
					return page, err
				},
			})
		})
		w.put("c1", "firstName=Ada", "emails=ada@example.com")
		w.put("c2", "firstName=Grace", "emails=grace@example.com")
		w.sync()
		gone = w.outlookID("c1")
		require.NoError(t, w.box.Delete(gone))

		w.sync()

		assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
		w.settled()
	}
}
