package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
)

// thrownAway is a world in which the user threw away the card of c1, whose tie was dropped for it.
func thrownAway(t *testing.T, change func(s *contactsync.Settings)) *world {
	s := twoWay()
	s.Deleted.InOutlook = contactsync.Unlink
	s.Guards.Deletes, s.Guards.EmptySide = contactsync.Limit{Off: true}, contactsync.Limit{Off: true}
	change(&s)
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1", "selectedBy=u1|u2", "kind=customer")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "owner=u1")
	w.sync()
	w.editCRM("c1", "owner=u1", "kind=friend") // before the card goes, so that it is no reason to come back
	if err := w.box.Delete(w.outlookID("c1")); err != nil {
		t.Fatal(err)
	}
	w.sync()
	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
	w.settled()
	return w
}

func watchOwner(s *contactsync.Settings) { s.Watch = []string{"selectedBy", "owner"} }

// G5, X4: a watched field that no rule maps brings back the card that its user threw away, once.
func TestWatchedFieldBringsBack(t *testing.T) {
	w := thrownAway(t, watchOwner)
	w.editCRM("c1", "kind=partner") // is not watched
	w.sync()
	w.editCRM("c1", "selectedBy=u2|u1") // says the same
	w.sync()
	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))

	w.editCRM("c1", "owner=u2")
	w.sync()
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
	w.editCRM("c1", "jobTitle=Analyst") // it is in step again
	w.sync()
	assert.Equal(t, []string{"Ada, Analyst", "Grace, "}, w.outlookSide("givenName", "jobTitle"))
	w.settled()
}

// G5, E3: who is given away and given back was changed when they are selected again.
func TestWatchedFieldChangesOutsideTheFilter(t *testing.T) {
	w := thrownAway(t, func(s *contactsync.Settings) {
		watchOwner(s)
		s.Filter = filter.Equals("owner", filter.User)
	})
	w.editCRM("c1", "owner=u2")
	w.sync()
	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
	w.settled()
	w.editCRM("c1", "owner=u1")
	w.sync()
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.settled()
}

// G5: what is watched from now on brings nobody back by that; its next change does.
func TestWatchedFromNowOn(t *testing.T) {
	w := thrownAway(t, func(*contactsync.Settings) {})
	watchOwner(w.policy)
	w.sync()
	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
	w.settled()
	w.policy.Watch = []string{"owner"}
	w.sync()
	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
	w.settled()
	w.editCRM("c1", "owner=u2")
	w.sync()
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.settled()
}

// X4: a field that a rule maps brings back as before, watched or not, and SyncRecords does it too.
func TestWatchedFieldWithARule(t *testing.T) {
	w := thrownAway(t, func(s *contactsync.Settings) { s.Watch = []string{"jobTitle", "owner"} })
	w.editCRM("c1", "owner=u2")
	_, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"c1"})
	assert.NoError(t, err)
	w.sync()
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.settled()
	if err := w.box.Delete(w.outlookID("c1")); err != nil {
		t.Fatal(err)
	}
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.sync()
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.settled()
}
