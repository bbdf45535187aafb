package contactsync_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// A CRM's scheduler calls SyncDue every minute, in any number of processes. What comes in between, such as a webhook, only says that a
// connection is due; one mailbox that cannot be reached stops nobody else.
func ExampleEngine_SyncDue() {
	ctx := context.Background()
	schema := record.MustSchemaOf[struct {
		Name  string `crm:"name,label=Name"`
		Email string `crm:"email,type=email"`
	}](record.Contact)
	crm, outlook := memstore.NewStore(schema), memstore.NewDirectory(record.OutlookContact)
	away := contactsync.Mailbox{Account: "grace", User: "grace@example.com"}
	engine, err := contactsync.New(contactsync.Config{
		Store: crm, Directory: unreachable{outlook, away}, State: memstore.NewState(),
		Policy: contactsync.Fixed(contactsync.Settings{Mapping: []mapping.Rule{
			{ID: "name", CRM: []string{"name"}, Outlook: []string{"displayName"}},
			{ID: "email", CRM: []string{"email"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.First}},
		}}),
		Key: []byte("a secret of the host, kept apart"), CRM: map[record.Kind]*record.Schema{record.Contact: schema},
		Observer: contactsync.ObserverFunc(func(_ context.Context, e contactsync.Event) {
			if ended, ok := e.(contactsync.RunEnded); ok && ended.Err == nil {
				fmt.Println("a run made", ended.Report.Counts[record.Outlook].Created)
			}
		}),
	})
	if err != nil {
		panic(err)
	}
	var ada contactsync.Connection
	for user, mailbox := range map[string]contactsync.Mailbox{"u1": {Account: "ada", User: "ada@example.com"}, "u2": away} {
		outlook.Mailbox(mailbox)
		conn, err := engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: user, Mailbox: mailbox})
		if err != nil {
			panic(err)
		}
		if user == "u1" {
			ada = conn
		}
	}
	stop := make(chan struct{}) // closed when the service is asked to end: what is under way ends, and nothing begins
	minute := func() {
		report, err := engine.SyncDue(ctx, contactsync.DueOptions{Parallel: 1, Stop: stop})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%d ended, %d failed\n", report.Runs, len(report.Failed))
	}
	put := func(id string) {
		if _, err := crm.Tenant("acme").Put(id, schema.Build().Set("name", id).Set("email", id+"@example.com").Fields()); err != nil {
			panic(err)
		}
	}
	put("p1")
	minute()
	minute() // neither is due yet
	put("p2")
	if err := engine.Wake(ctx, ada.ID); err != nil {
		panic(err)
	}
	minute()
	close(stop)
	minute()
	// Output:
	// a run made 1
	// 1 ended, 1 failed
	// 0 ended, 0 failed
	// a run made 1
	// 1 ended, 0 failed
	// 0 ended, 0 failed
}

// unreachable is an Outlook one of whose mailboxes does not answer.
type unreachable struct {
	contactsync.Directory
	mailbox contactsync.Mailbox
}

func (u unreachable) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	if sc.Mailbox == u.mailbox {
		return contactsync.Page{}, errors.New("no answer")
	}
	return u.Directory.Changes(ctx, sc, after)
}
