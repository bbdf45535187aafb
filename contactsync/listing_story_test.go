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

// halfListed leaves every second record out of a side's complete listings while on is set, and says that they are not whole.
func halfListed(inner contactsync.Store, on *bool) func(context.Context, contactsync.Scope, contactsync.Cursor) (contactsync.Page, error) {
	return func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
		page, err := inner.Changes(ctx, sc, after)
		if *on && page.Complete {
			var some []contactsync.Change
			for i, c := range page.Changes {
				if i%2 == 0 {
					some = append(some, c)
				}
			}
			page.Changes, page.Complete = some, false
		}
		return page, err
	}
}

// B4: a listing that breaks off deletes nothing, doubles nothing, and the status says so. Once it is whole all is as usual.
func TestIncompleteListing(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		for _, when := range []string{"first run", "later"} {
			t.Run(fmt.Sprintf("%v/%s", side, when), func(t *testing.T) {
				half := when == "first run"
				w := newWorld(t, propagating(), func(c *contactsync.Config) {
					c.Store = &unindexed{c.Store} // it has to be listed
					if side == record.CRM {
						c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Changes: halfListed(c.Store, &half)})
					} else {
						c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Changes: halfListed(c.Directory, &half)})
					}
				})
				for i := range 12 {
					n := id("", i)
					w.put(id("c", i), "firstName=F"+n, "lastName=L"+n, "emails=p"+n+"@example.com")
					w.addOutlook("givenName=F"+n, "surname=L"+n, "emailAddresses=p"+n+"@example.com")
				}
				if when == "later" {
					w.sync()
					half = true
					w.addOutlook("givenName=New", "surname=Person", "emailAddresses=new@example.com")
					w.put("new", "firstName=New", "lastName=Person", "emails=new@example.com")
				}

				report := w.sync(contactsync.Full())

				assert.Equal(t, contactsync.Idle, report.Status)
				assert.Contains(t, report.Reason, "did not name all its contacts")
				conn, err := w.state.Connection(w.ctx, w.conn.ID)
				require.NoError(t, err)
				assert.Equal(t, report.Reason, conn.Reason)
				assert.Zero(t, report.Wrote())
				half = false
				report = w.sync(contactsync.Full())
				assert.Empty(t, report.Reason)
				conn, err = w.state.Connection(w.ctx, w.conn.ID)
				require.NoError(t, err)
				assert.Empty(t, conn.Reason)
				want := 12
				if when == "later" {
					want++
				}
				assert.Equal(t, want, report.Linked)
				assert.Len(t, w.crmSide("firstName"), want)
				assert.Len(t, w.outlookSide("givenName"), want)
				w.settled()
			})
		}
	}
}

// unindexed is a Store without a Finder.
type unindexed struct{ contactsync.Store }

// B4: the folder is gone for a while. Nothing is deleted for it, the status says so in words, and it goes on when it is back.
func TestFolderGone(t *testing.T) {
	gone := false
	w := newWorld(t, propagating(), func(c *contactsync.Config) {
		c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Before: func(context.Context, string) error {
			if gone {
				return fmt.Errorf("outlook: %w", contactsync.ErrFolderGone)
			}
			return nil
		}})
	})
	w.people(20)
	gone = true
	for range 3 {
		w.now = w.now.Add(25 * time.Hour)
		report := w.sync()
		assert.Equal(t, contactsync.FolderGone, report.Status)
		assert.Contains(t, report.Reason, "no longer exists")
		assert.Zero(t, report.Wrote())
	}
	conn, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, contactsync.FolderGone, conn.Status)
	assert.Len(t, w.crmSide("firstName"), 20)
	w.editCRM("ca0", "company=Navy")
	gone = false

	assert.Equal(t, contactsync.Idle, w.sync().Status)

	assert.Contains(t, w.outlookSide("givenName", "companyName"), "Fa0, Navy")
	w.settled()
}

// B4: a first run that would write more than the threshold waits for a person; just as much goes through.
func TestApproveFirstRun(t *testing.T) {
	start := func(t *testing.T, n int) *guarded {
		t.Helper()
		s := propagating()
		s.Guards.ApproveFirstRun = 10
		g := newGuarded(t, s)
		g.cfg.ChunkSize = 4
		g.restart()
		for i := range n {
			g.put(id("c", i), "firstName=F"+id("", i), "lastName=L"+id("", i), "emails="+id("p", i)+"@example.com")
		}
		return g
	}
	t.Run("just as much", func(t *testing.T) {
		g := start(t, 10)
		g.wrote(record.Outlook, contactsync.Counts{Created: 10})
		g.settled()
	})
	t.Run("more", func(t *testing.T) {
		g := start(t, 11)
		halt := g.halted(contactsync.GuardFirstRun, record.Outlook, 11)
		assert.Equal(t, 10, halt.Limit)
		assert.Empty(t, g.outlookSide("givenName"))
		g.put("more", "firstName=One", "lastName=More", "emails=more@example.com")
		require.NoError(t, g.answer(contactsync.AnswerGoOn))
		g.halted(contactsync.GuardFirstRun, record.Outlook, 12)
		require.NoError(t, g.answer(contactsync.AnswerGoOn))
		g.wrote(record.Outlook, contactsync.Counts{Created: 12})
		for i := range 12 { // it was the first
			g.put(id("d", i), "firstName=G"+id("", i), "lastName=M"+id("", i), "emails="+id("q", i)+"@example.com")
		}
		g.wrote(record.Outlook, contactsync.Counts{Created: 12})
	})
	t.Run("stopped", func(t *testing.T) {
		g := start(t, 30)
		g.halted(contactsync.GuardFirstRun, record.Outlook, 30)
		require.NoError(t, g.answer(contactsync.AnswerGoOn))
		calls := 0
		g.write = func(record.Side, []contactsync.Write) error {
			if calls++; calls == 4 {
				panic(stop{})
			}
			return nil
		}
		g.stopped()
		require.Len(t, g.outlookSide("givenName"), 12)
		g.wrote(record.Outlook, contactsync.Counts{Created: 18}) // four of them a second time, counted before
		assert.Len(t, g.outlookSide("givenName"), 30)
	})
	t.Run("stopped beside people who agree", func(t *testing.T) { // of whom nothing is written, and none of what may pass is used up
		g := start(t, 30)
		for i := range 4 {
			g.addOutlook("givenName=F"+id("", i), "surname=L"+id("", i), "emailAddresses="+id("p", i)+"@example.com")
		}
		g.halted(contactsync.GuardFirstRun, record.Outlook, 26)
		require.NoError(t, g.answer(contactsync.AnswerGoOn))
		calls := 0
		g.refuse = true
		g.write = func(record.Side, []contactsync.Write) error {
			if calls++; calls == 7 { // the last
				panic(stop{})
			}
			return nil
		}
		g.stopped()
		g.refuse, g.write = false, nil
		g.wrote(record.Outlook, contactsync.Counts{Created: 26})
		assert.Len(t, g.outlookSide("givenName"), 30)
	})
	t.Run("a small plan first", func(t *testing.T) {
		g := start(t, 30)
		plan, err := g.engine.Plan(g.ctx, g.conn.ID)
		require.NoError(t, err)
		plan.Actions = plan.Actions[:5]
		report, err := g.engine.Apply(g.ctx, plan)
		require.NoError(t, err)
		require.Equal(t, 5, report.Wrote())

		g.halted(contactsync.GuardFirstRun, record.Outlook, 25)
	})
}
