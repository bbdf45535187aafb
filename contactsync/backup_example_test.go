package contactsync_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// A run copied somebody to Outlook and was taken back; then the State is lost, and last night's backup of it put back. It has the two tied, and the card
// gone: as if its owner had deleted it. The host says that the State is an old one, so the CRM record stays.
func ExampleEngine_StateFromBackup() {
	ctx := context.Background()
	schema := record.MustSchemaOf[Contact](record.Contact)
	crm, outlook := memstore.NewStore(schema), memstore.NewDirectory(record.OutlookContact)
	people, mailbox := crm.Tenant("acme"), contactsync.Mailbox{Account: "ada", User: "ada@example.com"}
	outlook.Mailbox(mailbox)
	fields, err := record.Encode(schema, Contact{First: "Grace", Last: "Hopper", Emails: []string{"grace@example.com"}})
	if err != nil {
		panic(err)
	}
	if _, err := people.Put("p1", fields); err != nil {
		panic(err)
	}
	all := contactsync.Ops{Create: true, Update: true, Delete: true}
	engineOver := func(state contactsync.State) *contactsync.Engine {
		engine, err := contactsync.New(contactsync.Config{
			Store: crm, Directory: outlook, State: state,
			Policy: contactsync.Fixed(contactsync.Settings{
				Mapping: []mapping.Rule{
					{ID: "first", CRM: []string{"first"}, Outlook: []string{"givenName"}},
					{ID: "last", CRM: []string{"last"}, Outlook: []string{"surname"}},
				},
				Flow:    contactsync.Flow{ToOutlook: &all, ToCRM: &all},
				Deleted: contactsync.OnDelete{InOutlook: contactsync.Propagate},
			}),
			Key:     []byte("a secret of the host, kept apart"),
			CRM:     map[record.Kind]*record.Schema{record.Contact: schema},
			Journal: contactsync.Journaling{Keep: 30 * 24 * time.Hour, Key: []byte("another secret, of 32 bytes long")},
		})
		if err != nil {
			panic(err)
		}
		return engine
	}
	state := memstore.NewState()
	engine := engineOver(state)
	conn, err := engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: mailbox})
	if err != nil {
		panic(err)
	}
	run, err := engine.Sync(ctx, conn.ID)
	if err != nil {
		panic(err)
	}
	var backup bytes.Buffer
	if _, err := state.WriteTo(&backup); err != nil {
		panic(err)
	}
	if _, err := engine.Undo(ctx, conn.ID, run.Run); err != nil {
		panic(err)
	}

	old := memstore.NewState()
	if _, err := old.ReadFrom(&backup); err != nil {
		panic(err)
	}
	engine = engineOver(old)
	if err := engine.StateFromBackup(ctx, conn.ID); err != nil {
		panic(err)
	}
	report, err := engine.Sync(ctx, conn.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println("in the CRM: ", len(people.Records(record.Contact)))
	for _, p := range report.Problems {
		fmt.Printf("%s %s: %s\n", p.Record[record.CRM], p.Code, p.Message)
	}
	// Output:
	// in the CRM:  1
	// p1 missing: This contact is gone from the Outlook folder. The memory of the sync was put back from a backup, so it cannot tell whether somebody deleted it there or the sync did. It stays in the CRM and is no longer in sync; delete it if you do not need it, or put it back in the Outlook folder.
}
