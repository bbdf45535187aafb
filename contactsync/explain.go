package contactsync

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// Explanation says why a record is in step with the other side, or why not (B10). It holds no values.
type Explanation struct {
	Conn string
	// Record are the ids by [record.Side]: of the record that was asked about, and of the one it is tied to or once was; empty
	// where there is none.
	Record   [2]string
	Standing Standing
	// Words say it for a person, in a sentence or two.
	Words string
	// Status and Reason are the connection's: one that does not run explains why nothing happens.
	Status Status
	Reason string
	// Phase and Cause are the link's; empty: there is none. Of several links of the record it is one that takes part, where one
	// does. A link that goes on though the settings leave a removal at that has the cause of the removal.
	Phase Phase
	Cause Cause
	// Made says that the record on a side was made by the sync, from the other side's; else the two were matched.
	Made [2]bool
	// Alike are the kinds of match keys that the two records share now, in the order of the CRM's fields.
	Alike []match.KeyKind
	// Selected is what [Settings].Filter says of the CRM record or, of an item without one, OutlookFilter; and Decider is the
	// node of it that decided, as [filter.Condition.Why] names it. Unknown where the record could not be read.
	Selected filter.Result
	Decider  string
	// Kind is the kind of the CRM record, of [Settings].Kinds; empty: it is of none, or that cannot be told.
	Kind string
	// Rules are in the order of the mapping, those for some kinds last; empty where nothing is tied. A rule that is for other kinds than
	// the record's has [conflict.OtherKind].
	Rules []RuleStanding
	// Problems are the open ones about the record, in order of id.
	Problems []Problem
	// LastRun is when the connection ran last; zero: never.
	LastRun time.Time
}

// RuleStanding is where one rule of a tied pair stands.
type RuleStanding struct {
	Rule, Field string // its id, and the label of its first CRM field
	// Diverged says why the sides differ by rule (B22); conflict.Agreed when they said the same when they were last seen.
	Diverged conflict.Reason
	// Changed says which sides were edited since; the next run looks at them.
	Changed [2]bool
	// Asked: it waits for a person; Changed is then since it was asked.
	Asked bool
}

// Standing is where a record stands. It is a closed list.
type Standing string

const (
	StandingInSync      Standing = "inSync"      // tied, and nothing to do
	StandingDiverged    Standing = "diverged"    // tied, and some fields differ by rule
	StandingWaiting     Standing = "waiting"     // the next run has something to do about it
	StandingProblem     Standing = "problem"     // see Problems
	StandingResting     Standing = "resting"     // it was tied, and takes no part for the moment; see Cause
	StandingNotSelected Standing = "notSelected" // the filter does not select it, or cannot tell
	StandingNotAllowed  Standing = "notAllowed"  // it has no counterpart, and the settings make none
	StandingPrivate     Standing = "private"     // a private item, which stays out of the CRM
	StandingLeftBehind  Standing = "leftBehind"  // an item whose tie is over, or that of the card it was a spare one of: it may be matched, and is never imported
	StandingBlank       Standing = "blank"       // it has nothing that the other side could be told
	StandingGone        Standing = "gone"        // it is not there, or not to be seen
)

// Explain says why a record of the connection is or is not in step: which rule keeps its fields apart, what it is tied to, which
// node of the filter said no, and what is open about it. It reads the record and its counterpart as they are now, writes
// nothing, and needs no lease: what a run does meanwhile may be told of before or after.
//
// [ErrNotFound] when there is no such connection; an id that the side does not know is [StandingGone].
func (e *Engine) Explain(ctx context.Context, conn string, side record.Side, id string) (Explanation, error) {
	x, err := e.explain(ctx, conn, side, id)
	if err != nil {
		return Explanation{}, fmt.Errorf("contactsync: explain: %w", err)
	}
	return x, nil
}

// Explain explains a record of a connection of the user: see [Engine.Explain].
func (u User) Explain(ctx context.Context, conn string, side record.Side, id string) (Explanation, error) {
	err := u.check()
	var c Connection
	if err == nil {
		c, err = u.e.cfg.State.Connection(ctx, conn)
	}
	if err == nil && (c.Tenant != u.tenant || c.User != u.user) {
		err = ErrNotFound
	}
	if err != nil {
		return Explanation{}, fmt.Errorf("contactsync: explain: %w", err)
	}
	return u.e.Explain(ctx, conn, side, id)
}

// explainer is a run that only looks.
type explainer struct {
	run
	asked record.Side
	link  Link
	h     [2]half
	// decides is the label of the field that the deciding node of the filter compares.
	decides string
	Explanation
}

func (e *Engine) explain(ctx context.Context, connID string, side record.Side, id string) (Explanation, error) {
	switch {
	case side != record.CRM && side != record.Outlook:
		return Explanation{}, &InvalidError{Field: "side", Reason: "it is neither the CRM's nor Outlook's"}
	case id == "":
		return Explanation{}, &InvalidError{Field: "id", Reason: "it is empty"}
	}
	if err := e.unlock(ctx); err != nil {
		return Explanation{}, err
	}
	conn, err := e.cfg.State.Connection(ctx, connID)
	if err == nil {
		err = e.standing(ctx, &conn)
	}
	if err != nil {
		return Explanation{}, err
	}
	settings, err := e.cfg.Policy.For(ctx, conn)
	if err != nil {
		return Explanation{}, fmt.Errorf("policy: %w", err)
	}
	x := &explainer{run: run{e: e, conn: conn, start: e.cfg.Now()}, asked: side}
	if err := x.sameKey(); err != nil {
		return Explanation{}, err
	}
	if x.terms, err = e.termsOf(conn, settings); err != nil {
		return Explanation{}, fmt.Errorf("settings: %w", err)
	}
	x.Explanation = Explanation{Conn: connID, Status: conn.Status, Reason: conn.Reason, LastRun: conn.Progress.LastRun}
	if err := x.look(ctx, id); err != nil {
		return Explanation{}, err
	}
	x.selected(settings)
	x.rules()
	known, err := e.cfg.State.KnownOf(ctx, connID, slices.DeleteFunc([]string{x.Record[record.Outlook]}, func(id string) bool { return id == "" }))
	if err != nil {
		return Explanation{}, err
	}
	x.Standing = x.stand(len(known) > 0 && known[0].Orphan)
	x.Words = x.words()
	return x.Explanation, nil
}

// look reads the record, its link, its counterpart, and what is open about them.
func (x *explainer) look(ctx context.Context, id string) error {
	x.Record[x.asked] = id
	links, err := x.e.cfg.State.LinksOf(ctx, x.conn.ID, x.asked, []string{id})
	if err != nil {
		return err
	}
	slices.SortFunc(links, func(a, b Link) int { return compareIDs(a.ID, b.ID) })
	for _, phase := range []Phase{Linked, Intended, Detached, Unlinked} {
		if at := slices.IndexFunc(links, func(l Link) bool { return l.Phase == phase }); at >= 0 {
			x.link = links[at]
			x.Record, x.Phase, x.Cause, x.Made = x.link.IDs, x.link.Phase, x.link.Cause, x.link.Made
			break
		}
	}
	for s, id := range x.Record {
		if id == "" {
			continue
		}
		if x.h[s], err = x.readNow(ctx, record.Side(s), id); err != nil {
			return err
		}
	}
	if c, o := x.h[record.CRM].rec, x.h[record.Outlook].rec; c != nil && o != nil {
		theirs := match.Keys(o.Fields, x.terms.rules.Locale)
		for _, k := range match.Keys(c.Fields, x.terms.rules.Locale) {
			if slices.Contains(theirs, k) && !slices.Contains(x.Alike, k.Kind) {
				x.Alike = append(x.Alike, k.Kind)
			}
		}
	}
	open, err := x.e.cfg.State.Problems(ctx, x.conn.ID)
	if err != nil {
		return err
	}
	for _, p := range open {
		if p.Record[x.asked] == id || x.link.ID != "" && p.Link == x.link.ID {
			x.Problems = append(x.Problems, p)
		}
	}
	return x.e.withAnswers(ctx, x.conn.ID, x.Problems)
}

// readNow reads a record outside of a run.
func (r *run) readNow(ctx context.Context, side record.Side, id string) (half, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	found, err := r.side(side).Get(ctx, r.terms.scope(r.conn, side), []Ref{{ID: id}})
	if err != nil {
		return half{}, fmt.Errorf("read the %s: %w", sideName(side), err)
	}
	if len(found) != 1 {
		return half{}, fmt.Errorf("read the %s: %d answers to one question", sideName(side), len(found))
	}
	if len(found[0].Records) == 0 {
		return half{gone: found[0].Removed, into: found[0].Into}, nil
	}
	rec := found[0].Records[0]
	return half{rec: &rec}, nil
}

// selected asks the filter that the record has to pass, as it is written, so that the node names a saved search.
func (x *explainer) selected(s Settings) {
	c, rec := s.Filter, x.h[record.CRM].rec
	if x.asked == record.Outlook && x.link.ID == "" {
		c, rec = s.OutlookFilter, x.h[record.Outlook].rec
	}
	if rec == nil {
		return
	}
	env := x.terms.env(x.conn, x.start)
	env.Saved = func(name string) (filter.Condition, bool) {
		saved, ok := s.Saved[name]
		return saved, ok
	}
	var node filter.Condition
	node, x.Decider, x.Selected = c.Decider(rec.Fields, env)
	if f, ok := rec.Fields.Schema().Field(node.Field); ok {
		x.decides = cmp.Or(f.Label, f.Name)
	}
}

func (x *explainer) rules() {
	crm := x.h[record.CRM].fields()
	if x.terms.merger.KindOf != nil && crm.Schema() != nil {
		x.Kind, _ = x.terms.merger.KindOf(crm)
	}
	if x.Phase != Linked {
		return
	}
	m := x.terms.merger
	seen, waits := m.Current(x.link.Seen), m.Current(x.link.Asked)
	of := func(rule string) func(conflict.Seen) bool {
		return func(s conflict.Seen) bool { return s.Rule == rule }
	}
	shown := slices.Concat(waits, slices.DeleteFunc(slices.Clone(seen), func(s conflict.Seen) bool { return slices.ContainsFunc(waits, of(s.Rule)) }))
	var changed [2][]string
	for side := range changed {
		if rec := x.h[side].rec; rec != nil {
			changed[side] = m.Changed(shown, record.Side(side), rec.Fields)
		}
	}
	for i := range x.terms.rules.Rules {
		id := x.terms.rules.Rules[i].ID
		s := RuleStanding{Rule: id, Field: x.fieldLabel(id), Asked: slices.ContainsFunc(waits, of(id))}
		if at := slices.IndexFunc(seen, of(id)); at >= 0 {
			s.Diverged = seen[at].Diverged
		} else if x.h[0].rec != nil && x.h[1].rec != nil { // added since: it meets for the first time
			s.Changed = [2]bool{true, true}
		}
		for side := range changed {
			s.Changed[side] = s.Changed[side] || slices.Contains(changed[side], id)
		}
		if rule := &x.terms.rules.Rules[i]; len(rule.Kinds) > 0 && crm.Schema() != nil {
			switch mine, was := x.terms.isFor(rule, crm), s.Diverged != conflict.OtherKind; {
			case mine && !was: // the record is of its kind since: it meets for the first time
				s.Changed, s.Diverged = [2]bool{true, true}, conflict.Agreed
			case !mine: // an edit of it is for nobody
				s.Changed, s.Diverged = [2]bool{was, was}, conflict.OtherKind
			}
		}
		x.Rules = append(x.Rules, s)
	}
}

// stand is the first of the standings that holds.
func (x *explainer) stand(orphan bool) Standing {
	mine := x.h[x.asked]
	tied := x.Phase == Linked || x.Phase == Intended
	switch {
	case mine.rec == nil && !tied:
		return StandingGone
	case len(x.Problems) > 0:
		return StandingProblem
	case x.leftAlone() != NoCause:
		x.Cause = x.leftAlone()
		return StandingResting
	case x.Phase == Intended, x.Phase == Linked && (x.h[0].rec == nil || x.h[1].rec == nil || x.left(x.link, x.h[record.CRM])):
		return StandingWaiting
	case x.Phase == Detached, x.Phase == Unlinked:
		return StandingResting
	case x.Phase == Linked:
		return x.standTied()
	}
	switch to := x.asked.Other(); {
	case x.asked == record.Outlook && x.terms.private(mine.rec.Fields):
		return StandingPrivate
	case orphan:
		return StandingLeftBehind
	case x.Selected != filter.Yes:
		return StandingNotSelected
	case x.blank(x.asked, mine.rec):
		return StandingBlank
	case !x.terms.allow[to].Create:
		return StandingNotAllowed
	}
	return StandingWaiting
}

func (x *explainer) standTied() Standing {
	standing := StandingInSync
	for _, r := range x.Rules {
		switch {
		case r.Changed != [2]bool{}:
			return StandingWaiting
		case r.Diverged != conflict.Agreed && r.Diverged != conflict.OtherKind:
			standing = StandingDiverged
		}
	}
	return standing
}

// leftAlone is why a tie takes no part that goes on since the settings leave a removal at that; NoCause where it takes part, or where the next
// run has something to do about it.
func (x *explainer) leftAlone() Cause {
	edited := slices.ContainsFunc(x.Rules, func(r RuleStanding) bool { return r.Changed != [2]bool{} })
	if x.Phase != Linked || x.Cause == CauseRestore || x.link.Version != [2]string{} || edited && x.terms.EditVsDelete != conflict.DeleteWins {
		return NoCause
	}
	cause, d := NoCause, Disposition("")
	switch c, o := x.h[record.CRM], x.h[record.Outlook]; {
	case c.gone == Deleted && o.rec != nil:
		cause, d = CauseCRMDeleted, x.terms.Deleted.InCRM
	case c.gone == Hidden && o.rec != nil:
		cause, d = CauseHidden, x.terms.Hidden
	case o.gone == Deleted && c.rec != nil:
		cause, d = CauseOutlookDeleted, x.terms.Deleted.InOutlook
	case o.gone == Moved && c.rec != nil:
		cause, d = CauseMovedOut, x.terms.MovedOut
	case c.rec != nil && o.rec != nil && x.left(x.link, c):
		cause, d = CauseLeft, x.terms.Left
	}
	if d != LeaveAlone {
		return NoCause
	}
	return cause
}
