package filter

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Result is the answer of a condition under Kleene's three-valued logic. The zero Result is Unknown.
type Result uint8

const (
	// Unknown: it depends on a field that is not known, on a date that cannot be read, on a user that is not named, or
	// on a saved condition that does not exist or names itself.
	Unknown Result = iota
	No
	Yes
)

func (r Result) String() string { return [...]string{"unknown", "no", "yes"}[r] }

func result(b bool) Result {
	if b {
		return Yes
	}
	return No
}

func (r Result) not() Result {
	switch r {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unknown
}

// Env is what a condition depends on beside the record.
type Env struct {
	// User is what "$user" stands for; while it is empty, such a comparison is unknown.
	User string
	// Now is the clock, for relative dates.
	Now time.Time
	// Zone is where days begin and end; nil: UTC.
	Zone   *time.Location
	Locale record.Locale
	// Saved resolves the names of saved conditions; nil: there are none. It must answer the same for the same name.
	Saved func(name string) (Condition, bool)
}

// Eval answers whether c holds for the record. A condition that [Condition.Check] refuses gets some answer, mostly
// Unknown, never a panic.
func (c Condition) Eval(f record.Fields, env Env) Result {
	e := newEvaluation(f, env)
	return e.eval(c)
}

// Why answers like [Condition.Eval] and names the node that decided: the first operand that made an "and" no or an "or"
// yes, or the first unknown one; where all operands decided together, the "and" or "or" itself. Inside a saved condition
// the path goes on after its name, as in "and[0].saved(mine).equals".
func (c Condition) Why(f record.Fields, env Env) (path string, r Result) {
	_, path, r = c.Decider(f, env)
	return path, r
}

// Decider answers like [Condition.Why], with the node itself: its Field, where it compares one, is what to tell a person.
func (c Condition) Decider(f record.Fields, env Env) (node Condition, path string, r Result) {
	e := newEvaluation(f, env)
	node, at, r := e.why(c, nil)
	return node, at.String(), r
}

// evaluation is one condition over one record. It remembers what saved conditions answered, so that ones that name
// each other many times are still evaluated once.
type evaluation struct {
	fields record.Fields
	env    Env
	saved  map[string]Result // Unknown while being evaluated: a condition that names itself
}

func newEvaluation(f record.Fields, env Env) *evaluation {
	if env.Zone == nil {
		env.Zone = time.UTC
	}
	return &evaluation{fields: f, env: env}
}

func (e *evaluation) eval(c Condition) Result {
	switch c.Op {
	case OpAll:
		return Yes
	case OpAnd:
		return e.fold(c.Conditions, No)
	case OpOr:
		return e.fold(c.Conditions, Yes)
	case OpNot:
		if len(c.Conditions) != 1 {
			return Unknown
		}
		return e.eval(c.Conditions[0]).not()
	case OpSaved:
		return e.evalSaved(c.Name)
	}
	return e.compare(c)
}

// fold combines operands, of which one with the deciding answer decides.
func (e *evaluation) fold(operands []Condition, decides Result) Result {
	all := decides.not()
	for _, c := range operands {
		switch e.eval(c) {
		case decides:
			return decides
		case Unknown:
			all = Unknown
		}
	}
	return all
}

func (e *evaluation) evalSaved(name string) Result {
	if r, ok := e.saved[name]; ok {
		return r
	}
	if e.env.Saved == nil {
		return Unknown
	}
	c, ok := e.env.Saved(name)
	if !ok {
		return Unknown
	}
	if e.saved == nil {
		e.saved = map[string]Result{}
	}
	e.saved[name] = Unknown
	r := e.eval(c)
	e.saved[name] = r
	return r
}

func (e *evaluation) why(c Condition, at *path) (Condition, *path, Result) {
	r := e.eval(c)
	at = c.at(at)
	switch c.Op {
	case OpAnd, OpOr:
		decides := No
		if c.Op == OpOr {
			decides = Yes
		}
		if r != decides && r != Unknown {
			return c, at, r
		}
		for i, sub := range c.Conditions {
			if e.eval(sub) == r {
				node, deeper, _ := e.why(sub, at.index(i))
				return node, deeper, r
			}
		}
	case OpNot:
		if len(c.Conditions) == 1 {
			node, deeper, _ := e.why(c.Conditions[0], at)
			return node, deeper, r
		}
	case OpSaved:
		at = &path{at.up, "saved(" + c.Name + ")"}
		if sub, ok := e.lookup(c.Name); ok && !at.inside(at.step) {
			node, deeper, _ := e.why(sub, at)
			return node, deeper, r
		}
	}
	return c, at, r
}

func (e *evaluation) lookup(name string) (Condition, bool) {
	if e.env.Saved == nil {
		return Condition{}, false
	}
	return e.env.Saved(name)
}

// inside reports whether the path has the step above its end.
func (p *path) inside(step string) bool {
	for up := p.up; up != nil; up = up.up {
		if up.step == step {
			return true
		}
	}
	return false
}

func (e *evaluation) compare(c Condition) Result {
	schema := e.fields.Schema()
	field, ok := schema.Field(c.Field)
	if !ok {
		return Unknown
	}
	v, known := e.fields.Get(c.Field)
	if !known {
		return Unknown
	}
	switch c.Op {
	case OpEmpty:
		return result(field.Equal(v, nil, e.env.Locale))
	case OpContains, OpPrefix:
		if len(c.Values) != 1 {
			return Unknown
		}
		return result(e.find(field, v, c.Values[0], c.Op == OpPrefix))
	case OpEquals, OpIn, OpHas, OpBefore, OpAfter:
		return e.anyOf(c.Op, field, v, c.Values)
	}
	return Unknown
}

func (e *evaluation) find(field record.Field, v record.Value, text string, atStart bool) bool {
	text = record.Fold(text)
	return slices.ContainsFunc(field.Canonical(v, e.env.Locale), func(entry string) bool {
		entry = record.Fold(entry)
		if atStart {
			return strings.HasPrefix(entry, text)
		}
		return strings.Contains(entry, text)
	})
}

// anyOf is the "or" over the values compared with and, for has, over the entries.
func (e *evaluation) anyOf(op Op, field record.Field, v record.Value, values []string) Result {
	entries := []record.Value{v}
	if op == OpHas {
		entries = entries[:0]
		for i := range v {
			entries = append(entries, v[i:i+1])
		}
	}
	all := No
	for _, value := range values {
		for _, entry := range entries {
			switch e.holds(op, field, entry, value) {
			case Yes:
				return Yes
			case Unknown:
				all = Unknown
			}
		}
	}
	return all
}

func (e *evaluation) holds(op Op, field record.Field, entry record.Value, value string) Result {
	if (field.Type == record.Date || field.Type == record.Time) && value != "" {
		order, r := e.order(field, entry, value)
		if r != Yes {
			return r
		}
		switch op {
		case OpBefore:
			return result(order < 0)
		case OpAfter:
			return result(order > 0)
		}
		return result(order == 0)
	}
	if op == OpBefore || op == OpAfter {
		return Unknown
	}
	if value == User {
		if e.env.User == "" {
			return Unknown
		}
		value = e.env.User
	} else if strings.HasPrefix(value, "$$") {
		value = value[1:]
	}
	return result(field.Equal(entry, record.Value{value}, e.env.Locale))
}

// order compares a date or time with a day or instant; the result is No when the field is empty, and Unknown when one of both
// cannot be read.
func (e *evaluation) order(field record.Field, entry record.Value, value string) (int, Result) {
	text := field.Canonical(entry, e.env.Locale).Text()
	if text == "" {
		return 0, No
	}
	w, err := parseWhen(value)
	if err != nil {
		return 0, Unknown
	}
	from, until := w.span(e.env.Now, e.env.Zone)
	if field.Type == record.Date {
		day, err := time.ParseInLocation(time.DateOnly, text, e.env.Zone)
		if err != nil {
			return 0, Unknown
		}
		return day.Compare(midnight(from.In(e.env.Zone), e.env.Zone, 0)), Yes
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, Unknown
	}
	switch {
	case t.Before(from):
		return -1, Yes
	case w.day && !t.Before(until), !w.day && t.After(until):
		return 1, Yes
	}
	return 0, Yes
}
