package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// rewrite changes what the state holds, as another version of the library would have left it.
func (w *world) rewrite(change func(contactsync.Lease) contactsync.Batch) {
	w.t.Helper()
	w.now = w.now.Add(time.Hour)
	lease, err := w.state.Acquire(w.ctx, w.conn.ID, "upgrade", w.now, time.Minute)
	require.NoError(w.t, err)
	b := change(lease)
	b.Release = true
	require.NoError(w.t, w.state.Save(w.ctx, lease, b))
}

// Fingerprints of typed values that an earlier version took under other rules are no edits: nothing is written (Promise 1).
func TestUpgradeOfCanonicalFormsWritesNothing(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "mobile=06-12345678")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "notes=Navy")
	w.sync()
	w.rewrite(func(contactsync.Lease) contactsync.Batch {
		links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
		require.NoError(t, err)
		require.Len(t, links, 2)
		for i := range links {
			for j := range links[i].Seen {
				s := &links[i].Seen[j]
				s.Version--
				s.Typed = [2]uint64{s.Typed[0] + 1, s.Typed[1] + 2}
			}
			links[i].Version = [2]string{} // so that nothing passes for an echo
		}
		return contactsync.Batch{Links: links}
	})

	r := w.sync(contactsync.Full())

	assert.Zero(t, r.Wrote())
	assert.Empty(t, r.Problems)
	w.editCRM("c2", "notes=Navy, retired")
	assert.Equal(t, 1, w.sync().Wrote(), "a real edit after the upgrade still flows")
	w.settled()
}

// Known items hashed under earlier keys are listed again before anything is created (Promise 3).
func TestUpgradeOfKeysDoublesNothing(t *testing.T) {
	s := twoWay()
	s.Flow = contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true}, ToCRM: &contactsync.Ops{}}
	w := newWorld(t, s)
	item := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	w.rewrite(func(l contactsync.Lease) contactsync.Batch {
		known, err := w.state.KnownOf(w.ctx, w.conn.ID, []string{item})
		require.NoError(t, err)
		require.Len(t, known, 1)
		known[0].Emails = []uint64{42}
		conn := l.Conn
		conn.Progress.KeyVersion--
		return contactsync.Batch{Known: known, Connection: &conn}
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines")

	r := w.sync()

	assert.True(t, r.Full[record.Outlook])
	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	w.settled()
}

// A rule that is added later meets values on both sides for the first time: nothing is blanked.
func TestAddedRuleIsAFirstMeeting(t *testing.T) {
	s := twoWay()
	all := s.Mapping
	s.Mapping = all[:len(all)-2]
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "notes=", "birthday=1815-12-10")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "personalNotes=likes machines")
	w.settled()

	w.policy.Mapping = all
	w.sync()

	assert.Equal(t, []string{"likes machines, 1815-12-10"}, w.crmSide("notes", "birthday"))
	assert.Equal(t, []string{"likes machines, 1815-12-10"}, w.outlookSide("personalNotes", "birthday"))
	w.settled()
}
