package main

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/seed-42871e99/crmsync/sqlstate"
)

// database is the CRM's, with what its dialect of SQL needs.
type database struct {
	*sql.DB
	*dialect
}

// dialect is what SQLite and PostgreSQL do not have in common. This program has both; a host has its own.
//
// Queries are written for PostgreSQL, with four words in capitals beside, whose parameter is a list of texts as JSON:
//
//	IN LIST($1)   in these texts
//	IN IDS($1)    in these ids; one that is none is nobody's
//	EACH($1)      a row for each element, with the column value
//	BY tenant     the column, and not a reason to search by it where an id is known: SQLite has no statistics
type dialect struct {
	schema string
	state  sqlstate.Dialect
	forms  []form
	// lockFeed is sent first in a transaction that writes several people of the tenant $1; empty: transactions wait for each
	// other anyway.
	lockFeed string
	hasTable string // counts the tables called people
}

// form says how something is said.
type form struct {
	written *regexp.Regexp
	as      string
}

func forms(pairs ...string) (all []form) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, form{regexp.MustCompile(pairs[i]), pairs[i+1]})
	}
	return all
}

var (
	//go:embed schema.sql
	schemaSQL string
	//go:embed schema_postgres.sql
	schemaPostgres string
	//go:embed people.sql
	peopleSQL string

	sqlite = &dialect{
		schema: schemaSQL,
		state:  sqlstate.SQLite,
		forms: forms(
			`IN (LIST|IDS)\(\$(\d+)\)`, `IN (SELECT value FROM json_each(?$2))`,
			`EACH\(\$(\d+)\)`, `json_each(?$1)`,
			`BY tenant`, `+tenant`,
			`\$(\d)`, `?$1`,
		),
		hasTable: `SELECT count(*) FROM sqlite_master WHERE name = 'people'`,
	}
	postgres = &dialect{
		schema: schemaPostgres,
		state:  sqlstate.Postgres,
		forms: forms(
			`IN LIST\(\$(\d+)\)`, `IN (SELECT json_array_elements_text($$$1::json))`,
			`IN IDS\(\$(\d+)\)`, `IN (SELECT value::bigint FROM json_array_elements_text($$$1::json) WHERE value ~ '^[0-9]{1,18}$$')`,
			`EACH\(\$(\d+)\)`, `json_array_elements($$$1::json)`,
			`BY tenant`, `tenant`,
		),
		lockFeed: `SELECT last FROM sync_feeds WHERE tenant = $1 FOR UPDATE`,
		hasTable: `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'people'`,
	}
)

// say is a query as the dialect says it.
func (d *dialect) say(query string) string {
	for _, f := range d.forms {
		query = f.written.ReplaceAllString(query, f.as)
	}
	return query
}

// session is the database or one transaction on it, and puts queries into its dialect.
type session struct {
	on interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	}
	d *dialect
}

func (db *database) session() session { return session{db.DB, db.dialect} }

func (s session) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.on.QueryContext(ctx, s.d.say(query), args...)
}

func (s session) row(ctx context.Context, query string, args ...any) *sql.Row {
	return s.on.QueryRowContext(ctx, s.d.say(query), args...)
}

// exec reports whether the statement wrote a row.
func (s session) exec(ctx context.Context, query string, args ...any) (bool, error) {
	res, err := s.on.ExecContext(ctx, s.d.say(query), args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// lock keeps other transactions from writing people of the tenant, so that none waits for this one while this one waits for it.
func (s session) lock(ctx context.Context, tenant string) error {
	if s.d.lockFeed == "" {
		return nil
	}
	_, err := s.exec(ctx, s.d.lockFeed, tenant)
	return err
}

// dsn says how a file is opened. Transactions take the write lock when they begin, and wait for it: none that has read
// must then be repeated because another wrote.
func dsn(file string) string {
	return "file:" + (&url.URL{Path: file}).EscapedPath() +
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)"
}

// open opens the CRM, in a PostgreSQL database where the source is its address, else in a SQLite file, and makes its tables and people
// where there are none.
func open(ctx context.Context, source string) (*database, error) {
	d, driver, at := sqlite, "sqlite", dsn(source)
	if strings.HasPrefix(source, "postgres://") {
		d, driver, at = postgres, "pgx", source
	}
	plain, err := sql.Open(driver, at)
	if err != nil {
		return nil, err
	}
	db := &database{plain, d}
	if err := db.build(ctx); err != nil {
		plain.Close()
		return nil, fmt.Errorf("open the CRM: %w", err)
	}
	return db, nil
}

func (db *database) build(ctx context.Context) error {
	var tables int
	if err := db.QueryRowContext(ctx, db.hasTable).Scan(&tables); err != nil || tables > 0 {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, script := range []string{db.schema, peopleSQL} {
		if _, err := tx.ExecContext(ctx, script); err != nil {
			return err
		}
	}
	return tx.Commit()
}
