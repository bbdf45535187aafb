package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var errFault = errors.New("the database went away")

// faulty is SQLite with one statement that fails: the one counted at, from 1; BEGIN and COMMIT count too. It fails before
// it takes effect or, where late is set, after it. With cancel, the context is cancelled there instead.
type faulty struct {
	driver driver.Driver
	dsn    string

	late   bool
	cancel context.CancelFunc

	mu    sync.Mutex
	on    bool // statements count
	n, at int
}

// newFaulty makes a CRM in a file of its own, with the people of the example. Nothing counts yet.
func newFaulty(t *testing.T, at int) (*faulty, *database) {
	t.Helper()
	template.once.Do(func() {
		db, file := newCRM(t)
		_, template.err = db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
		if template.err == nil {
			template.file, template.err = os.ReadFile(file)
		}
	})
	require.NoError(t, template.err)
	file := filepath.Join(t.TempDir(), "crm.db")
	require.NoError(t, os.WriteFile(file, template.file, 0o644))
	plain, err := sql.Open("sqlite", dsn(file))
	require.NoError(t, err)
	t.Cleanup(func() { plain.Close() })
	f := &faulty{driver: plain.Driver(), dsn: dsn(file) + "&_pragma=synchronous(OFF)", at: at}
	db := sql.OpenDB(f)
	t.Cleanup(func() { db.Close() })
	return f, &database{db, sqlite}
}

// template is the file of a CRM as it is at first.
var template struct {
	once sync.Once
	file []byte
	err  error
}

// counting switches counting on or off.
func (f *faulty) counting(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = on
}

// struck reports whether the fault has happened.
func (f *faulty) struck() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at > 0 && f.n >= f.at
}

// around does one statement, or fails it.
func (f *faulty) around(do, undo func() error) error {
	f.mu.Lock()
	hit := false
	if f.on {
		f.n++
		hit = f.n == f.at
	}
	f.mu.Unlock()
	switch {
	case !hit:
		return do()
	case f.cancel != nil:
		f.cancel()
		return do()
	case f.late:
		return errors.Join(errFault, do())
	}
	return errors.Join(errFault, undo())
}

func nothing() error { return nil }

func (f *faulty) Driver() driver.Driver { return f.driver }

func (f *faulty) Connect(context.Context) (driver.Conn, error) {
	c, err := f.driver.Open(f.dsn)
	if err != nil {
		return nil, err
	}
	return &faultyConn{c.(conn), f}, nil
}

type conn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
}

type faultyConn struct {
	conn
	f *faulty
}

func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (res driver.Result, err error) {
	return res, c.f.around(func() error { res, err = c.conn.ExecContext(ctx, query, args); return err }, nothing)
}

func (c *faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.f.around(func() error { rows, err = c.conn.QueryContext(ctx, query, args); return err }, nothing)
	if err != nil && rows != nil {
		err = errors.Join(err, rows.Close())
	}
	return rows, err
}

func (c *faultyConn) BeginTx(ctx context.Context, opts driver.TxOptions) (tx driver.Tx, err error) {
	begun := false // with an error the driver returns a transaction that is no nil interface, and no transaction
	err = c.f.around(func() error { tx, err = c.conn.BeginTx(ctx, opts); begun = err == nil; return err }, nothing)
	if err != nil && begun {
		err = errors.Join(err, tx.Rollback())
	}
	return &faultyTx{tx, c.f}, err
}

type faultyTx struct {
	driver.Tx
	f *faulty
}

func (tx *faultyTx) Commit() error { return tx.f.around(tx.Tx.Commit, tx.Tx.Rollback) }
