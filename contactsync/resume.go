package contactsync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Answer is what a person says to a halt.
type Answer string

const (
	// AnswerGoOn lets the next run exceed the guard that halted, on the side it was about, by at most the count that was
	// shown: more, another guard, or the other side halts again. Of [GuardEmptySide] it covers the deletes that follow on the
	// other side too, as many as were shown. What that run does not use is over when it ends. What it
	// does is not counted in the day, and what the day had counted of it before is forgiven: a person has looked.
	AnswerGoOn Answer = "goOn"
	// AnswerRestore has the next run restore what was removed, instead of removing it on the other side too. It answers
	// [GuardDeletes] and [GuardEmptySide]; other guards halt over nothing that could be put back (see [Halt.Restorable]).
	//
	// Every linked record that the run finds deleted on that side is made again there from the other side's, with the mapped
	// fields, whatever the settings say of deletes; guards do not count it. That goes for those that were halted and for
	// those deleted since. Where it may not be made (the flow has no create, the filter does not select it, it is private,
	// people merged it into another), and where it was not deleted but left the selection, was hidden or moved, the
	// link is detached: both sides keep what they have. Nothing is deleted on the other side for it. Who was typed in again there meanwhile
	// is tied and not made a second time; where nothing tells for certain that it is the same person, [User.Accept] or [User.Reject] says
	// so, and until then nothing is made of either.
	//
	// The answer holds until a run has left nothing unfinished. A record that could not be made, or of which a side could not tell
	// whether it is there, is restored later, when its problem is tried again. What runs before the halt have deleted is not brought back, nor need be what they have found
	// deleted and left alone, as [LeaveAlone] says: only a run that reads the side completely comes upon that again. Where the
	// settings let deletes go across, the run that restores does.
	AnswerRestore Answer = "restore"
	// AnswerWait keeps the connection halted, and has each run look again. It writes nothing while any guard is exceeded, and
	// goes on by itself once none is: when a side that was empty by an outage is full again, or when people have undone
	// what they did. Time alone is no reason: the day that guards add up stays the one before the halt.
	AnswerWait Answer = "wait"
)

// Resume is a person's answer to a halt, as it waits for the next run.
type Resume struct {
	Answer Answer
	// Halt is what the person was shown.
	Halt Halt
}

// Restorable says on which side [AnswerRestore] would put records back; false when it does not answer this halt.
func (h Halt) Restorable() (record.Side, bool) {
	if h.Undoes != 0 { // nobody has removed anything
		return 0, false
	}
	switch h.Guard {
	case GuardDeletes:
		return h.Side.Other(), true
	case GuardEmptySide:
		return h.Side, true
	}
	return 0, false
}

// Resume answers a halt; the next run acts on it. Shown is the halt that the person saw, whole, from [Connection.Halt] or the
// [Report.Halt] of a sync: the answer covers that and no more. A halt is told from a later one by its guard, its side and the second of
// Since, so that an old page answers no new question. Of several answers before a run the last one counts.
//
// An [*InvalidError] when no guard has halted the connection, it has been halted anew since, or the answer does not fit the guard;
// [ErrNotFound] when there is no such connection.
func (e *Engine) Resume(ctx context.Context, conn string, shown Halt, answer Answer) error {
	c, err := e.cfg.State.Connection(ctx, conn)
	if err != nil {
		return fmt.Errorf("contactsync: resume: %w", err)
	}
	_, restorable := shown.Restorable()
	var fault *InvalidError
	switch {
	case c.Status != Halted || c.Halt == nil:
		fault = &InvalidError{Field: "connection", Reason: "no guard has halted it"}
	case !c.Halt.was(shown):
		fault = &InvalidError{Field: "shown", Reason: "that is not what the connection is halted for by now; look again"}
	case answer == AnswerRestore && !restorable:
		fault = &InvalidError{Field: "answer", Reason: fmt.Sprintf("restore answers a halt over deletes or an empty side; this one is over %s", shown.Guard)}
	case answer != AnswerGoOn && answer != AnswerRestore && answer != AnswerWait:
		fault = &InvalidError{Field: "answer", Reason: fmt.Sprintf("%q is not one of %q", answer, []Answer{AnswerGoOn, AnswerRestore, AnswerWait})}
	}
	if fault != nil {
		return fmt.Errorf("contactsync: resume: %w", fault)
	}
	if err := e.cfg.State.Post(ctx, Message{Conn: conn, Resume: &Resume{Answer: answer, Halt: shown}}); err != nil {
		return fmt.Errorf("contactsync: resume: %w", err)
	}
	return nil
}

// same reports whether two halts are over the same guard.
func (h Halt) same(other Halt) bool { return h.Guard == other.Guard && h.Side == other.Side }

// was reports whether a halt is the one that a person was shown. A host may have kept whole seconds of it.
func (h Halt) was(shown Halt) bool {
	return h.same(shown) && h.Undoes == shown.Undoes && h.Since.Sub(shown.Since).Abs() < time.Second
}

// resume acts on the last answer to the halt, if the connection is halted still.
func (r *run) resume() {
	c := &r.conn
	if c.Status != Halted || c.Halt == nil {
		return
	}
	var answer *Resume
	for _, m := range r.lease.Messages {
		if m.Resume != nil && c.Halt.was(m.Resume.Halt) {
			answer = m.Resume
		}
	}
	if answer == nil {
		return
	}
	if answer.Answer == AnswerWait {
		halt := *c.Halt
		halt.Waiting = true
		c.Halt = &halt
		return
	}
	c.Status, c.Reason, c.Halt = Idle, "", nil
	switch side, ok := answer.Halt.Restorable(); {
	case answer.Answer == AnswerGoOn:
		c.Progress.pass(answer.Halt)
	case answer.Answer == AnswerRestore && ok:
		c.Progress.Restore[side] = true
	}
}

// pass lets a halt pass, beside those let pass before: a run may meet several guards one after another. What the day has
// counted of it is forgiven. Of a side that was emptied, what follows on the other passes with it.
func (p *Progress) pass(h Halt) {
	if h.Guard == GuardEmptySide && h.Deletes > 0 {
		p.pass(Halt{Guard: GuardDeletes, Side: h.Side.Other(), Count: h.Deletes, Of: h.Of, Since: h.Since})
	}
	p.Passed = append(slices.DeleteFunc(slices.Clone(p.Passed), h.same), h)
	p.Day = slices.Clone(p.Day)
	for i := range p.Day {
		for c := range limited {
			if limited[c].guard == h.Guard {
				limited[c].count(&p.Day[i])[h.Side] = 0
			}
		}
	}
}

// passed is how many a person has let pass of what the guard counts on the side, and that no run has done yet.
func (p *Progress) passed(guard Guard, side record.Side) int {
	for _, h := range p.Passed {
		if h.Guard == guard && h.Side == side {
			return h.Count
		}
	}
	return 0
}

// spend takes n off what a person has let pass, and reports false where there is nothing to take it off.
func (p *Progress) spend(guard Guard, side record.Side, n int) bool {
	for i := range p.Passed {
		if h := &p.Passed[i]; h.Guard == guard && h.Side == side && h.Count >= n {
			h.Count -= n
			return true
		}
	}
	return false
}

// restores reports whether a record that is gone from the side is to be put back whatever the settings say, because a
// person said so.
func (r *run) restores(l *Link, gone record.Side) bool {
	return r.conn.Progress.Restore[gone] || l.Cause == CauseRestore && l.Target == gone
}

// deletesFollow reports whether the settings delete on the other side what went from this one.
func (r *run) deletesFollow(side record.Side) bool {
	if side == record.CRM {
		return r.terms.Deleted.InCRM == Propagate || r.terms.Hidden == Propagate
	}
	return r.terms.Deleted.InOutlook == Propagate || r.terms.MovedOut == Propagate
}
