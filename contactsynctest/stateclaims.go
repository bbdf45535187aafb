package contactsynctest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleClaim   = "Claim takes the hashed match keys for the tenant in the name of by until a moment, so that two mailboxes that import one person at once make one record."
	ruleRefused = "Keys that another name holds at now are not taken, and returned."
	ruleProlong = "Claiming again under the same name prolongs."
	ruleUnclaim = "Unclaim releases these keys, where the connection holds them in its tenant."
)

var claimChecks = []check[*stateSession]{
	{"Claim/one holder", []string{ruleClaim, ruleRefused}, (*stateSession).checkClaim},
	{"Claim/prolonged, run out", []string{ruleClaim, ruleRefused, ruleProlong}, (*stateSession).checkClaimEnds},
	{"Claim/at once", []string{ruleClaim, ruleStateSafe}, (*stateSession).checkClaimAtOnce},
	{"Claim/released", []string{ruleUnclaim}, (*stateSession).checkUnclaim},
}

// claim claims keys and returns those refused, sorted.
func (s *stateSession) claim(tenant, by string, now, until time.Time, keys ...uint64) []uint64 {
	s.Helper()
	refused, err := s.state.Claim(s.Context(), tenant, by, keys, now, until)
	s.must("Claim", err)
	return slices.Sorted(slices.Values(refused))
}

func (s *stateSession) wantRefused(what string, got []uint64, want ...uint64) {
	s.Helper()
	if !slices.Equal(got, want) {
		s.Errorf("Claim %s: refused %d, want %d", what, got, want)
	}
}

func (s *stateSession) checkClaim() {
	later := noon.Add(time.Hour)
	s.wantRefused("of free keys", s.claim("acme", "one", noon, later, 1, 1<<63, 0))
	s.wantRefused("of keys of which another holds some", s.claim("acme", "two", noon, later, 1, 2, 1<<63), 1, 1<<63)
	s.wantRefused("of a key that came with refused ones, by the first", s.claim("acme", "one", noon, later, 2), 2)
	s.wantRefused("in another tenant", s.claim("globex", "two", noon, later, 1, 0))
	s.wantRefused("of no keys", s.claim("acme", "one", noon, later))
	s.wantRefused("by the one who holds them", s.claim("acme", "one", noon, later, 0, 1))
}

func (s *stateSession) checkClaimEnds() {
	s.claim("acme", "one", noon, noon.Add(time.Hour), 1, 2)
	s.wantRefused("a second before another's ends", s.claim("acme", "two", noon.Add(time.Hour-time.Second), noon.Add(2*time.Hour), 1), 1)
	s.claim("acme", "one", noon, noon.Add(2*time.Hour), 1)
	s.wantRefused("after another's ended for one key and was prolonged for one", s.claim("acme", "two", noon.Add(time.Hour), noon.Add(3*time.Hour), 1, 2), 1)
	s.wantRefused("of a key that another took over", s.claim("acme", "one", noon.Add(time.Hour), noon.Add(3*time.Hour), 2), 2)
	s.wantRefused("after all have ended", s.claim("acme", "three", noon.Add(3*time.Hour), noon.Add(4*time.Hour), 1, 2))
}

func (s *stateSession) checkClaimAtOnce() {
	const workers = 8
	refused := make([][]uint64, workers)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			refused[i], errs[i] = s.state.Claim(s.Context(), "acme", fmt.Sprintf("conn %d", i), []uint64{7}, noon, noon.Add(time.Hour))
		})
	}
	wg.Wait()
	won := 0
	for i := range workers {
		s.must("Claim from 8 goroutines", errs[i])
		if len(refused[i]) == 0 {
			won++
		}
	}
	if won != 1 {
		s.Errorf("Claim of one key by 8 connections at once: %d hold it, want 1", won)
	}
}

func (s *stateSession) checkUnclaim() {
	later := noon.Add(time.Hour)
	l := s.lease("c1")
	s.claim("acme", "c1", noon, later, 1, 2)
	s.claim("acme", "c2", noon, later, 3)
	s.claim("globex", "c1", noon, later, 1)
	s.save(l, contactsync.Batch{Unclaim: []uint64{1, 3, 4}})
	s.wantRefused("after the holder released one of two, and another's", s.claim("acme", "c3", noon, later, 1, 2, 3), 2, 3)
	s.wantRefused("in another tenant, after a key was released in one", s.claim("globex", "c3", noon, later, 1), 1)
	s.save(l, contactsync.Batch{Unclaim: []uint64{1}})
	s.wantRefused("of a key that its former holder released once more", s.claim("acme", "c4", noon, later, 1), 1)
}
