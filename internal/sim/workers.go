package sim

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// attempt does a run under faults. A process that stops is started anew, when its lease is over unless it keeps its name.
// A whole run looks at everything that changed.
func (w *world) attempt(u *user, faults []fault, whole bool, do func(context.Context) (contactsync.Report, error)) (err error) {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	w.faults, w.calls, w.cancel, w.conn, w.struck = faults, map[string]int{}, cancel, u.conn.ID, nil
	w.ledger.begin(u)
	report, stopped, err := w.guarded(func() (contactsync.Report, error) { return do(ctx) })
	w.faults = nil
	w.ledger.end(u, report, err == nil && !stopped, whole)
	w.isolation.ended(u, report, err)
	if stopped || err != nil {
		w.leased[u.conn.ID] = w.now.Add(lease)
	}
	switch {
	case stopped:
		w.logf("    the process stopped")
		if !w.sameWorker {
			w.now = w.now.Add(lease + time.Second)
		}
		if err := w.start(); err != nil {
			w.broken("sound", "an engine does not start: %v", err)
		}
	case err != nil:
		w.logf("    error: %v", err)
	default:
		w.logf("    %s", describe(report))
		if whole && report.Status != contactsync.Off { // which looks at no link
			w.checkLinked(u, report)
		}
	}
	return err
}

// checkLinked: after a run that came to its end the connection remembers how many links it has, or it would take its State for
// damaged. Of one that is damaged it is the count from before, until a run has seen both sides.
func (w *world) checkLinked(u *user, report contactsync.Report) {
	if w.torn[u.conn.ID] && report.Full != [2]bool{true, true} {
		return
	}
	conn, err := w.state.Connection(w.ctx, u.conn.ID)
	n, err2 := w.state.CountLinks(w.ctx, u.conn.ID)
	if err == nil && err2 == nil && w.torn[u.conn.ID] && conn.Progress.Linked != n {
		return // something was left to the next run
	}
	delete(w.torn, u.conn.ID)
	if err == nil && err2 == nil && conn.Progress.Linked != n {
		w.broken("sound", "%s remembers %d links and has %d", u.name, conn.Progress.Linked, n)
	}
}

// guarded runs and tells a process that was stopped from one that broke.
func (w *world) guarded(do func() (contactsync.Report, error)) (report contactsync.Report, stopped bool, err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case stop{}:
			stopped = true
		default:
			w.broken("sound", "panic: %v\n%s", p, debug.Stack())
			stopped = true
		}
	}()
	report, err = do()
	return report, false, err
}

// stall lets another worker take over while this one sleeps.
func (w *world) stall() {
	w.now = w.now.Add(lease + time.Minute)
	w.logf("    another worker takes over")
	w.ledger.undos.stopped(w.ledger.run)
	for _, u := range w.users {
		if u.conn.ID == w.conn {
			w.between(u, "other")
		}
	}
}

// second lets a second worker try what the first is doing.
func (w *world) second() {
	for _, u := range w.users {
		if u.conn.ID == w.conn {
			w.logf("    a second worker tries")
			w.between(u, "second")
		}
	}
}

// interleave lets another user's run come in between.
func (w *world) interleave(name string) {
	if u := w.user(name); u != nil && u.conn.ID != w.conn && !u.ended {
		w.logf("    meanwhile %s runs", name)
		w.between(u, "other-"+name)
	}
}

// between does a whole run in the middle of another.
func (w *world) between(u *user, worker string) {
	faults, struck, calls, cancel, conn, run := w.faults, w.struck, w.calls, w.cancel, w.conn, w.ledger.run
	undoing, runNo, byHand, ending := w.undoing, w.runNo, w.byHand, w.ending
	w.faults, w.calls, w.conn, w.undoing, w.byHand, w.ending = nil, map[string]int{}, u.conn.ID, 0, nil, nil
	w.ledger.guards.interrupted(run, u)
	w.ledger.begin(u)
	if u.conn.ID == conn {
		w.ledger.run.after = run
	}
	engine, err := w.newEngine(worker)
	if err == nil {
		var report contactsync.Report
		report, err = engine.Sync(w.ctx, u.conn.ID)
		w.logf("    %s: %s %v", worker, describe(report), err)
		w.ledger.end(u, report, err == nil, true)
		w.isolation.ended(u, report, err)
	}
	w.faults, w.struck, w.calls, w.cancel, w.conn, w.ledger.run = faults, struck, calls, cancel, conn, run
	w.undoing, w.runNo, w.byHand, w.ending = undoing, runNo, byHand, ending
}
