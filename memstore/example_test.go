package memstore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// A CRM in memory: people work on a tenant's records, a sync reads what they did.
func ExampleStore() {
	schema, err := record.NewSchema(record.Contact,
		record.Field{Name: "name", Type: record.Name},
		record.Field{Name: "email", Type: record.Email})
	if err != nil {
		panic(err)
	}
	crm := memstore.NewStore(schema)
	acme := crm.Tenant("acme")
	acme.Put("p1", schema.Build().Set("name", "Ada Lovelace").Fields())
	acme.Put("p2", schema.Build().Set("name", "Grace Hopper").Fields())
	acme.Edit("p1", schema.Build().Set("email", "ada@example.com").Fields())
	acme.Delete("p2")

	scope := contactsync.Scope{Tenant: "acme", User: "u17", Kind: record.Contact}
	page, err := crm.Changes(context.Background(), scope, "")
	if err != nil {
		panic(err)
	}
	for _, c := range page.Changes {
		fmt.Println(c.ID, c.Record.Fields.Text("name"), c.Record.Fields.Text("email"))
	}
	found, err := crm.Get(context.Background(), scope, []contactsync.Ref{{ID: "p2"}, {ID: "p3"}})
	if err != nil {
		panic(err)
	}
	fmt.Println("p2", found[0].Removed)
	fmt.Println("p3", found[1].Removed)
	// Output:
	// p1 Ada Lovelace ada@example.com
	// p2 deleted
	// p3 unknown
}

// An Outlook in memory: its owner moves an item to another folder, which the sync is told as gone from the first.
func ExampleDirectory() {
	outlook := memstore.NewDirectory()
	mailbox := contactsync.Mailbox{Account: "a1", User: "ada@example.com"}
	box := outlook.Mailbox(mailbox)
	item, err := box.Add("", record.OutlookContact.Build().Set("surname", "Hopper").Fields())
	if err != nil {
		panic(err)
	}

	ctx, scope := context.Background(), contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}
	page, err := outlook.Changes(ctx, scope, "")
	if err != nil {
		panic(err)
	}
	box.Move(item.ID, box.AddFolder(record.Contact, "Old friends").ID)
	page, err = outlook.Changes(ctx, scope, page.Next)
	if err != nil {
		panic(err)
	}
	found, err := outlook.Get(ctx, scope, []contactsync.Ref{{ID: item.ID}})
	if err != nil {
		panic(err)
	}
	fmt.Println(page.Changes[0].Removed, "then", found[0].Removed)
	// Output: unknown then moved
}

// A State is saved to a file and loaded in the next process.
func ExampleSaveFile() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "sync.state")

	ctx, now := context.Background(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	state := memstore.NewState()
	state.PutConnection(ctx, contactsync.Connection{ID: "c1", Tenant: "acme"})
	lease, err := state.Acquire(ctx, "c1", "worker", now, time.Minute)
	if err != nil {
		panic(err)
	}
	link := contactsync.Link{ID: "l1", Conn: "c1", IDs: [2]string{"p1", "item-1"}, Phase: contactsync.Linked}
	if err := state.Save(ctx, lease, contactsync.Batch{Links: []contactsync.Link{link}, Release: true}); err != nil {
		panic(err)
	}
	if err := memstore.SaveFile(path, state); err != nil {
		panic(err)
	}

	loaded := memstore.NewState()
	if err := memstore.LoadFile(path, loaded); err != nil {
		panic(err)
	}
	links, err := loaded.LinksOf(ctx, "c1", record.Outlook, []string{"item-1"})
	fmt.Println(links[0].ID, links[0].IDs[record.CRM], err)
	// Output: l1 p1 <nil>
}
