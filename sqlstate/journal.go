package sqlstate

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

var journalTable = &table{name: "contactsync_journal", key: 2, columns: []column{
	{"run", "bigint"}, {"seq", "bigint"}, {"link", "text"}, {"at", "bigint"}, {"is_over", "boolean"}, {"sealed", "bytea"},
}}

func (w *batchWriter) journal(b *contactsync.Batch) {
	type place struct {
		run uint64
		seq int
	}
	upsert(w, journalTable, b.Journal, func(e *contactsync.JournalEntry) place { return place{e.Run, e.Seq} },
		func(e *contactsync.JournalEntry) []any {
			sealed := e.Sealed
			if sealed == nil {
				sealed = []byte{} // the column is never null
			}
			return []any{int64(e.Run), int64(e.Seq), e.Link, e.At.UnixMicro(), e.Over, sealed}
		})
	if !b.ForgetJournal.IsZero() {
		w.add(forgetJournal, w.conn, b.ForgetJournal.UnixMicro())
	}
}

const forgetJournal = `DELETE FROM contactsync_journal WHERE conn = $1 AND at < $2`

// JournalEntries implements [contactsync.Journal].
func (s *State) JournalEntries(ctx context.Context, conn string, run uint64, after, n int) ([]contactsync.JournalEntry, error) {
	const page = `SELECT run, seq, link, at, is_over, sealed FROM contactsync_journal
		WHERE conn = $1 AND run = $2 AND seq > $3 ORDER BY seq LIMIT $4`
	entries, err := list(ctx, s, scanEntry, page, conn, int64(run), after, max(n, 0))
	if err != nil {
		return nil, fmt.Errorf("sqlstate: journal of %q: %w", conn, err)
	}
	return entries, nil
}

func scanEntry(rows *sql.Rows, e *contactsync.JournalEntry) error {
	var at int64
	err := rows.Scan(&e.Run, &e.Seq, &e.Link, &at, &e.Over, &e.Sealed)
	e.At = time.UnixMicro(at).UTC()
	return err
}

// JournalRuns implements [contactsync.Journal].
func (s *State) JournalRuns(ctx context.Context, conn string) ([]contactsync.JournalRun, error) {
	const sums = `SELECT run, min(at), count(*), sum(CASE WHEN is_over THEN 0 ELSE 1 END) FROM contactsync_journal
		WHERE conn = $1 GROUP BY run ORDER BY run DESC`
	runs, err := list(ctx, s, scanJournalRun, sums, conn)
	if err != nil {
		return nil, fmt.Errorf("sqlstate: journal of %q: %w", conn, err)
	}
	return runs, nil
}

func scanJournalRun(rows *sql.Rows, r *contactsync.JournalRun) error {
	var at int64
	err := rows.Scan(&r.Run, &at, &r.Entries, &r.Open)
	r.At = time.UnixMicro(at).UTC()
	return err
}
