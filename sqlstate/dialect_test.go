package sqlstate

import (
	"errors"
	"io"
	"io/fs"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestArraysOfPostgres(t *testing.T) {
	assert.Equal(t, `{}`, Postgres.texts(nil))
	assert.Equal(t, `{"a","","NULL","a\"b","a\\b","{a,b}","王 🦊"}`, Postgres.texts([]string{"a", "", "NULL", `a"b`, `a\b`, "{a,b}", "王 🦊"}))
	assert.Equal(t, `{-9223372036854775808,0,7}`, Postgres.ints([]int64{-1 << 63, 0, 7}))
	columns := [][]any{{"a", nil, true, []byte{0, 255}, int64(3)}}
	var got []string
	for i := range columns[0] {
		got = append(got, array(columns, func(b []byte, row []any) []byte { return appendElement(b, row[i]) }))
	}
	assert.Equal(t, []string{`{"a"}`, `{NULL}`, `{true}`, `{"\\x00ff"}`, `{3}`}, got)
}

func TestRowsOfSQLiteAreSplit(t *testing.T) {
	rows := make([][]any, 2*sqliteRows+1)
	for i := range rows {
		rows[i] = []any{"id", "crm", "outlook", "linked", false, []byte{}}
	}
	all := SQLite.upsert(linksTable, "c1", rows)
	require.Len(t, all, 3)
	for i, n := range []int{sqliteRows, sqliteRows, 1} {
		assert.Len(t, all[i].args, 1+6*n)
		assert.Less(t, len(all[i].args), 32_766, "more arguments than SQLite takes")
	}
}

func TestNames(t *testing.T) {
	const text = "SELECT contactsync_links.id FROM contactsync_links WHERE id IN TEXTS($2) AND conn = $12"
	assert.Equal(t, `SELECT "crm".x_links.id FROM "crm".x_links WHERE id = ANY(CAST($2 AS text[])) AND conn = $12`,
		Postgres.naming(&Options{Schema: "crm", Prefix: "x_"}).Replace(text))
	assert.Equal(t, `SELECT contactsync_links.id FROM contactsync_links WHERE id IN (SELECT value FROM json_each(?2)) AND conn = ?12`,
		SQLite.naming(&Options{}).Replace(text))
}

// The migrations of both dialects make the same tables, columns and indexes.
func TestMigrationsAgree(t *testing.T) {
	kinds := regexp.MustCompile(` COLLATE "C"|bigint GENERATED ALWAYS AS IDENTITY|integer PRIMARY KEY AUTOINCREMENT|bytea|blob|` +
		`CAST\(data AS json\) -> 'Record' ->> 0|json_extract\(data, '\$\.Record\[0\]'\)|` +
		`CAST\(data AS json\) -> 'Decision' ->> 'Problem'|json_extract\(data, '\$\.Decision\.Problem'\)`)
	same := map[string]string{
		"bigint GENERATED ALWAYS AS IDENTITY": "NUMBERED", "integer PRIMARY KEY AUTOINCREMENT": "NUMBERED PRIMARY KEY", "bytea": "BYTES", "blob": "BYTES",
		"CAST(data AS json) -> 'Record' ->> 0": "CRM ID", "json_extract(data, '$.Record[0]')": "CRM ID",
		"CAST(data AS json) -> 'Decision' ->> 'Problem'": "PROBLEM", "json_extract(data, '$.Decision.Problem')": "PROBLEM",
	}
	plain := func(d Dialect, name string) string {
		text, err := fs.ReadFile(Migrations(d), name)
		require.NoError(t, err)
		return kinds.ReplaceAllStringFunc(string(text), func(s string) string { return same[s] })
	}
	files, err := migrationFiles(Postgres.dialect)
	require.NoError(t, err)
	others, err := migrationFiles(SQLite.dialect)
	require.NoError(t, err)
	require.Equal(t, files, others)
	for _, name := range files {
		assert.Equal(t, plain(Postgres, name), plain(SQLite, name), name)
	}
}

func TestClassOfErrors(t *testing.T) {
	for err, want := range map[error]class{
		stateError("40001"): undone, stateError("40P01"): undone, stateError("53300"): undone,
		stateError("08006"): lost, stateError("57P01"): lost, stateError("40003"): lost,
		stateError("53100"): lasting, stateError("23505"): lasting, stateError("42P01"): lasting,
		codeError(5): undone, codeError(6 | 1<<8): undone, codeError(13): lasting,
		unsentError(true): undone, unsentError(false): lasting, errors.Join(io.ErrUnexpectedEOF, unsentError(true)): lost,
	} {
		assert.Equal(t, want, classify(err), "%v", err)
	}
}

type stateError string

func (e stateError) Error() string    { return "state " + string(e) }
func (e stateError) SQLState() string { return string(e) }

type unsentError bool

func (unsentError) Error() string       { return "not sent" }
func (e unsentError) SafeToRetry() bool { return bool(e) }

type codeError int

func (e codeError) Error() string { return "code" }
func (e codeError) Code() int     { return int(e) }
