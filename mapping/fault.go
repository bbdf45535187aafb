package mapping

import (
	"fmt"
	"strconv"
)

// Error is one fault of one rule, in words for the person who wrote it.
type Error struct {
	// Rule is the id of the rule, or its position ("#3", counted from 1) where it has none; empty: it is no rule's.
	Rule string
	// Field is the field at fault, or the member of the rule, such as "lens.table"; empty: the rule as a whole.
	Field  string
	Reason string
}

func (e *Error) Error() string {
	if e.Rule == "" {
		return "mapping: " + e.Reason
	}
	if e.Field == "" {
		return fmt.Sprintf("mapping: rule %q: %s", e.Rule, e.Reason)
	}
	return fmt.Sprintf("mapping: rule %q: %s: %s", e.Rule, e.Field, e.Reason)
}

// label names a rule in errors.
func label(id string, position int) string {
	if id == "" {
		return "#" + strconv.Itoa(position+1)
	}
	return id
}
