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

// B12: while one mailbox imports a person, another's run comes in between its look at the CRM and its create. Both have the
// same person, and both want to make the record.
func TestTwoMailboxesImportOnePersonAtOnce(t *testing.T) {
	meanwhile := func() {}
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Store
		c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				next := meanwhile
				meanwhile = func() {}
				next()
				return inner.Apply(ctx, sc, writes)
			},
		})
	})
	grace := []string{"givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com"}
	w.addOutlook(grace...)
	other := contactsync.Mailbox{Account: "a-eva", User: "eva@example.com"}
	box := w.outlook.Mailbox(other)
	eva, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: other, Kind: record.Contact})
	require.NoError(t, err)
	_, err = box.Add(eva.Folder, outlookFields(grace...))
	require.NoError(t, err)

	between := false
	meanwhile = func() {
		between = true
		_, err := w.engine.Sync(w.ctx, eva.ID)
		require.NoError(t, err)
	}
	w.sync()
	require.True(t, between, "the other mailbox's run came in between")
	require.Equal(t, []string{"Grace, Hopper"}, w.crmSide("firstName", "lastName"))

	for range 2 {
		w.now = w.now.Add(20 * time.Minute)
		_, err := w.engine.Sync(w.ctx, eva.ID)
		require.NoError(t, err)
		w.sync()
	}
	assert.Equal(t, []string{"Grace, Hopper"}, w.crmSide("firstName", "lastName"))
	assert.Len(t, box.Items(record.Contact, eva.Folder), 1)
	for _, conn := range []string{w.conn.ID, eva.ID} {
		links, err := w.state.Links(w.ctx, conn, "", 10)
		require.NoError(t, err)
		require.Len(t, links, 1)
		assert.Equal(t, contactsync.Linked, links[0].Phase)
	}
}

// B7, B9: a record that was deleted was put back for another user's edit, and is not this user's to see: their card stays with what they
// wrote on it, and nothing is asked of the CRM for it.
func TestPutBackForAnotherUserAlone(t *testing.T) {
	w := newWorld(t, propagating())
	other := contactsync.Mailbox{Account: "a-eva", User: "eva@example.com"}
	box := w.outlook.Mailbox(other)
	eva, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: other, Kind: record.Contact})
	require.NoError(t, err)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	_, err = w.engine.Sync(w.ctx, eva.ID)
	require.NoError(t, err)
	w.editOutlook(w.outlookID("c1"), "jobTitle=Poet")
	require.NoError(t, box.Edit(box.Items(record.Contact, eva.Folder)[0].ID, outlookFields("companyName=Engines")))
	require.NoError(t, w.tenant.Delete("c1"))
	w.sync()
	require.Equal(t, []string{"Ada, Poet, "}, w.crmSide("firstName", "jobTitle", "company"))
	require.NoError(t, w.tenant.Hide(w.tenant.Records(record.Contact)[0].ID, "u2"))

	r, err := w.engine.Sync(w.ctx, eva.ID)

	require.NoError(t, err)
	assert.Zero(t, r.Wrote())
	assert.Zero(t, r.Counts[record.CRM].Failed)
	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Ada, Engines"}, show(box.Items(record.Contact, eva.Folder), []string{"givenName", "companyName"}))
	w.settled()
	assert.Equal(t, []string{"Ada, Poet, "}, w.crmSide("firstName", "jobTitle", "company"))
}
