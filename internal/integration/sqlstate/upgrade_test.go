package sqlstate_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// first is what the tables held after the first migration, as that version wrote it. It is never made anew once that version is
// out: hosts have such tables.
const first = "testdata/first.json"

var makeFirst = flag.Bool("make-first", false, "write "+first)

// cell is one value of a row; bytes are in hexadecimal.
type cell struct {
	Hex  *string `json:",omitempty"`
	Text *string `json:",omitempty"`
	Int  *int64  `json:",omitempty"`
	Bool *bool   `json:",omitempty"`
}

func (c cell) value(t *testing.T) any {
	switch {
	case c.Hex != nil:
		b, err := hex.DecodeString(*c.Hex)
		require.NoError(t, err)
		return b
	case c.Text != nil:
		return *c.Text
	case c.Int != nil:
		return *c.Int
	case c.Bool != nil:
		return *c.Bool
	}
	return nil
}

// remembered makes what the fixture holds, and reads it.
type remembered struct {
	Lease      contactsync.Lease
	Links      []contactsync.Link
	Known      []contactsync.Known
	Runs       []contactsync.Report
	Problems   []contactsync.Problem
	Entries    []contactsync.JournalEntry
	Refused    []uint64
	LinksCount int
}

func recall(t *testing.T, s *sqlstate.State) (r remembered) {
	t.Helper()
	ctx := t.Context()
	var err error
	r.Lease, err = s.Acquire(ctx, "c1", "reader", noon.Add(10*ttl), ttl)
	require.NoError(t, err)
	r.Links, err = s.Links(ctx, "c1", "", 100)
	require.NoError(t, err)
	r.Known, err = s.KnownOf(ctx, "c1", []string{"new"})
	require.NoError(t, err)
	r.Runs, err = s.Runs(ctx, "c1", 10)
	require.NoError(t, err)
	r.Problems, err = s.Problems(ctx, "c1")
	require.NoError(t, err)
	r.Entries, err = s.JournalEntries(ctx, "c1", 1, 0, 10)
	require.NoError(t, err)
	r.Refused, err = s.Claim(ctx, "acme", "somebody else", []uint64{1 << 63}, noon, noon)
	require.NoError(t, err)
	r.LinksCount, err = s.CountLinks(ctx, "c1")
	require.NoError(t, err)
	return r
}

// firstRemembered is what the fixture says, and how it was made.
func firstRemembered(t *testing.T, s *sqlstate.State) (r remembered) {
	t.Helper()
	ctx := t.Context()
	full := link("c1", "new")
	full.Phase, full.Cause, full.Target, full.Made = contactsync.Detached, contactsync.CauseLeft, record.Outlook, [2]bool{false, true}
	full.Gen, full.Revives, full.Since = 3, "an id from before", noon
	full.Pending = [2][]conflict.Seen{{{Rule: "name", Def: 1, Raw: [2]uint64{8, 9}, Typed: [2]uint64{10, 11}, Version: 1}}, {{Rule: "phone", Version: 3}}}
	full.Asked = []conflict.Seen{{Rule: "title", Raw: [2]uint64{16, 16}, Typed: [2]uint64{18, 19}, Version: 4, Diverged: conflict.Asked}}
	l := begun(t, s, "c1")
	b := everything(l.Conn, l.Messages[0].ID, 2)
	b.Links[0] = full
	b.Connection.Progress.Day = []contactsync.Hour{{Start: noon, Links: 7, Deleted: [2]int{1, 2}}}
	b.Connection.Progress.Settings = contactsync.Reading{Selection: 1 << 63, Answers: 4}
	b.Connection.Progress.Passed = []contactsync.Halt{{Guard: contactsync.GuardClears, Side: record.Outlook, Count: 4}}
	require.NoError(t, s.Save(ctx, l, b))
	_, err := s.Claim(ctx, "acme", "c1", []uint64{1 << 63}, noon, noon.Add(ttl))
	require.NoError(t, err)
	posted := contactsync.Message{Conn: "c1", Full: [2]bool{false, true}, Made: []string{"item 1"}, Decision: &contactsync.PersonDecision{
		Problem: "p", Link: "l", Decision: conflict.Decision{Rule: "name", Side: record.Outlook, Raw: [2]uint64{1 << 63, 2}},
	}}
	require.NoError(t, s.Post(ctx, posted))
	posted.ID = "2"

	b.Connection.Mailbox = l.Conn.Mailbox
	return remembered{
		Lease: contactsync.Lease{
			Conn: *b.Connection, Worker: "reader", Token: 3, Until: noon.Add(11 * ttl), Open: []contactsync.Link{full},
			Retry: b.Problems, Messages: []contactsync.Message{posted},
		},
		Links: []contactsync.Link{link("c1", "kept"), full}, Known: []contactsync.Known{known("new", 7, 8)},
		Runs:     []contactsync.Report{*b.Report, {Conn: "c1", Ended: noon, Problems: []contactsync.Problem{}}},
		Problems: b.Problems, Entries: []contactsync.JournalEntry{entry(2), entry(3)}, Refused: []uint64{1 << 63}, LinksCount: 1,
	}
}

// Tables that the first migration made, with data of that time, come to the newest migration without loss.
func TestUpgradeFromTheFirstMigration(t *testing.T) {
	if *makeFirst {
		db := databases[0].migrated(t)
		firstRemembered(t, db.state(t))
		writeFirst(t, db)
	}
	want := firstRemembered(t, databases[0].migrated(t).state(t))
	onEach(t, func(t *testing.T, d database) {
		db := d.opened(t)
		db.firstTables(t)
		db.firstRows(t)
		require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options))
		assert.Equal(t, want, recall(t, db.state(t)))
	})
}

// What the second migration adds beside what is there is filled from it: problems saved before it have labels.
func TestUpgradeToLabels(t *testing.T) {
	text, err := json.Marshal(contactsync.Problem{
		ID: "p1", Conn: "c1", Code: contactsync.CodeDenied, Record: [2]string{record.CRM: `a "record" of 1`}, First: noon, Last: noon,
	})
	require.NoError(t, err)
	nobody, err := json.Marshal(problem("c1", "p2"))
	require.NoError(t, err)
	onEach(t, func(t *testing.T, d database) {
		db := d.opened(t)
		db.firstTables(t)
		db.run(t, `INSERT INTO contactsync_connections (id, tenant, user_id, kind, mailbox, mailbox_key, folder, inactive, status, reason, progress, next_at, seen_message, token, lease_message)
			VALUES ('c1', 'acme', 'ann', 'contact', '{}', '', '', false, '', '', '{}', 0, 0, 0, 0)`)
		for id, data := range map[string][]byte{"p1": text, "p2": nobody} {
			db.run(t, "INSERT INTO contactsync_problems (conn, id, data) VALUES ('c1', $1, $2)", id, string(data))
		}
		require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options))
		labels, err := db.state(t).Labels(t.Context(), "acme", "ann", []string{`a "record" of 1`, "another"})
		require.NoError(t, err)
		assert.Equal(t, []contactsync.Label{{Conn: "c1", Record: `a "record" of 1`, Code: contactsync.CodeDenied, Since: noon}}, labels)
	})
}

// What the third migration adds is filled from what is there: a decision posted before it is an answer that waits, and no other
// message is one.
func TestUpgradeToAnswers(t *testing.T) {
	decision := contactsync.Message{Conn: "c1", Decision: &contactsync.PersonDecision{Problem: "p1", Decision: conflict.Decision{Rule: "name", Side: record.Outlook}}}
	onEach(t, func(t *testing.T, d database) {
		db := d.opened(t)
		db.firstTables(t)
		db.run(t, `INSERT INTO contactsync_connections (id, tenant, user_id, kind, mailbox, mailbox_key, folder, inactive, status, reason, progress, next_at, seen_message, token, lease_message)
			VALUES ('c1', 'acme', 'ann', 'contact', '{}', '', '', false, '', '', '{}', 0, 0, 0, 0)`)
		for _, m := range []contactsync.Message{{Conn: "c1", CRMIDs: []string{"r"}}, decision, {Conn: "c1"}} {
			data, err := json.Marshal(m)
			require.NoError(t, err)
			db.run(t, "INSERT INTO contactsync_messages (conn, data, wakes) VALUES ('c1', $1, true)", string(data))
		}
		require.NoError(t, sqlstate.Migrate(t.Context(), db.DB, db.dialect, db.options))
		want := decision
		want.ID = "2"
		answers, err := db.state(t).Answers(t.Context(), "c1")
		require.NoError(t, err)
		assert.Equal(t, []contactsync.Message{want}, answers)
	})
}

// searched puts the schema first in the search path of the connections to come, as a host does for its own tool.
func (s *store) searched() {
	if s.options.Schema != "" {
		s.watch.source += "&search_path=" + s.options.Schema
	}
}

// firstRows puts into the tables of the first migration what the fixture holds.
func (s *store) firstRows(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(first)
	require.NoError(t, err)
	var data map[string][]map[string]cell
	require.NoError(t, json.Unmarshal(text, &data))
	for _, table := range tables[1:] {
		require.NotEmpty(t, data[table], table)
		for _, row := range data[table] {
			insert(t, s, table, row)
		}
	}
}

// firstTables makes the tables of the first migration.
func (s *store) firstTables(t *testing.T) {
	t.Helper()
	s.searched()
	migration, err := fs.ReadFile(sqlstate.Migrations(s.dialect), "0001_state.up.sql")
	require.NoError(t, err)
	_, err = s.Exec(string(migration))
	require.NoError(t, err)
}

func insert(t *testing.T, db *store, table string, row map[string]cell) {
	t.Helper()
	var columns, marks []string
	var args []any
	for column, c := range row {
		columns, args = append(columns, column), append(args, c.value(t))
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	given := ""
	if db.options.Schema != "" {
		given = " OVERRIDING SYSTEM VALUE"
	}
	db.run(t, "INSERT INTO contactsync_"+table+" ("+strings.Join(columns, ", ")+")"+given+" VALUES ("+strings.Join(marks, ", ")+")", args...)
}

func writeFirst(t *testing.T, db *store) {
	t.Helper()
	data := map[string][]map[string]cell{}
	for _, table := range tables[1:] {
		rows, err := db.Query("SELECT * FROM contactsync_" + table)
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		types, err := rows.ColumnTypes()
		require.NoError(t, err)
		for rows.Next() {
			values := slices.Repeat([]any{nil}, len(columns))
			into := make([]any, len(columns))
			for i := range into {
				into[i] = &values[i]
			}
			require.NoError(t, rows.Scan(into...))
			row := map[string]cell{}
			for i, v := range values {
				switch v := v.(type) {
				case string:
					row[columns[i]] = cell{Text: &v}
				case int64:
					row[columns[i]] = cell{Int: &v}
					if is := v != 0; types[i].DatabaseTypeName() == "BOOLEAN" {
						row[columns[i]] = cell{Bool: &is}
					}
				case []byte:
					text := hex.EncodeToString(v)
					row[columns[i]] = cell{Hex: &text}
				}
			}
			data[table] = append(data[table], row)
		}
		require.NoError(t, rows.Close())
	}
	text, err := json.MarshalIndent(data, "", "\t")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	require.NoError(t, os.WriteFile(first, append(text, '\n'), 0o644))
}
