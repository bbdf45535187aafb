package sqlstate

import (
	"context"
	"database/sql"
	"errors"
)

// txKey is where a context holds the host's transaction on a database.
type txKey struct{ db *sql.DB }

// WithTx returns a context under which the methods of this State work within a transaction of the host, so that the host's own
// writes and the State's are there together or not at all. The transaction must be one of the database that was given to
// [Open]; the host begins and ends it, and calls the methods one after another.
//
//	tx, err := db.BeginTx(ctx, nil)
//	...
//	defer tx.Rollback()
//	_, err = tx.ExecContext(ctx, "UPDATE people SET ...")
//	...
//	err = engine.Decide(state.WithTx(ctx, tx), conn, problem, record.CRM)
//	...
//	err = tx.Commit()
//
// Nothing is tried again: after an error roll back, and begin anew. A lease is not taken under such a context, so that no run,
// with its requests to Graph, keeps a transaction open: [State.Acquire] refuses. It panics without a transaction, since the State's
// writes would then be there whatever became of the host's.
func (s *State) WithTx(ctx context.Context, tx *sql.Tx) context.Context {
	if tx == nil {
		panic("sqlstate: WithTx: there is no transaction: begin one first")
	}
	return context.WithValue(ctx, txKey{s.db}, tx)
}

func (s *State) hostsTx(ctx context.Context) *sql.Tx {
	tx, _ := ctx.Value(txKey{s.db}).(*sql.Tx)
	return tx
}

// once sends what is one statement.
func (s *State) once(ctx context.Context, r repeatable, do func(on session) error) error {
	if tx := s.hostsTx(ctx); tx != nil {
		return do(tx)
	}
	return s.repeat(ctx, r, func() error { return do(s.db) })
}

// atomically sends several statements in one transaction. The first must be a write, or lock what the others read: SQLite
// lets nobody write between two statements of a transaction that began with one.
func (s *State) atomically(ctx context.Context, do func(on session) error) error {
	if tx := s.hostsTx(ctx); tx != nil {
		return do(tx)
	}
	return s.repeat(ctx, maybeDone, func() error {
		tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: s.d.isolation})
		if err != nil {
			return err
		}
		if err := do(tx); err != nil {
			if undone := tx.Rollback(); undone != nil && !errors.Is(undone, sql.ErrTxDone) {
				return errors.Join(err, undone)
			}
			return err
		}
		return tx.Commit()
	})
}
