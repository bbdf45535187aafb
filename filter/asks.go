package filter

import "slices"

// Asks reports whether c can hold only by comparing one of the fields: the comparison itself, an "and" of which one part asks, an
// "or" all of whose parts ask. For a record in which none of the fields is known it never holds. Names of saved
// conditions ask nothing: [Condition.Expand] first.
func (c Condition) Asks(fields ...string) bool { return c.asks(fields, false) }

// asks answers for c, or for what c is negated.
func (c Condition) asks(fields []string, negated bool) bool {
	switch c.Op {
	case OpNot:
		return len(c.Conditions) == 1 && c.Conditions[0].asks(fields, !negated)
	case OpAnd, OpOr:
		every := (c.Op == OpOr) != negated // all parts must ask; else one
		for _, sub := range c.Conditions {
			if sub.asks(fields, negated) != every {
				return !every
			}
		}
		return every && len(c.Conditions) > 0
	}
	return c.Field != "" && slices.Contains(fields, c.Field)
}

// Names returns the names of the saved conditions that c names itself, sorted, without repetition.
func (c Condition) Names() []string {
	var names []string
	c.walk(func(n Condition) {
		if n.Op == OpSaved {
			names = append(names, n.Name)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}
