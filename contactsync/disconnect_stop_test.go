package contactsync_test

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// breaker stops at one call of the State or of Outlook, before its effect or after it; it counts from when it is armed.
type breaker struct {
	armed, after bool
	at, calls    int
}

func (b *breaker) before(context.Context, string) error {
	if b.armed {
		b.calls++
	}
	if b.armed && (!b.after && b.calls >= b.at || b.calls > b.at) { // a process that has stopped calls nothing more
		return errStopped
	}
	return nil
}

func (b *breaker) afterwards(_ context.Context, _ string, err error) error {
	if b.armed && b.after && b.calls >= b.at {
		return errStopped
	}
	return err
}

func newBreakingWorld(t *testing.T) (*world, *breaker) {
	b := &breaker{}
	w := newLeavingWorld(t, func(c *contactsync.Config) {
		c.Rand, c.ChunkSize = crand.Reader, 1
		c.State = contactsynctest.InterceptState(c.State, contactsynctest.StateHooks{Before: b.before, After: b.afterwards})
		c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Before: b.before, After: b.afterwards})
	})
	return w, b
}

// B5, B19: taking back is stopped at each of its calls, before its effect and after it. Called again it does the rest, and is the
// same as one that was never stopped.
func TestTakeBackIsStoppedAnywhere(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			w, b := newBreakingWorld(t)
			b.armed, b.after, b.at = true, after, at
			_, err := w.engine.Disconnect(w.ctx, w.conn.ID, contactsync.TakeBack(2))
			stopped := b.calls >= at
			b.armed = false
			w.now = w.now.Add(time.Hour)
			if stopped {
				require.ErrorIs(t, err, errStopped)
				d, err := w.engine.Disconnect(w.ctx, w.conn.ID, contactsync.TakeBack(2))
				if !errors.Is(err, contactsync.ErrNotFound) { // or it had ended
					require.NoError(t, err)
					assert.True(t, d.Ended)
				}
			}
			where := fmt.Sprintf("stopped at call %d, after its effect: %v", at, after)
			assert.Equal(t, everybodyHere, w.crmSide("firstName"), where)
			assert.Equal(t, []string{"Alan", "Mary"}, w.outlookSide("givenName"), where)
			w.gone()
			if !stopped {
				require.Greater(t, at, 8, "calls that were tried")
				break
			}
		}
	}
}

// B5, B19: who changes their mind after it was stopped has lost nothing in the CRM, and nobody is doubled: what was taken back is no
// person's delete.
func TestTakeBackIsStoppedAndDropped(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			w, b := newBreakingWorld(t)
			b.armed, b.after, b.at = true, after, at
			_, err := w.engine.Disconnect(w.ctx, w.conn.ID, contactsync.TakeBack(2))
			if b.calls < at {
				require.NoError(t, err)
				break
			}
			b.armed = false
			w.now = w.now.Add(time.Hour)
			err = w.engine.Activate(w.ctx, w.conn.ID)
			if errors.Is(err, contactsync.ErrNotFound) {
				w.reconnect()
			}
			w.sync()
			w.now = w.now.Add(25 * time.Hour)
			w.sync()
			where := fmt.Sprintf("stopped at call %d, after its effect: %v", at, after)
			assert.Equal(t, everybodyHere, w.crmSide("firstName"), where)
			assert.Subset(t, everybodyHere, w.outlookSide("givenName"), where)
			assert.LessOrEqual(t, len(w.outlookSide("givenName")), 4, where)
			w.settled()
			assert.Equal(t, everybodyHere, w.crmSide("firstName"), where)
		}
	}
}

// B19: somebody edits an item between its reading and its delete: it is looked at again, and stays.
func TestTakeBackOfWhatIsEditedMeanwhile(t *testing.T) {
	var w *world
	edit := ""
	w = newLeavingWorld(t, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if id := edit; id != "" {
					edit = ""
					require.NoError(t, w.box.Edit(id, outlookFields("spouseName=William")))
				}
				return inner.Apply(ctx, sc, writes)
			},
		})
	})
	edit = w.outlookID("c1")
	d := w.disconnect(contactsync.TakeBack(2))
	assert.True(t, d.Ended)
	assert.Equal(t, 2, d.Made)
	assert.Equal(t, 1, d.Removed)
	require.Len(t, d.Kept, 1)
	assert.Equal(t, contactsync.KeptTouched, d.Kept[0].Why)
	assert.Equal(t, []string{"Ada", "Alan", "Mary"}, w.outlookSide("givenName"))
}

// B19: a delete that fails keeps the connection, switched off; the next call does the rest.
func TestTakeBackThatFails(t *testing.T) {
	refused := true
	w := newLeavingWorld(t, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if !refused || writes[0].Op != contactsync.Delete {
					return inner.Apply(ctx, sc, writes)
				}
				results, err := inner.Apply(ctx, sc, writes[1:])
				return append([]contactsync.Result{{Err: contactsync.ErrUnconfirmed}}, results...), err
			},
		})
	})
	d := w.disconnect(contactsync.TakeBack(2))
	assert.False(t, d.Ended)
	assert.True(t, d.SwitchedOff)
	assert.Equal(t, 1, d.Removed)
	require.Len(t, d.Kept, 1)
	assert.Equal(t, contactsync.KeptFailed, d.Kept[0].Why)
	require.ErrorIs(t, d.Kept[0].Err, contactsync.ErrUnconfirmed)
	assert.Equal(t, contactsync.Off, w.sync().Status)
	refused = false

	d = w.disconnect(contactsync.TakeBack(2))

	assert.Equal(t, contactsync.Disconnection{Conn: w.conn.ID, Ended: true, Links: 2, Made: 1, Removed: 1}, d)
	assert.Equal(t, []string{"Alan", "Mary"}, w.outlookSide("givenName"))
	assert.Equal(t, everybodyHere, w.crmSide("firstName"))
	w.gone()
}

// B19, L5: who switches the connection on again, of which not all could be taken back, has what is there still in step as before.
func TestTakeBackThatFailsAndIsDropped(t *testing.T) {
	refused := true
	w := newLeavingWorld(t, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if !refused || writes[0].Op != contactsync.Delete {
					return inner.Apply(ctx, sc, writes)
				}
				return []contactsync.Result{{Err: contactsync.ErrDenied}, {Err: contactsync.ErrDenied}}, nil
			},
		})
	})
	d := w.disconnect(contactsync.TakeBack(2))
	require.Len(t, d.Kept, 2)
	refused = false
	w.editCRM("c1", "company=Engines")

	require.NoError(t, w.engine.Activate(w.ctx, w.conn.ID))
	w.sync()
	w.now = w.now.Add(time.Hour) // no delete can be under way any more
	w.sync()

	item, there := w.box.Item(w.outlookID("c1"))
	require.True(t, there)
	assert.Equal(t, "Engines", item.Fields.Text("companyName"))
	w.settled()
}

// B19: a create whose answer was lost is found by its stamp, and taken back.
func TestTakeBackOfWhatIsNotConfirmed(t *testing.T) {
	lost := false
	w := newLeavingWorld(t, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				results, err := inner.Apply(ctx, sc, writes)
				for i := range results {
					if lost {
						results[i] = contactsync.Result{Err: contactsync.ErrUnconfirmed}
					}
				}
				return results, err
			},
		})
	})
	lost = true
	w.put("c9", "firstName=Sofia", "lastName=Kovalevskaya", "emails=sofia@example.com")
	w.editCRM("c1", "company=Engines") // an update whose answer is lost too
	w.sync()
	require.Contains(t, w.outlookSide("givenName"), "Sofia")
	lost = false
	d := w.disconnect(contactsync.TakeBack(3))
	assert.True(t, d.Ended)
	assert.Equal(t, 3, d.Removed)
	assert.Equal(t, []string{"Alan", "Mary"}, w.outlookSide("givenName"))
}

// B19: a create that may still arrive keeps the connection; once it cannot any more, there is nothing to take back.
func TestTakeBackOfWhatMayArrive(t *testing.T) {
	dropped := false
	w := newLeavingWorld(t, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if dropped && writes[0].Op == contactsync.Create {
					return []contactsync.Result{{Err: contactsync.ErrUnconfirmed}}, nil
				}
				return inner.Apply(ctx, sc, writes)
			},
		})
	})
	dropped = true
	w.put("c9", "firstName=Sofia", "lastName=Kovalevskaya", "emails=sofia@example.com")
	w.sync()
	d := w.disconnect(contactsync.TakeBack(3))
	assert.False(t, d.Ended)
	assert.Equal(t, []contactsync.KeptItem{{Why: contactsync.KeptUnknown}}, d.Kept)
	w.now = w.now.Add(time.Hour)
	d = w.disconnect(contactsync.TakeBack(3))
	assert.True(t, d.Ended)
	assert.Empty(t, d.Kept)
	w.gone()
}

// standing is what the State has of the connection, and what its user is told.
func (w *world) standing() [2]contactsync.Connection {
	w.t.Helper()
	stored, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	told, err := w.engine.Connection(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	return [2]contactsync.Connection{stored, told}
}

// A run under way, a mailbox that cannot be reached, a key that was lost: what each keeps from being done, and what not.
func TestDisconnectInTheWay(t *testing.T) {
	refuses := error(nil)
	w := newLeavingWorld(t, func(c *contactsync.Config) {
		c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{
			Before: func(context.Context, string) error { return refuses },
		})
	})
	before := w.standing()
	assert.Equal(t, contactsync.Idle, before[1].Status)
	lease, err := w.state.Acquire(w.ctx, w.conn.ID, "another", w.now, time.Hour)
	require.NoError(t, err)
	for _, opts := range [][]contactsync.DisconnectOption{nil, {contactsync.TakeBack(2)}} {
		d, err := w.engine.Disconnect(w.ctx, w.conn.ID, opts...)
		require.ErrorIs(t, err, contactsync.ErrBusy)
		assert.False(t, d.SwitchedOff)
		assert.Equal(t, before, w.standing(), "it is on still")
	}
	require.NoError(t, w.state.Save(w.ctx, lease, contactsync.Batch{Release: true}))
	refuses = contactsync.ErrSignInRequired
	_, err = w.engine.Disconnect(w.ctx, w.conn.ID, contactsync.TakeBack(2))
	require.ErrorIs(t, err, contactsync.ErrSignInRequired)
	assert.Equal(t, before, w.standing())
	w.cfg.Key = []byte("another key, which is not it")
	w.restart()
	_, err = w.engine.Disconnect(w.ctx, w.conn.ID, contactsync.TakeBack(2))
	require.ErrorIs(t, err, contactsync.ErrKeyChanged)
	assert.False(t, w.standing()[0].Inactive)
	assert.Equal(t, everybodyHere, w.outlookSide("givenName"))
	assert.True(t, w.disconnect().Ended)
	w.gone()
}

// B19, A12: what is off, halted or belongs to a user who was deactivated in the CRM is ended all the same.
func TestDisconnectWhatIsOff(t *testing.T) {
	for name, how := range switches {
		t.Run(name, func(t *testing.T) {
			w, crm := newStaffedWorld(t, everythingFlows())
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			how.off(w, crm)
			d := w.disconnect(contactsync.TakeBack(1))
			assert.Equal(t, contactsync.Disconnection{Conn: w.conn.ID, Ended: true, Links: 1, Made: 1, Removed: 1}, d)
			assert.Equal(t, []string{"Ada"}, show(w.tenant.Records(record.Contact), []string{"firstName"}))
			w.gone()
		})
	}
}
