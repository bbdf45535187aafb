package contactsync

import (
	"time"

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
	base    []conflict.Seen  // of a merge: what was last seen, with what was confirmed since
	needs   [2]bool          // sides to read before this can be carried out exactly
	drop    bool             // the link is over
	orphan  bool             // the Outlook item stays, is no longer tied, and is never imported
	back    bool             // the CRM record takes part again, as if it were new
	dirty   bool             // the link must be saved though nothing is written
	clears  [2]bool
	first   bool    // a first meeting: its writes do not count as changes
	fills   [2]bool // of a merge: what it writes on the side only fills fields of rules that meet for the first time
	asked   []Problem
	removed [2]bool // the side's record was found removed
	free    bool    // a record of a link that is over is there: the next run looks at it as if it were new
	rests   bool    // the CRM record was deleted before and the item stays, though the link goes on: a record typed in again may be tied to it
	// late is what of an undo's writes was not found, and may yet arrive.
	late [2][]conflict.Seen
	// brought is what an undo puts back on a side, through this link or another of the record, or before it judged again.
	brought [2][]conflict.Seen
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

// judgeDetached remembers the tie for as long as the copy that stayed is there. A record that is eligible again, or is back
// though it was deleted, and an item that is put back where it was, is attached again, with its old base.
func (r *run) judgeDetached(l Link, h [2]half) verdict {
	c, o := h[record.CRM], h[record.Outlook]
	stayed := c
	switch l.Cause {
	case CauseCRMDeleted, CauseCRMMissing, CauseMerged, CauseHidden:
		stayed = o
	}
	if l.Cause == CauseCRMDeleted && !l.Since.IsZero() && o.gone == Deleted && c.gone != Deleted { // an undo may not have come to delete the record
		switch {
		case c.gone == "" && c.rec == nil:
			return verdict{link: l, needs: onSide(record.CRM)}
		case r.undoUnderWay(l), c.gone == Unknown:
			return verdict{link: l, asked: []Problem{r.unknownProblem(l, h)}}
		case c.rec != nil:
			l.Phase, l.Cause, l.Since = Linked, NoCause, time.Time{}
			v := r.judgeLinked(l, h)
			v.dirty = true
			return v
		}
	}
	if stayed.gone == Deleted || stayed.gone == Merged {
		v := verdict{link: l, drop: true, dirty: true, free: c.rec != nil}
		if o.gone == Unknown {
			return verdict{link: l, asked: []Problem{r.unknownProblem(l, h)}}
		}
		v.leaveOrphan(h) // should it be there, or be there again
		return v
	}
	if r.undoUnderWay(l) { // nothing is back yet
		return verdict{link: l, asked: []Problem{r.unknownProblem(l, h)}}
	}
	if l.itemWentAway() && o.rec != nil && !c.read() {
		if c.gone == Unknown {
			return verdict{link: l, asked: []Problem{r.unknownProblem(l, h)}}
		}
		return verdict{link: l, needs: onSide(record.CRM)}
	}
	if c.rec != nil && o.gone == Moved && !l.itemWentAway() && l.Cause != CauseLeft { // who brings the record back does not mean that to follow
		v := verdict{link: l, dirty: true}
		v.link.Cause = CauseMovedOut
		return v
	}
	if l.itemWentAway() && o.rec == nil || c.rec == nil || r.eligible(c.rec) != filter.Yes {
		v := verdict{link: l}
		switch { // it is back, and rests for its record's sake
		case !l.itemWentAway() || o.rec == nil:
		case c.rec != nil:
			v.link.Cause, v.dirty = CauseLeft, true
		case c.gone == Hidden:
			v.link.Cause, v.dirty = CauseHidden, true
			v.leaveOrphan(h)
		}
		v.needs = r.confirmPending(&v, h) // of a run that was to attach it, or of an undo, and was stopped
		v.tellResting(h)
		return v
	}
	if r.tiedElsewhere(l, record.Outlook) {
		return verdict{link: l, drop: true, dirty: true, free: true}
	}
	if r.tiedElsewhere(l, record.CRM) { // the item is one more of a person who has one
		v := verdict{link: l, drop: true, dirty: true}
		v.leaveOrphan(h)
		return v
	}
	l.Phase, l.Cause, l.Since = Linked, NoCause, time.Time{}
	v := r.judgeLinked(l, h)
	v.dirty = v.dirty || v.link.Phase == Linked
	return v
}

// undoUnderWay reports whether an undo's delete of a record of a link that rests may still happen.
func (r *run) undoUnderWay(l Link) bool {
	return !l.Since.IsZero() && r.start.Sub(l.Since) < r.untilRepeat()
}

// confirmPending makes those of a resting link's unconfirmed writes that turn out to be there its base, for when it lives again, and
// forgets the others. Rules of which that cannot be told, since the record is in another folder or hidden, meet anew when it is back. It
// returns the sides that have to be read for it.
func (r *run) confirmPending(v *verdict, h [2]half) (needs [2]bool) {
	for side, pending := range v.link.Pending {
		switch {
		case len(pending) == 0 || h[side].gone == Unknown:
			continue
		case !h[side].read():
			needs[side] = true
			continue
		case h[side].gone == Moved, h[side].gone == Hidden: // should it be back, it may hold what was written, which is no edit
			v.link.Seen = without(v.link.Seen, rulesOf(pending))
		case h[side].rec != nil:
			v.link.Seen, _ = r.terms.merger.Confirm(v.link.Seen, pending, record.Side(side), h[side].rec.Fields)
		}
		v.link.Pending[side], v.dirty = nil, true
	}
	return needs
}

func rulesOf(seen []conflict.Seen) []string {
	rules := make([]string, len(seen))
	for i, s := range seen {
		rules[i] = s.Rule
	}
	return rules
}

func (r *run) judgeLinked(l Link, h [2]half) verdict {
	c, o := h[record.CRM], h[record.Outlook]
	var removed [2]bool
	removed[record.CRM] = c.gone == Deleted || c.gone == Merged
	removed[record.Outlook] = o.gone == Deleted
	v := verdict{link: l}
	switch {
	case c.gone == Unknown || o.gone == Unknown:
		v = r.judgeUnknown(l, h)
	case l.deletes() && removed[l.Target] && h[l.Target.Other()].rec != nil && !r.restores(&l, l.Target): // what is back is met anew
		v.drop, v.dirty, v.free, removed[l.Target] = true, true, true, false
	case (removed[record.Outlook] || o.gone == Moved) && r.oneOfSeveral(l):
		v.drop, v.dirty = true, true
	case removed[record.CRM] && (removed[record.Outlook] || o.gone == Moved):
		v.drop, v.dirty = true, true
	case removed[record.Outlook] && c.gone == Hidden:
		v.drop, v.dirty = true, true
	case removed[record.Outlook] && r.terms.Left == Propagate && r.left(l, c) && !r.restores(&l, record.Outlook):
		v.drop, v.dirty, v.free = true, true, true // an older State does not know that it was deleted for that
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
		if l.Cause == CauseRestore && h[l.Target].rec != nil { // it is there again; whether it was selected before, the mark took the place of
			v.link.Cause, v.dirty = CauseOutside, true
			v.needs[record.CRM] = v.needs[record.CRM] || c.rec == nil
		}
		if v.link.Cause == CauseOutside && c.rec != nil && r.eligible(c.rec) == filter.Yes {
			v.link.Cause, v.dirty = NoCause, true
		}
	}
	v.removed = removed
	v.dirty = v.dirty || l.pending() && !v.link.pending()
	return v
}

// judgeUnknown concludes nothing about a link one of whose sides cannot tell what became of its record. What a person has let be
// restored meanwhile is restored once that side can tell, should the record be gone.
func (r *run) judgeUnknown(l Link, h [2]half) verdict {
	v := verdict{link: l, asked: []Problem{r.unknownProblem(l, h)}}
	for side, restore := range r.conn.Progress.Restore {
		if gone := h[side].gone; restore && l.Cause != CauseRestore && (gone == Unknown || gone == Deleted) {
			v.link.Cause, v.link.Target, v.dirty = CauseRestore, record.Side(side), true
			break
		}
	}
	return v
}

// unknownProblem reports a record whose side cannot tell what became of it; it is looked at again later.
func (r *run) unknownProblem(l Link, h [2]half) Problem {
	side := record.CRM
	if h[record.Outlook].gone == Unknown {
		side = record.Outlook
	}
	return Problem{
		Code: CodeUnknown, Link: l.ID, Record: l.IDs, Sides: onSide(side), RetryAt: r.retryAt(CodeUnknown, l.ID, ""),
		Message: "The " + sideName(side) + " cannot say at present what became of this record. Nothing is changed; it is looked at again.",
	}
}

// left reports whether the CRM record of a link was selected by the filter and no longer is. Of one that is to be restored it is
// not known that it was.
func (r *run) left(l Link, c half) bool {
	return c.rec != nil && l.Cause != CauseOutside && l.Cause != CauseRestore && r.eligible(c.rec) == filter.No
}

func (r *run) eligible(rec *record.Record) filter.Result {
	selected := r.terms.Filter.Eval(rec.Fields, r.terms.env(r.conn, r.start))
	switch {
	case selected != filter.Unknown:
		r.told = true
	case r.untold == nil:
		r.untold = rec
	}
	return selected
}

// judgeUnlinked lets a record come back when its CRM side changed, in what rules carry or in what is watched (G5), and it is still
// eligible (X4), or is so again; and when its item comes back to the folder.
func (r *run) judgeUnlinked(l Link, h [2]half) verdict {
	c, o := h[record.CRM], h[record.Outlook]
	if o.rec != nil && l.itemWentAway() {
		l.Phase, l.Cause, l.Asked = Linked, NoCause, nil
		if r.left(l, c) { // what comes back to a record outside the filter does not leave with it
			l.Cause = CauseOutside
		}
		v := r.judgeLinked(l, h)
		v.dirty = true
		return v
	}
	if c.gone == Deleted || c.gone == Merged {
		return verdict{link: l, drop: true, dirty: true}
	}
	if l.pending() {
		return r.settleUnlinked(l, c)
	}
	if c.rec == nil {
		return verdict{link: l}
	}
	asked, watched, renewed := r.watch(l.Asked, c.rec.Fields)
	if r.eligible(c.rec) != filter.Yes { // a watched field that changes now, and back once it is eligible, has changed then
		l.Asked = asked
		return verdict{link: l, dirty: renewed}
	}
	changed := watched || len(r.terms.merger.Changed(l.Asked, record.CRM, c.rec.Fields)) > 0
	if changed && l.itemWentAway() && r.tiedElsewhere(l, record.CRM) { // it has another card, whose tie knows what changed
		l.Asked = r.terms.merger.Look(l.Asked, [2]record.Fields{record.CRM: c.fields()})
		l.Asked, _, _ = r.watch(l.Asked, c.fields())
		return verdict{link: l, dirty: true}
	}
	returns := changed || l.Cause == CauseLeft || l.Cause == CauseHidden
	if !returns && renewed {
		l.Asked = asked
		return verdict{link: l, dirty: true}
	}
	switch {
	case !changed || !l.itemWentAway() || o.read():
	case o.gone == Unknown:
		return verdict{link: l, asked: []Problem{r.unknownProblem(l, h)}}
	default: // before another is made, for it may be back, and a run for some records reads no changes of the folder
		return verdict{link: l, needs: onSide(record.Outlook)}
	}
	return verdict{link: l, back: returns}
}

// settleUnlinked tells the write of an undo that did not learn what became of it from a person's edit, which the next run
// finds.
func (r *run) settleUnlinked(l Link, c half) verdict {
	if !c.read() {
		return verdict{link: l, needs: onSide(record.CRM)}
	}
	if c.rec != nil && r.mayArrive(l, record.CRM, c.rec) {
		return verdict{link: l}
	}
	l.Asked, _ = r.terms.merger.Confirm(l.Asked, l.Pending[record.CRM], record.CRM, c.fields())
	l.Pending, l.Since = [2][]conflict.Seen{}, time.Time{}
	return verdict{link: l, dirty: true}
}

func onSide(side record.Side) (on [2]bool) {
	on[side] = true
	return on
}
