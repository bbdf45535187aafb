package contactsynctest

import (
	"errors"
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleDue       = "Due returns up to n ids of the connections of all tenants that are due at now: those whose Progress.Next is not after now, and those that a message wakes ([Message.Wakes]) until a lease that brought it is given back."
	ruleDueOrder  = "They come in order of Progress.Next, the longest due first, and of id."
	ruleDueNot    = "Left out are those that are Inactive, those that a worker holds at now or whose mailbox one does, and those whose mailbox has a NotBefore after now."
	ruleThrottled = "[*ThrottledError] with the time that is left, and no lease, before the NotBefore of the mailbox."
	ruleNotBefore = "NotBefore, when not zero, is the moment before which nobody is to work on the connection's mailbox: a service has asked to wait."
	ruleLater     = "An earlier one than the mailbox has changes nothing."
)

var dueChecks = []check[*stateSession]{
	{"Due", []string{ruleDue, ruleDueOrder}, (*stateSession).checkDue},
	{"Due/messages", []string{ruleDue}, (*stateSession).checkDueMessages},
	{"Due/left out", []string{ruleDueNot}, (*stateSession).checkDueNot},
	{"Save/not before", []string{ruleThrottled, ruleNotBefore, ruleLater, ruleDueNot}, (*stateSession).checkNotBefore},
}

// due makes a connection whose next run is due at a moment.
func (s *stateSession) due(id, tenant string, next time.Time) {
	s.Helper()
	c := contactsync.Connection{ID: id, Tenant: tenant, Kind: "contact", Mailbox: contactsync.Mailbox{Account: "account of " + id}}
	s.put(c)
	l := s.acquire(id, "worker", noon.Add(-time.Hour))
	c.Progress.Next = next
	s.save(l, contactsync.Batch{Connection: &c, Release: true})
}

func (s *stateSession) wantDue(what string, now time.Time, n int, want ...string) {
	s.Helper()
	got, err := s.state.Due(s.Context(), now, n)
	s.must("Due", err)
	s.want(what+": Due", append([]string{}, want...), append([]string{}, got...))
}

func (s *stateSession) checkDue() {
	s.wantDue("without connections", noon, 5)
	s.due("b", "acme", noon.Add(-time.Minute))
	s.due("a", "globex", noon.Add(-time.Minute))
	s.due("later", "acme", noon.Add(time.Minute))
	s.due("now", "acme", noon)
	s.due("long", "acme", noon.Add(-time.Hour))
	s.connection("never run")
	s.wantDue("at noon", noon, 10, "never run", "long", "a", "b", "now")
	s.wantDue("a second before", noon.Add(-time.Second), 10, "never run", "long", "a", "b")
	s.wantDue("a minute after", noon.Add(time.Minute), 10, "never run", "long", "a", "b", "now", "later")
	s.wantDue("with n = 2", noon, 2, "never run", "long")
}

func (s *stateSession) checkDueMessages() {
	next := noon.Add(time.Hour)
	for i, m := range []contactsync.Message{
		{},
		{CRMIDs: []string{"a"}},
		{OutlookIDs: []string{"a"}, Made: []string{"b"}},
		{Full: [2]bool{false, true}},
		{Decision: &contactsync.PersonDecision{Problem: "p"}},
		{Resume: &contactsync.Resume{Answer: contactsync.AnswerWait}},
	} {
		m.Conn = fmt.Sprintf("c%d", i)
		s.due(m.Conn, "acme", next)
		s.must("Post", s.state.Post(s.Context(), m))
	}
	s.due("made", "acme", next)
	s.must("Post", s.state.Post(s.Context(), contactsync.Message{Conn: "made", Made: []string{"item"}}))
	s.wantDue("with messages", noon, 10, "c0", "c1", "c2", "c3", "c4", "c5")

	// The messages of c0 are brought by a lease: dealt with or not, they wake nobody once it is given back. One posted meanwhile does.
	l := s.acquire("c0", "worker", noon)
	s.save(l, contactsync.Batch{Release: true})
	l = s.acquire("c1", "worker", noon)
	s.must("Post", s.state.Post(s.Context(), contactsync.Message{Conn: "c1", CRMIDs: []string{"late"}}))
	s.save(l, contactsync.Batch{Done: []string{l.Messages[0].ID}, Release: true})
	lost := s.acquire("c2", "worker", noon)
	s.save(lost, contactsync.Batch{Extend: noon.Add(time.Minute)}) // and never heard of again
	s.wantDue("after leases that brought messages", noon.Add(2*time.Minute), 10, "c1", "c2", "c3", "c4", "c5")
}

func (s *stateSession) checkDueNot() {
	past := noon.Add(-time.Minute)
	for _, id := range []string{"free", "held", "beside", "off"} {
		s.due(id, "acme", past)
	}
	shared := contactsync.Mailbox{Account: "account of held"}
	s.put(contactsync.Connection{ID: "beside", Tenant: "acme", Mailbox: shared})
	s.put(contactsync.Connection{ID: "off", Tenant: "acme", Mailbox: contactsync.Mailbox{Account: "account of off"}, Inactive: true})
	s.wantDue("one switched off", noon, 10, "beside", "free", "held")
	l := s.acquire("held", "worker", noon)
	s.wantDue("one at work", noon, 10, "free")
	s.wantDue("once its lease has run out", noon.Add(ttl), 10, "beside", "free", "held")
	s.save(l, contactsync.Batch{Release: true})
	s.wantDue("once its lease is given back", noon, 10, "beside", "free", "held")
}

func (s *stateSession) checkNotBefore() {
	past := noon.Add(-time.Minute)
	s.due("a", "acme", past)
	s.due("b", "globex", past)
	s.due("other", "acme", past)
	s.put(contactsync.Connection{ID: "b", Tenant: "globex", Mailbox: contactsync.Mailbox{Account: "account of a"}})
	l := s.acquire("a", "worker", noon)
	s.save(l, contactsync.Batch{NotBefore: noon.Add(10 * time.Minute)})
	s.save(l, contactsync.Batch{NotBefore: noon.Add(5 * time.Minute), Release: true})
	s.wantDue("a mailbox that is not to be worked on", noon, 10, "other")
	for _, id := range []string{"a", "b"} {
		_, err := s.state.Acquire(s.Context(), id, "another", noon.Add(time.Minute), ttl)
		var throttled *contactsync.ThrottledError
		if !errors.As(err, &throttled) || throttled.RetryAfter != 9*time.Minute {
			s.Errorf("Acquire of %q a minute after the mailbox was to be left alone for ten: error %v, want a ThrottledError with RetryAfter 9m", id, err)
		}
	}
	s.wantDue("once the time is over", noon.Add(10*time.Minute), 10, "a", "b", "other")
	s.acquire("b", "another", noon.Add(10*time.Minute))
}
