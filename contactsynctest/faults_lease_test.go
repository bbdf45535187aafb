package contactsynctest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// acquiring changes the leases that are given out.
func acquiring(change func(l *contactsync.Lease)) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Acquire = func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
			l, err := s.Acquire(ctx, conn, worker, now, ttl)
			change(&l)
			return l, err
		}
	}
}

// asking changes what is asked of Acquire.
func asking(change func(conn, worker *string, now *time.Time)) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Acquire = func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
			change(&conn, &worker, &now)
			return s.Acquire(ctx, conn, worker, now, ttl)
		}
	}
}

// saving changes the batches that are saved.
func saving(change func(l *contactsync.Lease, b *contactsync.Batch)) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			change(&l, &b)
			return s.Save(ctx, l, b)
		}
	}
}

// ownMailbox gives every connection a mailbox of its own, as if mailboxes were not locked.
func ownMailbox(s contactsync.State, h *StateHooks) {
	h.PutConnection = func(ctx context.Context, c contactsync.Connection) error {
		c.Mailbox.Account += " of " + c.ID
		return s.PutConnection(ctx, c)
	}
	whole := func(c contactsync.Connection) contactsync.Connection {
		c.Mailbox.Account = strings.TrimSuffix(c.Mailbox.Account, " of "+c.ID)
		return c
	}
	h.Connection = func(ctx context.Context, id string) (contactsync.Connection, error) {
		c, err := s.Connection(ctx, id)
		return whole(c), err
	}
	acquiring(func(l *contactsync.Lease) { l.Conn = whole(l.Conn) })(s, h)
}

var leaseFaults = []stateFaultCase{
	{"no lock", "Acquire/busy", asking(func(_, worker *string, _ *time.Time) { *worker = "anybody" })},
	{"no lock at once", "Acquire/at once", asking(func(_, worker *string, _ *time.Time) { *worker = "anybody" })},
	{"mailboxes are not locked", "Acquire/mailbox", ownMailbox},
	{"mailboxes are not locked at once", "Acquire/one mailbox at once", ownMailbox},
	{"a lease never runs out", "Acquire/busy", asking(func(_, _ *string, now *time.Time) { *now = noon })},
	{"a lease runs out early", "Acquire/busy", func(s contactsync.State, h *StateHooks) {
		h.Acquire = func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
			l, err := s.Acquire(ctx, conn, worker, now, ttl-2*time.Second)
			l.Until = now.Add(ttl)
			return l, err
		}
	}},
	{"no such connection is busy", "Acquire/a lease", func(s contactsync.State, h *StateHooks) {
		h.Acquire = func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
			l, err := s.Acquire(ctx, conn, worker, now, ttl)
			if errors.Is(err, contactsync.ErrNotFound) {
				err = contactsync.ErrBusy
			}
			return l, err
		}
	}},
	{"the connection is not told", "Acquire/a lease", acquiring(func(l *contactsync.Lease) { l.Conn = contactsync.Connection{ID: l.Conn.ID} })},
	{"the end is not told", "Acquire/a lease", acquiring(func(l *contactsync.Lease) { l.Until = time.Time{} })},
	{"open links are not told", "Acquire/open links", acquiring(func(l *contactsync.Lease) { l.Open = nil })},
	{"only intended links are told", "Acquire/open links", acquiring(func(l *contactsync.Lease) {
		l.Open = slices.DeleteFunc(l.Open, func(l contactsync.Link) bool { return l.Phase != contactsync.Intended })
	})},
	{"open links in another order", "Acquire/open links", acquiring(func(l *contactsync.Lease) { slices.Reverse(l.Open) })},
	{"problems are tried again too early", "Acquire/problems to try again", func(s contactsync.State, h *StateHooks) {
		h.Acquire = func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
			l, err := s.Acquire(ctx, conn, worker, now, ttl)
			l.Retry, _ = s.Problems(ctx, conn)
			return l, err
		}
	}},
	{"problems are never tried again", "Acquire/problems to try again", acquiring(func(l *contactsync.Lease) { l.Retry = nil })},
	{"messages are told once", "Acquire/messages", func(s contactsync.State, h *StateHooks) {
		told := map[string]bool{}
		var mu sync.Mutex
		acquiring(func(l *contactsync.Lease) {
			mu.Lock()
			defer mu.Unlock()
			l.Messages = slices.DeleteFunc(l.Messages, func(m contactsync.Message) bool {
				again := told[m.ID]
				told[m.ID] = true
				return again
			})
		})(s, h)
	}},
	{"messages without ids", "Acquire/messages", acquiring(func(l *contactsync.Lease) {
		for i := range l.Messages {
			l.Messages[i].ID = ""
		}
	})},
	{"the newest message first", "Acquire/messages", acquiring(func(l *contactsync.Lease) { slices.Reverse(l.Messages) })},
	{"a post is lost during a run", "Acquire/messages", func(s contactsync.State, h *StateHooks) {
		saving(func(l *contactsync.Lease, b *contactsync.Batch) {
			if len(b.Done) > 0 { // deletes all messages instead of those named
				for i := range 100 {
					b.Done = append(b.Done, "message-"+string(rune('0'+i%10)))
				}
			}
		})(s, h)
	}},
	{"posts go nowhere in silence", "Acquire/messages", func(s contactsync.State, h *StateHooks) {
		h.Post = func(ctx context.Context, m contactsync.Message) error {
			if err := s.Post(ctx, m); !errors.Is(err, contactsync.ErrNotFound) {
				return err
			}
			return nil
		}
	}},
	{"a lease is not extended", "Save/extend and release", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.Extend = time.Time{} })},
	{"every save ends the lease", "Save/extend and release", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.Release = true })},
	{"a lease is not given back", "Save/extend and release", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.Release = false })},
}
