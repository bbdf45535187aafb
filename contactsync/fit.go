package contactsync

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// fit holds the values to write against what their fields can hold. A value that does not fit is cut or, unless the
// settings say so, keeps its whole rule from being written: the rule keeps its base, so that nothing is lost, and a
// problem names the field. held is what the side holds now.
func (r *run) fit(l Link, out *conflict.Outcome, side record.Side, set, held record.Fields) (record.Fields, []Problem) {
	if r.fits(side, set) {
		return set, nil
	}
	var problems []Problem
	refused, cut := map[string]bool{}, map[string]bool{}
	b := r.terms.schema[side].Build()
	for name, value := range set.All() {
		field, _ := r.terms.schema[side].Field(name)
		err := field.Check(value)
		if err == nil {
			b.Set(name, value...)
			continue
		}
		if r.terms.Overflow == overflowTruncate {
			if shorter, lost := mapping.FitValue(field, value); lost && field.Check(shorter) == nil {
				b.Set(name, shorter...)
				cut[name] = true
				continue
			}
		}
		refused[name] = true
		problems = append(problems, r.misfit(l, out.Seen, side, field, err))
	}
	if len(cut) > 0 {
		r.markCut(out, side, cut, held.With(b.Fields()))
	}
	if len(refused) == 0 {
		return b.Fields(), problems
	}
	r.withdraw(l, out, side, refused)
	return b.Fields().Only(func(name string) bool { return !r.shareRule(out.Seen, side, name, refused) }), problems
}

// fits reports whether the fields can hold the values as they are, which is nearly always.
func (r *run) fits(side record.Side, set record.Fields) bool {
	for name, value := range set.All() {
		if field, _ := r.terms.schema[side].Field(name); field.Check(value) != nil {
			return false
		}
	}
	return true
}

func (r *run) misfit(l Link, seen []conflict.Seen, side record.Side, field record.Field, err error) Problem {
	reason := strings.TrimPrefix(err.Error(), fmt.Sprintf("field %q ", field.Name))
	return Problem{
		Code: CodeInvalidValue, Link: l.ID, Record: l.IDs, Rule: r.ruleOf(seen, side, field.Name), Field: field.Label, Sides: onSide(side), Resolvable: true,
		Message: fmt.Sprintf("The value for %q in the %s %s. Correct it; until then both sides keep their own.", field.Label, sideName(side), reason),
	}
}

// withdraw takes the rules that write a refused field out of the outcome.
func (r *run) withdraw(l Link, out *conflict.Outcome, side record.Side, refused map[string]bool) {
	r.unwrite(out, side, refused)
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		if !touches(rule.Fields[side], refused) || notFor(out.Seen, rule.ID) {
			continue
		}
		out.Seen = slices.DeleteFunc(slices.Clone(out.Seen), func(s conflict.Seen) bool { return s.Rule == rule.ID })
		for _, s := range l.Seen {
			if s.Rule == rule.ID {
				out.Seen = append(out.Seen, s)
			}
		}
	}
}

// unwrite has the rules that write one of the fields write nothing to the side.
func (r *run) unwrite(out *conflict.Outcome, side record.Side, fields map[string]bool) {
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		if !touches(rule.Fields[side], fields) {
			continue
		}
		for j := range out.Rules {
			if out.Rules[j].Rule == rule.ID {
				out.Rules[j].Writes[side] = false
			}
		}
	}
}

func (r *run) shareRule(seen []conflict.Seen, side record.Side, name string, refused map[string]bool) bool {
	for i := range r.terms.rules.Rules {
		fields := r.terms.rules.Rules[i].Fields[side]
		if !notFor(seen, r.terms.rules.Rules[i].ID) && touches(fields, refused) && touches(fields, map[string]bool{name: true}) {
			return true
		}
	}
	return false
}

// ruleOf is the rule that carries the field, of several kinds' the one for the record.
func (r *run) ruleOf(seen []conflict.Seen, side record.Side, name string) string {
	for i := range r.terms.rules.Rules {
		if !notFor(seen, r.terms.rules.Rules[i].ID) && touches(r.terms.rules.Rules[i].Fields[side], map[string]bool{name: true}) {
			return r.terms.rules.Rules[i].ID
		}
	}
	return ""
}

func touches(fields []record.Field, names map[string]bool) bool {
	return slices.ContainsFunc(fields, func(f record.Field) bool { return names[f.Name] })
}

// markCut says of the rules that write a cut field that they differ for it, and what is really sent: should the answer be lost,
// that is found again.
func (r *run) markCut(out *conflict.Outcome, side record.Side, cut map[string]bool, sent record.Fields) {
	r.markApart(out, side, cut, sent, conflict.LostCut)
}

// markApart says of the rules that write one of the fields why they differ, and what is really sent.
func (r *run) markApart(out *conflict.Outcome, side record.Side, fields map[string]bool, sent record.Fields, why conflict.Reason) {
	var now [2]record.Fields
	now[side] = sent
	looked := r.terms.merger.Look(out.Seen, now)
	out.Seen = slices.Clone(out.Seen)
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		at := slices.IndexFunc(out.Seen, func(s conflict.Seen) bool { return s.Rule == rule.ID })
		if at >= 0 && touches(rule.Fields[side], fields) && slices.ContainsFunc(out.Rules, func(o conflict.RuleOutcome) bool { return o.Rule == rule.ID && o.Writes[side] }) {
			out.Seen[at] = looked[at]
			out.Seen[at].Diverged = why
		}
	}
}
