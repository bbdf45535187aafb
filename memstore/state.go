package memstore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
	"github.com/seed-42871e99/crmsync/record"
)

// State is the engine's memory in memory, for one process. Links are kept in a dense form and taken apart when asked for.
// It copies what it is given, and what it gives belongs to the caller.
// [NewState] makes one; the methods of the zero State panic.
type State struct {
	// KeepRuns is how many reports of a connection are kept; 0: 50. Set it before the first use.
	KeepRuns int

	mu      sync.Mutex
	conns   map[string]*connState
	tenants map[string]*tenantState
	held    map[string]map[string]struct{} // mailbox key to the ids of the connections that hold it
	waits   map[string]time.Time           // mailbox key to the moment before which nobody is to work on it
	posted  uint64                         // messages so far
	ended   map[string]uint64              // id of a connection that has ended to the token that it begins with if it is put anew
}

var _ contactsync.State = (*State)(nil)

// connState is what is remembered of one connection.
type connState struct {
	contactsync.Connection
	token    uint64 // of the newest lease
	lease    *hold  // nil: given back, or never taken
	links    linkTable
	known    knownTable
	problems map[string]contactsync.Problem
	retries  map[string]struct{} // ids of problems with a RetryAt
	messages []message
	seen     uint64 // the number of the newest message that a lease brought that was given back
	runs     []run  // oldest first
	journal  journal
}

// hold is a lease that was not given back.
type hold struct {
	worker  string
	until   time.Time
	mailbox string // the key of the mailbox that is locked with it
	brought uint64 // the number of the newest message there was
}

// message is something posted, and its number, counted over all connections.
type message struct {
	n uint64
	contactsync.Message
}

const messageID = "message-%d"

// messageNumber is the number in the id of a message.
func messageNumber(id string) (n uint64, err error) {
	if _, err := fmt.Sscanf(id, messageID, &n); err != nil {
		return 0, fmt.Errorf("%w: a message with the id %q", statecode.ErrMalformed, id)
	}
	return n, nil
}

// run is a report and the token of the lease that it was saved under: a run has one.
type run struct {
	token  uint64
	report contactsync.Report
}

type tenantState struct {
	conns  map[string]struct{} // ids
	claims map[uint64]claim    // by key
	sweep  int                 // number of claims at which those that are over are thrown out
}

type claim struct {
	by    string
	until time.Time
}

// NewState returns a State that remembers nothing yet.
func NewState() *State {
	return &State{conns: map[string]*connState{}, tenants: map[string]*tenantState{}, held: map[string]map[string]struct{}{}, waits: map[string]time.Time{}, ended: map[string]uint64{}}
}

func (s *State) tenant(id string) *tenantState {
	t := s.tenants[id]
	if t == nil {
		t = &tenantState{conns: map[string]struct{}{}, claims: map[uint64]claim{}}
		s.tenants[id] = t
	}
	return t
}

// with calls do with what is remembered of the connection, nil for none.
func (s *State) with(ctx context.Context, conn string, do func(c *connState)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s.conns[conn])
	return nil
}

// LinksOf implements [contactsync.State].
func (s *State) LinksOf(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error) {
	return s.links(ctx, conn, func(t *linkTable) []string { return t.of(side, ids) })
}

// Links implements [contactsync.State].
func (s *State) Links(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
	return s.links(ctx, conn, func(t *linkTable) []string { return t.after(after, n) })
}

func (s *State) links(ctx context.Context, conn string, choose func(t *linkTable) []string) ([]contactsync.Link, error) {
	var words vocabulary
	var codes []string
	err := s.with(ctx, conn, func(c *connState) {
		if c != nil {
			codes = choose(&c.links)
			words = c.links.vocabulary
		}
	})
	return decodeLinks(conn, words, codes), err
}

// CountLinks implements [contactsync.State].
func (s *State) CountLinks(ctx context.Context, conn string) (n int, err error) {
	err = s.with(ctx, conn, func(c *connState) {
		if c != nil {
			n = c.links.linked
		}
	})
	return n, err
}

// KnownBy implements [contactsync.State].
func (s *State) KnownBy(ctx context.Context, conn string, keys []uint64) ([]contactsync.Known, error) {
	return s.known(ctx, conn, func(t *knownTable) []string { return t.by(keys) })
}

// KnownOf implements [contactsync.State].
func (s *State) KnownOf(ctx context.Context, conn string, ids []string) ([]contactsync.Known, error) {
	return s.known(ctx, conn, func(t *knownTable) []string { return t.of(ids) })
}

func (s *State) known(ctx context.Context, conn string, choose func(t *knownTable) []string) ([]contactsync.Known, error) {
	var codes []string
	err := s.with(ctx, conn, func(c *connState) {
		if c != nil {
			codes = choose(&c.known)
		}
	})
	return decodeKnown(codes), err
}

// Claim implements [contactsync.State].
func (s *State) Claim(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) (refused []uint64, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenant(tenant)
	for _, key := range keys {
		if c, taken := t.claims[key]; taken && c.by != by && c.until.After(now) {
			refused = append(refused, key)
			continue
		}
		t.claims[key] = claim{by, until}
	}
	if len(t.claims) > t.sweep {
		maps.DeleteFunc(t.claims, func(_ uint64, c claim) bool { return !c.until.After(now) })
		t.sweep = 2*len(t.claims) + 1000
	}
	return refused, nil
}

// PutConnection implements [contactsync.State].
func (s *State) PutConnection(ctx context.Context, c contactsync.Connection) error {
	if c.ID == "" {
		return &contactsync.InvalidError{Field: "id", Reason: "a connection needs an id"}
	}
	return s.with(ctx, c.ID, func(old *connState) {
		if old != nil {
			old.Mailbox, old.Folder, old.Inactive = c.Mailbox, c.Folder, c.Inactive
			return
		}
		s.addConnection(c)
	})
}

func (s *State) addConnection(c contactsync.Connection) *connState {
	added := &connState{
		Connection: cloneConnection(c),
		token:      s.ended[c.ID],
		links:      linkTable{conn: c.ID},
		problems:   map[string]contactsync.Problem{},
		retries:    map[string]struct{}{},
		journal:    journal{},
	}
	delete(s.ended, c.ID)
	s.conns[c.ID] = added
	s.tenant(c.Tenant).conns[c.ID] = struct{}{}
	return added
}

// Connection implements [contactsync.State].
func (s *State) Connection(ctx context.Context, id string) (conn contactsync.Connection, err error) {
	found := false
	err = s.with(ctx, id, func(c *connState) {
		if found = c != nil; found {
			conn = cloneConnection(c.Connection)
		}
	})
	if err == nil && !found {
		err = fmt.Errorf("memstore: connection %q: %w", id, contactsync.ErrNotFound)
	}
	return conn, err
}

// Connections implements [contactsync.State].
func (s *State) Connections(ctx context.Context, tenant string) ([]contactsync.Connection, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var conns []contactsync.Connection
	for _, id := range s.connsOf(tenant) {
		conns = append(conns, cloneConnection(s.conns[id].Connection))
	}
	return conns, nil
}

// ConnectionsOf implements [contactsync.State].
func (s *State) ConnectionsOf(ctx context.Context, tenant, user string) ([]contactsync.Connection, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var conns []contactsync.Connection
	for _, id := range s.connsOf(tenant) {
		if c := s.conns[id]; c.User == user {
			conns = append(conns, cloneConnection(c.Connection))
		}
	}
	return conns, nil
}

// connsOf returns the ids of the tenant's connections, sorted.
func (s *State) connsOf(tenant string) []string {
	t := s.tenants[tenant]
	if t == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(t.conns))
}

// Due implements [contactsync.State].
func (s *State) Due(ctx context.Context, now time.Time, n int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*connState
	for _, c := range s.conns {
		if !c.Inactive && c.isDue(now) && s.free(c.Mailbox.Key(), "", now) == nil && !c.lease.busy("", now) {
			due = append(due, c)
		}
	}
	slices.SortFunc(due, func(a, b *connState) int {
		return cmp.Or(a.Progress.Next.Compare(b.Progress.Next), cmp.Compare(a.ID, b.ID))
	})
	var ids []string
	for _, c := range due[:min(n, len(due))] {
		ids = append(ids, c.ID)
	}
	return ids, nil
}

func (c *connState) isDue(now time.Time) bool {
	return !c.Progress.Next.After(now) || slices.ContainsFunc(c.messages, func(m message) bool { return m.n > c.seen && m.Wakes() })
}

// LinkedTo implements [contactsync.State].
func (s *State) LinkedTo(ctx context.Context, tenant string, crmIDs []string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(s.connsOf(tenant), func(conn string) bool {
		links := &s.conns[conn].links
		return !slices.ContainsFunc(crmIDs, func(id string) bool { return id != "" && links.has(record.CRM, id) })
	}), nil
}

// Problems implements [contactsync.State].
func (s *State) Problems(ctx context.Context, conn string) (problems []contactsync.Problem, err error) {
	err = s.with(ctx, conn, func(c *connState) {
		if c == nil {
			return
		}
		for _, id := range slices.Sorted(maps.Keys(c.problems)) {
			problems = append(problems, cloneProblem(c.problems[id]))
		}
	})
	return problems, err
}

// Answers implements [contactsync.State].
func (s *State) Answers(ctx context.Context, conn string) (answers []contactsync.Message, err error) {
	err = s.with(ctx, conn, func(c *connState) {
		if c == nil {
			return
		}
		for _, m := range c.messages {
			if m.Answers() != "" {
				answers = append(answers, cloneMessage(m.Message))
			}
		}
	})
	return answers, err
}

// Runs implements [contactsync.State].
func (s *State) Runs(ctx context.Context, conn string, n int) (reports []contactsync.Report, err error) {
	err = s.with(ctx, conn, func(c *connState) {
		if c == nil {
			return
		}
		for _, r := range slices.Backward(c.runs) {
			if len(reports) >= n {
				return
			}
			reports = append(reports, cloneReport(r.report))
		}
	})
	return reports, err
}

// Post implements [contactsync.State].
func (s *State) Post(ctx context.Context, m contactsync.Message) error {
	found := false
	err := s.with(ctx, m.Conn, func(c *connState) {
		if found = c != nil; found {
			s.posted++
			m = cloneMessage(m)
			m.ID = fmt.Sprintf(messageID, s.posted)
			c.messages = append(c.messages, message{s.posted, m})
		}
	})
	if err == nil && !found {
		err = fmt.Errorf("memstore: post to connection %q: %w", m.Conn, contactsync.ErrNotFound)
	}
	return err
}
