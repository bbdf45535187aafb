package contactsync_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// Promise 4: of a record that an undo deleted since the backup the CRM cannot tell for a while, and runs come faster than it is asked about again: what
// is left of it stays, also once the CRM tells.
func TestUnknownSinceTheBackup(t *testing.T) {
	silent := false
	w := newUndoWorld(t, everythingFlows(), func(c *contactsync.Config) {
		store := c.Store
		c.Store = contactsynctest.InterceptStore(store, contactsynctest.StoreHooks{Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
			found, err := store.Get(ctx, sc, refs)
			for i := range found {
				if silent && found[i].Removed == contactsync.Deleted {
					found[i].Removed = contactsync.Unknown
				}
			}
			return found, err
		}})
	})
	w.put("c1", "firstName=Grace", "emails=grace@example.com")
	w.sync()
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com")
	run := w.sync()
	old := w.backup()
	w.undo(run)
	w.fromBackup(old)
	silent = true
	for i := range 6 {
		w.editCRM("c1", fmt.Sprint("jobTitle=Rank ", i)) // so that there is something to do
		w.sync()
	}
	before := w.sides()
	silent = false
	w.now = w.now.Add(24 * time.Hour)

	w.sync()

	assert.Equal(t, before, w.sides())
	assert.Equal(t, []string{"missing "}, w.problems())
	w.rests()
}

// The same where a person is asked whether an edit or the removal counts, and takes the edit back.
func TestQuestionSinceTheBackup(t *testing.T) {
	settings := everythingFlows()
	settings.EditVsDelete = "ask"
	w := newUndoWorld(t, settings)
	item := w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com")
	run := w.sync()
	old := w.backup()
	w.undo(run)
	before := w.sides()
	w.editOutlook(item, "companyName=Engines")
	w.fromBackup(old)
	w.sync()
	w.sync()
	require.Equal(t, []string{"editVsDelete "}, w.problems())
	w.editOutlook(item, "companyName=")

	w.sync()
	w.sync(contactsync.Full())

	assert.Equal(t, before, w.sides())
}

// Promise 2: a CRM that was put back with the State gives the id of a record that is gone to somebody new. The card of the former one carries that id
// in its stamp: whether they are one person is asked, and what a person says of it is done.
func TestIDGivenAgain(t *testing.T) {
	for name, say := range map[string]func(w *world, p contactsync.Problem) error{
		"two people": func(w *world, p contactsync.Problem) error { return w.me().Reject(w.ctx, p.ID) },
		"one person": func(w *world, p contactsync.Problem) error { return w.me().Accept(w.ctx, p.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			settings := everythingFlows()
			settings.Conflict = "outlook"
			w := newUndoWorld(t, settings)
			w.put("c1", "firstName=Grace", "emails=grace@example.com")
			w.sync()
			old := w.backup()
			w.put("c9", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "notes=about Ada")
			w.sync()
			require.NoError(t, w.tenant.Delete("c9"))
			w.fromBackup(old)
			w.put("c9", "firstName=Edsger", "lastName=Dijkstra", "emails=edsger@example.com", "notes=about Edsger")

			w.sync()
			w.rests()

			assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
			assert.Equal(t, []string{"", "about Edsger"}, w.crmSide("notes"))
			assert.Equal(t, []string{"", "about Ada"}, w.outlookSide("personalNotes"))
			problems, err := w.state.Problems(w.ctx, w.conn.ID)
			require.NoError(t, err)
			require.NoError(t, say(w, problems[0]))
			w.sync()
			w.rests()
			assert.Empty(t, w.problems())
			people := 3
			if name == "one person" {
				people = 2
			}
			assert.Len(t, w.tenant.Records(record.Contact), people)
			assert.Len(t, w.box.Items(record.Contact, w.folder), people)
		})
	}
}
