package sqlstate

import (
	"context"
	"database/sql"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// eraser finds what is about the records and links of an erasure.
type eraser struct{ *contactsync.Erasure }

// erase does what [contactsync.Erasure] says, to one connection, within the transaction of a save. What lies in JSON is read for it:
// a person is erased seldom.
func (s *State) erase(ctx context.Context, on session, conn string, what *contactsync.Erasure) error {
	e := eraser{what}
	w := &batchWriter{s: s, conn: conn}
	w.deleteTexts(deleteKnownKeys, what.Records[record.Outlook])
	w.deleteTexts(deleteKnown, what.Records[record.Outlook])
	w.deleteTexts(`DELETE FROM contactsync_journal WHERE conn = $1 AND link IN TEXTS($2)`, what.Links)
	for _, collect := range []func(context.Context, session, *batchWriter) error{e.problems, e.messages, e.reports} {
		if err := collect(ctx, on, w); err != nil {
			return err
		}
	}
	if w.err != nil {
		return w.err
	}
	for _, st := range w.all {
		if _, err := s.exec(ctx, on, st.text, st.args...); err != nil {
			return err
		}
	}
	return nil
}

func (e eraser) problems(ctx context.Context, on session, w *batchWriter) error {
	problems, err := listOn(ctx, w.s, on, scanJSON[contactsync.Problem], selectProblems, w.conn)
	var ids []string
	for _, p := range problems {
		if e.about(p) {
			ids = append(ids, p.ID)
		}
	}
	w.deleteTexts(deleteProblems, ids)
	return err
}

func (e eraser) messages(ctx context.Context, on session, w *batchWriter) error {
	messages, err := listOn(ctx, w.s, on, scanMessage, selectMessages, w.conn)
	var ids []string
	for _, m := range messages {
		id, named := m.ID, e.named(&m)
		switch {
		case !e.message(&m):
			ids = append(ids, id)
		case named:
			m.ID = ""
			w.add(`UPDATE contactsync_messages SET data = $3, wakes = $4 WHERE conn = $1 AND CAST(id AS text) = $2`, w.conn, id, w.json(m), m.Wakes())
		}
	}
	w.deleteTexts(deleteMessages, ids)
	return err
}

func (e eraser) reports(ctx context.Context, on session, w *batchWriter) error {
	const all = `SELECT token, data FROM contactsync_runs WHERE conn = $1`
	return w.s.query(ctx, on, all, []any{w.conn}, func(rows *sql.Rows) error {
		var token int64
		var data string
		var r contactsync.Report
		if err := rows.Scan(&token, &data); err != nil {
			return err
		}
		if err := fromJSON(data, &r); err != nil {
			return err
		}
		if slices.ContainsFunc(r.Problems, e.about) {
			r.Problems = slices.DeleteFunc(r.Problems, e.about)
			w.add(`UPDATE contactsync_runs SET data = $3 WHERE conn = $1 AND token = $2`, w.conn, token, w.json(r))
		}
		return nil
	})
}

func (e eraser) about(p contactsync.Problem) bool {
	return slices.Contains(e.Links, p.Link) || e.names(p.Record)
}

func (e eraser) names(ids [2]string) bool {
	return slices.Contains(e.Records[record.CRM], ids[record.CRM]) || slices.Contains(e.Records[record.Outlook], ids[record.Outlook])
}

// lists are those of the records that a message names, with the side of each.
func lists(m *contactsync.Message) map[*[]string]record.Side {
	return map[*[]string]record.Side{&m.CRMIDs: record.CRM, &m.OutlookIDs: record.Outlook, &m.Made: record.Outlook}
}

// named reports whether the message names a record that is erased.
func (e eraser) named(m *contactsync.Message) bool {
	for ids, side := range lists(m) {
		if slices.ContainsFunc(*ids, func(id string) bool { return slices.Contains(e.Records[side], id) }) {
			return true
		}
	}
	return false
}

// message takes the records out of a message, and reports whether anything is left of it.
func (e eraser) message(m *contactsync.Message) bool {
	if d := m.Decision; d != nil && (slices.Contains(e.Links, d.Link) || e.names(d.Record)) {
		return false
	}
	before, left := 0, 0
	for ids, side := range lists(m) {
		before += len(*ids)
		*ids = slices.DeleteFunc(*ids, func(id string) bool { return slices.Contains(e.Records[side], id) })
		left += len(*ids)
	}
	return left > 0 || before == 0 || m.Decision != nil || m.Resume != nil || m.Full != [2]bool{}
}
