package contactsync

import (
	"context"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Observer is told what a run does while it does it; logs, metrics and progress hang on it. Observe is called from the
// run's own goroutine, must be quick, and must be safe for concurrent use when several connections run at once. Events
// carry ids and counts, never values.
type Observer interface {
	Observe(ctx context.Context, e Event)
}

// ObserverFunc makes a function an Observer.
type ObserverFunc func(ctx context.Context, e Event)

func (f ObserverFunc) Observe(ctx context.Context, e Event) { f(ctx, e) }

// Event is one of the types below.
type Event interface{ event() }

type (
	// RunStarted opens a run.
	RunStarted struct {
		Conn string
		At   time.Time
	}
	// Pulled reports reading: N records of the side so far in this run; Done when the round is drained.
	Pulled struct {
		Conn string
		Side record.Side
		N    int
		Full bool
		Done bool
	}
	// Planned reports what is about to be written.
	Planned struct {
		Conn    string
		Actions int
		Halt    *Halt
	}
	// Applied reports progress of writing: Done of Total records.
	Applied struct {
		Conn        string
		Done, Total int
	}
	// RunEnded closes a run. Err is the error that stopped it, nil otherwise.
	RunEnded struct {
		Conn   string
		Report Report
		Err    error
	}
)

func (RunStarted) event() {}
func (Pulled) event()     {}
func (Planned) event()    {}
func (Applied) event()    {}
func (RunEnded) event()   {}
