package contactsync_test

import (
	"context"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// Contact is what the CRM of the example knows about a person.
type Contact struct {
	First  string   `crm:"first,type=name,label=First name"`
	Last   string   `crm:"last,type=name,label=Last name"`
	Emails []string `crm:"emails,type=email,shape=list"`
	Title  string   `crm:"title,label=Job title"`
}

// A CRM and an Outlook folder are brought together; a second run has nothing to do.
func ExampleEngine_Sync() {
	ctx := context.Background()
	schema := record.MustSchemaOf[Contact](record.Contact)
	crm, outlook := memstore.NewStore(schema), memstore.NewDirectory(record.OutlookContact)
	mailbox := contactsync.Mailbox{Account: "ada", User: "ada@example.com"}

	ada, err := record.Encode(schema, Contact{First: "Ada", Last: "Lovelace", Emails: []string{"ada@example.com"}, Title: "Analyst"})
	if err != nil {
		panic(err)
	}
	if _, err := crm.Tenant("acme").Put("p1", ada); err != nil {
		panic(err)
	}
	card := record.OutlookContact.Build().Set("givenName", "Ada").Set("surname", "Lovelace").Set("emailAddresses", "ADA@example.com").Set("private", "false").Fields()
	folder := outlook.Mailbox(mailbox).AddFolder(record.Contact, "CRM")
	if _, err := outlook.Mailbox(mailbox).Add(folder.ID, card); err != nil {
		panic(err)
	}

	engine, err := contactsync.New(contactsync.Config{
		Store: crm, Directory: outlook, State: memstore.NewState(),
		Policy: contactsync.Fixed(contactsync.Settings{Mapping: []mapping.Rule{
			{ID: "first", CRM: []string{"first"}, Outlook: []string{"givenName"}},
			{ID: "last", CRM: []string{"last"}, Outlook: []string{"surname"}},
			{ID: "emails", CRM: []string{"emails"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.List}},
			{ID: "title", CRM: []string{"title"}, Outlook: []string{"jobTitle"}},
		}}),
		Key: []byte("a secret of the host, kept apart"),
		CRM: map[record.Kind]*record.Schema{record.Contact: schema},
	})
	if err != nil {
		panic(err)
	}
	conn, err := engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: mailbox, Folder: "CRM"})
	if err != nil {
		panic(err)
	}
	for range 2 {
		report, err := engine.Sync(ctx, conn.ID)
		if err != nil {
			panic(err)
		}
		fmt.Printf("matched %d, wrote %d in Outlook and %d in the CRM\n",
			report.Matched, report.Counts[record.Outlook].Wrote(), report.Counts[record.CRM].Wrote())
	}
	// Output:
	// matched 1, wrote 1 in Outlook and 0 in the CRM
	// matched 0, wrote 0 in Outlook and 0 in the CRM
}
