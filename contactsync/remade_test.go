package contactsync_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// elsewhere moves the card of a CRM record to another folder.
func (w *world) elsewhere(item string) {
	w.t.Helper()
	require.NoError(w.t, w.box.Move(item, w.box.AddFolder(record.Contact, "Other").ID))
}

// Promise 3: what the sync has made since the backup, in the place of a card that is gone, is found by its stamp and goes on as that person's
// card: it is neither made again nor imported.
func TestRemadeSinceTheBackup(t *testing.T) {
	for name, story := range map[string]struct {
		settings func(*contactsync.Settings)
		since    func(w *world)
		inFolder int
	}{
		"in the place of one that was moved": {
			settings: func(s *contactsync.Settings) { s.MovedOut = contactsync.Restore },
			since: func(w *world) {
				w.elsewhere(w.outlookID("c1"))
				w.sync()
			},
			inFolder: 1,
		},
		"and again": {
			settings: func(s *contactsync.Settings) { s.MovedOut = contactsync.Restore },
			since: func(w *world) {
				for range 2 {
					w.elsewhere(w.outlookID("c1"))
					w.sync()
				}
			},
			inFolder: 1,
		},
		"for a record that was put back": {
			since: func(w *world) {
				require.NoError(w.t, w.tenant.Delete("c1"))
				w.sync()
				w.put("c1", "firstName=Grace")
				w.sync()
			},
			inFolder: 1,
		},
		"and moved away then": {
			settings: func(s *contactsync.Settings) { s.Deleted.InOutlook = contactsync.Unlink },
			since: func(w *world) {
				require.NoError(w.t, w.box.Delete(w.outlookID("c1")))
				w.sync()
				w.editCRM("c1", "company=Navy")
				w.sync()
				require.Len(w.t, w.outlookSide("givenName"), 1)
				w.elsewhere(w.outlookID("c1"))
			},
		},
	} {
		for _, stamps := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, stamps told %v", name, stamps), func(t *testing.T) {
				s := everythingFlows()
				if story.settings != nil {
					story.settings(&s)
				}
				w := newWorld(t, s)
				w.outlook.StampsInChanges = stamps
				w.put("c1", "firstName=Grace")
				w.sync()
				old := w.backup()
				story.since(w)
				require.Len(t, w.outlookSide("givenName"), min(story.inFolder, 1))
				before := w.sides()

				w.fromBackup(old)
				r := w.sync()

				assert.Zero(t, r.Wrote())
				assert.Equal(t, before, w.sides())
				assert.Empty(t, w.problems())
				w.rests()
				if story.inFolder > 0 {
					w.editCRM("c1", "jobTitle=Admiral")
					w.sync()
					assert.Equal(t, []string{"Grace, Admiral"}, w.outlookSide("givenName", "jobTitle"), "it is in sync")
				}
			})
		}
	}
}

// What the card that was made since does not hold, nobody has taken off it: the CRM keeps it.
func TestRemadeSinceTheBackupHoldsLess(t *testing.T) {
	s := everythingFlows()
	s.MovedOut = contactsync.Restore
	w := newWorld(t, s)
	w.put("c1", "firstName=Grace", "birthday=1906-12-09")
	w.sync()
	old := w.backup()
	w.editCRM("c1", "birthday=")
	w.elsewhere(w.outlookID("c1"))
	w.sync()
	w.editCRM("c1", "birthday=1906-12-09")

	w.fromBackup(old)
	w.sync()

	assert.Equal(t, []string{"Grace, 1906-12-09"}, w.crmSide("firstName", "birthday"))
	assert.Equal(t, []string{"Grace, 1906-12-09"}, w.outlookSide("givenName", "birthday"))
	w.rests()
}

// A card that the sync has made since the backup for somebody who was merged into a person with a card is one too many: it is told of and not
// imported.
func TestCardTooManySinceTheBackup(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Grace")
	w.sync()
	old := w.backup()
	w.put("c2", "firstName=Eva")
	w.sync()
	require.NoError(t, w.tenant.Merge("c1", "c2"))

	w.fromBackup(old)
	r := w.sync()

	assert.Len(t, w.crmSide("firstName"), 1)
	assert.Len(t, w.outlookSide("givenName"), 2)
	assert.Equal(t, []string{"severalMatches "}, codes(r.Problems))
	assert.True(t, r.Problems[0].Resolvable)
	w.rests()
	assert.Len(t, w.crmSide("firstName"), 1)
}

// A run for some records reads no folder: that a card is not at hand does not mean that it is gone, also where a later one of the same person lies in
// another folder.
func TestRecordsAfterABackupKeepTheirCard(t *testing.T) {
	s := everythingFlows()
	s.MovedOut = contactsync.Restore
	w := newWorld(t, s)
	w.put("c1", "firstName=Grace")
	w.sync()
	first := w.outlookID("c1")
	old := w.backup()
	w.elsewhere(first)
	w.sync()
	later := w.outlookID("c1")
	require.NotEqual(t, first, later)
	w.elsewhere(later)
	require.NoError(t, w.box.Move(first, w.folder))

	w.fromBackup(old)
	w.editCRM("c1", "company=Navy")
	_, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"c1"})
	require.NoError(t, err)
	assert.Equal(t, []string{"Grace, Navy"}, w.outlookSide("givenName", "companyName"))
	w.sync()

	assert.Equal(t, first, w.outlookID("c1"))
	assert.Equal(t, []string{"Grace, Navy"}, w.outlookSide("givenName", "companyName"))
	w.rests()
}

// Promise 4: whose card was moved away, so that the sync deleted the record, and whom a person has put back since, is not deleted a second time.
func TestPutBackAfterAMoveSinceTheBackup(t *testing.T) {
	s := everythingFlows()
	s.MovedOut = contactsync.Propagate
	w := newWorld(t, s)
	w.put("c1", "firstName=Grace", "emails=grace@example.com")
	w.sync()
	old := w.backup()
	w.elsewhere(w.outlookID("c1"))
	w.sync()
	require.Empty(t, w.crmSide("firstName"))
	w.put("c1", "firstName=Grace", "emails=grace@example.com")

	w.fromBackup(old)
	w.sync()

	assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
	w.rests()
}
