package sqlstate_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
)

// watch stands between database/sql and a driver: it keeps what was sent, and lets a test act before and after each statement.
// Begin and commit are statements too.
type watch struct {
	driver driver.Driver
	source string

	mu     sync.Mutex
	sent   []call
	before func(c call) error // an error is what the statement answers; it is not sent
	after  func(c call) error // an error is what the statement answers, though it was carried out
}

// call is one statement: the number-th that was sent, counted from 1.
type call struct {
	number int
	text   string
	args   []any
}

func (c call) control() bool { return c.text == "BEGIN" || c.text == "COMMIT" || c.text == "ROLLBACK" }

// forget begins anew: nothing was sent, and nothing happens.
func (w *watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent, w.before, w.after = nil, nil, nil
}

func (w *watch) on(before, after func(c call) error) {
	w.forget()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before, w.after = before, after
}

// statements are the texts that were sent, but for begin, commit and rollback.
func (w *watch) statements() []call {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []call
	for _, c := range w.sent {
		if !c.control() {
			all = append(all, c)
		}
	}
	return all
}

func (w *watch) do(text string, args []driver.NamedValue, send func() error) error {
	w.mu.Lock()
	c := call{number: len(w.sent) + 1, text: strings.TrimSpace(text)}
	for _, a := range args {
		c.args = append(c.args, a.Value)
	}
	w.sent = append(w.sent, c)
	before, after := w.before, w.after
	w.mu.Unlock()
	if before != nil {
		if err := before(c); err != nil {
			return err
		}
	}
	if err := send(); err != nil {
		return err
	}
	if after != nil {
		return after(c)
	}
	return nil
}

func (w *watch) Connect(context.Context) (driver.Conn, error) {
	c, err := w.driver.Open(w.source)
	if err != nil {
		return nil, err
	}
	return &watchedConn{c, w}, nil
}

func (w *watch) Driver() driver.Driver { return w.driver }

// watchedConn has what database/sql looks for in the connections of pgx and modernc.
type watchedConn struct {
	driver.Conn
	w *watch
}

func (c *watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (res driver.Result, err error) {
	err = c.w.do(query, args, func() error {
		res, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return err
	})
	return res, err
}

func (c *watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.w.do(query, args, func() error {
		rows, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
		return err
	})
	if err != nil && rows != nil {
		err = errors.Join(err, rows.Close())
		return nil, err
	}
	return rows, err
}

func (c *watchedConn) BeginTx(ctx context.Context, o driver.TxOptions) (tx driver.Tx, err error) {
	begun := false // modernc answers an error with a transaction that is no nil interface, and no transaction
	err = c.w.do("BEGIN", nil, func() error {
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
		begun = err == nil
		return err
	})
	if err != nil {
		if begun { // a connection that stays in use has no transaction open
			err = errors.Join(err, tx.Rollback())
		}
		return nil, err
	}
	return &watchedTx{tx, c.w}, nil
}

func (c *watchedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *watchedConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *watchedConn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

type watchedTx struct {
	driver.Tx
	w *watch
}

// Commit fails as connections do: where it is not carried out, the transaction is rolled back.
func (tx *watchedTx) Commit() error {
	sent := false
	err := tx.w.do("COMMIT", nil, func() error { sent = true; return tx.Tx.Commit() })
	if !sent {
		err = errors.Join(err, tx.Tx.Rollback())
	}
	return err
}

func (tx *watchedTx) Rollback() error {
	return tx.w.do("ROLLBACK", nil, tx.Tx.Rollback)
}
