package contactsync

import (
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// intendUndo words the writes that take something back, and puts what must be saved before them into the batch: of a record
// that is deleted the link as it will rest, so that no run takes the delete for a person's.
func (r *run) intendUndo(t *task) bool {
	if !t.v.writes() {
		r.quietUntie(t.job, &t.v)
		return false
	}
	t.undo.begun = true
	t.link = t.v.link
	saved := *t.job.link
	saved.Seen, saved.Pending = t.undo.base, t.v.brought
	for side, op := range t.v.ops {
		s := record.Side(side)
		switch op {
		case Create:
			if !t.repeat {
				t.link.Gen = t.undo.gen + 1
			}
			t.link.Since = r.e.cfg.Now()
			t.link.Seen = t.undo.base
			t.link.Pending[side] = t.v.out.Seen
			t.sent[side] = r.terms.empty[side].With(t.v.set[side])
			t.write[side] = &Write{Op: Create, Stamp: r.stamp(t.link), Set: t.v.set[side], Changed: changedAt(t.h[s.Other()])}
			saved = t.link
		case Update:
			r.spendDecisions(t)
			saved.Since, saved.Asked = r.e.cfg.Now(), t.v.link.Asked
			t.sent[side] = t.h[side].fields().With(t.v.set[side])
			t.write[side] = &Write{Op: Update, ID: t.ids[side], Version: t.version(s), Set: t.v.set[side], Was: t.h[side].rec}
			if s == record.CRM {
				r.tellOthers(t)
			}
		case Delete:
			t.write[side] = &Write{Op: Delete, ID: t.ids[side], Version: t.version(s)}
			saved = t.v.link
			saved.Since = r.e.cfg.Now()
			if o := t.h[record.Outlook].rec; t.v.orphan && o != nil {
				r.batch.Known = append(r.batch.Known, Known{Candidate: r.candidate(record.Outlook, o), Orphan: true})
			}
		}
	}
	r.saveLink(saved)
	return true
}

// tellOthers saves, with a write to a record, what that means to the other ties of the record that the undo has not come to: should it be
// stopped before, the write would pass for an edit there, and go to their cards.
func (r *run) tellOthers(t *task) {
	for _, j := range r.undone.jobs[t.ids[record.CRM]] {
		if j.undo == t.undo || j.undo.begun || !j.undo.stored {
			continue
		}
		v := r.judgeJob(j)
		if len(v.brought[record.CRM]) == 0 || slices.Contains(v.ops[:], Create) || slices.Contains(v.ops[:], Delete) {
			continue
		}
		j.link.Seen, j.link.Since = j.undo.base, r.e.cfg.Now()
		j.link.Pending[record.CRM] = v.brought[record.CRM]
		j.undo.told = true
		r.saveLink(*j.link)
	}
}

// bringTogether puts the jobs of one CRM record side by side: each is judged by what the others are about to put back there, so that
// a stop between two of them must not leave one with a base that never came true.
func (r *run) bringTogether() {
	jobs, placed := make([]*job, 0, len(r.jobs)), make(map[*job]bool, len(r.jobs))
	for _, j := range r.jobs {
		for _, one := range append([]*job{j}, r.undone.jobs[j.ids[record.CRM]]...) {
			if !placed[one] {
				placed[one] = true
				jobs = append(jobs, one)
			}
		}
	}
	r.jobs = jobs
}

// goesWith reports whether two jobs take back what was done to one CRM record, so that no save comes between them.
func (j *job) goesWith(other *job) bool {
	return j.undo != nil && other.undo != nil && j.ids[record.CRM] != "" && j.ids[record.CRM] == other.ids[record.CRM]
}

// unput takes what the CRM did not let be put back out of what the other ties of its record go by: they were judged as if it would be.
func (r *run) unput(tasks []*task) {
	for _, t := range tasks {
		if t.undo == nil || t.v.ops[record.CRM] != Update || t.fate[record.CRM] != refused {
			continue
		}
		put, id := r.undone.put[record.CRM], t.ids[record.CRM]
		put[id] = put[id].Only(func(name string) bool { return !t.v.set[record.CRM].Known(name) })
		for _, other := range tasks {
			if other != t && other.undo != nil && other.ids[record.CRM] == id && other.v.ops[record.CRM] == "" {
				other.v.brought = [2][]conflict.Seen{}
				r.undoneBase(other.job, other.h, &other.v)
			}
		}
	}
}

// spendDecisions takes what a person decided about the rules that are put back for carried out: by the run that is undone, which
// did not come to say so. The next run would do it again.
func (r *run) spendDecisions(t *task) {
	for _, m := range r.lease.Messages {
		d := m.Decision
		if d != nil && d.Link == t.link.ID && (t.v.writesRule(d.Rule, record.CRM) || t.v.writesRule(d.Rule, record.Outlook)) {
			r.batch.Done = append(r.batch.Done, m.ID)
		}
	}
}

// finishUndo puts what became of a task that takes something back into the batch. Its entries are over once all of it is done.
func (r *run) finishUndo(t *task) {
	for _, p := range t.v.asked {
		r.problem(p)
	}
	for side, op := range t.v.ops {
		if (op == Create || op == Delete) && t.fate[side] != done {
			r.undoneNot(t, record.Side(side))
			return
		}
	}
	if slices.Contains(t.fate[:], outdated) {
		r.lookAgain(t)
		return
	}
	if t.write == [2]*Write{} {
		return
	}
	u := t.undo
	if t.v.link.Phase == Unlinked && t.fate[record.CRM] == done { // what was put back is no change that brings the record back
		stored := [2]record.Fields{record.CRM: r.live[record.CRM][t.link.IDs[record.CRM]].fields()}
		t.v.link.Asked = r.terms.merger.Kept(&conflict.Outcome{Rules: t.v.out.Rules, Seen: t.v.link.Asked}, stored)
	}
	r.settleTask(t)
	if rec := r.live[record.Outlook][t.link.IDs[record.Outlook]].rec; t.v.ops[record.Outlook] == Create && t.link.Phase == Detached && rec != nil {
		switch t.link.Cause {
		case CauseCRMDeleted, CauseCRMMissing, CauseMerged, CauseHidden:
			r.batch.Known = append(r.batch.Known, Known{Candidate: r.candidate(record.Outlook, rec), Orphan: true})
		}
	}
	if !slices.ContainsFunc(t.fate[:], func(f fate) bool { return f > done }) {
		r.closeEntries(u)
	}
	if u.later && !t.v.drop {
		next := *t.job
		next.tries++
		link := r.batch.Links[len(r.batch.Links)-1]
		next.link, next.ids, next.ops = &link, t.link.IDs, [2]Op{}
		u.stored = true
		for side, op := range t.v.ops {
			if op != "" {
				u.did[side] = nil
			}
		}
		r.again = append(r.again, &next)
	}
}

// undoneNot settles a create or a delete that was not done, or is not known to have been.
func (r *run) undoneNot(t *task, side record.Side) {
	u, f := t.undo, t.fate[side]
	next := *t.job
	next.tries++
	next.repeat = false
	switch {
	case f == unconfirmed: // the link stays as it was saved, and the entry open
		return
	case f == outdated && t.v.ops[side] == Create && t.link.IDs[side] != "": // it was there under its stamp
		r.saveLink(t.link)
		link := t.link
		next.link, next.ids = &link, t.link.IDs
		u.stored, u.found[side] = true, true
	case f == outdated && t.v.ops[side] == Create:
		u.spent = true
		r.restoreLink(t)
	default:
		r.restoreLink(t)
	}
	if f == outdated {
		r.reread[side] = append(r.reread[side], next.ids[side])
		r.again = append(r.again, &next)
	}
}

// restoreLink puts the link back as it was before the task.
func (r *run) restoreLink(t *task) {
	if !t.undo.stored {
		r.dropLink(t.link.ID)
		return
	}
	l := *t.job.link
	l.Version = [2]string{}
	r.saveLink(l)
	if t.v.orphan {
		r.batch.DropKnown = append(r.batch.DropKnown, l.IDs[record.Outlook])
	}
}

// quietUntie settles a tie for which nothing is to be written.
func (r *run) quietUntie(j *job, v *verdict) {
	if v.dirty {
		r.saveLink(v.link)
	}
	r.closeEntries(j.undo)
}

// closeEntries takes what was put back, or needed nothing, out of the journal of the run that is undone. What was left stays,
// so that it is told again.
func (r *run) closeEntries(u *untie) {
	var open []*kept
	for _, k := range u.kept {
		t := k.trace
		if u.held[t.Side] {
			open = append(open, k)
			continue
		}
		e := k.entry
		if rest := t.only(u.left[t.Side]); rest != nil {
			k.trace = rest
			r.undone.sealing.seal(&e, rest.encode())
			open = append(open, k)
		} else {
			e.Over, e.Sealed, k.entry.Over = true, nil, true
		}
		r.batch.Journal = append(r.batch.Journal, e)
	}
	u.kept = open
	r.bequeath(u)
}

// bequeath notes in what stays open of other links what was there before the run, where they wrote over what this one had: it is told by
// the entries of this one alone, which are over.
func (r *run) bequeath(u *untie) {
	for side, d := range u.did {
		if d == nil || u.held[side] {
			continue
		}
		for name, c := range d.fields {
			if u.left[side][name] {
				continue
			}
			for _, k := range c.heirs {
				was, open := k.trace.Was[name]
				if !open || k.entry.Over || slices.Equal(was, c.was) {
					continue
				}
				k.trace.Was[name] = c.was
				if k.trace.References == nil && !c.reference.IsEmpty() {
					k.trace.References = values{}
				}
				if k.trace.References != nil {
					k.trace.References[name] = c.reference
				}
				e := k.entry
				r.undone.sealing.seal(&e, k.trace.encode())
				r.batch.Journal = append(r.batch.Journal, e)
			}
		}
	}
}

// only is the trace of an update without the fields that are not in names; nil when none is left.
func (t *trace) only(names map[string]bool) *trace {
	if t.Op != Update || !slices.ContainsFunc(slices.Collect(maps.Keys(t.Set)), func(name string) bool { return names[name] }) {
		return nil
	}
	rest := *t
	keep := func(v values) values {
		v = maps.Clone(v)
		maps.DeleteFunc(v, func(name string, _ record.Value) bool { return !names[name] })
		return v
	}
	rest.Set, rest.Was, rest.After = keep(t.Set), keep(t.Was), keep(t.After)
	return &rest
}
