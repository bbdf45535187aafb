package contactsync_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// A bad import in the CRM reaches Outlook with the next run. The run is taken back: Outlook has what it had, but for the
// contact that its owner has put right by hand meanwhile, which is reported.
func ExampleEngine_Undo() {
	ctx := context.Background()
	schema := record.MustSchemaOf[Contact](record.Contact)
	crm, outlook := memstore.NewStore(schema), memstore.NewDirectory(record.OutlookContact)
	people, mailbox := crm.Tenant("acme"), contactsync.Mailbox{Account: "ada", User: "ada@example.com"}
	box := outlook.Mailbox(mailbox)
	for id, c := range map[string]Contact{
		"p1": {First: "Ada", Last: "Lovelace", Emails: []string{"ada@example.com"}, Title: "Analyst"},
		"p2": {First: "Grace", Last: "Hopper", Emails: []string{"grace@example.com"}, Title: "Admiral"},
	} {
		fields, err := record.Encode(schema, c)
		if err != nil {
			panic(err)
		}
		if _, err := people.Put(id, fields); err != nil {
			panic(err)
		}
	}
	engine, err := contactsync.New(contactsync.Config{
		Store: crm, Directory: outlook, State: memstore.NewState(),
		Policy: contactsync.Fixed(contactsync.Settings{Mapping: []mapping.Rule{
			{ID: "first", CRM: []string{"first"}, Outlook: []string{"givenName"}},
			{ID: "last", CRM: []string{"last"}, Outlook: []string{"surname"}},
			{ID: "title", CRM: []string{"title"}, Outlook: []string{"jobTitle"}},
		}}),
		Key:     []byte("a secret of the host, kept apart"),
		CRM:     map[record.Kind]*record.Schema{record.Contact: schema},
		Journal: contactsync.Journaling{Keep: 30 * 24 * time.Hour, Key: []byte("another secret, of 32 bytes long")},
	})
	if err != nil {
		panic(err)
	}
	conn, err := engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: mailbox})
	if err != nil {
		panic(err)
	}
	sync := func() contactsync.Report {
		report, err := engine.Sync(ctx, conn.ID)
		if err != nil {
			panic(err)
		}
		return report
	}
	titles := func() string {
		var all []string
		for _, item := range box.Items(record.Contact, conn.Folder) {
			all = append(all, item.Fields.Text("givenName")+" "+item.Fields.Text("jobTitle"))
		}
		return strings.Join(all, ", ")
	}
	sync()
	for _, id := range []string{"p1", "p2"} { // the import
		if err := people.Edit(id, schema.Build().Set("title", "#REF!").Fields()); err != nil {
			panic(err)
		}
	}
	bad := sync()
	fmt.Println("after the import: ", titles())
	for _, item := range box.Items(record.Contact, conn.Folder) {
		if item.Fields.Text("givenName") == "Grace" {
			if err := box.Edit(item.ID, record.OutlookContact.Build().Set("jobTitle", "Rear Admiral").Fields()); err != nil {
				panic(err)
			}
		}
	}

	plan, err := engine.PlanUndo(ctx, conn.ID, bad.Run)
	if err != nil {
		panic(err)
	}
	fmt.Printf("to be put back: %d, kept: %d\n", len(plan.Actions), len(plan.Problems))
	report, err := engine.Undo(ctx, conn.ID, bad.Run)
	if err != nil {
		panic(err)
	}
	fmt.Println("after the undo: ", titles())
	for _, p := range report.Problems {
		fmt.Printf("%s %s: %s\n", p.Record[record.CRM], p.Field, p.Message)
	}
	fmt.Println("the next run writes in Outlook: ", sync().Counts[record.Outlook].Wrote())
	// Output:
	// after the import:  Ada #REF!, Grace #REF!
	// to be put back: 1, kept: 1
	// after the undo:  Ada Analyst, Grace Rear Admiral
	// p2 Job title: Changed in the Outlook folder since the run. It stays as it is.
	// the next run writes in Outlook:  0
}
