package graphadapter

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// mailboxSlots is how many requests of an application Outlook takes at a time for one mailbox. A batch uses all of
// them, whatever its size: Graph sends its parts on four at a time.
const mailboxSlots = 4

// mailbox is what this process knows of a mailbox: courtesy and short memory, nothing that a result depends on.
type mailbox struct {
	key   string
	slots *semaphore.Weighted
	users int // calls under way; guarded by mailboxes.mu

	mu        sync.Mutex
	notBefore time.Time // the service asked to wait until then
	defaultID string    // the default folder's id, which never changes; empty: not known yet
	folders   folderMemory
	crowded   time.Time // until then batches are kept small, because the parts of one crowded each other out
}

// wait is how long the service still wants to be left alone.
func (b *mailbox) wait(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(0, b.notBefore.Sub(now))
}

func (b *mailbox) hold(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.notBefore) {
		b.notBefore = until
	}
}

func (b *mailbox) knownDefault() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.defaultID
}

func (b *mailbox) learnDefault(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.defaultID = id
}

// crowdedTime is how long batches stay small once their parts have crowded each other out.
const crowdedTime = 10 * time.Minute

// batchParts is how many parts a batch may have.
func (b *mailbox) batchParts(now time.Time) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Before(b.crowded) {
		return mailboxSlots
	}
	return maxBatchParts
}

func (b *mailbox) shrinkBatches(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.crowded = now.Add(crowdedTime)
}

// enter takes slots once the service may be called. A wait that is too long is an error, with nothing sent.
func (s *session) enter(ctx context.Context, slots int64) error {
	if err := s.box.slots.Acquire(ctx, slots); err != nil {
		return err
	}
	wait := s.box.wait(s.d.opts.Now())
	if wait == 0 {
		return nil
	}
	s.box.slots.Release(slots)
	if s.tooLong(ctx, wait) {
		return &contactsync.ThrottledError{RetryAfter: wait}
	}
	if err := s.d.opts.Sleep(ctx, wait); err != nil {
		return err
	}
	return s.box.slots.Acquire(ctx, slots)
}

// tooLong reports whether a wait is longer than allowed, or than the call has left.
func (s *session) tooLong(ctx context.Context, wait time.Duration) bool {
	end, bounded := ctx.Deadline()
	return wait > s.d.opts.MaxWait || bounded && time.Until(end) <= wait
}

// mailboxes holds the mailboxes in use and remembers some that were.
type mailboxes struct {
	mu  sync.Mutex
	all map[string]*mailbox
}

// rememberedMailboxes bounds the memory of mailboxes that no call is using.
const rememberedMailboxes = 4096

func (m *mailboxes) open(key string) *mailbox {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.all[key]
	if b == nil {
		b = &mailbox{key: key, slots: semaphore.NewWeighted(mailboxSlots)}
		if m.all == nil {
			m.all = map[string]*mailbox{}
		}
		m.all[key] = b
	}
	b.users++
	return b
}

func (m *mailboxes) close(b *mailbox, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b.users--
	for key, idle := range m.all {
		if len(m.all) <= rememberedMailboxes {
			return
		}
		if idle.users == 0 && idle.wait(now) == 0 {
			delete(m.all, key)
		}
	}
}
