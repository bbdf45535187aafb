package sqlstate_test

import (
	"context"
	"database/sql"
	"log"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// A CRM's service at its start: it brings the tables up to date, and gives the State to the engine. The driver is the service's own:
// import _ "github.com/jackc/pgx/v5/stdlib".
func Example() {
	ctx := context.Background()
	db, err := sql.Open("pgx", "postgres://crm@localhost/crm")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()

	options := sqlstate.Options{Schema: "contactsync"} // made by CREATE SCHEMA; without it: beside the CRM's own tables
	if err := sqlstate.Migrate(ctx, db, sqlstate.Postgres, options); err != nil {
		log.Fatal(err)
	}
	state, err := sqlstate.Open(ctx, db, sqlstate.Postgres, options)
	if err != nil {
		log.Fatal(err)
	}
	engine, err := contactsync.New(contactsync.Config{
		State: state,
		// Store, Directory, Policy, Key and CRM: see package contactsync.
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := engine.Sync(ctx, "the id of a connection"); err != nil {
		log.Print(err)
	}

	// Once a day: what no run removes any more.
	month := time.Now().AddDate(0, -1, 0)
	if _, err := state.Prune(ctx, sqlstate.Limits{Runs: month, Journal: month}); err != nil {
		log.Print(err)
	}
}

// A person's answer to a conflict, and the CRM's own note of it, in one transaction.
func ExampleState_WithTx() {
	answer := func(ctx context.Context, db *sql.DB, state *sqlstate.State, engine *contactsync.Engine, conn, problem string) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if _, err := tx.ExecContext(ctx, "INSERT INTO activity (what) VALUES ('took the value of the CRM')"); err != nil {
			return err
		}
		if err := engine.Decide(state.WithTx(ctx, tx), conn, problem, record.CRM); err != nil {
			return err
		}
		return tx.Commit()
	}
	_ = answer
}
