package contactsync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// B4, promise 4: who was deleted on one side is typed in again there, and deleted once more while the run brings the two together. What is
// left on the other side rests as before, and nothing is made of it.
func TestWhoIsTypedInAgainGoesInTheMidstOfTheRun(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		var meanwhile func()
		before := func(_ context.Context, method string) error {
			if do := meanwhile; do != nil && method == "Apply" {
				meanwhile = nil
				do()
			}
			return nil
		}
		w := newWorld(t, twoWay(), func(c *contactsync.Config) {
			c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Before: before})
			c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Before: before})
		})
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Countess")
		w.sync()
		if side == record.Outlook {
			require.NoError(t, w.box.Delete(w.outlookID("c1")))
			w.sync()
			again := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
			meanwhile = func() { require.NoError(t, w.box.Delete(again)) }
		} else {
			require.NoError(t, w.tenant.Delete("c1"))
			w.sync()
			w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			meanwhile = func() { require.NoError(t, w.tenant.Delete("c2")) }
		}
		require.Equal(t, 1, w.sync().Matched)
		require.Nil(t, meanwhile)

		w.sync()

		want := [2]int{1, 1}
		want[side] = 0
		assert.Equal(t, want, [2]int{len(w.crmSide("firstName")), len(w.outlookSide("givenName"))}, side)
		assert.Empty(t, w.problems())
		w.rests()
	}
}
