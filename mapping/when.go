package mapping

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// SetWhen is a lens for IF ... THEN set a field: the rule's one field on the side to takes the value that choose gives for
// what the rule's fields on the other side hold. Where choose gives none ("") the field is left as it is.
//
// Like [HasWhen] and [LacksWhen] it goes one way, may read any number of fields, none too, and speaks of those as one thing:
// what they ask for. So an edit of them that asks for the same is no change, and the definition of the rule
// ([Compiled.Definition]) is that of the field written, whatever is read. The function must be pure and may be called from
// several goroutines; it gets the values of the fields it reads, parallel to their names in the rule. Without one it panics.
func SetWhen(to record.Side, choose func(source []record.Value) string) Lens {
	if choose == nil {
		panic("mapping: SetWhen: the function that chooses is nil")
	}
	return whenLens{to: to, ask: func(source []record.Value) (string, bool) { return choose(source), true }}
}

// HasWhen is a lens for IF ... THEN add: the rule's one field on the side to, which holds several entries, has the entry
// just as long as holds says so. The entry is the rule's own: it is taken away when holds no longer says so, whoever added it.
// Everything else in the field stays as it is. Where it cannot be told (known is false) the entry is left as it is.
//
// Several rules may write one field when each owns other entries; see [Sharer]. Without a function it panics.
func HasWhen(to record.Side, entry string, holds func(source []record.Value) (has, known bool)) Lens {
	return whenLens{to: to, entry: entry, ask: asking(entry, holds)}
}

// LacksWhen is a lens for IF ... THEN remove: the rule's one field on the side to lacks the entry as long as holds says so.
// When it no longer does, nothing is put back. What it speaks about, and views, is that the entry is not there: so it takes it
// away at a first meeting too, as another rule fills an empty field. Without a function it panics.
func LacksWhen(to record.Side, entry string, holds func(source []record.Value) (lacks, known bool)) Lens {
	return whenLens{to: to, entry: entry, lacks: true, ask: asking(entry, holds)}
}

func asking(entry string, holds func([]record.Value) (bool, bool)) func([]record.Value) (string, bool) {
	if holds == nil {
		panic("mapping: HasWhen, LacksWhen: the function that says when is nil")
	}
	return func(source []record.Value) (string, bool) {
		yes, known := holds(source)
		if !yes || !known {
			return "", known
		}
		return entry, true
	}
}

// whenLens writes one field of a side by what others of the other side ask for. It is bound to the field by compile.
type whenLens struct {
	to    record.Side
	entry string // the entry it owns; empty: the whole field
	lacks bool   // what is asked for is that the entry is not there
	// ask is the value asked for, "" for none, and whether that can be told.
	ask   func(source []record.Value) (value string, known bool)
	field record.Field
	loc   record.Locale
}

// bind gives the lens its field, and the rule a field of its own for all that is read.
func (l whenLens) bind(c *Compiled, s site) []*Error {
	if len(s.fields[l.to]) != 1 {
		return s.fault("", "an action writes one field")
	}
	l.field, l.loc = s.fields[l.to][0], s.loc
	switch {
	case l.entry == "" && l.field.Shape != record.One:
		return s.fault(l.field.Name, "holds several values: an action adds one to them, or removes one")
	case l.entry != "" && l.field.Shape == record.One:
		return s.fault(l.field.Name, "holds one value: an action sets it")
	case l.entry != "" && l.fold(l.entry) == "":
		return s.fault(l.field.Name, "a blank value is never in it")
	}
	c.lens, c.definition = l, l.definition()
	from := l.to.Other()
	c.read[from] = s.fields[from]
	c.Fields[from] = []record.Field{{Label: l.field.Label, ReadOnly: true}}
	c.limited[from] = false
	c.constant = cleared
	return nil
}

func (l whenLens) definition() uint32 {
	what := "set"
	if l.entry != "" {
		what = "has"
	}
	if l.lacks {
		what = "lacks"
	}
	return defined("when", what, []string{"crm", "outlook"}[l.to], l.field.Name, l.entry)
}

// Acts reports whether the rule is that of an action which reads the side.
func (r *Compiled) Acts(side record.Side) bool {
	l, ok := r.lens.(whenLens)
	return ok && l.to != side
}

// View is, of the side that is read, what it asks for; of the other what the lens owns, or for LacksWhen that it is not there.
func (l whenLens) View(side record.Side, v []record.Value) []record.Value {
	if side != l.to {
		value, known := l.ask(v)
		switch {
		case !known:
			return []record.Value{{"?" + l.entry}}
		case value == "":
			return cleared
		}
		return []record.Value{{value}}
	}
	if l.entry == "" {
		return v
	}
	if l.in(v[0]) == l.lacks {
		return cleared
	}
	return []record.Value{{l.entry}}
}

func (l whenLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	return l.carry(record.Outlook, crm, outlook)
}

func (l whenLens) ToCRM(outlook, crm []record.Value) []record.Value {
	return l.carry(record.CRM, outlook, crm)
}

func (l whenLens) carry(to record.Side, source, target []record.Value) []record.Value {
	if to != l.to {
		return target
	}
	value, known := l.ask(source)
	asked, has := value != "", l.in(target[0])
	switch {
	case !known:
		return target
	case l.entry == "" && (!asked || l.field.Equal(target[0], record.Value{value}, l.loc)):
		return target
	case l.entry == "":
		return []record.Value{{value}}
	case has && asked == l.lacks:
		return []record.Value{slices.DeleteFunc(slices.Clone(target[0]), l.own)}
	case !has && asked && !l.lacks:
		return []record.Value{append(slices.Clone(target[0]), l.entry)}
	}
	return target
}

func (l whenLens) in(v record.Value) bool { return l.entry != "" && slices.ContainsFunc(v, l.own) }

func (l whenLens) own(entry string) bool { return l.entry != "" && l.fold(entry) == l.fold(l.entry) }

// fold is the form under which entries are compared: labels as in managed sets, others by their type.
func (l whenLens) fold(entry string) string {
	if l.field.Type == record.Text || l.field.Type == record.Name {
		return foldLabel(entry)
	}
	f := l.field
	f.Shape = record.One
	return f.Canonical(record.Value{entry}, l.loc).Text()
}

// Shares reports whether the other lens owns other entries.
func (l whenLens) Shares(side record.Side, with Lens) bool {
	if l.entry == "" {
		return false
	}
	switch other := with.(type) {
	case whenLens:
		return other.entry != "" && !l.own(other.entry)
	case setLens:
		return !slices.ContainsFunc(other.examples(side), l.own)
	}
	return false
}
