package acceptance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/internal/acceptance"
	"github.com/seed-42871e99/crmsync/record"
)

// A filter on a field that the administrator has hidden cannot tell of anybody. Who is in step stays so, nobody enters and nobody
// leaves, and who asks is told which field it is.
//
// E6, B7, B10
func TestFilterOnAHiddenField(t *testing.T) {
	w := acceptance.NewWorld(func(s *contactsync.Settings) {
		all := contactsync.Ops{Create: true, Update: true, Delete: true}
		s.Flow.ToOutlook, s.Left = &all, contactsync.Propagate
		s.Filter = filter.Equals("owner", filter.User)
	})
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "owner=kim")
	w.Put("grace", "firstName=Grace", "lastName=Hopper", "owner=lee")
	w.Sync("kim")

	w.Hide("owner")
	w.Edit("ada", "jobTitle=Analyst", "owner=lee")
	w.Edit("grace", "owner=kim")
	w.Put("mary", "firstName=Mary", "lastName=Somerville", "owner=kim")
	w.Sync("kim")
	w.SyncBy("kim", contactsync.Full())

	require.NoError(t, w.Cards("kim", "givenName", "jobTitle").Are("Ada, Analyst"))
	const blind = "The filter cannot tell of any contact whether it takes part (Owner, at equals): the CRM does not say. Nobody new is copied, and nobody is taken away."
	assert.Equal(t, blind, w.Last("kim").Reason)
	w.Sync("kim")
	assert.Equal(t, blind, w.Connection("kim").Reason, "a run that finds nothing does not take it back")
	for _, id := range []string{"grace", "mary"} {
		x, err := w.Engine.Explain(t.Context(), w.Connection("kim").ID, record.CRM, id)
		require.NoError(t, err)
		assert.Equal(t, contactsync.StandingNotSelected, x.Standing)
		assert.Equal(t, filter.Unknown, x.Selected)
		assert.Contains(t, x.Words, "Owner")
	}

	w.Hide("")
	w.SyncBy("kim", contactsync.Full())
	require.NoError(t, w.Cards("kim", "givenName", "jobTitle").Are("Grace, ", "Mary, "))
	assert.Empty(t, w.Connection("kim").Reason)
	require.NoError(t, w.Rests())
}
