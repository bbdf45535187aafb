package sqlstate

import (
	"context"
	"database/sql"
	"io/fs"
	"strings"
)

// A Dialect is how a database is spoken to: [Postgres] or [SQLite].
type Dialect struct{ *dialect }

// dialect is what differs between databases. All other statements are written once, next to the method that sends them, in
// this form:
//
//   - tables have the names of the migrations, which begin with contactsync_;
//   - $1 is the first argument;
//   - IN TEXTS($2) and IN INTS($2) ask whether something is in the list that texts or ints made of the second argument;
//   - NOW($3), or NOW($2), is the moment by the clock of the database, in microseconds, or that argument where it is not null.
type dialect struct {
	name       string
	migrations fs.FS
	forms      []string // pairs of what is written and what the database reads; see the list above
	schemas    bool     // tables may lie in a schema with a name

	texts func(list []string) any
	ints  func(list []int64) any
	pairs func(texts []string, ints []int64) []any // of one length

	// isolation is for transactions whose first statement takes the lock that the others rely on: what comes after it must see
	// what was committed before it.
	isolation sql.IsolationLevel
	// upsert inserts rows, or replaces them by key.
	upsert func(t *table, conn string, rows [][]any) []statement

	lockConnection  string // $1: the connection; locks its row and its mailbox until the transaction ends. Empty: an update does
	sharing         string // ends a select that holds its rows against lockConnection
	claim           string // $1: tenant, $2: keys, $3: the clock, $4: holder, $5: for how long; returns the keys it took
	insertKnownKeys string // $1: the connection, then what pairs makes of ids and keys

	hasTable string // $1: the name of a table; whether it is there
	// lockSchema begins the transaction of a migration, so that no other begins before it has ended.
	lockSchema func(ctx context.Context, conn *sql.Conn, o *Options) error
}

// table is where rows of a connection are upserted. Its first column is the connection.
type table struct {
	name    string
	key     int // how many columns, after the connection, are the key
	columns []column
}

type column struct{ name, kind string }

func (t *table) names() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// onConflict replaces the row that is there.
func (t *table) onConflict() string {
	var key, set []string
	for i, c := range t.columns {
		if i < t.key {
			key = append(key, c.name)
		} else {
			set = append(set, c.name+" = excluded."+c.name)
		}
	}
	return " ON CONFLICT (conn, " + strings.Join(key, ", ") + ") DO UPDATE SET " + strings.Join(set, ", ")
}

// statement is one to be sent, with its arguments.
type statement struct {
	text string
	args []any
}

// naming turns statements as they are written into those of this database, with the host's names.
func (d *dialect) naming(o *Options) *strings.Replacer {
	prefix := o.prefix()
	if o.Schema != "" {
		prefix = quoted(o.Schema) + "." + prefix
	}
	return strings.NewReplacer(append([]string{defaultPrefix, prefix}, d.forms...)...)
}

func quoted(name string) string { return `"` + name + `"` }
