package sqlstate_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusal is an error as PostgreSQL's drivers give it.
type refusal struct{ state string }

func (r refusal) Error() string    { return "refused with " + r.state }
func (r refusal) SQLState() string { return r.state }

// A save that stops at any statement, before or after it is carried out, has written nothing, or everything where only the
// answer to the commit was lost. Saved again, it is whole.
func TestStopInTheMiddleOfASave(t *testing.T) {
	stop := errors.New("stopped")
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state := db.state(t)
		ctx := t.Context()
		statements := 0
		for n := 1; n == 1 || n <= statements; n++ {
			for _, carriedOut := range []bool{false, true} {
				what := fmt.Sprintf("stopped at statement %d, carried out: %t", n, carriedOut)
				l := begun(t, state, fmt.Sprintf("c%d%t", n, carriedOut))
				b := everything(l.Conn, l.Messages[0].ID, 2)
				before := db.dump(t)
				fail := func(c call) error {
					if c.number == n {
						return stop
					}
					return nil
				}
				if carriedOut {
					db.watch.on(nil, fail)
				} else {
					db.watch.on(fail, nil)
				}
				err := state.Save(ctx, l, b)
				db.watch.forget()
				require.ErrorIs(t, err, stop, what)
				then := db.dump(t)
				committed := carriedOut && n == statements
				if !committed {
					require.Equal(t, before, then, what)
				}
				db.watch.forget()
				require.NoError(t, state.Save(ctx, l, b), what)
				if statements == 0 {
					statements = len(db.watch.sent)
					require.Greater(t, statements, 12, "the batch writes to every table")
				}
				db.watch.forget()
				after := db.dump(t)
				assert.NotEqual(t, before, after, what)
				if committed {
					assert.Equal(t, then, after, what)
				}
			}
		}
	})
}

// What fails for a while is tried again, and the save is whole; what fails for good is reported, and nothing is saved.
func TestFailuresThatPass(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state := db.state(t)
		failures := map[string]error{
			"serialization failure": refusal{"40001"}, "deadlock": refusal{"40P01"}, "lock not given": refusal{"55P03"},
			"connection failure": refusal{"08006"}, "shutdown": refusal{"57P01"},
		}
		if d.name != "SQLite in memory" { // it ends with its connection
			failures["connection lost"] = driver.ErrBadConn
		}
		for name, failure := range failures {
			for n := 1; n <= 8; n++ {
				what := fmt.Sprintf("%s at statement %d", name, n)
				l := begun(t, state, what)
				b := everything(l.Conn, l.Messages[0].ID, 2)
				db.watch.on(nil, func(c call) error {
					if c.number == n {
						return failure
					}
					return nil
				})
				require.NoError(t, state.Save(t.Context(), l, b), what)
				db.watch.forget()
				then := db.dump(t)
				require.NoError(t, state.Save(t.Context(), l, b), what)
				require.Equal(t, then, db.dump(t), what)
			}
		}
	})
}

func TestFailuresThatLast(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state := db.state(t)
		for name, tt := range map[string]struct {
			failure error
			once    bool
		}{
			"disk full":             {refusal{"53100"}, true},
			"permission denied":     {refusal{"42501"}, true},
			"serialization failure": {refusal{"40001"}, false},
		} {
			l := begun(t, state, name)
			before := db.dump(t)
			failed := 0
			db.watch.on(func(c call) error {
				if !c.control() {
					failed++
					return tt.failure
				}
				return nil
			}, nil)
			err := state.Save(t.Context(), l, everything(l.Conn, l.Messages[0].ID, 2))
			db.watch.forget()
			require.ErrorIs(t, err, tt.failure, name)
			assert.ErrorContains(t, err, "sqlstate: save", name)
			assert.Equal(t, tt.once, failed == 1, "%s: tried %d times", name, failed)
			assert.Less(t, failed, 10, name)
			assert.Equal(t, before, db.dump(t), name)
		}
	})
}

// A message whose post may have arrived is not posted again.
func TestPostIsNotDoubled(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state := db.state(t)
		l := begun(t, state, "c1")
		count := len(db.dump(t)["messages"])
		db.watch.on(nil, func(call) error { return refusal{"08006"} })
		require.Error(t, state.Post(t.Context(), l.Messages[0]))
		db.watch.forget()
		assert.Len(t, db.dump(t)["messages"], count+1)
		db.watch.on(func(c call) error {
			if c.number < 3 {
				return refusal{"40P01"}
			}
			return nil
		}, nil)
		require.NoError(t, state.Post(t.Context(), l.Messages[0]))
		db.watch.forget()
		assert.Len(t, db.dump(t)["messages"], count+2)
	})
}
