package sqlstate_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// isFence reports whether the statement is what a save begins with.
func isFence(c call) bool { return strings.Contains(c.text, "contactsync_connections SET") }

// What real servers do to a save: end its connection, choose it as the victim of a deadlock, run out of room.

func onPostgres(t *testing.T, test func(t *testing.T, db *store)) {
	for _, d := range databases {
		if d.name == "PostgreSQL" {
			t.Run(d.name, func(t *testing.T) { test(t, d.migrated(t)) })
		}
	}
}

// waiting reports whether somebody waits for a lock on these tables.
func (s *store) waiting(t *testing.T) bool {
	return len(s.rows(t, "SELECT 1 FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE query LIKE '%"+s.options.Schema+"%')")) > 0
}

// The server ends the connection in the middle of a save, as it does when it is restarted.
func TestConnectionEndedByTheServer(t *testing.T) {
	onPostgres(t, func(t *testing.T, db *store) {
		state, admin := db.state(t), db.again()
		for n := 1; n <= 10; n++ {
			what := fmt.Sprintf("ended before statement %d", n)
			l := begun(t, state, what)
			b := everything(l.Conn, l.Messages[0].ID, 2)
			db.watch.on(func(c call) error {
				if c.number == n {
					admin.run(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%"+db.options.Schema+"\".contactsync%'")
				}
				return nil
			}, nil)
			require.NoError(t, state.Save(t.Context(), l, b), what)
			db.watch.forget()
			then := db.dump(t)
			require.NoError(t, state.Save(t.Context(), l, b), what)
			require.Equal(t, then, db.dump(t), what)
		}
	})
}

// A save that PostgreSQL ends to dissolve a deadlock is done again.
func TestDeadlock(t *testing.T) {
	onPostgres(t, func(t *testing.T, db *store) {
		host := db.again() // before the save's connections are made to notice a deadlock at once, and so become its victims
		host.run(t, "SELECT 1")
		db.watch.source += "&deadlock_timeout=20ms"
		state := db.state(t)
		l := begun(t, state, "c1")
		b := everything(l.Conn, l.Messages[0].ID, 2)

		tx, err := host.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.Exec("SET LOCAL deadlock_timeout = '1h'")
		require.NoError(t, err)
		_, err = tx.Exec(db.named("UPDATE contactsync_claims SET key = key")) // what the save comes to late
		require.NoError(t, err)
		reached := make(chan struct{})
		db.watch.on(nil, func(c call) error {
			if c.number == 2 { // it holds the connection's row
				close(reached)
			}
			return nil
		})
		saved := make(chan error, 1)
		go func() { saved <- state.Save(context.Background(), l, b) }()
		<-reached
		_, err = tx.Exec(db.named("UPDATE contactsync_connections SET user_id = user_id WHERE id = 'c1'"))
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.NoError(t, <-saved)
		sent := 0
		for _, c := range db.watch.statements() {
			if isFence(c) {
				sent++
			}
		}
		assert.GreaterOrEqual(t, sent, 2, "the save was begun anew")
		db.watch.forget()
		then := db.dump(t)
		require.NoError(t, state.Save(t.Context(), l, b))
		assert.Equal(t, then, db.dump(t))
	})
}

// A post that is not committed yet has a lower number than one that is. The lease that is taken meanwhile waits for it: else nobody
// would be woken for it when that lease is given back.
func TestPostCommittedLate(t *testing.T) {
	onPostgres(t, func(t *testing.T, db *store) {
		state, host := db.state(t), db.again()
		c := connection("c1")
		c.Progress.Next = noon.Add(time.Hour)
		require.NoError(t, state.PutConnection(t.Context(), c))
		tx, err := host.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		late := host.state(t)
		require.NoError(t, late.Post(late.WithTx(t.Context(), tx), contactsync.Message{Conn: "c1"}))
		require.NoError(t, state.Post(t.Context(), contactsync.Message{Conn: "c1"}), "posts do not wait for each other")

		took := make(chan contactsync.Lease, 1)
		go func() {
			l, err := state.Acquire(context.Background(), "c1", "worker", noon, ttl)
			if err != nil {
				t.Error(err)
			}
			took <- l
		}()
		for watcher := db.again(); len(took) == 0 && !watcher.waiting(t); {
		}
		require.NoError(t, tx.Commit())
		l := <-took
		require.NoError(t, state.Save(t.Context(), l, contactsync.Batch{Release: true}))
		due, err := state.Due(t.Context(), noon, 1)
		require.NoError(t, err)
		assert.True(t, len(l.Messages) == 2 || len(due) == 1, "%d messages were brought, and nothing is due", len(l.Messages))
	})
}

func onSQLiteFile(t *testing.T, test func(t *testing.T, db *store)) {
	for _, d := range databases {
		if d.name == "SQLite in a file" {
			t.Run(d.name, func(t *testing.T) { test(t, d.migrated(t)) })
		}
	}
}

// A disk that is full is reported; nothing is half-saved, and there is no need to mend anything once there is room.
func TestDiskFull(t *testing.T) {
	onSQLiteFile(t, func(t *testing.T, db *store) {
		db.SetMaxOpenConns(1) // the limit is the connection's
		state := db.state(t)
		l := begun(t, state, "c1")
		b := everything(l.Conn, l.Messages[0].ID, 2)
		for i := range 500 {
			b.Links = append(b.Links, link("c1", fmt.Sprint(i)))
		}
		before := db.dump(t)
		pages := db.rows(t, "PRAGMA page_count")[0]
		db.run(t, "PRAGMA max_page_count = "+strings.TrimSpace(strings.TrimPrefix(pages, "page_count=")))
		err := state.Save(t.Context(), l, b)
		require.ErrorContains(t, err, "full")
		assert.Equal(t, before, db.dump(t))
		db.run(t, "PRAGMA max_page_count = 1000000")
		require.NoError(t, state.Save(t.Context(), l, b))
		n, err := state.CountLinks(t.Context(), "c1")
		require.NoError(t, err)
		assert.Equal(t, 502, n)
	})
}

// A file that somebody else writes to is tried again, also without a busy timeout; then the error is reported.
func TestFileLockedByAnother(t *testing.T) {
	onSQLiteFile(t, func(t *testing.T, db *store) {
		host := db.again()
		db.watch.source = strings.ReplaceAll(db.watch.source, "busy_timeout(10000)", "busy_timeout(0)")
		db.SetMaxIdleConns(0)
		state := db.state(t)
		l := begun(t, state, "c1")
		b := everything(l.Conn, l.Messages[0].ID, 2)
		before := db.dump(t)
		tx, err := host.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.Exec("UPDATE contactsync_schema SET version = version")
		require.NoError(t, err)

		err = state.Save(t.Context(), l, b)
		require.ErrorContains(t, err, "locked")
		assert.Equal(t, before, db.dump(t))

		tried := 0
		db.watch.on(func(c call) error {
			if isFence(c) {
				if tried++; tried == 3 {
					return tx.Rollback()
				}
			}
			return nil
		}, nil)
		require.NoError(t, state.Save(t.Context(), l, b))
		db.watch.forget()
		assert.Equal(t, 3, tried)
		n, err := state.CountLinks(t.Context(), "c1")
		require.NoError(t, err)
		assert.Equal(t, 2, n)
	})
}
