package contactsync

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/mapping"
)

// node is a part of a layer's settings, or of composed ones: a value, or members by name. Nodes are never changed once they
// are made: what did not change is shared.
type node struct {
	value   json.RawMessage // of a value
	members map[string]*node
	order   []string // of the rules
	null    bool     // in a layer: back to the default; in composed settings: it was set back, and nothing since
	whole   bool     // in a layer: a list of rules, in the place of those before
	layer   string   // in composed settings: the last that set it, or that it was set back by
}

func (n *node) there() bool { return n != nil && !n.null }

// read reads a layer's JSON and refuses what is not of the shape.
func (s *shape) read(raw json.RawMessage, path string) (*node, error) {
	switch {
	case string(raw) == "null":
		return &node{null: true}, nil
	case s.rules && raw[0] == '[':
		return s.readRules(raw, path)
	case !s.group():
		return &node{value: raw}, s.check(raw, path)
	}
	var members map[string]json.RawMessage
	if err := s.decode(raw, &members, path); err != nil {
		return nil, err
	}
	n := &node{members: make(map[string]*node, len(members))}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		at := s.path(path, name)
		member := s.member(name)
		if member == nil {
			return nil, s.unknown(at, name)
		}
		if s.rules {
			if err := checkRule(members[name], name, at); err != nil {
				return nil, err
			}
		}
		m, err := member.read(members[name], at)
		if err != nil {
			return nil, err
		}
		if s.rules {
			delete(m.members, "id")
		}
		n.members[name] = m
	}
	return n, nil
}

// readRules reads the list form of the mapping: rules that take the place of those before.
func (s *shape) readRules(raw json.RawMessage, path string) (*node, error) {
	var rules []json.RawMessage
	if err := s.decode(raw, &rules, path); err != nil {
		return nil, err
	}
	n := &node{members: make(map[string]*node, len(rules)), whole: true}
	for i, rule := range rules {
		var head struct {
			ID string `json:"id"`
		}
		at := fmt.Sprintf("%s[%d]", path, i)
		if err := json.Unmarshal(rule, &head); err != nil || head.ID == "" {
			return nil, &InvalidError{Field: at + ".id", Reason: "a rule needs an id"}
		}
		if n.members[head.ID] != nil {
			return nil, &InvalidError{Field: at + ".id", Reason: fmt.Sprintf("there are two rules %q", head.ID)}
		}
		at = s.path(path, head.ID)
		if err := checkRule(rule, head.ID, at); err != nil {
			return nil, err
		}
		m, err := s.entry.read(rule, at)
		if err != nil {
			return nil, err
		}
		delete(m.members, "id")
		n.members[head.ID], n.order = m, append(n.order, head.ID)
	}
	return n, nil
}

// checkRule refuses what a rule cannot say.
func checkRule(raw json.RawMessage, id, path string) error {
	var rule mapping.Rule
	if err := json.Unmarshal(raw, &rule); err != nil {
		return &InvalidError{Field: path, Reason: err.Error()}
	}
	if rule.ID != "" && rule.ID != id {
		return &InvalidError{Field: path + ".id", Reason: "a rule's id is not changed"}
	}
	return nil
}

// group reports whether the shape has members, and is not a value.
func (s *shape) group() bool { return !s.list && (s.members != nil || s.entry != nil) }

// named reports whether people name the members.
func (s *shape) named() bool { return s.group() && s.members == nil }

func (s *shape) member(name string) *shape {
	if s.named() {
		return s.entry
	}
	return s.members[name]
}

func (s *shape) path(at, name string) string {
	if s.named() {
		return at + "[" + name + "]"
	}
	return join(at, name)
}

// entire reports whether what is there says all, and what it leaves out too: a row of the flow, a rule.
func (s *shape) entire() bool {
	return s.typ.Kind() == reflect.Pointer || s.typ == reflect.TypeFor[mapping.Rule]()
}

// merge lays a layer's part over what was there; nil is nothing.
func (s *shape) merge(old, patch *node, layer string) *node {
	if patch.null {
		return &node{null: true, layer: layer}
	}
	if !s.group() {
		return &node{value: patch.value, layer: layer}
	}
	n := &node{members: map[string]*node{}}
	switch {
	case s.entire() && !old.there():
		n.layer = layer // it makes it, and so says what is left out
	case old != nil:
		n.layer = old.layer // that made it, or set it back
	}
	if old != nil && !patch.whole {
		maps.Copy(n.members, old.members)
		n.order = slices.Clone(old.order)
	}
	if patch.whole {
		n.order = patch.order
	}
	for _, name := range slices.Sorted(maps.Keys(patch.members)) {
		to := patch.members[name]
		if s.named() && to.null {
			delete(n.members, name)
			n.order = slices.DeleteFunc(n.order, func(id string) bool { return id == name })
			continue
		}
		if s.rules && !slices.Contains(n.order, name) {
			n.order = append(n.order, name)
		}
		n.members[name] = s.member(name).merge(n.members[name], to, layer)
	}
	return n
}

// render writes composed settings as JSON.
func (s *shape) render(n *node) json.RawMessage {
	var b bytes.Buffer
	s.write(&b, n, "")
	return b.Bytes()
}

func (s *shape) write(b *bytes.Buffer, n *node, id string) {
	if !s.group() {
		b.Write(n.value)
		return
	}
	open, end := byte('{'), byte('}')
	if s.rules {
		open, end = '[', ']'
	}
	b.WriteByte(open)
	between := ""
	key := func(name string) {
		b.WriteString(between)
		between = ","
		if !s.rules {
			text, _ := json.Marshal(name) // a text is always JSON
			b.Write(text)
			b.WriteByte(':')
		}
	}
	if id != "" {
		key("id")
		text, _ := json.Marshal(id)
		b.Write(text)
	}
	names := s.namesIn(n)
	if !n.there() {
		names = nil
	}
	for _, name := range names {
		if m := n.members[name]; m.there() {
			key(name)
			if s.rules {
				s.entry.write(b, m, name)
			} else {
				s.member(name).write(b, m, "")
			}
		}
	}
	b.WriteByte(end)
}

// namesIn are the names of the members that the shape has, or, where people name them, that the node has; in order.
func (s *shape) namesIn(n *node) []string {
	switch {
	case !n.there() && s.named():
		return nil
	case s.rules:
		return n.order
	case s.named():
		return slices.Sorted(maps.Keys(n.members))
	}
	return s.names
}

// find reads a path such as "mapping[email].direction": the names on the way, and the shape at its end. Where people name
// members, one of the name must be there.
func (s *shape) find(n *node, path string) (names []string, at *shape, ok bool) {
	if !n.there() && s.named() || !s.group() {
		return nil, nil, false
	}
	var known []string
	if s.named() {
		known = slices.Collect(maps.Keys(n.members))
	} else {
		known = slices.Clone(s.names)
	}
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) })
	for _, name := range known { // names that people give may hold anything: the longest that fits
		rest, begins := strings.CutPrefix(path, s.path("", name))
		if !begins {
			continue
		}
		m := s.member(name)
		if rest == "" {
			return []string{name}, m, true
		}
		rest, deeper := strings.CutPrefix(rest, ".")
		if deeper == m.named() {
			continue
		}
		if more, at, ok := m.find(s.effective(n, name), rest); ok {
			return append([]string{name}, more...), at, true
		}
	}
	return nil, nil, false
}

// differs compares what is in force in two composed settings, and names the first member that is not the same.
func (s *shape) differs(a, b *node, path string) string {
	if a == b {
		return ""
	}
	if !s.group() {
		if s.same(a, b) {
			return ""
		}
		return path
	}
	names := append(slices.Clone(s.namesIn(a)), s.namesIn(b)...)
	for _, name := range names {
		in, out := s.effective(a, name), s.effective(b, name)
		at := s.path(path, name)
		if s.named() && (in == nil) != (out == nil) {
			return at
		}
		if at := s.member(name).differs(in, out, at); at != "" {
			return at
		}
	}
	return ""
}

// walk follows the names of a path to what is in force there; nil: the default. Missing is the path of what people named and is
// not there.
func (s *shape) walk(n *node, names []string) (at *node, missing string) {
	path := ""
	for _, name := range names {
		named := s.named()
		path, n, s = s.path(path, name), s.effective(n, name), s.member(name)
		if named && n == nil {
			return nil, path
		}
	}
	return n, ""
}

// effective is the member of what is in force. A row of the flow that is not there is that of its default, and so is a limit
// that says nothing of what its default says.
func (s *shape) effective(n *node, name string) *node {
	if !n.there() {
		return s.fallbacks[name]
	}
	if n.members[name] != nil || s.entire() {
		return n.members[name]
	}
	for said := range s.fallbacks {
		if n.members[said].there() {
			return nil
		}
	}
	return s.fallbacks[name]
}

// inForce is a value, or the default in its place.
func (s *shape) inForce(n *node) json.RawMessage {
	switch {
	case n.there() && string(n.value) != `""`: // an empty word is the default too
		return n.value
	case s.fallback != nil:
		return s.fallback
	}
	zero, _ := json.Marshal(reflect.Zero(s.typ).Interface()) // plain data
	return zero
}

func (s *shape) same(a, b *node) bool {
	var x, y any
	if json.Unmarshal(s.inForce(a), &x) != nil || json.Unmarshal(s.inForce(b), &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}
