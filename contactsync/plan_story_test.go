package contactsync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// B3: what turns up between the look and the write of a plan that is carried out is not done instead: a planned update
// becomes no delete, the link stays, and the next run decides.
func TestApplyDoesNothingButThePlan(t *testing.T) {
	s := twoWay()
	all := contactsync.Ops{Create: true, Update: true, Delete: true}
	s.Flow = contactsync.Flow{ToCRM: &all, ToOutlook: &all}
	s.Deleted.InOutlook, s.Deleted.InCRM = contactsync.Propagate, contactsync.Propagate
	s.EditVsDelete = "delete"
	var meanwhile func()
	w := newWorld(t, s, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				if meanwhile != nil {
					meanwhile()
					meanwhile = nil
				}
				return inner.Get(ctx, sc, refs)
			},
		})
	})
	w.put("c1", "firstName=Ada", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "emails=grace@example.com")
	w.sync()
	w.editCRM("c1", "company=Engines")
	plan, err := w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	require.Len(t, plan.Actions, 1)
	meanwhile = func() { require.NoError(t, w.box.Delete(w.outlookID("c1"))) }

	r, err := w.engine.Apply(w.ctx, plan)

	require.NoError(t, err)
	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Ada, Engines", "Grace, "}, w.crmSide("firstName", "company"))
	assert.NotEmpty(t, w.outlookID("c1"), "the link stays")

	w.sync()

	assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
	w.settled()
}

// B3: a connection that cannot be worked on has a plan too, which says why; applied, it does nothing.
func TestPlanWithoutAccess(t *testing.T) {
	denied := false
	settings := twoWay()
	w := newWorld(t, settings, func(c *contactsync.Config) {
		c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Before: func(context.Context, string) error {
			if denied {
				return contactsync.ErrDenied
			}
			return nil
		}})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	denied = true

	p, err := w.engine.Plan(w.ctx, w.conn.ID)

	require.NoError(t, err)
	assert.Equal(t, contactsync.NoAccess, p.Status)
	assert.NotEmpty(t, p.Reason)
	assert.Empty(t, p.Actions)
	r, err := w.engine.Apply(w.ctx, p)
	require.NoError(t, err)
	assert.Equal(t, contactsync.NoAccess, r.Status)
	denied = false
	_, err = w.engine.Apply(w.ctx, p)
	require.NoError(t, err)
	assert.Empty(t, w.outlookSide("givenName"), "the plan names nothing")
	w.sync()
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
}

// B3, X2: a plan is made from what is there, not from what was listed: a card that was edited, which no listing shows yet, is not
// planned to be deleted for its record's sake.
func TestPlanReadsWhatItWouldDelete(t *testing.T) {
	late := false
	w := newWorld(t, propagating(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				if late {
					return contactsync.Page{Next: after}, nil
				}
				return inner.Changes(ctx, sc, after)
			},
		})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	w.sync()
	late = true
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	require.NoError(t, w.tenant.Delete("c1"))
	require.NoError(t, w.tenant.Delete("c2"))

	plan, err := w.engine.Plan(w.ctx, w.conn.ID)

	require.NoError(t, err)
	assert.Equal(t, contactsync.PlanCounts{Create: 1}, plan.Counts(record.CRM))
	assert.Equal(t, contactsync.PlanCounts{Delete: 1}, plan.Counts(record.Outlook))
}
