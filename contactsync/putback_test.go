package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// M7: a card that is put back finds its record tied to another, which followed a merge to it. It stays as a copy that was left behind.
func TestOldCardPutBackAfterAMerge(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Ada", "lastName=King", "emails=king@example.com")
	w.sync()
	old, other := w.outlookID("c1"), w.outlookID("c2")
	require.NoError(t, w.box.Delete(old))
	w.sync()
	require.NoError(t, w.tenant.Merge("c2", "c1"))
	w.sync()
	require.NoError(t, w.box.Move(old, w.folder))

	w.sync()

	assert.Equal(t, other, w.outlookID("c1"), "one tie")
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	w.settled()
}

// What was imported from Outlook may lie outside the filter. Its card, deleted and put back, does not leave with its record.
func TestCardPutBackToARecordOutsideTheFilter(t *testing.T) {
	settings := everythingFlows()
	settings.Filter = filter.Equals("owner", "u1")
	settings.Left, settings.Deleted.InOutlook = contactsync.Propagate, contactsync.Unlink
	w := newWorld(t, settings)
	card := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	require.NoError(t, w.box.Delete(card))
	w.sync()
	require.NoError(t, w.box.Move(card, w.folder))

	w.sync()

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.settled()
}

// M3, promise 3: the last card of an edited record was deleted, and a run stopped before it made another. An older card of the record that
// is put back meanwhile has the edit, and no other is made beside it; one that stays deleted is no reason not to.
func TestCardPutBackWhileAnotherWasToBeMade(t *testing.T) {
	for _, c := range []struct {
		deleted contactsync.Disposition
		back    bool
	}{{contactsync.Detach, true}, {contactsync.Unlink, true}, {contactsync.Detach, false}, {contactsync.Unlink, false}} {
		settings := severalItems()
		settings.Deleted.InOutlook = c.deleted
		down := false
		w := newWorld(t, settings, func(c *contactsync.Config) {
			inner := c.Directory
			c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
				Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
					if down {
						return nil, context.DeadlineExceeded
					}
					return inner.Apply(ctx, sc, writes)
				},
			})
		})
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		w.put("c2", "firstName=Augusta", "lastName=King", "emails=king@example.com")
		w.sync()
		old, last := w.outlookID("c1"), w.outlookID("c2")
		require.NoError(t, w.box.Delete(old))
		w.sync()
		require.NoError(t, w.tenant.Merge("c2", "c1"))
		w.sync()
		require.NoError(t, w.box.Delete(last))
		w.editCRM("c1", "company=Engines")
		down = true
		_, err := w.engine.Sync(w.ctx, w.conn.ID)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		down = false
		if c.back {
			require.NoError(t, w.box.Move(old, w.folder))
		}
		w.now = w.now.Add(time.Hour)

		w.sync()

		assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
		if c.back {
			assert.Equal(t, old, w.outlookID("c1"))
		}
		w.settled()
	}
}

// B7, B20: a card that is put back while its user may not see the record takes part again when they may, at the next run.
func TestCardPutBackWhileItsRecordIsHidden(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	card := w.outlookID("c1")
	require.NoError(t, w.box.Delete(card))
	w.sync()
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.editCRM("c1", "company=Engines")
	require.NoError(t, w.box.Move(card, w.folder))
	w.settled()
	assert.Equal(t, []string{"Ada, "}, w.outlookSide("givenName", "companyName"))

	require.NoError(t, w.tenant.Unhide("c1", "u1"))
	w.sync()

	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// B7: so does one that is put back while the CRM cannot tell about the record.
func TestCardPutBackWhileTheCRMCannotTell(t *testing.T) {
	w, vague := newVague(t, twoWay(), record.CRM)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	card := w.outlookID("c1")
	require.NoError(t, w.box.Delete(card))
	w.sync()
	w.editCRM("c1", "company=Engines")
	w.sync()
	require.NoError(t, w.box.Move(card, w.folder))
	*vague = true
	require.Len(t, w.sync().Problems, 1)
	*vague = false
	w.now = w.now.Add(time.Hour)

	w.sync()

	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	assert.Empty(t, w.problems())
	w.settled()
}
