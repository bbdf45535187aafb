package contactsync

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// A rehearsal plays actions that write what others read, in a circle, on made-up records: those that hold what the actions ask for
// and write, in any combination, with a card that was there and with one that the sync made, and each of these after an edit. What a
// merge says is carried out, and merged again, until nothing is left to write. Where that never comes, the settings would have
// every run write, and are refused.
type rehearsal struct {
	merger conflict.Merger
	ties   conflict.Merger // of the mapping's rules alone
	schema [2]*record.Schema
	slots  []*slot
	props  []prop
}

// prop is a field that the actions of a circle read or write, with what it may hold.
type prop struct {
	side   record.Side
	name   string
	values []record.Value // the first is empty
}

const (
	// mostScenes bounds the records that a rehearsal begins with, and mostEntries the entries of a list that are tried in every
	// combination. Beyond them a rehearsal takes a part, and may find nothing where there is something.
	mostScenes  = 256
	mostEntries = 3
)

// rounds returns the rules by which the slots go round: the labels of the actions and of the mapping's rules that go on writing;
// nil: they come to rest.
func (s Settings) rounds(slots []*slot, m *mapping.Map) []string {
	circle := circles(slots, m)
	if len(circle) == 0 {
		return nil
	}
	hash, err := record.NewHasher([]byte("of made-up records alone"), "rehearsal")
	if err != nil {
		return nil
	}
	x := rehearsal{schema: [2]*record.Schema{m.CRM, m.Outlook}, slots: slots}
	x.setUp(circle)
	part := &mapping.Map{CRM: m.CRM, Outlook: m.Outlook, Locale: m.Locale}
	mapped := *part
	acts := func(rule string) bool {
		return slices.ContainsFunc(slots, func(sl *slot) bool { return sl.id == rule })
	}
	for i := range m.Rules {
		r := &m.Rules[i]
		if circle[r.ID] || x.tied(r) {
			part.Rules = append(part.Rules, *r)
		}
		if x.tied(r) && !acts(r.ID) {
			mapped.Rules = append(mapped.Rules, *r)
		}
	}
	x.merger = conflict.Merger{Map: part, Hash: hash, Options: s.mergeOptions()}
	kinds, err := s.expandKinds()
	if err != nil {
		return nil
	}
	x.merger.KindOf = kindOf(kinds, s.lastingEnv(filter.User, nil))
	x.merger.Options.WholeRecord = false
	x.ties = x.merger
	x.ties.Map = &mapped
	x.ties.Options.Existing, x.ties.Options.ExistingAlways = conflict.Override, false
	if found := x.play(); len(found) > 0 { // of a card that was there
		return found
	}
	x.merger.Options.Existing, x.merger.Options.ExistingAlways = conflict.Override, false // of a card that the sync made
	return x.play()
}

// circles are the ids of the rules by which what an action writes comes back to what it asks for.
func circles(slots []*slot, m *mapping.Map) map[string]bool {
	reach := make([]map[int]bool, len(m.Rules)) // by place: whom a rule sets going
	for i := range m.Rules {
		reach[i] = map[int]bool{}
		for j := range m.Rules {
			if i != j && feeds(&m.Rules[i], &m.Rules[j]) {
				reach[i][j] = true
			}
		}
	}
	for k := range reach { // closed over everybody in between
		for i := range reach {
			if reach[i][k] {
				for j := range reach[k] {
					reach[i][j] = true
				}
			}
		}
	}
	in := map[string]bool{}
	for i := range m.Rules {
		acts := slices.ContainsFunc(slots, func(sl *slot) bool { return sl.id == m.Rules[i].ID })
		if !acts || !reach[i][i] {
			continue
		}
		for j := range m.Rules {
			if reach[i][j] && reach[j][i] {
				in[m.Rules[j].ID] = true
			}
		}
	}
	return in
}

// feeds reports whether a rule writes a field that another carries from there.
func feeds(r, other *mapping.Compiled) bool {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		if !r.Direction.Allows(side) || !other.Direction.Allows(side.Other()) {
			continue
		}
		written, read := r.CRM, other.CRM
		if side == record.Outlook {
			written, read = r.Outlook, other.Outlook
		}
		if slices.ContainsFunc(written, func(name string) bool { return slices.Contains(read, name) }) {
			return true
		}
	}
	return false
}

// setUp collects what the fields of the circle may hold.
func (x *rehearsal) setUp(circle map[string]bool) {
	for _, sl := range x.slots {
		if !circle[sl.id] {
			continue
		}
		for _, a := range sl.acts {
			x.mention(a.If, sl.to.Other())
			x.add(sl.to, sl.field, a.value(filter.User))
		}
	}
	for i := range x.props {
		p := &x.props[i]
		f, _ := x.schema[p.side].Field(p.name)
		if f.Shape != record.One {
			p.values = combinations(p.values)
		} else if other := (record.Value{"something else"}); f.Check(other) == nil {
			p.values = append(p.values, other)
		}
	}
}

// tied reports whether a rule carries one of the fields to another of them, so that not every combination of the two occurs.
func (x *rehearsal) tied(r *mapping.Compiled) bool {
	is := func(side record.Side, names []string) bool {
		return slices.ContainsFunc(x.props, func(p prop) bool { return p.side == side && slices.Contains(names, p.name) })
	}
	return is(record.CRM, r.CRM) && is(record.Outlook, r.Outlook)
}

// mention adds the values that a condition compares with: of a day also those before and after it.
func (x *rehearsal) mention(c filter.Condition, side record.Side) {
	for _, sub := range c.Conditions {
		x.mention(sub, side)
	}
	if c.Field == "" {
		return
	}
	x.add(side, c.Field, "")
	for _, v := range c.Values {
		if v != filter.User && strings.HasPrefix(v, "$$") {
			v = v[1:]
		}
		x.add(side, c.Field, v)
		for _, form := range []string{time.DateOnly, time.RFC3339} {
			if at, err := time.Parse(form, v); err == nil {
				x.add(side, c.Field, at.AddDate(0, 0, -2).Format(form))
				x.add(side, c.Field, at.AddDate(0, 0, 2).Format(form))
			}
		}
	}
}

func (x *rehearsal) add(side record.Side, field, value string) {
	at := slices.IndexFunc(x.props, func(p prop) bool { return p.side == side && p.name == field })
	if at < 0 {
		at = len(x.props)
		x.props = append(x.props, prop{side: side, name: field, values: []record.Value{nil}})
	}
	f, _ := x.schema[side].Field(field)
	v := record.Value{value}
	p := &x.props[at]
	if value != "" && f.Check(v) == nil && !slices.ContainsFunc(p.values, func(have record.Value) bool { return slices.Equal(have, v) }) {
		p.values = append(p.values, v)
	}
}

// combinations are the lists that hold some of the entries: all there are of few, and of many none, each and all.
func combinations(single []record.Value) []record.Value {
	entries := slices.Concat(single...)
	all := []record.Value{nil}
	if len(entries) > mostEntries {
		return append(append(all, single[1:]...), record.Value(entries))
	}
	for set := 1; set < 1<<len(entries); set++ {
		var v record.Value
		for i, e := range entries {
			if set&(1<<i) != 0 {
				v = append(v, e)
			}
		}
		all = append(all, v)
	}
	return all
}

// play tries the scenes and each edit of each, and returns who goes round in the first that never comes to its end.
func (x *rehearsal) play() []string {
	scenes := 1
	for _, p := range x.props {
		if scenes *= len(p.values); scenes > 1<<20 {
			break
		}
	}
	step := max(1, scenes/mostScenes)
	if step > 1 {
		step |= 1 // so that of two values not always one is tried
	}
	for scene := 0; scene < scenes; scene += step {
		start := x.blank()
		for n, i := scene, 0; i < len(x.props); n, i = n/len(x.props[i].values), i+1 {
			p := x.props[i]
			start[p.side] = x.put(start[p.side], p, p.values[n%len(p.values)])
		}
		_, start, _ = x.settle(&x.ties, nil, start) // as they are wherever they are in step
		base, rest, round := x.settle(&x.merger, nil, start)
		if len(round) > 0 {
			return round
		}
		for _, p := range x.props {
			for _, v := range p.values {
				edited := rest
				edited[p.side] = x.put(rest[p.side], p, v)
				if _, _, round := x.settle(&x.merger, base, edited); len(round) > 0 {
					return round
				}
			}
		}
	}
	return nil
}

// blank is a pair of records of which all is known and empty.
func (x *rehearsal) blank() (blank [2]record.Fields) {
	for side := range blank {
		b := x.schema[side].Build()
		for _, f := range x.schema[side].Fields() {
			b.Set(f.Name)
		}
		blank[side] = b.Fields()
	}
	return blank
}

func (x *rehearsal) put(f record.Fields, p prop, v record.Value) record.Fields {
	return f.With(x.schema[p.side].Build().Set(p.name, v...).Fields())
}

// settle merges until nothing is written. Where that does not come it returns who wrote after all could have been passed on once.
func (x *rehearsal) settle(m *conflict.Merger, base []conflict.Seen, fields [2]record.Fields) (seen []conflict.Seen, rest [2]record.Fields, round []string) {
	var asked []conflict.Seen
	const laps = 4
	length := len(m.Map.Rules) + 1
	for n := range laps * length {
		out := m.Merge(conflict.Pair{Base: base, Asked: asked, Fields: fields})
		if out.Set[0].Len()+out.Set[1].Len() == 0 {
			return out.Seen, fields, nil
		}
		for side := range fields {
			fields[side] = fields[side].With(out.Set[side])
		}
		base, asked = out.Seen, out.Asked
		if n < (laps-1)*length {
			continue
		}
		for _, r := range out.Rules {
			if label := x.label(r.Rule); r.Writes != [2]bool{} && !slices.Contains(round, label) {
				round = append(round, label)
			}
		}
	}
	slices.Sort(round)
	return nil, fields, round
}

func (x *rehearsal) label(rule string) string {
	if at := slices.IndexFunc(x.slots, func(sl *slot) bool { return sl.id == rule }); at >= 0 {
		return x.slots[at].label
	}
	return "rule " + rule
}
