package contactsync

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/mapping"
)

// Origin says who set a member of composed settings.
type Origin struct {
	// Member is its path, as a lock names it: "match.by", "mapping[email].direction".
	Member string `json:"member"`
	// Layer is the last that set it, or set it back to its default; empty: none did. A row of the flow and a rule say all: what they
	// leave out is theirs too.
	Layer string `json:"layer,omitempty"`
	// Locked is the layer that locked it, or a group around it; empty: none did.
	Locked string `json:"locked,omitempty"`
	// Value is what is in force, as JSON.
	Value json.RawMessage `json:"value"`
}

// Origins says of composed settings which layer set what. The zero Origins are those of no layers. They may be used from several
// goroutines.
type Origins struct {
	root   *node
	locks  []lock
	layers []Layer
}

// All returns one Origin for each member that is a value, in the order of [Settings].
func (o Origins) All() []Origin { return o.under(o.whole()) }

// Of returns who set a member, and false where there is none. Of a group, Layer is the last that set any of it, and Value
// what has been set.
func (o Origins) Of(member string) (Origin, bool) {
	p := o.whole()
	names, _, ok := p.shape.find(o.root, member)
	if !ok {
		return Origin{}, false
	}
	for _, name := range names {
		p = p.member(name)
	}
	all := o.under(p)
	if !p.shape.group() {
		return all[0], true
	}
	found := Origin{Member: member, Locked: o.locked(member), Value: p.shape.fallback}
	if p.node.there() || found.Value == nil {
		found.Value = p.shape.render(p.node)
	}
	last := -1
	for _, each := range all {
		if i := slices.IndexFunc(o.layers, func(l Layer) bool { return l.Name == each.Layer }); i > last {
			found.Layer, last = each.Layer, i
		}
	}
	return found, true
}

// part is a place in composed settings.
type part struct {
	shape *shape
	node  *node
	path  string
	layer string // the last that set it
}

func (o Origins) whole() part { return part{shape: settingsShape(), node: o.root} }

func (p part) member(name string) part {
	m := part{p.shape.member(name), p.shape.effective(p.node, name), p.shape.path(p.path, name), p.layer}
	if m.node != nil && m.node.layer != "" {
		m.layer = m.node.layer
	}
	return m
}

func (p part) members() []part {
	var all []part
	for _, name := range p.shape.namesIn(p.node) {
		if p.shape.typ != reflect.TypeFor[mapping.Rule]() || name != "id" { // that is what the rule is called
			all = append(all, p.member(name))
		}
	}
	return all
}

// under are the origins of the values in a part.
func (o Origins) under(p part) []Origin {
	if !p.shape.group() {
		return []Origin{{Member: p.path, Layer: p.layer, Locked: o.locked(p.path), Value: p.shape.inForce(p.node)}}
	}
	var all []Origin
	for _, m := range p.members() {
		all = append(all, o.under(m)...)
	}
	return all
}

// locked is the first layer that locked the member or a group around it.
func (o Origins) locked(path string) string {
	for _, k := range o.locks {
		rest, ok := strings.CutPrefix(path, k.member)
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return k.by
		}
	}
	return ""
}

// String says in words which layer set what, one line each: a person reads it. What nobody set or locked has its default.
func (o Origins) String() string {
	lines := o.lines(o.whole())
	lines = append(lines, [2]string{"default", "everything else"})
	width := 0
	for _, l := range lines {
		width = max(width, len(l[0]))
	}
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%-*s  %s\n", width, l[0], l[1])
	}
	return b.String()
}

// lines puts what one layer set of a group into one line.
func (o Origins) lines(p part) [][2]string {
	all := o.under(p)
	same := !p.shape.named() && p.path != ""
	for _, each := range all {
		same = same && each.Layer == all[0].Layer && each.Locked == all[0].Locked
	}
	if !same {
		rest := Origin{Locked: o.locked(p.path)}
		var lines [][2]string
		for _, m := range p.members() {
			if m.node == nil && p.shape.entire() && o.locked(m.path) == "" {
				continue
			}
			for _, line := range o.lines(m) {
				if rest.Locked == "" || line[0] != rest.who() {
					lines = append(lines, line)
				}
			}
		}
		switch {
		case rest.Locked != "" && p.shape.named():
			lines = append(lines, [2]string{rest.who(), p.path + ": no others"})
		case rest.Locked != "":
			lines = append(lines, [2]string{rest.who(), p.path + ": everything else"})
		}
		return lines
	}
	said := p.path
	switch {
	case all[0].Layer == "" && all[0].Locked == "":
		return nil
	case !p.shape.group():
		said += ": " + string(all[0].Value)
	case p.node.there():
		said += ": " + string(p.shape.render(p.node))
	}
	return [][2]string{{all[0].who(), said}}
}

func (o Origin) who() string {
	who := o.Layer
	if who == "" {
		who = "default"
	}
	switch o.Locked {
	case "":
		return who
	case o.Layer:
		return who + ", locked"
	}
	return who + ", locked by " + o.Locked
}
