package filter

import (
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// Check reports whether c makes sense for records under the schema: nil, or an [*Error] about the first node at fault.
// Saved conditions are only names to it: [Condition.Expand] first to have them checked too.
func (c Condition) Check(s *record.Schema) error {
	if err := c.checkForm(nil, 0); err != nil {
		return err
	}
	return c.check(s, nil)
}

// checkForm checks what is the same under every schema: which operands an operation has.
func (c Condition) checkForm(at *path, depth int) error {
	if depth > deepest {
		return at.errorf("", "conditions are nested more than %d deep", deepest)
	}
	at = c.at(at)
	field, conditions, values, name := false, 0, 0, false
	switch c.Op {
	case OpAll:
	case OpAnd, OpOr:
		if len(c.Conditions) == 0 {
			return at.errorf("", "needs at least one condition")
		}
		conditions = len(c.Conditions)
	case OpNot:
		conditions = 1
	case OpEmpty:
		field = true
	case OpIn:
		field, values = true, max(len(c.Values), 1)
	case OpSaved:
		name = true
	case OpEquals, OpContains, OpPrefix, OpBefore, OpAfter, OpHas:
		field, values = true, 1
	default:
		return at.errorf("", "is not an operation")
	}
	switch {
	case len(c.Conditions) != conditions:
		return at.errorf("", "has %d conditions, wants %d", len(c.Conditions), conditions)
	case field && c.Field == "":
		return at.errorf("", `needs a "field"`)
	case !field && c.Field != "":
		return at.errorf(c.Field, "has no place here")
	case len(c.Values) < values && c.Op == OpIn:
		return at.errorf(c.Field, "needs at least one value")
	case len(c.Values) < values:
		return at.errorf(c.Field, `needs a "value"`)
	case len(c.Values) > values:
		return at.errorf(c.Field, "has %d values, wants %d", len(c.Values), values)
	case name && c.Name == "":
		return at.errorf("", "needs the name of a saved condition")
	case !name && c.Name != "":
		return at.errorf("", "has a name, which only saved has")
	}
	for i, sub := range c.Conditions {
		if err := sub.checkForm(c.below(at, i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// at is the path of c's own operation, below is that of its operand i.
func (c Condition) at(parent *path) *path {
	if c.Op == OpAll {
		return parent
	}
	return parent.member(string(c.Op))
}

func (c Condition) below(at *path, i int) *path {
	if c.Op == OpNot {
		return at
	}
	return at.index(i)
}

func (c Condition) check(s *record.Schema, at *path) error {
	at = c.at(at)
	for i, sub := range c.Conditions {
		if err := sub.check(s, c.below(at, i)); err != nil {
			return err
		}
	}
	if c.Field == "" {
		return nil
	}
	f, ok := s.Field(c.Field)
	if !ok {
		return at.errorf(c.Field, "there is no such field")
	}
	if err := c.checkField(f, at); err != nil {
		return err
	}
	for _, v := range c.Values {
		if reason := checkValue(c.Op, f, v); reason != "" {
			return at.errorf(c.Field, "%s", reason)
		}
	}
	return nil
}

// checkField checks whether the operation can be asked of a field of this shape and type.
func (c Condition) checkField(f record.Field, at *path) error {
	dated := f.Type == record.Date || f.Type == record.Time
	switch c.Op {
	case OpEquals, OpIn, OpBefore, OpAfter:
		if f.Shape != record.One {
			return at.errorf(f.Name, `holds several entries; ask "has" of it`)
		}
	case OpHas:
		if f.Shape == record.One {
			return at.errorf(f.Name, `holds one entry; ask "equals" of it`)
		}
	case OpContains, OpPrefix:
		if dated || f.Type == record.Bool || f.Type == record.Reference {
			return at.errorf(f.Name, "is not text")
		}
	}
	if (c.Op == OpBefore || c.Op == OpAfter) && !dated {
		return at.errorf(f.Name, "is neither a date nor a time")
	}
	return nil
}

// checkValue says what is wrong with a value, or nothing.
func checkValue(op Op, f record.Field, value string) string {
	if op == OpContains || op == OpPrefix {
		if record.Fold(value) == "" {
			return "the text to look for is empty"
		}
		return ""
	}
	if f.Type == record.Date || f.Type == record.Time {
		if value == "" && (op == OpEquals || op == OpIn) {
			return ""
		}
		if _, err := parseWhen(value); err != nil {
			return err.Error()
		}
		return ""
	}
	if strings.HasPrefix(value, "$") && value != User && !strings.HasPrefix(value, "$$") {
		return `there is only the variable "$user"; a text that begins with "$" is written with two`
	}
	if f.Type == record.Bool && value != "" && value != "true" && value != "false" {
		return "a bool is compared with true or false"
	}
	if op == OpHas && f.Equal(record.Value{value}, nil, record.Locale{}) {
		return "an empty entry is never in a field; ask empty"
	}
	return ""
}

// Clocked reports whether c may come to say something else of a record of the schema by the clock alone: it compares a date
// or time with a relative one, such as "today". What saved conditions say is not looked at: [Condition.Expand] first.
func (c Condition) Clocked(s *record.Schema) bool {
	clocked := false
	c.walk(func(n Condition) {
		if f, ok := s.Field(n.Field); !ok || f.Type != record.Date && f.Type != record.Time {
			return
		}
		for _, v := range n.Values {
			w, err := parseWhen(v)
			clocked = clocked || err == nil && w.relative
		}
	})
	return clocked
}
