package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
)

// leavesAndLinks drops the tie of who leaves the filter, and links cards with people outside it.
func leavesAndLinks() contactsync.Settings {
	s := twoWay()
	s.Filter, s.Left, s.Match.Ineligible = filter.Equals("owner", "u1"), contactsync.Unlink, "link"
	return s
}

// B7, B20: who left the filter and lost its tie for it is not tied again for being outside; who was never inside is.
func TestWhoLeftIsNotTiedAgain(t *testing.T) {
	w := newWorld(t, leavesAndLinks())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "owner=u2")
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
	w.sync()
	require.Equal(t, 2, w.links(contactsync.Linked))

	w.editCRM("c1", "owner=u2")
	w.sync()

	require.Equal(t, 1, w.links(contactsync.Linked))
	w.settled()
	w.editCRM("c1", "jobTitle=Countess")
	w.settled()
	assert.Equal(t, 1, w.links(contactsync.Linked))
	assert.Equal(t, []string{"Ada, ", "Grace, "}, w.outlookSide("givenName", "jobTitle"))
	assert.Empty(t, w.problems())

	w.editCRM("c1", "owner=u1")
	w.sync()

	assert.Equal(t, 2, w.links(contactsync.Linked))
	assert.Equal(t, []string{"Ada, Countess", "Grace, "}, w.outlookSide("givenName", "jobTitle"))
	w.settled()
}

// Another card of a person who left is neither tied nor taken for somebody new.
func TestAnotherCardOfWhoLeft(t *testing.T) {
	w := newWorld(t, leavesAndLinks())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1")
	w.sync()
	w.editCRM("c1", "owner=u2")
	w.sync()
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")

	w.sync()

	assert.Zero(t, w.links(contactsync.Linked))
	assert.Equal(t, []string{"Ada, "}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"strangerMatch "}, w.problems())
	w.settled()
}
