package contactsync_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// L4: a card that somebody edits meanwhile is not gone over: not on an older page, not with the version of before, and not between the
// engine's read and its write.
func TestResolveCardMeetsAnEdit(t *testing.T) {
	w, _, item := waitingCard(t, contactsync.Settings{})
	id := w.only().ID
	w.editOutlook(item, "companyName=Acme")
	_, err := w.me().Resolve(w.ctx, id, employed("company=Globex"))
	require.ErrorIs(t, err, contactsync.ErrStale)
	assert.Equal(t, []string{"Ada, Acme Ltd", "Grace, Acme"}, w.outlookSide("givenName", "companyName"))
	w.sync()
	assert.Equal(t, []string{"Ada, a1", "Grace, a1"}, w.crmSide("firstName", "account"))
	w.settled()

	w, _, item = waitingCard(t, contactsync.Settings{})
	c := employed("company=Globex")
	c.Version = w.box.Items(record.Contact, w.folder)[0].Version + "0"
	_, err = w.me().Resolve(w.ctx, w.only().ID, c)
	require.ErrorIs(t, err, contactsync.ErrStale)
	w.stillWaits(w.only().ID)

	inner := w.cfg.Directory
	w.cfg.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
		Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			w.editOutlook(item, "companyName=Looms")
			return inner.Apply(ctx, sc, writes)
		},
	})
	w.restart()
	_, err = w.me().Resolve(w.ctx, w.only().ID, employed("company=Globex"))
	require.ErrorIs(t, err, contactsync.ErrStale)
	assert.Equal(t, []string{"Ada, Acme Ltd", "Grace, Looms"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
}

// L4: what Outlook refuses, and what is gone, are errors of their own, and the problem stays; a field that Outlook names is told as the CRM's.
func TestResolveCardRefusedByOutlook(t *testing.T) {
	for name, tt := range map[string]struct {
		refuse func(w *world) error
		want   error
	}{
		"deleted": {func(w *world) error { require.NoError(w.t, w.box.Delete(w.itemOf("Grace"))); return nil }, contactsync.ErrNotFound},
		"denied":  {func(*world) error { return contactsync.ErrDenied }, contactsync.ErrDenied},
		"invalid": {func(*world) error { return &contactsync.InvalidError{Field: "companyName", Reason: "is odd"} }, &contactsync.InvalidError{Field: "company", Reason: "Outlook does not accept it: is odd"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, _, _ := waitingCard(t, contactsync.Settings{})
			id := w.only().ID
			if refused := tt.refuse(w); refused != nil {
				w.cfg.Directory = contactsynctest.Intercept(w.cfg.Directory, contactsynctest.Hooks{
					Apply: func(context.Context, contactsync.Scope, []contactsync.Write) ([]contactsync.Result, error) {
						return []contactsync.Result{{Err: refused}}, nil
					},
				})
				w.restart()
			}

			_, err := w.me().Resolve(w.ctx, id, employed("company=Globex"))

			want := (*contactsync.InvalidError)(nil)
			if errors.As(tt.want, &want) {
				var invalid *contactsync.InvalidError
				require.ErrorAs(t, err, &invalid)
				assert.Equal(t, want, invalid)
			} else {
				require.ErrorIs(t, err, tt.want)
			}
			assert.Equal(t, id, w.only().ID)
			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
		})
	}
}

// L4: a lost answer says that nobody knows; resolving again settles it, whether or not the card was written, and nobody is there twice.
func TestResolveCardAfterALostAnswer(t *testing.T) {
	for _, written := range []bool{true, false} {
		w, _, _ := waitingCard(t, contactsync.Settings{})
		inner, lost := w.cfg.Directory, true
		w.cfg.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) (results []contactsync.Result, err error) {
				if !lost || written {
					results, err = inner.Apply(ctx, sc, writes)
				}
				if lost {
					lost = false
					return []contactsync.Result{{Err: errors.Join(contactsync.ErrUnconfirmed, errors.New("connection reset"))}}, nil
				}
				return results, err
			},
		})
		w.restart()
		id := w.only().ID

		_, err := w.me().Resolve(w.ctx, id, employed("company=Globex"))
		require.ErrorIs(t, err, contactsync.ErrUnconfirmed)
		w.resolve(id, employed("company=Globex"))

		assert.Equal(t, []string{"Ada, a1", "Grace, a2"}, w.crmSide("firstName", "account"))
		assert.Equal(t, []string{"Ada, Acme Ltd", "Grace, Globex"}, w.outlookSide("givenName", "companyName"))
		assert.Empty(t, w.problems())
		w.settled()
	}
}

// L4, promise 2: a process that stops after any call, or loses the CRM's answer, makes nobody twice: the card is corrected or it is not, and the
// runs that follow make the contact once.
func TestResolveCardIsStopped(t *testing.T) {
	for n := 1; ; n++ {
		w, o, _ := waitingCard(t, contactsync.Settings{})
		calls, hit := 0, false
		stop := func(_ context.Context, method string, err error) error {
			if calls++; calls == n {
				hit = true
				return errors.New("the process stops after " + method)
			}
			return err
		}
		w.cfg.Store = contactsynctest.InterceptStore(o, contactsynctest.StoreHooks{After: stop})
		w.cfg.Store = struct {
			contactsync.Store
			contactsync.Finder
			contactsync.AccountFinder
		}{w.cfg.Store, w.cfg.Store.(contactsync.Finder), o}
		w.cfg.Directory = contactsynctest.Intercept(w.cfg.Directory, contactsynctest.Hooks{After: stop})
		w.cfg.State = contactsynctest.InterceptState(w.state, contactsynctest.StateHooks{After: stop})
		w.restart()
		list, err := w.state.Problems(w.ctx, w.conn.ID)
		require.NoError(t, err)
		id := list[0].ID

		_, err = w.me().Resolve(w.ctx, id, employed("company=Globex"))
		if !hit {
			require.NoError(t, err)
			require.Greater(t, n, 8)
			return
		}
		for range 4 {
			w.now = w.now.Add(time.Hour)
			if _, err := w.engine.Sync(w.ctx, w.conn.ID); err != nil {
				require.ErrorIs(t, err, contactsync.ErrBusy)
			}
		}
		if len(w.problems()) > 0 { // nothing had happened
			w.resolve(w.only().ID, employed("company=Globex"))
		}

		assert.Equal(t, []string{"Ada, a1", "Grace, a2"}, w.crmSide("firstName", "account"), "stopped after call %d", n)
		assert.Equal(t, []string{"Ada, Acme Ltd", "Grace, Globex"}, w.outlookSide("givenName", "companyName"), "stopped after call %d", n)
		assert.Empty(t, w.problems(), "stopped after call %d", n)
		w.settled()
	}
}

// L4: a run under way leaves the rest to the next one: the card is corrected, the list says that it is, and the contact is made then.
func TestResolveCardWhileARunIsUnderWay(t *testing.T) {
	w, _, item := waitingCard(t, contactsync.Settings{})
	lease, err := w.state.Acquire(w.ctx, w.conn.ID, "another", w.now, w.cfg.Lease+60e9)
	require.NoError(t, err)

	_, err = w.me().Resolve(w.ctx, w.only().ID, employed("company=Globex"))

	require.ErrorIs(t, err, contactsync.ErrBusy)
	assert.Equal(t, []string{"Ada, Acme Ltd", "Grace, Globex"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, contactsync.AnsweredCorrected, w.only().Answered)
	x, err := w.me().Explain(w.ctx, w.conn.ID, record.Outlook, item)
	require.NoError(t, err)
	assert.Contains(t, x.Words, "You corrected it. It is acted on at the next run.")
	require.NoError(t, w.state.Save(w.ctx, lease, contactsync.Batch{Release: true}))
	w.sync()
	assert.Equal(t, []string{"Ada, a1", "Grace, a2"}, w.crmSide("firstName", "account"))
	assert.Empty(t, w.problems())
	w.settled()
}

// A6, B21: nothing is written where the connection is switched off, nor to a card that became private.
func TestResolveCardThatTakesNoPart(t *testing.T) {
	w, _, _ := waitingCard(t, contactsync.Settings{})
	id := w.only().ID
	require.NoError(t, w.engine.Deactivate(w.ctx, w.conn.ID))
	assert.Equal(t, contactsync.Off, w.resolve(id, employed("company=Globex")).Status)
	w.stillWaits(id)

	w, _, item := waitingCard(t, contactsync.Settings{})
	id = w.only().ID
	w.editOutlook(item, "private=true")
	_, err := w.me().Resolve(w.ctx, id, employed("company=Globex"))
	require.ErrorIs(t, err, contactsync.ErrStale)
	w.stillWaits(id)
}
