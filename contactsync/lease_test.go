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

// onApply is a Directory that does something just before the first write.
type onApply struct {
	contactsync.Directory
	do func()
}

func (d *onApply) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	if do := d.do; do != nil {
		d.do = nil
		do()
	}
	return d.Directory.Apply(ctx, sc, writes)
}

// COMPLAINTS 1: overlapping runs, of one engine too. The second is told so and does nothing.
func TestOverlappingRuns(t *testing.T) {
	d := &onApply{}
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		d.Directory = c.Directory
		c.Directory = d
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	d.do = func() {
		_, err := w.engine.Sync(w.ctx, w.conn.ID)
		assert.ErrorIs(t, err, contactsync.ErrBusy)
	}

	w.sync()

	assert.Len(t, w.outlookSide("givenName"), 1)
	w.settled()
}

// A worker stalls in the middle of a write until its lease is over; another does the work; the first wakes up and is
// fenced off. Nothing is doubled (Promise 3).
func TestStalledWorker(t *testing.T) {
	d := &onApply{}
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		d.Directory = c.Directory
		c.Directory = d
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	stalled := w.engine
	d.do = func() {
		w.now = w.now.Add(20 * time.Minute)
		w.restart()
		_, err := w.engine.Sync(w.ctx, w.conn.ID)
		require.NoError(t, err)
	}
	w.now = w.now.Add(time.Minute)

	_, err := stalled.Sync(w.ctx, w.conn.ID)

	require.ErrorIs(t, err, contactsync.ErrFenced)
	w.now = w.now.Add(time.Hour)
	w.sync(contactsync.Full())
	w.sync(contactsync.Full())
	assert.LessOrEqual(t, len(w.outlookSide("givenName")), 1+len(w.problems()), "a second copy is removed or reported")
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	links, err := w.state.LinksOf(w.ctx, w.conn.ID, record.CRM, []string{"c1"})
	require.NoError(t, err)
	assert.Len(t, links, 1)
}

// A listing of many slow pages outlasts a lease: the run prolongs it as it reads, so nobody else gets in between.
func TestSlowListingKeepsItsLease(t *testing.T) {
	pages := 0
	w := newWorld(t, twoWay())
	w.outlook.PageSize = 1
	for i := range 12 {
		w.addOutlook("givenName=F"+id("", i), "emailAddresses="+id("p", i)+"@example.com")
	}
	inner := w.outlook
	w.cfg.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
		Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
			pages++
			w.now = w.now.Add(50 * time.Second)
			if ctx.Value(meanwhile{}) == nil {
				_, err := w.engine.Sync(context.WithValue(ctx, meanwhile{}, true), w.conn.ID)
				assert.ErrorIs(t, err, contactsync.ErrBusy, "page %d", pages)
			}
			return inner.Changes(ctx, sc, after)
		},
	})
	w.restart()

	w.sync()

	assert.Greater(t, pages, 10)
	assert.Len(t, w.crmSide("firstName"), 12)
	w.settled()
}

// meanwhile marks the context of a run that comes in between.
type meanwhile struct{}
