package contactsynctest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// A host proves its Store in one test.
func ExampleStore() {
	_ = func(t *testing.T) { // func TestStore(t *testing.T)
		contactsynctest.Store(t, contactsynctest.StoreConfig{
			New:    func(*testing.T) contactsync.Store { return memstore.NewStore(record.OutlookContact) },
			Scope:  contactsync.Scope{Tenant: "acme", User: "u17"},
			Schema: record.OutlookContact,
		})
	}
}

// A create whose answer is lost: the item is there, and the engine does not know its id.
func ExampleIntercept() {
	ctx, mailbox := context.Background(), contactsync.Mailbox{Account: "a1"}
	outlook := memstore.NewDirectory()
	box := outlook.Mailbox(mailbox)
	lossy := contactsynctest.Intercept(outlook, contactsynctest.Hooks{
		Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			outlook.Apply(ctx, sc, writes)
			return nil, errors.New("connection reset")
		},
	})
	_, err := lossy.Apply(ctx, contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}, []contactsync.Write{
		{Op: contactsync.Create, Stamp: "1abc", Set: record.OutlookContact.Build().Set("surname", "Lovelace").Fields()},
	})
	fmt.Println(err)
	fmt.Println(len(box.Items(record.Contact, "")), "item")
	// Output:
	// connection reset
	// 1 item
}
