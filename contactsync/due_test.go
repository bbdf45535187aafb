package contactsync_test

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"slices"
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

// dueWorld is a world of several connections, each of a user with a mailbox, whose runs are watched.
type dueWorld struct {
	*world
	conns []contactsync.Connection

	mu      sync.Mutex
	ran     []string                          // connections, in the order their runs ended
	now     int                               // runs under way
	most    int                               // that there were at once
	during  func(conn contactsync.Connection) // called in the middle of each run
	refuses map[string]error                  // by account: what Outlook answers
}

func newDueWorld(t *testing.T, n int, with ...func(*contactsync.Config)) *dueWorld {
	d := &dueWorld{refuses: map[string]error{}}
	d.world = newWorld(t, twoWay(), append(with, func(c *contactsync.Config) {
		c.Rand = crand.Reader
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				if err := d.meet(ctx, sc); err != nil {
					return contactsync.Page{}, err
				}
				return inner.Changes(ctx, sc, after)
			},
		})
		c.Observer = contactsync.ObserverFunc(func(_ context.Context, e contactsync.Event) { d.watch(e) })
	})...)
	d.conns = []contactsync.Connection{d.conn}
	for i := 1; i < n; i++ {
		mailbox := contactsync.Mailbox{Account: fmt.Sprintf("a%d", i+1)}
		d.outlook.Mailbox(mailbox)
		conn, err := d.engine.Connect(d.ctx, contactsync.Connection{Tenant: "acme", User: fmt.Sprintf("u%d", i+1), Kind: record.Contact, Mailbox: mailbox})
		require.NoError(t, err)
		d.conns = append(d.conns, conn)
	}
	return d
}

func (d *dueWorld) watch(e contactsync.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch e := e.(type) {
	case contactsync.RunStarted:
		d.now++
		d.most = max(d.most, d.now)
	case contactsync.RunEnded:
		d.now--
		d.ran = append(d.ran, e.Conn)
	}
}

func (d *dueWorld) meet(ctx context.Context, sc contactsync.Scope) error {
	d.mu.Lock()
	during, refuses := d.during, d.refuses[sc.Mailbox.Account]
	d.mu.Unlock()
	if during != nil {
		during(d.conns[slices.IndexFunc(d.conns, func(c contactsync.Connection) bool { return c.ID == sc.Conn })])
	}
	return errors.Join(refuses, ctx.Err())
}

// runs says who ran since it was last asked, by number, sorted.
func (d *dueWorld) runs() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	users := []int{}
	for _, id := range d.ran {
		users = append(users, slices.IndexFunc(d.conns, func(c contactsync.Connection) bool { return c.ID == id }))
	}
	d.ran = nil
	slices.Sort(users)
	return users
}

func (d *dueWorld) due(opts contactsync.DueOptions) contactsync.DueReport {
	d.t.Helper()
	report, err := d.engine.SyncDue(d.ctx, opts)
	require.NoError(d.t, err)
	return report
}

func (d *dueWorld) pass(wait time.Duration) { d.world.now = d.world.now.Add(wait) }

// G1: what is due is run, once, and again when its time has come.
func TestSyncDue(t *testing.T) {
	d := newDueWorld(t, 5)
	assert.Equal(t, contactsync.DueReport{Runs: 5}, d.due(contactsync.DueOptions{Parallel: 2}))
	assert.Equal(t, []int{0, 1, 2, 3, 4}, d.runs())
	assert.LessOrEqual(t, d.most, 2, "runs at once")

	d.pass(13 * time.Minute)
	assert.Zero(t, d.due(contactsync.DueOptions{}), "before 15 minutes less a tenth are over")
	d.pass(4 * time.Minute)
	assert.Equal(t, contactsync.DueReport{Runs: 5}, d.due(contactsync.DueOptions{}))

	next := map[time.Time]bool{}
	for _, c := range d.conns {
		c, err := d.state.Connection(t.Context(), c.ID)
		require.NoError(t, err)
		next[c.Progress.Next] = true
	}
	assert.Len(t, next, 5, "times at which the connections are due again: each its own")
}

// G6: what is posted makes a connection due at once, also while it runs; and only once.
func TestSyncDueWhenSomethingIsPosted(t *testing.T) {
	d := newDueWorld(t, 3)
	d.due(contactsync.DueOptions{})
	d.runs()
	require.NoError(t, d.engine.Wake(t.Context(), d.conns[1].ID))
	d.due(contactsync.DueOptions{})
	assert.Equal(t, []int{1}, d.runs())

	d.put("c1", "firstName=Ada", "emails=ada@example.com")
	woken := false
	d.during = func(c contactsync.Connection) {
		if c.ID == d.conns[2].ID && !woken {
			woken = true
			assert.NoError(t, d.engine.Wake(context.WithoutCancel(d.ctx), c.ID, "c1"))
		}
	}
	require.NoError(t, d.engine.Wake(t.Context(), d.conns[2].ID, "c1"))
	d.due(contactsync.DueOptions{})
	assert.Equal(t, []int{2, 2}, d.runs(), "the run, and one more for what was posted while it was under way")
	assert.Len(t, d.outlook.Mailbox(d.conns[2].Mailbox).Items(record.Contact, d.conns[2].Folder), 1)
	assert.Zero(t, d.due(contactsync.DueOptions{}))
	require.ErrorIs(t, d.engine.Wake(t.Context(), "nobody's"), contactsync.ErrNotFound)
}

// Promise 5: one that fails, or panics, is put off further each time, and stops no other.
func TestSyncDueWithABadConnection(t *testing.T) {
	d := newDueWorld(t, 4)
	down := errors.New("the host's table is locked")
	d.refuses[d.conns[1].Mailbox.Account] = down
	d.during = func(c contactsync.Connection) {
		if c.ID == d.conns[2].ID {
			panic("a nil map")
		}
	}
	report := d.due(contactsync.DueOptions{})
	assert.Equal(t, 2, report.Runs)
	require.Len(t, report.Failed, 2)
	failures := map[string]error{}
	for _, f := range report.Failed {
		failures[f.Conn] = f.Err
	}
	require.ErrorIs(t, failures[d.conns[1].ID], down)
	var panicked *contactsync.PanicError
	require.ErrorAs(t, failures[d.conns[2].ID], &panicked)
	assert.NotContains(t, panicked.Error(), "nil map", "what a panic says may hold what people wrote")
	assert.Contains(t, string(panicked.Stack), "due_test.go")

	// One minute, two, four, eight, and then every fifteen.
	d.during = nil
	d.runs()
	var waits []int
	for last, minute := 0, 1; minute < 60; minute++ {
		d.pass(time.Minute)
		d.due(contactsync.DueOptions{})
		if slices.Contains(d.runs(), 1) {
			waits = append(waits, minute-last)
			last = minute
		}
	}
	assert.Equal(t, []int{1, 2, 4, 8, 15, 15}, waits, "minutes between its runs")
	d.refuses = map[string]error{}
	d.pass(15 * time.Minute)
	assert.Equal(t, contactsync.DueReport{Runs: 4}, d.due(contactsync.DueOptions{}), "all, the one that panicked too")
	c, err := d.state.Connection(t.Context(), d.conns[1].ID)
	require.NoError(t, err)
	assert.Zero(t, c.Progress.Failures)
}

// A service that asks to wait is left alone, by every connection of the mailbox.
func TestSyncDueWhileAServiceAsksToWait(t *testing.T) {
	d := newDueWorld(t, 2)
	folder := d.outlook.Mailbox(ada).AddFolder(record.Contact, "Clients")
	second, err := d.engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Kind: record.Contact, Mailbox: ada, Folder: folder.ID})
	require.NoError(t, err)
	d.conns = append(d.conns, second)
	d.due(contactsync.DueOptions{})
	d.runs()

	d.refuses[ada.Account] = &contactsync.ThrottledError{RetryAfter: 30 * time.Minute}
	d.pass(17 * time.Minute)
	report := d.due(contactsync.DueOptions{})
	assert.Equal(t, 1, report.Runs, "the other mailbox")
	require.Len(t, report.Failed, 1, "one of the two connections was told to wait")
	delete(d.refuses, ada.Account)
	d.runs()
	for _, c := range []contactsync.Connection{d.conn, second} {
		var throttled *contactsync.ThrottledError
		_, err := d.engine.Sync(t.Context(), c.ID)
		require.ErrorAs(t, err, &throttled, "started by hand")
		assert.Equal(t, 30*time.Minute, throttled.RetryAfter)
	}
	d.pass(29 * time.Minute)
	d.due(contactsync.DueOptions{})
	assert.Equal(t, []int{1}, d.runs())
	d.pass(2 * time.Minute)
	d.due(contactsync.DueOptions{})
	assert.Equal(t, []int{0, 2}, d.runs())
}

// Connections of one mailbox are run one after the other, all of them before SyncDue returns.
func TestSyncDueOfOneMailbox(t *testing.T) {
	d := newDueWorld(t, 1)
	for i := range 4 {
		folder := d.outlook.Mailbox(ada).AddFolder(record.Contact, fmt.Sprint("Clients ", i))
		c, err := d.engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Kind: record.Contact, Mailbox: ada, Folder: folder.ID})
		require.NoError(t, err)
		d.conns = append(d.conns, c)
	}
	report := d.due(contactsync.DueOptions{Parallel: 5})
	assert.Equal(t, contactsync.DueReport{Runs: 5}, report)
}

// Several processes share the work; nothing is run twice, and what another has is left to it.
func TestSyncDueInSeveralProcesses(t *testing.T) {
	d := newDueWorld(t, 12)
	other, err := contactsync.New(d.cfg)
	require.NoError(t, err)
	lease, err := d.state.Acquire(t.Context(), d.conns[3].ID, "a third", d.world.now, time.Hour)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for _, e := range []*contactsync.Engine{d.engine, other} {
		wg.Go(func() {
			_, err := e.SyncDue(d.ctx, contactsync.DueOptions{})
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Equal(t, []int{0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11}, slices.Compact(d.runs()), "all but the one that a third process has")
	require.NoError(t, d.state.Save(t.Context(), lease, contactsync.Batch{Release: true}))
	d.due(contactsync.DueOptions{})
	assert.Equal(t, []int{3}, d.runs())
}

// To stop gracefully is to end the runs under way and to begin no more; to end the context is to stop after the call under
// way, and what was stopped is due again.
func TestSyncDueStops(t *testing.T) {
	t.Run("gracefully", func(t *testing.T) {
		d := newDueWorld(t, 6)
		stop := make(chan struct{})
		var once sync.Once
		d.during = func(contactsync.Connection) { once.Do(func() { close(stop) }) }
		report := d.due(contactsync.DueOptions{Parallel: 2, Stop: stop})
		assert.Empty(t, report.Failed)
		assert.GreaterOrEqual(t, report.Runs, 1)
		assert.LessOrEqual(t, report.Runs, 3, "those under way, and at most one begun at the same moment")
		d.during = nil
		assert.Equal(t, contactsync.DueReport{Runs: 6 - report.Runs}, d.due(contactsync.DueOptions{}))
	})
	t.Run("at once", func(t *testing.T) {
		d := newDueWorld(t, 6)
		ctx, cancel := context.WithCancel(t.Context())
		d.during = func(contactsync.Connection) { cancel() }
		report, err := d.engine.SyncDue(ctx, contactsync.DueOptions{Parallel: 1})
		require.ErrorIs(t, err, context.Canceled)
		require.Len(t, report.Failed, 1)
		require.ErrorIs(t, report.Failed[0].Err, context.Canceled)
		assert.Zero(t, report.Runs)
		d.during = nil
		assert.Equal(t, contactsync.DueReport{Runs: 6}, d.due(contactsync.DueOptions{}), "the one that was stopped too, at once")
	})
}

// A State that cannot be asked is an error; one that fails in a run is that run's.
func TestSyncDueWithoutState(t *testing.T) {
	down := errors.New("no route to the database")
	d := newDueWorld(t, 1, func(c *contactsync.Config) {
		c.State = contactsynctest.InterceptState(memstore.NewState(), contactsynctest.StateHooks{
			Due: func(context.Context, time.Time, int) ([]string, error) { return nil, down },
		})
	})
	_, err := d.engine.SyncDue(t.Context(), contactsync.DueOptions{})
	require.ErrorIs(t, err, down)
}

// A5, A9: what is switched off, or halted, is asked about at each interval, and Outlook is not.
func TestSyncDueWhatIsOff(t *testing.T) {
	d := newDueWorld(t, 3)
	d.policy.Disabled = true
	d.during = func(contactsync.Connection) { t.Error("Outlook was asked") }
	assert.Equal(t, contactsync.DueReport{Runs: 3}, d.due(contactsync.DueOptions{}))
	assert.Zero(t, d.due(contactsync.DueOptions{}))
	inactive := d.conns[0]
	inactive.Inactive = true
	require.NoError(t, d.state.PutConnection(t.Context(), inactive))
	d.pass(20 * time.Minute)
	assert.Equal(t, contactsync.DueReport{Runs: 2}, d.due(contactsync.DueOptions{}), "not the one its user has switched off")
	d.policy.Disabled, d.during = false, nil
	d.pass(20 * time.Minute)
	assert.Equal(t, contactsync.DueReport{Runs: 2}, d.due(contactsync.DueOptions{}))
}
