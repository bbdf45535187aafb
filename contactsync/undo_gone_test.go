package contactsync_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
)

// B11, promise 2: what an undo puts back while its rule is out of the settings is no edit once the rule is there again: the two
// meet anew, and a person is asked. So it is wherever the undo is stopped, and of a field that was empty before.
func TestUndoWhileARuleIsOutOfTheSettings(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			s := &stopper{}
			w := newUndoWorld(t, twoWay(), s.around)
			w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "jobTitle=Clerk", "company=Yale")
			w.sync()
			w.editOutlook(w.outlookID("c1"), "jobTitle=Admiral", "companyName=Navy", "personalNotes=Compilers")
			run := w.sync()
			require.Equal(t, []string{"Admiral, Navy, Compilers"}, w.crmSide("jobTitle", "company", "notes"))
			all := w.policy.Mapping
			w.policy.Mapping = slices.DeleteFunc(slices.Clone(all), func(r mapping.Rule) bool { return r.ID == "title" || r.ID == "notes" })
			s.n, s.after = n, after
			_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
			s.starts(w, time.Hour)
			undone := w.crmSide("jobTitle")[0] == "Clerk"
			w.sync()

			w.policy.Mapping = all
			w.sync()

			require.Equal(t, []string{"Admiral, Compilers"}, w.outlookSide("jobTitle", "personalNotes"), "effect %d", n)
			require.Equal(t, []string{"Compilers"}, w.crmSide("notes"), "a first meeting fills what is empty, effect %d", n)
			if undone {
				assert.Equal(t, []string{"Clerk"}, w.crmSide("jobTitle"), "effect %d", n)
				assert.Contains(t, w.problems(), string(contactsync.CodeConflict)+" title", "effect %d", n)
			}
			w.rests()
			if err == nil {
				require.Greater(t, n, 3)
				break
			}
		}
	}
}

// B11, G5: nor does it bring a record back whose card its user threw away.
func TestUndoWhileARuleIsOutOfTheSettingsBringsNoCardBack(t *testing.T) {
	s := twoWay()
	s.Deleted.InOutlook = contactsync.Unlink
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "jobTitle=Clerk")
	w.sync()
	item := w.outlookID("c1")
	w.editOutlook(item, "jobTitle=Admiral")
	run := w.sync()
	require.NoError(t, w.box.Delete(item))
	w.sync()
	all := w.policy.Mapping
	w.policy.Mapping = slices.DeleteFunc(slices.Clone(all), func(r mapping.Rule) bool { return r.ID == "title" })
	w.undo(run)
	require.Equal(t, []string{"Clerk"}, w.crmSide("jobTitle"))
	w.sync()

	w.policy.Mapping = all
	w.sync()

	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
}
