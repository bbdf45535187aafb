package contactsync

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// DueOptions say how [Engine.SyncDue] works. The zero value is its documented default.
type DueOptions struct {
	// Parallel is how many connections are worked on at once; default 4. Those of one mailbox are never.
	Parallel int
	// Stop, once closed, lets the runs under way come to their end and begins no more. To end at once, end the context: runs
	// then stop after the call they are in, with what is confirmed saved, and are due again.
	Stop <-chan struct{}
}

// DueReport is what became of the connections that were due. The reports of the runs go to [Config.Observer], and are in the
// State.
type DueReport struct {
	Runs int // that came to their end, whatever their status
	// Busy are connections left to others: a worker had them or their mailbox, or a service had asked to wait.
	Busy   int
	Failed []DueFailure // one for each run that could not go on, in no particular order
}

// DueFailure is why the run of a connection could not go on. It is due again after a minute, and after twice as long with
// each further failure, up to [Config.Interval].
type DueFailure struct {
	Conn string
	Err  error
}

// PanicError is a panic of the host's Store, Directory, State, Policy or Observer during one run of [Engine.SyncDue]. It
// says nothing of the panic's value, which may hold what people wrote. The connection stays leased until its lease runs out.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return "contactsync: panic during the run" }

// SyncDue runs the connections of all tenants that are due, until none is left. Due is a connection whose last run is
// [Config.Interval] ago, more or less a tenth; one that was never run; and one for which something was posted:
// [Engine.Wake], a decision, the answer to a halt. What is posted while its run is under way is looked at by another run before
// SyncDue returns. Call it from a scheduler every minute or so, from any number of processes: leases keep them apart.
//
// One connection's failure, panics included, never stops the others. The error says that the State or the KeySource could not be asked, or that ctx
// ended; the report then holds what was done before.
func (e *Engine) SyncDue(ctx context.Context, opts DueOptions) (DueReport, error) {
	if err := e.unlock(ctx); err != nil {
		return DueReport{}, fmt.Errorf("contactsync: sync due: %w", err)
	}
	d := &dueRuns{e: e, parallel: opts.Parallel, stop: opts.Stop, running: map[string]int{}, busy: map[string]int{}, failed: map[string]bool{}}
	if d.parallel <= 0 {
		d.parallel = 4
	}
	d.ended = make(chan dueRun)
	err := d.all(ctx)
	for len(d.running) > 0 {
		d.note(<-d.ended)
	}
	d.report.Busy = len(d.busy)
	if err != nil {
		return d.report, fmt.Errorf("contactsync: sync due: %w", err)
	}
	return d.report, nil
}

// Wake makes the connection due at once, for [Engine.SyncDue]: a host or a service says that something changed. The records
// named, which may be none, are looked at even where the sides report no change. A run under way does not see it; the
// next does. [ErrNotFound] when there is no such connection.
func (e *Engine) Wake(ctx context.Context, conn string, crmIDs ...string) error {
	if err := e.cfg.State.Post(ctx, Message{Conn: conn, CRMIDs: crmIDs}); err != nil {
		return fmt.Errorf("contactsync: wake: %w", err)
	}
	return nil
}

// dueRuns is one call of SyncDue. Its members belong to the calling goroutine; runs report on ended.
type dueRuns struct {
	e        *Engine
	parallel int
	stop     <-chan struct{}
	report   DueReport
	ended    chan dueRun

	queue   []string
	running map[string]int // how many runs had ended when it was begun
	busy    map[string]int // the same, of one that was not to be had: it is tried again only once another has ended since
	failed  map[string]bool
	count   int // runs that ended
}

// dueRun is how a run ended. One that never began had no lease.
type dueRun struct {
	conn  string
	began bool
	err   error
}

// all begins runs until there is nothing to begin and nothing under way.
func (d *dueRuns) all(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.stopped() {
			return nil
		}
		if len(d.running) < d.parallel {
			if err := d.refill(ctx); err != nil {
				return err
			}
		}
		for len(d.queue) > 0 && len(d.running) < d.parallel {
			d.begin(ctx, d.queue[0])
			d.queue = d.queue[1:]
		}
		if len(d.running) == 0 {
			return nil
		}
		select {
		case end := <-d.ended:
			d.note(end)
		case <-ctx.Done():
		case <-d.stop:
		}
	}
}

func (d *dueRuns) stopped() bool {
	select {
	case <-d.stop:
		return true
	default:
		return false
	}
}

// refill asks for more connections that are due. Those that failed are not tried twice.
func (d *dueRuns) refill(ctx context.Context) error {
	if len(d.queue) > 0 {
		return nil
	}
	ids, err := d.e.cfg.State.Due(ctx, d.e.cfg.Now(), d.parallel+len(d.running)+len(d.busy)+len(d.failed)+dueAhead)
	if err != nil {
		return err
	}
	for _, id := range ids {
		found, wasBusy := d.busy[id]
		if _, running := d.running[id]; !running && !d.failed[id] && (!wasBusy || found < d.count) {
			d.queue = append(d.queue, id)
		}
	}
	return nil
}

// dueAhead is how many connections are asked for at once, beside those that may not be begun: few, as other processes take
// theirs meanwhile.
const dueAhead = 20

func (d *dueRuns) begin(ctx context.Context, conn string) {
	delete(d.busy, conn)
	d.running[conn] = d.count
	go func() {
		end := dueRun{conn: conn}
		defer func() {
			if v := recover(); v != nil {
				end.err = &PanicError{Value: v, Stack: debug.Stack()}
			}
			d.ended <- end
		}()
		r, err := d.e.run(ctx, conn, mode{})
		end.err, end.began = named(err), r.lease.Token != 0
	}()
}

func (d *dueRuns) note(end dueRun) {
	begun := d.running[end.conn]
	delete(d.running, end.conn)
	var throttled *ThrottledError
	switch {
	case end.err == nil:
		d.count++
		d.report.Runs++
	case !end.began && (errors.Is(end.err, ErrBusy) || errors.As(end.err, &throttled)):
		d.busy[end.conn] = begun
	default:
		d.count++
		d.failed[end.conn] = true
		d.report.Failed = append(d.report.Failed, DueFailure{end.conn, end.err})
	}
}
