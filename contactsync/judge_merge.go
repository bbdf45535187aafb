package contactsync

import (
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// judgeCreate makes a record on a side from the other side's record. The link is one that is new, comes back, or is
// restored; each create of a link is a generation of its own.
func (r *run) judgeCreate(l Link, on record.Side, from *record.Record) verdict {
	return r.judgeCreateBy(r.terms.merger, l, on, from)
}

func (r *run) judgeCreateBy(m conflict.Merger, l Link, on record.Side, from *record.Record) verdict {
	source := on.Other()
	m.Options.Allow = [2]bool{}
	m.Options.Allow[on] = true
	p := conflict.Pair{}
	p.Fields[source], p.Fields[on] = from.Fields, r.terms.empty[on]
	p.Created[on] = true
	v := verdict{link: l, out: m.Merge(p), ops: opsOn(on, Create), why: WhyNew, first: true, dirty: true}
	bare := l
	bare.Seen = nil // the base of a record that is gone says nothing of the new one
	set, problems := r.fit(bare, &v.out, on, v.out.Set[on], r.terms.empty[on])
	v.set[on] = withoutEmpty(set)
	v.asked = r.showing(problems, nil, p.Fields)
	v.link.IDs[source] = from.ID
	v.link.Version[source] = from.Version
	v.link.Phase, v.link.Cause, v.link.Target = Intended, NoCause, on
	if v.link.Asked = nil; l.Revives == "" {
		v.link.Seen = nil
	}
	v.link.Made = p.Created
	return v
}

// withoutEmpty leaves out what is cleared, which in a new record means nothing.
func withoutEmpty(f record.Fields) record.Fields {
	for _, value := range f.All() {
		if value.IsEmpty() {
			return f.Only(func(name string) bool { value, _ := f.Get(name); return !value.IsEmpty() })
		}
	}
	return f
}

// judgeMerge decides a pair that is there on both sides, or was not read because it did not change.
func (r *run) judgeMerge(l Link, h [2]half) verdict {
	v := verdict{link: l}
	base := l.Seen
	pending := l.pending()
	for side := range h {
		switch rec := h[side].rec; {
		case len(l.Seen) == 0 && rec != nil && !r.whole(record.Side(side), rec): // a first meeting, of a link taken up again too
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
		if r.mayArrive(l, record.Side(side), h[side].rec) {
			v.late[side] = l.Pending[side]
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
	for side := range h {
		base = m.Spare(base, l.Pending[side], record.Side(side), h[side].fields())
	}
	v.base = base
	p := conflict.Pair{Base: base, Asked: l.Asked, Decisions: r.decisions[l.ID], FieldModified: r.fieldModified(h), Shared: r.shared[l.IDs[record.CRM]], Undone: r.leftApart(l.IDs), Borrowed: r.borrowed[l.ID]}
	if r.terms.metAll(base) { // a rule that was just added meets what people wrote since
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
	v.first, v.fills = len(l.Seen) == 0, [2]bool{true, true}
	for _, rule := range v.out.Rules {
		v.first = v.first && rule.First
		for side := range rule.Writes {
			if rule.Writes[side] {
				v.ops[side], v.why = Update, WhyChanged
				v.fills[side] = v.fills[side] && rule.First && rule.Reason == conflict.FilledEmpty && !r.terms.takesAway(rule.Rule)
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
		v.set[side], problems = r.fit(l, &v.out, record.Side(side), v.out.Set[side], h[side].fields())
		v.asked = append(v.asked, r.showing(problems, base, p.Fields)...)
		if v.set[side].Len() == 0 && !v.needs[side] {
			v.ops[side] = ""
		}
	}
	v.link.Seen, v.link.Asked, v.link.Pending = v.out.Seen, v.out.Asked, v.late
	if v.late[0] == nil && v.late[1] == nil {
		v.link.Since = time.Time{}
	}
	v.asked = append(v.asked, r.askedProblems(l, v.out)...)
	v.dirty = pending || l.deletes() || !slices.Equal(v.link.Seen, l.Seen) || !slices.Equal(v.link.Asked, l.Asked) || v.link.Version != l.Version
	return v
}

// mayArrive reports whether an undo's write to a record is not there and may still be under way. A sync's write that arrives so
// late brings what the other side has anyhow; an undo's would pass for an edit, and go on to take the other side's value away.
// A rule that shares its field with others, and of which the write leaves what was there, does not tell.
func (r *run) mayArrive(l Link, side record.Side, rec *record.Record) bool {
	telling := slices.DeleteFunc(slices.Clone(l.Pending[side]), func(p conflict.Seen) bool {
		return slices.ContainsFunc(l.Seen, func(s conflict.Seen) bool { return s.Rule == p.Rule && s.Typed[side] == p.Typed[side] })
	})
	absent := r.terms.merger.Changed(telling, side, rec.Fields)
	return !l.Since.IsZero() && r.start.Sub(l.Since) < r.untilRepeat() && len(telling) > 0 && len(absent) == len(telling)
}

// askedProblems words the rules that wait for a person.
func (r *run) askedProblems(l Link, out conflict.Outcome) []Problem {
	var problems []Problem
	for _, a := range out.Asked {
		code, message := CodeConflict, "Changed in the CRM and in Outlook. Choose which value counts; until then both sides keep their own."
		switch {
		case !slices.ContainsFunc(l.Seen, func(s conflict.Seen) bool { return s.Rule == a.Rule }):
			message = "The CRM and Outlook have different values. Choose which counts; until then both sides keep their own."
		case a.Diverged == conflict.Borrowed:
			code, message = CodeCompletion, completionWords
		}
		problems = append(problems, Problem{
			Code: code, Link: l.ID, Record: l.IDs, Rule: a.Rule, Field: r.fieldLabel(a.Rule), Sides: bothSides, Raw: a.Raw, Resolvable: true,
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
