package contactsynctest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// State checks that a State keeps its contract, and that of a Journal where it is one. newState returns one for each check, which remembers nothing yet.
func State(t *testing.T, newState func(t *testing.T) contactsync.State) {
	t.Helper()
	for _, c := range stateChecks {
		t.Run(c.name, func(t *testing.T) {
			defer c.show(t)
			c.run(&stateSession{TB: t, state: newState(t)})
		})
	}
}

var stateChecks = concat(leaseChecks, saveChecks, linkChecks, knownChecks, claimChecks, connectionChecks, dueChecks, labelChecks, answerChecks, eraseChecks, endChecks, journalChecks)

// stateSession is one check's way to a State. Its methods end the check when a call fails that must not.
type stateSession struct {
	testing.TB
	state contactsync.State
}

// noon is when the checks begin. What the engine saves has times like it; no clock is read.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

const ttl = 5 * time.Minute

// connection makes a connection of tenant acme with a mailbox of its own.
func (s *stateSession) connection(id string) contactsync.Connection {
	s.Helper()
	c := contactsync.Connection{
		ID: id, Tenant: "acme", User: "u17", Kind: record.Contact, Folder: "folder of " + id,
		Mailbox: contactsync.Mailbox{Account: "account of " + id, User: id + "@example.com"},
	}
	s.put(c)
	return c
}

func (s *stateSession) put(c contactsync.Connection) {
	s.Helper()
	s.must("PutConnection", s.state.PutConnection(s.Context(), c))
}

// stored is the connection as the State has it.
func (s *stateSession) stored(id string) contactsync.Connection {
	s.Helper()
	c, err := s.state.Connection(s.Context(), id)
	s.must("Connection", err)
	return c
}

func (s *stateSession) must(call string, err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v", call, err)
	}
}

func (s *stateSession) acquire(conn, worker string, now time.Time) contactsync.Lease {
	s.Helper()
	l, err := s.state.Acquire(s.Context(), conn, worker, now, ttl)
	if err != nil {
		s.Fatalf("Acquire of %q by %q: %v", conn, worker, err)
	}
	return l
}

// lease makes a connection and takes its lease.
func (s *stateSession) lease(conn string) contactsync.Lease {
	s.Helper()
	s.connection(conn)
	return s.acquire(conn, "worker", noon)
}

func (s *stateSession) save(l contactsync.Lease, b contactsync.Batch) {
	s.Helper()
	s.must("Save", s.state.Save(s.Context(), l, b))
}

// wantBusy fails unless the lease is refused because somebody has it.
func (s *stateSession) wantBusy(conn, worker string, now time.Time, why string) {
	s.Helper()
	if _, err := s.state.Acquire(s.Context(), conn, worker, now, ttl); !errors.Is(err, contactsync.ErrBusy) {
		s.Errorf("Acquire of %q by %q while %s: error %v, want ErrBusy", conn, worker, why, err)
	}
}

// wantFenced fails unless the lease is refused for good.
func (s *stateSession) wantFenced(l contactsync.Lease, b contactsync.Batch, why string) {
	s.Helper()
	if err := s.state.Save(s.Context(), l, b); !errors.Is(err, contactsync.ErrFenced) {
		s.Errorf("Save by %q %s: error %v, want ErrFenced", l.Worker, why, err)
	}
}

func (s *stateSession) want(what string, want, got any) {
	s.Helper()
	if d := diff(want, got); d != "" {
		s.Errorf("%s:%s", what, d)
	}
}

// wantLinks holds the links of the connection against those expected, in order of id.
func (s *stateSession) wantLinks(what, conn string, want ...contactsync.Link) {
	s.Helper()
	got, err := s.state.Links(s.Context(), conn, "", len(want)+10)
	s.must("Links", err)
	s.want(what+": Links", want, got)
}

func (s *stateSession) wantProblems(what, conn string, want ...contactsync.Problem) {
	s.Helper()
	got, err := s.state.Problems(s.Context(), conn)
	s.must("Problems", err)
	s.want(what+": Problems", want, got)
}

func (s *stateSession) wantRuns(what, conn string, n int, want ...contactsync.Report) {
	s.Helper()
	got, err := s.state.Runs(s.Context(), conn, n)
	s.must("Runs", err)
	s.want(fmt.Sprintf("%s: Runs with n = %d", what, n), want, got)
}
