package contactsync

import (
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// judgeUndo says what is to be written to take back what a run did to the records of one link, given what is known of them
// now. A record that is made or deleted for it goes alone: what else the run did to the tie follows after it.
func (r *run) judgeUndo(j *job, h [2]half) verdict {
	u := j.undo
	u.left, u.held, u.later = [2]map[string]bool{{}, {}}, [2]bool{}, false
	u.base = j.link.Seen
	for side, id := range j.link.IDs { // which need not be what the run wrote to
		if rec := r.live[side][id].rec; rec != nil && len(j.link.Pending[side]) > 0 {
			u.base, _ = r.terms.merger.Confirm(u.base, j.link.Pending[side], record.Side(side), rec.Fields)
		}
	}
	v := verdict{link: *j.link, base: u.base, why: WhyUndone, dirty: r.settled[j.link.ID] || u.told}
	v.link.Seen, v.link.Pending = u.base, [2][]conflict.Seen{}
	if v.link.Phase == Linked || v.link.Phase == Unlinked {
		v.link.Since = time.Time{}
	}
	if u.wait {
		u.held = [2]bool{true, true}
		v.asked = append(v.asked, u.problem(CodeNotUndone, "It is not known yet whether a create of it took place. Run the undo again in a while."))
		return v
	}
	for s, d := range u.did {
		side := record.Side(s)
		switch {
		case d == nil || d.op == Update && !d.mixed:
		case d.mixed:
			u.hold(&v, side, CodeNotUndone, "The run put one record in the place of another here. It stays as it is.")
		case d.op == Create:
			r.judgeUnmake(j, h, &v, side)
		default:
			r.judgePutBack(j, h, &v, side)
		}
	}
	if v.writes() {
		for side, d := range u.did {
			if d != nil && d.op == Update {
				u.held[side], u.later = true, true
			}
		}
		return v
	}
	for s, d := range u.did {
		if d != nil && d.op == Update && !d.mixed {
			r.judgeRewind(j, h, &v, record.Side(s))
		}
	}
	switch {
	case v.writes():
		r.undoneBase(j, h, &v)
	case r.putByOther(j):
		v.dirty = true
		r.undoneBase(j, h, &v)
	}
	return v
}

// putByOther reports whether another link of the same record has put back what the run wrote there through this one.
func (r *run) putByOther(j *job) bool {
	for side, d := range j.undo.did {
		if d == nil || d.op != Update || d.mixed || j.undo.held[side] {
			continue
		}
		for name := range d.fields {
			if !j.undo.left[side][name] && r.undone.put[side][j.ids[side]].Known(name) {
				return true
			}
		}
	}
	return false
}

// hold leaves a side as it is, and says why.
func (u *untie) hold(v *verdict, side record.Side, code Code, message string) {
	u.held[side] = true
	p := u.problem(code, message)
	p.Sides[side] = true
	v.asked = append(v.asked, p)
}

func (u *untie) problem(code Code, message string) Problem {
	p := Problem{Code: code, Link: u.link.ID, Record: u.link.IDs, Message: message}
	for side, d := range u.did {
		if d != nil && (p.Record[side] == "" || d.op == Update && d.id != "") { // the link may have gone on with another
			p.Record[side] = d.id
		}
	}
	return p
}

// judgeRewind puts back the fields that still hold what the run wrote.
func (r *run) judgeRewind(j *job, h [2]half, v *verdict, side record.Side) {
	u, rec := j.undo, h[side].rec
	switch {
	case rec == nil && !h[side].read(), j.link.Phase == Intended:
		u.hold(v, side, CodeNotUndone, "The "+sideName(side)+" cannot say at present what became of this record. Run the undo again.")
		return
	case rec == nil:
		u.hold(v, side, CodeChangedSince, "It has left the "+sideName(side)+" since the run. Nothing is put back.")
		return
	case !u.stored:
		u.hold(v, side, CodeNotUndone, "It is no longer tied to a record of the "+sideName(side.Other())+". It stays as it is.")
		return
	case u.other && side == record.Outlook: // of which what is put back would be an edit
		u.hold(v, side, CodeNotUndone, "It is tied to another record of the CRM by now. It stays as it is.")
		return
	}
	put, left := u.did[side].rewind(rec.Fields, r.terms.schema[side], r.terms.rules.Locale)
	if side == record.CRM {
		r.putReferences(u.did[side], put)
	}
	b := r.terms.schema[side].Build()
	for name, value := range put {
		b.Set(name, value...)
	}
	if len(put) > 0 {
		v.set[side], v.ops[side] = b.Fields(), Update
	}
	for _, f := range r.terms.schema[side].Fields() {
		if _, is := left[f.Name]; !is {
			continue
		}
		u.left[side][f.Name] = true
		p := u.problem(CodeChangedSince, r.changedWords(u, side, rec, f.Name, left))
		p.Rule, p.Field, p.Sides[side] = r.ruleOf(u.base, side, f.Name), f.Label, true
		v.asked = append(v.asked, p)
	}
	for name := range left {
		u.left[side][name] = true // of a schema that has lost the field
	}
}

// judgeUnmake deletes a record that the run made, if nobody touched it. The link stays and rests, as after a delete by its
// user that goes no further: the record it was made from is not copied again by itself.
func (r *run) judgeUnmake(j *job, h [2]half, v *verdict, side record.Side) {
	u, rec, d := j.undo, h[side].rec, j.undo.did[side]
	source := h[side.Other()]
	switch {
	case rec == nil && (d.id != "" || j.link.IDs[side] != "") && !h[side].read(): // a stopped run's own entry has no id
		u.hold(v, side, CodeNotUndone, "The "+sideName(side)+" cannot say at present what became of this record. Run the undo again.")
	case rec == nil && (h[side].gone == Moved || h[side].gone == Hidden || h[side].gone == Merged):
		u.hold(v, side, CodeChangedSince, "It was moved, hidden or merged since the run made it. It is not deleted.")
	case rec == nil: // never made, or gone
	case !d.untouched(rec, r.terms.rules.Locale):
		u.hold(v, side, CodeChangedSince, r.touchedWords(u, side, rec))
	case !u.stored || j.link.IDs[side] != d.id:
		u.hold(v, side, CodeNotUndone, "It is no longer tied as the run tied it. It stays as it is.")
	case u.shared && side == record.CRM: // the next run would take its delete over to the other card
		u.hold(v, side, CodeNotUndone, "Another Outlook contact is tied to it too. It is not deleted.")
	case side == record.CRM && r.mayNotDelete(d.id):
		u.hold(v, side, CodeNotUndone, r.undoWithoutRightWords())
	default:
		v.ops[side], v.dirty = Delete, true
		v.link.Version, v.link.Asked = [2]string{}, nil
		v.link.Phase, v.link.Cause = Detached, CauseOutlookDeleted
		if side == record.CRM {
			v.link.Cause = CauseCRMDeleted
			v.orphan = source.rec != nil
		}
		v.drop = source.gone == Deleted || source.gone == Merged
	}
}

// judgePutBack makes a record that the run deleted again, with all that was read of it, and ties it to its partner where that
// is there and takes part.
func (r *run) judgePutBack(j *job, h [2]half, v *verdict, side record.Side) {
	u, d, partner := j.undo, j.undo.did[side], h[side.Other()]
	rest, known := r.restOf(*j.link, partner, side)
	switch {
	case u.spent:
		u.hold(v, side, CodeChangedSince, "It was put back before, and deleted again since. It is not put back a second time.")
		return
	case u.tied[side] && h[side].rec != nil:
		u.hold(v, side, CodeChangedSince, "It is there again, and tied anew. It stays as it is.")
		return
	case u.taken:
		u.hold(v, side, CodeChangedSince, "Its partner in the "+sideName(side.Other())+" has another one by now. It is not put back beside that.")
		return
	case !known:
		u.hold(v, side, CodeNotUndone, "The "+sideName(side.Other())+" cannot say at present what became of its partner. Run the undo again.")
		return
	case h[side].rec == nil && !h[side].read() && j.link.IDs[side] != "":
		u.hold(v, side, CodeNotUndone, "The "+sideName(side)+" cannot say at present what became of this record. Run the undo again.")
		return
	case u.twin[side] && h[side].rec == nil:
		u.hold(v, side, CodeChangedSince, "Somebody who may be the same person is in the "+sideName(side)+" since. It is not put back beside them; to have it back, delete that one and run the undo again.")
		return
	case h[side].gone != "" && h[side].gone != Deleted: // the run did not come to delete it, or somebody took it back
		u.hold(v, side, CodeChangedSince, "It is not deleted, but was moved, hidden or merged since. It is not made a second time.")
		return
	case h[side].rec == nil && side == record.Outlook && d.whole[privateField].Text() == "true":
		u.hold(v, side, CodeNotUndone, "It was marked private, and would no longer be. Take it back from Deleted Items.")
		return
	}
	v.dirty = true
	v.link.Version, v.link.Asked = [2]string{}, nil
	v.link.Cause = rest
	if rec := h[side].rec; rec != nil {
		goesOn := u.stored && r.goesOn(u, side, rec) // also where that tie rests by now
		if goesOn {
			u.hold(v, side, CodeChangedSince, "The contact was tied to another one in the "+sideName(side)+" since. It is not put back beside that.")
		} else {
			r.nameUnfit(u, v, side, rec.Fields)
		}
		if goesOn || u.stored && j.link.Phase == Linked {
			v.dirty = r.settled[j.link.ID]
			v.link = *j.link
			return
		}
		v.link.Target = side
		v.link.Phase, v.link.Cause = standing(v.link)
		switch { // else what differs from the base is somebody's edit
		case u.found[side] && side == record.CRM: // put back by another user, and never seen to be an edit: that meets anew
			v.link.Seen = without(u.base, r.terms.merger.Changed(u.base, side, rec.Fields))
		case u.found[side]: // made again, in whatever form the side gave it
			var now [2]record.Fields
			now[side] = rec.Fields
			v.link.Seen = r.terms.merger.Look(u.base, now)
		}
		return
	}
	b := r.terms.schema[side].Build()
	for _, f := range r.terms.schema[side].Fields() {
		if value := d.whole[f.Name]; !value.IsEmpty() && f.Check(value) == nil {
			b.Set(f.Name, value...)
		}
	}
	v.set[side], v.ops[side] = b.Fields(), Create
	r.nameUnfit(u, v, side, v.set[side])
	v.link.Phase, v.link.Target, v.link.IDs[side] = Intended, side, ""
	if side == record.CRM {
		v.link.Revives = d.id
	}
	r.undoneBase(j, h, v)
}

// nameUnfit says which values of a deleted record cannot be put back, since its side's schema takes them no more, and a record that is there has
// nothing in their place. They stay in the journal.
func (r *run) nameUnfit(u *untie, v *verdict, side record.Side, is record.Fields) {
	for _, f := range r.terms.schema[side].Fields() {
		now, _ := is.Get(f.Name)
		value := u.did[side].whole[f.Name]
		if f.ReadOnly || value.IsEmpty() || !now.IsEmpty() || f.Check(value) == nil {
			continue
		}
		u.held[side] = true
		p := u.problem(CodeNotUndone, "What it held here does not fit the "+sideName(side)+" any more, and was not put back.")
		p.Rule, p.Field, p.Sides[side] = r.ruleOf(u.base, side, f.Name), f.Label, true
		v.asked = append(v.asked, p)
	}
}

// goesOn reports whether a tie whose record on the side the run deleted has gone on with another that its user had, and the sync did not make.
func (r *run) goesOn(u *untie, side record.Side, rec *record.Record) bool {
	d := u.did[side]
	if rec.ID == d.id || !rec.StampRead {
		return false
	}
	if side == record.CRM {
		return !strings.EqualFold(rec.Stamp, r.reviveStamp(d.id))
	}
	s, own := r.ownStamp(rec.Stamp)
	return !own || s.Link != u.link.ID || s.Gen <= u.kept[0].trace.Link.Gen
}

// restOf says how a link goes on whose record on the side is put back: as CauseUndone or CauseOutside where it is tied to its
// partner again, else resting for the cause it gives. It is not known where the partner's side cannot tell.
func (r *run) restOf(l Link, partner half, side record.Side) (rest Cause, known bool) {
	switch {
	case partner.rec != nil && side == record.CRM:
		return CauseUndone, true
	case partner.rec != nil && r.eligible(partner.rec) == filter.Yes:
		return CauseUndone, true
	case partner.rec != nil && l.Cause == CauseOutside:
		return CauseOutside, true
	case partner.rec != nil:
		return CauseLeft, true
	}
	if side == record.CRM {
		switch partner.gone {
		case Deleted:
			return CauseOutlookDeleted, true
		case Moved:
			return CauseMovedOut, true
		}
		return NoCause, false
	}
	switch partner.gone {
	case Deleted:
		return CauseCRMDeleted, true
	case Merged:
		return CauseMerged, true
	case Hidden:
		return CauseHidden, true
	}
	return NoCause, false
}
