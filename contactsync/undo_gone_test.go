package contactsync_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
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

// B11, promise 2: an undo that can no longer read the card as it comes to write it has put nothing back there, and says so. What the record holds
// is not taken from it for that.
func TestUndoThatLosesSightOfTheCard(t *testing.T) {
	lookups, vague := 0, false
	w := newUndoWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				found, err := inner.Get(ctx, sc, refs)
				for i := range found {
					if lookups++; vague && lookups > 1 { // the first is to plan with
						found[i] = contactsync.Found{Ref: found[i].Ref, Removed: contactsync.Unknown}
					}
				}
				return found, err
			},
		})
	})
	w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	w.editCRM("c1", "company=Navy")
	w.editOutlook(w.outlookID("c1"), "jobTitle=Admiral")
	undone := w.undo(w.sync())
	require.Equal(t, []string{"Navy, "}, w.crmSide("company", "jobTitle"))
	require.Equal(t, []string{", Admiral"}, w.outlookSide("companyName", "jobTitle"))
	lookups, vague = 0, true
	r, err := w.engine.Undo(w.ctx, w.conn.ID, undone.Run)
	require.NoError(t, err)
	vague = false
	require.Equal(t, []string{"notUndone "}, codes(r.Problems))

	w.sync()

	assert.Equal(t, []string{"Navy, Admiral"}, w.crmSide("company", "jobTitle"))
	assert.Equal(t, []string{", Admiral"}, w.outlookSide("companyName", "jobTitle"))
	w.undo(undone)
	assert.Equal(t, []string{"Navy, Admiral"}, w.outlookSide("companyName", "jobTitle"))
	w.rests()
}
