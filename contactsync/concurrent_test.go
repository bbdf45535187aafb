package contactsync_test

import (
	crand "crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// B9, B12: many users' connections on one CRM run at once in one engine; each mailbox gets everybody once, and a person
// whom several mailboxes bring in at once is one record.
func TestManyConnectionsAtOnce(t *testing.T) {
	const users = 8
	w := newWorld(t, twoWay(), func(c *contactsync.Config) { c.Rand = crand.Reader })
	for i := range 20 {
		w.put(id("c", i), "firstName=F"+id("", i), "lastName=L", "emails="+id("p", i)+"@example.com")
	}
	conns := make([]contactsync.Connection, users)
	for i := range conns {
		mailbox := contactsync.Mailbox{Account: fmt.Sprintf("a%d", i)}
		box := w.outlook.Mailbox(mailbox)
		var err error
		conns[i], err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: fmt.Sprintf("u%d", i), Mailbox: mailbox})
		require.NoError(t, err)
		_, err = box.Add(conns[i].Folder, outlookFields("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com"))
		require.NoError(t, err)
	}
	everybody := func() {
		t.Helper()
		w.now = w.now.Add(20 * time.Minute)
		var g errgroup.Group
		for _, c := range conns {
			g.Go(func() error {
				_, err := w.engine.Sync(w.ctx, c.ID)
				return err
			})
		}
		require.NoError(t, g.Wait())
	}
	for range 4 {
		everybody()
	}

	graces := 0
	for _, r := range w.tenant.Records(record.Contact) {
		if r.Fields.Text("firstName") == "Grace" {
			graces++
		}
	}
	assert.Equal(t, 1, graces, "records of one person that eight mailboxes brought in")
	for i, c := range conns {
		items := w.outlook.Mailbox(c.Mailbox).Items(record.Contact, c.Folder)
		assert.Len(t, items, 21, "mailbox %d", i)
		problems, err := w.state.Problems(w.ctx, c.ID)
		require.NoError(t, err)
		assert.Empty(t, problems)
	}
}
