package contactsync_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// newSlow is a world one of whose sides does not tell yet, while slow is set, of more than seven of the removals since a cursor. Its
// complete listing then names everything, or does not.
func newSlow(t *testing.T, s contactsync.Settings, side record.Side, whole bool) (w *world, slow *bool) {
	slow = new(bool)
	holdBack := func(page contactsync.Page, err error, after contactsync.Cursor) (contactsync.Page, error) {
		if *slow && after == "" {
			page.Complete = page.Complete && whole
		}
		if !*slow || after == "" {
			return page, err
		}
		told := page.Changes[:0]
		for _, c := range page.Changes {
			if c.Record != nil || len(told) < 7 {
				told = append(told, c)
			}
		}
		page.Changes, page.Next = told, after
		return page, err
	}
	return newWorld(t, s, func(c *contactsync.Config) {
		store, directory := c.Store, c.Directory
		if side == record.CRM {
			c.Store = contactsynctest.InterceptStore(store, contactsynctest.StoreHooks{
				Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
					page, err := store.Changes(ctx, sc, after)
					return holdBack(page, err, after)
				},
			})
			return
		}
		c.Directory = contactsynctest.Intercept(directory, contactsynctest.Hooks{
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := directory.Changes(ctx, sc, after)
				return holdBack(page, err, after)
			},
		})
	}), slow
}

// B4: a person has let be restored what was removed from a side, and the run that does it is told of a part of it. All is restored, and
// nothing is deleted for what is told later.
func TestRestoreOfWhatASideTellsLate(t *testing.T) {
	for _, c := range []struct {
		side  record.Side
		whole bool
	}{{record.CRM, true}, {record.CRM, false}, {record.Outlook, true}, {record.Outlook, false}} {
		t.Run(fmt.Sprintf("%v, whole listing %v", c.side, c.whole), func(t *testing.T) {
			side := c.side
			w, slow := newSlow(t, propagating(), side, c.whole)
			w.people(20)
			w.sync()
			if side == record.CRM {
				w.deleteCRM(0, 10)
			} else {
				w.deleteOutlook(0, 10)
			}
			require.Equal(t, contactsync.Halted, w.sync().Status)
			require.NoError(t, w.answer(contactsync.AnswerRestore))

			*slow = true
			w.sync()
			*slow = false
			w.sync()

			assert.Len(t, w.crmSide("firstName"), 20)
			assert.Len(t, w.outlookSide("givenName"), 20)
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// B4: what a person lets the first run write is used up by what it wrote, also where it was stopped: the run that goes on may write the rest
// and no more.
func TestStoppedFirstRunUsesUpWhatMayPass(t *testing.T) {
	s := twoWay()
	s.Guards.ApproveFirstRun = 5
	g := newGuarded(t, s)
	g.cfg.ChunkSize = 4
	g.restart()
	put := func(i, j int) {
		for ; i < j; i++ {
			g.put(id("c", i), "firstName=F"+id("", i))
		}
	}
	put(0, 20)
	g.halted(contactsync.GuardFirstRun, record.Outlook, 20)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	calls := 0
	g.write = func(record.Side, []contactsync.Write) error {
		if calls++; calls == 2 {
			panic(stop{})
		}
		return nil
	}
	g.stopped()
	require.Len(t, g.outlookSide("givenName"), 4)
	put(20, 23)

	g.halted(contactsync.GuardFirstRun, record.Outlook, 15)

	assert.Len(t, g.outlookSide("givenName"), 4)
}
