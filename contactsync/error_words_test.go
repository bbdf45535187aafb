package contactsync_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// lacking is a Policy that brings the error of a call of this package.
type lacking struct{}

func (lacking) For(context.Context, contactsync.Connection) (contactsync.Settings, error) {
	_, err := contactsync.ParseSettings([]byte(`{"guards": 7}`))
	return contactsync.Settings{}, err
}

// What goes wrong says once where it comes from, however many calls lie between.
func TestErrorsNameThePackageOnce(t *testing.T) {
	w := newWorld(t, twoWay())
	errs := map[string]error{}
	note := func(call string, err error) {
		require.Error(t, err, call)
		errs[call] = err
	}
	calls := func(w *world, name, conn string) {
		_, err := w.engine.Sync(w.ctx, conn)
		note(name+": Sync", err)
		_, err = w.engine.Plan(w.ctx, conn)
		note(name+": Plan", err)
		_, err = w.engine.SyncRecords(w.ctx, conn, nil)
		note(name+": SyncRecords", err)
		_, err = w.engine.Disconnect(w.ctx, conn, contactsync.TakeBack(1))
		note(name+": Disconnect", err)
		_, err = w.engine.Explain(w.ctx, conn, record.CRM, "c1")
		note(name+": Explain", err)
	}
	calls(w, "no connection", "none")
	note("Activate", w.engine.Activate(w.ctx, "none"))
	note("Decide", w.engine.Decide(w.ctx, w.conn.ID, "none", record.CRM))
	note("User.Decide", w.me().Decide(w.ctx, "none", record.CRM))
	_, err := w.engine.Connection(w.ctx, "none")
	note("Connection", err)
	_, err = w.engine.Undo(w.ctx, w.conn.ID, 7)
	note("Undo", err)

	lease, err := w.state.Acquire(w.ctx, w.conn.ID, "another", w.now, time.Hour)
	require.NoError(t, err)
	_, err = w.engine.Sync(w.ctx, w.conn.ID)
	note("busy: Sync", err)
	_, err = w.engine.Forget(w.ctx, "acme", []string{"c1"}, contactsync.CopiesKept)
	note("busy: Forget", err)
	require.NoError(t, w.state.Save(w.ctx, lease, contactsync.Batch{Release: true}))

	for name, policy := range map[string]contactsync.Policy{
		"settings": lacking{},
		"layers": contactsync.Layered(func(context.Context, contactsync.Connection) ([]contactsync.Layer, error) {
			return []contactsync.Layer{{Name: "tenant", Settings: []byte(`{"guards": 7}`)}}, nil
		}),
		"the host's": contactsync.Layered(func(context.Context, contactsync.Connection) ([]contactsync.Layer, error) {
			return nil, errors.New("no answer")
		}),
	} {
		w.cfg.Policy = policy
		w.restart()
		_, err := w.engine.Sync(w.ctx, w.conn.ID)
		note(name+": Sync", err)
		due, err := w.engine.SyncDue(w.ctx, contactsync.DueOptions{})
		require.NoError(t, err)
		for _, f := range due.Failed {
			note(name+": SyncDue", f.Err)
		}
		if name == "the host's" {
			_, err := w.me().Summary(w.ctx)
			note(name+": Summary", err)
			_, err = w.engine.Connections(w.ctx, "acme", "u1")
			note(name+": Connections", err)
		}
	}
	for call, err := range errs {
		assert.Equal(t, 1, strings.Count(err.Error(), "contactsync: "), "%s: %v", call, err)
		assert.True(t, strings.HasPrefix(err.Error(), "contactsync: "), "%s: %v", call, err)
	}
}
