package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// B4, promise 3: a record was merged into another, and that was deleted. Under deleted.inCRM = restore every user puts back the one that
// lived on, whether a run of theirs saw the merge or not.
func TestMergedAndDeletedIsPutBackOnce(t *testing.T) {
	settings := twoWay()
	settings.Deleted.InCRM = contactsync.Restore
	for _, sees := range []bool{false, true} {
		w := newWorld(t, settings)
		second := w.colleague("u2")
		w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
		w.sync()
		w.syncOf(second)
		w.put("c2", "lastName=Murray")
		require.NoError(t, w.tenant.Merge("c1", "c2"))
		if sees {
			w.syncOf(second)
		}
		require.NoError(t, w.tenant.Delete("c2"))

		w.sync()
		w.syncOf(second)
		w.sync()

		assert.Len(t, w.tenant.Records(record.Contact), 1, "the second user saw the merge: %v", sees)
		assert.Len(t, w.outlookSide("surname"), 1)
		assert.Len(t, second.box.Items(record.Contact, second.conn.Folder), 1)
		w.rests()
	}
}

// B4, promise 3: who has a card of each of the two puts back one, for people have said that they are one. The other card stays, and that is
// said.
func TestMergedAndDeletedBesideTheSurvivorsCard(t *testing.T) {
	settings := twoWay()
	settings.Deleted.InCRM = contactsync.Restore
	w := newWorld(t, settings)
	w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.put("c2", "firstName=Amazing", "lastName=Murray", "emails=murray@example.com")
	w.sync()
	second := w.colleague("u2")
	w.syncOf(second)
	require.NoError(t, w.tenant.Merge("c1", "c2"))
	require.NoError(t, w.tenant.Delete("c2"))

	w.sync()
	w.syncOf(second)
	w.sync()

	assert.Equal(t, []string{"Murray"}, w.crmSide("lastName"))
	assert.ElementsMatch(t, []string{"Hopper", "Murray"}, w.outlookSide("surname"))
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	w.rests()
}

// B4, promise 3: who takes back a merge into a record that was deleted since has their own record again, and the card goes on with it.
func TestMergeIntoADeletedRecordIsTakenBack(t *testing.T) {
	for _, d := range []contactsync.Disposition{contactsync.Detach, contactsync.LeaveAlone} {
		settings := twoWay()
		settings.Deleted.InCRM = d
		w := newWorld(t, settings)
		w.put("c1", "firstName=Grace", "lastName=Hopper")
		w.sync()
		w.put("c2", "lastName=Murray")
		require.NoError(t, w.tenant.Merge("c1", "c2"))
		require.NoError(t, w.tenant.Delete("c2"))
		w.sync()
		w.put("c1", "firstName=Grace", "lastName=Hopper", "company=Navy")

		w.sync()

		assert.Equal(t, []string{"Hopper, Navy"}, w.outlookSide("surname", "companyName"), d)
		w.rests()
	}
}
