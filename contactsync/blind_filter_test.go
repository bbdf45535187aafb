package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// discreet is a CRM whose administrator may hide a field.
type discreet struct {
	*memstore.Store
	hidden string
}

func (d *discreet) hide(r *record.Record) *record.Record {
	if r == nil {
		return nil
	}
	b, shown := person.Build(), *r
	for _, field := range person.Fields() {
		if v, known := r.Fields.Get(field.Name); known && field.Name != d.hidden {
			b.Set(field.Name, v...)
		}
	}
	shown.Fields = b.Fields()
	return &shown
}

func (d *discreet) hideAll(records []record.Record) {
	for i := range records {
		records[i] = *d.hide(&records[i])
	}
}

func (d *discreet) Changes(ctx context.Context, sc contactsync.Scope, c contactsync.Cursor) (contactsync.Page, error) {
	p, err := d.Store.Changes(ctx, sc, c)
	for i := range p.Changes {
		p.Changes[i].Record = d.hide(p.Changes[i].Record)
	}
	return p, err
}

func (d *discreet) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	found, err := d.Store.Get(ctx, sc, refs)
	for i := range found {
		d.hideAll(found[i].Records)
	}
	return found, err
}

func (d *discreet) Find(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
	m, err := d.Store.Find(ctx, sc, keys)
	d.hideAll(m.Records)
	d.hideAll(m.Strangers)
	return m, err
}

const (
	blindToSome = "The filter cannot tell of some contacts whether they take part (Kind, at or[1].equals): the CRM does not say. Of these nobody new is copied, and nobody is taken away."
	blindToAll  = "The filter cannot tell of any contact whether it takes part (Kind, at equals): the CRM does not say. Nobody new is copied, and nobody is taken away."
)

// newBlindWorld has two people who take part, and a filter that asks about a field which is hidden then: of Ada it can tell all the
// same, of Grace it cannot, and of Mary, who is new, neither.
func newBlindWorld(t *testing.T) (*world, *discreet) {
	t.Helper()
	s := twoWay()
	s.Filter = filter.Or(filter.Equals("owner", filter.User), filter.Equals("kind", "Client"))
	crm := &discreet{}
	w := newWorld(t, s, func(c *contactsync.Config) { crm.Store, c.Store = c.Store.(*memstore.Store), crm })
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "owner=u1")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "kind=Client")
	require.Empty(t, w.sync().Reason)
	crm.hidden = "kind"
	w.put("c3", "firstName=Mary", "lastName=Somerville", "kind=Client")
	return w, crm
}

// E6, B7, B10: where the filter can tell of some people only, a connection says so for as long as it holds, whatever a run looks at.
func TestFilterThatCannotTellOfSome(t *testing.T) {
	w, crm := newBlindWorld(t)
	said := func(want string, opts ...contactsync.SyncOption) {
		t.Helper()
		assert.Equal(t, want, w.sync(opts...).Reason)
		conn, err := w.engine.Connection(t.Context(), w.conn.ID)
		require.NoError(t, err)
		assert.Equal(t, want, conn.Reason)
	}
	said(blindToSome) // a run that reads Mary alone knows of nobody else
	said(blindToSome)
	w.editCRM("c1", "jobTitle=Countess")
	said(blindToSome) // that it could tell of Ada says nothing about Mary
	said(blindToSome, contactsync.Full())
	w.editCRM("c2", "jobTitle=Admiral")
	said(blindToSome)
	assert.Equal(t, []string{"Ada, Countess", "Grace, Admiral"}, w.outlookSide("givenName", "jobTitle"))

	crm.hidden = "" // which changes no record
	said(blindToSome)
	w.now = w.now.Add(24 * time.Hour)
	said("")
	said("")
	assert.Equal(t, []string{"Ada", "Grace", "Mary"}, w.outlookSide("givenName"))
	w.settled()
}

// B17: a plan says of such a filter what its run will say, also the plan of settings that are not in force.
func TestPlanOfAFilterThatCannotTell(t *testing.T) {
	w, _ := newBlindWorld(t)

	p, err := w.engine.Plan(t.Context(), w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, blindToSome, p.Reason)
	assert.Equal(t, blindToSome, w.sync().Reason)

	changed := *w.policy
	changed.Filter = filter.Equals("kind", "Client")
	p, err = w.engine.Preview(t.Context(), w.conn.ID, changed)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Idle, p.Status)
	assert.Equal(t, blindToAll, p.Reason)
	assert.Equal(t, [2]int{}, [2]int{p.Entering, p.Leaving})
	*w.policy = changed
	assert.Equal(t, blindToAll, w.sync().Reason)
	assert.Equal(t, blindToAll, w.sync().Reason)
}
