package contactsync_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// vault is a KeySource that fails as often as it is told, and counts how often it was asked.
type vault struct {
	mu    sync.Mutex
	keys  contactsync.Keys
	fails int
	asked int
}

var errVault = errors.New("the vault is closed")

func (v *vault) Keys(ctx context.Context) (contactsync.Keys, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked++
	if _, bounded := ctx.Deadline(); !bounded {
		return contactsync.Keys{}, errors.New("a call without an end")
	}
	if v.fails > 0 {
		v.fails--
		return contactsync.Keys{}, errVault
	}
	return v.keys, nil
}

var vaultKeys = contactsync.Keys{Fingerprint: []byte("0123456789abcdef"), Journal: []byte("0123456789abcdef0123456789abcdef")}

func fromVault(v *vault) func(*contactsync.Config) {
	return func(c *contactsync.Config) {
		c.Key, c.KeySource = nil, v
		c.Journal = contactsync.Journaling{Keep: time.Hour}
	}
}

// B16: the engine asks the host for its keys once, when they are first needed.
func TestKeySourceIsAskedOnce(t *testing.T) {
	v := &vault{keys: vaultKeys}
	w := newWorld(t, twoWay(), fromVault(v))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	run := w.sync()

	assert.Equal(t, 1, run.Wrote())
	assert.Equal(t, 1, v.asked)
	w.restart()
	assert.Equal(t, 1, v.asked, "New asks nobody")
	undone, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.NoError(t, err)
	assert.Equal(t, 1, undone.Wrote())
	assert.Equal(t, 2, v.asked)
	w.settled()
	assert.Equal(t, 2, v.asked)
}

// Keys from a source are the same keys: a host may move them there.
func TestKeysMoveToASource(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()

	fromVault(&vault{keys: vaultKeys})(&w.cfg)
	w.restart()

	w.settled()
	assert.Empty(t, w.problems())
}

// A source that fails stops what needs keys before it begins, and the next call asks again.
func TestKeySourceFails(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	v := &vault{keys: vaultKeys}
	fromVault(v)(&w.cfg)
	calls := map[string]func() error{
		"Connect":  func() error { _, err := w.engine.Connect(w.ctx, w.conn); return err },
		"Sync":     func() error { _, err := w.engine.Sync(w.ctx, w.conn.ID); return err },
		"Plan":     func() error { _, err := w.engine.Plan(w.ctx, w.conn.ID); return err },
		"Undo":     func() error { _, err := w.engine.Undo(w.ctx, w.conn.ID, 1); return err },
		"Affected": func() error { _, err := w.engine.Affected(w.ctx, "acme", []string{"c1"}); return err },
		"SyncDue":  func() error { _, err := w.engine.SyncDue(w.ctx, contactsync.DueOptions{}); return err },
		"Forget": func() error {
			_, err := w.engine.Forget(w.ctx, "acme", []string{"c1"}, contactsync.CopiesKept)
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			w.restart()
			v.asked, v.fails = 0, 1
			require.ErrorIs(t, call(), errVault)
			assert.Equal(t, 1, v.asked)
			assert.Empty(t, w.outlookSide("givenName"))
			lease, err := w.state.Acquire(w.ctx, w.conn.ID, "another", w.now, time.Minute)
			require.NoError(t, err, "nothing was begun")
			require.NoError(t, w.state.Save(w.ctx, lease, contactsync.Batch{Release: true}))
		})
	}
	assert.Equal(t, 1, w.sync().Wrote())
}

func TestKeySourceAnswersNonsense(t *testing.T) {
	w := newWorld(t, twoWay())
	for name, tt := range map[string]struct {
		keys contactsync.Keys
		want string
	}{
		"a short fingerprint key": {contactsync.Keys{Fingerprint: vaultKeys.Fingerprint[:15], Journal: vaultKeys.Journal}, "15 bytes"},
		"no fingerprint key":      {contactsync.Keys{Journal: vaultKeys.Journal}, "0 bytes"},
		"no journal key":          {contactsync.Keys{Fingerprint: vaultKeys.Fingerprint}, "0 bytes"},
		"a short former key":      {contactsync.Keys{Fingerprint: vaultKeys.Fingerprint, Journal: vaultKeys.Journal, FormerJournal: [][]byte{{1, 2, 3}}}, "3 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			fromVault(&vault{keys: tt.keys})(&w.cfg)
			w.restart()
			_, err := w.engine.Sync(w.ctx, w.conn.ID)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "0123")
		})
	}
}

func TestKeySourceStandsInThePlaceOfKeys(t *testing.T) {
	w := newWorld(t, twoWay())
	w.cfg.KeySource = &vault{keys: vaultKeys}
	_, err := contactsync.New(w.cfg)
	require.ErrorContains(t, err, "KeySource")
	w.cfg.Key = nil
	_, err = contactsync.New(w.cfg)
	require.NoError(t, err)
	w.cfg.Journal.Former = [][]byte{vaultKeys.Journal}
	_, err = contactsync.New(w.cfg)
	require.ErrorContains(t, err, "KeySource")
}

// Many runs that begin at once wait for one answer; who gives up waiting is let go.
func TestKeySourceIsAskedOnceAtATime(t *testing.T) {
	inside, answer := make(chan struct{}), make(chan struct{})
	asked := 0
	source := keySourceFunc(func(context.Context) (contactsync.Keys, error) {
		asked++ // the race detector sees two at once
		inside <- struct{}{}
		<-answer
		return vaultKeys, nil
	})
	w := newWorld(t, twoWay())
	w.cfg.Key, w.cfg.KeySource = nil, source
	w.restart()
	errs := make(chan error)
	for range 4 {
		go func() {
			_, err := w.engine.Affected(w.ctx, "acme", []string{"c1"})
			errs <- err
		}()
	}
	<-inside
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	_, err := w.engine.Affected(ctx, "acme", []string{"c1"})
	require.ErrorIs(t, err, context.Canceled)
	close(answer)
	for range 4 {
		require.NoError(t, <-errs)
	}
	assert.Equal(t, 1, asked)
}

type keySourceFunc func(context.Context) (contactsync.Keys, error)

func (f keySourceFunc) Keys(ctx context.Context) (contactsync.Keys, error) { return f(ctx) }

// Under another fingerprint key every value would look edited on both sides, and every unconfirmed create unknown: nothing is
// read, written or asked until the key is back (Promises 2 and 3).
func TestAnotherFingerprintKeyIsRefused(t *testing.T) {
	key := []byte("another key of the host")
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	run := w.sync()
	w.editCRM("c2", "notes=Navy")
	right := w.cfg
	w.cfg.Key = key
	w.restart()
	crm, outlook := w.crmSide("firstName", "notes"), w.outlookSide("givenName", "personalNotes")
	calls := 0
	w.engine = must(contactsync.New(counting(w.cfg, &calls)))

	for name, call := range map[string]func() error{
		"Sync": func() error { _, err := w.engine.Sync(w.ctx, w.conn.ID); return err },
		"Full": func() error { _, err := w.engine.Sync(w.ctx, w.conn.ID, contactsync.Full()); return err },
		"Plan": func() error { _, err := w.engine.Plan(w.ctx, w.conn.ID); return err },
		"Undo": func() error { _, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run); return err },
		"SyncDue": func() error {
			w.now = w.now.Add(time.Hour)
			report, err := w.engine.SyncDue(w.ctx, contactsync.DueOptions{})
			require.NoError(t, err)
			require.Len(t, report.Failed, 1)
			return report.Failed[0].Err
		},
		"Forget": func() error {
			_, err := w.engine.Forget(w.ctx, "acme", []string{"c1"}, contactsync.CopiesAll)
			return err
		},
	} {
		require.ErrorIs(t, call(), contactsync.ErrKeyChanged, name)
	}

	assert.Zero(t, calls, "calls of the Store and the Directory")
	assert.Equal(t, crm, w.crmSide("firstName", "notes"))
	assert.Equal(t, outlook, w.outlookSide("givenName", "personalNotes"))
	assert.Empty(t, w.problems())
	w.cfg = right
	w.restart()
	r := w.sync()
	assert.Equal(t, contactsync.Counts{Updated: 1}, r.Counts[record.Outlook], "with the right key it goes on where it was")
	assert.Empty(t, r.Problems)
	w.settled()
}

// counting is the config with a Store and a Directory that count how often they are called.
func counting(c contactsync.Config, calls *int) contactsync.Config {
	count := func(context.Context, string) error { *calls++; return nil }
	c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Before: count})
	c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Before: count})
	return c
}

// A State from before keys were noted takes the key of its next run for its own, whatever becomes of that run.
func TestKeyIsNotedWithTheFirstSave(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"a run that ends": func(w *world) { w.sync() },
		"a run that is stopped after its first save": func(w *world) {
			cfg := w.cfg
			cfg.State = saves{w.state, new(int)}
			cfg.Directory = contactsynctest.Intercept(w.outlook, contactsynctest.Hooks{Before: func(context.Context, string) error {
				w.now = w.now.Add(50 * time.Second) // it prolongs its lease, and has counted nothing yet
				return nil
			}})
			_, err := must(contactsync.New(cfg)).Sync(w.ctx, w.conn.ID)
			require.ErrorIs(w.t, err, errCrash)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, twoWay())
			w.outlook.PageSize = 1
			w.rewrite(func(l contactsync.Lease) contactsync.Batch {
				require.NotZero(t, l.Conn.Progress.KeyMark, "noted when the connection is made")
				l.Conn.Progress.KeyMark = 0
				return contactsync.Batch{Connection: &l.Conn}
			})
			for i := range 5 {
				w.addOutlook("givenName=F"+id("", i), "emailAddresses="+id("p", i)+"@example.com")
			}
			spoil(w)
			w.now = w.now.Add(time.Hour)
			right := w.cfg.Key
			w.cfg.Key = []byte("another key of the host")
			w.restart()
			_, err := w.engine.Sync(w.ctx, w.conn.ID)
			require.ErrorIs(t, err, contactsync.ErrKeyChanged)
			w.cfg.Key = right
			w.restart()
			w.sync()
			assert.Len(t, w.crmSide("firstName"), 5)
			w.settled()
		})
	}
}

var errCrash = errors.New("the process was stopped")

// saves is a State whose process stops after one save.
type saves struct {
	*memstore.State
	n *int
}

func (s saves) Save(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
	if *s.n++; *s.n > 1 {
		return errCrash
	}
	return s.State.Save(ctx, l, b)
}

// Ids of connections are made with the key: under another one, the connection that is there would be made a second time.
func TestConnectUnderAnotherKeyIsRefused(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.cfg.Key = []byte("another key of the host")
	w.restart()
	fresh := contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada, Kind: record.Contact}

	_, err := w.engine.Connect(w.ctx, fresh)
	require.ErrorIs(t, err, contactsync.ErrKeyChanged)
	assert.ErrorContains(t, err, w.conn.ID)
	_, err = w.engine.Connect(w.ctx, w.conn)
	require.ErrorIs(t, err, contactsync.ErrKeyChanged)
	conns, err := w.state.Connections(w.ctx, "acme")
	require.NoError(t, err)
	require.Len(t, conns, 1)

	// Where the key is lost for good, the host switches off what was and begins anew.
	off := w.conn
	off.Inactive = true
	_, err = w.engine.Connect(w.ctx, off)
	require.NoError(t, err)
	w.conn, err = w.engine.Connect(w.ctx, fresh)
	require.NoError(t, err)
	r := w.sync()
	assert.Equal(t, 1, r.Matched)
	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	w.settled()
}

// Keys do not get into logs by accident.
func TestKeysShowNothing(t *testing.T) {
	var log strings.Builder
	attrs := []any{slog.Any("keys", vaultKeys), slog.Any("nested", struct{ K contactsync.Keys }{vaultKeys})}
	slog.New(slog.NewTextHandler(&log, nil)).Info("text", attrs...)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("json", attrs...)
	fmt.Fprintf(&log, "%v %+v %#v %s %x %d", vaultKeys, vaultKeys, vaultKeys, vaultKeys, vaultKeys, &vaultKeys)
	_, err := json.Marshal(vaultKeys)
	require.Error(t, err, "not half of them either")
	for _, secret := range []string{"0123", "3031", "48 49", "MDEy", "0x30"} {
		assert.NotContains(t, log.String(), secret)
	}
}
