package sqlstate

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
)

const sqliteClock = "CAST((julianday('now') - 2440587.5) * 86400000000 AS integer)"

// SQLite speaks to SQLite 3.38 or later, through any driver for database/sql.
//
// Open a file with write-ahead logging and a busy timeout of some seconds; in the terms of modernc.org/sqlite:
//
//	file:crm.db?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)
//
// Leave synchronous at full, the default: an intent that was saved before a write to Outlook must outlast a power cut. Where a
// transaction of your own reads before it writes, begin it immediately (_txlock=immediate), or SQLite may refuse the write.
//
// A database in memory belongs to one connection: call SetMaxOpenConns(1), and leave the State alone, or give it the
// transaction with [State.WithTx], while a transaction of your own is open.
var SQLite = Dialect{sqlite}

var sqlite = &dialect{
	name:       "SQLite",
	migrations: migrationsOf("sqlite"),
	forms: []string{
		"IN TEXTS($2)", "IN (SELECT value FROM json_each(?2))",
		"IN INTS($2)", "IN (SELECT value FROM json_each(?2))",
		"NOW($2)", "coalesce(?2, " + sqliteClock + ")",
		"NOW($3)", "coalesce(?3, " + sqliteClock + ")",
		"$1", "?1", "$2", "?2", "$3", "?3", "$4", "?4", "$5", "?5", "$6", "?6", "$7", "?7", "$8", "?8", "$9", "?9", // and so 10 to 12
	},
	texts: func(list []string) any { return jsonText(list) },
	ints:  func(list []int64) any { return jsonText(list) },
	pairs: func(texts []string, ints []int64) []any {
		all := make([][2]any, len(texts))
		for i := range texts {
			all[i] = [2]any{texts[i], ints[i]}
		}
		return []any{jsonText(all)}
	},
	upsert: upsertRows,
	claim: `INSERT INTO contactsync_claims AS c (tenant, key, holder, held_until)
		SELECT $1, keys.value, $4, NOW($3) + $5 FROM json_each($2) AS keys WHERE true
		ON CONFLICT (tenant, key) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
		WHERE c.holder = excluded.holder OR c.held_until <= NOW($3)
		RETURNING key`,
	// CROSS JOIN has the pairs looked at once each; left to choose, SQLite may look at all of them for each known item.
	insertKnownKeys: `INSERT INTO contactsync_known_keys (conn, key, item)
		SELECT $1, json_extract(pair.value, '$[1]'), k.item FROM json_each($2) AS pair
		CROSS JOIN contactsync_known k ON k.conn = $1 AND k.id = json_extract(pair.value, '$[0]') WHERE true
		ON CONFLICT DO NOTHING`,
	hasTable: `SELECT count(*) > 0 FROM sqlite_master WHERE name = $1`,
	lockSchema: func(ctx context.Context, conn *sql.Conn, _ *Options) error {
		_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
		return err
	},
}

func jsonText(list any) string {
	b, err := json.Marshal(list)
	if err != nil {
		panic("sqlstate: a list that has no JSON: " + err.Error()) // it holds texts or numbers
	}
	return string(b)
}

// sqliteRows is how many rows go into one statement: what it may have of arguments, 32,766, is reached at 5,400.
const sqliteRows = 2000

// upsertRows sends rows as VALUES.
func upsertRows(t *table, conn string, rows [][]any) []statement {
	var all []statement
	row := ", ($1" + strings.Repeat(", ?", len(t.columns)) + ")"
	for len(rows) > 0 {
		n := min(len(rows), sqliteRows)
		args := make([]any, 1, 1+n*len(t.columns))
		args[0] = conn
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		all = append(all, statement{
			text: "INSERT INTO " + t.name + " (conn, " + t.names() + ") VALUES " + strings.Repeat(row, n)[2:] + t.onConflict(),
			args: args,
		})
		rows = rows[n:]
	}
	return all
}
