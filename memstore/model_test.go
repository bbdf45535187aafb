package memstore_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// TestStateAgainstModel does the same to a State and to a model of plain maps, and compares all that can be read.
func TestStateAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{
			t: t, state: memstore.NewState(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
			conns: map[string]*modelConn{}, claims: map[string]map[uint64]modelClaim{}, waits: map[string]time.Time{},
			ended: map[string]uint64{},
		}
		t.Repeat(map[string]func(*rapid.T){
			"put":     m.put,
			"acquire": m.acquire,
			"save":    m.save,
			"save ":   m.save, // twice as often as the others
			"post":    m.post,
			"claim":   m.claim,
			"wait": func(t *rapid.T) {
				m.now = m.now.Add(time.Duration(rapid.IntRange(0, 10).Draw(t, "minutes")) * time.Minute)
			},
			"snapshot": m.snapshot,
			"":         m.compare,
		})
	})
}

// machine is a State and its model.
type machine struct {
	t      *rapid.T
	state  *memstore.State
	now    time.Time
	conns  map[string]*modelConn
	claims map[string]map[uint64]modelClaim
	waits  map[string]time.Time // by mailbox
	ended  map[string]uint64    // by connection: the token that it begins with if it is put anew
	leases []contactsync.Lease  // all that were ever given
}

type modelConn struct {
	contactsync.Connection
	token    uint64
	worker   string
	mailbox  string
	until    time.Time // zero: given back
	links    map[string]contactsync.Link
	known    map[string]contactsync.Known
	problems map[string]contactsync.Problem
	messages []contactsync.Message
	wakes    []string // ids of messages that make it due
	brought  []string // those of them that the newest lease brought
	runs     []modelRun
}

type modelRun struct {
	token  uint64
	report contactsync.Report
}

type modelClaim struct {
	by    string
	until time.Time
}

var (
	connIDs    = rapid.SampledFrom([]string{"c1", "c2", "c3"})
	linkIDs    = rapid.SampledFrom([]string{"l1", "l10", "l2", "L1", "é", "z"})
	sideIDs    = rapid.SampledFrom([]string{"", "a", "b", "A", "c"})
	hashes     = rapid.SampledFrom([]uint64{0, 1, 2, 3, math.MaxUint64})
	reasons    = rapid.SampledFrom([]conflict.Reason{conflict.Agreed, conflict.Asked, conflict.LostCut})
	phases     = rapid.SampledFrom([]contactsync.Phase{contactsync.Intended, contactsync.Linked, contactsync.Detached, contactsync.Unlinked, contactsync.Distinct})
	workers    = rapid.SampledFrom([]string{"w1", "w2"})
	mailboxes  = rapid.SampledFrom([]contactsync.Mailbox{{Account: "a"}, {Account: "b"}})
	problemIDs = rapid.SampledFrom([]string{"p1", "p2", "p3"})
)

func (m *machine) some(t *rapid.T, label string) time.Time {
	minutes := rapid.IntRange(-5, 20).Draw(t, label)
	if minutes == -5 {
		return time.Time{}
	}
	return m.now.Add(time.Duration(minutes) * time.Minute)
}

func drawSeen(t *rapid.T) conflict.Seen {
	return conflict.Seen{
		Rule:     rapid.SampledFrom([]string{"r1", "r2", "r3"}).Draw(t, "rule"),
		Raw:      [2]uint64{hashes.Draw(t, "raw"), hashes.Draw(t, "raw")},
		Typed:    [2]uint64{hashes.Draw(t, "typed"), hashes.Draw(t, "typed")},
		Version:  uint32(rapid.IntRange(0, 2).Draw(t, "version")),
		Diverged: reasons.Draw(t, "diverged"),
	}
}

func (m *machine) drawLink(t *rapid.T, conn string) contactsync.Link {
	seen := rapid.SliceOfN(rapid.Custom(drawSeen), 0, 3)
	return contactsync.Link{
		ID: linkIDs.Draw(t, "link"), Conn: conn,
		IDs:   [2]string{sideIDs.Draw(t, "crm"), sideIDs.Draw(t, "outlook")},
		Phase: phases.Draw(t, "phase"), Cause: rapid.SampledFrom([]contactsync.Cause{"", contactsync.CauseLeft}).Draw(t, "cause"),
		Target: record.Side(rapid.IntRange(0, 1).Draw(t, "target")), Made: [2]bool{rapid.Bool().Draw(t, "made"), rapid.Bool().Draw(t, "made")},
		Gen: rapid.IntRange(0, 3).Draw(t, "gen"), Revives: sideIDs.Draw(t, "revives"), Since: m.some(t, "since"),
		Version: [2]string{sideIDs.Draw(t, "version"), sideIDs.Draw(t, "version")},
		Seen:    seen.Draw(t, "seen"),
		Pending: [2][]conflict.Seen{seen.Draw(t, "pending"), seen.Draw(t, "pending")},
		Asked:   seen.Draw(t, "asked"),
	}
}

func (m *machine) drawKnown(t *rapid.T) contactsync.Known {
	return contactsync.Known{Candidate: match.Candidate{
		ID:     rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "known"),
		Emails: rapid.SliceOfN(hashes, 0, 3).Draw(t, "emails"), Phones: rapid.SliceOfN(hashes, 0, 2).Draw(t, "phones"),
		Name: match.Name(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) match.Word {
			return match.Word{Full: hashes.Draw(t, "full"), Initial: hashes.Draw(t, "initial")}
		}), 0, 2).Draw(t, "name")),
		Created: m.some(t, "created"), Stranger: rapid.Bool().Draw(t, "stranger"), Elsewhere: rapid.Bool().Draw(t, "elsewhere"),
	}, Orphan: rapid.Bool().Draw(t, "orphan")}
}

func (m *machine) drawProblem(t *rapid.T, conn string) contactsync.Problem {
	return contactsync.Problem{
		ID: problemIDs.Draw(t, "problem"), Conn: conn, Code: contactsync.CodeFailed, RetryAt: m.some(t, "retry"),
		Tries: rapid.IntRange(0, 9).Draw(t, "tries"), Raw: [2]uint64{hashes.Draw(t, "raw"), hashes.Draw(t, "raw")},
	}
}

func (m *machine) drawBatch(t *rapid.T, l contactsync.Lease) contactsync.Batch {
	conn := l.Conn.ID
	b := contactsync.Batch{
		Links:     rapid.SliceOfN(rapid.Custom(func(t *rapid.T) contactsync.Link { return m.drawLink(t, conn) }), 0, 3).Draw(t, "links"),
		DropLinks: rapid.SliceOfN(linkIDs, 0, 2).Draw(t, "dropLinks"),
		Known:     rapid.SliceOfN(rapid.Custom(m.drawKnown), 0, 2).Draw(t, "known"),
		DropKnown: rapid.SliceOfN(sideIDs, 0, 1).Draw(t, "dropKnown"),
		Problems:  rapid.SliceOfN(rapid.Custom(func(t *rapid.T) contactsync.Problem { return m.drawProblem(t, conn) }), 0, 2).Draw(t, "problems"),
		Close:     rapid.SliceOfN(problemIDs, 0, 1).Draw(t, "close"),
		Unclaim:   rapid.SliceOfN(hashes, 0, 1).Draw(t, "unclaim"),
		Release:   rapid.Bool().Draw(t, "release"),
	}
	if rapid.Bool().Draw(t, "wait") {
		b.NotBefore = m.now.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "notBefore")) * time.Minute)
	}
	for _, msg := range l.Messages {
		if rapid.Bool().Draw(t, "done") {
			b.Done = append(b.Done, msg.ID)
		}
	}
	if rapid.Bool().Draw(t, "connection") {
		c := l.Conn
		c.Status, c.Reason = contactsync.Halted, fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "reason"))
		c.Halt = &contactsync.Halt{Count: rapid.IntRange(0, 9).Draw(t, "count")}
		c.Progress.Runs++
		c.Progress.Next = m.now.Add(time.Duration(rapid.IntRange(-1, 9).Draw(t, "next")) * time.Minute)
		b.Connection = &c
	}
	if rapid.Bool().Draw(t, "report") {
		b.Report = &contactsync.Report{Conn: conn, Matched: rapid.IntRange(0, 99).Draw(t, "matched"), Diverged: map[string]int{"cut": 1}}
	}
	b.End = rapid.IntRange(0, 19).Draw(t, "end") == 19
	if rapid.Bool().Draw(t, "extend") {
		b.Extend = m.now.Add(8 * time.Minute)
	}
	return b
}

func (m *machine) put(t *rapid.T) {
	c := contactsync.Connection{
		ID: connIDs.Draw(t, "conn"), Mailbox: mailboxes.Draw(t, "mailbox"), Folder: sideIDs.Draw(t, "folder"),
		Inactive: rapid.Bool().Draw(t, "inactive"), Kind: record.Contact,
	}
	c.Tenant = map[string]string{"c1": "acme", "c2": "acme", "c3": "globex"}[c.ID]
	c.User = map[string]string{"c2": "u1"}[c.ID]
	m.must(m.state.PutConnection(m.t.Context(), c))
	if old := m.conns[c.ID]; old != nil {
		old.Mailbox, old.Folder, old.Inactive = c.Mailbox, c.Folder, c.Inactive
		return
	}
	m.conns[c.ID] = &modelConn{
		Connection: c, token: m.ended[c.ID], links: map[string]contactsync.Link{}, known: map[string]contactsync.Known{}, problems: map[string]contactsync.Problem{},
	}
}

func (m *machine) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) want(what string, want, got any) {
	m.t.Helper()
	if reflect.DeepEqual(want, got) {
		return // what is quick to see
	}
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		m.t.Fatalf("%s mismatch (-model +state):\n%s", what, diff)
	}
}

func (m *machine) acquire(t *rapid.T) {
	id, worker := connIDs.Draw(t, "conn"), workers.Draw(t, "worker")
	l, err := m.state.Acquire(m.t.Context(), id, worker, m.now, 5*time.Minute)
	c := m.conns[id]
	var want error
	if c == nil {
		want = contactsync.ErrNotFound
	} else {
		for _, other := range m.conns {
			locks := other == c || other.mailbox == c.Mailbox.Key()
			if locks && other.worker != worker && other.until.After(m.now) {
				want = contactsync.ErrBusy
			}
		}
	}
	if c != nil && want == nil && m.waits[c.Mailbox.Key()].After(m.now) {
		throttled := (*contactsync.ThrottledError)(nil)
		if !errors.As(err, &throttled) || throttled.RetryAfter != m.waits[c.Mailbox.Key()].Sub(m.now) {
			m.t.Fatalf("Acquire(%s, %s): %v, want a ThrottledError", id, worker, err)
		}
		return
	}
	if !errors.Is(err, want) || (err == nil) != (want == nil) {
		m.t.Fatalf("Acquire(%s, %s): %v, want %v", id, worker, err, want)
	}
	if err != nil {
		return
	}
	c.token++
	c.brought = slices.Clone(c.wakes)
	c.worker, c.mailbox, c.until = worker, c.Mailbox.Key(), m.now.Add(5*time.Minute)
	wantLease := contactsync.Lease{Conn: c.Connection, Worker: worker, Token: c.token, Until: c.until, Messages: c.messages}
	for _, link := range inOrder(c.links) {
		if link.Phase == contactsync.Intended || len(link.Pending[0])+len(link.Pending[1]) > 0 {
			wantLease.Open = append(wantLease.Open, link)
		}
	}
	for _, p := range inOrder(c.problems) {
		if !p.RetryAt.IsZero() && !p.RetryAt.After(m.now) {
			wantLease.Retry = append(wantLease.Retry, p)
		}
	}
	m.want("lease", wantLease, l)
	m.leases = append(m.leases, l)
}

func inOrder[V any](byID map[string]V) []V {
	var list []V
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		list = append(list, byID[id])
	}
	return list
}

func (m *machine) save(t *rapid.T) {
	if len(m.leases) == 0 {
		return
	}
	l := m.leases[rapid.IntRange(max(0, len(m.leases)-4), len(m.leases)-1).Draw(t, "lease")]
	b := m.drawBatch(t, l)
	c := m.conns[l.Conn.ID]
	for n := range rapid.IntRange(1, 2).Draw(t, "times") {
		err := m.state.Save(m.t.Context(), l, b)
		if c == nil || l.Token != c.token || b.End && n > 0 {
			if !errors.Is(err, contactsync.ErrFenced) {
				m.t.Fatalf("Save under an old lease: %v", err)
			}
			if n > 0 {
				break
			}
			return
		}
		m.must(err)
	}
	for _, link := range b.Links {
		c.links[link.ID] = link
	}
	for _, id := range b.DropLinks {
		delete(c.links, id)
	}
	for _, k := range b.Known {
		c.known[k.ID] = k
	}
	for _, id := range b.DropKnown {
		delete(c.known, id)
	}
	for _, p := range b.Problems {
		c.problems[p.ID] = p
	}
	for _, id := range b.Close {
		delete(c.problems, id)
	}
	c.messages = slices.DeleteFunc(slices.Clone(c.messages), func(msg contactsync.Message) bool { return slices.Contains(b.Done, msg.ID) })
	for _, key := range b.Unclaim {
		if m.claims[c.Tenant][key].by == c.ID {
			delete(m.claims[c.Tenant], key)
		}
	}
	if n := b.Connection; n != nil {
		c.Status, c.Reason, c.Halt, c.Progress = n.Status, n.Reason, n.Halt, n.Progress
	}
	if b.Report != nil {
		c.runs = slices.DeleteFunc(c.runs, func(r modelRun) bool { return r.token == l.Token })
		c.runs = append(c.runs, modelRun{l.Token, *b.Report})
	}
	if b.End {
		for key, held := range m.claims[c.Tenant] {
			if held.by == c.ID {
				delete(m.claims[c.Tenant], key)
			}
		}
		m.ended[c.ID] = c.token + 1
		delete(m.conns, c.ID)
	}
	if !c.until.IsZero() && !b.Extend.IsZero() {
		c.until = b.Extend
	}
	if mailbox := l.Conn.Mailbox.Key(); b.NotBefore.After(m.waits[mailbox]) {
		m.waits[mailbox] = b.NotBefore
	}
	if b.Release && !c.until.IsZero() {
		c.until, c.mailbox, c.worker = time.Time{}, "", ""
		c.wakes = slices.DeleteFunc(slices.Clone(c.wakes), func(id string) bool { return slices.Contains(c.brought, id) })
	}
	c.wakes = slices.DeleteFunc(slices.Clone(c.wakes), func(id string) bool { return slices.Contains(b.Done, id) })
}

func (m *machine) post(t *rapid.T) {
	msg := contactsync.Message{Conn: connIDs.Draw(t, "conn"), CRMIDs: rapid.SliceOfN(sideIDs, 1, 2).Draw(t, "ids")}
	if rapid.Bool().Draw(t, "made") {
		msg.CRMIDs, msg.Made = nil, msg.CRMIDs
	}
	err := m.state.Post(m.t.Context(), msg)
	c := m.conns[msg.Conn]
	if c == nil {
		if !errors.Is(err, contactsync.ErrNotFound) {
			m.t.Fatalf("Post to no connection: %v", err)
		}
		return
	}
	m.must(err)
	l := m.peek(msg.Conn)
	msg.ID = l.Messages[len(l.Messages)-1].ID
	c.messages = append(slices.Clone(c.messages), msg)
	if msg.Made == nil {
		c.wakes = append(slices.Clone(c.wakes), msg.ID)
	}
}

// peek reads the messages of a connection from a copy of the State, in which nobody holds a lease any more.
func (m *machine) peek(conn string) contactsync.Lease {
	clone := memstore.NewState()
	m.must(reload(m.state, clone))
	l, err := clone.Acquire(m.t.Context(), conn, "peek", m.now.Add(time.Hour), time.Minute)
	m.must(err)
	return l
}

func (m *machine) claim(t *rapid.T) {
	tenant := rapid.SampledFrom([]string{"acme", "globex"}).Draw(t, "tenant")
	by, keys := connIDs.Draw(t, "by"), rapid.SliceOfNDistinct(hashes, 0, 3, rapid.ID).Draw(t, "keys")
	until := m.now.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "for")) * time.Minute)
	refused, err := m.state.Claim(m.t.Context(), tenant, by, keys, m.now, until)
	m.must(err)
	if m.claims[tenant] == nil {
		m.claims[tenant] = map[uint64]modelClaim{}
	}
	var want []uint64
	for _, key := range keys {
		if c, taken := m.claims[tenant][key]; taken && c.by != by && c.until.After(m.now) {
			want = append(want, key)
		} else {
			m.claims[tenant][key] = modelClaim{by, until}
		}
	}
	m.want("refused claims", want, refused)
}

// snapshot goes on with a State that was saved and loaded.
func (m *machine) snapshot(*rapid.T) {
	loaded := memstore.NewState()
	m.must(reload(m.state, loaded))
	m.state = loaded
}

// compare reads everything of one connection, and what tenants have.
func (m *machine) compare(t *rapid.T) {
	ctx := m.t.Context()
	ids := []string{"", "a", "b", "A", "c", "nobody"}
	m.compareDue(rapid.IntRange(0, 3).Draw(t, "due"))
	linked := map[string][]string{}
	look := connIDs.Draw(t, "look")
	for id, c := range m.conns {
		if slices.ContainsFunc(inOrder(c.links), func(l contactsync.Link) bool { return l.IDs[record.CRM] == "a" }) {
			linked[c.Tenant] = append(linked[c.Tenant], id)
		}
		if id != look {
			continue
		}
		got, err := m.state.Connection(ctx, id)
		m.must(err)
		m.want("Connection", c.Connection, got)

		n, after := rapid.IntRange(0, 4).Draw(t, "n"), linkIDs.Draw(t, "after")
		page, err := m.state.Links(ctx, id, after, n)
		m.must(err)
		rest := slices.DeleteFunc(inOrder(c.links), func(l contactsync.Link) bool { return l.ID <= after })
		m.want("Links", rest[:min(n, len(rest))], page)
		all, err := m.state.Links(ctx, id, "", 100)
		m.must(err)
		m.want("Links", inOrder(c.links), all)

		count := 0
		for _, l := range c.links {
			if l.Phase == contactsync.Linked {
				count++
			}
		}
		gotCount, err := m.state.CountLinks(ctx, id)
		m.must(err)
		m.want("CountLinks", count, gotCount)
		m.compareLookups(id, c, ids)

		problems, err := m.state.Problems(ctx, id)
		m.must(err)
		m.want("Problems", inOrder(c.problems), problems)
		runs, err := m.state.Runs(ctx, id, 2)
		m.must(err)
		var reports []contactsync.Report
		for _, r := range slices.Backward(c.runs) {
			if len(reports) < 2 {
				reports = append(reports, r.report)
			}
		}
		m.want("Runs", reports, runs)
	}
	for _, tenant := range []string{"acme", "globex"} {
		got, err := m.state.LinkedTo(ctx, tenant, []string{"a", "nobody"})
		m.must(err)
		m.want("LinkedTo", slices.Sorted(slices.Values(linked[tenant])), got)
		conns, err := m.state.Connections(ctx, tenant)
		m.must(err)
		var want []contactsync.Connection
		for _, c := range inOrder(m.conns) {
			if c.Tenant == tenant {
				want = append(want, c.Connection)
			}
		}
		m.want("Connections", want, conns)
		for _, user := range []string{"", "u1"} {
			of, err := m.state.ConnectionsOf(ctx, tenant, user)
			m.must(err)
			m.want("ConnectionsOf", slices.DeleteFunc(slices.Clone(want), func(c contactsync.Connection) bool { return c.User != user }), of)
		}
	}
}

func (m *machine) compareDue(n int) {
	got, err := m.state.Due(m.t.Context(), m.now, n)
	m.must(err)
	var due []*modelConn
	for _, c := range inOrder(m.conns) {
		free := !m.waits[c.Mailbox.Key()].After(m.now)
		for _, other := range m.conns {
			free = free && (other != c && other.mailbox != c.Mailbox.Key() || !other.until.After(m.now))
		}
		if free && !c.Inactive && (len(c.wakes) > 0 || !c.Progress.Next.After(m.now)) {
			due = append(due, c)
		}
	}
	slices.SortStableFunc(due, func(a, b *modelConn) int { return a.Progress.Next.Compare(b.Progress.Next) })
	var want []string
	for _, c := range due[:min(n, len(due))] {
		want = append(want, c.ID)
	}
	m.want("Due", want, got)
}

func (m *machine) compareLookups(id string, c *modelConn, ids []string) {
	ctx := m.t.Context()
	for side := range record.Side(2) {
		got, err := m.state.LinksOf(ctx, id, side, ids)
		m.must(err)
		slices.SortFunc(got, func(a, b contactsync.Link) int { return cmp.Compare(a.ID, b.ID) })
		want := slices.DeleteFunc(inOrder(c.links), func(l contactsync.Link) bool { return l.IDs[side] == "" })
		m.want("LinksOf", want, got)
	}
	for _, keys := range [][]uint64{{1}, {0, 2, math.MaxUint64}, {1, 2}, {99}} {
		got, err := m.state.KnownBy(ctx, id, keys)
		m.must(err)
		slices.SortFunc(got, func(a, b contactsync.Known) int { return cmp.Compare(a.ID, b.ID) })
		want := slices.DeleteFunc(inOrder(c.known), func(k contactsync.Known) bool {
			return !slices.ContainsFunc(slices.Concat(k.Emails, k.Phones), func(h uint64) bool { return slices.Contains(keys, h) })
		})
		m.want("KnownBy", want, got)
	}
	got, err := m.state.KnownOf(ctx, id, ids)
	m.must(err)
	slices.SortFunc(got, func(a, b contactsync.Known) int { return cmp.Compare(a.ID, b.ID) })
	m.want("KnownOf", inOrder(c.known), got)
}
