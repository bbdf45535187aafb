package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// dispositions are what the settings may say of deletes; all of them let deletes across.
func dispositions() map[contactsync.Disposition]contactsync.Settings {
	all := map[contactsync.Disposition]contactsync.Settings{}
	for _, d := range []contactsync.Disposition{contactsync.Detach, contactsync.Propagate, contactsync.LeaveAlone, contactsync.Restore, contactsync.Unlink} {
		s := propagating()
		s.Deleted = contactsync.OnDelete{InCRM: d, InOutlook: d}
		all[d] = s
	}
	return all
}

// X2, M1: a contact deleted in Outlook and typed in again before the next run: the CRM record stays, with its id and with
// what is not synced, whatever the settings say of deletes. An edit made in the CRM meanwhile reaches the new card.
func TestContactTypedInAgainKeepsItsRecord(t *testing.T) {
	for d, settings := range dispositions() {
		for _, edited := range []bool{false, true} {
			t.Run(string(d), func(t *testing.T) {
				w := newWorld(t, settings)
				w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines", "kind=customer")
				w.sync()
				require.NoError(t, w.box.Delete(w.outlookID("c1")))
				again := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")
				if edited {
					w.editCRM("c1", "company=Navy")
				}

				r := w.sync()

				company := map[bool]string{false: "Engines", true: "Navy"}[edited]
				assert.Equal(t, []string{"Ada, Countess, " + company + ", customer"}, w.crmSide("firstName", "jobTitle", "company", "kind"))
				assert.Equal(t, []string{"Ada, Countess, " + company}, w.outlookSide("givenName", "jobTitle", "companyName"))
				assert.Equal(t, again, w.outlookID("c1"))
				assert.Zero(t, r.Counts[record.CRM].Deleted+r.Counts[record.Outlook].Deleted)
				assert.Equal(t, 1, r.Matched)
				assert.Empty(t, w.problems())
				w.settled()
			})
		}
	}
}

// The mirror: a CRM record deleted and typed in again under another id keeps the Outlook item, with what is not synced.
func TestRecordTypedInAgainKeepsItsItem(t *testing.T) {
	for d, settings := range dispositions() {
		for _, edited := range []bool{false, true} {
			t.Run(string(d), func(t *testing.T) {
				w := newWorld(t, settings)
				w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
				w.sync()
				item := w.outlookID("c1")
				w.editOutlook(item, "spouseName=William")
				w.sync()
				require.NoError(t, w.tenant.Delete("c1"))
				w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines")
				if edited {
					w.editOutlook(item, "jobTitle=Countess")
				}

				r := w.sync()

				title := map[bool]string{false: "", true: "Countess"}[edited]
				assert.Equal(t, []string{"Ada, William, Engines, " + title}, w.outlookSide("givenName", "spouseName", "companyName", "jobTitle"))
				assert.Equal(t, []string{"Ada, Engines, " + title}, w.crmSide("firstName", "company", "jobTitle"))
				assert.Equal(t, item, w.outlookID("c2"))
				assert.Zero(t, r.Counts[record.CRM].Deleted+r.Counts[record.Outlook].Deleted)
				assert.Empty(t, w.problems())
				w.settled()
			})
		}
	}
}

// M3: somebody who tidies up and deletes one of two cards of a person deletes no CRM record: the copy takes the place.
func TestTidyingUpDeletesNoRecord(t *testing.T) {
	w := newWorld(t, propagating())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
	w.sync()
	item := w.outlookID("c1")
	copied, err := w.box.Copy(item, w.folder)
	require.NoError(t, err)
	w.sync()
	require.NoError(t, w.box.Delete(item))

	w.sync()

	assert.Equal(t, []string{"Ada, customer"}, w.crmSide("firstName", "kind"))
	assert.Equal(t, copied.ID, w.outlookID("c1"))
	assert.Empty(t, w.problems())
	w.settled()
}

// B4: an address book that somebody exported, emptied and imported again is no mass delete: nobody is deleted, nobody need be
// asked. The same goes for a CRM that was filled anew.
func TestImportedAnewIsNoMassDelete(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		w := newWorld(t, propagating())
		w.people(20)
		for i := range 20 {
			n := id("", i)
			if side == record.Outlook {
				require.NoError(t, w.box.Delete(w.outlookID(id("c", i))))
				w.addOutlook("givenName=F"+n, "surname=L"+n, "emailAddresses=p"+n+"@example.com")
				continue
			}
			require.NoError(t, w.tenant.Delete(id("c", i)))
			w.put(id("d", i), "firstName=F"+n, "lastName=L"+n, "emails=p"+n+"@example.com")
		}

		r := w.sync()

		require.Nil(t, r.Halt)
		assert.Equal(t, 20, r.Matched)
		assert.Zero(t, r.Counts[record.CRM].Deleted+r.Counts[record.Outlook].Deleted)
		assert.Zero(t, r.Counts[record.CRM].Created+r.Counts[record.Outlook].Created)
		w.settled()
	}
}

// Only who is certain to be the same person: another name under the address of somebody who was deleted is somebody else, and
// so is a card that another record has a better claim to.
func TestSuccessorAtTheSameAddressIsSomebodyElse(t *testing.T) {
	w := newWorld(t, propagating())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=sales@example.com", "kind=customer")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=sales@example.com")

	w.sync()
	w.sync()

	assert.Equal(t, []string{"Grace, "}, w.crmSide("firstName", "kind"))
	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
	w.settled()
}

// A run that is stopped after it saved what it meant to do, or after it did half of it, deletes nothing either.
func TestTypedInAgainAndStopped(t *testing.T) {
	for _, stopped := range []record.Side{record.CRM, record.Outlook} {
		g := newGuarded(t, propagating())
		g.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines", "kind=customer")
		g.sync()
		require.NoError(t, g.box.Delete(g.outlookID("c1")))
		again := g.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")
		g.write = func(side record.Side, _ []contactsync.Write) error {
			if side == stopped {
				return contactsync.ErrUnconfirmed
			}
			return nil
		}
		_, err := g.engine.Sync(g.ctx, g.conn.ID)
		require.Error(t, err)
		g.write = nil
		g.restart()

		g.sync()

		assert.Equal(t, []string{"Ada, Countess, Engines, customer"}, g.crmSide("firstName", "jobTitle", "company", "kind"))
		assert.Equal(t, []string{"Ada, Countess, Engines"}, g.outlookSide("givenName", "jobTitle", "companyName"))
		assert.Equal(t, again, g.outlookID("c1"))
		g.settled()
	}
}

// The same where a card is typed in long after the other was deleted, and the settings leave the record alone, or ask because it
// was edited: nobody is told that another card of theirs is in sync.
func TestContactTypedInAgainLater(t *testing.T) {
	ask := propagating()
	ask.EditVsDelete = "ask"
	leave := propagating()
	leave.Deleted = contactsync.OnDelete{InOutlook: contactsync.LeaveAlone}
	for name, settings := range map[string]contactsync.Settings{"left alone": leave, "asked": ask} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, settings)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
			w.sync()
			w.editCRM("c1", "company=Engines")
			require.NoError(t, w.box.Delete(w.outlookID("c1")))
			if name == "left alone" {
				w.policy.EditVsDelete = "delete"
			}
			w.sync()
			w.settled()
			again := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")

			w.sync()

			assert.Empty(t, w.problems())
			assert.Equal(t, []string{"Ada, Engines, Countess, customer"}, w.crmSide("firstName", "company", "jobTitle", "kind"))
			assert.Equal(t, []string{"Ada, Engines, Countess"}, w.outlookSide("givenName", "companyName", "jobTitle"))
			assert.Equal(t, again, w.outlookID("c1"))
			w.settled()
		})
	}
}

// A card that may be the person whose card was deleted, or may not, is asked about where the record is left alone; once it is
// clear, it is tied.
func TestPerhapsTypedInAgain(t *testing.T) {
	settings := propagating()
	settings.Deleted = contactsync.OnDelete{InOutlook: contactsync.LeaveAlone}
	w := newWorld(t, settings)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "workPhone=+31 20 555 0101", "kind=customer")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	again := w.addOutlook("givenName=A.", "surname=Lovelace", "businessPhones=+31 20 555 0101")

	w.sync()

	assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
	w.settled()
	w.editOutlook(again, "givenName=Ada")
	w.sync()
	assert.Empty(t, w.problems())
	assert.Equal(t, again, w.outlookID("c1"))
	assert.Equal(t, []string{"Ada, customer"}, w.crmSide("firstName", "kind"))
	w.settled()
}

// Nothing is copied while it is asked whether a card is the one typed in again: an edit in the CRM makes no third card, and reaches the
// right one once that is clear.
func TestEditedWhileItIsAskedWhoWasTypedIn(t *testing.T) {
	settings := propagating()
	settings.Deleted = contactsync.OnDelete{InOutlook: contactsync.LeaveAlone}
	w := newWorld(t, settings)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "workPhone=+31 20 555 0101")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	again := w.addOutlook("givenName=A.", "surname=Lovelace", "businessPhones=+31 20 555 0101")
	w.sync()

	w.editCRM("c1", "company=Engines")
	w.sync()

	assert.Equal(t, []string{"A."}, w.outlookSide("givenName"))
	assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
	w.settled()
	w.editOutlook(again, "givenName=Ada")
	w.sync()
	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, again, w.outlookID("c1"))
	assert.Empty(t, w.problems())
	w.settled()
}

// It is asked on when another record takes the card's twin, and the card looks like that record's second one: a complete run makes no
// third card either.
func TestAskedOnThoughAnotherIsTied(t *testing.T) {
	settings := twoWay()
	settings.Match.Doubtful = "link"
	w := newWorld(t, settings)
	w.put("c1", "firstName=Edsger", "emails=office@example.com")
	w.put("c2", "emails=office@example.com|ed@example.com")
	w.sync()
	w.editCRM("c1", "firstName=")
	for _, crm := range []string{"c1", "c2"} {
		require.NoError(t, w.box.Delete(w.outlookID(crm)))
		w.addOutlook("emailAddresses=office@example.com|ed@example.com")
	}
	w.sync()
	w.sync(contactsync.Full())
	require.Equal(t, []string{"doubtfulMatch "}, w.problems())

	w.settled()

	assert.Len(t, w.outlookSide("emailAddresses"), 2)
	assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
	w.accept(w.only().ID)
	w.sync()
	assert.Empty(t, w.problems())
	assert.Len(t, w.outlookSide("emailAddresses"), 2)
	w.settled()
}

// G2: a run for some records does not list the folder: what follows from an item that is gone is left to the next one, which
// sees whether it was typed in again.
func TestRunForSomeRecordsDeletesNone(t *testing.T) {
	w := newWorld(t, propagating())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	require.NoError(t, w.box.Delete(w.outlookID("c2")))
	again := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.editCRM("c1", "kind=prospect")
	w.editCRM("c2", "kind=prospect")

	report, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"c1", "c2"})

	require.NoError(t, err)
	assert.Zero(t, report.Counts[record.CRM].Deleted)
	w.sync()
	assert.Equal(t, []string{"Ada, prospect"}, w.crmSide("firstName", "kind"))
	assert.Equal(t, again, w.outlookID("c1"))
	w.settled()
}

// B7, M1: a contact whose record the filter does not select is deleted and typed in again: the tie goes on outside the filter, and
// the new card does not leave with it.
func TestContactOutsideTheFilterTypedInAgain(t *testing.T) {
	s := propagating()
	s.Left = contactsync.Propagate
	s.Filter = filter.Equals("kind", "customer")
	w := newWorld(t, s)
	item := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	require.Equal(t, []string{"Ada, "}, w.crmSide("firstName", "kind"))
	require.NoError(t, w.box.Delete(item))
	again := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")

	w.sync()

	assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	w.editOutlook(again, "jobTitle=Poet")
	w.sync()
	assert.Equal(t, []string{"Ada, Poet"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.settled()
}

// X2, promise 4: a card that was left behind when its record was deleted, and was then deleted too, is nobody whom a record could be tied to:
// it was made again beside the card that its user typed in.
func TestCardLeftBehindAndDeletedIsForgotten(t *testing.T) {
	w := newWorld(t, twoWay())
	first := w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=info@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete(w.tenant.Records(record.Contact)[0].ID))
	w.sync()
	second := w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=INFO@EXAMPLE.COM")
	w.sync()
	require.Len(t, w.crmSide("firstName"), 1)
	require.NoError(t, w.box.Delete(first))
	require.NoError(t, w.box.Delete(second))
	w.sync()
	w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=info@example.com")

	r := w.sync()

	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, []string{"Alan"}, w.outlookSide("givenName"))
	assert.Len(t, w.crmSide("firstName"), 1)
	assert.Empty(t, w.problems())
	w.rests()
}
