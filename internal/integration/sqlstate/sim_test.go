package sqlstate_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/sim"
	"github.com/seed-42871e99/crmsync/internal/sim/simtest"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// simulated is a State of the simulation, with what it leaves behind.
type simulated struct {
	*sqlstate.State
	close func() error
}

func (s *simulated) Close() error { return s.close() }

// migrate makes tables for one story.
func migrate(t *testing.T, db *sql.DB, d sqlstate.Dialect, schema string, end func() error) contactsync.State {
	ctx, o := context.Background(), sqlstate.Options{Schema: schema, WorkersClock: true}
	err := sqlstate.Migrate(ctx, db, d, o)
	state, opened := sqlstate.Open(ctx, db, d, o)
	if err := errors.Join(err, opened); err != nil {
		t.Error(err)
	}
	return &simulated{state, end}
}

// The promises hold on databases as they do in memory.
func TestSimulationOnSQLite(t *testing.T) {
	simtest.Seeds(t, sim.Options{Seeds: 60, State: func() contactsync.State {
		db, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			t.Error(err)
		}
		db.SetMaxOpenConns(1)
		return migrate(t, db, sqlstate.SQLite, "", db.Close)
	}})
}

func TestSimulationOnPostgreSQL(t *testing.T) {
	driver, source, _, _ := openPostgres(t) // skips where there is none
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	simtest.Seeds(t, sim.Options{Seeds: 25, State: func() contactsync.State {
		schema := newSchema()
		if _, err := db.Exec("CREATE SCHEMA " + schema); err != nil {
			t.Error(err)
		}
		return migrate(t, db, sqlstate.Postgres, schema, func() error {
			_, err := db.Exec("DROP SCHEMA " + schema + " CASCADE")
			return err
		})
	}})
}
