package sim

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// undoStep takes back a run of a user: "undo u1 0" the last that the journal has anything of, "undo u1 1" the one before,
// "undo u1 again" the one that was taken back last. With "look" its plan is made before, with "pass" what a guard halts is
// let pass.
func (w *world) undoStep(name string, words []string) {
	u := w.user(name)
	if u == nil || u.ended || !w.journal {
		return
	}
	var faults []fault
	var run uint64
	again, nth := false, 0
	for _, word := range words {
		if f, ok := parseFault(word); ok {
			faults = append(faults, f)
		} else if n, err := strconv.Atoi(word); err == nil {
			nth = n
		}
		again = again || word == "again"
	}
	if run = w.undid[u.conn.ID]; !again {
		runs, err := w.engine.Undoable(w.ctx, u.conn.ID)
		if err != nil || nth >= len(runs) {
			w.did(err)
			return
		}
		run = runs[nth].Run
	}
	if run == 0 {
		return
	}
	w.undid[u.conn.ID] = run
	w.reachUndo(u, run, again, nth)
	if slices.Contains(words, "look") {
		w.lookAtUndo(u, run)
	}
	report, err := w.undo(u, run, faults)
	if err == nil && report.Status == contactsync.Halted && slices.Contains(words, "pass") {
		if report.Halt.Undoes != run {
			w.broken("undo", "the undo of run %d is halted as that of run %d", run, report.Halt.Undoes)
		}
		shown := *report.Halt
		defer w.ledger.guards.letPass(u.conn.ID, shown)()
		w.reach("event undo let pass")
		report, err = w.undo(u, run, nil, contactsync.LetPass(shown))
		if err == nil && report.Status == contactsync.Halted && len(faults) == 0 && !(w.lag.late && showsMore(*report.Halt, shown)) { // else it had not seen all
			w.broken("undo", "the undo of run %d asks again about %s of %d in %s, after a person has let it pass", run, report.Halt.Guard, report.Halt.Count, report.Halt.Side)
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, contactsync.ErrBusy):
		w.isolation.busy(u)
	case errors.Is(err, contactsync.ErrNotFound) && again: // it is too old by now
	case len(faults) == 0:
		w.broken("sound", "an undo without faults failed: %v", err)
	}
}

// showsMore reports whether a halt is about more than one that a person was shown before, of the same kind: what a mailbox shows late came up since.
func showsMore(h, shown contactsync.Halt) bool {
	if h.Guard == shown.Guard && h.Side == shown.Side {
		return h.Count > shown.Count
	}
	return !slices.ContainsFunc(shown.Also, func(e contactsync.Excess) bool { return e.Guard == h.Guard && e.Side == h.Side && h.Count <= e.Count })
}

// undo is one undo, with what goes wrong in it.
func (w *world) undo(u *user, run uint64, faults []fault, opts ...contactsync.UndoOption) (report contactsync.Report, err error) {
	w.undoing = run
	defer func() { w.undoing = 0 }()
	err = w.attempt(u, faults, false, func(ctx context.Context) (contactsync.Report, error) {
		report, err = w.engine.Undo(ctx, u.conn.ID, run, opts...)
		return report, err
	})
	if err == nil && report.Status == contactsync.Idle && len(faults) == 0 {
		w.checkLinked(u, report)
	}
	return report, err
}

// lookAtUndo makes the plan of an undo, which writes nothing.
func (w *world) lookAtUndo(u *user, run uint64) {
	w.looking = true
	defer func() { w.looking = false }()
	err := w.attempt(u, nil, false, func(ctx context.Context) (contactsync.Report, error) {
		_, err := w.engine.PlanUndo(ctx, u.conn.ID, run)
		if w.ledger.run.writes > 0 {
			w.broken("undo", "the plan of an undo has written %d records", w.ledger.run.writes)
		}
		return contactsync.Report{}, err
	})
	if err != nil && !errors.Is(err, contactsync.ErrBusy) && !errors.Is(err, contactsync.ErrNotFound) {
		w.broken("sound", "the plan of an undo failed: %v", err)
	}
	w.reach("edit undo look")
}

// reachUndo notes what is undone.
func (w *world) reachUndo(u *user, run uint64, again bool, nth int) {
	switch r := w.ledger.undos.runs[runOf{u.conn.ID, run}]; {
	case again:
		w.reach("edit undo again")
	case r != nil && r.undo:
		w.reach("edit undo undo")
	case r != nil && r.vague:
		w.reach("edit undo stopped")
	case nth > 0:
		w.reach("edit undo earlier")
	default:
		w.reach("edit undo last")
	}
}
