package sqlstate_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Leases and claims last by the clock of the database: a worker whose clock is ahead takes nobody's, and one whose clock is behind
// keeps its own.
func TestClocksThatDisagree(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		db.options.WorkersClock = false
		state, ctx := db.state(t), t.Context()
		right := time.Now()
		for i, skews := range [][2]time.Duration{{0, 0}, {0, time.Hour}, {0, -time.Hour}, {time.Hour, 0}, {-time.Hour, 0}, {-time.Hour, time.Hour}} {
			conn := fmt.Sprintf("c%d", i)
			require.NoError(t, state.PutConnection(ctx, connection(conn)))
			mine, theirs := right.Add(skews[0]), right.Add(skews[1])
			what := fmt.Sprintf("the holder's clock is ahead by %v, the other's by %v", skews[0], skews[1])

			l, err := state.Acquire(ctx, conn, "holder", mine, ttl)
			require.NoError(t, err, what)
			assert.True(t, l.Until.Equal(mine.Add(ttl)), "the holder's lease ends by its own clock")
			_, err = state.Acquire(ctx, conn, "other", theirs, ttl)
			require.ErrorIs(t, err, contactsync.ErrBusy, what)

			require.NoError(t, state.Save(ctx, l, contactsync.Batch{Extend: mine.Add(2 * ttl)}))
			_, err = state.Acquire(ctx, conn, "other", theirs, ttl)
			require.ErrorIs(t, err, contactsync.ErrBusy, "extended; "+what)
			require.NoError(t, state.Save(ctx, l, contactsync.Batch{Extend: mine.Add(-time.Second)}))
			other, err := state.Acquire(ctx, conn, "other", theirs, ttl)
			require.NoError(t, err, "it has run out; "+what)
			require.ErrorIs(t, state.Save(ctx, l, contactsync.Batch{}), contactsync.ErrFenced, what)
			require.NoError(t, state.Save(ctx, other, contactsync.Batch{Release: true}))

			refused, err := state.Claim(ctx, "acme", conn, []uint64{1}, mine, mine.Add(ttl))
			require.NoError(t, err)
			assert.Empty(t, refused, what)
			refused, err = state.Claim(ctx, "acme", "other", []uint64{1}, theirs, theirs.Add(ttl))
			require.NoError(t, err)
			assert.Equal(t, []uint64{1}, refused, what)
			_, err = state.Claim(ctx, "acme", conn, []uint64{1}, mine, mine)
			require.NoError(t, err)

			l, err = state.Acquire(ctx, conn, "holder", mine, ttl)
			require.NoError(t, err, what)
			require.NoError(t, state.Save(ctx, l, contactsync.Batch{NotBefore: mine.Add(time.Minute), Release: true}))
			_, err = state.Acquire(ctx, conn, "other", theirs, ttl)
			var throttled *contactsync.ThrottledError
			require.ErrorAs(t, err, &throttled, what)
			assert.LessOrEqual(t, throttled.RetryAfter, time.Minute, what)
			assert.Positive(t, throttled.RetryAfter, what)
		}
	})
}

// A worker that stalls before its save reaches the database, until another has taken over, saves nothing.
func TestStalledWorker(t *testing.T) {
	onShared(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		stalls, ctx := db.state(t), t.Context()
		other := db.again().state(t)
		l := begun(t, stalls, "c1")

		reached, goOn := make(chan struct{}), make(chan struct{})
		db.watch.on(func(c call) error {
			if c.number == 1 {
				close(reached)
				<-goOn
			}
			return nil
		}, nil)
		saved := make(chan error, 1)
		go func() { saved <- stalls.Save(ctx, l, everything(l.Conn, l.Messages[0].ID, 2)) }()
		<-reached
		newer, err := other.Acquire(ctx, "c1", "other", noon.Add(ttl), ttl)
		require.NoError(t, err)
		require.NoError(t, other.Save(ctx, newer, contactsync.Batch{Links: []contactsync.Link{link("c1", "theirs")}}))
		before := db.again().dump(t)
		close(goOn)
		require.ErrorIs(t, <-saved, contactsync.ErrFenced)
		db.watch.forget()
		assert.Equal(t, before, db.dump(t))
	})
}

// A worker that takes over while the stalled one's save is under way waits for it, and then sees what it saved.
func TestTakingOverDuringASave(t *testing.T) {
	onShared(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		stalls, ctx := db.state(t), t.Context()
		others := db.again()
		other := others.state(t)
		l := begun(t, stalls, "c1")
		intended := link("c1", "intended")
		intended.Phase, intended.Since = contactsync.Intended, noon

		reached, goOn := make(chan struct{}), make(chan struct{})
		db.watch.on(nil, func(c call) error {
			if isFence(c) {
				close(reached)
				<-goOn
			}
			return nil
		})
		saved := make(chan error, 1)
		go func() {
			saved <- stalls.Save(ctx, l, contactsync.Batch{Links: []contactsync.Link{intended}, Extend: noon.Add(time.Minute)})
		}()
		<-reached
		type answer struct {
			lease contactsync.Lease
			err   error
		}
		took := make(chan answer, 1)
		go func() {
			l, err := other.Acquire(ctx, "c1", "other", noon.Add(ttl), ttl)
			took <- answer{l, err}
		}()
		if d.name == "PostgreSQL" {
			for watcher := db.again(); !watcher.waiting(t); {
				require.Empty(t, took, "the other did not wait")
			}
		}
		close(goOn)
		require.NoError(t, <-saved)
		a := <-took
		require.NoError(t, a.err)
		require.Len(t, a.lease.Open, 1)
		assert.Equal(t, "intended", a.lease.Open[0].ID)
	})
}

// Workers of two processes contend for connections of two mailboxes. Never do two work in one mailbox at once, and no save of
// the winners is lost.
func TestContention(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		db.options.WorkersClock = false
		stores := []*store{db, db}
		if d.name != "SQLite in memory" {
			stores[1] = db.again()
			stores[1].options.WorkersClock = false
		}
		const mailboxes, connections, workers, leases = 2, 3, 6, 25
		for m := range mailboxes {
			for c := range connections {
				conn := connection(fmt.Sprintf("m%dc%d", m, c))
				conn.Mailbox.Account = fmt.Sprint("account ", m)
				require.NoError(t, db.state(t).PutConnection(t.Context(), conn))
			}
		}
		var inside [mailboxes]atomic.Int32
		var made atomic.Int32
		errs := make([]error, workers)
		var wg sync.WaitGroup
		for w := range workers {
			state := stores[w%2].state(t)
			wg.Go(func() {
				for n := 0; n < leases && errs[w] == nil; n++ {
					m := (w + n) % mailboxes
					conn := fmt.Sprintf("m%dc%d", m, n%connections)
					l, err := state.Acquire(context.Background(), conn, fmt.Sprintf("worker %d, %d", w, n), time.Now(), time.Hour)
					if errors.Is(err, contactsync.ErrBusy) {
						n--
						continue
					}
					if err != nil {
						errs[w] = err
						return
					}
					if inside[m].Add(1) != 1 {
						errs[w] = errors.New("two work in one mailbox")
					}
					made.Add(1)
					b := contactsync.Batch{Links: []contactsync.Link{link(conn, fmt.Sprintf("l%d-%d", w, n))}, Release: true}
					inside[m].Add(-1)
					errs[w] = errors.Join(errs[w], state.Save(context.Background(), l, b))
				}
			})
		}
		wg.Wait()
		require.NoError(t, errors.Join(errs...))
		assert.EqualValues(t, workers*leases, made.Load())
		assert.Len(t, db.dump(t)["links"], workers*leases)
	})
}

// A message that is posted while a lease is taken is brought by it, or makes the connection due when it is given back: nobody waits
// in vain for what was posted.
func TestPostsDuringLeases(t *testing.T) {
	onShared(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state, other := db.state(t), db.again().state(t)
		c := connection("c1")
		c.Progress.Next = noon.Add(time.Hour)
		require.NoError(t, state.PutConnection(t.Context(), c))
		const posts = 60
		posted := make(chan error, 3)
		for range cap(posted) {
			go func() {
				var err error
				for range posts {
					err = errors.Join(err, other.Post(context.Background(), contactsync.Message{Conn: "c1"}))
				}
				posted <- err
			}()
		}
		seen := map[string]bool{}
		for ended := 0; ended < cap(posted) || len(seen) < cap(posted)*posts; {
			select {
			case err := <-posted:
				require.NoError(t, err)
				ended++
			default:
			}
			due, err := state.Due(t.Context(), noon, 1)
			require.NoError(t, err)
			if len(due) == 0 {
				require.True(t, ended < cap(posted) || len(seen) == cap(posted)*posts, "all is posted, nothing is due, and %d of %d were brought", len(seen), cap(posted)*posts)
				continue
			}
			l, err := state.Acquire(t.Context(), "c1", fmt.Sprint("worker ", len(seen)), noon, ttl)
			require.NoError(t, err)
			for _, m := range l.Messages {
				seen[m.ID] = true
			}
			require.NoError(t, state.Save(t.Context(), l, contactsync.Batch{Release: true}))
		}
	})
}
