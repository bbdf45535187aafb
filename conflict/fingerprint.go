package conflict

import (
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// manyFields is how many fields a rule may have on a side before its fingerprint needs memory of its own.
const manyFields = 12

// raw fingerprints a view under the frozen form.
func (m *Merger) raw(view []record.Value) uint64 {
	var room [manyFields]record.Value
	forms := room[:0]
	for _, v := range view {
		forms = append(forms, record.Raw(v))
	}
	return m.Hash.Values(forms)
}

// typed fingerprints a view under the equality of its fields, as of record.TypedVersion. It is never zero.
func (m *Merger) typed(r *mapping.Compiled, side record.Side, view []record.Value) uint64 {
	var room [manyFields]record.Value
	forms := room[:0]
	for i, v := range view { // a view has a value for each field
		forms = append(forms, r.Fields[side][i].Canonical(v, m.Map.Locale))
	}
	return max(1, m.Hash.Values(forms))
}

// face is one side of one rule. Its fingerprints are worked out when they are asked for: a side that is about to be written
// needs none of what it held, and the typed one is dear.
type face struct {
	known     bool // the side was read and all of the rule's fields are known
	unread    bool // the side was not read
	values    []record.Value
	view      []record.Value
	rawOnce   uint64
	rawTaken  bool
	typedOnce uint64
}

func (m *Merger) look(r *mapping.Compiled, side record.Side, f record.Fields) face {
	if f.Schema() == nil {
		return face{unread: true}
	}
	values, known := r.Values(side, f)
	if !known {
		return face{}
	}
	return m.faceOf(r, side, values)
}

func (m *Merger) faceOf(r *mapping.Compiled, side record.Side, values []record.Value) face {
	return face{known: true, values: values, view: r.View(side, values)}
}

func (f *face) raw(m *Merger) uint64 {
	if !f.rawTaken {
		f.rawOnce, f.rawTaken = m.raw(f.view), true
	}
	return f.rawOnce
}

func (f *face) typed(m *Merger, r *mapping.Compiled, side record.Side) uint64 {
	if f.typedOnce == 0 {
		f.typedOnce = m.typed(r, side, f.view)
	}
	return f.typedOnce
}

// holds reports whether the face is what the entry says of the side, by the rule of the package comment.
func (f *face) holds(m *Merger, r *mapping.Compiled, side record.Side, s *Seen) bool {
	if f.raw(m) == s.Raw[side] {
		return true
	}
	return s.Version == record.TypedVersion() && s.Typed[side] != 0 && f.typed(m, r, side) == s.Typed[side]
}

// record puts the face into the entry. The other half loses its typed fingerprint if that was of another version.
func (f *face) record(m *Merger, r *mapping.Compiled, side record.Side, s *Seen) {
	if s.Version == record.TypedVersion() && s.Raw[side] == f.raw(m) && s.Typed[side] != 0 {
		return
	}
	if s.Version != record.TypedVersion() {
		s.Version, s.Typed = record.TypedVersion(), [2]uint64{}
	}
	s.Raw[side], s.Typed[side] = f.raw(m), f.typed(m, r, side)
}
