package contactsynctest

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// newest keeps the newest lease of each connection, so that a fault can save under it.
func newest(s contactsync.State, h *StateHooks) func(conn string) contactsync.Lease {
	var mu sync.Mutex
	leases := map[string]contactsync.Lease{}
	acquiring(func(l *contactsync.Lease) {
		mu.Lock()
		defer mu.Unlock()
		if l.Token != 0 {
			leases[l.Conn.ID] = *l
		}
	})(s, h)
	return func(conn string) contactsync.Lease {
		mu.Lock()
		defer mu.Unlock()
		return leases[conn]
	}
}

// unfenced saves part of a batch under whatever lease is the newest.
func unfenced(part func(b contactsync.Batch) contactsync.Batch) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		lease := newest(s, h)
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			if err := s.Save(ctx, lease(l.Conn.ID), part(b)); err != nil {
				return err
			}
			return s.Save(ctx, l, b)
		}
	}
}

var saveFaults = []stateFaultCase{
	{"saves are not fenced", "Save/fenced", func(s contactsync.State, h *StateHooks) {
		lease := newest(s, h)
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			return s.Save(ctx, lease(l.Conn.ID), b)
		}
	}},
	{"links are saved before the fence", "Save/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch { return contactsync.Batch{Links: b.Links} })},
	{"known items are saved before the fence", "Save/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch {
		return contactsync.Batch{Known: b.Known, DropKnown: b.DropKnown}
	})},
	{"problems are saved before the fence", "Save/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch {
		return contactsync.Batch{Problems: b.Problems, Close: b.Close}
	})},
	{"the connection is saved before the fence", "Save/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch { return contactsync.Batch{Connection: b.Connection} })},
	{"the report is saved before the fence", "Save/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch { return contactsync.Batch{Report: b.Report} })},
	{"claims are released before the fence", "Save/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch { return contactsync.Batch{Unclaim: b.Unclaim} })},
	{"a fenced worker releases another's lease", "Save/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch { return contactsync.Batch{Release: b.Release} })},
	{"a lease that ran out is refused", "Save/a stalled worker", func(s contactsync.State, h *StateHooks) {
		until := map[uint64]time.Time{}
		var mu sync.Mutex
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			if !b.Extend.IsZero() {
				until[l.Token] = b.Extend
			}
			if end, set := until[l.Token]; set && !end.After(noon) {
				return contactsync.ErrFenced
			}
			return s.Save(ctx, l, b)
		}
	}},
	{"any token will do", "Save/without a lease", saving(func(l *contactsync.Lease, _ *contactsync.Batch) { l.Token = max(l.Token, 1) % 2 })},
	{"a report is added again", "Save/repeated", func(s contactsync.State, h *StateHooks) {
		var mu sync.Mutex
		saved := map[string][]contactsync.Report{}
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			if err := s.Save(ctx, l, b); err != nil || b.Report == nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			saved[l.Conn.ID] = append([]contactsync.Report{*b.Report}, saved[l.Conn.ID]...)
			return nil
		}
		h.Runs = func(_ context.Context, conn string, n int) ([]contactsync.Report, error) {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(saved[conn][:min(n, len(saved[conn]))]), nil
		}
	}},
	{"what is missing in a batch is emptied", "Save/nothing", saving(func(l *contactsync.Lease, b *contactsync.Batch) {
		if b.Connection == nil {
			b.Connection = &contactsync.Connection{ID: l.Conn.ID}
		}
	})},
	{"a failed save has written the links", "Save/all or nothing", func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			if err := s.Save(context.WithoutCancel(ctx), l, contactsync.Batch{Links: b.Links}); err != nil {
				return err
			}
			return s.Save(ctx, l, b)
		}
	}},
	{"links are saved one by one", "Save/seen whole", func(s contactsync.State, h *StateHooks) {
		var reads atomic.Int64
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			for len(b.Links) > 1 {
				if err := s.Save(ctx, l, contactsync.Batch{Links: b.Links[:1]}); err != nil {
					return err
				}
				b.Links = b.Links[1:]
				if read := reads.Load(); b.Links[0].Gen == 1 && len(b.Links) == 7 {
					await(func() bool { return reads.Load() > read }) // somebody has read
				}
			}
			return s.Save(ctx, l, b)
		}
		h.Links = func(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
			reads.Add(1)
			return s.Links(ctx, conn, after, n)
		}
	}},
	{"the status is not saved", "Save/connection", saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		if b.Connection != nil {
			b.Connection.Status = ""
		}
	})},
	{"the progress is not saved", "Save/connection", saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		if b.Connection != nil {
			b.Connection.Progress.Cursor[1] = ""
		}
	})},
	{"a save moves the mailbox", "Save/connection", func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			if err := s.Save(ctx, l, b); err != nil || b.Connection == nil {
				return err
			}
			return s.PutConnection(ctx, *b.Connection)
		}
	}},
	{"problems in another order", "Save/problems", func(s contactsync.State, h *StateHooks) {
		h.Problems = func(ctx context.Context, conn string) ([]contactsync.Problem, error) {
			p, err := s.Problems(ctx, conn)
			slices.Reverse(p)
			return p, err
		}
	}},
	{"problems stay open", "Save/problems", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.Close = nil })},
	{"the oldest runs", "Save/reports", func(s contactsync.State, h *StateHooks) {
		h.Runs = func(ctx context.Context, conn string, n int) ([]contactsync.Report, error) {
			all, err := s.Runs(ctx, conn, math.MaxInt)
			slices.Reverse(all)
			return all[:min(n, len(all))], err
		}
	}},
	{"a report forgets its halt", "Save/reports", saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		if b.Report != nil {
			r := *b.Report
			r.Halt = nil
			b.Report = &r
		}
	})},
	{"what is answered is shared", "Save/copies", func(s contactsync.State, h *StateHooks) {
		var mu sync.Mutex
		cache := map[string][]contactsync.Link{}
		h.Links = func(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
			mu.Lock()
			defer mu.Unlock()
			links, err := s.Links(ctx, conn, after, n)
			if old := cache[conn]; len(old) == len(links) {
				return old, err
			}
			cache[conn] = links
			return links, err
		}
	}},
}
