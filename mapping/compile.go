package mapping

import (
	"errors"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// Map is a checked list of rules between two schemas, ready to carry values. It is immutable.
type Map struct {
	CRM, Outlook *record.Schema
	Locale       record.Locale
	// Rules are in the order they were given.
	Rules []Compiled
}

// Compiled is a rule with its lens and the fields it names looked up. The direction of a rule that can only go one way
// is that way, whether or not the rule says so. It is immutable and may be used from several goroutines.
type Compiled struct {
	Rule
	// Fields are the fields the rule names, by side, parallel to Rule.CRM and Rule.Outlook. The side of a constant that
	// names no field has one without a name, which holds the constant; so has the side that an action reads ([SetWhen]), for
	// what its fields ask for.
	Fields   [2][]record.Field
	read     [2][]record.Field // the fields behind one that an action has in their place
	lens     Lens
	schema   [2]*record.Schema
	places   [2][]int // of Fields in the schema
	label    string
	loc      record.Locale
	constant []record.Value
	limited  [2]bool // whether fields of the side have limits

	definition uint32
}

// Compile checks the rules (see [Check]) and returns the map. The error joins every fault found, each an [*Error].
func Compile(rules []Rule, crm, outlook *record.Schema, loc record.Locale) (*Map, error) {
	compiled, faults := compile(rules, crm, outlook, loc)
	if len(faults) > 0 {
		errs := make([]error, len(faults))
		for i, f := range faults {
			errs[i] = f
		}
		return nil, errors.Join(errs...)
	}
	return &Map{CRM: crm, Outlook: outlook, Locale: loc, Rules: compiled}, nil
}

// cleared is what a rule of one field finds where it is empty. Lenses do not change what they are given; a host's own is
// trusted only with memory of its own.
var cleared = []record.Value{nil}

// Values returns what the rule's fields hold on the side, and whether all of them are known there; a rule does
// nothing for a record in which one of its fields is not known. The result must not be changed.
func (r *Compiled) Values(side record.Side, f record.Fields) ([]record.Value, bool) {
	names := r.names(side)
	if len(names) == 0 {
		return r.constant, true
	}
	if len(names) == 1 {
		v, known := r.value(side, 0, f)
		switch {
		case !known:
			return nil, false
		case v == nil && r.Custom == nil:
			return cleared, true
		}
		return []record.Value{v}, true
	}
	values := make([]record.Value, len(names))
	for i := range names {
		v, known := r.value(side, i, f)
		if !known {
			return nil, false
		}
		values[i] = v
	}
	return values, true
}

func (r *Compiled) value(side record.Side, i int, f record.Fields) (record.Value, bool) {
	if f.Schema() == r.schema[side] {
		return f.At(r.places[side][i])
	}
	return f.Get(r.names(side)[i])
}

// View is the part of the side's values that the rule speaks about.
func (r *Compiled) View(side record.Side, v []record.Value) []record.Value {
	return r.lens.View(side, v)
}

// Carry returns what the side to must hold to say what the other side says; target is what it holds now, and is
// returned itself where it says so already. The result may be more than the fields hold (see Loss and [Fit]); target is
// returned too where it is what such a result was cut to, and where source is what target was cut to.
func (r *Compiled) Carry(to record.Side, source, target []record.Value) []record.Value {
	carried := r.carry(to, source, target)
	if r.limited[to] {
		if short, cut := fitAll(r.Fields[to], carried); cut && r.Equal(to, short, target) {
			return target
		}
	}
	if from := to.Other(); r.limited[from] && !r.Equal(to, carried, target) {
		back := r.carry(from, target, source)
		if short, cut := fitAll(r.Fields[from], back); cut && r.Equal(from, short, source) {
			return target
		}
	}
	return carried
}

func (r *Compiled) carry(to record.Side, source, target []record.Value) []record.Value {
	if to == record.Outlook {
		return r.lens.ToOutlook(source, target)
	}
	return r.lens.ToCRM(source, target)
}

// Equal reports whether two lists of values of the side's fields are equal by their types.
func (r *Compiled) Equal(side record.Side, a, b []record.Value) bool {
	for i, f := range r.Fields[side] {
		if !f.Equal(a[i], b[i], r.loc) {
			return false
		}
	}
	return true
}

// Loss says what the side to cannot hold of source; see [Lossy]. It is Cut also where a carried text or list is longer
// than its field holds.
func (r *Compiled) Loss(to record.Side, source, target []record.Value) Loss {
	if l, ok := r.lens.(Lossy); ok {
		if loss := l.Loss(to.Other(), source, target); loss != None {
			return loss
		}
	}
	if r.limited[to] {
		if _, cut := fitAll(r.Fields[to], r.carry(to, source, target)); cut {
			return Cut
		}
	}
	return None
}

// Wanted returns the names of the fields of the side that the rules read or write, sorted and without repetition.
func (m *Map) Wanted(side record.Side) []string {
	var names []string
	for i := range m.Rules {
		names = append(names, m.Rules[i].names(side)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r *Rule) names(side record.Side) []string {
	if side == record.CRM {
		return r.CRM
	}
	return r.Outlook
}
