package conflict

import (
	"cmp"
	"slices"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Merger merges pairs under one map and one set of options. It is immutable and safe for concurrent use. Its
// methods panic where it has no Map.
type Merger struct {
	Map     *mapping.Map
	Hash    record.Hasher
	Options Options
	// KindOf says of which kind a CRM record is (E8), for rules that are for some kinds and stand after all others in the map: it is given
	// the record as those leave it. Known is false where it cannot be told. Nil: there are no kinds.
	KindOf func(crm record.Fields) (kind string, known bool)
}

// Merge decides one pair.
func (m *Merger) Merge(p Pair) Outcome {
	w := work{m: m, pair: &p}
	w.out.Seen = p.Base
	w.out.Stale = m.unusable(p.Decisions)
	if w.judgeRecord(); w.held {
		w.out.Asked = p.Asked
		return w.out
	}
	w.kind = kindOfRecord{} // the record was judged as it is; from here on the rules for all kinds have a say
	w.out.Rules = make([]RuleOutcome, 0, len(m.Map.Rules))
	for i := range m.Map.Rules {
		x := w.open(i)
		v := x.decide()
		if x.tooSoon(v) {
			v = x.waiting(v)
		}
		w.carryOut(&x, v)
	}
	for side := range w.set {
		w.out.Set[side] = w.set[side].fields(w.schema(record.Side(side)))
	}
	return w.out
}

// work is one call of Merge.
type work struct {
	m      *Merger
	pair   *Pair
	out    Outcome
	set    [2]draft
	copied bool // out.Seen is no longer Pair.Base
	record recordVerdict
	held   bool // the record can only be judged after a read
	kind   kindOfRecord
}

func (w *work) schema(side record.Side) *record.Schema {
	if side == record.CRM {
		return w.m.Map.CRM
	}
	return w.m.Map.Outlook
}

// effect is what a verdict does to the entry of the rule.
type effect uint8

const (
	ignored  effect = iota // nothing can be said: the entry and a question stay, and the rule is not reported
	kept                   // nothing changed: the entry stays, but for its form
	advanced               // the entry takes what the sides hold, or will after the write
	asks                   // the rule waits for a person, who is shown what the sides hold
	waits                  // the rule goes on waiting
	intends                // the write depends on a side that has to be read first
)

// verdict is what was decided about one rule.
type verdict struct {
	effect   effect
	writes   bool        // carry to the side
	to       record.Side // meaningful where writes is set
	reason   Reason      // of the write
	diverged Reason      // of the entry afterwards
	needs    [2]bool
}

// settled is a verdict without a write.
func settled(diverged Reason) verdict { return verdict{effect: advanced, diverged: diverged} }

// carryOut adds the verdict on one rule to the outcome.
func (w *work) carryOut(x *exchange, v verdict) {
	for side, needs := range v.needs {
		w.out.NeedsRead[side] = w.out.NeedsRead[side] || needs
	}
	if (v.effect == ignored || v.effect == waits) && x.asked != nil {
		w.out.Asked = append(w.out.Asked, *x.asked)
	}
	if v.effect == ignored {
		return
	}
	ro := RuleOutcome{Rule: x.ID, Reason: v.diverged, First: x.base == nil}
	switch v.effect {
	case kept:
		ro.Reason = x.base.Diverged
		w.refresh(x)
	case waits:
		ro.Reason = Asked
	case asks:
		ro.Reason = Asked
		s := x.entry()
		s.Diverged = cmp.Or(v.diverged, Asked)
		w.out.Asked = append(w.out.Asked, s)
	case intends:
		ro.Writes[v.to], ro.Reason, ro.Clears = true, v.reason, w.intend(x, v.to)
	case advanced:
		if v.writes {
			ro.Writes[v.to], ro.Reason = true, v.reason
			ro.Clears = w.write(x, v.to)
		}
		s := x.entry()
		s.Diverged = v.diverged
		w.put(x, s)
	}
	w.out.Rules = append(w.out.Rules, ro)
}

// write puts what the rule carries to the side into the set, makes it what the side holds, and reports whether it
// empties the side. A field whose value stays equal keeps the side's spelling.
func (w *work) write(x *exchange, to record.Side) bool {
	target := x.target(to)
	carried, _ := x.carry(to)
	final, own := carried, false
	for i, f := range x.Fields[to] {
		if !f.Equal(carried[i], target[i], w.m.Map.Locale) {
			w.set[to].put(f.Name, carried[i])
			continue
		}
		if !own {
			final, own = slices.Clone(carried), true
		}
		final[i] = target[i]
	}
	cleared := !blank(x.side[to].view)
	x.side[to] = w.m.faceOf(x.Compiled, to, final)
	return cleared && blank(x.side[to].view)
}

// intend puts what the rule would carry to a side that was not read into the set, as if that side were empty, and
// reports whether it would empty the side. Nothing is put where the source itself was not read.
func (w *work) intend(x *exchange, to record.Side) bool {
	source := &x.side[to.Other()]
	if !source.known {
		return false
	}
	carried := x.Carry(to, source.values, make([]record.Value, len(x.Fields[to])))
	for i, f := range x.Fields[to] {
		w.set[to].put(f.Name, carried[i])
	}
	return blank(x.View(to, carried))
}

// refresh takes a new form of an unchanged value into the entry: another spelling, or a new version of typed forms
// where both sides are at hand to be taken anew. It is never a reason to write.
func (w *work) refresh(x *exchange) {
	s, crm, outlook := x.base, &x.side[record.CRM], &x.side[record.Outlook]
	upgraded := s.Version != record.TypedVersion()
	if upgraded && !(crm.known && outlook.known) {
		return
	}
	if upgraded || crm.known && crm.raw(w.m) != s.Raw[record.CRM] || outlook.known && outlook.raw(w.m) != s.Raw[record.Outlook] {
		w.put(x, x.entry())
	}
}

// put replaces the rule's entry, or adds it.
func (w *work) put(x *exchange, s Seen) {
	if !w.copied {
		w.out.Seen = append(make([]Seen, 0, max(len(w.pair.Base), len(w.m.Map.Rules))), w.pair.Base...)
		w.copied = true
	}
	if x.baseAt >= 0 {
		w.out.Seen[x.baseAt] = s
		return
	}
	w.out.Seen = append(w.out.Seen, s)
}

// draft collects the fields to be written to one side.
type draft []drafted

type drafted struct {
	name  string
	value record.Value
}

func (d draft) find(name string) int {
	return slices.IndexFunc(d, func(f drafted) bool { return f.name == name })
}

func (d *draft) put(name string, v record.Value) {
	if at := d.find(name); at >= 0 {
		(*d)[at].value = v
		return
	}
	if *d == nil {
		*d = make(draft, 0, 8)
	}
	*d = append(*d, drafted{name, v})
}

// over returns values with what earlier rules write to the same fields in place of what the side holds. Rules that own
// different entries of one field ([mapping.Sharer]) so add to each other's write instead of undoing it.
func (d draft) over(fields []record.Field, values []record.Value) []record.Value {
	own := false
	for i := range fields {
		at := d.find(fields[i].Name)
		if at < 0 {
			continue
		}
		if !own {
			values, own = slices.Clone(values), true
		}
		values[i] = d[at].value
	}
	return values
}

func (d draft) fields(schema *record.Schema) record.Fields {
	if len(d) == 0 {
		return record.Fields{}
	}
	b := schema.Build()
	for _, f := range d {
		b.Set(f.name, f.value...)
	}
	return b.Fields()
}
