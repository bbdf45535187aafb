package contactsync

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	firstBackoff = time.Minute // after a run that an error stopped; doubled with each further one, up to Config.Interval
	longestHold  = time.Hour   // the longest that a service's wish to wait is granted, should it ask for nonsense
)

// schedule puts into the last batch of a run when the connection is due again. Runs that look at a part of it change nothing
// about that, nor does one that its caller ended; one whose last save may have happened must not put back what was before.
func (r *run) schedule(b *Batch) {
	if hold := holdOff(r.failure); hold > 0 {
		b.NotBefore = r.e.cfg.Now().Add(hold)
	}
	if r.doubtful || r.mode.crmIDs != nil || r.mode.only != nil || r.mode.undo != nil || r.mode.forget != nil || r.mode.disconnect != nil || errors.Is(r.failure, context.Canceled) {
		return
	}
	if b.Connection == nil {
		conn := r.saved
		b.Connection = &conn
	}
	p := &b.Connection.Progress
	wait := r.jittered(r.e.cfg.Interval)
	if r.failure != nil {
		p.Failures++
		wait = max(min(firstBackoff<<min(p.Failures-1, 16), r.e.cfg.Interval), holdOff(r.failure))
	} else {
		p.Failures = 0
	}
	p.Next = r.e.cfg.Now().Add(wait)
}

// jittered is d, more or less a tenth: connections that were set up together do not stay together.
func (r *run) jittered(d time.Duration) time.Duration {
	n := r.e.ids.Text(fmt.Sprintf("%s/%d", r.conn.ID, r.lease.Token))
	return d - d/10 + time.Duration(float64(d/5)*float64(n>>11)/(1<<53))
}

// holdOff is how long an error asks to wait; 0 when it does not.
func holdOff(err error) time.Duration {
	var throttled *ThrottledError
	if !errors.As(err, &throttled) {
		return 0
	}
	return min(throttled.RetryAfter, longestHold)
}
