package sim

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Options say how many seeds to play.
type Options struct {
	From     uint64 // the first seed; 0: 1
	Seeds    uint64 // how many; 0: as many as Duration allows
	Duration time.Duration
	Failures int    // stop after so many failing seeds; 0: at the first
	Tries    int    // scripts to play to make a failing one smaller
	With     []With // what to generate beside
	Workers  int    // 0: one a core
	// On makes the Outlook; nil: InMemory.
	On func(OutlookOptions) (Outlook, error)
	// State makes the States; nil: StateInMemory. See [PlayWith].
	State func() contactsync.State
	// Failed is told of each failure as it is found; nil: nobody is.
	Failed func(Failure)
}

// Failure is a seed that broke a promise, with its smallest script.
type Failure struct {
	Seed      uint64
	Script    Script
	Violation *Violation
	Err       error // about the script itself; then there is no violation
}

// Account tells of the failure so that a person can play it again.
func (f Failure) Account() string {
	if f.Err != nil {
		return fmt.Sprintf("seed %d: %v\n%s", f.Seed, f.Err, f.Script)
	}
	return Account(fmt.Sprintf("seed %d", f.Seed), f.Script, f.Violation)
}

// Result is what came of many seeds.
type Result struct {
	From, Next uint64 // the first seed, and the first that was not begun
	Played     int
	Took       time.Duration
	Failures   []Failure // by seed
	Coverage   *Coverage
}

func (r Result) String() string {
	return fmt.Sprintf("%d seeds from %d to %d in %v, %.1f a second: %d failed", r.Played, r.From, r.Next-1, r.Took.Round(time.Millisecond),
		float64(r.Played)/max(r.Took.Seconds(), 1e-9), len(r.Failures))
}

// Many plays many seeds at once.
func Many(o Options) Result {
	if o.On == nil {
		o.On = InMemory
	}
	if o.State == nil {
		o.State = StateInMemory
	}
	play := func(s Script) (Outcome, error) { return PlayWith(o.On, o.State, s) }
	o.From, o.Failures = max(o.From, 1), max(o.Failures, 1)
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	began := time.Now()
	r := Result{From: o.From, Coverage: NewCoverage()}
	next, failed := atomic.Uint64{}, atomic.Int64{}
	next.Store(o.From)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range o.Workers {
		workers.Go(func() {
			for int(failed.Load()) < o.Failures && (o.Duration == 0 || time.Since(began) < o.Duration) {
				seed := next.Add(1) - 1
				if o.Seeds > 0 && seed >= o.From+o.Seeds {
					return
				}
				f := Failure{Seed: seed, Script: Generate(seed, o.With...)}
				out, err := play(f.Script)
				f.Violation, f.Err = out.Violation, err
				bad := f.Violation != nil || err != nil
				if bad {
					failed.Add(1)
				}
				if f.Violation != nil {
					f.Script, f.Violation = Shrink(play, f.Script, f.Violation, o.Tries)
				}
				mu.Lock()
				r.Played++
				r.Next = max(r.Next, seed+1)
				r.Coverage.add(out.Reached)
				if bad {
					r.Failures = append(r.Failures, f)
					if o.Failed != nil {
						o.Failed(f)
					}
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	r.Took = time.Since(began)
	slices.SortFunc(r.Failures, func(a, b Failure) int { return int(a.Seed) - int(b.Seed) })
	return r
}
