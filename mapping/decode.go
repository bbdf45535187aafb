package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// UnmarshalJSON reads a rule. An unknown member, an unknown kind of lens or a parameter of another kind is an [*Error]
// that names the rule and the member. Names of members are taken just as they are written.
func (r *Rule) UnmarshalJSON(data []byte) error {
	var head struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(data, &head) // what is wrong with it is said below
	o := object{rule: head.ID, what: "the rule"}
	if o.rule == "" {
		o.rule = "?"
	}
	var in struct {
		ID        string          `json:"id"`
		CRM       []string        `json:"crm"`
		Outlook   []string        `json:"outlook"`
		Lens      json.RawMessage `json:"lens"`
		Direction Direction       `json:"direction"`
		Conflict  Winner          `json:"conflict"`
		Kinds     []string        `json:"kinds"`
	}
	if err := o.read(data, &in, "id", "crm", "outlook", "lens", "direction", "conflict", "kinds"); err != nil {
		return err
	}
	out := Rule{ID: in.ID, CRM: in.CRM, Outlook: in.Outlook, Direction: in.Direction, Conflict: in.Conflict, Kinds: in.Kinds}
	if in.Lens != nil {
		o.what, o.prefix = "the lens", "lens."
		lens, err := o.lens(in.Lens)
		if err != nil {
			return err
		}
		if _, faults := lens.find(o.rule); len(faults) > 0 {
			return faults[0]
		}
		out.Lens = lens
	}
	*r = out
	return nil
}

// object reads one JSON object of a rule.
type object struct{ rule, what, prefix string }

func (o object) lens(data []byte) (Spec, error) {
	var in struct {
		Kind     Kind              `json:"kind"`
		Parts    []Part            `json:"parts"`
		Table    []json.RawMessage `json:"table"`
		Values   []string          `json:"values"`
		Prefix   string            `json:"prefix"`
		Template string            `json:"template"`
	}
	if err := o.read(data, &in, "kind", "parts", "table", "values", "prefix", "template"); err != nil {
		return Spec{}, err
	}
	out := Spec{Kind: in.Kind, Parts: in.Parts, Values: in.Values, Prefix: in.Prefix, Template: in.Template}
	if in.Table != nil {
		out.Table = make([]Pair, len(in.Table))
	}
	o.what, o.prefix = "a line of lens.table", "lens.table."
	for i, line := range in.Table {
		if err := o.read(line, &out.Table[i], "crm", "outlook"); err != nil {
			return Spec{}, err
		}
	}
	return out, nil
}

// read reads an object that has no members but those named.
func (o object) read(data []byte, into any, members ...string) error {
	var got map[string]json.RawMessage
	if err := json.Unmarshal(data, &got); err != nil {
		return &Error{Rule: o.rule, Reason: o.what + " must be a JSON object"}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !slices.Contains(members, name) {
			return &Error{o.rule, o.prefix + name, "there is no such member"}
		}
	}
	err := json.Unmarshal(data, into)
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) {
		want := "text"
		if k := mistyped.Type.Kind(); k == reflect.Slice {
			want = "a list"
		}
		return &Error{o.rule, o.prefix + mistyped.Field, fmt.Sprintf("this is %s, where %s is expected", jsonWord(mistyped.Value), want)}
	}
	return err
}

// jsonWord is what people call a JSON value.
func jsonWord(kind string) string {
	switch kind {
	case "string":
		return "text"
	case "array":
		return "a list"
	case "bool":
		return "true or false"
	case "object":
		return "an object"
	}
	return "a number"
}
