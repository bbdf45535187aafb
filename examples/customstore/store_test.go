package main

import (
	"bytes"
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	contactsynctest.Store(t, contactsynctest.StoreConfig{
		New: func(t *testing.T) contactsync.Store { return newStore(t) }, Scope: anna, Schema: schema, Required: []string{},
		Hide: func(s contactsync.Store, id string) error {
			return run1(s, `UPDATE people SET private = 1, owner = 'ben' WHERE id = ?`, id)
		},
		Merge: func(s contactsync.Store, loser, survivor string) error {
			return run1(s, mergeSQL, survivor, loser)
		},
		Stranger: &contactsync.Scope{Tenant: "other", User: "anna"},
	})
}

const mergeSQL = `UPDATE people SET deleted_at = CURRENT_TIMESTAMP, merged_into = ?1 WHERE id = ?2 OR merged_into = ?2`

func run1(s contactsync.Store, query string, args ...any) error {
	_, err := s.(*Store).db.Exec(query, args...)
	return err
}

func TestOutput(t *testing.T) {
	var got bytes.Buffer
	require.NoError(t, run(t.Context(), &got, ""))
	golden := filepath.Join("testdata", "output.txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func newStore(t testing.TB) *Store {
	t.Helper()
	db, _ := newCRM(t)
	return &Store{db}
}

// newCRM makes a CRM in a file with the people of the example.
func newCRM(t testing.TB) (*sql.DB, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "crm with a ? and %.db")
	db, err := open(t.Context(), file)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db, file
}
