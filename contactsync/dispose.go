package contactsync

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// judgeDeleted decides where the record of one side was deleted: an edit made meanwhile on the other side may outlive it.
func (r *run) judgeDeleted(tie Link, h [2]half, gone record.Side) verdict {
	survivor := gone.Other()
	d, cause := r.terms.Deleted.InCRM, CauseCRMDeleted
	if gone == record.Outlook {
		d, cause = r.terms.Deleted.InOutlook, CauseOutlookDeleted
	}
	if h[gone].gone == Merged || gone == record.CRM && r.outlived(h[gone]) {
		cause = CauseMerged
	}
	l, needs := r.arrived(tie, h)
	if needs != [2]bool{} {
		return verdict{link: tie, needs: needs}
	}
	if r.unsure(l, h, survivor) {
		return verdict{link: tie, needs: onSide(survivor)}
	}
	rec := h[survivor].rec
	edited := rec != nil && (r.edited(l, survivor, rec.Fields) || cause == CauseMerged && r.undoneHere(l, survivor, rec.Fields))
	if r.restores(&l, gone) {
		d = Restore
	} else if edited || rec != nil && r.saidToKeep(l, survivor) {
		switch word, answered := r.editOrRemoval(l, survivor, rec.Fields, edited); word {
		case conflict.DeleteWins:
			if answered && d == LeaveAlone { // else it would be asked again
				l.Seen = r.terms.merger.Look(l.Seen, fieldsOn(survivor, rec.Fields))
				v := r.dispose(l, h, d, cause)
				v.dirty = true
				return v
			}
		case conflict.AskPerson:
			return r.askEditVsDelete(l, h, survivor)
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
	if d == Propagate && r.fromBackup() {
		if d = Detach; cause != CauseMerged {
			cause = missing[gone]
		}
	}
	v := r.dispose(l, h, d, cause)
	if why := r.replaced[l.IDs[record.CRM]]; gone == record.CRM && r.restores(&l, gone) && why != "" && h[record.Outlook].gone == "" {
		v.asked = append(v.asked, Problem{
			Code: CodeSeveralMatches, Link: l.ID, Record: l.IDs, Sides: onSide(record.Outlook), Resolvable: true,
			Message: "In the CRM another record has taken this one's place, and " + why + ". This card stays in Outlook and is no longer in sync; delete it if you do not need it.",
		})
	}
	return v
}

// judgeGone decides where a record no longer takes part, but was not deleted. What was edited on the other side since is not
// deleted with it, unless the settings say so: it is carried over first where it can be.
func (r *run) judgeGone(tie Link, h [2]half, d Disposition, cause Cause) verdict {
	survivor := record.Outlook
	if cause == CauseMovedOut {
		survivor = record.CRM
	}
	l, needs := r.arrived(tie, h)
	if needs != [2]bool{} {
		return verdict{link: tie, needs: needs}
	}
	if d == Propagate && r.unsure(l, h, survivor) {
		return verdict{link: tie, needs: onSide(survivor)}
	}
	rec := h[survivor].rec
	if d == Propagate && r.restores(&l, survivor.Other()) { // nothing was deleted that could be put back
		d = Detach
	}
	if d == Propagate && cause == CauseMovedOut && r.fromBackup() { // it may have been deleted for that before, and put back by a person
		d = Detach
	}
	edited := rec != nil && (r.edited(l, survivor, rec.Fields) || r.undoneHere(l, survivor, rec.Fields))
	if d != Propagate || rec == nil || !edited && !r.saidToKeep(l, survivor) {
		return r.dispose(l, h, d, cause)
	}
	word, answered := r.editOrRemoval(l, survivor, rec.Fields, edited)
	switch word {
	case conflict.DeleteWins:
		return r.dispose(l, h, d, cause)
	case conflict.AskPerson:
		return r.askEditVsDelete(l, h, survivor)
	}
	if cause == CauseLeft && !answered { // carried over, it would go with the next run
		v := r.judgeMerge(tie, h)
		if v.ops[record.CRM] != "" || v.needs != [2]bool{} || len(v.out.Asked) > 0 {
			return v
		}
	}
	return r.dispose(l, h, Detach, cause)
}

// arrived is the link as a run would have left it that had heard what became of its writes: what is there is no edit. What is
// not there is forgotten. It also returns the sides that have to be read for it.
func (r *run) arrived(l Link, h [2]half) (Link, [2]bool) {
	v := verdict{link: l}
	needs := r.confirmPending(&v, h)
	return v.link, needs
}

// unsure reports whether a side that was not read in this run may hold what the link has not seen: its last change was not
// settled.
func (r *run) unsure(l Link, h [2]half, side record.Side) bool {
	return h[side].rec == nil && h[side].gone == "" && l.IDs[side] != "" &&
		(l.Version[side] == "" || len(l.Asked) > 0 || !r.terms.metAll(l.Seen) || slices.ContainsFunc(l.Seen, func(s conflict.Seen) bool { return s.Diverged == conflict.Undone }))
}

// undoneHere reports whether a side holds what an undo took off the other one: it may be there alone. Nobody who gives a record away or
// merges it means that to go, where a person's delete does.
func (r *run) undoneHere(l Link, side record.Side, f record.Fields) bool {
	return slices.ContainsFunc(r.terms.rules.Rules, func(rule mapping.Compiled) bool {
		return !blankRule(rule.Fields[side], f) && slices.ContainsFunc(l.Seen, func(s conflict.Seen) bool { return s.Rule == rule.ID && s.Diverged == conflict.Undone })
	})
}

// edited reports whether a side holds what the link has not seen: a person wrote it since, or the records have only just met. What
// an action asks for by what a run itself wrote is nobody's edit.
func (r *run) edited(l Link, side record.Side, f record.Fields) bool {
	changed := r.terms.merger.Changed(l.Seen, side, f)
	if slices.ContainsFunc(changed, func(rule string) bool { return !r.terms.asksByItself(rule, side, changed) }) {
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

// editOrRemoval says who wins where a record was edited and the other removed since, by the setting or, where that asks, by the
// last answer to what the record holds. Where the edit was taken back since, there is nothing left to ask, and the answer holds.
func (r *run) editOrRemoval(l Link, survivor record.Side, f record.Fields, edited bool) (word conflict.EditVsDelete, answered bool) {
	if r.terms.EditVsDelete != conflict.AskPerson {
		return r.terms.EditVsDelete, false
	}
	switch d, said := r.lastOfRemoval(l); {
	case !said, edited && d.Raw != r.survivorPrint(survivor, f):
		return conflict.AskPerson, false
	case d.Side == survivor:
		return conflict.EditWins, true
	}
	return conflict.DeleteWins, true
}

// saidToKeep reports whether a person said last that the record which is left counts, and not the removal.
func (r *run) saidToKeep(l Link, survivor record.Side) bool {
	d, said := r.lastOfRemoval(l)
	return said && d.Side == survivor && r.terms.EditVsDelete == conflict.AskPerson
}

// lastOfRemoval is the last answer about a link as a whole.
func (r *run) lastOfRemoval(l Link) (d conflict.Decision, said bool) {
	for _, d := range slices.Backward(r.decisions[l.ID]) {
		if d.Rule == "" {
			return d, true
		}
	}
	return d, false
}

// survivorPrint is a fingerprint of what rules speak of in the record that is left.
func (r *run) survivorPrint(side record.Side, f record.Fields) (print [2]uint64) {
	now := [2]record.Fields(r.terms.empty)
	now[side] = f
	var b []byte
	for _, s := range r.terms.merger.Look(nil, now) {
		b = binary.BigEndian.AppendUint64(append(b, s.Rule...), s.Raw[side])
	}
	print[side] = r.e.ids.Text("survivor\x00" + string(b))
	return print
}

func fieldsOn(side record.Side, f record.Fields) (on [2]record.Fields) {
	on[side] = f
	return on
}

// askEditVsDelete leaves it to a person whether a record is removed that was edited since.
func (r *run) askEditVsDelete(l Link, h [2]half, survivor record.Side) verdict {
	v := verdict{link: l, dirty: l.Version != [2]string{} || len(l.Asked) > 0 || !l.Since.IsZero()}
	v.link.Version, v.link.Asked, v.link.Since = [2]string{}, nil, time.Time{}
	v.asked = append(v.asked, Problem{
		Code: CodeEditVsDelete, Link: l.ID, Record: l.IDs, Sides: bothSides, Resolvable: true, Raw: r.survivorPrint(survivor, h[survivor].rec.Fields),
		Message: "This contact was removed in the " + sideName(survivor.Other()) + " and changed in the " + sideName(survivor) + " since. Choose which counts, the change or the removal; until then nothing is copied.",
	})
	v.stay(h)
	return v
}

// mayCreate reports whether a record may be made on the side from the other side's record, in the place of the one that the
// link had.
func (r *run) mayCreate(l Link, on record.Side, from *record.Record) bool {
	switch {
	case !r.terms.allow[on].Create, from == nil, on == record.CRM && r.replaced[l.IDs[on]] != "", r.blank(on.Other(), from):
		return false
	case on == record.Outlook:
		return r.eligible(from) == filter.Yes
	}
	return !r.terms.private(from.Fields)
}

// dispose carries out a disposition for a link one of whose sides is gone or no longer takes part.
func (r *run) dispose(l Link, h [2]half, d Disposition, cause Cause) verdict {
	gone := record.CRM
	if cause.ofItem() {
		gone = record.Outlook
	}
	survivor := gone.Other()
	v := verdict{link: l, dirty: true}
	// What changes while the link rests is not judged: should it live again, both sides are read.
	v.link.Version, v.link.Pending, v.link.Asked, v.link.Since = [2]string{}, [2][]conflict.Seen{}, nil, time.Time{}
	switch d {
	case LeaveAlone:
		v.dirty = l.Version != v.link.Version || len(l.Asked) > 0 || !l.Since.IsZero()
		v.stay(h)
		return v
	case Propagate:
		if survivor == record.CRM && r.mayNotDelete(l.IDs[record.CRM]) {
			return r.disposeWithoutRight(l, h, cause)
		}
		if h[survivor].rec == nil && l.Version[survivor] == "" {
			v.needs[survivor] = true
		}
		v.ops[survivor], v.drop, v.why = Delete, true, whyOf(cause)
		v.free = cause == CauseLeft // another card may be of the same person
		return v
	case Restore:
		if h[survivor].rec == nil {
			return verdict{link: l, needs: onSide(survivor)}
		}
		if r.mayCreate(l, gone, h[survivor].rec) {
			return r.restore(l, h, gone)
		}
	case Unlink:
		if gone == record.Outlook && !h[record.CRM].read() && len(r.terms.watched()) > 0 { // what it holds of them now is remembered
			return verdict{link: l, needs: onSide(record.CRM)}
		}
		v.link.Phase, v.link.Cause = Unlinked, cause
		if gone == record.CRM {
			v.link.IDs[record.Outlook] = ""
		}
		v.link.Asked = r.terms.merger.Look(l.Seen, [2]record.Fields{record.CRM: h[record.CRM].fields()})
		v.link.Asked, _, _ = r.watch(v.link.Asked, h[record.CRM].fields())
		v.leaveOrphan(h)
		v.drop = gone == record.CRM && cause != CauseLeft && cause != CauseHidden
		return v
	}
	v.link.Phase, v.link.Cause = Detached, cause
	if gone == record.CRM && cause != CauseLeft {
		v.leaveOrphan(h)
	}
	v.tellResting(h)
	return v
}

// leaveOrphan lets the Outlook item stay without a tie; it must be at hand, so that it can be found by its keys.
func (v *verdict) leaveOrphan(h [2]half) {
	v.orphan = h[record.Outlook].gone == ""
	v.needs[record.Outlook] = v.orphan && h[record.Outlook].rec == nil
}

// stay lets the Outlook item of a link that goes on be found by its keys where its CRM record is deleted: the person may be typed in again.
func (v *verdict) stay(h [2]half) {
	switch {
	case h[record.CRM].gone != Deleted || h[record.Outlook].gone != "":
	case v.dirty:
		v.leaveOrphan(h)
	default:
		v.rests = true
	}
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
		l.Revives = cmp.Or(h[on].into, l.IDs[record.CRM])
	}
	l.IDs[on] = ""
	l.Version[on] = ""
	v := r.judgeCreate(l, on, h[on.Other()].rec)
	v.why = WhyRestored
	return v
}
