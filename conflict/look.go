package conflict

import (
	"slices"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Look fingerprints what the sides hold now: for each rule all of whose fields are known on a side, that side's half of
// the entry is taken anew; the rest is kept from base. A rule without an entry gets one only where both sides are
// known: half an entry would make the other half look like an edit.
//
// Look takes whatever the sides hold as settled. After a write use [Merger.Kept], which does so only for the rules
// that were written, so that an edit made meanwhile to anything else is still seen as one.
func (m *Merger) Look(base []Seen, fields [2]record.Fields) []Seen {
	return m.retake(base, fields, nil)
}

// Kept is the base after an outcome was written and the sides answered with what they stored: [Outcome.Seen], with the
// written halves fingerprinted anew where stored knows all of the rule's fields. A zero Fields keeps them as sent. A
// rule whose value the side did not keep, so that the sides now differ, is diverged as [NotHeld] (B6), unless a reason to differ was known before: what the side
// made of it is that side's form from now on, and is neither sent again nor carried back.
func (m *Merger) Kept(o *Outcome, stored [2]record.Fields) []Seen {
	return m.retake(o.Seen, stored, o.Rules)
}

// retake renews the halves of base from fields: of all rules, or where written is not nil of those that it writes.
func (m *Merger) retake(base []Seen, fields [2]record.Fields, written []RuleOutcome) []Seen {
	out := append(make([]Seen, 0, max(len(base), len(m.Map.Rules))), base...)
	next := 0
	for i := range m.Map.Rules {
		r := &m.Map.Rules[i]
		take := [2]bool{true, true}
		if written != nil {
			if next == len(written) || written[next].Rule != r.ID {
				continue
			}
			take = written[next].Writes
			next++
		}
		var now [2]face
		for side := range now {
			if take[side] {
				now[side] = m.look(r, record.Side(side), fields[side])
			}
		}
		at := find(out, r.ID, i)
		if at < 0 {
			if now[0].known && now[1].known {
				s := Seen{Rule: r.ID, Def: r.Definition()}
				now[0].record(m, r, record.CRM, &s)
				now[1].record(m, r, record.Outlook, &s)
				out = append(out, s)
			}
			continue
		}
		for side := range now {
			s := record.Side(side)
			if !now[side].known {
				continue
			}
			if written != nil && out[at].Diverged == Agreed && !now[side].holds(m, r, s, &out[at]) {
				out[at].Diverged = NotHeld
			}
			now[side].record(m, r, s, &out[at])
		}
	}
	return out
}

// Current is the list without the entries of rules that have been redefined since, under the same id: what was seen of
// other fields, or through another lens, would make what is there now look like an edit. Such a rule meets for the
// first time. Entries of rules that the map no longer has stay. It may return the list itself.
func (m *Merger) Current(list []Seen) []Seen {
	for i := range list {
		if m.redefined(&list[i], i) {
			return slices.DeleteFunc(slices.Clone(list), func(s Seen) bool { return m.redefined(&s, i) })
		}
	}
	return list
}

// redefined reports whether the rule of the entry has another definition now. hint is where the rule may be.
func (m *Merger) redefined(s *Seen, hint int) bool {
	if s.Def == 0 {
		return false
	}
	rules := m.Map.Rules
	if hint < len(rules) && rules[hint].ID == s.Rule {
		return rules[hint].Definition() != s.Def
	}
	for i := range rules {
		if rules[i].ID == s.Rule {
			return rules[i].Definition() != s.Def
		}
	}
	return false
}

// Changed returns the ids of the rules in which the side differs from base, in the map's order. A rule without a base,
// for records of other kinds, or with a field that f does not know, is not among them.
func (m *Merger) Changed(base []Seen, side record.Side, f record.Fields) []string {
	var changed []string
	for i := range m.Map.Rules {
		r := &m.Map.Rules[i]
		at := find(base, r.ID, i)
		if at < 0 || base[at].Diverged == OtherKind {
			continue
		}
		now := m.look(r, side, f)
		if now.known && !now.holds(m, r, side, &base[at]) {
			changed = append(changed, r.ID)
		}
	}
	return changed
}

// Confirm tells the sync's own unconfirmed write to a side from a person's edit: for each rule of pending whose
// fingerprint on the side is what the side holds now, the entry becomes base. It returns the new base, and whether
// every rule of pending was found written, so that nothing of it is outstanding. Rules that the map no longer has count
// as found.
//
// pending must hold only rules that were being written to this side, as [Outcome.Pending] returns them: the other half
// of such an entry is the value that was sent.
func (m *Merger) Confirm(base, pending []Seen, side record.Side, f record.Fields) ([]Seen, bool) {
	out, copied, all := base, false, true
	for i := range m.Map.Rules {
		r := &m.Map.Rules[i]
		at := find(pending, r.ID, i)
		if at < 0 {
			continue
		}
		now := m.look(r, side, f)
		if !now.known || !now.holds(m, r, side, &pending[at]) {
			all = false
			continue
		}
		if !copied {
			out, copied = append(make([]Seen, 0, len(base)+1), base...), true
		}
		old := find(out, r.ID, i)
		if old < 0 {
			old = len(out)
			out = append(out, Seen{})
		}
		out[old] = pending[at]
		now.record(m, r, side, &out[old])
	}
	return out, all
}

// Spare is the base after an undo's unconfirmed write to a side, where the side may not send and [DriftRestore] would do again what was
// undone: a value that is neither what was seen nor what was sent is what the side made of the write, or an edit. Nothing tells which, so
// that it stays, apart as [Undone]. base is what [Merger.Confirm] answered for the same pending.
func (m *Merger) Spare(base, pending []Seen, side record.Side, f record.Fields) []Seen {
	out, copied := base, false
	for i := range m.Map.Rules {
		r := &m.Map.Rules[i]
		at, old := find(pending, r.ID, i), find(base, r.ID, i)
		if at < 0 || old < 0 || pending[at].Diverged != Undone || !m.restores(r, side) {
			continue
		}
		now := m.look(r, side, f)
		if !now.known || now.holds(m, r, side, &base[old]) {
			continue
		}
		if !copied {
			out, copied = slices.Clone(base), true
		}
		out[old] = pending[at]
		now.record(m, r, side, &out[old])
	}
	return out
}

// restores reports whether an edit on the side, which may not send, is put back.
func (m *Merger) restores(r *mapping.Compiled, side record.Side) bool {
	return m.Options.Drift == DriftRestore && m.may(r, side) && !m.may(r, side.Other())
}

// may reports whether a rule may be carried to the side: by its own direction, and by the flow.
func (m *Merger) may(r *mapping.Compiled, to record.Side) bool {
	return r.Direction.Allows(to) && m.Options.Allow[to]
}
