package filter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MarshalJSON writes the form that the package comment shows. A condition that is no form at all (an operation with
// operands of another) is an error.
func (c Condition) MarshalJSON() ([]byte, error) {
	if err := c.checkForm(nil, 0); err != nil {
		return nil, err
	}
	return json.Marshal(c.form())
}

// form is c as nested maps, which encoding/json writes without calling back.
func (c Condition) form() map[string]any {
	args := map[string]any{"field": c.Field}
	switch c.Op {
	case OpAll:
		return map[string]any{}
	case OpAnd, OpOr:
		of := make([]any, len(c.Conditions))
		for i, sub := range c.Conditions {
			of[i] = sub.form()
		}
		return map[string]any{string(c.Op): of}
	case OpNot:
		return map[string]any{string(c.Op): c.Conditions[0].form()}
	case OpSaved:
		return map[string]any{string(c.Op): c.Name}
	case OpIn:
		args["values"] = c.Values
	case OpEmpty:
	default:
		args["value"] = c.Values[0]
	}
	return map[string]any{string(c.Op): args}
}

// UnmarshalJSON reads the form that the package comment shows, and nothing else. The error is an [*Error]. As
// everywhere in JSON, null leaves c as it is.
func (c *Condition) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	read, err := parse(data, nil, 0)
	if err != nil {
		return err
	}
	*c = read
	return nil
}

func parse(data []byte, at *path, depth int) (Condition, error) {
	if depth > deepest {
		return Condition{}, at.errorf("", "conditions are nested more than %d deep", deepest)
	}
	members, err := object(data, at)
	if err != nil {
		return Condition{}, err
	}
	if len(members) == 0 {
		return Condition{}, nil
	}
	if len(members) > 1 {
		return Condition{}, at.errorf("", "has both %q and %q; a condition has one member, several go into \"and\" or \"or\"",
			members[0].name, members[1].name)
	}
	c, raw := Condition{Op: Op(members[0].name)}, members[0].value
	at = at.member(members[0].name)
	switch c.Op {
	case OpAnd, OpOr:
		var of []json.RawMessage
		if err := json.Unmarshal(raw, &of); err != nil || of == nil {
			return Condition{}, at.errorf("", "must be a list of conditions")
		}
		for i, sub := range of {
			n, err := parse(sub, at.index(i), depth+1)
			if err != nil {
				return Condition{}, err
			}
			c.Conditions = append(c.Conditions, n)
		}
	case OpNot:
		n, err := parse(raw, at, depth+1)
		if err != nil {
			return Condition{}, err
		}
		c.Conditions = []Condition{n}
	case OpSaved:
		if c.Name, err = text(raw, at); err != nil {
			return Condition{}, err
		}
	case OpEquals, OpIn, OpContains, OpPrefix, OpEmpty, OpBefore, OpAfter, OpHas:
		if err := c.parseArguments(raw, at); err != nil {
			return Condition{}, err
		}
	default:
		return Condition{}, at.errorf("", "is not an operation; there are and, or, not, equals, in, contains, prefix, empty, before, after, has, saved")
	}
	return c, c.checkForm(at.up, depth)
}

func (c *Condition) parseArguments(raw []byte, at *path) error {
	members, err := object(raw, at)
	if err != nil {
		return err
	}
	wanted := argumentOf(c.Op)
	for _, m := range members {
		at := at.member(m.name)
		switch m.name {
		case "field":
			c.Field, err = text(m.value, at)
		case wanted:
			if wanted == "values" {
				c.Values, err = texts(m.value, at)
				break
			}
			var value string
			value, err = text(m.value, at)
			c.Values = []string{value}
		default:
			err = at.errorf("", "is not a member of %q", c.Op)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// argumentOf names the member beside the field.
func argumentOf(op Op) string {
	switch op {
	case OpEmpty:
		return ""
	case OpIn:
		return "values"
	}
	return "value"
}

type member struct {
	name  string
	value json.RawMessage
}

// object reads the members of an object in order and refuses one that is there twice, which encoding/json would not.
func object(data []byte, at *path) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	open, err := d.Token()
	if err != nil {
		return nil, at.errorf("", "is not JSON: %v", err)
	}
	if open != json.Delim('{') {
		return nil, at.errorf("", "must be an object")
	}
	var members []member
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		var m member
		if err == nil {
			m.name = name.(string)
			err = d.Decode(&m.value)
		}
		if err != nil {
			return nil, at.errorf("", "is not JSON: %v", err)
		}
		if seen[m.name] {
			return nil, at.member(m.name).errorf("", "is there twice")
		}
		seen[m.name] = true
		members = append(members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, at.errorf("", "is not JSON: %v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, at.errorf("", "something follows the condition")
	}
	return members, nil
}

func text(raw []byte, at *path) (string, error) {
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil {
		return "", at.errorf("", "must be a string")
	}
	return *s, nil
}

func texts(raw []byte, at *path) ([]string, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || list == nil {
		return nil, at.errorf("", "must be a list of strings")
	}
	values := make([]string, len(list))
	for i, r := range list {
		s, err := text(r, at.index(i))
		if err != nil {
			return nil, err
		}
		values[i] = s
	}
	return values, nil
}

// String is the JSON form, for messages and logs of settings; it holds the values compared with.
func (c Condition) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Sprintf("invalid condition (%v)", err)
	}
	return string(b)
}
