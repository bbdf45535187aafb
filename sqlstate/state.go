package sqlstate

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// State is the engine's memory in tables of a database, for any number of processes. It is safe for concurrent use.
// [Open] makes one; the methods of the zero State panic.
//
// A lost connection, a deadlock, a serialization failure and a database that is locked are tried again a few times, within a
// second, where that is safe; then the error is returned. Whatever fails, a save is whole or not at all. Errors name the
// operation and wrap what the driver said.
type State struct {
	db    *sql.DB
	d     *dialect
	o     Options
	names *strings.Replacer
}

var (
	_ contactsync.State   = (*State)(nil)
	_ contactsync.Journal = (*State)(nil)
)

// Open returns the State that lies in the database. It reads one number: the version of the schema. A [*SchemaError] says that
// [Migrate] has to be run first, or that a newer library has migrated the database. The database stays the caller's to close.
func Open(ctx context.Context, db *sql.DB, d Dialect, o Options) (*State, error) {
	s, err := newState(db, d, o)
	if err != nil {
		return nil, fmt.Errorf("sqlstate: open: %w", err)
	}
	if err := s.repeat(ctx, maybeDone, func() error { return s.checkSchema(ctx) }); err != nil {
		return nil, fmt.Errorf("sqlstate: open: %w", err)
	}
	return s, nil
}

func newState(db *sql.DB, d Dialect, o Options) (*State, error) {
	if d.dialect == nil {
		return nil, &contactsync.InvalidError{Field: "Dialect", Reason: "it is Postgres or SQLite"}
	}
	if err := o.check(d.dialect); err != nil {
		return nil, err
	}
	if db == nil {
		return nil, &contactsync.InvalidError{Field: "db", Reason: "is missing"}
	}
	return &State{db: db, d: d.dialect, o: o, names: d.naming(&o)}, nil
}

// session is a database, one of its connections, or a transaction.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// exec sends a statement, as written in this package, and returns how many rows it touched.
func (s *State) exec(ctx context.Context, on session, text string, args ...any) (int64, error) {
	res, err := on.ExecContext(ctx, s.names.Replace(text), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query sends a statement, as written in this package, and scans each row.
func (s *State) query(ctx context.Context, on session, text string, args []any, row func(*sql.Rows) error) error {
	rows, err := on.QueryContext(ctx, s.names.Replace(text), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// list reads all rows of one statement. It may be repeated, for it changes nothing.
func list[T any](ctx context.Context, s *State, scan func(*sql.Rows, *T) error, text string, args ...any) (all []T, err error) {
	err = s.once(ctx, maybeDone, func(on session) error {
		all, err = listOn(ctx, s, on, scan, text, args...)
		return err
	})
	return all, err
}

func listOn[T any](ctx context.Context, s *State, on session, scan func(*sql.Rows, *T) error, text string, args ...any) ([]T, error) {
	var all []T
	err := s.query(ctx, on, text, args, func(rows *sql.Rows) error {
		var one T
		if err := scan(rows, &one); err != nil {
			return err
		}
		all = append(all, one)
		return nil
	})
	return all, err
}

// value scans a row of one column.
func value[T any](rows *sql.Rows, v *T) error { return rows.Scan(v) }

// clock is what NOW($3) takes: nothing, and the database's clock counts; or the worker's.
func (s *State) clock(now time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: now.UnixMicro(), Valid: s.o.WorkersClock}
}

// moment is a time as columns hold it; NULL for the zero time.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}
