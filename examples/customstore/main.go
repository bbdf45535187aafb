// Command customstore shows how a CRM puts its own SQL tables behind contactsync.Store. It is made to be copied from:
//
//	schema.sql  the CRM's table, and what the sync adds to it: stamps, a change sequence, match keys
//	store.go    rows as records, who may see whom, Get
//	changes.go  what changed since
//	apply.go    creates, updates and deletes
//	find.go     people by their match keys
//	main.go     the engine over it; story.go then plays a user's day
//
// The Outlook and the engine's State of this program live in memory. A host takes graphadapter, and a State that lasts.
package main

import (
	"context"
	"database/sql"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

var (
	//go:embed schema.sql
	schemaSQL string
	//go:embed people.sql
	peopleSQL string
)

func main() {
	file := flag.String("db", "", "keep the CRM in this SQLite `file`; default: a temporary one")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *file); err != nil {
		fmt.Fprintln(os.Stderr, "customstore:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, file string) error {
	if file == "" {
		dir, err := os.MkdirTemp("", "customstore")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		file = filepath.Join(dir, "crm.db")
	}
	db, err := open(ctx, file)
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := connect(ctx, db, contactsync.Config{})
	if err != nil {
		return err
	}
	return s.tell(ctx, out)
}

// dsn says how the file is opened. Transactions take the write lock when they begin, and wait for it: none that has read
// must then be repeated because another wrote.
func dsn(file string) string {
	return "file:" + (&url.URL{Path: file}).EscapedPath() +
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)"
}

// open opens the CRM, and makes its tables and people where there are none.
func open(ctx context.Context, file string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(file))
	if err != nil {
		return nil, err
	}
	var tables int
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'people'`).Scan(&tables)
	if err == nil && tables == 0 {
		_, err = db.ExecContext(ctx, "BEGIN IMMEDIATE;"+schemaSQL+peopleSQL+"COMMIT")
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	return db, nil
}

// connect is all that a host does: an engine over its Store, and a connection for each user who wants one.
func connect(ctx context.Context, db *sql.DB, cfg contactsync.Config) (*story, error) {
	if errSchema != nil {
		return nil, errSchema
	}
	anna := contactsync.Mailbox{Account: "anna", User: "anna@acme.example"}
	outlook := memstore.NewDirectory()
	s := &story{db: db, box: outlook.Mailbox(anna)}

	cfg.Store, cfg.Directory, cfg.State = &Store{db}, outlook, memstore.NewState()
	cfg.Policy = contactsync.Fixed(settings())
	cfg.Key = []byte("a host keeps a secret of its own")
	cfg.CRM = map[record.Kind]*record.Schema{record.Contact: schema}
	var err error
	if s.engine, err = contactsync.New(cfg); err != nil {
		return nil, err
	}
	s.conn, err = s.engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "anna", Mailbox: anna})
	return s, err
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
