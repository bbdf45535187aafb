package sqlstate

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"time"
)

// repeatable says after which failures something may be done again.
type repeatable int

const (
	notDone   repeatable = iota // what is known not to have happened
	maybeDone                   // also what may have happened, as doing it twice is the same as once
)

// tries is how often something is tried; the waits between them add up to less than a second.
const (
	tries     = 6
	firstWait = 20 * time.Millisecond
)

// repeat does something until it succeeds, fails for good, or has been tried often enough.
func (s *State) repeat(ctx context.Context, r repeatable, do func() error) error {
	wait := firstWait
	for n := 1; ; n++ {
		err := do()
		if err == nil || n == tries || ctx.Err() != nil {
			return err
		}
		if c := classify(err); c == lasting || c == lost && r != maybeDone {
			return err
		}
		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
		wait *= 2
	}
}

// class is what a failure of the database says about trying again.
type class int

const (
	lasting class = iota // it would fail again
	undone               // nothing has happened; another try may succeed
	lost                 // the connection was lost: it is not known whether it happened
)

// classify knows drivers by what their errors have in common: a method with the SQLSTATE, or one with SQLite's code.
func classify(err error) class {
	var state interface{ SQLState() string }
	var code interface{ Code() int }
	var network net.Error
	var unsent interface{ SafeToRetry() bool } // pgx, of a connection that was closed before it sent anything
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return lasting
	case errors.As(err, &state):
		return classifyState(state.SQLState())
	case errors.As(err, &code):
		if primary := code.Code() & 0xff; primary == sqliteBusy || primary == sqliteLocked {
			return undone
		}
		return lasting
	case errors.Is(err, driver.ErrBadConn), errors.As(err, &network),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return lost
	case errors.As(err, &unsent) && unsent.SafeToRetry():
		return undone
	case strings.Contains(err.Error(), "is locked"): // a SQLite driver whose errors have no method
		return undone
	}
	return lasting
}

const (
	sqliteBusy   = 5
	sqliteLocked = 6
)

func classifyState(state string) class {
	switch state {
	case "40001", "40P01", "55P03", "57P03", "53300": // serialization, deadlock, lock, starting up, too many connections
		return undone
	case "40003", "57P01", "57P02", "57P05": // outcome unknown, the server shuts down or ended the session
		return lost
	}
	if strings.HasPrefix(state, "08") { // connection
		return lost
	}
	return lasting
}
