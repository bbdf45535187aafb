// Command customstore shows how a CRM puts its own SQL tables behind contactsync.Store. It is made to be copied from:
//
//	schema.sql  the CRM's table, and what the sync adds to it: stamps, a change sequence, match keys; schema_postgres.sql is the same
//	database.go what SQLite and PostgreSQL say differently
//	store.go    rows as records, who may see whom, Get
//	changes.go  what changed since
//	apply.go    creates, updates and deletes, in one transaction with what the engine remembers of them
//	find.go     people by their match keys
//	main.go     the engine over it; story.go then plays a user's day
//
// The engine's State lies in the CRM's database. The Outlook of this program lives in memory; a host takes graphadapter.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/keyfile"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

func main() {
	file := flag.String("db", "", "keep the CRM in this SQLite `file`, or in the PostgreSQL database of a postgres:// address; default: a temporary file")
	keys := flag.String("keys", "contactsync.keys", "keep the engine's keys in this `file`, apart from the database; it is made where there is none")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *file, *keys); err != nil {
		fmt.Fprintln(os.Stderr, "customstore:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, file, keys string) error {
	if file == "" {
		dir, err := os.MkdirTemp("", "customstore")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		file, keys = filepath.Join(dir, "crm.db"), filepath.Join(dir, "contactsync.keys")
	}
	db, err := open(ctx, file)
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := connect(ctx, db, contactsync.Config{KeySource: keyfile.File{Path: keys, Make: true}})
	if err != nil {
		return err
	}
	return s.tell(ctx, out)
}

// connect is all that a host does: an engine over its Store, and a connection for each user who wants one.
func connect(ctx context.Context, db *database, cfg contactsync.Config) (*story, error) {
	if errSchema != nil {
		return nil, errSchema
	}
	anna := contactsync.Mailbox{Account: "anna", User: "anna@acme.example"}
	outlook := memstore.NewDirectory()
	s := &story{db: db, box: outlook.Mailbox(anna)}
	cfg.Directory = outlook
	var err error
	if s.engine, err = engine(ctx, db, cfg); err != nil {
		return nil, err
	}
	s.conn, err = s.engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "anna", Mailbox: anna})
	return s, err
}

// engine is one over the CRM's own database: its people, and beside them the tables of the State.
func engine(ctx context.Context, db *database, cfg contactsync.Config) (*contactsync.Engine, error) {
	options := sqlstate.Options{WorkersClock: cfg.Now != nil} // a test's clock
	if err := sqlstate.Migrate(ctx, db.DB, db.state, options); err != nil {
		return nil, err
	}
	state, err := sqlstate.Open(ctx, db.DB, db.state, options)
	if err != nil {
		return nil, err
	}
	cfg.Store, cfg.State = &Store{db: db, state: state}, state
	if cfg.Policy == nil {
		cfg.Policy = contactsync.Fixed(settings())
	}
	cfg.CRM = map[record.Kind]*record.Schema{record.Contact: schema}
	return contactsync.New(cfg)
}

// settings sync both ways, ask where both sides changed the same thing, and take deletes to Outlook but not back.
func settings() contactsync.Settings {
	one := func(crm, outlook string) mapping.Rule {
		return mapping.Rule{ID: crm, CRM: []string{crm}, Outlook: []string{outlook}}
	}
	return contactsync.Settings{
		Flow:    contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true, Delete: true}},
		Deleted: contactsync.OnDelete{InCRM: contactsync.Propagate},
		Region:  "NL",
		Mapping: []mapping.Rule{
			one("firstName", "givenName"),
			{ID: "lastName", CRM: []string{"infix", "lastName"}, Outlook: []string{"surname"},
				Lens: mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Infix, mapping.Surname}}},
			one("company", "companyName"),
			one("jobTitle", "jobTitle"),
			{ID: "email", CRM: []string{"email", "email2"}, Outlook: []string{"emailAddresses"},
				Lens: mapping.Spec{Kind: mapping.List}},
			{ID: "workPhone", CRM: []string{"workPhone"}, Outlook: []string{"businessPhones"},
				Lens: mapping.Spec{Kind: mapping.First}},
			one("mobilePhone", "mobilePhone"),
			one("notes", "personalNotes"),
			one("birthday", "birthday"),
		},
	}
}
