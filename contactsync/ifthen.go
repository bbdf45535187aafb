package contactsync

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// IfThen is an action: IF a condition holds for the one side of a pair, THEN something is so on the other (E9). It acts on
// pairs that are tied and on records that are made, on each side, and again whenever what the condition reads changes.
//
// Actions that write the same thing (one category, one field) are one rule: the first of them whose condition holds is
// carried out. An action is a one-way rule like those of the mapping: the flow, the guards, Match.Existing, Conflict and Drift
// hold for it, and it meets for the first time what it has not seen. Its id, in plans and problems, is made of what it writes:
// "actions.toCRM.kind", "actions.toOutlook.categories.Clients".
//
// Where a run is about to change what an action asks for, the action waits for the next. So actions may go on from each other;
// [Settings.Validate] refuses those that would undo each other over and over, as far as it finds records with which they do.
type IfThen struct {
	// ID is unique among the actions; errors name it.
	ID string `json:"id"`
	// Direction says which side is written; default toOutlook. The condition reads the other.
	Direction mapping.Direction `json:"direction,omitempty"`
	// If is the condition; the zero Condition holds for every record. It may name saved conditions and "$user", and no date
	// relative to now: nothing changes when a day begins that a run would look at. A field that is not known makes it do nothing.
	If filter.Condition `json:"if,omitzero"`
	// Then is what is done: add (default), remove or set.
	Then Then `json:"then,omitempty"`
	// Field is the field that is written; default the categories, in Outlook. One that the mapping writes too is refused, but for
	// a managed set of other values.
	Field string `json:"field,omitempty"`
	// Value is what is added, removed or set; never empty. "$user" stands for the connection's user, and a text that begins with
	// "$" is written with two.
	Value string `json:"value,omitempty"`
}

// Then is what an action does.
type Then string

const (
	// ThenAdd adds Value to a field of several, such as the categories, and owns it there: when no condition that adds it holds
	// any longer it is taken off again, whoever put it there. Where none held at the first meeting, what is there stays.
	ThenAdd Then = "add"
	// ThenRemove removes Value from a field of several. When the condition no longer holds nothing is put back.
	ThenRemove Then = "remove"
	// ThenSet sets a field of one value. When the condition no longer holds the field stays as it is.
	ThenSet Then = "set"
)

// categories is the field of an Outlook item that actions write by default.
const categories = "categories"

// to is the side that the action writes.
func (a IfThen) to() record.Side {
	if a.Direction == mapping.ToCRM {
		return record.CRM
	}
	return record.Outlook
}

func (a IfThen) then() Then { return cmp.Or(a.Then, ThenAdd) }

func (a IfThen) field() string {
	if a.Field == "" && a.to() == record.Outlook && a.then() != ThenSet {
		return categories
	}
	return a.Field
}

// value is what the action writes, for a user.
func (a IfThen) value(user string) string {
	if a.Value == filter.User {
		return user
	}
	if strings.HasPrefix(a.Value, "$$") {
		return a.Value[1:]
	}
	return a.Value
}

// slot is what several actions may write, as one rule: one field, or one value of a field of several.
type slot struct {
	id    string // of the rule
	to    record.Side
	field string
	entry string // for one user
	acts  []IfThen
	reads []string
	label string // the actions, for errors
}

// slots are the actions, together where they write the same, with their saved conditions expanded.
func (s Settings) slots(user string) ([]*slot, error) {
	var slots []*slot
	for i, a := range s.Actions {
		c, err := s.expand(a.If)
		if err != nil {
			return nil, &InvalidError{Field: member(i, a) + ".if", Reason: err.Error()}
		}
		a.If = c
		entry := ""
		if a.then() != ThenSet {
			entry = a.value(user)
		}
		at := slices.IndexFunc(slots, func(sl *slot) bool {
			return sl.to == a.to() && sl.field == a.field() && sl.entry == entry
		})
		if at < 0 {
			at = len(slots)
			id := fmt.Sprintf("actions.%s.%s", flowName(a.to()), a.field())
			if entry != "" {
				id += "." + a.Value
			}
			slots = append(slots, &slot{id: id, to: a.to(), field: a.field(), entry: entry})
		}
		sl := slots[at]
		sl.acts = append(sl.acts, a)
		sl.label = strings.TrimPrefix(sl.label+", "+nameOf(i, a), ", ")
		sl.reads = append(sl.reads, c.Fields()...)
	}
	for _, sl := range slots {
		slices.Sort(sl.reads)
		sl.reads = slices.Compact(sl.reads)
	}
	return slots, nil
}

func nameOf(i int, a IfThen) string { return cmp.Or(a.ID, fmt.Sprintf("#%d", i+1)) }

func member(i int, a IfThen) string { return "actions[" + nameOf(i, a) + "]" }

// adds reports whether one of the actions adds the entry, so that it is the rule's own.
func (sl *slot) adds() bool {
	return slices.ContainsFunc(sl.acts, func(a IfThen) bool { return a.then() == ThenAdd })
}

// removes reports whether the actions only take the entry away.
func (sl *slot) removes() bool { return sl.entry != "" && !sl.adds() }

// rule is the slot as a rule of the mapping, for the user of env.
func (sl *slot) rule(schema [2]*record.Schema, env filter.Env) mapping.Rule {
	r := mapping.Rule{ID: sl.id, Direction: mapping.ToOutlook, CRM: sl.reads, Outlook: []string{sl.field}}
	if sl.to == record.CRM {
		r.Direction, r.CRM, r.Outlook = mapping.ToCRM, r.Outlook, r.CRM
	}
	first := func(source []record.Value) (IfThen, filter.Result) {
		b := schema[sl.to.Other()].Build()
		for i, name := range sl.reads {
			b.Set(name, source[i]...)
		}
		f := b.Fields()
		for _, a := range sl.acts {
			if r := a.If.Eval(f, env); r != filter.No {
				return a, r
			}
		}
		return IfThen{}, filter.No
	}
	switch {
	case sl.acts[0].then() == ThenSet:
		r.Custom = mapping.SetWhen(sl.to, func(source []record.Value) string {
			if a, r := first(source); r == filter.Yes {
				return a.value(env.User)
			}
			return ""
		})
	case sl.removes():
		r.Custom = mapping.LacksWhen(sl.to, sl.entry, func(source []record.Value) (bool, bool) {
			_, r := first(source)
			return r == filter.Yes, r != filter.Unknown
		})
	default:
		r.Custom = mapping.HasWhen(sl.to, sl.entry, func(source []record.Value) (bool, bool) {
			a, r := first(source)
			return r == filter.Yes && a.then() == ThenAdd, r != filter.Unknown
		})
	}
	return r
}

// withActions are the rules of the mapping, those of the actions after them, and after these the ones for some kinds.
func (s Settings) withActions(slots []*slot, crm, outlook *record.Schema, user string, zone *time.Location) []mapping.Rule {
	rules := slices.Clone(s.Mapping)
	for _, sl := range slots {
		rules = append(rules, sl.rule([2]*record.Schema{crm, outlook}, s.lastingEnv(user, zone)))
	}
	return kindsLast(rules)
}

// reading is all that the slot says: where it changes, records are looked at that have not.
func (sl *slot) reading(zone string) any {
	return struct {
		ID, Zone string
		Actions  []IfThen
	}{sl.id, zone, sl.acts}
}
