package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// aroundApply has something happen around the next call that writes to Outlook, and gives its answer.
type aroundApply func(apply func() ([]contactsync.Result, error), writes []contactsync.Write) ([]contactsync.Result, error)

func newInBetween(t *testing.T, s contactsync.Settings) (*world, *aroundApply) {
	t.Helper()
	var next aroundApply
	w := newWorld(t, s, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				apply := func() ([]contactsync.Result, error) { return inner.Apply(ctx, sc, writes) }
				if do := next; do != nil {
					next = nil
					return do(apply, writes)
				}
				return apply()
			},
		})
	})
	return w, &next
}

// B5: the answer to an update is lost, and the record is edited again before the next run. What Outlook holds is our own write,
// and no edit that would be in conflict.
func TestOwnUnconfirmedUpdateIsNoEdit(t *testing.T) {
	for name, lost := range map[string]func() ([]contactsync.Result, error){
		"of the whole call": func() ([]contactsync.Result, error) { return nil, context.DeadlineExceeded },
		"of one write": func() ([]contactsync.Result, error) {
			return []contactsync.Result{{Err: contactsync.ErrUnconfirmed}}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, next := newInBetween(t, twoWay())
			w.put("c1", "firstName=Ada", "company=Engines")
			w.sync()
			w.editCRM("c1", "company=Looms")
			*next = func(apply func() ([]contactsync.Result, error), _ []contactsync.Write) ([]contactsync.Result, error) {
				_, err := apply()
				require.NoError(t, err)
				return lost()
			}
			_, _ = w.engine.Sync(w.ctx, w.conn.ID) // what is lost with the whole call ends the run
			require.Equal(t, []string{"Ada, Looms"}, w.outlookSide("givenName", "companyName"))
			w.editCRM("c1", "company=Mills")
			w.now = w.now.Add(time.Hour)

			w.sync()

			assert.Equal(t, []string{"Ada, Mills"}, w.outlookSide("givenName", "companyName"))
			assert.Equal(t, []string{"Ada, Mills"}, w.crmSide("firstName", "company"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// An item is edited while the delete of it is on its way. The delete goes by the version that was seen, so the edit lives.
func TestEditBeforeADeleteArrives(t *testing.T) {
	w, next := newInBetween(t, propagating())
	w.put("c1", "firstName=Ada", "company=Engines")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	item := w.box.Items(record.Contact, w.folder)[0].ID
	sent := false
	*next = func(apply func() ([]contactsync.Result, error), writes []contactsync.Write) ([]contactsync.Result, error) {
		sent = writes[0].Op == contactsync.Delete
		require.NoError(t, w.box.Edit(item, outlookFields("companyName=Mills")))
		return apply()
	}

	w.sync()

	require.True(t, sent, "a delete was on its way")
	assert.Equal(t, []string{"Ada, Mills"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, []string{"Ada, Mills"}, w.crmSide("firstName", "company"))
	w.settled()
}

// B5: the answer to an import is lost, and for a while the CRM tells of nothing new. The create is sent again and answers with
// what is there, which somebody has changed since: that is an edit, and not what was sent.
func TestRepeatedImportMeetsAnEdit(t *testing.T) {
	lost, vague := true, false
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Store
		c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				results, err := inner.Apply(ctx, sc, writes)
				if lost {
					return nil, context.DeadlineExceeded
				}
				return results, err
			},
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := inner.Changes(ctx, sc, after)
				if vague {
					page.Changes = nil
				}
				return page, err
			},
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				found, err := inner.Get(ctx, sc, refs)
				for i := range found {
					if vague && refs[i].Stamp != "" {
						found[i] = contactsync.Found{Ref: refs[i], Removed: contactsync.Unknown}
					}
				}
				return found, err
			},
		})
	})
	w.addOutlook("givenName=Ada", "surname=Lovelace", "companyName=Engines", "emailAddresses=ada@example.com")
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.Error(t, err)
	records := w.tenant.Records(record.Contact)
	require.Len(t, records, 1)
	lost, vague = false, true
	w.editCRM(records[0].ID, "company=Looms")

	w.sync()
	vague = false
	w.sync()

	assert.Equal(t, []string{"Ada, Looms"}, w.crmSide("firstName", "company"))
	assert.Equal(t, []string{"Ada, Looms"}, w.outlookSide("givenName", "companyName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// B5: a record is made anew after a delete, and that create is lost on its way. The first create, whose item is gone, is another
// one: what became of it says nothing of this.
func TestLostSecondCreateIsMadeAgain(t *testing.T) {
	w, next := newInBetween(t, twoWay())
	w.put("c1", "firstName=Ada", "company=Engines")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	w.editCRM("c1", "company=Looms")
	*next = func(func() ([]contactsync.Result, error), []contactsync.Write) ([]contactsync.Result, error) {
		return nil, context.DeadlineExceeded
	}
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.Error(t, err)
	require.Empty(t, w.outlookSide("givenName"))

	for range 2 {
		w.now = w.now.Add(time.Hour)
		w.sync()
	}

	assert.Equal(t, []string{"Ada, Looms"}, w.outlookSide("givenName", "companyName"))
	w.settled()
}

// B5: the answer to a create is lost, and a search for its stamp does not find it for hours. A complete listing shows it.
func TestListingShowsAnUnconfirmedCreate(t *testing.T) {
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Directory
		lost := true
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				results, err := inner.Apply(ctx, sc, writes)
				if lost {
					lost = false
					return nil, context.DeadlineExceeded
				}
				return results, err
			},
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				found, err := inner.Get(ctx, sc, refs)
				for i := range found {
					if refs[i].Stamp != "" {
						found[i] = contactsync.Found{Ref: refs[i], Removed: contactsync.Unknown}
					}
				}
				return found, err
			},
		})
	})
	w.put("c1", "firstName=Ada", "company=Engines")
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.Error(t, err)

	for range 2 {
		w.now = w.now.Add(time.Hour)
		w.sync()
	}

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	assert.NotEmpty(t, w.outlookID("c1"))
	w.settled()
}
