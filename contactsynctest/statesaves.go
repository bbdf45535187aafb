package contactsynctest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleSave       = "Save writes the batch in one atomic step, if the lease still is the connection's newest; else [ErrFenced], and nothing is written."
	ruleRepeat     = "Repeating a batch changes nothing further."
	ruleZeroBatch  = "Zero members change nothing."
	ruleConnection = "Connection, when not nil, replaces Status, Reason, Halt and Progress of the connection."
	ruleReport     = "Report, when not nil, is remembered as the newest run."
	ruleProblems   = "Problems returns the open problems of the connection, in order of id."
	ruleRuns       = "Runs returns the newest n reports of the connection, newest first."
	ruleAtomic     = "Every save is atomic and fenced."
)

var saveChecks = []check[*stateSession]{
	{"Save/fenced", []string{ruleSave, ruleAtomic}, (*stateSession).checkFenced},
	{"Save/a stalled worker", []string{ruleSave}, (*stateSession).checkStalled},
	{"Save/without a lease", []string{ruleSave}, (*stateSession).checkNoLease},
	{"Save/repeated", []string{ruleRepeat}, (*stateSession).checkRepeat},
	{"Save/nothing", []string{ruleZeroBatch}, (*stateSession).checkZeroBatch},
	{"Save/all or nothing", []string{ruleSave, ruleAtomic}, (*stateSession).checkCancelled},
	{"Save/seen whole", []string{ruleSave, ruleStateSafe}, (*stateSession).checkSeenWhole},
	{"Save/connection", []string{ruleConnection}, (*stateSession).checkSaveConnection},
	{"Save/problems", []string{ruleProblems}, (*stateSession).checkProblems},
	{"Save/reports", []string{ruleReport, ruleRuns}, (*stateSession).checkReports},
	{"Save/copies", []string{ruleSave}, (*stateSession).checkCopies},
}

// everything is a batch that has all there is, after the one that conn begins with.
func everything(conn contactsync.Connection, message string, n int) contactsync.Batch {
	return contactsync.Batch{
		Links:     []contactsync.Link{fullLink(conn.ID, "new"), sampleLink(conn.ID, "kept")},
		DropLinks: []string{"old"},
		Known:     []contactsync.Known{sampleKnown("new", 7)}, DropKnown: []string{"old"},
		Problems: []contactsync.Problem{sampleProblem(conn.ID, "new")}, Close: []string{"old"},
		Done: []string{message}, Unclaim: []uint64{99},
		Connection: ptr(progressed(conn, n)), Report: ptr(sampleReport(conn.ID, n)),
		Extend: noon.Add(2 * ttl),
	}
}

// begun makes a connection with something of everything, and takes its lease.
func (s *stateSession) begun(id, worker string) contactsync.Lease {
	s.Helper()
	s.connection(id)
	s.must("Post", s.state.Post(s.Context(), contactsync.Message{Conn: id, CRMIDs: []string{"a"}}))
	l := s.acquire(id, worker, noon)
	s.claim("acme", id, noon, noon.Add(time.Hour), 99)
	s.save(l, contactsync.Batch{
		Links:    []contactsync.Link{sampleLink(id, "old"), sampleLink(id, "kept")},
		Known:    []contactsync.Known{sampleKnown("old", 5)},
		Problems: []contactsync.Problem{sampleProblem(id, "old")},
		Report:   ptr(sampleReport(id, 1)), Release: true,
	})
	l = s.acquire(id, worker, noon)
	if len(l.Messages) != 1 {
		s.Fatalf("Acquire after one post: %d messages", len(l.Messages))
	}
	return l
}

// memory is all that can be read of a connection and its claim.
type memory struct {
	Connection contactsync.Connection
	Links      []contactsync.Link
	Known      []contactsync.Known
	Problems   []contactsync.Problem
	Runs       []contactsync.Report
	Count      int
	Refused    []uint64 // of key 99, asked for by somebody else
}

func (s *stateSession) memory(conn string) memory {
	s.Helper()
	ctx := s.Context()
	m := memory{Connection: s.stored(conn)}
	var err error
	m.Links, err = s.state.Links(ctx, conn, "", 100)
	s.must("Links", err)
	m.Known, err = s.state.KnownOf(ctx, conn, []string{"old"})
	s.must("KnownOf", err)
	more, err := s.state.KnownOf(ctx, conn, []string{"new"})
	s.must("KnownOf", err)
	m.Known = append(m.Known, more...)
	m.Problems, err = s.state.Problems(ctx, conn)
	s.must("Problems", err)
	m.Runs, err = s.state.Runs(ctx, conn, 100)
	s.must("Runs", err)
	m.Count, err = s.state.CountLinks(ctx, conn)
	s.must("CountLinks", err)
	// Asked for with an end that has come, the claim is not taken if it is free.
	m.Refused, err = s.state.Claim(ctx, "acme", "somebody else", []uint64{99}, noon, noon)
	s.must("Claim", err)
	return m
}

func (s *stateSession) checkFenced() {
	stalled := s.begun("c1", "stalled")
	newer := s.acquire("c1", "newer", noon.Add(ttl))
	before := s.memory("c1")
	b := everything(stalled.Conn, stalled.Conn.ID, 2)
	b.Release = true
	s.wantFenced(stalled, b, "that stalled until another worker had taken over")
	s.want("after a fenced save", before, s.memory("c1"))
	s.wantBusy("c1", "third", noon.Add(ttl), "the lease of a fenced worker, who released it, is another worker's")
	s.save(newer, contactsync.Batch{Release: true})
	s.wantFenced(stalled, b, "that stalled until another worker had taken over and finished")
	s.want("after a second fenced save", before, s.memory("c1"))
}

func (s *stateSession) checkStalled() {
	l := s.lease("c1")
	link := sampleLink("c1", "l1")
	s.save(l, contactsync.Batch{Links: []contactsync.Link{link}, Extend: noon.Add(-time.Hour)}) // nobody has taken over
	s.wantLinks("after a save under a lease that ran out and is the newest", "c1", link)
	s.acquire("c1", "another", noon)
	s.wantFenced(l, contactsync.Batch{DropLinks: []string{"l1"}}, "whose lease ran out and was taken by another")
	s.wantLinks("after a fenced save", "c1", link)
}

func (s *stateSession) checkNoLease() {
	c := s.connection("c1")
	forged := contactsync.Lease{Conn: c, Worker: "worker", Until: noon.Add(ttl)}
	b := contactsync.Batch{Links: []contactsync.Link{sampleLink("c1", "l1")}}
	s.wantFenced(forged, b, "with a lease that was never taken")
	forged.Token = 1
	s.wantFenced(forged, b, "with a token that was never given")
	forged.Conn.ID = "no such connection"
	s.wantFenced(forged, contactsync.Batch{}, "for a connection that does not exist")
	s.wantLinks("after saves without a lease", "c1")

	mine := s.acquire("c1", "worker", noon)
	s.lease("c2")
	s.acquire("c2", "worker", noon.Add(ttl)) // so that tokens of c2 are ahead
	foreign := s.acquire("c2", "worker", noon.Add(2*ttl))
	mine.Token = foreign.Token
	s.wantFenced(mine, b, "with the token of another connection's lease")
	s.wantLinks("after saves without a lease", "c1")
}

func (s *stateSession) checkRepeat() {
	l := s.begun("c1", "worker")
	b := everything(l.Conn, l.Messages[0].ID, 2)
	s.save(l, b)
	once := s.memory("c1")
	s.save(l, b)
	s.want("after a batch was saved again, as when the answer was lost", once, s.memory("c1"))
	b.Release = true
	s.save(l, b)
	s.save(l, b)
	s.want("after a batch with Release was saved again", once, s.memory("c1"))
}

func (s *stateSession) checkZeroBatch() {
	l := s.begun("c1", "worker")
	s.save(l, everything(l.Conn, "no such message", 2))
	before := s.memory("c1")
	s.save(l, contactsync.Batch{})
	s.want("after a save of nothing", before, s.memory("c1"))
	s.save(l, contactsync.Batch{
		DropLinks: []string{"nobody"}, DropKnown: []string{"nobody"}, Close: []string{"nobody"}, Done: []string{"nobody"}, Unclaim: []uint64{1},
	})
	s.want("after a save that drops what is not there", before, s.memory("c1"))
}

// checkCancelled: a save that fails, for whatever reason, has written nothing; one that succeeds, everything.
func (s *stateSession) checkCancelled() {
	l := s.begun("c1", "worker")
	before := s.memory("c1")
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	b := everything(l.Conn, "no such message", 2)
	if err := s.state.Save(ctx, l, b); err != nil {
		s.want("after a save that failed", before, s.memory("c1"))
	}
	s.save(l, b)
	s.want("after a save", everythingSaved(l.Conn, 2), s.memory("c1"))
}

// everythingSaved is what is remembered of a begun connection after everything was saved.
func everythingSaved(conn contactsync.Connection, n int) memory {
	return memory{
		Connection: progressed(conn, n),
		Links:      []contactsync.Link{sampleLink(conn.ID, "kept"), fullLink(conn.ID, "new")},
		Known:      []contactsync.Known{sampleKnown("new", 7)},
		Problems:   []contactsync.Problem{sampleProblem(conn.ID, "new")},
		Runs:       []contactsync.Report{sampleReport(conn.ID, n), sampleReport(conn.ID, 1)},
		Count:      1,
	}
}

func (s *stateSession) checkSeenWhole() {
	l := s.lease("c1")
	const links, rounds = 15, 40
	batch := func(round int) contactsync.Batch {
		var b contactsync.Batch
		for i := range links {
			link := sampleLink("c1", fmt.Sprintf("l%02d", i))
			link.Gen = round
			b.Links = append(b.Links, link)
		}
		return b
	}
	s.save(l, batch(0))
	saved := make(chan error, 1)
	go func() {
		var err error
		for round := 1; round <= rounds && err == nil; round++ {
			err = s.state.Save(s.Context(), l, batch(round))
		}
		saved <- err
	}()
	for {
		got, err := s.state.Links(s.Context(), "c1", "", links)
		for _, link := range got {
			if link.Gen != got[0].Gen || len(got) != links {
				err = errors.New("half of a batch was seen")
			}
		}
		select {
		case saveErr := <-saved:
			s.must("Save while others read", saveErr)
			s.must(fmt.Sprintf("Links while batches of %d links were saved", links), err)
			return
		default:
			if err != nil {
				<-saved
				s.Fatalf("Links while batches of %d links were saved: %v", links, err)
			}
		}
	}
}

func (s *stateSession) checkSaveConnection() {
	l := s.lease("c1")
	b := progressed(l.Conn, 3)
	b.Mailbox.User, b.Folder, b.Inactive, b.User, b.Tenant = "another", "another", true, "another", "another"
	s.save(l, contactsync.Batch{Connection: &b})
	s.want("Connection after a save", progressed(l.Conn, 3), s.stored("c1"))
	s.save(l, contactsync.Batch{Connection: &contactsync.Connection{ID: "c1", Status: contactsync.Idle}})
	want := l.Conn
	want.Status = contactsync.Idle
	s.want("Connection after a save that resets it", want, s.stored("c1"))
}

func (s *stateSession) checkProblems() {
	l := s.lease("c1")
	other := s.lease("c2")
	a, b, c := sampleProblem("c1", "b"), sampleProblem("c1", "B"), sampleProblem("c1", "a")
	s.save(l, contactsync.Batch{Problems: []contactsync.Problem{a, b, c}})
	s.save(other, contactsync.Batch{Problems: []contactsync.Problem{sampleProblem("c2", "a")}})
	s.wantProblems("after three problems", "c1", b, c, a)
	a.Tries, a.RetryAt, a.Message, a.Last = 3, noon.Add(time.Hour), "Still both.", noon.Add(time.Minute)
	s.save(l, contactsync.Batch{Problems: []contactsync.Problem{a}, Close: []string{"a"}})
	s.wantProblems("after one was renewed and one closed", "c1", b, a)
	s.wantProblems("of another connection", "c2", sampleProblem("c2", "a"))
}

func (s *stateSession) checkReports() {
	l := s.lease("c1")
	s.lease("c2")
	for n := range 4 {
		s.save(l, contactsync.Batch{Report: ptr(sampleReport("c1", n)), Release: true})
		l = s.acquire("c1", "worker", noon)
	}
	s.wantRuns("after four runs", "c1", 2, sampleReport("c1", 3), sampleReport("c1", 2))
	s.wantRuns("after four runs", "c1", 0)
	s.wantRuns("after four runs", "c1", 10, sampleReport("c1", 3), sampleReport("c1", 2), sampleReport("c1", 1), sampleReport("c1", 0))
	s.wantRuns("of another connection", "c2", 10)
}

// checkCopies: nobody may change what was saved by changing what was given or answered.
func (s *stateSession) checkCopies() {
	l := s.begun("c1", "worker")
	ids, resume := contactsync.Message{Conn: "c1", CRMIDs: []string{"a"}}, contactsync.Message{Conn: "c1", Resume: &contactsync.Resume{Halt: contactsync.Halt{Count: 1}}}
	s.must("Post", s.state.Post(s.Context(), ids))
	s.must("Post", s.state.Post(s.Context(), resume))
	b, want := everything(l.Conn, "no such message", 2), everythingSaved(l.Conn, 2)
	s.save(l, b)
	scribble(reflect.ValueOf(&b))
	scribble(reflect.ValueOf(&ids))
	scribble(reflect.ValueOf(&resume))
	s.want("after the caller changed the batch it had saved", want, s.memory("c1"))
	answers := s.memory("c1")
	scribble(reflect.ValueOf(&answers))
	s.want("after the caller changed what it was answered", want, s.memory("c1"))
	s.save(l, contactsync.Batch{Release: true})
	l = s.acquire("c1", "worker", noon)
	s.wantMessages("Acquire after the caller changed what it had posted", []contactsync.Message{
		{Conn: "c1", CRMIDs: []string{"a"}}, {Conn: "c1", CRMIDs: []string{"a"}}, {Conn: "c1", Resume: &contactsync.Resume{Halt: contactsync.Halt{Count: 1}}},
	}, l.Messages)
	scribble(reflect.ValueOf(&l))
	s.want("after the caller changed its lease", want, s.memory("c1"))
}

// scribble overwrites what can be reached through pointers, slices and maps.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			scribble(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				scribble(f)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			scribble(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.Value{})
		}
	case reflect.String:
		v.SetString("scribbled")
	case reflect.Int, reflect.Int64:
		v.SetInt(-1)
	case reflect.Uint64:
		v.SetUint(12345)
	}
}
