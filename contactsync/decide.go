package contactsync

import (
	"context"
	"fmt"

	"github.com/seed-42871e99/crmsync/record"
)

// Decide answers a problem of code conflict or completion: the value of that side is taken at the next run, if both sides still hold
// what was shown. A decision that is stale by then is refused; the problem stays, shows the new values under a new id, and says in its
// message that the answer was not used. Of several answers to a problem before a run the last one counts, and Problem.Answered shows it.
//
// Of a problem of code editVsDelete it says whether the side counts on which the record was changed, or the one on which it was
// removed. The change: the record is kept, also where the change is taken back meanwhile, and made again on the other side where that may
// be; else both sides are left as they are. The removal: what the settings say of removals is done, as if there had been no change.
//
// An [*InvalidError] when that is not how the problem is answered, [ErrStale] when a run has found since that it is about something
// else than what was shown: list the problems again. [ErrNotFound] when the connection has no such open problem. It
// is for administrators, who may answer for everybody; a user's own answers go through [Engine.User].
func (e *Engine) Decide(ctx context.Context, conn, problem string, take record.Side) error {
	problems, err := e.cfg.State.Problems(ctx, conn)
	if err != nil {
		return fmt.Errorf("contactsync: decide: %w", err)
	}
	p, err := problemByID(problems, problem)
	if err == nil {
		err = e.decide(ctx, p, take)
	}
	if err != nil {
		return fmt.Errorf("contactsync: decide: %w", err)
	}
	return nil
}

// decide posts a side as the answer to a problem.
func (e *Engine) decide(ctx context.Context, p Problem, take record.Side) error {
	switch {
	case take != record.CRM && take != record.Outlook:
		return &InvalidError{Field: "take", Reason: "neither the CRM nor Outlook"}
	case !p.asksForValue() && p.Code != CodeEditVsDelete:
		return &InvalidError{Field: "problem", Reason: "it is not decided by choosing a side; this is " + string(p.Code)}
	}
	d := PersonDecision{Problem: p.ID, Link: p.Link, Record: p.Record}
	d.Rule, d.Side, d.Raw = p.Rule, take, p.Raw
	return e.cfg.State.Post(ctx, Message{Conn: p.Conn, Decision: &d})
}

// asksForValue reports whether the problem asks whose value of a rule counts.
func (p *Problem) asksForValue() bool { return p.Code == CodeConflict || p.Code == CodeCompletion }
