package contactsync

import (
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// undoneBase makes what the sides will hold the base of every rule that is put back, so that nothing of it flows. What the
// other side holds beside what was last seen there is somebody's edit, and stays one, unless it says the same: then it has
// arrived, and it is the next edit there that flows, also one back to what was seen before.
func (r *run) undoneBase(j *job, h [2]half, v *verdict) {
	m := r.terms.merger
	var will, wrote [2]record.Fields // what the sides will hold, and of that what the undo puts there
	for side := range h {
		if v.ops[side] == Create {
			will[side] = r.terms.empty[side].With(v.set[side])
			wrote[side] = will[side]
			continue
		}
		if h[side].rec == nil { // what was planned for it is not done
			continue
		}
		wrote[side] = r.undone.put[side][j.ids[side]].With(v.set[side])
		will[side] = h[side].fields().With(wrote[side])
	}
	gone := r.goneRules(j.undo, wrote)
	j.undo.base = without(j.undo.base, gone)
	if v.link.Phase == Unlinked {
		v.link.Asked = without(v.link.Asked, gone)
	}
	seen := slices.Clone(j.undo.base)
	at := func(list []conflict.Seen, rule string) int {
		return slices.IndexFunc(list, func(s conflict.Seen) bool { return s.Rule == rule })
	}
	both := m.Look(seen, will)
	apart := m
	apart.Options.Allow = [2]bool{}
	told := apart.Merge(conflict.Pair{Fields: will})
	v.out = conflict.Outcome{Set: v.set}
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		out := conflict.RuleOutcome{Rule: rule.ID, Reason: conflict.Undone}
		var take [2]record.Fields
		for side := range wrote {
			known := func(in record.Fields) bool {
				return slices.ContainsFunc(rule.Fields[side], func(f record.Field) bool { return in.Known(f.Name) })
			}
			if !known(wrote[side]) {
				continue
			}
			take[side] = will[side]
			out.Writes[side] = v.ops[side] == Create || v.ops[side] == Update && known(v.set[side])
			if out.Writes[side] && v.ops[side] == Update && blankRule(rule.Fields[side], will[side]) && !blankRule(rule.Fields[side], h[side].fields()) {
				out.Clears, v.clears[side] = true, true
			}
		}
		if take == [2]record.Fields{} {
			continue
		}
		if out.Writes != [2]bool{} {
			v.out.Rules = append(v.out.Rules, out)
		}
		mine := at(seen, rule.ID)
		if mine < 0 {
			if n := at(both, rule.ID); n >= 0 {
				seen, mine = append(seen, both[n]), len(seen)
			}
		} else {
			looked := m.Look(seen, take)
			seen[mine] = looked[mine]
		}
		if mine >= 0 {
			seen[mine].Diverged = conflict.Undone
			if n := at(told.Seen, rule.ID); n >= 0 && !apartBy(told.Seen[n].Diverged) {
				if n := at(both, rule.ID); n >= 0 {
					seen[mine] = both[n]
				}
				seen[mine].Diverged = told.Seen[n].Diverged
			}
			for side := range take {
				if take[side] != (record.Fields{}) && v.ops[side] != Create {
					v.brought[side] = append(v.brought[side], seen[mine])
				}
			}
		}
	}
	v.out.Seen, v.link.Seen = seen, seen
}

func blankRule(fields []record.Field, f record.Fields) bool {
	return !slices.ContainsFunc(fields, func(field record.Field) bool {
		v, _ := f.Get(field.Name)
		return !v.IsEmpty()
	})
}

// apartBy reports whether a merge that may write nothing found the sides to say different things.
func apartBy(why conflict.Reason) bool {
	switch why {
	case conflict.NotAllowed, conflict.NotToCRM, conflict.NotToOutlook, conflict.EmptyKept, conflict.OnlyFillsEmpty, conflict.LeftAlone, conflict.Asked:
		return true
	}
	return false
}
