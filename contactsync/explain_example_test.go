package contactsync_test

import (
	"context"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// A user asks why a record is not in their Outlook; the administrator looks at what another filter would do before it is stored.
func ExampleEngine_Explain() {
	ctx := context.Background()
	schema := record.MustSchemaOf[struct {
		Name  string `crm:"name,label=Name"`
		Email string `crm:"email,type=email"`
		Owner string `crm:"owner,type=reference,label=Owner"`
	}](record.Contact)
	crm := memstore.NewStore(schema)
	for id, owner := range map[string]string{"p1": "u1", "p2": "u2"} {
		person := schema.Build().Set("name", "Person "+id).Set("email", id+"@example.com").Set("owner", owner).Fields()
		if _, err := crm.Tenant("acme").Put(id, person); err != nil {
			panic(err)
		}
	}
	mailbox := contactsync.Mailbox{Account: "ada", User: "ada@example.com"}
	outlook := memstore.NewDirectory(record.OutlookContact)
	outlook.Mailbox(mailbox)
	settings := contactsync.Settings{
		Filter: filter.Equals("owner", filter.User),
		Mapping: []mapping.Rule{
			{ID: "name", CRM: []string{"name"}, Outlook: []string{"displayName"}},
			{ID: "email", CRM: []string{"email"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.First}},
		},
	}
	engine, err := contactsync.New(contactsync.Config{
		Store: crm, Directory: outlook, State: memstore.NewState(), Policy: contactsync.Fixed(settings),
		Key: []byte("a secret of the host, kept apart"), CRM: map[record.Kind]*record.Schema{record.Contact: schema},
	})
	if err != nil {
		panic(err)
	}
	conn, err := engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: mailbox})
	if err != nil {
		panic(err)
	}
	if _, err := engine.Sync(ctx, conn.ID); err != nil {
		panic(err)
	}

	for _, id := range []string{"p1", "p2"} {
		why, err := engine.Explain(ctx, conn.ID, record.CRM, id)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s: %s. %s\n", id, why.Standing, why.Words)
	}
	settings.Filter = filter.Condition{} // all records
	plan, err := engine.Preview(ctx, conn.ID, settings)
	if err != nil {
		panic(err)
	}
	fmt.Printf("without the filter: %d more, %d fewer, %d made in Outlook\n", plan.Entering, plan.Leaving, plan.Counts(record.Outlook).Create)
	// Output:
	// p1: inSync. In step with the Outlook folder: the Outlook contact was made from the CRM's.
	// p2: notSelected. The filter does not select it because of its Owner.
	// without the filter: 1 more, 0 fewer, 1 made in Outlook
}
