package contactsync

import (
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// reacts reports whether an action asks for something on the other side by what the side holds now, which the run that wrote
// to the record there could not do yet: the record has to be looked at again. Seen is what the write left.
func (t *terms) reacts(side record.Side, seen []conflict.Seen) bool {
	shut := conflict.NotToCRM
	if side == record.CRM {
		shut = conflict.NotToOutlook
	}
	return slices.ContainsFunc(t.slots, func(sl *slot) bool {
		return sl.to != side && slices.ContainsFunc(seen, func(s conflict.Seen) bool { return s.Rule == sl.id && s.Diverged == shut })
	})
}

// madeWith notes in the base what a side put by itself into a record that it made, such as its owner, where an action asks for something by
// that: it is nobody's edit, and the action has yet to act on it.
func (r *run) madeWith(base []conflict.Seen, side record.Side, made half) {
	if len(r.terms.slots) == 0 || !made.read() {
		return
	}
	shut := conflict.NotToCRM
	if side == record.CRM {
		shut = conflict.NotToOutlook
	}
	var f [2]record.Fields
	f[side] = made.fields()
	changed := r.terms.merger.Changed(base, side, f[side])
	for _, now := range r.terms.merger.Look(base, f) {
		sl := r.terms.slot(now.Rule)
		if sl == nil || sl.to == side || !slices.Contains(changed, now.Rule) {
			continue
		}
		at := slices.IndexFunc(base, func(s conflict.Seen) bool { return s.Rule == now.Rule })
		base[at] = now
		base[at].Diverged = shut
	}
}

// actsOn reports whether an action reads one of the fields of the side.
func (t *terms) actsOn(side record.Side, f record.Fields) bool {
	return slices.ContainsFunc(t.slots, func(sl *slot) bool {
		return sl.to != side && slices.ContainsFunc(sl.reads, f.Known)
	})
}

// asksByItself reports whether an action asks for something else on the other side since a run wrote what it reads: rules speak of all
// of that, and none of them is among those that have changed.
func (t *terms) asksByItself(rule string, side record.Side, changed []string) bool {
	sl := t.slot(rule)
	if sl == nil || sl.to == side {
		return false
	}
	return !slices.ContainsFunc(sl.reads, func(field string) bool {
		spoken, edited := false, false
		for i := range t.rules.Rules {
			r := &t.rules.Rules[i]
			reader := t.slot(r.ID)
			if reader != nil && reader.to != side || !slices.ContainsFunc(r.Fields[side], func(f record.Field) bool { return f.Name == field }) {
				continue
			}
			spoken, edited = true, edited || slices.Contains(changed, r.ID)
		}
		return !spoken || edited
	})
}

// takesAway reports whether the rule is an action that removes what is there, which is never a mere filling.
func (t *terms) takesAway(rule string) bool {
	sl := t.slot(rule)
	return sl != nil && sl.removes()
}

// slot is what actions write by the rule; nil: it is one of the mapping.
func (t *terms) slot(rule string) *slot {
	if at := slices.IndexFunc(t.slots, func(sl *slot) bool { return sl.id == rule }); at >= 0 {
		return t.slots[at]
	}
	return nil
}
