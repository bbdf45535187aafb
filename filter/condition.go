// Package filter says which records take part: a [Condition] over the fields of a record, plain data with a JSON form,
// evaluated under three-valued logic so that a field that is not known never makes a record leave a selection.
//
// # JSON
//
// A condition is an object with at most one member; the empty object holds for every record.
//
//	condition = {}
//	          | {"and": [condition, ...]}     all hold; at least one
//	          | {"or":  [condition, ...]}     one holds; at least one
//	          | {"not": condition}
//	          | {"equals":   {"field": name, "value": value}}
//	          | {"in":       {"field": name, "values": [value, ...]}}
//	          | {"contains": {"field": name, "value": text}}
//	          | {"prefix":   {"field": name, "value": text}}
//	          | {"empty":    {"field": name}}
//	          | {"before":   {"field": name, "value": when}}
//	          | {"after":    {"field": name, "value": when}}
//	          | {"has":      {"field": name, "value": value}}
//	          | {"saved":    name}            another condition, by its name
//
//	value     = text                          compared by the type of the field; a when for dates and times
//	          | "$user"                       the connection's user
//	          | "$$" text                     text that begins with one "$"
//	when      = "2006-01-02"                  a day
//	          | "2006-01-02T15:04:05Z"        an instant, RFC 3339
//	          | "today" [offset d, w, m, y]   a day, such as "today", "today+1w"
//	          | "now" [offset h, d, w, m, y]  an instant, such as "now-30d"
//	offset    = ("+" | "-") digits            of hours, days, weeks, months, years
//
// A member that is not listed is refused. Errors name the node, as in "and[1].not.has".
//
// # Meaning
//
// equals and in use the typed equality of the field (see [record.Field.Equal]): text with case, phones by number, emails
// by address. They are for fields with one entry; has is for lists and sets and holds when an entry equals the value.
// contains and prefix look at every entry in its canonical form (a phone in E.164, an email without its name) and do
// not tell case apart. empty holds for a cleared field, and for a bool that is false.
//
// A day stands for all of it in the zone of the [Env]: before is before it begins, after is when it is over, equals is
// within it. A field of type date is compared by day, also with an instant. Adding months or years to a day the
// month does not have gives its last day. An empty field is neither before nor after anything.
package filter

import "slices"

// Op is what a condition does; the words are those of the JSON form.
type Op string

const (
	OpAll      Op = "" // holds for every record
	OpAnd      Op = "and"
	OpOr       Op = "or"
	OpNot      Op = "not"
	OpEquals   Op = "equals"
	OpIn       Op = "in"
	OpContains Op = "contains"
	OpPrefix   Op = "prefix"
	OpEmpty    Op = "empty"
	OpBefore   Op = "before"
	OpAfter    Op = "after"
	OpHas      Op = "has"
	OpSaved    Op = "saved"
)

// User as a value stands for the connection's user, [Env.User].
const User = "$user"

// Literal writes a text as a value, so that it is never read as a variable.
func Literal(text string) string {
	if text != "" && text[0] == '$' {
		return "$" + text
	}
	return text
}

// Condition is a condition over the fields of a record. The zero Condition holds for every record. It is plain data:
// made by hand, by [And] and its siblings, or from JSON; [Condition.Check] finds what makes no sense. A Condition is
// never changed by this package and may be used from several goroutines.
type Condition struct {
	Op Op
	// Conditions are the operands of and, or (one at least), and of not (one).
	Conditions []Condition
	// Field is the name of the field that all other operations but saved read.
	Field string
	// Values are the values compared with: several for in, none for empty, else one.
	Values []string
	// Name is that of the saved condition.
	Name string
}

// IsZero reports whether c is the zero Condition, which selects every record.
func (c Condition) IsZero() bool {
	return c.Op == OpAll && c.Field == "" && c.Name == "" && len(c.Conditions) == 0 && len(c.Values) == 0
}

// And holds when all conditions hold. Of none it is the zero Condition, of one that one.
func And(all ...Condition) Condition { return combine(OpAnd, all) }

// Or holds when one of the conditions holds; there must be one.
func Or(any ...Condition) Condition {
	if len(any) == 0 {
		return Condition{Op: OpOr}
	}
	return combine(OpOr, any)
}

func combine(op Op, of []Condition) Condition {
	switch len(of) {
	case 0:
		return Condition{}
	case 1:
		return of[0]
	}
	return Condition{Op: op, Conditions: slices.Clone(of)}
}

// Not holds when c does not.
func Not(c Condition) Condition { return Condition{Op: OpNot, Conditions: []Condition{c}} }

// Equals holds when the field's entry equals the value by the field's type.
func Equals(field, value string) Condition { return compare(OpEquals, field, value) }

// In holds when the field's entry equals one of the values.
func In(field string, values ...string) Condition {
	return compare(OpIn, field, slices.Clone(values)...)
}

// Contains holds when an entry contains the text, without regard to case.
func Contains(field, text string) Condition { return compare(OpContains, field, text) }

// Prefix holds when an entry begins with the text, without regard to case.
func Prefix(field, text string) Condition { return compare(OpPrefix, field, text) }

// Empty holds when the field is known and cleared.
func Empty(field string) Condition { return compare(OpEmpty, field) }

// Before holds when the field's date or time is before the day or instant; see the package comment for its form.
func Before(field, when string) Condition { return compare(OpBefore, field, when) }

// After holds when the field's date or time is after the day or instant.
func After(field, when string) Condition { return compare(OpAfter, field, when) }

// Has holds when one of the field's entries equals the value.
func Has(field, value string) Condition { return compare(OpHas, field, value) }

// Saved holds when the saved condition of that name does (see [Env] and [Condition.Expand]).
func Saved(name string) Condition { return Condition{Op: OpSaved, Name: name} }

func compare(op Op, field string, values ...string) Condition {
	return Condition{Op: op, Field: field, Values: values}
}

// Fields returns the names of the fields that c reads, sorted, without repetition. What saved conditions read is not
// among them: [Condition.Expand] first.
func (c Condition) Fields() []string {
	var names []string
	c.walk(func(n Condition) {
		if n.Field != "" {
			names = append(names, n.Field)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func (c Condition) walk(visit func(Condition)) {
	visit(c)
	for _, sub := range c.Conditions {
		sub.walk(visit)
	}
}
