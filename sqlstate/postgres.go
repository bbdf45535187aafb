package sqlstate

import (
	"context"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations
var migrations embed.FS

func migrationsOf(folder string) fs.FS {
	sub, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		panic("sqlstate: " + err.Error()) // they are embedded
	}
	return sub
}

// postgresClock is not now(), which stands still while a transaction waits for a lock.
const postgresClock = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"

// Postgres speaks to PostgreSQL 12 or later, through any driver for database/sql; tested with version 15 and pgx. Its indexes hold ids
// of up to 2,600 bytes: a record with a longer one has the save refused.
var Postgres = Dialect{postgres}

var postgres = &dialect{
	name:       "PostgreSQL",
	migrations: migrationsOf("postgres"),
	schemas:    true,
	forms: []string{
		"IN TEXTS($2)", "= ANY(CAST($2 AS text[]))",
		"IN INTS($2)", "= ANY(CAST($2 AS bigint[]))",
		"NOW($2)", "coalesce(CAST($2 AS bigint), " + postgresClock + ")",
		"NOW($3)", "coalesce(CAST($3 AS bigint), " + postgresClock + ")",
	},
	texts: func(list []string) any { return array(list, appendQuoted) },
	ints:  func(list []int64) any { return array(list, appendInt) },
	pairs: func(texts []string, ints []int64) []any {
		return []any{array(texts, appendQuoted), array(ints, appendInt)}
	},
	isolation: sql.LevelReadCommitted,
	upsert:    upsertArrays,
	// The row first, then its mailbox: a save holds the row too, so what it saved is seen by the statements after this one.
	lockConnection: `SELECT pg_advisory_xact_lock(hashtextextended('contactsync_mailbox ' || c.mailbox_key, 0))
		FROM (SELECT mailbox_key FROM contactsync_connections WHERE id = $1 FOR UPDATE) c`,
	sharing: " FOR KEY SHARE",
	claim: `INSERT INTO contactsync_claims AS c (tenant, key, holder, held_until)
		SELECT $1, keys.key, $4, NOW($3) + CAST($5 AS bigint) FROM unnest(CAST($2 AS bigint[])) AS keys (key)
		ON CONFLICT (tenant, key) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
		WHERE c.holder = excluded.holder OR c.held_until <= NOW($3)
		RETURNING key`,
	insertKnownKeys: `INSERT INTO contactsync_known_keys (conn, key, item)
		SELECT $1, given.key, k.item FROM unnest(CAST($2 AS text[]), CAST($3 AS bigint[])) AS given (id, key)
		JOIN contactsync_known k ON k.conn = $1 AND k.id = given.id
		ON CONFLICT DO NOTHING`,
	hasTable:   `SELECT to_regclass($1) IS NOT NULL`,
	lockSchema: lockPostgresSchema,
}

// upsertArrays sends each column as one array: one statement for any number of rows, whose text is always the same.
func upsertArrays(t *table, conn string, rows [][]any) []statement {
	args, arrays := []any{conn}, make([]string, len(t.columns))
	for i, c := range t.columns {
		args = append(args, array(rows, func(b []byte, row []any) []byte { return appendElement(b, row[i]) }))
		arrays[i] = fmt.Sprintf("CAST($%d AS %s[])", i+2, c.kind)
	}
	return []statement{{
		text: "INSERT INTO " + t.name + " (conn, " + t.names() + ") SELECT $1, * FROM unnest(" + strings.Join(arrays, ", ") + ")" + t.onConflict(),
		args: args,
	}}
}

// array is a list in PostgreSQL's own text form, which every driver can send.
func array[T any](list []T, appendOne func([]byte, T) []byte) string {
	b := []byte{'{'}
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendOne(b, v)
	}
	return string(append(b, '}'))
}

func appendElement(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendQuoted(b, v)
	case []byte:
		return append(hex.AppendEncode(append(b, `"\\x`...), v), '"')
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return appendInt(b, v)
	}
	return append(b, "NULL"...)
}

func appendInt(b []byte, v int64) []byte { return strconv.AppendInt(b, v, 10) }

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

func lockPostgresSchema(ctx context.Context, conn *sql.Conn, o *Options) error {
	statements := []statement{
		{text: "BEGIN"},
		{"SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", []any{o.Schema + "." + o.prefix() + "schema"}},
	}
	if o.Schema != "" {
		statements = append(statements, statement{text: "SET LOCAL search_path TO " + quoted(o.Schema)})
	}
	for _, st := range statements {
		if _, err := conn.ExecContext(ctx, st.text, st.args...); err != nil {
			return err
		}
	}
	return nil
}
