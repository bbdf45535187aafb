package contactsynctest

import (
	"errors"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	ruleEnd      = "End, done after the rest, ends the connection: nothing of it is kept, its claims and what its lease locks included, and every method answers as if it had never been."
	ruleEndAgain = "Put anew, it begins with nothing, and its leases have greater tokens than before."
)

var endChecks = []check[*stateSession]{
	{"End", []string{ruleEnd}, (*stateSession).checkEnd},
	{"End/its lease", []string{ruleEnd}, (*stateSession).checkEndLease},
	{"End/journal", []string{ruleEnd}, journaling((*stateSession).checkEndJournal)},
	{"End/put anew", []string{ruleEndAgain}, (*stateSession).checkEndAgain},
}

// filled makes a connection of which everything is remembered, and returns the lease it was saved under.
func (s *stateSession) filled(id string) contactsync.Lease {
	s.Helper()
	s.connection(id)
	s.must("Post", s.state.Post(s.Context(), contactsync.Message{Conn: id, CRMIDs: []string{"crm of l1"}}))
	l := s.acquire(id, "worker of "+id, noon)
	report, kept := sampleReport(id, 1), progressed(l.Conn, 4)
	s.save(l, contactsync.Batch{
		Links: []contactsync.Link{sampleLink(id, "l1")}, Known: []contactsync.Known{sampleKnown("i1", 7)},
		Problems: []contactsync.Problem{sampleProblem(id, "p1")}, Report: &report, Connection: &kept,
	})
	refused, err := s.state.Claim(s.Context(), "acme", id, []uint64{uint64(len(id))}, noon, noon.Add(time.Hour))
	if err != nil || len(refused) > 0 {
		s.Fatalf("Claim: %v, refused %v", err, refused)
	}
	return l
}

func (s *stateSession) checkEnd() {
	other := s.filled("other")
	l := s.filled("c1")
	s.save(l, contactsync.Batch{
		Links: []contactsync.Link{sampleLink("c1", "l2")}, Known: []contactsync.Known{sampleKnown("i2")},
		Problems: []contactsync.Problem{sampleProblem("c1", "p2")}, End: true,
	})
	s.wantNothing("c1")
	for what, err := range map[string]error{
		"Connection": second(s.state.Connection(s.Context(), "c1")),
		"Post":       s.state.Post(s.Context(), contactsync.Message{Conn: "c1"}),
		"Acquire":    second(s.state.Acquire(s.Context(), "c1", "another", noon.Add(time.Hour), ttl)),
	} {
		if !errors.Is(err, contactsync.ErrNotFound) {
			s.Errorf("%s of a connection that has ended: error %v, want ErrNotFound", what, err)
		}
	}
	conns, err := s.state.Connections(s.Context(), "acme")
	s.must("Connections", err)
	s.want("Connections after one has ended", []contactsync.Connection{s.stored("other")}, conns)
	s.wantLinks("in another connection", "other", sampleLink("other", "l1"))
	s.wantProblems("in another connection", "other", sampleProblem("other", "p1"))
	s.want("KnownOf in another connection", []contactsync.Known{sampleKnown("i1", 7)}, s.knownOf("other", "i1"))
	s.save(other, contactsync.Batch{Release: true})
	refused, err := s.state.Claim(s.Context(), "acme", "other", []uint64{uint64(len("c1"))}, noon, noon.Add(time.Hour))
	if err != nil || len(refused) > 0 {
		s.Errorf("Claim of what a connection that has ended had claimed: %v, refused %v; want it granted", err, refused)
	}
}

func second[T any](_ T, err error) error { return err }

// wantNothing fails if anything is known of the connection.
func (s *stateSession) wantNothing(conn string) {
	s.Helper()
	s.wantLinks("of a connection that has ended", conn)
	s.wantCount("of a connection that has ended", conn, 0)
	s.wantProblems("of a connection that has ended", conn)
	s.wantRuns("of a connection that has ended", conn, 5)
	s.want("KnownOf a connection that has ended", []contactsync.Known{}, s.knownOf(conn, "i1", "i2"))
	s.want("KnownBy of a connection that has ended", []contactsync.Known{}, s.knownBy(conn, 7))
	links, err := s.state.LinksOf(s.Context(), conn, record.CRM, []string{"crm of l1", "crm of l2"})
	s.must("LinksOf", err)
	s.want("LinksOf a connection that has ended", []contactsync.Link{}, links)
	linked, err := s.state.LinkedTo(s.Context(), "acme", []string{"crm of l1"})
	s.must("LinkedTo", err)
	s.want("LinkedTo after a connection has ended", []string{"other"}, linked)
	labels, err := s.state.Labels(s.Context(), "acme", "u17", []string{"crm of l1", "crm of p1"})
	s.must("Labels", err)
	for _, l := range labels {
		if l.Conn == conn {
			s.Errorf("Labels of a connection that has ended: %+v", l)
		}
	}
	due, err := s.state.Due(s.Context(), noon.AddDate(1, 0, 0), 10)
	s.must("Due", err)
	for _, id := range due {
		if id == conn {
			s.Errorf("Due names a connection that has ended")
		}
	}
}

func (s *stateSession) checkEndLease() {
	l := s.filled("c1")
	beside := s.connection("beside")
	beside.Mailbox = l.Conn.Mailbox
	s.put(beside)
	s.wantBusy("beside", "another", noon, "the other connection of the mailbox is held")
	s.save(l, contactsync.Batch{End: true})
	s.wantFenced(l, contactsync.Batch{Links: []contactsync.Link{sampleLink("c1", "l3")}}, "of a connection that has ended")
	s.wantLinks("after a save to a connection that has ended", "c1")
	s.acquire("beside", "another", noon)
}

func (s *stateSession) checkEndJournal(j contactsync.Journal) {
	l := s.filled("c1")
	s.save(l, contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(7, 1)}})
	s.save(l, contactsync.Batch{End: true})
	s.wantJournal(j, "of a connection that has ended", "c1")
	s.wantEntries(j, "of a connection that has ended", "c1", 7, 0, 10)
}

func (s *stateSession) checkEndAgain() {
	old := s.filled("c1")
	s.save(old, contactsync.Batch{Release: true})
	last := s.acquire("c1", "worker", noon)
	s.save(last, contactsync.Batch{End: true})
	fresh := last.Conn
	fresh.Tenant, fresh.User, fresh.Folder, fresh.Mailbox.Account = "globex", "another", "another", "another"
	fresh.Status, fresh.Reason, fresh.Halt, fresh.Progress = contactsync.Idle, "", nil, contactsync.Progress{}
	s.put(fresh)
	s.want("Connection put anew after it had ended", fresh, s.stored("c1"))
	s.wantLinks("of a connection put anew", "c1")
	s.wantFenced(last, contactsync.Batch{}, "from before a connection was put anew")
	l := s.acquire("c1", "worker", noon)
	if l.Token <= last.Token {
		s.Errorf("Acquire of a connection put anew: token %d, want one greater than %d", l.Token, last.Token)
	}
	s.want("messages of a connection put anew", 0, len(l.Messages))
	s.wantFenced(old, contactsync.Batch{}, "from before a connection was put anew")
	s.save(l, contactsync.Batch{Links: []contactsync.Link{sampleLink("c1", "l9")}, Release: true})
	s.wantLinks("of a connection put anew", "c1", sampleLink("c1", "l9"))
}
