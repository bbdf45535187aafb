package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
)

// B11: what was undone is not filled in again because the record is tied to another card of its person, or the card to another
// record, that says just the same. What the new partner says otherwise flows, as at any first meeting.
func TestUndoneStaysUndoneInANewTie(t *testing.T) {
	retyped := func(title string) func(*world, string) {
		return func(w *world, item string) {
			require.NoError(w.t, w.box.Delete(item))
			w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle="+title)
		}
	}
	for name, tc := range map[string]struct {
		settings      func(*contactsync.Settings)
		before, since func(w *world, item string) // what people do before the undo, and since
		crm, outlook  string
	}{
		"card typed in again":                    {before: retyped("Countess"), crm: "", outlook: "Countess"},
		"card typed in again since":              {since: retyped("Countess"), crm: "", outlook: "Countess"},
		"card typed in again, saying more of it": {before: retyped("Countess of Lovelace"), crm: "Countess of Lovelace", outlook: "Countess of Lovelace"},
		"record edited too": {
			before: retyped("Countess"), since: func(w *world, _ string) { w.editCRM("c1", "jobTitle=Analyst") },
			crm: "Analyst", outlook: "Countess", // a first meeting with two values is a question
		},
		"copy kept": {since: func(w *world, item string) {
			_, err := w.box.Copy(item, w.folder)
			require.NoError(w.t, err)
			require.NoError(w.t, w.box.Delete(item))
		}, crm: "", outlook: "Countess"},
		"record that the filter let go": {
			settings: func(s *contactsync.Settings) {
				s.Filter, s.Left, s.Match.Ineligible = filter.Equals("owner", "u1"), contactsync.Unlink, "link"
			},
			before: func(w *world, _ string) { w.editCRM("c1", "owner=") },
			since: func(w *world, _ string) {
				w.sync()
				w.sync()
				w.editCRM("c1", "owner=u1") // and takes in again
			},
			crm: "", outlook: "Countess",
		},
	} {
		t.Run(name, func(t *testing.T) {
			settings := twoWay()
			if tc.settings != nil {
				tc.settings(&settings)
			}
			w := newUndoWorld(t, settings)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1")
			item := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")
			run := w.sync()
			require.Equal(t, []string{"Countess"}, w.crmSide("jobTitle"))
			if tc.before != nil {
				tc.before(w, item)
			}
			w.undo(run)
			require.Equal(t, []string{""}, w.crmSide("jobTitle"))
			if tc.since != nil {
				tc.since(w, item)
			}

			w.sync()
			w.sync()

			assert.Equal(t, []string{tc.crm}, w.crmSide("jobTitle"))
			assert.Equal(t, []string{tc.outlook}, w.outlookSide("jobTitle"))
			w.rests()
		})
	}
}

// The mirror: the card stays, and another CRM record of its person takes the place of the one that is hidden.
func TestUndoneStaysUndoneWithAnotherRecord(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "mobile=+31 6 1234 0001")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	run := w.sync()
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.undo(run)
	w.sync()
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "mobile=+31 6 1234 0001", "jobTitle=Countess")

	w.sync()
	w.sync()

	assert.Equal(t, []string{"Countess, "}, w.outlookSide("jobTitle", "mobilePhone"))
	w.rests()
}

// B11, promise 2: an item whose tie was let go, and that another record has by now, is left: what is put back there would be an edit
// to that tie, and go on to a record that the run had not written to.
func TestUndoLeavesAnItemThatAnotherRecordHas(t *testing.T) {
	settings := twoWay()
	settings.Hidden, settings.Match.Ineligible = contactsync.Unlink, "ignore"
	w := newUndoWorld(t, settings)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com|countess@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	run := w.sync()
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.sync()
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))

	r := w.undo(run)

	assert.Equal(t, []string{"notUndone "}, codes(r.Problems))
	assert.Equal(t, "It is tied to another record of the CRM by now. It stays as it is.", r.Problems[0].Message)
	assert.Zero(t, r.Wrote())
	w.rests()
	assert.Equal(t, []string{"ada@example.com|countess@example.com"}, w.crmSide("emails"))
}
