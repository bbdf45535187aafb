package sqlstate_test

import (
	"errors"
	"testing"

	golangmigrate "github.com/golang-migrate/migrate/v4"
	migratedb "github.com/golang-migrate/migrate/v4/database"
	migratepgx "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	migratesqlite "github.com/golang-migrate/migrate/v4/database/sqlite"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/sqlstate"
)

// tool is what a host may run its own migrations with: up to a number, or with 0 all there are.
type tool func(t *testing.T, db *store, to int64)

var migrationTools = map[string]tool{"goose": withGoose, "golang-migrate": withGolangMigrate}

func withGoose(t *testing.T, db *store, to int64) {
	t.Helper()
	dialect := goose.DialectSQLite3
	if db.options.Schema != "" {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, db.DB, sqlstate.Migrations(db.dialect))
	require.NoError(t, err)
	if to > 0 {
		_, err = p.UpTo(t.Context(), to)
	} else {
		_, err = p.Up(t.Context())
	}
	require.NoError(t, err)
}

func withGolangMigrate(t *testing.T, db *store, to int64) {
	t.Helper()
	files, err := iofs.New(sqlstate.Migrations(db.dialect), ".")
	require.NoError(t, err)
	own := db.again() // the tool closes it
	own.watch.source = db.watch.source
	var driver migratedb.Driver
	if db.options.Schema != "" {
		driver, err = migratepgx.WithInstance(own.DB, &migratepgx.Config{})
	} else {
		driver, err = migratesqlite.WithInstance(own.DB, &migratesqlite.Config{})
	}
	require.NoError(t, err)
	m, err := golangmigrate.NewWithInstance("iofs", files, "host", driver)
	require.NoError(t, err)
	if to > 0 {
		err = m.Migrate(uint(to))
	} else {
		err = m.Up()
	}
	require.NoError(t, err)
	source, database := m.Close()
	require.NoError(t, errors.Join(source, database))
}

// The tools that hosts have run the files as they are: on an empty database, and on the tables of the first migration with data of
// that time.
func TestMigrationTools(t *testing.T) {
	want := firstRemembered(t, databases[0].migrated(t).state(t))
	for name, up := range migrationTools {
		t.Run(name, func(t *testing.T) {
			onShared(t, func(t *testing.T, d database) {
				t.Run("empty", func(t *testing.T) {
					db := d.opened(t)
					db.searched()
					up(t, db, 0)
					begun(t, db.state(t), "c1")
					before := db.dump(t)
					require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options), "there is nothing left to migrate")
					assert.Equal(t, before, db.dump(t))
				})
				t.Run("from the first", func(t *testing.T) {
					db := d.opened(t)
					db.searched()
					up(t, db, 1)
					_, err := sqlstate.Open(t.Context(), db.DB, db.dialect, db.options)
					require.ErrorAs(t, err, new(*sqlstate.SchemaError), "the tables are not the newest yet")
					db.firstRows(t)
					up(t, db, 0)
					assert.Equal(t, want, recall(t, db.state(t)))
				})
			})
		})
	}
}
