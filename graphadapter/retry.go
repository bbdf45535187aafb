package graphadapter

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// maxAttempts is how often a request that may be repeated is sent in all.
const maxAttempts = 4

// retryAfter reads a Retry-After header: seconds, perhaps with a fraction, or a date, which is taken from the answer's
// own Date so that clocks need not agree. given is false where there is none, or none that can be read.
func retryAfter(value, date string, now time.Time) (wait time.Duration, given bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if math.IsNaN(seconds) {
			return 0, false
		}
		const longest = 24 * time.Hour // beyond it the number is taken for a mistake
		return time.Duration(min(max(seconds, 0), longest.Seconds()) * float64(time.Second)), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(date); err == nil {
		now = sent
	}
	return max(0, at.Sub(now)), true
}

// backoff is the wait before attempt n+1 where the service names none: about 0.5, 1, 2, ... seconds, spread so that
// callers do not come back all at once.
func backoff(n int) time.Duration {
	d := 500 * time.Millisecond << min(n, 6)
	return d/2 + rand.N(d)
}

// pause waits before attempt n+1, after a refusal or after no answer at all (r is nil); failure is the error of attempt n,
// which stands where the call has no time left. A wait the service asked for holds for the whole mailbox: whoever calls
// it next waits in enter.
func (s *session) pause(ctx context.Context, n int, r *refusal, failure error) error {
	wait := backoff(n)
	status := 0
	if r != nil {
		status = r.Status
		if r.timed {
			wait = r.after
		}
	}
	s.d.opts.Logger.DebugContext(ctx, "graph request waits before it is sent again",
		slog.Int("status", status), slog.Int("attempt", n+1), slog.Duration("wait", wait))
	if r != nil && r.throttled() {
		s.box.hold(s.d.opts.Now().Add(wait))
		if s.tooLong(ctx, wait) {
			return &contactsync.ThrottledError{RetryAfter: wait, Err: &r.ServiceError}
		}
		return nil
	}
	if s.tooLong(ctx, wait) {
		return failure
	}
	return s.d.opts.Sleep(ctx, wait)
}

// get reads a URL, which is safe to repeat. A refusal is a [refusedError].
func (s *session) get(ctx context.Context, url, prefer string) ([]byte, error) {
	for n := 0; ; n++ {
		got, err := s.onceSignedIn(ctx, 1, call{method: abstractions.GET, url: url, prefer: prefer})
		var r *refusal
		again := false
		switch {
		case err != nil:
			again = mayRepeat(ctx, err)
		case got.status == http.StatusOK:
			return got.body, nil
		default:
			r = refused(got.status, got.header.Get, got.body, s.d.opts.Now())
			err = refusedError{r}
			again = r.passing() || r.stale() // Exchange answers 412 to reads, too, while an item is being changed
		}
		if !again || n+1 == maxAttempts {
			return nil, err
		}
		if err := s.pause(ctx, n, r, err); err != nil {
			return nil, err
		}
	}
}

// once sends a request when the mailbox has slots for it.
func (s *session) once(ctx context.Context, slots int64, c call) (reply, error) {
	if err := s.enter(ctx, slots); err != nil {
		return reply{}, unsentError{err}
	}
	defer s.box.slots.Release(slots)
	return s.send(ctx, c)
}

// mayRepeat reports whether a request that got no answer, and is safe to repeat, is worth repeating.
func mayRepeat(ctx context.Context, err error) bool {
	var foreign *ForeignLinkError
	var throttled *contactsync.ThrottledError
	return ctx.Err() == nil && !isCredentialError(err) && !errors.As(err, &foreign) && !errors.As(err, &throttled)
}

// refusedError is a refusal as an error, for callers that give some codes a meaning of their own.
type refusedError struct{ *refusal }

func (e refusedError) Error() string { return e.err().Error() }

func (e refusedError) Unwrap() error { return e.err() }
