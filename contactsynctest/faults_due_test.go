package contactsynctest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// dueing changes what is answered by Due.
func dueing(change func(now *time.Time, n *int) func(ids []string) []string) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Due = func(ctx context.Context, now time.Time, n int) ([]string, error) {
			after := change(&now, &n)
			ids, err := s.Due(ctx, now, n)
			if after != nil {
				ids = after(ids)
			}
			return ids, err
		}
	}
}

// posting changes what is posted.
func posting(change func(m *contactsync.Message)) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Post = func(ctx context.Context, m contactsync.Message) error {
			change(&m)
			return s.Post(ctx, m)
		}
	}
}

var dueFaults = []stateFaultCase{
	{"due a second early", "Due", dueing(func(now *time.Time, _ *int) func([]string) []string { *now = now.Add(time.Second); return nil })},
	{"due a second late", "Due", dueing(func(now *time.Time, _ *int) func([]string) []string { *now = now.Add(-time.Second); return nil })},
	{"all that are due", "Due", dueing(func(_ *time.Time, n *int) func([]string) []string { *n = 100; return nil })},
	{"the shortest due first", "Due", dueing(func(*time.Time, *int) func([]string) []string {
		return func(ids []string) []string { slices.Reverse(ids); return ids }
	})},
	{"nothing wakes", "Due/messages", posting(func(m *contactsync.Message) { *m = contactsync.Message{Conn: m.Conn, Made: []string{"item"}} })},
	{"items made wake", "Due/messages", posting(func(m *contactsync.Message) { m.CRMIDs = append(m.CRMIDs, "a") })},
	{"messages wake for ever", "Due/messages", func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			err := s.Save(ctx, l, b)
			if err == nil && b.Release {
				err = s.Post(ctx, contactsync.Message{Conn: l.Conn.ID})
			}
			return err
		}
	}},
	{"a message posted during a run is not seen", "Due/messages", func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			err := s.Save(ctx, l, b)
			if err == nil && b.Release {
				var again contactsync.Lease
				if again, err = s.Acquire(ctx, l.Conn.ID, "nobody", noon, ttl); err == nil {
					err = s.Save(ctx, again, contactsync.Batch{Release: true})
				}
			}
			return err
		}
	}},
	{"those switched off are due", "Due/left out", func(s contactsync.State, h *StateHooks) {
		h.PutConnection = func(ctx context.Context, c contactsync.Connection) error {
			c.Inactive = false
			return s.PutConnection(ctx, c)
		}
	}},
	{"those at work are due", "Due/left out", dueing(func(now *time.Time, _ *int) func([]string) []string { *now = now.Add(ttl); return nil })},
	{"mailboxes at work are due", "Due/left out", ownMailbox},
	{"nobody waits", "Save/not before", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.NotBefore = time.Time{} })},
	{"the connection waits, not its mailbox", "Save/not before", ownMailbox},
	{"a time of its own to wait", "Save/not before", func(s contactsync.State, h *StateHooks) {
		h.Acquire = func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
			l, err := s.Acquire(ctx, conn, worker, now, ttl)
			if throttled := (*contactsync.ThrottledError)(nil); errors.As(err, &throttled) {
				throttled.RetryAfter -= 5 * time.Minute
			}
			return l, err
		}
	}},
}
