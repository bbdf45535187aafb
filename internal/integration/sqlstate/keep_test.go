package sqlstate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Of a thing that is twice in a batch the last counts, as if they were written one after another.
func TestTwiceInABatch(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state, ctx := db.state(t), t.Context()
		l := begun(t, state, "c1")
		first, last := link("c1", "twice"), link("c1", "twice")
		first.IDs[record.CRM], last.Gen = "another", 3
		late := entry(5)
		late.Over, late.Sealed = true, nil
		require.NoError(t, state.Save(ctx, l, contactsync.Batch{
			Links:    []contactsync.Link{first, last},
			Known:    []contactsync.Known{known("twice", 100), known("twice", 101, 101)},
			Problems: []contactsync.Problem{problem("c1", "twice"), {ID: "twice", Conn: "c1", Code: contactsync.CodeDenied}},
			Journal:  []contactsync.JournalEntry{entry(5), late},
		}))
		links, err := state.LinksOf(ctx, "c1", record.CRM, []string{"another", "crm of twice"})
		require.NoError(t, err)
		assert.Equal(t, []contactsync.Link{last}, links)
		items, err := state.KnownBy(ctx, "c1", []uint64{100})
		require.NoError(t, err)
		assert.Empty(t, items)
		items, err = state.KnownBy(ctx, "c1", []uint64{101})
		require.NoError(t, err)
		assert.Equal(t, []contactsync.Known{known("twice", 101, 101)}, items)
		problems, err := state.Problems(ctx, "c1")
		require.NoError(t, err)
		codes := map[string]contactsync.Code{}
		for _, p := range problems {
			codes[p.ID] = p.Code
		}
		assert.Equal(t, contactsync.CodeDenied, codes["twice"])
		entries, err := state.JournalEntries(ctx, "c1", 1, 4, 9)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		assert.True(t, entries[0].Over)
	})
}

// What no column can hold is refused by name before anything is saved.
func TestIdsThatCannotBeKept(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state := db.state(t)
		l := begun(t, state, "c1")
		before := db.dump(t)
		for _, id := range []string{"a\x00b", "a\xffb"} {
			bad := link("c1", "l1")
			bad.IDs[record.Outlook] = id
			for _, b := range []contactsync.Batch{
				{Links: []contactsync.Link{link("c1", "l0"), bad}}, {Links: []contactsync.Link{link("c1", id)}}, {Known: []contactsync.Known{known(id)}},
			} {
				var invalid *contactsync.InvalidError
				require.ErrorAs(t, state.Save(t.Context(), l, b), &invalid)
				assert.Equal(t, before, db.dump(t))
			}
		}
	})
}

func TestRunsThatAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		db.options.KeepRuns = 3
		state, ctx := db.state(t), t.Context()
		begun(t, state, "another")
		require.NoError(t, state.PutConnection(ctx, connection("c1")))
		for n := range 6 {
			l, err := state.Acquire(ctx, "c1", "worker", noon, ttl)
			require.NoError(t, err)
			for range 2 { // the second replaces the first
				require.NoError(t, state.Save(ctx, l, contactsync.Batch{Report: &contactsync.Report{Linked: n}}))
			}
		}
		runs, err := state.Runs(ctx, "c1", 10)
		require.NoError(t, err)
		require.Len(t, runs, 3)
		assert.Equal(t, []int{5, 4, 3}, []int{runs[0].Linked, runs[1].Linked, runs[2].Linked})
		runs, err = state.Runs(ctx, "another", 10)
		require.NoError(t, err)
		assert.Len(t, runs, 1)
	})
}
