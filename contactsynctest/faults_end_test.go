package contactsynctest

import (
	"context"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// ending does something else in the place of an end.
func ending(instead func(ctx context.Context, s contactsync.State, l contactsync.Lease, b contactsync.Batch) error) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			if !b.End {
				return s.Save(ctx, l, b)
			}
			b.End = false
			return instead(ctx, s, l, b)
		}
	}
}

// restEnds saves the rest after the connection was put anew, so that it is there again.
func restEnds(ctx context.Context, s contactsync.State, l contactsync.Lease, b contactsync.Batch) error {
	if err := s.Save(ctx, l, contactsync.Batch{End: true}); err != nil {
		return err
	}
	if err := s.PutConnection(ctx, l.Conn); err != nil {
		return err
	}
	again, err := s.Acquire(ctx, l.Conn.ID, l.Worker, noon, ttl)
	if err != nil {
		return err
	}
	return s.Save(ctx, again, b)
}

func nothingEnds(ctx context.Context, s contactsync.State, l contactsync.Lease, b contactsync.Batch) error {
	return s.Save(ctx, l, b)
}

var endFaults = []stateFaultCase{
	{"nothing ends", "End", ending(nothingEnds)},
	{"the lease goes on", "End/its lease", ending(nothingEnds)},
	{"the journal stays", "End/journal", ending(nothingEnds)},
	{"it goes on where it was", "End/put anew", ending(nothingEnds)},
	{"the rest is done after the end", "End", ending(restEnds)},
	{"tokens begin anew", "End/put anew", func(s contactsync.State, h *StateHooks) {
		var last uint64
		h.Acquire = func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
			l, err := s.Acquire(ctx, conn, worker, now, ttl)
			l.Token -= min(last, l.Token-min(l.Token, 1))
			return l, err
		}
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			l.Token += last
			if b.End {
				last = l.Token
			}
			return s.Save(ctx, l, b)
		}
	}},
}
