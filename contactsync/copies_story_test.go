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
