package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
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
