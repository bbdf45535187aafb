package sqlstate_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Whatever a run asks is found by an index: what it costs does not grow with what is stored. PostgreSQL, which reads small
// tables whole, is asked to do so only where no index serves.
func TestEveryQueryUsesAnIndex(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state, ctx := db.state(t), t.Context()
		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		for c := range 300 {
			conn := connection(fmt.Sprintf("c%02d", c))
			conn.Tenant, conn.User = fmt.Sprintf("tenant %d", c%30), fmt.Sprintf("u%d", c)
			m := contactsync.Message{Conn: conn.ID, CRMIDs: []string{"p1"}}
			if c >= 12 {
				conn.Progress.Next = noon.Add(time.Hour)
				m.CRMIDs, m.Made = nil, []string{"i1"} // wakes nobody
			}
			require.NoError(t, state.PutConnection(state.WithTx(ctx, tx), conn))
			require.NoError(t, state.Post(state.WithTx(ctx, tx), m))
		}
		require.NoError(t, tx.Commit())
		for c := range 12 {
			conn, err := state.Connection(ctx, fmt.Sprintf("c%02d", c))
			require.NoError(t, err)
			l, err := state.Acquire(ctx, conn.ID, "worker", noon, ttl)
			require.NoError(t, err)
			var b contactsync.Batch
			for i := range 500 {
				l := link(conn.ID, fmt.Sprintf("l%03d", i))
				if i == 7 {
					l.Phase = contactsync.Intended
				}
				if i > 400 {
					l.Phase = contactsync.Detached
				}
				l.IDs = [2]string{fmt.Sprintf("p%05d", c*500+i), fmt.Sprintf("item %05d", c*500+i)}
				b.Links = append(b.Links, l)
				b.Known = append(b.Known, known(fmt.Sprintf("k%03d", i), uint64(c*1000+i), uint64(i)))
				p := problem(conn.ID, fmt.Sprintf("p%03d", i))
				if i > 0 {
					p.RetryAt = noon.Add(100 * ttl)
				}
				b.Problems = append(b.Problems, p)
				e := entry(i%100 + 1)
				e.Run = uint64(i/100 + 1)
				b.Journal = append(b.Journal, e)
			}
			b.Report, b.Release = &contactsync.Report{Conn: conn.ID}, true
			require.NoError(t, state.Save(ctx, l, b))
			var keys []uint64
			for i := range 300 {
				keys = append(keys, uint64(i))
			}
			_, err = state.Claim(ctx, conn.Tenant, conn.ID, keys, noon, noon.Add(ttl))
			require.NoError(t, err)
		}
		var ids, items []string
		for i := range 100 {
			ids, items = append(ids, fmt.Sprintf("p%05d", 1000+i)), append(items, fmt.Sprintf("item %05d", 1000+i))
		}
		must := func(_ any, err error) { t.Helper(); require.NoError(t, err) }
		db.watch.forget()
		l, err := state.Acquire(ctx, "c02", "worker", noon, ttl)
		require.NoError(t, err)
		require.NotEmpty(t, l.Open)
		require.NotEmpty(t, l.Retry)
		require.NotEmpty(t, l.Messages)
		_, err = state.Acquire(ctx, "c02", "another", noon, ttl)
		require.ErrorIs(t, err, contactsync.ErrBusy)
		must(state.LinksOf(ctx, "c02", record.CRM, ids))
		must(state.LinksOf(ctx, "c02", record.Outlook, items))
		must(state.Links(ctx, "c02", "l100", 100))
		must(state.CountLinks(ctx, "c02"))
		must(state.LinkedTo(ctx, "tenant 2", ids))
		must(state.KnownBy(ctx, "c02", []uint64{2001, 2002, 3}))
		must(state.KnownOf(ctx, "c02", []string{"k001", "k002"}))
		must(state.Claim(ctx, "tenant 2", "c02", []uint64{1, 2}, noon, noon.Add(ttl)))
		must(state.Due(ctx, noon, 10))
		must(state.Labels(ctx, "tenant 2", "u2", ids))
		must(state.Connection(ctx, "c02"))
		must(state.Connections(ctx, "tenant 2"))
		must(state.ConnectionsOf(ctx, "tenant 2", "u2"))
		must(state.Problems(ctx, "c02"))
		must(state.Answers(ctx, "c02"))
		must(state.Runs(ctx, "c02", 10))
		must(state.JournalEntries(ctx, "c02", 2, 10, 50))
		must(state.JournalRuns(ctx, "c02"))
		b := everything(l.Conn, l.Messages[0].ID, 2)
		require.NoError(t, state.Save(ctx, l, b))
		require.NoError(t, state.Save(ctx, l, contactsync.Batch{Connection: &l.Conn, Release: true}))
		require.NoError(t, state.Post(ctx, contactsync.Message{Conn: "c02"}))
		sent := db.watch.statements()
		db.watch.forget()
		require.Greater(t, len(sent), 30)

		if db.options.Schema == "" { // PostgreSQL looks at its data by itself, SQLite never does
			noWholeTable(t, db, sent)
		}
		db.run(t, "ANALYZE")
		noWholeTable(t, db, sent)
	})
}

// How a plan says that it reads a whole table of ours, on SQLite or on PostgreSQL, and how PostgreSQL says that it reads by an
// index: the whole of it, unless the next line has a condition.
var (
	wholeTable = regexp.MustCompile(`SCAN (contactsync_|c\b|l\b|k\b|p\b|other\b)|SEARCH [lp] .*\(conn=\?\)|SEARCH k .*\(conn=\?\)|Seq Scan on (\w+\.)?contactsync_`)
	byIndex    = regexp.MustCompile(`Index (Only )?Scan`)
	small      = regexp.MustCompile(`messages_waking`) // it holds only what waits for a run
)

func noWholeTable(t *testing.T, db *store, sent []call) {
	t.Helper()
	for _, c := range sent {
		plan := explain(t, db, c)
		for i, step := range plan {
			whole := wholeTable.MatchString(step) ||
				byIndex.MatchString(step) && !small.MatchString(step) && (i+1 == len(plan) || !strings.Contains(plan[i+1], "Index Cond:"))
			assert.False(t, whole, "%s\n%s", c.text, strings.Join(plan, "\n"))
		}
	}
}

func explain(t *testing.T, db *store, c call) []string {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback()
	how := "EXPLAIN QUERY PLAN "
	if db.options.Schema != "" {
		how = "EXPLAIN "
		_, err = tx.Exec("SET LOCAL enable_seqscan = off")
		require.NoError(t, err)
	}
	rows, err := tx.Query(how+c.text, c.args...)
	require.NoError(t, err, c.text)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var plan []string
	for rows.Next() {
		into := make([]any, len(columns))
		for i := range into {
			into[i] = new(any)
		}
		require.NoError(t, rows.Scan(into...))
		plan = append(plan, fmt.Sprint(*into[len(into)-1].(*any)))
	}
	require.NoError(t, rows.Err())
	return plan
}
