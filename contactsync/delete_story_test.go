package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// X1: by default a delete goes nowhere; the copies stay, nothing comes back and nothing is doubled.
func TestDeletesDetachByDefault(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	require.NoError(t, w.box.Delete(w.outlookID("c2")))

	r := w.sync()

	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.settled()
	w.editCRM("c2", "company=Navy")
	w.settled()
}

// X2, X3: propagated deletes.
func TestDeletesPropagate(t *testing.T) {
	s := twoWay()
	s.Flow = contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true, Delete: true}, ToCRM: &contactsync.Ops{Create: true, Update: true, Delete: true}}
	s.Deleted = contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	require.NoError(t, w.box.Delete(w.outlookID("c2")))

	r := w.sync()

	assert.Equal(t, 1, r.Counts[record.Outlook].Deleted)
	assert.Equal(t, 1, r.Counts[record.CRM].Deleted)
	assert.Equal(t, []string{"Alan"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Alan"}, w.outlookSide("givenName"))
	w.settled()
}

// X4: deleted in Outlook, the CRM record stays and comes back at its next change.
func TestUnlinkedComesBack(t *testing.T) {
	s := twoWay()
	s.Deleted = contactsync.OnDelete{InOutlook: contactsync.Unlink}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	w.sync()
	assert.Empty(t, w.outlookSide("givenName"))
	w.settled()

	w.editCRM("c1", "company=Engines")
	w.sync()

	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	w.settled()
}

// An edit outlives a delete made on the other side before it was synced.
func TestEditSurvivesDelete(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	w.editCRM("c1", "company=Engines")
	w.editOutlook(w.outlookID("c2"), "companyName=Navy")
	require.NoError(t, w.tenant.Delete("c2"))

	w.sync()

	assert.Equal(t, []string{"Ada, Engines", "Grace, Navy"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, []string{"Ada, Engines", "Grace, Navy"}, w.crmSide("firstName", "company"))
	w.settled()
}

// COMPLAINTS 24: a merge in the CRM keeps the tie.
func TestMergeInCRMFollowsSurvivor(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.put("c9", "firstName=Ada", "lastName=King", "emails=king@example.com", "company=Engines")
	require.NoError(t, w.tenant.Merge("c1", "c9"))

	w.sync()

	assert.Equal(t, []string{"Ada, King, Engines"}, w.outlookSide("givenName", "surname", "companyName"))
	w.settled()
}

// B7, B20: a CRM record that was hidden from the user rests, and takes part again when it is shown again.
func TestHiddenRecordComesBack(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.sync()
	w.editOutlook(item, "companyName=Engines")
	w.settled()
	assert.Len(t, w.outlookSide("givenName"), 1)

	require.NoError(t, w.tenant.Unhide("c1", "u1"))
	w.sync()

	assert.Equal(t, []string{"Ada, Engines"}, w.crmSide("firstName", "company"))
	assert.Empty(t, w.problems())
	w.settled()
}

// An item that was deleted or moved away, and is put back where it was, is in step again, with what was edited meanwhile.
func TestItemPutBackIsTiedAgain(t *testing.T) {
	for _, how := range []string{"deleted", "moved"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, twoWay())
			other := w.box.AddFolder(record.Contact, "Other").ID
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			item := w.outlookID("c1")
			if how == "deleted" {
				require.NoError(t, w.box.Delete(item))
			} else {
				require.NoError(t, w.box.Move(item, other))
			}
			w.sync()
			w.editCRM("c1", "company=Navy")
			w.sync()
			require.NoError(t, w.box.Move(item, w.folder))
			w.editOutlook(item, "jobTitle=Countess")

			w.sync()

			assert.Equal(t, []string{"Ada, Navy, Countess"}, w.outlookSide("givenName", "companyName", "jobTitle"))
			assert.Equal(t, []string{"Ada, Navy, Countess"}, w.crmSide("firstName", "company", "jobTitle"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// B7: a record leaves the selection while its item is edited: the edit reaches the CRM before the item goes.
func TestEditOfAnItemWhoseRecordLeft(t *testing.T) {
	s := propagating()
	s.Left = contactsync.Propagate
	s.Filter = filter.Not(filter.Equals("kind", "former"))
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	w.editCRM("c1", "kind=former")
	w.editOutlook(w.outlookID("c1"), "companyName=Engines")

	w.sync()
	assert.Contains(t, w.crmSide("firstName", "company"), "Ada, Engines")
	w.sync()

	assert.Contains(t, w.crmSide("firstName", "company"), "Ada, Engines")
	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
	w.settled()
}

// X2, B7: the record is deleted and its item moved out of the folder at once: what somebody put elsewhere is left there, and
// who comes back into the folder is met anew.
func TestDeletedWhileItsItemMovedOut(t *testing.T) {
	w := newWorld(t, propagating())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	item, other := w.outlookID("c1"), w.box.AddFolder(record.Contact, "Elsewhere").ID
	require.NoError(t, w.tenant.Delete("c1"))
	require.NoError(t, w.box.Move(item, other))

	assert.Zero(t, w.sync().Wrote())
	w.settled()

	require.NoError(t, w.box.Move(item, w.folder))
	w.sync()
	assert.Contains(t, w.outlookSide("givenName"), "Ada")
	w.settled()
}

// X2, B7: a card that rested, because its record was deleted or hidden, was put into another folder. The record comes back, and is
// not deleted for that; the card takes part again where it was.
func TestRecordComesBackWhoseItemLeft(t *testing.T) {
	for how, tc := range map[string]struct{ goes, comes func(*world) error }{
		"deleted": {
			func(w *world) error { return w.tenant.Delete("c1") },
			func(w *world) error {
				_, err := w.tenant.Put("c1", crmFields("firstName=Ada", "lastName=Lovelace", "emails=ada@example.com"))
				return err
			},
		},
		"hidden": {
			func(w *world) error { return w.tenant.Hide("c1", "u1") },
			func(w *world) error { return w.tenant.Unhide("c1", "u1") },
		},
	} {
		t.Run(how, func(t *testing.T) {
			settings := propagating()
			settings.Deleted.InCRM, settings.Hidden, settings.MovedOut = contactsync.Detach, contactsync.Detach, contactsync.Propagate
			w := newWorld(t, settings)
			other := w.box.AddFolder(record.Contact, "Other").ID
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			item := w.outlookID("c1")
			require.NoError(t, tc.goes(w))
			w.sync()
			require.NoError(t, w.box.Move(item, other))
			w.sync()
			require.NoError(t, tc.comes(w))

			w.sync()

			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
			assert.Empty(t, w.outlookSide("givenName"))
			w.settled()
			require.NoError(t, w.box.Move(item, w.folder))
			w.sync()
			w.editCRM("c1", "jobTitle=Countess")
			w.sync()
			assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
			w.settled()
		})
	}
}

// B7: a record that left the selection keeps its tie to the card that stayed: a namesake in the CRM gets a card of their own, and who is
// selected again goes on with the old one.
func TestCardOfARecordThatLeftStaysItsOwn(t *testing.T) {
	s := twoWay()
	s.Filter = filter.Equals("kind", "customer")
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
	w.sync()
	item := w.outlookID("c1")
	w.editCRM("c1", "kind=former")
	w.sync()
	w.put("c9", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer", "jobTitle=Poet")
	w.sync()
	assert.Equal(t, []string{"Ada, ", "Ada, Poet"}, w.outlookSide("givenName", "jobTitle"))

	w.editCRM("c1", "kind=customer", "jobTitle=Countess")
	w.sync()

	assert.Equal(t, item, w.outlookID("c1"))
	assert.Equal(t, []string{"Ada, Countess", "Ada, Poet"}, w.outlookSide("givenName", "jobTitle"))
	w.settled()
}

// B7: a card that leaves the folder, where that is to be left alone, takes along what was not confirmed: nothing of its link is
// open any more.
func TestNothingStaysOpenOfWhatIsLeftAlone(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		t.Run(side.String(), func(t *testing.T) {
			var s slow
			settings := twoWay()
			settings.MovedOut = contactsync.LeaveAlone
			with := slowCRM(&s)
			if side == record.Outlook {
				with = slowOutlook(&s)
			}
			w := newWorld(t, settings, with)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			item := w.outlookID("c1")
			if side == record.CRM {
				w.editOutlook(item, "jobTitle=Countess")
			} else {
				w.editCRM("c1", "jobTitle=Countess")
			}
			s.holds = true
			w.sync()
			s.holds = false
			links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
			require.NoError(t, err)
			require.NotEmpty(t, links[0].Pending[side])
			require.NoError(t, w.box.Move(item, w.box.AddFolder(record.Contact, "Other").ID))

			w.sync()

			links, err = w.state.Links(w.ctx, w.conn.ID, "", 10)
			require.NoError(t, err)
			assert.Empty(t, links[0].Pending[side])
			assert.Equal(t, contactsync.Linked, links[0].Phase)
			w.settled()
		})
	}
}
