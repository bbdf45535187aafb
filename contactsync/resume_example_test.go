package contactsync_test

import (
	"context"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// A script in the CRM deletes far too many people. The sync stops before it writes; a person has the deleted ones restored. One of them
// asks to be forgotten then, and is, in the State and in Outlook.
func ExampleEngine_Resume() {
	ctx := context.Background()
	schema := record.MustSchemaOf[struct {
		Name  string `crm:"name,label=Name"`
		Email string `crm:"email,type=email"`
	}](record.Contact)
	crm, outlook := memstore.NewStore(schema), memstore.NewDirectory(record.OutlookContact)
	mailbox := contactsync.Mailbox{Account: "ada", User: "ada@example.com"}
	people, box := crm.Tenant("acme"), outlook.Mailbox(mailbox)
	all := &contactsync.Ops{Create: true, Update: true, Delete: true}
	engine, err := contactsync.New(contactsync.Config{
		Store: crm, Directory: outlook, State: memstore.NewState(),
		Policy: contactsync.Fixed(contactsync.Settings{
			Flow:    contactsync.Flow{ToOutlook: all},
			Deleted: contactsync.OnDelete{InCRM: contactsync.Propagate},
			Mapping: []mapping.Rule{
				{ID: "name", CRM: []string{"name"}, Outlook: []string{"displayName"}},
				{ID: "email", CRM: []string{"email"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.First}},
			},
		}),
		Key: []byte("a secret of the host, kept apart"), CRM: map[record.Kind]*record.Schema{record.Contact: schema},
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
		fmt.Printf("%s; in the CRM %d, in Outlook %d\n", report.Status, len(people.Records(record.Contact)), len(box.Items(record.Contact, "")))
		return report
	}
	for i := range 20 {
		id := fmt.Sprintf("p%d", i)
		if _, err := people.Put(id, schema.Build().Set("name", "Person "+id).Set("email", id+"@example.com").Fields()); err != nil {
			panic(err)
		}
	}
	sync()
	for i := range 8 { // the script
		if err := people.Delete(fmt.Sprintf("p%d", i)); err != nil {
			panic(err)
		}
	}
	report := sync()
	fmt.Println(report.Reason)
	if err := engine.Resume(ctx, conn.ID, *report.Halt, contactsync.AnswerRestore); err != nil {
		panic(err)
	}
	sync()

	gone := "p19" // who asks to be forgotten is erased in the CRM first
	if err := people.Delete(gone); err != nil {
		panic(err)
	}
	forgotten, err := engine.Forget(ctx, "acme", []string{gone}, contactsync.CopiesAll)
	if err != nil {
		panic(err)
	}
	fmt.Printf("forgotten: %d tie, its Outlook contact deleted: %v\n", forgotten.Links, forgotten.Copies[0].Deleted)
	sync()
	// Output:
	// idle; in the CRM 20, in Outlook 20
	// halted; in the CRM 12, in Outlook 20
	// Stopped before anything was written: 8 of 20 contacts would be deleted from the Outlook folder, and 5 are allowed without asking. Look at the plan, then let it go on, have the contacts restored in the CRM, or let it wait.
	// idle; in the CRM 20, in Outlook 20
	// forgotten: 1 tie, its Outlook contact deleted: true
	// idle; in the CRM 19, in Outlook 19
}
