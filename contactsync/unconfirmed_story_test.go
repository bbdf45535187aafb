package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// deaf loses the answer of the next write to a side, which is carried out.
type deaf [2]bool

func (d *deaf) around(c *contactsync.Config) {
	lose := func(side record.Side) func(context.Context, string, error) error {
		return func(_ context.Context, method string, err error) error {
			if method != "Apply" || !d[side] {
				return err
			}
			d[side] = false
			return contactsync.ErrUnconfirmed
		}
	}
	c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{After: lose(record.CRM)})
	c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{After: lose(record.Outlook)})
}

// unheard is a world in which a job title that was written on one side has reached the other, and nobody heard that it had.
func unheard(t *testing.T, s contactsync.Settings, reached record.Side) (w *world, item string) {
	d := &deaf{}
	w = newUndoWorld(t, s, d.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "kind=customer")
	w.sync()
	item = w.outlookID("c1")
	if reached == record.Outlook {
		w.editCRM("c1", "jobTitle=Analyst")
	} else {
		w.editOutlook(item, "jobTitle=Analyst")
	}
	w.now = w.now.Add(time.Minute)
	d[reached] = true
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, contactsync.ErrUnconfirmed)
	require.Equal(t, []string{"Analyst"}, w.crmSide("jobTitle"))
	require.Equal(t, []string{"Analyst"}, w.outlookSide("jobTitle"))
	return w, item
}

func (w *world) remove(side record.Side, item string) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	if side == record.CRM {
		require.NoError(w.t, w.tenant.Delete("c1"))
		return
	}
	require.NoError(w.t, w.box.Delete(item))
}

// X1, promise 4: what the sync wrote, and did not hear that it had, is no edit: the delete goes across, and nobody is asked.
func TestUnconfirmedWriteIsNoEditBesideADelete(t *testing.T) {
	for _, word := range []conflict.EditVsDelete{conflict.EditWins, conflict.AskPerson} {
		for _, removed := range []record.Side{record.CRM, record.Outlook} {
			t.Run(string(word)+" "+removed.String(), func(t *testing.T) {
				s := everythingFlows()
				s.EditVsDelete = word
				w, item := unheard(t, s, removed.Other())
				w.remove(removed, item)

				w.sync()

				assert.Empty(t, w.problems())
				assert.Empty(t, w.crmSide("firstName"))
				assert.Empty(t, w.outlookSide("givenName"))
				w.settled()
			})
		}
	}
}

// C1, promise 2: while a person is asked about a record that was removed and edited, the record comes back and is edited: that is
// the one edit of its title, whatever was not confirmed before.
func TestAskedAboutAndPutBackAfterAnUnconfirmedWrite(t *testing.T) {
	s := everythingFlows()
	s.EditVsDelete, s.Conflict = conflict.AskPerson, mapping.OutlookWins
	w, item := unheard(t, s, record.Outlook)
	w.editOutlook(item, "companyName=Engines")
	w.remove(record.CRM, item)
	w.sync()
	require.Equal(t, []string{"editVsDelete "}, w.problems())
	w.now = w.now.Add(time.Minute)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Countess", "kind=customer")

	w.sync()

	assert.Equal(t, []string{"Ada, Countess, Engines"}, w.crmSide("firstName", "jobTitle", "company"))
	assert.Equal(t, []string{"Ada, Countess, Engines"}, w.outlookSide("givenName", "jobTitle", "companyName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// X1, promise 2: a tie that rests, or is left alone, takes with it what turned out to be written: a record that comes back with one edit
// has one edit.
func TestPutBackAfterAnUnconfirmedWrite(t *testing.T) {
	for _, d := range []contactsync.Disposition{contactsync.Detach, contactsync.LeaveAlone} {
		t.Run(string(d), func(t *testing.T) {
			s := everythingFlows()
			s.Deleted.InCRM, s.Conflict, s.EditVsDelete = d, mapping.OutlookWins, conflict.DeleteWins
			w, item := unheard(t, s, record.Outlook)
			w.remove(record.CRM, item)
			w.sync()
			w.settled()
			w.now = w.now.Add(time.Minute)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Countess", "kind=customer")

			w.sync()

			assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
			assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// B7, promise 2: the same of a record that leaves the selection and comes back, whose card is edited meanwhile.
func TestSelectedAgainAfterAnUnconfirmedWrite(t *testing.T) {
	for _, reached := range []record.Side{record.CRM, record.Outlook} {
		t.Run(reached.String(), func(t *testing.T) {
			s := everythingFlows()
			s.Filter, s.Conflict = filter.Equals("kind", "customer"), mapping.CRMWins
			w, item := unheard(t, s, reached)
			w.editCRM("c1", "kind=friend")
			w.sync()
			w.settled()
			w.editOutlook(item, "jobTitle=Countess")
			w.editCRM("c1", "kind=customer")

			w.sync()

			assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
			assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// C1, B11: what an undo puts back, and does not hear of, is no delete of its own: while a person is asked about the record, nothing
// is made of the one that is left.
func TestAskedAboutAfterAnUnconfirmedUndo(t *testing.T) {
	for _, removed := range []record.Side{record.CRM, record.Outlook} {
		t.Run(removed.String(), func(t *testing.T) {
			d := &deaf{}
			s := everythingFlows()
			s.EditVsDelete = conflict.AskPerson
			w := newUndoWorld(t, s, d.around)
			var item string
			if removed == record.CRM {
				item = w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Poet")
				w.sync()
			} else {
				w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
				w.sync()
				item = w.outlookID("c1")
			}
			crm := w.tenant.Records(record.Contact)[0].ID
			if removed == record.CRM {
				w.editCRM(crm, "jobTitle=Analyst")
			} else {
				w.editOutlook(item, "jobTitle=Analyst")
			}
			run := w.sync()
			w.now = w.now.Add(time.Minute)
			d[removed.Other()] = true
			_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
			require.ErrorIs(t, err, contactsync.ErrUnconfirmed)
			if removed == record.CRM {
				w.editOutlook(item, "companyName=Engines")
				require.NoError(t, w.tenant.Delete(crm))
			} else {
				w.editCRM(crm, "company=Engines")
				require.NoError(t, w.box.Delete(item))
			}
			w.sync()
			require.Equal(t, []string{"editVsDelete "}, w.problems())

			w.settled()

			assert.Equal(t, []string{"editVsDelete "}, w.problems())
			assert.Len(t, w.crmSide("firstName"), int(removed))
			assert.Len(t, w.outlookSide("givenName"), 1-int(removed))
		})
	}
}
