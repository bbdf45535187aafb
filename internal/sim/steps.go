package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Outcome is what came of a script.
type Outcome struct {
	Violation *Violation // the first; nil when every promise held
	Log       []string   // an account of what happened
	Reached   []string   // where the story got: "setting conflict=crm", "fault store.apply=lost", "edit crm set"; sorted
}

// Play plays a script against an Outlook in memory and then lets everything settle. The error is about the script itself.
func Play(s Script) (Outcome, error) { return PlayOn(InMemory, s) }

// PlayOn plays a script against the Outlook that on makes.
func PlayOn(on func(OutlookOptions) (Outlook, error), s Script) (Outcome, error) {
	return PlayWith(on, StateInMemory, s)
}

// PlayWith plays a script against the Outlook that on makes, with States that newState makes, each empty; one that is an
// io.Closer is closed when it is not needed any more. A State must take the moments it is given for the time.
func PlayWith(on func(OutlookOptions) (Outlook, error), newState func() contactsync.State, s Script) (Outcome, error) {
	w, err := newWorld(s, on, newState)
	if err != nil {
		return Outcome{}, err
	}
	defer w.endState()
	w.play(s)
	if w.violation == nil {
		w.line = 0
		w.settle()
	}
	return w.outcome(), nil
}

// play plays the steps of a script, up to the first that breaks a promise.
func (w *world) play(s Script) {
	for i, line := range s {
		if isSetup(line) {
			continue
		}
		w.line = i + 1
		w.now = w.now.Add(time.Minute)
		w.logf("%d: %s", w.line, line)
		w.step(line, strings.Fields(line))
		if w.violation != nil {
			return
		}
	}
}

func (w *world) outcome() Outcome {
	return Outcome{Violation: w.violation, Log: w.log, Reached: slices.Sorted(maps.Keys(w.reached))}
}

// step plays one line. A line that makes no sense in the world as it is does nothing.
func (w *world) step(line string, words []string) {
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
	case "wipe":
		w.wipe(arg(1), arg(2))
	case "unwipe":
		w.unwipe(arg(1))
	case "undelete":
		w.undelete(arg(1))
	case "merge":
		w.merge(arg(1), arg(2))
	case "hide", "show":
		w.visibility(words[0], arg(1), arg(2))
	case "owner":
		w.hand(arg(1), arg(2))
	case "move", "back":
		if arg(1) == "up" {
			w.backUp()
			return
		}
		w.move(words[0] == "move", arg(1), arg(2))
	case "copy":
		w.copyItem(arg(1), arg(2), arg(3))
	case "retype":
		w.retype(arg(1), arg(2), arg(3))
	case "private":
		if u, id := w.itemOf(arg(1), arg(2)); id != "" {
			w.did(u.box.SetPrivate(id, arg(3) == "yes"))
			w.reach("edit outlook private")
		}
	case "change":
		w.change(line, words[1:])
	case "lose":
		if arg(1) == "ties" {
			w.loseTies(w.user(arg(2)), words[min(3, len(words)):])
			return
		}
		w.loseState()
	case "put":
		w.putBack()
	case "decide":
		w.decide(arg(1), arg(2), arg(3))
	case "accept", "reject":
		w.identify(words[0], arg(1), arg(2))
	case "choose":
		w.choose(arg(1), arg(2), arg(3))
	case "correct":
		w.correct(arg(1), arg(2), words[min(3, len(words)):])
	case "resume":
		if u := w.user(arg(1)); u != nil {
			w.resume(u, arg(2))
		}
	case "clock":
		if d, err := time.ParseDuration(arg(1)); err == nil {
			w.now = w.now.Add(d)
			w.reach("edit clock")
		}
	case "expire":
		w.reach("edit expire " + arg(1))
		if arg(1) == "crm" {
			w.crm.ExpireCursors()
		} else {
			w.outlook.ExpireCursors()
		}
	case "pause", "continue", "dismiss", "reinstate":
		w.turn(words[0], arg(1))
	case "disconnect":
		w.disconnect(arg(1), words[min(2, len(words)):])
	case "connect":
		w.connectAgain(w.user(arg(1)))
	case "undo":
		w.undoStep(arg(1), words[min(2, len(words)):])
	case "expect":
		if what := strings.Join(words[1:], " "); !w.reached["event "+what] {
			w.broken("sound", "the story was to come to %q, and did not", what)
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
	if u == nil || w.noMore(u) {
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
	w.reach("edit " + verb + map[bool]string{true: " full"}[len(opts) > 0])
	var applied contactsync.Report
	whole := verb == "run" || verb == "records" && w.ledger.guards.waits(u)
	err := w.attempt(u, faults, whole, func(ctx context.Context) (contactsync.Report, error) {
		switch verb {
		case "records":
			return w.engine.SyncRecords(ctx, u.conn.ID, records)
		case "plan":
			plan, err := w.engine.Plan(ctx, u.conn.ID)
			if err == nil && (plan.Status == contactsync.Idle || plan.Halt != nil) {
				w.plans[name] = plan
			}
			return contactsync.Report{}, err
		case "apply":
			if w.plans[name] == nil {
				return contactsync.Report{}, nil
			}
			report, err := w.engine.Apply(ctx, w.plans[name])
			applied = report
			return report, err
		}
		return w.engine.Sync(ctx, u.conn.ID, opts...)
	})
	if waited := whole && verb == "records" && !w.relieved(); waited && !w.ledger.guards.waits(u) && w.calls["store.changes"] == 0 {
		w.broken("deletes", "a run for some records ended the wait of a connection, and looked at nothing else")
	}
	switch {
	case err == nil && applied.Conn != "":
		w.ledger.guards.applied(u, applied)
	case err == nil && verb == "run" && len(w.struck) > 0 && singleWrites(faults):
		w.isolation.replan(u)
	case err == nil || errors.Is(err, contactsync.ErrPlanOutdated):
	case errors.Is(err, contactsync.ErrBusy):
		w.isolation.busy(u)
	case len(faults) == 0:
		w.broken("sound", "a run without faults failed: %v", err)
	}
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
	problems = slices.DeleteFunc(problems, func(p contactsync.Problem) bool { return !asksForASide(p.Code) })
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
	w.reach("edit decide " + side)
}

// resume answers the halt of a user's connection: yes lets it go on, no lets it wait, restore puts back.
func (w *world) resume(u *user, word string) {
	conn, err := w.state.Connection(w.ctx, u.conn.ID)
	if err != nil || conn.Halt == nil {
		return
	}
	answer := contactsync.AnswerWait
	switch word {
	case "yes":
		answer = contactsync.AnswerGoOn
	case "restore":
		answer = contactsync.AnswerRestore
	}
	if err := w.engine.Resume(w.ctx, u.conn.ID, *conn.Halt, answer); err != nil {
		w.did(err)
		return
	}
	w.ledger.guards.answered(u.conn.ID, *conn.Halt, answer)
	w.reach("edit resume " + word)
}
