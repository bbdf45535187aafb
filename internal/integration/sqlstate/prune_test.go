package sqlstate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

func TestPrune(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		db.options.WorkersClock = false
		state, ctx := db.state(t), t.Context()
		now := time.Now()
		for _, id := range []string{"c1", "c2"} {
			begun(t, state, id) // with a report that ended at noon, and an entry of a minute later
			l, err := state.Acquire(ctx, id, "worker", noon, ttl)
			require.NoError(t, err)
			late := entry(7)
			late.At = noon.Add(time.Hour)
			require.NoError(t, state.Save(ctx, l, contactsync.Batch{
				Report: &contactsync.Report{Conn: id, Ended: noon.Add(time.Hour)}, Journal: []contactsync.JournalEntry{late},
			}))
		}
		_, err := state.Claim(ctx, "globex", "c9", []uint64{1, 2}, now, now.Add(time.Hour))
		require.NoError(t, err)
		_, err = state.Claim(ctx, "globex", "c9", []uint64{3}, now, now)
		require.NoError(t, err)
		before := db.dump(t)
		require.Len(t, before["claims"], 4)
		for i, left := range []time.Duration{-time.Minute, time.Hour} {
			l, err := state.Acquire(ctx, fmt.Sprint("c", i+1), "worker", now, ttl)
			require.NoError(t, err)
			require.NoError(t, state.Save(ctx, l, contactsync.Batch{NotBefore: now.Add(left)}))
		}

		removed, err := state.Prune(ctx, sqlstate.Limits{})
		require.NoError(t, err)
		assert.EqualValues(t, 2, removed, "the claim that has ended, and the wait")
		removed, err = state.Prune(ctx, sqlstate.Limits{Runs: noon.Add(time.Minute), Journal: noon.Add(2 * time.Minute)})
		require.NoError(t, err)
		assert.EqualValues(t, 4, removed, "a report and an entry of each connection")
		after := db.dump(t)
		assert.Len(t, after["runs"], 2)
		assert.Len(t, after["journal"], 4)
		assert.Len(t, after["mailboxes"], 1)
		assert.Len(t, after["claims"], 3)
		for _, table := range []string{"links", "known", "known_keys", "problems", "messages"} {
			assert.Equal(t, before[table], after[table], table)
		}
	})
}
