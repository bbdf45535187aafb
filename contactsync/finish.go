package contactsync

import (
	"context"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

type timeOfChange = time.Time

// finish puts what became of a task into the batch.
func (r *run) finish(t *task) {
	if t.copy {
		r.finishCopy(t)
		return
	}
	if t.undo != nil {
		r.finishUndo(t)
		return
	}
	if slices.Contains(t.fate[:], outdated) {
		r.lookAgain(t)
		return
	}
	link := t.link.ID
	if slices.Contains(t.v.ops[:], Create) && t.fate[t.link.Target] == refused && (t.repeat && t.link.Revives == "" || t.job.link.ID == "") {
		link = "" // there will be none
	}
	for _, p := range t.v.asked {
		p.Link = link
		for side, id := range t.link.IDs {
			if link != "" && p.Record[side] == "" { // it was made since
				p.Record[side] = id
			}
		}
		r.problem(p)
	}
	if t.write == [2]*Write{} {
		return
	}
	for side, op := range t.v.ops {
		if op == Create && t.fate[side] != done {
			r.uncreated(t, t.fate[side])
			return
		}
	}
	r.settleTask(t)
	r.letGo(t)
	r.batch.Unclaim = append(r.batch.Unclaim, t.keys...)
}

// letGo forgets what the records hold that a task made: they have their tie, and nothing in this run looks at them again.
func (r *run) letGo(t *task) {
	for side, op := range t.v.ops {
		if op == Create {
			delete(r.live[side], t.ids[side])
			r.linked[side][t.ids[side]] = true
		}
	}
}

// uncreated undoes the intent of a create that is known not to have happened; an unconfirmed one stays intended.
func (r *run) uncreated(t *task, f fate) {
	if f == unconfirmed {
		return
	}
	switch {
	case t.prior != nil:
		r.saveLink(*t.prior)
	case t.repeat && t.link.Revives != "": // it is tied to who was deleted, whose place another user's run may have filled by the next
		l := t.link
		l.IDs[record.CRM], l.Revives, l.Since = l.Revives, "", time.Time{}
		l.Phase, l.Cause, l.Version, l.Pending = Linked, CauseRestore, [2]string{}, [2][]conflict.Seen{}
		r.saveLink(l)
	case t.repeat || t.job.link.ID == "":
		r.dropLink(t.link.ID)
	default:
		l := *t.job.link
		l.Version = [2]string{} // what made the create necessary has to be seen again
		if t.v.why == WhyRestored && r.restores(&l, t.link.Target) {
			l.Cause, l.Target = CauseRestore, t.link.Target
		}
		r.saveLink(l)
	}
	r.batch.Unclaim = append(r.batch.Unclaim, t.keys...)
	if o := t.h[record.Outlook].rec; o != nil && t.link.Target == record.CRM {
		r.batch.Known = append(r.batch.Known, Known{Candidate: r.candidate(record.Outlook, o), Orphan: t.leave})
	}
}

// settleTask saves the link as the task leaves it: rules that were written, or agreed, take their new base; rules whose
// write did not happen keep the old one.
func (r *run) settleTask(t *task) {
	if t.v.drop {
		for side, op := range t.v.ops {
			if op == Delete && t.fate[side] != done {
				if t.fate[side] == refused {
					r.saveLink(*t.job.link)
				}
				return
			}
		}
		if t.job.link.ID != "" {
			r.dropLink(t.job.link.ID)
		}
		crm := t.job.link.IDs[record.CRM]
		if r.parted[crm] = true; r.live[record.CRM][crm].gone == Deleted {
			r.leaveSparesOf(crm)
		}
		for side, id := range t.job.link.IDs {
			if t.v.free && id != "" && r.live[side][id].gone == "" {
				r.freed[side] = append(r.freed[side], id)
			}
		}
		if t.job.link.Phase == Detached && t.h[record.Outlook].gone == Deleted { // it may have been an orphan
			r.batch.DropKnown = append(r.batch.DropKnown, t.job.link.IDs[record.Outlook])
		}
		r.orphan(t)
		return
	}
	l := t.v.link
	l.ID, l.Gen, l.IDs = t.link.ID, t.link.Gen, t.link.IDs
	if slices.Contains(t.v.ops[:], Create) {
		l.Phase, l.Cause, l.Since, l.Revives = t.link.Phase, t.link.Cause, t.link.Since, t.link.Revives
	}
	if t.v.out.Rules != nil {
		l.Seen = r.newBase(t)
		for side, f := range t.fate {
			if f == done && t.v.ops[side] == Create {
				r.madeWith(l.Seen, record.Side(side), r.live[side][l.IDs[side]])
			}
		}
	}
	l.Pending = t.v.late
	for side, f := range t.fate {
		if f == done {
			l.Pending[side] = nil // what is late is refused now, for its version is old
			l.Version[side] = t.link.Version[side]
			stored := r.live[side][l.IDs[side]]
			switch {
			case !stored.read(): // another link's write to it was refused since, or its create was answered with it: what it holds is not known
				l.Version[side] = ""
			case len(r.terms.merger.Changed(l.Seen, record.Side(side), stored.fields())) > 0: // changed by a person just before the write
				l.Version[side] = ""
			case r.terms.reacts(record.Side(side), l.Seen),
				record.Side(side) == record.CRM && r.terms.otherKind(l.Seen, stored.fields()): // which the CRM made of it
				l.Version[side] = ""
			}
		}
	}
	for side, f := range t.fate {
		if f == unconfirmed {
			l.Pending[side] = t.v.out.Pending(record.Side(side))
			if t.undo != nil {
				l.Since = r.e.cfg.Now()
			}
		}
		if f == refused || f == unconfirmed { // the base is older than these versions: nothing may pass for an echo
			l.Version = [2]string{}
		}
	}
	if l.Phase == Detached { // what changes while it rests is not judged: should it live again, both sides are read
		l.Version = [2]string{}
	}
	if len(t.v.asked) > 0 { // should the run stop before its problems are saved, the next opens them
		l.Version = [2]string{}
	}
	if before := len(r.report.Problems); l.Phase == Detached && t.undo == nil { // which no later run would
		for _, p := range t.v.asked {
			r.problem(p)
		}
		r.batch.Problems = append(r.batch.Problems, r.report.Problems[before:]...)
	}
	if t.undo != nil && !r.terms.metAll(l.Seen) { // the run that is undone was stopped as the two met
		l.Version = [2]string{}
	}
	for _, s := range l.Seen {
		if s.Diverged != conflict.Agreed && s.Diverged != conflict.OtherKind {
			if r.report.Diverged == nil {
				r.report.Diverged = map[string]int{}
			}
			r.report.Diverged[string(s.Diverged)]++
		}
	}
	r.saveLink(l)
	if was := t.job.link.IDs[record.CRM]; l.restsForDelete() || was != l.IDs[record.CRM] {
		r.leaveSparesOf(was)
	}
	r.parted[l.IDs[record.CRM]] = r.parted[l.IDs[record.CRM]] || l.Phase == Detached && l.itemWentAway()
	if l.Phase == Unlinked {
		r.freed[record.CRM] = append(r.freed[record.CRM], l.IDs[record.CRM])
	}
	rested := t.job.link.Phase == Detached || t.job.link.Version == [2]string{} && len(t.job.link.Seen) > 0 && t.h[record.CRM].rec != nil
	if rested && l.Phase == Linked { // it may have been an orphan
		r.batch.DropKnown = append(r.batch.DropKnown, l.IDs[record.Outlook])
	}
	for _, id := range t.replaces {
		r.dropLink(id)
	}
	if id := l.IDs[record.Outlook]; r.known[id] {
		r.batch.DropKnown = append(r.batch.DropKnown, id)
		delete(r.known, id)
	}
	r.orphan(t)
}

// newBase is what both sides hold now, rule by rule: what a side really kept is the truth for it. A rule whose write did
// not happen keeps its old base.
func (r *run) newBase(t *task) []conflict.Seen {
	var stored [2]record.Fields
	for side, f := range t.fate {
		switch {
		case f == done:
			stored[side] = r.live[side][t.link.IDs[side]].fields()
		case t.blind && record.Side(side) == record.CRM:
			stored[side] = t.h[side].fields() // what was judged, not what another link has written since
		}
	}
	if t.blind && t.fate[record.Outlook] == done { // its version was honoured: beside the write nothing has changed
		merger := r.terms.merger
		base := merger.Look(t.v.out.Seen, [2]record.Fields{record.CRM: stored[record.CRM], record.Outlook: t.sent[record.Outlook]})
		lost := merger.Changed(base, record.Outlook, stored[record.Outlook])
		base = merger.Look(base, stored)
		for i := range base {
			if slices.Contains(lost, base[i].Rule) {
				base[i].Diverged = conflict.NotHeld
			}
		}
		return base
	}
	written := r.terms.merger.Kept(&t.v.out, stored)
	if !slices.ContainsFunc(t.fate[:], func(f fate) bool { return f > done }) {
		return written
	}
	var base []conflict.Seen
	for _, s := range written {
		if !t.failedRule(s.Rule) {
			base = append(base, s)
			continue
		}
		for _, old := range t.seen() {
			if old.Rule == s.Rule {
				base = append(base, old)
			}
		}
	}
	return base
}

// failedRule reports whether a rule's write did not happen, or is not known to.
func (t *task) failedRule(rule string) bool {
	for side, f := range t.fate {
		if f > done && t.v.writesRule(rule, record.Side(side)) {
			return true
		}
	}
	return false
}

// orphan remembers the Outlook item that a detachment leaves behind: it may be matched, and is never imported.
func (r *run) orphan(t *task) {
	if o := t.h[record.Outlook].rec; t.v.orphan && o != nil {
		r.batch.Known = append(r.batch.Known, Known{Candidate: r.candidate(record.Outlook, o), Orphan: true})
		r.freed[record.Outlook] = append(r.freed[record.Outlook], o.ID)
	}
}

// lookAgain has a task judged once more in this run, from records read anew. Writes that were done count in its link.
func (r *run) lookAgain(t *task) {
	next := *t.job
	next.tries++
	next.create, next.copy = false, false
	link := t.link
	next.link, next.ids = &link, link.IDs
	if t.link.Phase == Intended { // a create next to the outdated write; nothing else makes one
		return
	}
	if t.v.out.Rules != nil && !slices.Contains(t.v.ops[:], Create) {
		next.link.Seen = t.doneBase(r.newBase(t))
		next.link.Asked, next.link.Pending = t.v.link.Asked, t.v.late
		for side, f := range t.fate {
			if f == outdated {
				next.link.Version[side] = t.job.link.Version[side]
			}
			if f == unconfirmed {
				next.link.Pending[side] = t.v.out.Pending(record.Side(side))
			}
		}
		if t.undo != nil { // another link of the record may have put it back
			next.link.Pending = t.v.brought
		}
	}
	if t.v.drop {
		link = *t.job.link
	}
	r.saveLink(link)
	for side, f := range t.fate {
		if f == outdated {
			next.ops[side] = Update
			if id := next.ids[side]; id != "" {
				r.reread[side] = append(r.reread[side], id)
			}
		}
	}
	r.again = append(r.again, &next)
}

// doneBase is the new base for the rules that were written, and the old one for the others: what was judged from outdated
// records is judged again.
func (t *task) doneBase(base []conflict.Seen) []conflict.Seen {
	wrote := func(rule string) bool {
		for side, f := range t.fate {
			if f == done && t.v.writesRule(rule, record.Side(side)) {
				return true
			}
		}
		return false
	}
	kept := slices.DeleteFunc(slices.Clone(base), func(s conflict.Seen) bool { return !wrote(s.Rule) })
	for _, s := range t.seen() {
		if !wrote(s.Rule) {
			kept = append(kept, s)
		}
	}
	return kept
}

// seen is what the task started from: what the link had last seen, and of writes that an earlier run could not confirm what
// turned out to be there.
func (t *task) seen() []conflict.Seen {
	if t.v.base != nil {
		return t.v.base
	}
	return t.job.link.Seen
}

// siblings brings an edit that just reached a CRM record to the other items that are tied to it in this connection, and
// reads what must be judged again.
func (r *run) siblings(ctx context.Context, tasks []*task) error {
	for side, ids := range r.reread {
		r.reread[side] = nil
		if err := r.fetch(ctx, record.Side(side), ids); err != nil {
			return err
		}
	}
	if r.terms.Match.Several != match.All || r.undone != nil {
		return nil
	}
	for _, t := range tasks { // that are not saved yet
		id := t.link.IDs[record.CRM]
		r.tied[id] = append(r.tied[id], t.link)
	}
	again := make([]Link, len(r.again))
	for i := range r.again {
		again[i] = *r.again[i].link
	}
	if err := r.readSiblings(ctx, again); err != nil {
		return err
	}
	var ids []string
	own, tries := map[string]bool{}, map[string]int{}
	for _, t := range tasks {
		own[t.link.ID] = true
		if id := t.ids[record.CRM]; t.fate[record.CRM] == done && t.v.ops[record.CRM] == Update && t.tries < maxTries {
			ids, tries[id] = append(ids, id), t.tries+1
		}
	}
	if len(ids) == 0 {
		return nil
	}
	links, err := r.linksOf(ctx, record.CRM, ids)
	if err != nil {
		return err
	}
	r.current(links)
	slices.SortFunc(links, func(a, b Link) int { return compareIDs(a.ID, b.ID) })
	for _, l := range links {
		if !own[l.ID] && l.Phase == Linked {
			id := l.IDs[record.CRM]
			r.shared[id] = true
			r.again = append(r.again, &job{link: &l, ids: l.IDs, ops: opsOn(record.Outlook, Update), why: WhyChanged, tries: tries[id]})
		}
	}
	return nil
}

// later is when a problem of a record that has no link is tried again.
func (r *run) later(p Problem) time.Time {
	if p.RetryAt.IsZero() {
		return p.RetryAt
	}
	id := r.problemID(Problem{Conn: r.conn.ID, Code: p.Code, Rule: p.Rule, Record: p.Record})
	for _, old := range r.lease.Retry {
		if subjectOf(old.ID) == id {
			return r.start.Add(min(time.Minute<<min(old.Tries, 11), 24*time.Hour))
		}
	}
	return p.RetryAt
}
