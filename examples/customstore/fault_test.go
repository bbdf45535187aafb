package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// B5: wherever Apply is stopped, it has written everything or nothing, and can be called again.
func TestApplyStoppedAnywhere(t *testing.T) {
	for name, stop := range map[string]func(f *faulty, cancel context.CancelFunc){
		"statement fails":    func(*faulty, context.CancelFunc) {},
		"its answer is lost": func(f *faulty, _ context.CancelFunc) { f.late = true },
		"context cancelled":  func(f *faulty, cancel context.CancelFunc) { f.cancel = cancel },
	} {
		t.Run(name, func(t *testing.T) {
			const most = 40
			at, wrote := 1, 0
			for ; at < most; at++ {
				f, db := newFaulty(t, at)
				s := &Store{db: db}
				writes := sampleWrites(t, s)
				before := dump(t, db)
				ctx, cancel := context.WithCancel(t.Context())
				stop(f, cancel)
				f.counting(true)

				results, err := s.Apply(ctx, anna, writes)

				f.counting(false)
				cancel()
				if err == nil {
					assertResults(t, results)
				}
				if err == nil || !slices.Equal(before, dump(t, db)) { // without half writes, that is all or nothing
					wrote++
					assertWritten(t, s, writes)
				}
				results, err = s.Apply(t.Context(), anna, writes)
				require.NoError(t, err)
				require.NoError(t, errors.Join(results[0].Err, results[2].Err, results[3].Err), "creates and deletes can be repeated")
				if !f.struck() {
					break
				}
			}
			assert.Greater(t, at, 8, "statements that were stopped")
			assert.Less(t, at, most)
			assert.GreaterOrEqual(t, wrote, 1)
		})
	}
}

// sampleWrites are two creates, an update, a delete, and two that are refused.
func sampleWrites(t *testing.T, s *Store) []contactsync.Write {
	t.Helper()
	found, err := s.Get(t.Context(), anna, []contactsync.Ref{{ID: "1"}, {ID: "2"}})
	require.NoError(t, err)
	version := func(i int) string { return found[i].Records[0].Version }
	set := func(name, value string) record.Fields { return schema.Build().Set(name, value).Fields() }
	return []contactsync.Write{
		{Op: contactsync.Create, Stamp: "1aaaa", Set: set("firstName", "Quirijn")},
		{Op: contactsync.Update, ID: "1", Version: version(0), Set: set("jobTitle", "Head of Purchasing")},
		{Op: contactsync.Delete, ID: "2", Version: version(1)},
		{Op: contactsync.Create, Stamp: "1bbbb", Set: set("firstName", "Rikkert")},
		{Op: contactsync.Update, ID: "3", Version: "0", Set: set("jobTitle", "too late")},
		{Op: contactsync.Update, ID: "14", Version: "1", Set: set("jobTitle", "Ben's, and private")},
	}
}

func assertResults(t *testing.T, results []contactsync.Result) {
	t.Helper()
	require.NoError(t, errors.Join(results[0].Err, results[1].Err, results[2].Err, results[3].Err))
	require.ErrorIs(t, results[4].Err, contactsync.ErrStale)
	require.ErrorIs(t, results[5].Err, contactsync.ErrDenied)
}

func assertWritten(t *testing.T, s *Store, writes []contactsync.Write) {
	t.Helper()
	got := query(t, s.db, `SELECT first_name, owner, job_title, deleted_at IS NULL FROM people
		WHERE id IN (1, 2, 3, 14) OR sync_stamp IS NOT NULL ORDER BY id`)
	want := []string{
		"[Sanne anna Head of Purchasing 1]", "[Jan anna Director 0]", "[Fatima anna Lawyer 1]", "[Rosa ben  1]",
		"[Quirijn anna  1]", "[Rikkert anna  1]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("half of the writes are there (-want +got):\n%s", diff)
	}
}

// B5: wherever a run is stopped by the database, the runs after it bring both sides to where they would have come.
func TestSyncStoppedAnywhere(t *testing.T) {
	const most = 1000
	want, _ := syncWithFault(t, 0, false)
	at := 1
	for struck := true; struck && at < most; at++ {
		for _, late := range []bool{false, true} {
			var got []string
			got, struck = syncWithFault(t, at, late)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("stopped at statement %d (after its effect: %v), then synced again (-without a fault +got):\n%s", at, late, diff)
			}
		}
	}
	assert.Greater(t, at, 40, "statements that were stopped")
	assert.Less(t, at, most)
}

// syncWithFault plays the example's story with one fault, and returns both sides as they are when nothing is left to do.
func syncWithFault(t *testing.T, at int, late bool) (sides []string, struck bool) {
	t.Helper()
	f, db := newFaulty(t, at)
	f.late = late
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s, err := connect(t.Context(), db, contactsync.Config{Key: []byte("0123456789abcdef"), Now: func() time.Time { return now }})
	require.NoError(t, err)
	for _, card := range cards {
		require.NoError(t, s.edit(t.Context(), "Outlook", "", card))
	}
	s.settle(t, f, &now)
	for _, e := range edits {
		require.NoError(t, s.edit(t.Context(), e.side, e.who, e.how))
	}
	linked := s.settle(t, f, &now)
	for _, card := range s.cards() {
		sides = append(sides, cardText(card))
	}
	slices.Sort(sides)
	people := query(t, db, `SELECT `+columns+`, private, deleted_at IS NOT NULL, merged_into, COUNT(*) OVER (PARTITION BY sync_stamp)
		FROM people ORDER BY first_name, last_name`)
	return append(append(sides, people...), fmt.Sprint(linked)), f.struck()
}

// settle runs until a run finds nothing to do, and returns how many people are linked then.
func (s *story) settle(t *testing.T, f *faulty, now *time.Time) int {
	t.Helper()
	for range 6 {
		*now = now.Add(time.Hour)
		before := f.struck()
		f.counting(true)
		report, err := s.engine.Sync(t.Context(), s.conn.ID)
		f.counting(false)
		if f.struck() != before {
			continue
		}
		require.NoError(t, err)
		if report.Wrote() == 0 {
			return report.Linked
		}
	}
	t.Fatal("not settled after 6 runs")
	return 0
}

func cardText(card record.Record) string {
	var b strings.Builder
	for name, value := range card.Fields.All() {
		if !value.IsEmpty() {
			fmt.Fprintf(&b, "%s=%s ", name, strings.Join(value, "|"))
		}
	}
	return b.String()
}

// dump shows everything that is stored.
func dump(t *testing.T, db *database) []string {
	t.Helper()
	var lines []string
	for _, table := range []string{"people", "sync_feeds", "people_match_keys", "people_match_index"} {
		for _, line := range query(t, db, `SELECT * FROM `+table) {
			lines = append(lines, table+" "+line)
		}
	}
	return lines
}

func query(t *testing.T, db *database, q string) (lines []string) {
	t.Helper()
	rows, err := db.Query(q)
	require.NoError(t, err)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values := make([]any, len(names))
		for i := range values {
			values[i] = new(any)
		}
		require.NoError(t, rows.Scan(values...))
		for i := range values {
			values[i] = *values[i].(*any)
		}
		lines = append(lines, fmt.Sprint(values))
	}
	require.NoError(t, rows.Err())
	return lines
}
