package contactsync

import (
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// verdict is what is to become of one link. It is made twice: to plan, and again just before writing, from records read
// anew; both times by the same function.
type verdict struct {
	link    Link // as it will be once its writes are done
	ops     [2]Op
	why     Why
	out     conflict.Outcome // of a merge or a create
	set     [2]record.Fields // values to write
	needs   [2]bool          // sides to read before this can be carried out exactly
	drop    bool             // the link is over
	orphan  bool             // the Outlook item stays, is no longer tied, and is never imported
	back    bool             // the CRM record takes part again, as if it were new
	dirty   bool             // the link must be saved though nothing is written
	clears  [2]bool
	first   bool // a first meeting: its writes do not count as changes
	asked   []Problem
	removed [2]bool // the side's record was found removed
}

func (v *verdict) writes() bool { return v.ops != [2]Op{} }

func opsOn(side record.Side, op Op) (ops [2]Op) {
	ops[side] = op
	return ops
}

// judge says what is to become of a link, given what is known of its sides.
func (r *run) judge(l Link, h [2]half) verdict {
	switch l.Phase {
	case Unlinked:
		return r.judgeUnlinked(l, h)
	case Detached:
		return r.judgeDetached(l, h)
	case Linked:
		return r.judgeLinked(l, h)
	}
	return verdict{link: l}
}

// judgeDetached remembers the tie for as long as the copy that stayed is there. A record that is eligible again, or an
// item that is put back where it was, is attached again, with its old base.
func (r *run) judgeDetached(l Link, h [2]half) verdict {
	c, o := h[record.CRM], h[record.Outlook]
	stayed := c
	switch l.Cause {
	case CauseCRMDeleted, CauseMerged, CauseHidden:
		stayed = o
	}
	if stayed.gone == Deleted || stayed.gone == Merged {
		v := verdict{link: l, drop: true, dirty: true}
		if o.gone == Unknown {
			return verdict{link: l, asked: []Problem{r.unknownProblem(l, h)}}
		}
		v.leaveOrphan(h) // should it be there, or be there again
		return v
	}
	rests := l.Cause != CauseLeft && l.Cause != CauseHidden
	if l.Cause == CauseOutlookDeleted || l.Cause == CauseMovedOut { // somebody may put the item back where it was
		if rests = o.rec == nil; !rests && !c.read() {
			return verdict{link: l, needs: needsOf(record.CRM)}
		}
	}
	if rests || c.rec == nil || r.eligible(c.rec) != filter.Yes {
		return verdict{link: l}
	}
	l.Phase, l.Cause = Linked, NoCause
	v := r.judgeLinked(l, h)
	v.dirty = v.dirty || v.link.Phase == Linked
	return v
}

func (r *run) judgeLinked(l Link, h [2]half) verdict {
	c, o := h[record.CRM], h[record.Outlook]
	var removed [2]bool
	removed[record.CRM] = c.gone == Deleted || c.gone == Merged
	removed[record.Outlook] = o.gone == Deleted
	v := verdict{link: l}
	switch {
	case c.gone == Unknown || o.gone == Unknown:
		v.asked = append(v.asked, r.unknownProblem(l, h))
	case (removed[record.Outlook] || o.gone == Moved) && r.oneOfSeveral(l):
		v.drop, v.dirty = true, true
	case removed[record.CRM] && (removed[record.Outlook] || o.gone == Moved):
		v.drop, v.dirty = true, true
	case removed[record.Outlook] && c.gone == Hidden:
		v.drop, v.dirty = true, true
	case o.gone == Moved && c.gone == Hidden: // neither side takes part, and neither is deleted
		v = r.dispose(l, h, Detach, CauseHidden)
	case removed[record.CRM]:
		v = r.judgeDeleted(l, h, record.CRM)
	case removed[record.Outlook]:
		v = r.judgeDeleted(l, h, record.Outlook)
	case c.gone == Hidden:
		v = r.judgeGone(l, h, r.terms.Hidden, CauseHidden)
	case o.gone == Moved:
		v = r.judgeGone(l, h, r.terms.MovedOut, CauseMovedOut)
	case r.left(l, c):
		v = r.judgeGone(l, h, r.terms.Left, CauseLeft)
	default:
		v = r.judgeMerge(l, h)
		if l.Cause == CauseOutside && c.rec != nil && r.eligible(c.rec) == filter.Yes {
			v.link.Cause, v.dirty = NoCause, true
		}
	}
	v.removed = removed
	return v
}

// unknownProblem reports a record whose side cannot tell what became of it; it is looked at again later.
func (r *run) unknownProblem(l Link, h [2]half) Problem {
	side := record.CRM
	if h[record.Outlook].gone == Unknown {
		side = record.Outlook
	}
	return Problem{
		Code: CodeUnknown, Link: l.ID, Record: l.IDs, RetryAt: r.retryAt(CodeUnknown, l.ID, ""),
		Message: "The " + sideName(side) + " cannot say at present what became of this record. Nothing is changed; it is looked at again.",
	}
}

// left reports whether the CRM record of a link was selected by the filter and no longer is.
func (r *run) left(l Link, c half) bool {
	return c.rec != nil && l.Cause != CauseOutside && r.eligible(c.rec) == filter.No
}

func (r *run) eligible(rec *record.Record) filter.Result {
	return r.terms.Filter.Eval(rec.Fields, r.terms.env(r.conn, r.start))
}

// judgeUnlinked lets a record come back when its CRM side changed and it is still eligible (X4), or is so again; and when its
// item comes back to the folder.
func (r *run) judgeUnlinked(l Link, h [2]half) verdict {
	c, o := h[record.CRM], h[record.Outlook]
	if c.gone == Deleted || c.gone == Merged {
		return verdict{link: l, drop: true, dirty: true}
	}
	if o.rec != nil && (l.Cause == CauseOutlookDeleted || l.Cause == CauseMovedOut) {
		l.Phase, l.Cause, l.Asked = Linked, NoCause, nil
		v := r.judgeLinked(l, h)
		v.dirty = true
		return v
	}
	if c.rec == nil || r.eligible(c.rec) != filter.Yes {
		return verdict{link: l}
	}
	changed := len(r.terms.merger.Changed(l.Asked, record.CRM, c.rec.Fields)) > 0
	return verdict{link: l, back: changed || l.Cause == CauseLeft || l.Cause == CauseHidden}
}

// judgeDeleted decides where the record of one side was deleted: an edit made meanwhile on the other side may outlive it.
func (r *run) judgeDeleted(l Link, h [2]half, gone record.Side) verdict {
	survivor := gone.Other()
	d, cause := r.terms.Deleted.InCRM, CauseCRMDeleted
	if gone == record.Outlook {
		d, cause = r.terms.Deleted.InOutlook, CauseOutlookDeleted
	}
	if h[gone].gone == Merged {
		cause = CauseMerged
	}
	if r.unsure(l, h, survivor) {
		return verdict{link: l, needs: needsOf(survivor)}
	}
	if rec := h[survivor].rec; rec != nil && r.edited(l, survivor, rec.Fields) {
		switch r.terms.EditVsDelete {
		case conflict.DeleteWins:
		case conflict.AskPerson:
			return r.askEditVsDelete(l, survivor)
		default:
			if cause != CauseMerged && r.mayCreate(l, gone, h[survivor].rec) {
				v := r.restore(l, h, gone)
				v.why = WhyEditLives
				return v
			}
			d = Detach
		}
	}
	if cause == CauseMerged && d == Restore { // what people merged is not taken apart again
		d = Detach
	}
	return r.dispose(l, h, d, cause)
}

// judgeGone decides where a record no longer takes part, but was not deleted. What was edited on the other side since is not
// deleted with it, unless the settings say so: it is carried over first where it can be.
func (r *run) judgeGone(l Link, h [2]half, d Disposition, cause Cause) verdict {
	survivor := record.Outlook
	if cause == CauseMovedOut {
		survivor = record.CRM
	}
	if d == Propagate && r.unsure(l, h, survivor) {
		return verdict{link: l, needs: needsOf(survivor)}
	}
	rec := h[survivor].rec
	if d != Propagate || rec == nil || !r.edited(l, survivor, rec.Fields) {
		return r.dispose(l, h, d, cause)
	}
	switch r.terms.EditVsDelete {
	case conflict.DeleteWins:
		return r.dispose(l, h, d, cause)
	case conflict.AskPerson:
		return r.askEditVsDelete(l, survivor)
	}
	if cause == CauseLeft {
		v := r.judgeMerge(l, h)
		if v.ops[record.CRM] != "" || v.needs != [2]bool{} || len(v.out.Asked) > 0 {
			return v
		}
	}
	return r.dispose(l, h, Detach, cause)
}

// unsure reports whether a side that was not read in this run may hold what the link has not seen: its last change was not
// settled.
func (r *run) unsure(l Link, h [2]half, side record.Side) bool {
	return h[side].rec == nil && h[side].gone == "" && l.IDs[side] != "" &&
		(l.Version[side] == "" || len(l.Asked) > 0 || len(l.Seen) < len(r.terms.rules.Rules))
}

// edited reports whether a side holds what the link has not seen: a person wrote it since, or the records have only just met.
func (r *run) edited(l Link, side record.Side, f record.Fields) bool {
	if len(r.terms.merger.Changed(l.Seen, side, f)) > 0 {
		return true
	}
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		if slices.ContainsFunc(l.Seen, func(s conflict.Seen) bool { return s.Rule == rule.ID }) {
			continue
		}
		for _, field := range rule.Fields[side] {
			if v, _ := f.Get(field.Name); !v.IsEmpty() {
				return true
			}
		}
	}
	return false
}

// askEditVsDelete leaves it to a person whether a record is removed that was edited since.
func (r *run) askEditVsDelete(l Link, survivor record.Side) verdict {
	v := verdict{link: l, dirty: l.Version != [2]string{} || len(l.Pending[0])+len(l.Pending[1])+len(l.Asked) > 0}
	v.link.Version, v.link.Pending, v.link.Asked = [2]string{}, [2][]conflict.Seen{}, nil
	v.asked = append(v.asked, Problem{
		Code: CodeEditVsDelete, Link: l.ID, Record: l.IDs, Resolvable: true,
		Message: "This contact was removed in the " + sideName(survivor.Other()) + " and changed in the " + sideName(survivor) + " since. To let the removal count, remove it there too; until then nothing is copied.",
	})
	return v
}

// mayCreate reports whether a record may be made on the side from the other side's record, in the place of the one that the
// link had.
func (r *run) mayCreate(l Link, on record.Side, from *record.Record) bool {
	switch {
	case !r.terms.allow[on].Create, from == nil, on == record.CRM && r.replaced[l.IDs[on]]:
		return false
	case on == record.Outlook:
		return r.eligible(from) == filter.Yes
	}
	return !r.terms.private(from.Fields)
}

// dispose carries out a disposition for a link one of whose sides is gone or no longer takes part.
func (r *run) dispose(l Link, h [2]half, d Disposition, cause Cause) verdict {
	gone := record.CRM
	if cause == CauseOutlookDeleted || cause == CauseMovedOut {
		gone = record.Outlook
	}
	survivor := gone.Other()
	v := verdict{link: l, dirty: true}
	// What changes while the link rests is not judged: should it live again, both sides are read.
	v.link.Version, v.link.Pending, v.link.Asked = [2]string{}, [2][]conflict.Seen{}, nil
	switch d {
	case LeaveAlone:
		v.dirty = l.Version != v.link.Version || len(l.Pending[0])+len(l.Pending[1])+len(l.Asked) > 0
		return v
	case Propagate:
		if h[survivor].rec == nil && l.Version[survivor] == "" {
			v.needs[survivor] = true
		}
		v.ops[survivor], v.drop, v.why = Delete, true, whyOf(cause)
		return v
	case Restore:
		if h[survivor].rec == nil {
			return verdict{link: l, needs: needsOf(survivor)}
		}
		if r.mayCreate(l, gone, h[survivor].rec) {
			return r.restore(l, h, gone)
		}
	case Unlink:
		v.link.Phase, v.link.Cause = Unlinked, cause
		if gone == record.CRM {
			v.link.IDs[record.Outlook] = ""
		}
		v.link.Asked = r.terms.merger.Look(l.Seen, [2]record.Fields{record.CRM: h[record.CRM].fields()})
		v.leaveOrphan(h)
		v.drop = gone == record.CRM && cause != CauseLeft && cause != CauseHidden
		return v
	}
	v.link.Phase, v.link.Cause = Detached, cause
	if gone == record.CRM && cause != CauseLeft {
		v.leaveOrphan(h)
	}
	return v
}

// leaveOrphan lets the Outlook item stay without a tie; it must be at hand, so that it can be found by its keys.
func (v *verdict) leaveOrphan(h [2]half) {
	v.orphan = h[record.Outlook].gone == ""
	v.needs[record.Outlook] = v.orphan && h[record.Outlook].rec == nil
}

func needsOf(side record.Side) (n [2]bool) {
	n[side] = true
	return n
}

func whyOf(cause Cause) Why {
	switch cause {
	case CauseLeft, CauseHidden:
		return WhyLeft
	case CauseMovedOut:
		return WhyMovedOut
	}
	return WhyDeleted
}

// restore puts a record back on the side it is gone from, as a new create of the same link.
func (r *run) restore(l Link, h [2]half, on record.Side) verdict {
	if on == record.CRM {
		l.Revives = l.IDs[record.CRM]
	}
	l.IDs[on] = ""
	l.Version[on] = ""
	v := r.judgeCreate(l, on, h[on.Other()].rec)
	v.why = WhyRestored
	return v
}

// judgeCreate makes a record on a side from the other side's record. The link is one that is new, comes back, or is
// restored; each create of a link is a generation of its own.
func (r *run) judgeCreate(l Link, on record.Side, from *record.Record) verdict {
	source := on.Other()
	m := r.terms.merger
	m.Options.Allow = [2]bool{}
	m.Options.Allow[on] = true
	p := conflict.Pair{}
	p.Fields[source], p.Fields[on] = from.Fields, r.terms.empty[on]
	p.Created[on] = true
	v := verdict{link: l, out: m.Merge(p), ops: opsOn(on, Create), why: WhyNew, first: true, dirty: true}
	bare := l
	bare.Seen = nil // the base of a record that is gone says nothing of the new one
	set, problems := r.fit(bare, &v.out, on, v.out.Set[on])
	v.set[on] = set.Only(func(name string) bool { value, _ := set.Get(name); return !value.IsEmpty() })
	v.asked = problems
	v.link.IDs[source] = from.ID
	v.link.Version[source] = from.Version
	v.link.Phase, v.link.Cause, v.link.Target = Intended, NoCause, on
	if v.link.Asked = nil; l.Revives == "" {
		v.link.Seen = nil
	}
	v.link.Made = p.Created
	return v
}

// judgeMerge decides a pair that is there on both sides, or was not read because it did not change.
func (r *run) judgeMerge(l Link, h [2]half) verdict {
	v := verdict{link: l}
	base := l.Seen
	pending := len(l.Pending[0])+len(l.Pending[1]) > 0
	for side := range h {
		switch rec := h[side].rec; {
		case l.ID == "" && rec != nil && !r.whole(record.Side(side), rec):
			v.needs[side] = true
		case l.ID != "" && l.Version[side] == "" && rec == nil:
			v.needs[side] = true // the base is older than the side's last change
		}
		if len(l.Pending[side]) == 0 {
			continue
		}
		if h[side].rec == nil {
			v.needs[side] = true
			continue
		}
		base, _ = r.terms.merger.Confirm(base, l.Pending[side], record.Side(side), h[side].rec.Fields)
	}
	if v.needs != [2]bool{} {
		return v
	}
	m := r.terms.merger
	if o := h[record.Outlook].rec; o != nil && r.terms.private(o.Fields) {
		m.Options.Allow[record.CRM], m.Options.Drift = false, conflict.DriftLeave
	}
	p := conflict.Pair{Base: base, Asked: l.Asked, Decisions: r.decisions[l.ID], FieldModified: r.fieldModified(h), Shared: r.shared[l.IDs[record.CRM]]}
	if len(base) == len(r.terms.rules.Rules) { // a rule that was just added meets what people wrote since
		p.Created = l.Made
	}
	for side := range h {
		if rec := h[side].rec; rec != nil {
			p.Fields[side], p.Modified[side] = rec.Fields, rec.Modified
			v.link.Version[side] = rec.Version
		}
	}
	v.out = m.Merge(p)
	v.needs = v.out.NeedsRead
	v.first = len(l.Seen) == 0
	for _, rule := range v.out.Rules {
		v.first = v.first && rule.First
		for side := range rule.Writes {
			if rule.Writes[side] {
				v.ops[side], v.why = Update, WhyChanged
				v.clears[side] = v.clears[side] || rule.Clears && !rule.First
			}
		}
	}
	if v.first && v.writes() {
		v.why = WhyMatched
	}
	for side := range v.ops {
		if v.ops[side] == "" {
			continue
		}
		var problems []Problem
		v.set[side], problems = r.fit(l, &v.out, record.Side(side), v.out.Set[side])
		v.asked = append(v.asked, problems...)
		if v.set[side].Len() == 0 && !v.needs[side] {
			v.ops[side] = ""
		}
	}
	v.link.Seen, v.link.Asked, v.link.Pending = v.out.Seen, v.out.Asked, [2][]conflict.Seen{}
	v.asked = append(v.asked, r.askedProblems(l, v.out)...)
	v.dirty = pending || !slices.Equal(v.link.Seen, l.Seen) || !slices.Equal(v.link.Asked, l.Asked) || v.link.Version != l.Version
	return v
}

// askedProblems words the rules that wait for a person.
func (r *run) askedProblems(l Link, out conflict.Outcome) []Problem {
	var problems []Problem
	for _, a := range out.Asked {
		message := "Changed in the CRM and in Outlook. Choose which value counts; until then both sides keep their own."
		if !slices.ContainsFunc(l.Seen, func(s conflict.Seen) bool { return s.Rule == a.Rule }) {
			message = "The CRM and Outlook have different values. Choose which counts; until then both sides keep their own."
		}
		problems = append(problems, Problem{
			Code: CodeConflict, Link: l.ID, Record: l.IDs, Rule: a.Rule, Field: r.fieldLabel(a.Rule), Raw: a.Raw, Resolvable: true,
			Message: message,
		})
	}
	return problems
}

func (r *run) fieldLabel(rule string) string {
	for i := range r.terms.rules.Rules {
		if c := &r.terms.rules.Rules[i]; c.ID == rule && len(c.Fields[record.CRM]) > 0 {
			return c.Fields[record.CRM][0].Label
		}
	}
	return rule
}
