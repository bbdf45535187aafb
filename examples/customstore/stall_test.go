//go:build unix

package main

import (
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// stalled starts a worker and stops it with its at-th request to Graph, or part of a batch: the request is carried out, and nobody is there
// to hear the answer. Another worker takes over as the lease runs out, and goes on; then the first one wakes up, beside it. It reports
// whether it came to that: a worker that is stopped while it holds a lock of the database, to prolong its lease, keeps the other out.
func (w *killWorld) stalled(at int32) (takenOver bool) {
	w.t.Helper()
	_, _, lease := kills()
	var asked atomic.Int32
	reached, asleep, other := make(chan struct{}), make(chan struct{}), make(chan struct{})
	w.srv.SetHooks(graphtest.Hooks{Before: func(graphtest.Request) *graphtest.Answer {
		switch asked.Add(1) {
		case at:
			close(reached)
			<-asleep
		case at + 1:
			close(other)
		}
		return nil
	}})
	defer w.srv.SetHooks(graphtest.Hooks{})
	first := w.start()
	select {
	case <-reached:
	case <-time.After(10 * lease): // it asked for less: it finds nothing to do over and over
		close(asleep)
		w.kill(first)
		return false
	}
	require.NoError(w.t, first.Process.Signal(syscall.SIGSTOP))
	close(asleep)
	second := w.start()
	select {
	case <-other:
		takenOver = true
		time.Sleep(lease) // it comes some way, perhaps to the end
	case <-time.After(20 * lease):
	}
	require.NoError(w.t, first.Process.Signal(syscall.SIGCONT))
	time.Sleep(2 * lease) // both at once
	w.kill(first)
	w.kill(second)
	w.together()
	return takenOver
}

// B5, promises 1 to 3: of two processes on one connection one stalls in the middle of a request, until long after the other has taken over. No write
// is done twice, and none over a newer one.
func TestStalledProcess(t *testing.T) {
	plain, two := newKillWorld(t), newKillWorld(t)
	takenOver := 0
	for n := range 12 {
		plain.day(n, false)
		two.day(n, false)
		if two.stalled(int32(1 + 2*n)) {
			takenOver++
		}
	}
	t.Logf("of 12 workers that stalled in a request another took over from %d", takenOver)
	assert.Positive(t, takenOver)
	two.endsAs(plain)
}
