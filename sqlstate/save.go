package sqlstate

import (
	"context"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// fence is what every save begins with: it locks the connection's row where the lease still is the newest, and writes there what
// belongs to the connection. $1: connection, $2: token, $3 to $7: see progressColumns, null: as they are, $8: the new end by
// the worker's clock or null, $9: whether the lease is given back. A save of nothing else is this one statement.
const fence = `UPDATE contactsync_connections SET
		status = coalesce(CAST($3 AS text), status), reason = coalesce(CAST($4 AS text), reason),
		halt = CASE WHEN CAST($3 AS text) IS NULL THEN halt ELSE CAST($5 AS text) END,
		progress = coalesce(CAST($6 AS text), progress), next_at = coalesce(CAST($7 AS bigint), next_at),
		seen_message = CASE WHEN $9 AND lease_until IS NOT NULL THEN lease_message ELSE seen_message END,
		lease_until = CASE WHEN $9 OR lease_until IS NULL THEN NULL ELSE coalesce(CAST($8 AS bigint) - lease_skew, lease_until) END,
		lease_mailbox = CASE WHEN $9 THEN NULL ELSE lease_mailbox END
	WHERE id = $1 AND token = $2`

// Save implements [contactsync.State].
func (s *State) Save(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
	if err := s.save(ctx, &l, &b); err != nil {
		return fmt.Errorf("sqlstate: save %q: %w", l.Conn.ID, err)
	}
	return nil
}

func (s *State) save(ctx context.Context, l *contactsync.Lease, b *contactsync.Batch) error {
	if l.Token == 0 || l.Token > math.MaxInt64 {
		return contactsync.ErrFenced // no lease has such a token
	}
	if err := checkBatch(l.Conn.ID, b); err != nil {
		return err
	}
	first := statement{fence, []any{l.Conn.ID, int64(l.Token), nil, nil, nil, nil, nil, moment(b.Extend), b.Release}}
	if b.Connection != nil {
		kept, err := progressColumns(b.Connection)
		if err != nil {
			return err
		}
		copy(first.args[2:], kept)
	}
	others, err := s.statements(l, b)
	if err != nil {
		return err
	}
	send := func(on session) error {
		n, err := s.exec(ctx, on, first.text, first.args...)
		if err != nil {
			return err
		}
		if n == 0 {
			return contactsync.ErrFenced
		}
		if b.Erase != nil {
			if err := s.erase(ctx, on, l.Conn.ID, b.Erase); err != nil {
				return err
			}
		}
		for _, st := range others {
			if _, err := s.exec(ctx, on, st.text, st.args...); err != nil {
				return err
			}
		}
		return nil
	}
	if len(others) == 0 && b.Erase == nil {
		return s.once(ctx, maybeDone, send)
	}
	return s.atomically(ctx, send)
}

// statements are those that a batch takes besides the fence, in their order.
func (s *State) statements(l *contactsync.Lease, b *contactsync.Batch) ([]statement, error) {
	w := &batchWriter{s: s, conn: l.Conn.ID}
	w.links(b)
	w.known(b)
	w.problems(b)
	w.deleteTexts(deleteMessages, b.Done)
	if len(b.Unclaim) > 0 {
		w.add(`DELETE FROM contactsync_claims WHERE holder = $1 AND key IN INTS($2)
			AND tenant = (SELECT tenant FROM contactsync_connections WHERE id = $1)`, w.conn, s.d.ints(signed(b.Unclaim)))
	}
	if b.Report != nil {
		w.report(l.Token, b.Report)
	}
	w.journal(b)
	if !b.NotBefore.IsZero() {
		w.add(waitUntil, w.conn, l.Conn.Mailbox.Key(), b.NotBefore.UnixMicro())
	}
	if b.End {
		w.end()
	}
	return w.all, w.err
}

// waitUntil has nobody work on a mailbox before a moment, which is one of the clock of the lease's worker.
const waitUntil = `INSERT INTO contactsync_mailboxes AS m (mailbox, not_before)
	SELECT $2, CAST($3 AS bigint) - lease_skew FROM contactsync_connections WHERE id = $1
	ON CONFLICT (mailbox) DO UPDATE SET not_before = excluded.not_before WHERE m.not_before < excluded.not_before`

// batchWriter collects statements for one connection.
type batchWriter struct {
	s    *State
	conn string
	all  []statement
	err  error
}

func (w *batchWriter) add(text string, args ...any) {
	w.all = append(w.all, statement{text, args})
}

func (w *batchWriter) deleteTexts(text string, ids []string) {
	if len(ids) > 0 {
		w.add(text, w.conn, w.s.d.texts(ids))
	}
}

func (w *batchWriter) json(v any) string {
	text, err := toJSON(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	return text
}

// upsert adds the rows. Of several with one key the last counts, as if they were written one after another.
func upsert[T any, K comparable](w *batchWriter, t *table, list []T, key func(*T) K, row func(*T) []any) {
	last := make(map[K]int, len(list))
	for i := range list {
		last[key(&list[i])] = i
	}
	rows := make([][]any, 0, len(last))
	for i := range list {
		if last[key(&list[i])] == i {
			rows = append(rows, row(&list[i]))
		}
	}
	if len(rows) > 0 {
		w.all = append(w.all, w.s.d.upsert(t, w.conn, rows)...)
	}
}

func (w *batchWriter) links(b *contactsync.Batch) {
	upsert(w, linksTable, b.Links, func(l *contactsync.Link) string { return l.ID }, linkRow)
	w.deleteTexts(`DELETE FROM contactsync_links WHERE conn = $1 AND id IN TEXTS($2)`, b.DropLinks)
}

func (w *batchWriter) known(b *contactsync.Batch) {
	ids := make([]string, len(b.Known))
	last := make(map[string]*contactsync.Known, len(b.Known))
	for i := range b.Known {
		k := &b.Known[i]
		ids[i], last[k.ID] = k.ID, k
	}
	w.deleteTexts(deleteKnownKeys, ids)
	upsert(w, knownTable, b.Known, func(k *contactsync.Known) string { return k.ID }, func(k *contactsync.Known) []any {
		return []any{k.ID, appendKnown(nil, k)}
	})
	var of []string
	var keys []uint64
	for id, k := range last {
		for _, key := range append(k.Emails[:len(k.Emails):len(k.Emails)], k.Phones...) {
			of, keys = append(of, id), append(keys, key)
		}
	}
	if len(keys) > 0 {
		w.add(w.s.d.insertKnownKeys, append([]any{w.conn}, w.s.d.pairs(of, signed(keys))...)...)
	}
	w.deleteTexts(deleteKnownKeys, b.DropKnown)
	w.deleteTexts(deleteKnown, b.DropKnown)
}

func (w *batchWriter) problems(b *contactsync.Batch) {
	upsert(w, problemsTable, b.Problems, func(p *contactsync.Problem) string { return p.ID }, func(p *contactsync.Problem) []any {
		return []any{p.ID, moment(p.RetryAt), p.Record[record.CRM], w.json(p)}
	})
	w.deleteTexts(deleteProblems, b.Close)
}

// report remembers the run. Saved again under the same lease, it replaces what was saved before.
func (w *batchWriter) report(token uint64, r *contactsync.Report) {
	w.add(`INSERT INTO contactsync_runs (conn, token, ended, data) VALUES ($1, $2, $3, $4)
		ON CONFLICT (conn, token) DO UPDATE SET ended = excluded.ended, data = excluded.data`,
		w.conn, int64(token), r.Ended.UnixMicro(), w.json(r))
	w.add(`DELETE FROM contactsync_runs WHERE conn = $1 AND token <= (
			SELECT token FROM contactsync_runs WHERE conn = $1 ORDER BY token DESC LIMIT 1 OFFSET $2)`,
		w.conn, w.s.o.keepRuns())
}

// checkBatch refuses what cannot be kept, before anything is.
func checkBatch(conn string, b *contactsync.Batch) error {
	for i := range b.Links {
		switch l := &b.Links[i]; {
		case l.ID == "" || l.Conn != conn:
			return &contactsync.InvalidError{Field: "links", Reason: "a link without an id, or of another connection"}
		case !storable(l.ID, l.IDs[0], l.IDs[1]):
			return &contactsync.InvalidError{Field: "links", Reason: notStorable}
		}
	}
	for i := range b.Known {
		switch k := &b.Known[i]; {
		case k.ID == "":
			return &contactsync.InvalidError{Field: "known", Reason: "an item without an id"}
		case !storable(k.ID):
			return &contactsync.InvalidError{Field: "known", Reason: notStorable}
		}
	}
	for i := range b.Problems {
		if p := &b.Problems[i]; p.ID == "" || p.Conn != conn {
			return &contactsync.InvalidError{Field: "problems", Reason: "a problem without an id, or of another connection"}
		}
	}
	for i := range b.Journal {
		if e := &b.Journal[i]; e.Run == 0 || e.Run > math.MaxInt64 || e.Seq <= 0 {
			return &contactsync.InvalidError{Field: "journal", Reason: "an entry without the number of a run, or without its own"}
		}
	}
	return nil
}

const notStorable = "an id is no UTF-8, or has a zero byte in it"

// storable reports whether a column of text can hold the ids, and find them again.
func storable(ids ...string) bool {
	for _, id := range ids {
		if !utf8.ValidString(id) || strings.IndexByte(id, 0) >= 0 {
			return false
		}
	}
	return true
}
