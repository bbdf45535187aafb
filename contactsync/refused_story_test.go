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

// denying is a world both sides of which refuse what is on the list.
func denying(t *testing.T, s contactsync.Settings) (*world, *[2]contactsync.Op) {
	t.Helper()
	var denied [2]contactsync.Op
	around := func(side record.Side, inner contactsync.Store) func(context.Context, contactsync.Scope, []contactsync.Write) ([]contactsync.Result, error) {
		return func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			results := make([]contactsync.Result, len(writes))
			for i, w := range writes {
				if w.Op == denied[side] {
					results[i].Err = contactsync.ErrDenied
					continue
				}
				done, err := inner.Apply(ctx, sc, []contactsync.Write{w})
				if err != nil {
					return nil, err
				}
				results[i] = done[0]
			}
			return results, nil
		}
	}
	w := newWorld(t, s, func(c *contactsync.Config) {
		c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Apply: around(record.CRM, c.Store)})
		c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Apply: around(record.Outlook, c.Directory)})
	})
	return w, &denied
}

// L3: what a side does not allow is reported as that side's, in words of what was refused.
func TestDeniedChangeNamesTheSide(t *testing.T) {
	for side, want := range map[record.Side]string{
		record.CRM:     "The CRM does not allow this change.",
		record.Outlook: "The Outlook folder does not allow this change.",
	} {
		t.Run(want, func(t *testing.T) {
			w, denied := denying(t, twoWay())
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			denied[side] = contactsync.Update
			if side == record.CRM {
				w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
			} else {
				w.editCRM("c1", "jobTitle=Countess")
			}

			r := w.sync()

			require.Len(t, r.Problems, 1)
			assert.Equal(t, want, r.Problems[0].Message)
			assert.True(t, r.Problems[0].Sides[side])
			assert.False(t, r.Problems[0].Sides[side.Other()])
		})
	}
}

// L3: a record that cannot be put back is reported under the id it had, with the link it still has.
func TestRefusedRestoreNamesTheRecord(t *testing.T) {
	s := propagating()
	s.Deleted = contactsync.OnDelete{InCRM: contactsync.Restore, InOutlook: contactsync.Restore}
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		t.Run(side.String(), func(t *testing.T) {
			w, denied := denying(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
			require.NoError(t, err)
			require.Len(t, links, 1)
			denied[side] = contactsync.Create
			if side == record.CRM {
				require.NoError(t, w.tenant.Delete("c1"))
			} else {
				require.NoError(t, w.box.Delete(links[0].IDs[record.Outlook]))
			}

			r := w.sync()

			require.Len(t, r.Problems, 1)
			assert.Equal(t, contactsync.CodeDenied, r.Problems[0].Code)
			assert.Equal(t, links[0].IDs, r.Problems[0].Record)
			assert.Equal(t, links[0].ID, r.Problems[0].Link)
			denied[side] = ""
			w.sync(contactsync.Full())
			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
			assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
		})
	}
}
