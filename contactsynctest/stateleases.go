package contactsynctest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleAcquire   = "Acquire takes the lease of the connection and of its mailbox for ttl from now, in one step, and returns it with the connection and its due work."
	ruleBusy      = "[ErrBusy] when another worker holds either and its lease has not run out at now; [ErrNotFound] when there is no such connection."
	ruleToken     = "Each lease has a token greater than every earlier one of the connection."
	ruleStateSafe = "All methods must be safe for concurrent use, from several processes where the storage allows it."
	ruleOpen      = "Open are the links in phase Intended, and those with Pending fingerprints, in order of id."
	ruleRetry     = "Retry are the open problems whose RetryAt has come at now, in order of id."
	ruleMessages  = "Messages were posted since the last run; the batch that has dealt with them names them in Done."
	rulePost      = "Post leaves a message for the next run of its connection, without a lease."
	rulePostNone  = "[ErrNotFound] when there is no such connection."
	ruleExtend    = "Extend, when not zero, is the lease's new end."
	ruleRelease   = "Release gives it back."
)

var leaseChecks = []check[*stateSession]{
	{"Acquire/a lease", []string{ruleAcquire, ruleBusy}, (*stateSession).checkAcquire},
	{"Acquire/busy", []string{ruleBusy, ruleToken}, (*stateSession).checkBusy},
	{"Acquire/mailbox", []string{ruleAcquire, ruleBusy}, (*stateSession).checkMailbox},
	{"Acquire/at once", []string{ruleAcquire, ruleStateSafe}, (*stateSession).checkAcquireAtOnce},
	{"Acquire/one mailbox at once", []string{ruleAcquire, ruleStateSafe}, (*stateSession).checkMailboxAtOnce},
	{"Acquire/open links", []string{ruleOpen}, (*stateSession).checkOpen},
	{"Acquire/problems to try again", []string{ruleRetry}, (*stateSession).checkRetry},
	{"Acquire/messages", []string{ruleMessages, rulePost, rulePostNone}, (*stateSession).checkMessages},
	{"Save/extend and release", []string{ruleExtend, ruleRelease}, (*stateSession).checkExtend},
}

func (s *stateSession) checkAcquire() {
	s.connection("c1")
	l := s.acquire("c1", "worker", noon)
	s.want("Acquire: Conn", s.stored("c1"), l.Conn)
	if l.Worker != "worker" || l.Token == 0 || !l.Until.Equal(noon.Add(ttl)) {
		s.Errorf("Acquire: worker %q, token %d, until %v; want %q, a token, and %v", l.Worker, l.Token, l.Until, "worker", noon.Add(ttl))
	}
	if len(l.Open)+len(l.Retry)+len(l.Messages) > 0 {
		s.Errorf("Acquire of a new connection: %d open links, %d problems, %d messages; want none", len(l.Open), len(l.Retry), len(l.Messages))
	}
	s.save(l, contactsync.Batch{Connection: ptr(progressed(l.Conn, 1)), Release: true})
	s.want("Acquire after a run: Conn", progressed(s.stored("c1"), 1), s.acquire("c1", "worker", noon).Conn)
	if _, err := s.state.Acquire(s.Context(), "no such connection", "worker", noon, ttl); !errors.Is(err, contactsync.ErrNotFound) {
		s.Errorf("Acquire of a connection that does not exist: error %v, want ErrNotFound", err)
	}
}

func ptr[T any](v T) *T { return &v }

func (s *stateSession) checkBusy() {
	s.connection("c1")
	first := s.acquire("c1", "one", noon)
	s.wantBusy("c1", "two", noon, "another worker has just taken it")
	s.wantBusy("c1", "two", noon.Add(ttl-time.Second), "another worker's lease has a second left")
	second := s.acquire("c1", "two", noon.Add(ttl))
	if second.Token <= first.Token {
		s.Errorf("Acquire after a lease ran out: token %d, want one greater than %d", second.Token, first.Token)
	}
	s.wantBusy("c1", "one", noon.Add(ttl+time.Second), "another worker took over")
	s.save(second, contactsync.Batch{Release: true})
	third := s.acquire("c1", "one", noon.Add(ttl+time.Second))
	if third.Token <= second.Token {
		s.Errorf("Acquire after a release: token %d, want one greater than %d; tokens are never used again", third.Token, second.Token)
	}
	again := s.acquire("c1", "one", noon.Add(ttl+time.Second)) // the same worker, which has lost its memory
	if again.Token <= third.Token {
		s.Errorf("Acquire by the worker that has it: token %d, want one greater than %d", again.Token, third.Token)
	}
	s.wantFenced(third, contactsync.Batch{}, "with a lease that its own worker took anew")
}

func (s *stateSession) checkMailbox() {
	a := s.connection("a")
	b, other, abroad := a, a, a
	b.ID, b.Folder = "b", "another folder"
	other.ID, other.Mailbox.User = "other", "somebody.else@example.com"
	abroad.ID, abroad.Mailbox.Cloud = "abroad", "https://graph.example"
	s.put(b)
	s.put(other)
	s.put(abroad)

	l := s.acquire("a", "one", noon)
	s.wantBusy("b", "two", noon, "another worker has another connection of its mailbox")
	s.acquire("other", "two", noon)
	s.acquire("abroad", "three", noon)
	s.save(l, contactsync.Batch{Extend: noon.Add(2 * ttl)})
	s.wantBusy("b", "two", noon.Add(ttl), "the lease of another connection of its mailbox was extended")
	s.save(l, contactsync.Batch{Release: true})
	lb := s.acquire("b", "two", noon.Add(ttl))
	s.wantBusy("a", "one", noon.Add(ttl), "another worker has another connection of its mailbox")
	s.acquire("a", "one", noon.Add(2*ttl)) // b's has run out
	s.save(lb, contactsync.Batch{})        // and yet is b's newest
}

func (s *stateSession) checkAcquireAtOnce() {
	s.connection("c1")
	won := s.race(8, func(i int) error {
		_, err := s.state.Acquire(s.Context(), "c1", fmt.Sprintf("worker %d", i), noon, ttl)
		return err
	})
	if won != 1 {
		s.Errorf("Acquire of one connection by 8 workers at once: %d have it, want 1", won)
	}
}

func (s *stateSession) checkMailboxAtOnce() {
	c := s.connection("c0")
	for i := range 8 {
		c.ID = fmt.Sprintf("c%d", i)
		s.put(c)
	}
	won := s.race(8, func(i int) error {
		_, err := s.state.Acquire(s.Context(), fmt.Sprintf("c%d", i), fmt.Sprintf("worker %d", i), noon, ttl)
		return err
	})
	if won != 1 {
		s.Errorf("Acquire of 8 connections of one mailbox by 8 workers at once: %d have one, want 1: lock the connection and the mailbox in one step", won)
	}
}

// race runs n calls at once and returns how many succeeded; the others must say that they are busy.
func (s *stateSession) race(n int, call func(i int) error) int {
	s.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = call(i) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, contactsync.ErrBusy):
			s.Errorf("a call beside others: error %v, want ErrBusy or success", err)
		}
	}
	return won
}

func (s *stateSession) checkOpen() {
	l := s.lease("c1")
	intended := sampleLink("c1", "m")
	intended.Phase, intended.IDs[1], intended.Since = contactsync.Intended, "", noon
	toCRM, toOutlook := sampleLink("c1", "Z"), sampleLink("c1", "a")
	toCRM.Pending[0] = []conflict.Seen{{Rule: "name", Raw: [2]uint64{1, 2}}}
	toOutlook.Pending[1] = []conflict.Seen{{Rule: "name", Raw: [2]uint64{3, 4}}}
	s.save(l, contactsync.Batch{Links: []contactsync.Link{sampleLink("c1", "b"), intended, toOutlook, toCRM}, Release: true})
	l = s.acquire("c1", "worker", noon)
	s.want("Acquire: Open", []contactsync.Link{toCRM, toOutlook, intended}, l.Open)

	intended.Phase, intended.IDs[1], intended.Since = contactsync.Linked, "made", time.Time{}
	toOutlook.Pending[1] = nil
	s.save(l, contactsync.Batch{Links: []contactsync.Link{intended, toOutlook}, DropLinks: []string{"Z"}, Release: true})
	if l = s.acquire("c1", "worker", noon); len(l.Open) > 0 {
		s.Errorf("Acquire after a create and a write were confirmed and a link dropped: %d open links, want none", len(l.Open))
	}
}

func (s *stateSession) checkRetry() {
	l := s.lease("c1")
	due, later, never, long := sampleProblem("c1", "p3"), sampleProblem("c1", "p2"), sampleProblem("c1", "p4"), sampleProblem("c1", "p1")
	due.RetryAt, later.RetryAt, long.RetryAt = noon.Add(time.Minute), noon.Add(time.Minute+time.Second), noon.Add(-time.Hour)
	s.save(l, contactsync.Batch{Problems: []contactsync.Problem{due, later, never, long}, Release: true})

	l = s.acquire("c1", "worker", noon.Add(time.Minute))
	s.want("Acquire: Retry", []contactsync.Problem{long, due}, l.Retry)
	due.RetryAt = noon.Add(time.Hour)
	s.save(l, contactsync.Batch{Problems: []contactsync.Problem{due}, Close: []string{"p1"}, Release: true})
	l = s.acquire("c1", "worker", noon.Add(2*time.Minute))
	s.want("Acquire after one was put off and one closed: Retry", []contactsync.Problem{later}, l.Retry)
}

func (s *stateSession) checkMessages() {
	s.connection("c1")
	s.connection("c2")
	posted := []contactsync.Message{
		{Conn: "c1", CRMIDs: []string{"b", "a"}},
		{Conn: "c1", Full: [2]bool{false, true}, Made: []string{"item 1", "item 2"}},
		{Conn: "c1", Resume: &contactsync.Resume{Answer: contactsync.AnswerGoOn, Halt: contactsync.Halt{Guard: contactsync.GuardClears, Side: 1, Count: 17, Of: 20, Limit: 5}}},
		{Conn: "c1", Decision: &contactsync.PersonDecision{
			Problem: "p1", Link: "l1", Record: [2]string{"x", "y"},
			Decision: conflict.Decision{Rule: "email", Side: 1, Raw: [2]uint64{1 << 63, 2}},
		}},
		{Conn: "c1", FromBackup: true},
	}
	for _, m := range posted {
		s.must("Post", s.state.Post(s.Context(), m))
	}
	if err := s.state.Post(s.Context(), contactsync.Message{Conn: "no such connection", CRMIDs: []string{"a"}}); !errors.Is(err, contactsync.ErrNotFound) {
		s.Errorf("Post to a connection that does not exist: error %v, want ErrNotFound", err)
	}
	l := s.acquire("c1", "worker", noon)
	s.wantMessages("Acquire after five posts", posted, l.Messages)
	if other := s.acquire("c2", "worker", noon); len(other.Messages) > 0 {
		s.Errorf("Acquire of another connection: %d messages, want none", len(other.Messages))
	}

	// A post needs no lease, and is for the next run; what was not dealt with stays.
	late := contactsync.Message{Conn: "c1", CRMIDs: []string{"late"}}
	s.must("Post during a run", s.state.Post(s.Context(), late))
	s.save(l, contactsync.Batch{Done: []string{l.Messages[0].ID, l.Messages[2].ID}, Release: true})
	l = s.acquire("c1", "worker", noon)
	s.wantMessages("Acquire after two of five were dealt with and one more posted", []contactsync.Message{posted[1], posted[3], posted[4], late}, l.Messages)
}

func (s *stateSession) wantMessages(what string, want, got []contactsync.Message) {
	s.Helper()
	ids := map[string]bool{}
	var plain []contactsync.Message
	for _, m := range got {
		if m.ID == "" || ids[m.ID] {
			s.Fatalf("%s: a message with id %q; want one of its own for each", what, m.ID)
		}
		ids[m.ID], m.ID = true, ""
		plain = append(plain, m)
	}
	s.want(what+": Messages, in the order they were posted", want, plain)
}

func (s *stateSession) checkExtend() {
	s.connection("c1")
	l := s.acquire("c1", "one", noon)
	s.save(l, contactsync.Batch{Extend: noon.Add(2 * ttl)})
	s.wantBusy("c1", "two", noon.Add(2*ttl-time.Second), "another worker's lease was extended")
	s.save(l, contactsync.Batch{})
	s.wantBusy("c1", "two", noon.Add(2*ttl-time.Second), "another worker saved without extending")
	s.save(l, contactsync.Batch{Release: true})
	s.acquire("c1", "two", noon.Add(time.Second))
	s.wantFenced(l, contactsync.Batch{}, "after it gave its lease back and another took it")
}
