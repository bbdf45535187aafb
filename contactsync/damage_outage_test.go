package contactsync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
)

// outage keeps records of the CRM from being told of: listings leave them out, and Get answers unknown.
func outage(out map[string]bool) func(*contactsync.Config) {
	return func(c *contactsync.Config) {
		inner := c.Store
		c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := inner.Changes(ctx, sc, after)
				var told []contactsync.Change
				for _, c := range page.Changes {
					if !out[c.ID] && (c.Record == nil || !out[c.Record.ID]) {
						told = append(told, c)
					}
				}
				page.Changes = told
				return page, err
			},
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				found, err := inner.Get(ctx, sc, refs)
				for i, ref := range refs {
					if out[ref.ID] {
						found[i] = contactsync.Found{Ref: ref, ID: ref.ID, Removed: contactsync.Unknown}
					}
				}
				return found, err
			},
		})
	}
}

// Promise 3: the State is lost while the CRM cannot tell of a record. Its card is no new contact, whenever it is looked at: when its problem
// is due, when it is edited, and in a complete pass in between.
func TestStateLostWhileARecordCannotBeToldOf(t *testing.T) {
	for name, look := range map[string]func(w *world, item string){
		"listed anew": func(w *world, _ string) { w.sync(contactsync.Full()) },
		"edited":      func(w *world, item string) { w.editOutlook(item, "companyName=Navy") },
	} {
		t.Run(name, func(t *testing.T) {
			out := map[string]bool{}
			w := newWorld(t, twoWay(), outage(out))
			w.put("c1", "firstName=Grace", "jobTitle=Admiral")
			w.put("c2", "firstName=Ada", "emails=ada@example.com")
			w.sync()
			item := w.outlookID("c1")
			w.loseState()
			out["c1"] = true
			for range 3 {
				w.sync()
			}

			look(w, item)
			w.sync()

			assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
			assert.Equal(t, []string{"unknown "}, w.problems())
			delete(out, "c1")
			w.sync(contactsync.Full())
			w.sync(contactsync.Full())
			assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
			assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
			assert.Equal(t, w.crmSide("company"), w.outlookSide("companyName"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}
