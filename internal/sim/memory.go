package sim

import (
	"context"
	"io"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// StateInMemory makes a State in memory.
func StateInMemory() contactsync.State { return memstore.NewState() }

// endState lets go of a State that has something to let go of.
func (w *world) endState() {
	if c, ok := w.state.(io.Closer); ok {
		if err := c.Close(); err != nil {
			w.broken("sound", "the State cannot be closed: %v", err)
		}
	}
}

// memory is a State between the engine and the real one: it lets faults happen.
type memory struct {
	contactsync.State
	w *world
}

func (m memory) Acquire(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (l contactsync.Lease, err error) {
	return around(ctx, m.w, "state.acquire", func() (contactsync.Lease, error) {
		l, err := m.State.Acquire(ctx, conn, worker, now, ttl)
		if m.w.byHand != nil { // the correction is made, and the run begins
			m.w.byHand, m.w.calls = nil, map[string]int{"state.acquire": 1}
		}
		if err == nil {
			m.w.runNo = l.Token
		}
		return l, err
	})
}

func (m memory) Save(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
	_, err := around(ctx, m.w, "state.save", func() (struct{}, error) {
		clear(m.w.saved)
		return struct{}{}, m.State.Save(ctx, l, b)
	})
	return err
}

func (m memory) Claim(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) ([]uint64, error) {
	return around(ctx, m.w, "state.claim", func() ([]uint64, error) { return m.State.Claim(ctx, tenant, by, keys, now, until) })
}

func (m memory) LinksOf(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error) {
	return around(ctx, m.w, "state.linksof", func() ([]contactsync.Link, error) { return m.State.LinksOf(ctx, conn, side, ids) })
}

func (m memory) Links(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
	return around(ctx, m.w, "state.links", func() ([]contactsync.Link, error) { return m.State.Links(ctx, conn, after, n) })
}

func (m memory) CountLinks(ctx context.Context, conn string) (int, error) {
	return around(ctx, m.w, "state.count", func() (int, error) { return m.State.CountLinks(ctx, conn) })
}

func (m memory) KnownBy(ctx context.Context, conn string, keys []uint64) ([]contactsync.Known, error) {
	return around(ctx, m.w, "state.knownby", func() ([]contactsync.Known, error) { return m.State.KnownBy(ctx, conn, keys) })
}

func (m memory) KnownOf(ctx context.Context, conn string, ids []string) ([]contactsync.Known, error) {
	return around(ctx, m.w, "state.knownof", func() ([]contactsync.Known, error) { return m.State.KnownOf(ctx, conn, ids) })
}

func (m memory) Problems(ctx context.Context, conn string) ([]contactsync.Problem, error) {
	return around(ctx, m.w, "state.problems", func() ([]contactsync.Problem, error) { return m.State.Problems(ctx, conn) })
}

func (m memory) Post(ctx context.Context, msg contactsync.Message) error {
	_, err := around(ctx, m.w, "state.post", func() (struct{}, error) {
		if c := m.w.byHand; c != nil && !c.ofCard() { // what is written to a card is a person's edit of it, and no more
			m.w.ledger.corrected(c)
		}
		return struct{}{}, m.State.Post(ctx, msg)
	})
	return err
}

// JournalEntries is part of [contactsync.Journal].
func (m memory) JournalEntries(ctx context.Context, conn string, run uint64, after, n int) ([]contactsync.JournalEntry, error) {
	return around(ctx, m.w, "state.entries", func() ([]contactsync.JournalEntry, error) {
		return m.State.(contactsync.Journal).JournalEntries(ctx, conn, run, after, n)
	})
}

// JournalRuns is part of [contactsync.Journal].
func (m memory) JournalRuns(ctx context.Context, conn string) ([]contactsync.JournalRun, error) {
	return m.State.(contactsync.Journal).JournalRuns(ctx, conn)
}

// around lets a fault happen around a call of the State.
func around[T any](ctx context.Context, w *world, name string, do func() (T, error)) (T, error) {
	var none T
	f := w.strike(name)
	if err := w.before(ctx, f); err != nil {
		return none, err
	}
	v, err := do()
	if lost := w.after(f); lost != nil {
		return none, lost
	}
	return v, err
}
