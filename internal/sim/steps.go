package sim

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Play plays a script and then lets everything settle. It returns the first violation, nil when every promise held, and
// an account of what happened. The error is about the script itself.
func Play(s Script) (v *Violation, log []string, err error) {
	w, err := newWorld(s)
	if err != nil {
		return nil, nil, err
	}
	for i, line := range s {
		if isSetup(line) {
			continue
		}
		w.line = i + 1
		w.now = w.now.Add(time.Minute)
		w.logf("%d: %s", w.line, line)
		w.step(strings.Fields(line))
		if w.violation != nil {
			return w.violation, w.log, nil
		}
	}
	w.line = 0
	w.settle()
	return w.violation, w.log, nil
}

// step plays one line. A line that makes no sense in the world as it is does nothing.
func (w *world) step(words []string) {
	arg := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch words[0] {
	case "crm":
		w.makeRecord(arg(1), words[2:])
	case "outlook":
		w.makeItem(arg(1), words[2:])
	case "set":
		w.edit(arg(1), arg(2), func(side record.Side, _ record.Fields) record.Fields { return fields(side, words[3:]) })
	case "swap":
		w.edit(arg(1), arg(2), func(side record.Side, f record.Fields) record.Fields {
			a, b := fieldOf(side, arg(3)), fieldOf(side, arg(4))
			return schemas[side].Build().Set(a, value(f, b)...).Set(b, value(f, a)...).Fields()
		})
	case "delete":
		w.remove(arg(1), arg(2))
	case "merge":
		w.merge(arg(1), arg(2))
	case "hide", "show":
		w.visibility(words[0], arg(1), arg(2))
	case "move", "back":
		w.move(words[0] == "move", arg(1), arg(2))
	case "copy":
		w.copyItem(arg(1), arg(2), arg(3))
	case "private":
		if u, id := w.itemOf(arg(1), arg(2)); id != "" {
			w.did(u.box.SetPrivate(id, arg(3) == "yes"))
		}
	case "decide":
		w.decide(arg(1), arg(2), arg(3))
	case "resume":
		if u := w.user(arg(1)); u != nil {
			w.did(w.engine.Resume(w.ctx, u.conn.ID, arg(2) == "yes"))
		}
	case "clock":
		if d, err := time.ParseDuration(arg(1)); err == nil {
			w.now = w.now.Add(d)
		}
	case "expire":
		if arg(1) == "crm" {
			w.crm.ExpireCursors()
		} else {
			w.outlook.ExpireCursors()
		}
	case "run", "records", "plan", "apply":
		w.runStep(words[0], arg(1), words[2:])
	default:
		w.logf("    there is no step %q", words[0])
	}
}

func value(f record.Fields, name string) record.Value {
	v, _ := f.Get(name)
	return v
}

// did notes that a step was not possible.
func (w *world) did(err error) {
	if err != nil {
		w.logf("    not done: %v", err)
	}
}

// runStep is one run, with what goes wrong in it.
func (w *world) runStep(verb, name string, words []string) {
	u := w.user(name)
	if u == nil {
		return
	}
	var faults []fault
	var opts []contactsync.SyncOption
	var records []string
	for _, word := range words {
		if f, ok := parseFault(word); ok {
			faults = append(faults, f)
		} else if word == "full" {
			opts = append(opts, contactsync.Full())
		} else if id := w.crmID(word); id != "" {
			records = append(records, id)
		}
	}
	err := w.attempt(u, faults, verb == "run", func(ctx context.Context) (contactsync.Report, error) {
		switch verb {
		case "records":
			return w.engine.SyncRecords(ctx, u.conn.ID, records)
		case "plan":
			plan, err := w.engine.Plan(ctx, u.conn.ID)
			if err == nil && plan != nil {
				w.plans[name] = plan
			}
			return contactsync.Report{}, err
		case "apply":
			if w.plans[name] == nil {
				return contactsync.Report{}, nil
			}
			return w.engine.Apply(ctx, w.plans[name])
		}
		return w.engine.Sync(ctx, u.conn.ID, opts...)
	})
	if err != nil && !errors.Is(err, contactsync.ErrBusy) && !errors.Is(err, contactsync.ErrPlanOutdated) && len(faults) == 0 {
		w.broken("sound", "a run without faults failed: %v", err)
	}
}

// attempt does a run under faults. A process that stops is started anew, when its lease is over unless it keeps its name.
// A whole run looks at everything that changed.
func (w *world) attempt(u *user, faults []fault, whole bool, do func(context.Context) (contactsync.Report, error)) (err error) {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	w.faults, w.calls, w.cancel, w.conn = faults, map[string]int{}, cancel, u.conn.ID
	w.ledger.begin(u)
	report, stopped, err := w.guarded(func() (contactsync.Report, error) { return do(ctx) })
	w.faults = nil
	w.ledger.end(u, report, whole && err == nil && !stopped)
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
	}
	return err
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
	for _, u := range w.users {
		if u.conn.ID == w.conn {
			w.between(u, "other")
		}
	}
}

// interleave lets another user's run come in between.
func (w *world) interleave(name string) {
	if u := w.user(name); u != nil && u.conn.ID != w.conn {
		w.logf("    meanwhile %s runs", name)
		w.between(u, "other-"+name)
	}
}

// between does a whole run in the middle of another.
func (w *world) between(u *user, worker string) {
	faults, calls, cancel, conn, guards := w.faults, w.calls, w.cancel, w.conn, w.ledger.guards
	w.faults, w.calls, w.conn = nil, map[string]int{}, u.conn.ID
	w.ledger.begin(u)
	engine, err := w.newEngine(worker)
	if err == nil {
		var report contactsync.Report
		report, err = engine.Sync(w.ctx, u.conn.ID)
		w.logf("    %s: %s %v", worker, describe(report), err)
		w.ledger.end(u, report, err == nil)
	}
	w.faults, w.calls, w.cancel, w.conn, w.ledger.guards = faults, calls, cancel, conn, guards
}

func describe(r contactsync.Report) string {
	var parts []string
	for side, c := range r.Counts {
		if c != (contactsync.Counts{}) {
			parts = append(parts, fmt.Sprintf("%s %+v", record.Side(side), c))
		}
	}
	if r.Matched > 0 {
		parts = append(parts, fmt.Sprintf("matched %d", r.Matched))
	}
	for _, p := range r.Problems {
		parts = append(parts, fmt.Sprintf("problem %s %s %v %s", p.Code, p.Rule, p.Record, p.Field))
	}
	return string(r.Status) + " " + strings.Join(parts, "; ")
}

// decide answers the n-th open conflict of a user.
func (w *world) decide(name, nth, side string) {
	u := w.user(name)
	if u == nil {
		return
	}
	problems, err := w.state.Problems(w.ctx, u.conn.ID)
	w.did(err)
	problems = slices.DeleteFunc(problems, func(p contactsync.Problem) bool { return p.Code != contactsync.CodeConflict })
	if len(problems) == 0 {
		return
	}
	n, _ := strconv.Atoi(nth)
	p := problems[n%len(problems)]
	take := record.Outlook
	if side == "crm" {
		take = record.CRM
	}
	if err := w.engine.Decide(w.ctx, u.conn.ID, p.ID, take); err != nil {
		w.did(err)
		return
	}
	w.ledger.decided(u, p, take)
}
