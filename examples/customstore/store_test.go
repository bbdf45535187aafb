package main

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

// anna sees her own people, and those of others that are not private.
var anna = contactsync.Scope{Tenant: "acme", User: "anna", Kind: record.Contact, Locale: record.Locale{Region: "NL"}}

// B14: one line proves the Store.
func TestStore(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { proveStore(t, newStore) })
	t.Run("PostgreSQL", func(t *testing.T) { proveStore(t, newPostgresStore) })
}

func proveStore(t *testing.T, newStore func(testing.TB) *Store) {
	contactsynctest.Store(t, contactsynctest.StoreConfig{
		New: func(t *testing.T) contactsync.Store { return newStore(t) }, Scope: anna, Schema: schema, Required: []string{},
		Hide: func(s contactsync.Store, id string) error {
			return run1(s, `UPDATE people SET private = 1, owner = 'ben' WHERE id = $1`, id)
		},
		Merge: func(s contactsync.Store, loser, survivor string) error {
			return run1(s, mergeSQL, survivor, loser)
		},
		Stranger: &contactsync.Scope{Tenant: "other", User: "anna"},
	})
}

const mergeSQL = `UPDATE people SET deleted_at = CURRENT_TIMESTAMP, merged_into = $1 WHERE id = $2 OR merged_into = $2`

func run1(s contactsync.Store, query string, args ...any) error {
	_, err := s.(*Store).db.session().exec(context.Background(), query, args...)
	return err
}

// The story is the same on both databases.
func TestOutput(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { wantOutput(t, "") })
	t.Run("PostgreSQL", func(t *testing.T) { wantOutput(t, newPostgres(t)) })
}

func wantOutput(t *testing.T, source string) {
	var got bytes.Buffer
	require.NoError(t, run(t.Context(), &got, source, filepath.Join(t.TempDir(), "keys")))
	golden := filepath.Join("testdata", "output.txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	if diff := gocmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func newStore(t testing.TB) *Store {
	t.Helper()
	db, _ := newCRM(t)
	return &Store{db: db}
}

func newPostgresStore(t testing.TB) *Store {
	t.Helper()
	db, err := open(t.Context(), newPostgres(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return &Store{db: db}
}

// newPostgres makes a schema for one test in the database of the server that answers, and is the address of that. POSTGRES_URL names
// another server.
func newPostgres(t testing.TB) (source string) {
	t.Helper()
	server := cmp.Or(os.Getenv("POSTGRES_URL"), "postgres://postgres@127.0.0.1:5432/test?sslmode=disable")
	admin, err := sql.Open("pgx", server)
	require.NoError(t, err)
	t.Cleanup(func() { admin.Close() })
	if err := admin.Ping(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("PostgreSQL is demanded where CI=true: %v", err)
		}
		t.Skipf("LEFT OUT: no PostgreSQL answers (POSTGRES_URL names one): %v", err)
	}
	schema := fmt.Sprintf("customstore_%d", rand.Uint64())
	_, err = admin.Exec("CREATE SCHEMA " + schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec("DROP SCHEMA " + schema + " CASCADE")
		require.NoError(t, err)
	})
	return server + "&search_path=" + schema
}

// newCRM makes a CRM in a file with the people of the example.
func newCRM(t testing.TB) (*database, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "crm with a ? and %.db")
	db, err := open(t.Context(), file)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db, file
}
