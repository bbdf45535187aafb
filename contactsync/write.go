package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// intend puts what a task is about to do into the batch, and reports whether it must be saved before it is done.
func (r *run) intend(t *task) bool {
	now := r.e.cfg.Now()
	t.link = t.v.link
	if t.copy {
		for side, op := range t.v.ops {
			if rec := t.h[side].rec; op == Delete && rec != nil {
				t.write[side] = &Write{Op: Delete, ID: rec.ID, Version: rec.Version}
			}
		}
		return len(r.batch.Known) > 0 // that it is one is saved before it is removed
	}
	if t.undo != nil {
		return r.intendUndo(t)
	}
	if t.link.ID == "" {
		if !t.v.writes() && !t.v.first {
			return false
		}
		t.link.ID = newID(r.e.cfg.Rand)
		r.stored[t.link.ID] = ""
		t.v.link.ID = t.link.ID
	} else if t.v.ops[t.link.Target] == Create && !t.repeat {
		t.link.Gen++
	}
	r.judged[t.link.ID] = true
	if !t.v.writes() {
		if t.v.needs == [2]bool{} && (t.v.dirty || t.v.first) {
			r.settleTask(t)
		}
		return false
	}
	must := false
	saved := *t.job.link
	if saved.deletes() {
		saved.Since = time.Time{}
	}
	saved.ID, saved.IDs, saved.Seen = t.link.ID, t.v.link.IDs, t.seen()
	for side, op := range t.v.ops {
		s := record.Side(side)
		switch op {
		case Create:
			t.link.Since = now
			t.link.Pending = [2][]conflict.Seen{}
			t.link.Pending[side] = t.v.out.Seen
			t.sent[side] = r.terms.empty[side].With(t.v.set[side])
			t.write[side] = &Write{Op: Create, Stamp: r.stamp(t.link), Set: t.v.set[side], Changed: changedAt(t.h[s.Other()])}
			saved, must = t.link, true
			if len(t.v.asked) > 0 { // should the run stop before its problems are saved, the next opens them
				saved.Version = [2]string{}
			}
		case Update:
			saved.Pending[side] = t.v.out.Pending(s)
			t.sent[side] = t.h[side].fields().With(t.v.set[side])
			w := &Write{Op: Update, ID: t.ids[side], Version: t.version(s), Set: t.v.set[side], Was: t.h[side].rec, Changed: changedAt(t.h[s.Other()])}
			if rec := t.h[side].rec; s == record.Outlook && rec != nil && rec.StampRead && rec.Stamp == "" {
				stamped := t.link
				stamped.Target = record.Outlook
				w.Stamp = r.stamp(stamped)
			}
			t.write[side], must = w, true
		case Delete:
			t.write[side] = &Write{Op: Delete, ID: t.ids[side], Version: t.version(s)}
			if t.v.drop { // should its answer be lost, it is no person's
				saved.Since, saved.Target, must = now, s, true
			}
		}
	}
	if must {
		r.saveLink(saved)
	}
	return must
}

func changedAt(source half) (t timeOfChange) {
	if source.rec != nil {
		return source.rec.Modified
	}
	return t
}

func (v *verdict) writesRule(rule string, side record.Side) bool {
	for _, o := range v.out.Rules {
		if o.Rule == rule {
			return o.Writes[side]
		}
	}
	return false
}

func (t *task) version(side record.Side) string {
	if rec := t.h[side].rec; rec != nil {
		return rec.Version
	}
	return t.job.link.Version[side]
}

// write carries out the tasks' writes on one side, in one call.
func (r *run) write(ctx context.Context, side record.Side, tasks []*task) error {
	var writes []Write
	var whose []*task
	for _, t := range tasks {
		if w := t.write[side]; w != nil {
			writes = append(writes, *w)
			whose = append(whose, t)
		}
	}
	if len(writes) == 0 {
		return nil
	}
	if err := r.keep(ctx); err != nil {
		return err
	}
	call, cancel := r.bounded(ctx)
	defer cancel()
	apply := r.side(side).Apply
	if side == record.CRM && len(r.terms.accounts) > 0 {
		apply = r.applyByReference
	}
	results, err := apply(call, r.writeScope(side), writes)
	if err != nil {
		return fmt.Errorf("write %d records to the %s: %w", len(writes), sideName(side), err)
	}
	if len(results) != len(writes) {
		err := fmt.Errorf("%w: the %s gave %d results for %d writes", ErrUnconfirmed, sideName(side), len(results), len(writes))
		results = slices.Repeat([]Result{{Err: err}}, len(writes))
	}
	taken, err := r.taken(ctx, side, writes, results)
	if err != nil {
		return err
	}
	for i, t := range whose {
		r.record(side, t, results[i], taken[i])
	}
	return nil
}

// record notes what became of one write; taken says who has the record it answers with.
func (r *run) record(side record.Side, t *task, res Result, taken claimant) {
	w := t.write[side]
	switch {
	case res.Err == nil && w.Op != Delete && (res.ID == "" || !storable(res.ID)):
		res.Err = fmt.Errorf("%w: the %s confirmed a write without a usable id", ErrUnconfirmed, sideName(side))
		fallthrough
	case res.Err != nil:
		r.failed(side, t, res.Err)
	case w.Op == Delete:
		t.fate[side] = done
		r.report.Counts[side].Deleted++
		r.live[side][w.ID] = half{gone: Deleted}
	case res.Existed || taken != nobody:
		r.existed(side, t, res, taken)
	default:
		t.fate[side] = done
		if w.Op == Create {
			r.report.Counts[side].Created++
			t.link = confirmed(t.link, res.ID)
			t.ids[side] = res.ID
			if side == record.Outlook {
				r.made = append(r.made, res.ID)
			}
		} else {
			r.report.Counts[side].Updated++
			r.written[side][res.ID] = true
		}
		t.link.Version[side] = res.Version
		kept := t.sent[side].With(res.Stored)
		stamp, read := w.Stamp, true
		if t.h[side].rec != nil && w.Stamp == "" {
			stamp, read = t.h[side].rec.Stamp, t.h[side].rec.StampRead
		}
		r.live[side][res.ID] = half{rec: &record.Record{
			ID: res.ID, Version: res.Version, Modified: res.Modified, Stamp: stamp, StampRead: read, Folder: r.scope[side].Folder, Fields: kept,
		}}
	}
}

func notKnown(side record.Side) string {
	return fmt.Sprintf("It is not known whether the %s took the change. It is looked up and tried again by itself.", sideName(side))
}

// refusedOn is a problem about a write that a side did not carry out.
func (t *task) refusedOn(side record.Side) Problem {
	p := Problem{Code: CodeFailed, Link: t.link.ID, Record: t.link.IDs, Sides: onSide(side)}
	if p.Record[side] == "" {
		p.Record[side] = t.job.link.IDs[side] // the one that is put back
	}
	return p
}

// failed sorts the error of one write: to be judged again, not confirmed, or refused with a problem that says why.
func (r *run) failed(side record.Side, t *task, err error) {
	w := t.write[side]
	switch {
	case (errors.Is(err, ErrStale) || errors.Is(err, ErrNotFound)) && w.Op != Create && !t.copy && t.tries < maxTries:
		t.fate[side] = outdated
		r.live[side][w.ID] = half{gone: Unknown}
		return
	case errors.Is(err, ErrNotFound) && w.Op == Create && side == record.CRM && t.tries < maxTries: // made under this stamp before, and deleted since
		t.fate[side] = outdated
		t.link = confirmed(t.link, "")
		t.over[side] = &half{gone: Deleted}
		return
	case errors.Is(err, ErrNotFound) && w.Op == Delete:
		t.fate[side] = done
		r.report.Counts[side].Deleted++
		return
	case errors.Is(err, ErrDenied) && r.deniedDelete(side, t):
		return
	}
	if value := (*record.ValueError)(nil); errors.As(err, &value) { // a host's own check by the schema
		err = &InvalidError{Field: value.Field, Reason: value.Detail()}
	}
	if t.undo != nil {
		r.undoFailed(side, t, err)
		return
	}
	p := t.refusedOn(side)
	p.RetryAt = r.retryAt(CodeFailed, t.link.ID, "")
	t.fate[side] = refused
	var invalid *InvalidError
	var throttled *ThrottledError
	switch {
	case errors.Is(err, ErrUnconfirmed): // whatever else it says
		t.fate[side] = unconfirmed
		p.Message = notKnown(side)
	case errors.As(err, &invalid):
		p.Code, p.Field, p.Resolvable, p.RetryAt = CodeInvalidValue, invalid.Field, true, timeOfChange{}
		until := "both sides keep their own"
		if w.Op == Create {
			until = "the contact is not copied"
		}
		what := "the contact"
		if invalid.Field != "" {
			what = fmt.Sprintf("the value of %q", invalid.Field)
		}
		p.Message = fmt.Sprintf("The %s does not accept %s: %s. Correct it; until then %s.", sideName(side), what, invalid.Reason, until)
		r.showRefused(&p, side, t)
	case errors.Is(err, ErrDenied):
		p.Code = CodeDenied
		p.RetryAt = r.retryAt(CodeDenied, t.link.ID, "")
		p.Message = fmt.Sprintf("The %s does not allow this change.", sideName(side))
		if w.Op == Delete && side == record.CRM {
			p.Message = withoutRightWords
		}
	case errors.As(err, &throttled):
		p.RetryAt = r.e.cfg.Now().Add(throttled.RetryAfter)
		p.Message = fmt.Sprintf("The %s is busy. The change is tried again by itself.", sideName(side))
	case errors.Is(err, ErrStale), errors.Is(err, ErrNotFound):
		p.Message = "The contact kept changing while it was synced. It is tried again by itself."
	default:
		t.fate[side] = unconfirmed
		p.Message = notKnown(side)
	}
	if t.copy { // it has no link
		p.Record = t.ids
		p.RetryAt = r.later(p)
		if t.fate[side] == refused {
			p.Message = copyWords
		}
	}
	if w.Op == Create && t.fate[side] == refused && (t.repeat || t.job.link.ID == "") {
		p.Link = ""
		p.RetryAt = r.later(p)
	}
	r.report.Counts[side].Failed++
	r.problem(p)
	if t.repeat && t.fate[side] == refused { // its link ends, and a run that is stopped now leaves no other trace of it
		r.batch.Problems = append(r.batch.Problems, r.report.Problems[len(r.report.Problems)-1])
	}
}

// showRefused notes in the problem of a field that a side refused which rule carries it, and what the sides hold of that.
func (r *run) showRefused(p *Problem, side record.Side, t *task) {
	p.Rule = r.ruleOf(t.v.out.Seen, side, p.Field)
	now := [2]record.Fields{record.CRM: t.h[record.CRM].fields(), record.Outlook: t.h[record.Outlook].fields()}
	if t.write[side].Op == Create {
		now[side] = r.terms.empty[side]
	}
	p.Raw = r.shown(p.Rule, t.v.base, now)
}
