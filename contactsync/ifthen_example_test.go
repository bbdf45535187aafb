package contactsync_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// Clients have a category in Outlook, and who is put into it there becomes a client in the CRM.
func ExampleIfThen() {
	settings, err := contactsync.ParseSettings([]byte(`{
		"mapping": [
			{"id": "name", "crm": ["name"], "outlook": ["displayName"]},
			{"id": "email", "crm": ["email"], "outlook": ["emailAddresses"], "lens": {"kind": "first"}}
		],
		"actions": [
			{"id": "mark", "if": {"equals": {"field": "kind", "value": "Client"}}, "value": "Clients"},
			{"id": "client", "direction": "toCRM", "if": {"has": {"field": "categories", "value": "Clients"}},
				"then": "set", "field": "kind", "value": "Client"}
		]
	}`))
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	schema := record.MustSchemaOf[struct {
		Name  string `crm:"name,type=name"`
		Email string `crm:"email,type=email"`
		Kind  string `crm:"kind"`
	}](record.Contact)
	crm, outlook := memstore.NewStore(schema), memstore.NewDirectory(record.OutlookContact)
	ada := contactsync.Mailbox{Account: "ada", User: "ada@example.com"}
	box := outlook.Mailbox(ada)
	engine, err := contactsync.New(contactsync.Config{
		Store: crm, Directory: outlook, State: memstore.NewState(), Policy: contactsync.Fixed(settings),
		Key: []byte("a secret of the host, kept apart"), CRM: map[record.Kind]*record.Schema{record.Contact: schema},
	})
	if err != nil {
		panic(err)
	}
	conn, err := engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada})
	if err != nil {
		panic(err)
	}
	grace := schema.Build().Set("name", "Grace Hopper").Set("email", "grace@example.com").Set("kind", "Client").Fields()
	if _, err := crm.Tenant("acme").Put("p1", grace); err != nil {
		panic(err)
	}
	lin := record.OutlookContact.Build().Set("displayName", "Lin Chen").Set("emailAddresses", "lin@example.com").Set("categories", "Golf", "Clients")
	if _, err := box.Add(conn.Folder, lin.Fields()); err != nil {
		panic(err)
	}

	if _, err := engine.Sync(ctx, conn.ID); err != nil {
		panic(err)
	}

	for _, c := range box.Items(record.Contact, conn.Folder) {
		categories, _ := c.Fields.Get("categories")
		fmt.Println("Outlook:", c.Fields.Text("displayName"), "in", strings.Join(categories, ", "))
	}
	for _, p := range crm.Tenant("acme").Records(record.Contact) {
		fmt.Println("CRM:", p.Fields.Text("name"), "is a", p.Fields.Text("kind"))
	}
	// Unordered output:
	// Outlook: Grace Hopper in Clients
	// Outlook: Lin Chen in Golf, Clients
	// CRM: Grace Hopper is a Client
	// CRM: Lin Chen is a Client
}
