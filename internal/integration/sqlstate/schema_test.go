package sqlstate_test

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// newest is the number of the newest migration.
func newest(t *testing.T, d database) int {
	t.Helper()
	files, err := fs.Glob(sqlstate.Migrations(d.dialect), "*.up.sql")
	require.NoError(t, err)
	return len(files)
}

func TestTablesThatAreNotThere(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.opened(t)
		_, err := sqlstate.Open(t.Context(), db.DB, db.dialect, db.options)
		var schema *sqlstate.SchemaError
		require.ErrorAs(t, err, &schema)
		assert.Equal(t, sqlstate.SchemaError{Have: 0, Want: newest(t, d)}, *schema)
		assert.ErrorContains(t, err, "run sqlstate.Migrate first")
	})
}

func TestTablesOfANewerVersion(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		begun(t, db.state(t), "c1")
		db.run(t, "UPDATE contactsync_schema SET version = 7")
		before := db.dump(t)
		_, err := sqlstate.Open(t.Context(), db.DB, db.dialect, db.options)
		for what, err := range map[string]error{"Open": err, "Migrate": sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options)} {
			var schema *sqlstate.SchemaError
			require.ErrorAs(t, err, &schema, what)
			assert.Equal(t, sqlstate.SchemaError{Have: 7, Want: newest(t, d)}, *schema, what)
			assert.ErrorContains(t, err, "newer version of the library", what)
		}
		assert.Equal(t, before, db.dump(t))
		db.run(t, "UPDATE contactsync_schema SET version = $1", newest(t, d))
		require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options), "a refusal leaves no lock behind")
	})
}

func TestMigrateAtOnceAndAgain(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.opened(t)
		stores := []*store{db, db}
		if d.name != "SQLite in memory" {
			stores[1] = db.again()
		}
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				s := stores[i%2]
				errs[i] = sqlstate.Migrate(t.Context(), s.DB, s.dialect, s.options)
			})
		}
		wg.Wait()
		require.NoError(t, errors.Join(errs...))
		begun(t, db.state(t), "c1")
		before := db.dump(t)
		require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options))
		assert.Equal(t, before, db.dump(t))
	})
}

// A migration that stops anywhere leaves the database as it was, and can be run again.
func TestStopInTheMiddleOfAMigration(t *testing.T) {
	stop := errors.New("stopped")
	onEach(t, func(t *testing.T, d database) {
		for n, reached := 1, true; reached; n++ {
			reached = false
			t.Run(strconv.Itoa(n), func(t *testing.T) { // which lets go of its connections
				db := d.opened(t)
				db.watch.on(func(c call) error {
					if c.number == n {
						reached = true
						return stop
					}
					return nil
				}, nil)
				err := sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options)
				db.watch.forget()
				if !reached {
					require.NoError(t, err)
					require.Greater(t, n, 15)
					return
				}
				require.ErrorIs(t, err, stop)
				require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options), "after a stop at statement %d", n)
				db.state(t)
			})
		}
	})
}

// The files are what other tools run: the whole file at once, or up to each semicolon, with their names and remarks.
func TestMigrationsForOtherTools(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.opened(t)
		if db.options.Schema != "" {
			source := postgresSource() + "&search_path=" + db.options.Schema
			db.watch.source = source
		}
		require.NoError(t, fs.WalkDir(sqlstate.Migrations(d.dialect), ".", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			assert.Regexp(t, `^\d{4}_[a-z_]+\.up\.sql$`, path)
			text, err := fs.ReadFile(sqlstate.Migrations(d.dialect), path)
			if err != nil {
				return err
			}
			assert.True(t, strings.HasPrefix(string(text), "-- +goose Up\n"), path)
			_, err = db.ExecContext(t.Context(), string(text))
			return err
		}))
		begun(t, db.state(t), "c1")
		require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options), "there is nothing left to migrate")
	})
}

// Two sets of tables in one database know nothing of each other.
func TestPrefix(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		other := *db
		other.options.Prefix = "crm_sync_"
		_, err := sqlstate.Open(t.Context(), db.DB, db.dialect, other.options)
		require.ErrorAs(t, err, new(*sqlstate.SchemaError))
		require.NoError(t, sqlstate.Migrate(t.Context(), other.DB, other.dialect, other.options))
		l := begun(t, other.state(t), "c1")
		require.NoError(t, other.state(t).Save(t.Context(), l, everything(l.Conn, l.Messages[0].ID, 2)))
		_, err = db.state(t).Connection(t.Context(), "c1")
		require.ErrorIs(t, err, contactsync.ErrNotFound)
		conn, err := other.state(t).Connection(t.Context(), "c1")
		require.NoError(t, err)
		assert.Equal(t, 2, conn.Progress.Runs)
	})
}

func TestOptionsThatAreRefused(t *testing.T) {
	var invalid *contactsync.InvalidError
	for _, o := range []sqlstate.Options{{Prefix: `x"; DROP`}, {Prefix: "X_"}, {Prefix: "1"}, {Schema: "a b"}, {Prefix: strings.Repeat("x", 31)}} {
		_, err := sqlstate.Open(t.Context(), nil, sqlstate.Postgres, o)
		require.ErrorAs(t, err, &invalid, "%+v", o)
	}
	_, err := sqlstate.Open(t.Context(), nil, sqlstate.SQLite, sqlstate.Options{Schema: "main"})
	require.ErrorAs(t, err, &invalid)
	_, err = sqlstate.Open(t.Context(), nil, sqlstate.Dialect{}, sqlstate.Options{})
	require.ErrorAs(t, err, &invalid)
	for field, o := range map[string]sqlstate.Options{"db": {}, "KeepRuns": {KeepRuns: -1}} {
		_, err = sqlstate.Open(t.Context(), nil, sqlstate.SQLite, o)
		for _, err := range []error{err, sqlstate.Migrate(t.Context(), nil, sqlstate.Postgres, o)} {
			require.ErrorAs(t, err, &invalid, field)
			assert.Equal(t, field, invalid.Field)
		}
	}
}
