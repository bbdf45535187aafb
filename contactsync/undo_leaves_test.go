package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// B11, promise 2: a card was edited, and its record given away or merged. The run that carried the edit over let the card be; once that is undone,
// the card alone has what its owner wrote, and does not go with the record.
func TestUndoneEditOutlivesItsRecord(t *testing.T) {
	for name, leave := range map[string]func(*world) error{
		"given away": func(w *world) error { w.editCRM("c1", "owner=u2"); return nil },
		"merged":     func(w *world) error { return w.tenant.Merge("c1", "c2") },
	} {
		t.Run(name, func(t *testing.T) {
			settings := everythingFlows()
			settings.Filter, settings.Left = filter.Equals("owner", filter.User), contactsync.Propagate
			w := newUndoWorld(t, settings)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1")
			w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.net", "owner=u2")
			w.sync()
			w.sync()
			w.editOutlook(w.outlookID("c1"), "mobilePhone=+31 6 1234 0001")
			require.NoError(t, leave(w))
			run := w.sync()

			assert.Empty(t, w.undo(run).Problems)

			w.sync()
			assert.Equal(t, []string{"+31 6 1234 0001"}, w.outlookSide("mobilePhone"))
			w.rests()
		})
	}
}

// The mirror: a record whose card is moved out of the folder.
func TestUndoneEditOutlivesItsCard(t *testing.T) {
	settings := everythingFlows()
	settings.MovedOut = contactsync.Propagate
	w := newUndoWorld(t, settings)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.editCRM("c1", "mobile=+31 6 1234 0001")
	w.undo(w.sync())
	require.NoError(t, w.box.Move(w.outlookID("c1"), w.box.AddFolder(record.Contact, "Elsewhere").ID))

	w.sync()

	assert.Equal(t, []string{"+31 6 1234 0001"}, w.crmSide("mobile"))
	w.rests()
}

// B11: a person's delete after an undo goes across all the same.
func TestDeleteAfterAnUndo(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "mobilePhone=+31 6 1234 0001")
	run := w.sync()
	w.undo(run)
	require.NoError(t, w.tenant.Delete("c1"))

	w.sync()

	assert.Empty(t, w.outlookSide("mobilePhone"))
	w.rests()
}
