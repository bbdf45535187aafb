package sqlstate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// A host's writes and the State's are there together, or neither is.
func TestHostsTransaction(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state := db.state(t)
		l := begun(t, state, "c1")
		db.run(t, "CREATE TABLE contactsync_hosts_people (name text)")
		before := db.dump(t)
		write := func() (commit, rollback func() error) {
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = tx.Exec(db.named("INSERT INTO contactsync_hosts_people (name) VALUES ('somebody')"))
			require.NoError(t, err)
			ctx := state.WithTx(t.Context(), tx)
			require.NoError(t, state.Save(ctx, l, everything(l.Conn, "none", 2)))
			require.NoError(t, state.Post(ctx, contactsync.Message{Conn: "c1", CRMIDs: []string{"somebody"}}))
			require.NoError(t, state.PutConnection(ctx, connection("c2")))
			conns, err := state.Connections(ctx, "acme")
			require.NoError(t, err)
			require.Len(t, conns, 2, "what was written in the transaction is read in it")
			_, err = state.Acquire(ctx, "c1", "another", noon.Add(10*ttl), ttl)
			require.ErrorContains(t, err, "transaction of the host", "no run goes on within it")
			return tx.Commit, tx.Rollback
		}

		_, rollback := write()
		require.NoError(t, rollback())
		assert.Equal(t, before, db.dump(t))
		assert.Empty(t, db.rows(t, "SELECT * FROM contactsync_hosts_people"))

		commit, _ := write()
		require.NoError(t, commit())
		after := db.dump(t)
		assert.Len(t, after["connections"], 2)
		assert.Len(t, after["messages"], 2)
		assert.Len(t, db.rows(t, "SELECT * FROM contactsync_hosts_people"), 1)
		require.NoError(t, state.Save(t.Context(), l, everything(l.Conn, "none", 2)))
		assert.Equal(t, after, db.dump(t), "the save in the transaction was whole")
	})
}

// A transaction of another database is not taken for one of this.
func TestTransactionOfAnotherDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db, other := d.migrated(t), d.migrated(t)
		state, foreign := db.state(t), other.state(t)
		begun(t, state, "c1")
		tx, err := other.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		defer tx.Rollback()
		ctx := foreign.WithTx(t.Context(), tx)
		_, err = state.Connection(ctx, "c1")
		require.NoError(t, err)
		_, err = foreign.Connection(ctx, "c1")
		require.ErrorIs(t, err, contactsync.ErrNotFound)
	})
}
