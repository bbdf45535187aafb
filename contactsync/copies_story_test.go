package contactsync_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// M4: of a create whose answer was lost there may be several items under one stamp, when somebody copied the first or the mailbox
// took it twice. The oldest is kept. Another one is removed only where it holds nothing that anybody put there.
func TestCopiesOfAnUnconfirmedCreate(t *testing.T) {
	for _, c := range []struct {
		name string
		edit []string // of the copy, by its user, before the next run
		want []string
	}{
		{"untouched", nil, []string{"Ada, , "}},
		{"a mapped field is changed", []string{"personalNotes=met in Turin"}, []string{"Ada, , ", "Ada, met in Turin, "}},
		{"a field that is not synced is filled", []string{"spouseName=William"}, []string{"Ada, , ", "Ada, , William"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			lost := true
			settings := twoWay()
			settings.Flow.ToCRM = &contactsync.Ops{Update: true} // the copy that stays is not imported, to keep the story short
			w := newWorld(t, settings, func(c *contactsync.Config) {
				inner := c.Directory
				c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
					Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
						results, err := inner.Apply(ctx, sc, writes)
						if lost {
							return nil, context.DeadlineExceeded
						}
						return results, err
					},
				})
			})
			w.put("c1", "firstName=Ada", "emails=ada@example.com")
			_, err := w.engine.Sync(w.ctx, w.conn.ID)
			require.Error(t, err)
			lost = false
			items := w.box.Items(record.Contact, w.folder)
			require.Len(t, items, 1)
			copied, err := w.box.Copy(items[0].ID, w.folder)
			require.NoError(t, err)
			if c.edit != nil {
				w.editOutlook(copied.ID, c.edit...)
			}

			w.sync()

			assert.Equal(t, c.want, w.outlookSide("givenName", "personalNotes", "spouseName"))
			assert.Equal(t, items[0].ID, w.outlookID("c1"))
			assert.Equal(t, []string{"Ada, "}, w.crmSide("firstName", "notes"))
			w.settled()
		})
	}
}

// copied is a world in which a create in Outlook was carried out twice, since its answer was lost, and in which deletes in
// Outlook may be refused.
type copied struct {
	*world
	kept, spare string
	refuse      func() error // nil: deletes are carried out
	deletes     int
}

func newCopied(t *testing.T, pairs ...string) *copied {
	t.Helper()
	c := &copied{}
	lost := true
	c.world = newWorld(t, everythingFlows(), func(cfg *contactsync.Config) {
		inner := cfg.Directory
		cfg.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if lost {
					_, _ = inner.Apply(ctx, sc, writes)
					return nil, context.DeadlineExceeded
				}
				results := make([]contactsync.Result, len(writes))
				for i, write := range writes {
					if write.Op == contactsync.Delete {
						c.deletes++
						if c.refuse != nil {
							results[i].Err = c.refuse()
							continue
						}
					}
					done, err := inner.Apply(ctx, sc, []contactsync.Write{write})
					if err != nil {
						return nil, err
					}
					results[i] = done[0]
				}
				return results, nil
			},
		})
	})
	c.put("c1", pairs...)
	_, err := c.engine.Sync(c.ctx, c.conn.ID)
	require.Error(t, err)
	lost = false
	items := c.box.Items(record.Contact, c.folder)
	require.Len(t, items, 1)
	spare, err := c.box.Copy(items[0].ID, c.folder)
	require.NoError(t, err)
	c.kept, c.spare = items[0].ID, spare.ID
	return c
}

// M4: a second card of our own making that Outlook will not have removed is never taken for somebody's: it is reported, and
// removed once it can be, by whichever process. Also where no address or number tells that it is the same person.
func TestSpareCopyThatCannotBeRemoved(t *testing.T) {
	for name, refusal := range map[string]error{
		"denied":  contactsync.ErrDenied,
		"changed": contactsync.ErrStale,
		"locked":  errors.New("423 Locked"),
	} {
		for _, fields := range [][]string{{"firstName=Ada"}, {"firstName=Ada", "lastName=Lovelace", "emails=ada@example.com"}} {
			t.Run(name, func(t *testing.T) {
				c := newCopied(t, fields...)
				c.refuse = func() error { return refusal }

				for range 3 {
					c.sync()
					c.restart()
					c.sync(contactsync.Full())
				}

				assert.Len(t, c.crmSide("firstName"), 1)
				assert.Len(t, c.outlookSide("givenName"), 2)
				assert.Equal(t, c.kept, c.outlookID("c1"))
				problems, err := c.state.Problems(c.ctx, c.conn.ID)
				require.NoError(t, err)
				require.Len(t, problems, 1)
				assert.Equal(t, c.spare, problems[0].Record[record.Outlook])
				assert.False(t, problems[0].RetryAt.IsZero())
				assert.Greater(t, c.deletes, 1)

				c.refuse = nil
				c.now = c.now.Add(25 * time.Hour)
				c.sync()

				assert.Equal(t, []string{"Ada"}, c.outlookSide("givenName"))
				assert.Equal(t, c.kept, c.outlookID("c1"))
				assert.Empty(t, c.problems())
				assert.Len(t, c.crmSide("firstName"), 1)
				c.settled()
			})
		}
	}
}

// What its user writes on such a card is not deleted with it, and makes no second record: the card is left alone and reported.
func TestSpareCopyThatSomebodyWorksOn(t *testing.T) {
	for _, field := range []string{"personalNotes=met in Turin", "spouseName=William"} {
		c := newCopied(t, "firstName=Ada")
		c.refuse = func() error { return contactsync.ErrDenied }
		c.sync()
		c.refuse = nil
		c.editOutlook(c.spare, field)
		c.now = c.now.Add(25 * time.Hour)

		c.sync()

		assert.Len(t, c.outlookSide("givenName"), 2)
		assert.Len(t, c.crmSide("firstName"), 1)
		assert.Equal(t, []string{"severalMatches "}, c.problems())
		c.settled()
	}
}

// A run that is stopped as it removes the copy leaves it to the next: nothing is doubled, whether the kept card was brought up to
// date by then or not. Where it was, the copy says something else, and is left alone and reported.
func TestStoppedAtTheSpareCopy(t *testing.T) {
	for _, edited := range []bool{false, true} {
		c := newCopied(t, "firstName=Ada")
		want, problems := []string{"Ada, "}, []string{}
		if edited {
			c.editCRM("c1", "company=Engines") // an update goes out first
			want, problems = []string{"Ada, ", "Ada, Engines"}, []string{"severalMatches "}
		}
		stop := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(c.ctx)
		c.refuse = func() error { cancel(stop); return stop }
		_, err := c.engine.Sync(ctx, c.conn.ID)
		require.Error(t, err)
		c.refuse = nil
		c.restart()
		c.now = c.now.Add(10 * time.Minute)

		c.sync()
		c.sync()

		assert.Equal(t, want, c.outlookSide("givenName", "companyName"))
		assert.Equal(t, want[len(want)-1:], c.crmSide("firstName", "company"))
		assert.Equal(t, problems, append([]string{}, c.problems()...))
		c.settled()
	}
}

// M4: of several such cards one run removes all, and nothing of them is remembered.
func TestSpareCopiesAreRemovedTogether(t *testing.T) {
	c := newCopied(t, "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	second, err := c.box.Copy(c.kept, c.folder)
	require.NoError(t, err)
	c.refuse = func() error { return contactsync.ErrDenied }
	c.sync()
	require.Len(t, c.problems(), 2)
	c.refuse = nil
	c.now = c.now.Add(25 * time.Hour)

	c.sync()

	assert.Equal(t, []string{"Ada"}, c.outlookSide("givenName"))
	assert.Empty(t, c.problems())
	known, err := c.state.KnownOf(c.ctx, c.conn.ID, []string{c.spare, second.ID})
	require.NoError(t, err)
	assert.Empty(t, known)
	c.settled()
}
