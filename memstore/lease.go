package memstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Acquire implements [contactsync.State].
func (s *State) Acquire(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
	if err := ctx.Err(); err != nil {
		return contactsync.Lease{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conns[conn]
	if c == nil {
		return contactsync.Lease{}, fmt.Errorf("memstore: acquire %q: %w", conn, contactsync.ErrNotFound)
	}
	if c.lease.busy(worker, now) {
		return contactsync.Lease{}, fmt.Errorf("memstore: acquire %q: %w: another worker has it", conn, contactsync.ErrBusy)
	}
	mailbox := c.Mailbox.Key()
	if err := s.free(mailbox, worker, now); err != nil {
		return contactsync.Lease{}, fmt.Errorf("memstore: acquire %q: %w", conn, err)
	}
	s.release(c)
	c.token++
	s.hold(c, hold{worker: worker, until: now.Add(ttl), mailbox: mailbox, brought: s.posted})
	return c.brief(worker, now), nil
}

// free says why the worker may not have the mailbox at now; nil when it may.
func (s *State) free(mailbox, worker string, now time.Time) error {
	for other := range s.held[mailbox] {
		if s.conns[other].lease.busy(worker, now) {
			return fmt.Errorf("%w: another worker has its mailbox", contactsync.ErrBusy)
		}
	}
	if until, waits := s.waits[mailbox]; waits {
		if until.After(now) {
			return &contactsync.ThrottledError{RetryAfter: until.Sub(now)}
		}
		delete(s.waits, mailbox)
	}
	return nil
}

// hold gives the connection and its mailbox to a worker.
func (s *State) hold(c *connState, h hold) {
	c.lease = &h
	if s.held[h.mailbox] == nil {
		s.held[h.mailbox] = map[string]struct{}{}
	}
	s.held[h.mailbox][c.ID] = struct{}{}
}

func (h *hold) busy(worker string, now time.Time) bool {
	return h != nil && h.worker != worker && h.until.After(now)
}

// brief is the lease just taken, with the due work.
func (c *connState) brief(worker string, now time.Time) contactsync.Lease {
	l := contactsync.Lease{Conn: cloneConnection(c.Connection), Worker: worker, Token: c.token, Until: c.lease.until}
	for _, id := range slices.Sorted(maps.Keys(c.links.open)) {
		slot, _ := c.links.find(id)
		l.Open = append(l.Open, c.links.at(slot))
	}
	for _, id := range slices.Sorted(maps.Keys(c.retries)) {
		if p := c.problems[id]; !p.RetryAt.After(now) {
			l.Retry = append(l.Retry, cloneProblem(p))
		}
	}
	for _, m := range c.messages {
		l.Messages = append(l.Messages, cloneMessage(m.Message))
	}
	return l
}

// release gives a lease back, and the mailbox with it.
func (s *State) release(c *connState) {
	if c.lease == nil {
		return
	}
	held := s.held[c.lease.mailbox]
	if delete(held, c.ID); len(held) == 0 {
		delete(s.held, c.lease.mailbox)
	}
	c.lease = nil
}

// Save implements [contactsync.State].
func (s *State) Save(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conns[l.Conn.ID]
	if c == nil || l.Token == 0 || l.Token != c.token {
		return fmt.Errorf("memstore: save %q: %w", l.Conn.ID, contactsync.ErrFenced)
	}
	if err := checkBatch(c.ID, b); err != nil {
		return fmt.Errorf("memstore: save %q: %w", c.ID, err)
	}
	// From here on nothing can fail.
	if b.Erase != nil {
		c.erase(b.Erase)
	}
	for i := range b.Links {
		c.links.put(&b.Links[i])
	}
	for _, id := range b.DropLinks {
		c.links.drop(id)
	}
	for i := range b.Known {
		c.known.put(&b.Known[i])
	}
	for _, id := range b.DropKnown {
		c.known.drop(id)
	}
	for _, p := range b.Problems {
		c.putProblem(p)
	}
	for _, id := range b.Close {
		delete(c.problems, id)
		delete(c.retries, id)
	}
	c.finish(b.Done)
	claims := s.tenant(c.Tenant).claims
	for _, key := range b.Unclaim {
		if claims[key].by == c.ID {
			delete(claims, key)
		}
	}
	if b.Connection != nil {
		n := cloneConnection(*b.Connection)
		c.Status, c.Reason, c.Halt, c.Progress = n.Status, n.Reason, n.Halt, n.Progress
	}
	if b.Report != nil {
		c.remember(run{l.Token, cloneReport(*b.Report)}, s.keepRuns())
	}
	for _, e := range b.Journal {
		c.journal.put(e)
	}
	if !b.ForgetJournal.IsZero() {
		c.journal.forget(b.ForgetJournal)
	}
	if c.lease != nil && !b.Extend.IsZero() {
		c.lease.until = b.Extend
	}
	if mailbox := l.Conn.Mailbox.Key(); b.NotBefore.After(s.waits[mailbox]) {
		s.waits[mailbox] = b.NotBefore
	}
	if b.Release {
		if c.lease != nil {
			c.seen = c.lease.brought
		}
		s.release(c)
	}
	if b.End {
		s.end(c)
	}
	return nil
}

// end forgets the connection, but for a token that comes after all of its leases: one of them is nobody's if it is put anew.
func (s *State) end(c *connState) {
	s.release(c)
	t := s.tenant(c.Tenant)
	maps.DeleteFunc(t.claims, func(_ uint64, held claim) bool { return held.by == c.ID })
	delete(t.conns, c.ID)
	delete(s.conns, c.ID)
	s.ended[c.ID] = c.token + 1
}

// checkBatch refuses what cannot be kept, before anything is.
func checkBatch(conn string, b contactsync.Batch) error {
	for _, l := range b.Links {
		if l.ID == "" || l.Conn != conn {
			return &contactsync.InvalidError{Field: "links", Reason: "a link without an id, or of another connection"}
		}
	}
	for _, k := range b.Known {
		if k.ID == "" {
			return &contactsync.InvalidError{Field: "known", Reason: "an item without an id"}
		}
	}
	for _, p := range b.Problems {
		if p.ID == "" || p.Conn != conn {
			return &contactsync.InvalidError{Field: "problems", Reason: "a problem without an id, or of another connection"}
		}
	}
	for _, e := range b.Journal {
		if e.Run == 0 || e.Seq <= 0 {
			return &contactsync.InvalidError{Field: "journal", Reason: "an entry without a run, or without a number"}
		}
	}
	return nil
}

func (c *connState) putProblem(p contactsync.Problem) {
	c.problems[p.ID] = cloneProblem(p)
	if p.RetryAt.IsZero() {
		delete(c.retries, p.ID)
	} else {
		c.retries[p.ID] = struct{}{}
	}
}

// finish forgets messages that have been dealt with.
func (c *connState) finish(ids []string) {
	if len(ids) == 0 {
		return
	}
	done := make(map[string]bool, len(ids))
	for _, id := range ids {
		done[id] = true
	}
	c.messages = slices.DeleteFunc(c.messages, func(m message) bool { return done[m.ID] })
}

// remember keeps the report of a run. Saved again under the same lease, it replaces what was saved before.
func (c *connState) remember(r run, keep int) {
	if n := len(c.runs); n > 0 && c.runs[n-1].token == r.token {
		c.runs[n-1] = r
		return
	}
	c.runs = append(c.runs, r)
	if len(c.runs) > keep {
		c.runs = slices.Delete(c.runs, 0, len(c.runs)-keep)
	}
}

func (s *State) keepRuns() int {
	if s.KeepRuns <= 0 {
		return 50
	}
	return s.KeepRuns
}
