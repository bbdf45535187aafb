package sqlstate

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Migrations are the migrations of a dialect as plain SQL, for a host that runs its own tool: their names are those of
// golang-migrate (0001_state.up.sql), and the remark that goose looks for is in each. Each file ends by noting its number in the
// table contactsync_schema, which [Open] reads, whoever ran it.
//
// The files are written for the default names. With Options.Schema, run them with that schema first in the search path; with
// another Options.Prefix, let [Migrate] run them, which puts the prefix in the place of contactsync_. It panics for the zero Dialect.
func Migrations(d Dialect) fs.FS {
	if d == (Dialect{}) {
		panic("sqlstate: Migrations: the zero Dialect has none: take Postgres or SQLite")
	}
	return d.migrations
}

// A SchemaError says that the tables in the database are not those of this version of the library.
type SchemaError struct {
	// Have is the number of the newest migration of the database, 0: there are no tables. Want is the newest that the library has.
	Have, Want int
}

func (e *SchemaError) Error() string {
	switch {
	case e.Have > e.Want:
		return fmt.Sprintf("the tables are those of a newer version of the library (migration %d; this version has %d): use that version", e.Have, e.Want)
	case e.Have == 0:
		return "the tables are not there: run sqlstate.Migrate first"
	}
	return fmt.Sprintf("the tables are those of migration %d, this version of the library needs %d: run sqlstate.Migrate first", e.Have, e.Want)
}

// Migrate makes the tables, or brings them up to date, and keeps what is in them. It may be run at each start, and by several
// processes at once: they wait for each other. Each migration is one transaction. A [*SchemaError] says that a newer version of
// the library has been there; nothing is changed then.
func Migrate(ctx context.Context, db *sql.DB, d Dialect, o Options) error {
	s, err := newState(db, d, o)
	if err != nil {
		return fmt.Errorf("sqlstate: migrate: %w", err)
	}
	files, err := migrationFiles(s.d)
	if err != nil {
		return fmt.Errorf("sqlstate: migrate: %w", err)
	}
	for done := false; !done; {
		err := s.repeat(ctx, maybeDone, func() error {
			done, err = s.migrateOnce(ctx, files)
			return err
		})
		if err != nil {
			return fmt.Errorf("sqlstate: migrate: %w", err)
		}
	}
	return nil
}

// migrationFiles are the names of the migrations; the first has number 1.
func migrationFiles(d *dialect) ([]string, error) {
	files, err := fs.Glob(d.migrations, "*.up.sql") // sorted
	if err != nil {
		return nil, err
	}
	for i, name := range files {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s is not number %d", name, i+1)
		}
	}
	return files, nil
}

// migrateOnce runs the next migration in one transaction, and reports whether there was none.
func (s *State) migrateOnce(ctx context.Context, files []string) (done bool, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	defer func() {
		if err != nil { // also where the lock was not given: there is nothing to roll back then
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if err := s.d.lockSchema(ctx, conn, &s.o); err != nil {
		return false, err
	}
	have, err := s.schemaVersion(ctx, conn)
	switch {
	case err != nil:
		return false, err
	case have > len(files):
		return false, &SchemaError{Have: have, Want: len(files)}
	case have < len(files):
		if err := s.migrateTo(ctx, conn, files[have], have+1); err != nil {
			return false, fmt.Errorf("%s: %w", files[have], err)
		}
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return have >= len(files)-1, err
}

func (s *State) migrateTo(ctx context.Context, conn *sql.Conn, name string, number int) error {
	text, err := fs.ReadFile(s.d.migrations, name)
	if err != nil {
		return err
	}
	// Names alone: indexes take no schema, and the search path has it.
	names := strings.NewReplacer(defaultPrefix, s.o.prefix())
	for _, st := range strings.Split(string(text), ";\n") {
		if strings.TrimSpace(st) == "" {
			continue
		}
		if _, err := conn.ExecContext(ctx, names.Replace(st)); err != nil {
			return err
		}
	}
	have, err := s.schemaVersion(ctx, conn)
	if err == nil && have != number {
		err = fmt.Errorf("it notes number %d", have)
	}
	return err
}

// schemaVersion is the number of the newest migration; 0: none has been run.
func (s *State) schemaVersion(ctx context.Context, on session) (int, error) {
	there, err := listOn(ctx, s, on, value[bool], s.d.hasTable, s.names.Replace(defaultPrefix+"schema"))
	if err != nil || !there[0] {
		return 0, err
	}
	version, err := listOn(ctx, s, on, value[int], `SELECT coalesce(max(version), 0) FROM contactsync_schema`)
	if err != nil {
		return 0, err
	}
	return version[0], nil
}

// checkSchema refuses tables that this version was not made for.
func (s *State) checkSchema(ctx context.Context) error {
	files, err := migrationFiles(s.d)
	if err != nil {
		return err
	}
	have, err := s.schemaVersion(ctx, s.db)
	if err == nil && have != len(files) {
		err = &SchemaError{Have: have, Want: len(files)}
	}
	return err
}
