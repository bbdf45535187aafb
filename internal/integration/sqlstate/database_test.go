// Package sqlstate_test runs sqlstate against real databases: SQLite always, PostgreSQL where one answers.
package sqlstate_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/seed-42871e99/crmsync/sqlstate"
)

// database is one of those that the tests run on: a new one for each test.
type database struct {
	name    string
	dialect sqlstate.Dialect
	// open returns the driver, the name of the data source, the schema to use, and the most connections it bears (0: any number).
	open func(t testing.TB) (driver, source, schema string, most int)
}

var databases = []database{
	{"SQLite in memory", sqlstate.SQLite, func(testing.TB) (string, string, string, int) {
		return "sqlite", ":memory:", "", 1
	}},
	{"SQLite in a file", sqlstate.SQLite, func(t testing.TB) (string, string, string, int) {
		file := filepath.Join(t.TempDir(), "state.db")
		return "sqlite", "file:" + file + "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)", "", 0
	}},
	{"PostgreSQL", sqlstate.Postgres, openPostgres},
}

// onEach runs a test on every database.
func onEach(t *testing.T, test func(t *testing.T, d database)) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) { test(t, d) })
	}
}

// onShared runs a test on every database that several connections may use at once.
func onShared(t *testing.T, test func(t *testing.T, d database)) {
	for _, d := range databases[1:] {
		t.Run(d.name, func(t *testing.T) { test(t, d) })
	}
}

// postgresSource names the PostgreSQL server; its database is only used for schemas that the tests make and drop.
func postgresSource() string {
	if source := os.Getenv("POSTGRES_URL"); source != "" {
		return source
	}
	return "postgres://postgres@127.0.0.1:5432/test?sslmode=disable"
}

func openPostgres(t testing.TB) (driver, source, schema string, most int) {
	t.Helper()
	admin, err := sql.Open("pgx", postgresSource())
	require.NoError(t, err)
	t.Cleanup(func() { admin.Close() })
	if err := admin.Ping(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("PostgreSQL is demanded where CI=true: %v", err)
		}
		t.Skipf("LEFT OUT: no PostgreSQL answers (POSTGRES_URL names one): %v", err)
	}
	schema = newSchema()
	_, err = admin.Exec("CREATE SCHEMA " + schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec("DROP SCHEMA " + schema + " CASCADE")
		require.NoError(t, err)
	})
	return "pgx", postgresSource(), schema, 0
}

func newSchema() string { return fmt.Sprintf("sqlstate_%d", rand.Uint64()) }

// store is a database that a test has opened, under watch.
type store struct {
	*sql.DB
	watch   *watch
	dialect sqlstate.Dialect
	options sqlstate.Options
	again   func() *store // the same database, opened once more, as by another process
}

// opened opens a new, empty database.
func (d database) opened(t testing.TB) *store {
	t.Helper()
	name, source, schema, most := d.open(t)
	lookup, err := sql.Open(name, source)
	require.NoError(t, err)
	defer lookup.Close()
	options := sqlstate.Options{Schema: schema, WorkersClock: true}
	var open func() *store
	open = func() *store {
		w := &watch{driver: lookup.Driver(), source: source}
		db := sql.OpenDB(w)
		db.SetMaxOpenConns(most)
		t.Cleanup(func() { db.Close() })
		return &store{db, w, d.dialect, options, open}
	}
	return open()
}

// migrated is a new database with empty tables.
func (d database) migrated(t testing.TB) *store {
	t.Helper()
	db := d.opened(t)
	require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options))
	return db
}

func (s *store) state(t testing.TB) *sqlstate.State {
	t.Helper()
	state, err := sqlstate.Open(t.Context(), s.DB, s.dialect, s.options)
	require.NoError(t, err)
	return state
}

// rows reads all that a statement answers, each row as one text. In it, contactsync_ stands for where the tables are.
func (s *store) rows(t *testing.T, query string, args ...any) []string {
	t.Helper()
	rows, err := s.Query(s.named(query), args...)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	all := []string{}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		row := ""
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			row += fmt.Sprintf("%s=%v ", columns[i], v)
		}
		all = append(all, row)
	}
	require.NoError(t, rows.Err())
	return all
}

func (s *store) run(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := s.Exec(s.named(query), args...)
	require.NoError(t, err)
}

func (s *store) named(query string) string {
	if s.options.Schema == "" {
		return query
	}
	return strings.ReplaceAll(query, "contactsync_", s.options.Schema+".contactsync_")
}

var tables = []string{"schema", "connections", "mailboxes", "links", "known", "known_keys", "claims", "problems", "messages", "runs", "journal"}

// dump is all that the tables hold, each row as one text.
func (s *store) dump(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range tables {
		all[table] = s.rows(t, "SELECT * FROM contactsync_"+table)
		slices.Sort(all[table])
	}
	return all
}
