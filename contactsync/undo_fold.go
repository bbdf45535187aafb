package contactsync

import (
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// untie is what a run did to the records of one link, folded together from its journal entries.
type untie struct {
	link   Link // as it was before the run's last create or delete, or is stored now
	stored bool // the State has the link
	gen    int  // the greatest generation known
	did    [2]*deed
	kept   []*kept
	// taken: the partner of a record that was deleted has another one by now.
	taken  bool
	tied   [2]bool // the record that was deleted is there again, and tied by another link
	twin   [2]bool // the record that is to be made again may have come back by another way
	shared bool    // the record that was made is tied to another card too, of the same user, or of another one and not made by the sync
	other  bool    // the item that was written to is tied by another link by now
	wait   bool    // a create is under way, and may or may not have happened
	repeat bool    // an undo that was stopped intended to put it back, and did not
	found  [2]bool // the deleted record is there again
	spent  bool    // it was put back before, and is gone again
	begun  bool    // its writes are about to be sent, or were
	told   bool    // of what the undo writes for another tie of the record
	// since are, by side, what later runs wrote to its records, the last first; read only where something seems to have been changed since.
	since [2][]since
	// left are the fields, by side, that are not put back; set when the tie is judged. A side that is left whole has its
	// deed in held.
	left [2]map[string]bool
	held [2]bool
	// later: there is more to be put back, once what goes alone is done. base is what was last seen, with what was confirmed
	// since.
	later bool
	base  []conflict.Seen
}

// deed is what a run did to one record.
type deed struct {
	op      Op
	id      string // empty: a create that was not confirmed
	stamp   string
	fields  map[string]*overwritten // of an update
	groups  [][]string              // fields that are put back together or not at all
	rules   map[string][]string     // the fields that each rule wrote
	whole   values                  // of a delete: what was there; of a create: what the side made of it
	version string                  // of a create, once it was confirmed
	done    bool                    // of a create: the side confirmed it
	byUndo  bool                    // of a delete: the run was itself an undo, which took back that it was made
	mixed   bool                    // the run wrote to several records here, one in the place of another
}

// overwritten is what happened to one field.
type overwritten struct {
	was    record.Value
	wrote  []record.Value // what the run wrote, and what the side made of it
	unread bool           // what was there is not known
	unsure bool           // a write of it was not confirmed
	back   bool           // a later undo has put back what was there
	heirs  []*kept        // writes of other links over what the run had written

	reference record.Value // what the field named, where it is the name of another record and that is known
}

// history is what the run did last to each field of each record: of a record that is tied by several links each of them may
// have written to it, one over what the other wrote.
type history map[spot]*overwritten

type spot struct {
	side      record.Side
	id, field string
}

// job is what there is to do for the tie, to be judged.
func (u *untie) job() *job {
	link := u.link
	j := &job{link: &link, ids: u.link.IDs, undo: u, why: WhyUndone, repeat: u.repeat}
	for side, d := range u.did {
		if d != nil && d.op != Delete && d.id != "" {
			j.ids[side] = d.id
		}
	}
	return j
}

// fold brings the entries of a run together by link, in the order in which the links were first written to.
func fold(traces []*kept) []*untie {
	byLink, all := map[string]*untie{}, history{}
	var ties []*untie
	for _, k := range traces {
		u := byLink[k.entry.Link]
		if u == nil {
			u = &untie{link: k.trace.Link}
			byLink[k.entry.Link], ties = u, append(ties, u)
		}
		u.add(k, all)
	}
	return ties
}

func (u *untie) add(k *kept, all history) {
	t := k.trace
	u.kept = append(u.kept, k)
	if t.Op == Delete || u.link.ID == "" {
		u.link = t.Link
	}
	u.link.ID = k.entry.Link
	u.gen = max(u.gen, t.Link.Gen)
	if s, err := ParseStamp(t.Stamp); err == nil && t.Op == Create {
		u.gen = max(u.gen, s.Gen)
	}
	d := u.did[t.Side]
	if d == nil {
		d = &deed{op: t.Op, id: t.ID, stamp: t.Stamp, fields: map[string]*overwritten{}, rules: map[string][]string{}}
		u.did[t.Side] = d
	} else if d.id != t.ID && t.ID != "" {
		d.mixed = true
	}
	switch {
	case t.Op == Create:
		d.op, d.id, d.stamp, d.whole = Create, t.ID, t.Stamp, t.Set
		if d.done, d.version = t.Done, t.Version; t.Done && t.After != nil {
			d.whole = t.After
		}
	case t.Op == Delete && d.op == Create: // made and deleted in one run
		d.mixed = true
	case t.Op == Delete:
		d.op, d.whole, d.byUndo = Delete, maps.Clone(t.Was), t.Undo
		for name, c := range d.fields {
			if !c.unread {
				d.whole[name] = c.was
			}
		}
	case d.op == Create:
		d.whole = maps.Clone(d.whole)
		maps.Copy(d.whole, t.Set)
		maps.Copy(d.whole, t.After)
		d.version = t.Version
	default:
		d.update(k, all)
	}
}

func (d *deed) update(k *kept, all history) {
	t := k.trace
	for name, v := range t.Set {
		c := d.fields[name]
		if c == nil {
			at := spot{t.Side, t.ID, name}
			was, read := t.Was[name]
			if c = all[at]; c == nil || !c.continues(was, read) {
				c = &overwritten{was: was, unread: !read, reference: t.References[name]}
				all[at] = c
			} else {
				c.heirs = append(c.heirs, k)
			}
			d.fields[name] = c
		}
		c.wrote, c.unsure = append(c.wrote, v), c.unsure || !t.Done
		if after, known := t.After[name]; known {
			c.wrote = append(c.wrote, after)
		}
	}
	for i, id := range t.Rules {
		d.rules[id] = append(d.rules[id], t.Groups[i]...)
	}
	for _, g := range t.Groups {
		if !slices.ContainsFunc(d.groups, func(had []string) bool { return slices.Equal(had, g) }) {
			d.groups = append(d.groups, g)
		}
	}
}

// continues reports whether a write over a value goes on from there: over what the run itself had written, or, before that was
// seen, over what was there before the run.
func (c *overwritten) continues(was record.Value, read bool) bool {
	same := func(v record.Value) bool { return slices.Equal(v, was) }
	return read && !c.unread && (same(c.was) || slices.ContainsFunc(c.wrote, same))
}

// rewind sorts the fields of an update: those to be put back, with what was there, and those that somebody changed since.
// What holds what was there before needs nothing. Fields that one rule wrote go together.
func (d *deed) rewind(now record.Fields, schema *record.Schema, loc record.Locale) (put, left map[string]record.Value) {
	put, left = map[string]record.Value{}, map[string]record.Value{}
	for name, c := range d.fields {
		f, has := schema.Field(name)
		cur, known := now.Get(name)
		same := func(v record.Value) bool { return f.Equal(cur, v, loc) }
		switch {
		case !has || c.unread || !known || f.ReadOnly:
			left[name] = c.was
		case c.back, slices.Equal(cur, c.was):
		case slices.ContainsFunc(c.wrote, same):
			put[name] = c.was
		case !same(c.was):
			left[name] = c.was
		}
	}
	for again := true; again; {
		again = false
		for _, g := range d.groups {
			if !slices.ContainsFunc(g, func(name string) bool { _, is := left[name]; return is }) {
				continue
			}
			for _, name := range g {
				if v, is := put[name]; is {
					left[name], again = v, true
					delete(put, name)
				}
			}
		}
	}
	return put, left
}

// composedFields are put together by a mailbox from others: of an item whose create was not confirmed nobody knows what it
// made of them.
var composedFields = []string{"displayName", "fileAs"}

// untouched reports whether a record that the run made is just what the side made of it then.
func (d *deed) untouched(rec *record.Record, loc record.Locale) bool {
	if d.done && d.version != "" && rec.Version == d.version {
		return true
	}
	schema := rec.Fields.Schema()
	for name := range rec.Fields.All() {
		if f, _ := schema.Field(name); d.touched(rec, f, loc) {
			return false
		}
	}
	return true
}

// touched reports whether a field of a record that the run made is not what the side made of it then.
func (d *deed) touched(rec *record.Record, f record.Field, loc record.Locale) bool {
	v, known := rec.Fields.Get(f.Name)
	if _, told := d.whole[f.Name]; !known || !told && !d.done && slices.Contains(composedFields, f.Name) {
		return false
	}
	if f.Type == record.Bool && v.Text() == "false" && d.whole[f.Name].IsEmpty() { // answers to writes need not tell it
		return false
	}
	return !f.Equal(v, d.whole[f.Name], loc)
}
