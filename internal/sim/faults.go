package sim

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// fault is something that goes wrong at one call of a run, written "outlook.apply#2=lost": at the second call of
// Directory.Apply in this run; #0 means at every call. Which calls know which kinds: see calls.
//
// Before the call has any effect:
//
//	fail, timeout, throttle   it returns an error; denied, signin, foldergone, nomailbox too, for a lack of access
//	cancel     the caller gives up
//	crash      the process stops
//	stall      the process sleeps until its lease is over and another worker has done the run; then the call times out
//	sleep      the same, but then the call goes on as if nothing had been
//	slow       the call takes nearly as long as a request may
//	second     another worker tries to run the same connection
//	other      another user's run comes in between: "other:u2"
//	sneak      a person changes the record that is about to be written: "sneak:title=T9"
//	sneakdelete  a person deletes it
//
// After it has had its effect:
//
//	lost, unsure, late   it returns an error: a bare one, ErrUnconfirmed, a deadline
//	cancelled, crashed, stalled
//	slept      it returns what it should, but only after another worker has done the run
//	sneak      (at get) a person changes the record that was read
//
// In between:
//
//	half, halfcrash   half of the writes are done, then it fails, or the process stops
//	straggle          the writes arrive when another worker has done the run, and nobody hears of them
//
// In the result of single writes, of all or with ":1" of the second of them:
//
//	refuse, deny, busy, bad   not done
//	doubt, maybe, unclear     done, and not confirmed: with ErrUnconfirmed, a bare error, or one that speaks of a busy side too
//	short                     done, and a result is missing
//
// In an answer:
//
//	expire      (changes) the cursor is no longer understood
//	incomplete  (changes) a complete listing leaves out the second half of its last page, and says that it is not complete
//	garble      (changes) the first row cannot be read
//	stale       (changes) nothing new is known yet; (get) records are as this connection was last told
//	unknown     (get) it cannot tell, of all or with ":1" of the second
//	few         (get) half of the answers are missing
type fault struct {
	call string
	nth  int
	kind string
	arg  string
}

func parseFault(word string) (fault, bool) {
	at, what, ok := strings.Cut(word, "=")
	call, nth, numbered := strings.Cut(at, "#")
	if !ok || !numbered {
		return fault{}, false
	}
	f := fault{call: call}
	f.nth, _ = strconv.Atoi(nth)
	f.kind, f.arg, _ = strings.Cut(what, ":")
	return f, true
}

// hits reports whether a fault that concerns single writes concerns the i-th of n.
func (f *fault) hits(i, n int) bool {
	if f.arg == "" {
		return true
	}
	k, err := strconv.Atoi(f.arg)
	return err == nil && n > 0 && k%n == i
}

// stop is what a process that stops panics with.
type stop struct{}

var errFault = errors.New("sim: something went wrong")

// slowCall is just within the time that a request may take.
const slowCall = 55 * time.Second

// strike counts a call of the run and returns the fault that is due, the zero fault for none. The clock moves a little.
func (w *world) strike(call string) *fault {
	w.now = w.now.Add(time.Second)
	w.calls[call]++
	if w.calls[call] > 1000 {
		w.broken("bounded", "a run does not come to its end: it has called %s %d times", call, w.calls[call])
		panic(stop{})
	}
	for i := range w.faults {
		if f := &w.faults[i]; f.call == call && (f.nth == w.calls[call] || f.nth == 0) {
			w.logf("    fault %s#%d=%s", f.call, w.calls[call], f.kind)
			w.reach("fault " + f.call + "=" + f.kind)
			w.struck = append(w.struck, f.kind)
			return f
		}
	}
	return &fault{}
}

// before carries out what a fault does before a call has any effect.
func (w *world) before(ctx context.Context, f *fault) error {
	switch f.kind {
	case "fail":
		return errFault
	case "timeout":
		return context.DeadlineExceeded
	case "throttle":
		return &contactsync.ThrottledError{RetryAfter: 30 * time.Second, Err: errFault}
	case "denied":
		return contactsync.ErrDenied
	case "signin":
		return contactsync.ErrSignInRequired
	case "foldergone":
		return contactsync.ErrFolderGone
	case "nomailbox":
		return contactsync.ErrNoMailbox
	case "cancel":
		w.cancel()
		return ctx.Err()
	case "crash":
		panic(stop{})
	case "stall":
		w.stall()
		return context.DeadlineExceeded
	case "sleep", "straggle":
		w.stall()
	case "slow":
		w.now = w.now.Add(slowCall)
	case "second":
		w.second()
	case "other":
		w.interleave(f.arg)
	}
	return ctx.Err()
}

// hadEffect reports whether a fault strikes once a call has had its effect.
func hadEffect(kind string) bool {
	return slices.Contains([]string{"lost", "unsure", "late", "cancelled", "crashed", "stalled", "slept"}, kind)
}

// after carries out what a fault does once a call has had its effect.
func (w *world) after(f *fault) error {
	switch f.kind {
	case "lost":
		return errFault
	case "unsure":
		return contactsync.ErrUnconfirmed
	case "late", "straggle":
		return context.DeadlineExceeded
	case "cancelled":
		w.cancel()
	case "crashed":
		panic(stop{})
	case "stalled":
		w.stall()
		return context.DeadlineExceeded
	case "slept":
		w.stall()
	}
	return nil
}

// relieved reports whether another worker ran for the connection in the midst of the run being played.
func (w *world) relieved() bool {
	return slices.ContainsFunc(w.struck, func(kind string) bool {
		return slices.Contains([]string{"stall", "stalled", "sleep", "slept", "straggle", "second"}, kind)
	})
}
