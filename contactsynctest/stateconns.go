package contactsynctest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	rulePut      = "PutConnection creates a connection, or updates what the host sets up of one (Mailbox, Folder, Inactive); what the engine keeps is left alone."
	ruleConn     = "Connection returns a connection; [ErrNotFound] when there is none."
	ruleConns    = "Connections returns the connections of the tenant, in order of id."
	ruleConnsOf  = "ConnectionsOf returns the connections of one user of the tenant, in order of id."
	ruleIsolated = "What people decide is posted without a lease."
)

var connectionChecks = []check[*stateSession]{
	{"PutConnection", []string{rulePut, ruleConn}, (*stateSession).checkPut},
	{"PutConnection/again", []string{rulePut}, (*stateSession).checkPutAgain},
	{"Connections", []string{ruleConns}, (*stateSession).checkConnections},
	{"ConnectionsOf", []string{ruleConnsOf}, (*stateSession).checkConnectionsOf},
	{"many connections at once", []string{ruleStateSafe, ruleIsolated}, (*stateSession).checkManyAtOnce},
}

func (s *stateSession) checkPut() {
	c := contactsync.Connection{
		ID: longID("c"), Tenant: "ącme \"1\"", User: "u'17", Kind: record.Contact, Folder: longID("AAMkAD"), Inactive: true,
		Mailbox: contactsync.Mailbox{Account: "acc", User: "zoë@example.com", Cloud: "https://graph.example"},
		Status:  contactsync.Idle,
	}
	s.put(c)
	s.want("Connection", c, s.stored(c.ID))
	if _, err := s.state.Connection(s.Context(), c.ID[:599]); !errors.Is(err, contactsync.ErrNotFound) {
		s.Errorf("Connection that does not exist: error %v, want ErrNotFound", err)
	}
}

func (s *stateSession) checkPutAgain() {
	l := s.lease("c1")
	kept := progressed(l.Conn, 4)
	s.save(l, contactsync.Batch{Connection: &kept, Links: []contactsync.Link{sampleLink("c1", "l1")}})
	host := l.Conn
	host.Mailbox, host.Folder, host.Inactive = contactsync.Mailbox{Account: "another"}, "another", true
	s.put(host)
	want := kept
	want.Mailbox, want.Folder, want.Inactive = host.Mailbox, host.Folder, true
	s.want("Connection after the host put it again", want, s.stored("c1"))
	s.wantLinks("after the host put the connection again", "c1", sampleLink("c1", "l1"))
	s.save(l, contactsync.Batch{}) // the lease is left alone too
	host.Inactive = false
	s.put(host)
	want.Inactive = false
	s.want("Connection after the host switched it on again", want, s.stored("c1"))
}

func (s *stateSession) checkConnections() {
	var want []contactsync.Connection
	for _, id := range []string{"B", "a", "c"} {
		want = append(want, contactsync.Connection{ID: id, Tenant: "acme", Kind: record.Contact})
	}
	for _, i := range []int{2, 0, 1} {
		s.put(want[i])
	}
	s.put(contactsync.Connection{ID: "b", Tenant: "globex", Kind: record.Contact})
	got, err := s.state.Connections(s.Context(), "acme")
	s.must("Connections", err)
	s.want("Connections", want, got)
	got, err = s.state.Connections(s.Context(), "nobody")
	s.must("Connections of a tenant without any", err)
	s.want("Connections of a tenant without any", []contactsync.Connection{}, got)
}

func (s *stateSession) checkConnectionsOf() {
	all := map[string]contactsync.Connection{}
	for _, of := range [][3]string{{"b", "acme", "ann"}, {"B", "acme", "ann"}, {"c", "acme", "bob"}, {"d", "globex", "ann"}, {"e", "acme", "Ann"}, {"f", "acme", "ann "}} {
		all[of[0]] = contactsync.Connection{ID: of[0], Tenant: of[1], User: of[2], Kind: record.Contact, Folder: "folder"}
		s.put(all[of[0]])
	}
	want := func(tenant, user string, ids ...string) {
		s.Helper()
		conns := []contactsync.Connection{}
		for _, id := range ids {
			conns = append(conns, all[id])
		}
		got, err := s.state.ConnectionsOf(s.Context(), tenant, user)
		s.must("ConnectionsOf", err)
		s.want(fmt.Sprintf("ConnectionsOf %q of %q", user, tenant), conns, append([]contactsync.Connection{}, got...))
	}
	want("acme", "ann", "B", "b")
	want("acme", "bob", "c")
	want("globex", "ann", "d")
	want("globex", "bob")
	want("nobody", "ann")
	want("acme", "")
	s.save(s.acquire("B", "worker", noon), contactsync.Batch{End: true})
	want("acme", "ann", "b")
}

// checkManyAtOnce: work on one connection is neither lost nor seen in another, whoever works beside.
func (s *stateSession) checkManyAtOnce() {
	const conns, rounds = 4, 12
	for i := range conns {
		s.connection(fmt.Sprintf("c%d", i))
	}
	errs := make([]error, 2*conns)
	var wg sync.WaitGroup
	for i := range conns {
		id := fmt.Sprintf("c%d", i)
		wg.Go(func() { errs[i] = s.work(id, rounds) })
		wg.Go(func() {
			for n := range rounds {
				m := contactsync.Message{Conn: id, CRMIDs: []string{fmt.Sprint(n)}}
				errs[conns+i] = errors.Join(errs[conns+i], s.state.Post(s.Context(), m))
			}
		})
	}
	wg.Wait()
	s.must("work on four connections at once", errors.Join(errs...))
	for i := range conns {
		id := fmt.Sprintf("c%d", i)
		var want []contactsync.Link
		for n := range rounds {
			want = append(want, sampleLink(id, fmt.Sprintf("l%02d", n)))
		}
		s.wantLinks("after work on four connections at once", id, want...)
		s.wantCount("after work on four connections at once", id, rounds)
		if l := s.acquire(id, "last", noon); len(l.Messages) != rounds {
			s.Errorf("Acquire after %d posts beside the work: %d messages", rounds, len(l.Messages))
		}
	}
}

func (s *stateSession) work(conn string, rounds int) error {
	for n := range rounds {
		l, err := s.state.Acquire(s.Context(), conn, "worker of "+conn, noon, ttl)
		if err != nil {
			return err
		}
		link := sampleLink(conn, fmt.Sprintf("l%02d", n))
		if err := s.state.Save(s.Context(), l, contactsync.Batch{Links: []contactsync.Link{link}, Release: true}); err != nil {
			return err
		}
		found, err := s.state.LinksOf(s.Context(), conn, record.CRM, link.IDs[:1])
		if err != nil {
			return err
		}
		if len(found) != 1 {
			return fmt.Errorf("LinksOf after a save: %d links, want the one saved", len(found))
		}
	}
	return nil
}
