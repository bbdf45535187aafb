package sqlstate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-42871e99/crmsync/sqlstate"
)

// What a program gets wrong about transactions and dialects it is told at once, not by what is lost later.
func TestMisuse(t *testing.T) {
	assert.PanicsWithValue(t, "sqlstate: WithTx: there is no transaction: begin one first", func() {
		new(sqlstate.State).WithTx(t.Context(), nil)
	})
	assert.PanicsWithValue(t, "sqlstate: Migrations: the zero Dialect has none: take Postgres or SQLite", func() {
		sqlstate.Migrations(sqlstate.Dialect{})
	})
}
