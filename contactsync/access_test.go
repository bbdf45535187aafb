package contactsync_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// A8, F5: what a person can act on has words, and nothing else.
func TestReason(t *testing.T) {
	w := newWorld(t, twoWay())
	_, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: ada, Kind: record.Contact, Folder: "Global Address List"})
	assert.Equal(t, "The mailbox has no such personal folder. Folders that others share, public folders and the global address list cannot be synced.", contactsync.Reason(err))
	_, err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: contactsync.Mailbox{Account: "nobody"}, Kind: record.Contact})
	assert.Contains(t, contactsync.Reason(err), "no mailbox that Microsoft 365 can serve")
	for _, err := range []error{
		nil, contactsync.ErrBusy, errors.New("no answer"),
		fmt.Errorf("settings: %w", &contactsync.InvalidError{Field: "mapping", Reason: "there are no rules"}),
	} {
		assert.Empty(t, contactsync.Reason(err), "%v", err)
	}
}
