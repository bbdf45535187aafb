package sim

import (
	"cmp"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// undoBook is the model of undo: what each run wrote, as both sides held it before and after, and what became of that since.
//
// An undo writes only where the run wrote: over a value that the run left it puts the former value, a record that the run
// made and that is as the run left it is deleted, one that the run deleted is made again. When an undo ends in which
// nothing went wrong, all of that is done, everything else is as it was, and what was left is named. What it took back it
// takes back once. No sync does it again before somebody has touched one of the two records.
type undoBook struct {
	w    *world
	runs map[runOf]*deeds
	held map[runOf]standstill
	// By place: what undos did last, when, and what they overwrote.
	rewound map[place]map[string]rewound // by field
	made    map[place]int                // put back
	unmade  map[place]unmade             // deleted, as a run had made it
}

type runOf struct {
	conn string
	run  uint64
}

// deeds are what a run did.
type deeds struct {
	undo  bool // it was an undo itself
	vague bool // it did not come to its end, or not everything in it went well
	order []place
	at    map[place]*deed
}

// deed is what a run did to one record.
type deed struct {
	was, left   record.Fields // before the run, or what a person wrote in its midst and it wrote over first, and after it
	read        record.Fields // what the run may have read in place of was
	made, gone  bool
	spare       bool // a second copy, which nothing keeps, or what looks like one
	wrote       map[string][]record.Value
	links       []string // its ties
	partners    []place
	began       int // the run, of which not all writes need know what people did since
	tick        int
	done        map[string]bool // fields that were taken back; "" for all of a record
	perhaps     map[string]bool // those of which an undo that did not come to its end may have found nothing to be taken back
	maybe       bool            // an undo in which something went wrong wrote here
	back        place           // what an undo made in its place
	backHasBeen bool
}

type rewound struct {
	conn     string
	tick     int
	wrote    []record.Value
	of       *deeds  // the run that is undone
	deed     *deed   // what that did here
	partners []place // then; none: its tie had been let go, and whomever it meets next it meets anew
	moved    bool    // what it was written from says something else by then, and no run that left nothing open has looked at that
}

type unmade struct {
	conn   string
	tick   int
	source []place // what it was made from
	goneOn bool    // that has another partner since
}

func newUndoBook(w *world) undoBook {
	return undoBook{w: w, runs: map[runOf]*deeds{}, held: map[runOf]standstill{}, rewound: map[place]map[string]rewound{}, made: map[place]int{}, unmade: map[place]unmade{}}
}

// note remembers a write of a run.
func (b *undoBook) note(x writing, links []contactsync.Link, spare bool) {
	if !b.w.journal {
		return
	}
	p := x.place()
	d := b.noted(x.scope.Conn, p, x.before)
	d.left, d.gone, d.spare, d.tick = x.after.Fields, x.after.ID == "", spare, b.w.ledger.tick
	if !d.made { // a person may have changed what the run had not come to write yet
		d.was = d.was.With(x.before.Fields.Only(func(name string) bool { return x.write.Set.Known(name) && d.wrote[name] == nil }))
	}
	for name := range x.write.Set.All() {
		d.wrote[name] = append(d.wrote[name], value(x.write.Set, name), value(x.after.Fields, name))
	}
	if u := b.w.ledger.run.undoes; u != nil && u.at[p] != nil { // an undo goes by the tie that the run wrote for, whomever the record is tied to by now
		d.links = append(d.links, u.at[p].links...)
	}
	for _, l := range links {
		if !slices.Contains(d.links, l.ID) {
			d.links = append(d.links, l.ID)
		}
		if c := x.counterpart(l); c.id != "" && !slices.Contains(d.partners, c) {
			d.partners = append(d.partners, c)
		}
	}
}

// late remembers a delete that came just after a person's: the side answers it as done, so that the run counts as having deleted
// what it had read, and its undo may put that back.
func (b *undoBook) late(x writing) {
	p := place{side: x.side, id: x.write.ID}
	if x.side == record.Outlook {
		p.user = x.scope.User
	}
	if grave, is := b.w.buried[p]; is && b.w.journal && x.write.Op == contactsync.Delete {
		d := b.noted(x.scope.Conn, p, record.Record{ID: p.id, Fields: grave.fields})
		d.gone, d.maybe, d.tick = true, true, b.w.ledger.tick
	}
}

// noted is what the current run of a connection has done to a record, which held before what is given if it is the first.
func (b *undoBook) noted(conn string, p place, before record.Record) *deed {
	key := runOf{conn, b.w.runNo}
	r := b.runs[key]
	if r == nil {
		r = &deeds{at: map[place]*deed{}, undo: b.w.ledger.run.undoes != nil}
		b.runs[key] = r
	}
	d := r.at[p]
	if d == nil {
		d = &deed{began: b.w.ledger.run.tick, was: before.Fields, read: b.w.ledger.run.overlooked[p], made: before.ID == "", wrote: map[string][]record.Value{}, done: map[string]bool{}, perhaps: map[string]bool{}}
		r.at[p], r.order = d, append(r.order, p)
	}
	return d
}

// takesBack judges a write of an undo when it happens.
func (b *undoBook) takesBack(f *frame, x writing) {
	p := x.place()
	if b.w.ignoresVersions && slices.Contains(b.w.struck, "sneak") {
		if d := f.undoes.at[p]; d != nil {
			f.touched = append(f.touched, d)
		}
		return // what was written between a read and a write may be overwritten on such a service
	}
	d := b.deedOf(f, p)
	switch {
	case x.write.Op == contactsync.Create:
		b.putsBack(f, x)
	case d == nil:
		b.w.broken("undo", "%s %s was written, and the run that is undone did not", x.side, p.id)
	case x.write.Op == contactsync.Delete:
		if !d.made || !b.asLeft(f, x.side, x.before.Fields, d) {
			b.w.broken("undo", "%s %s was deleted, and is not as the run that is undone made it", x.side, p.id)
		} else if d.done[""] {
			b.w.broken("undo", "%s %s was deleted by an undo a second time", x.side, p.id)
		}
		b.unmade[p] = unmade{conn: x.scope.Conn, tick: b.w.ledger.tick, source: d.partners}
		b.w.ledger.guards.owesNoMore(x.scope.Conn, d.partners)
		f.touched = append(f.touched, d)
	default:
		b.rewinds(f, x, d)
		f.touched = append(f.touched, d)
	}
}

func (b *undoBook) rewinds(f *frame, x writing, of *deed) {
	p := x.place()
	var partners []place
	for _, l := range b.w.ledger.ties(x) {
		partners = append(partners, x.counterpart(l))
	}
	for name, v := range x.write.Set.All() {
		cur := value(x.before.Fields, name)
		d := b.fieldDeed(f, p, of, name, cur)
		switch {
		case d.done[name]:
			b.w.broken("undo", "%s of %s %s was put back before, and is put back again", name, x.side, p.id)
		case !d.hasWritten(p.side, name, cur) && b.meantTo(f, p, name, cur):
			if meant := value(b.held[f.run].fields[p], name); !b.heldAtStop(f, p, name, v) && !b.foundLater(f, p, of, name, cur, v) {
				b.w.broken("undo", "%s of %s %s held %q when the run was stopped, and %q was put back", name, x.side, p.id, meant, v)
			}
		case !d.hasWritten(p.side, name, cur):
			b.w.broken("undo", "%s of %s %s holds %q, which the run that is undone did not write, and was overwritten", name, x.side, p.id, cur)
		case !b.isFormer(x.side, name, v, value(d.was, name)) && !(d.overlooked(x.side, name) && b.isFormer(x.side, name, v, value(d.read, name))) && !b.foundLater(f, p, of, name, cur, v):
			b.w.broken("undo", "%s of %s %s held %q before the run, and %q was put back", name, x.side, p.id, value(d.was, name), v)
		}
		if b.rewound[p] == nil {
			b.rewound[p] = map[string]rewound{}
		}
		r := rewound{conn: x.scope.Conn, tick: b.w.ledger.tick, wrote: []record.Value{cur}, of: f.undoes, deed: of, partners: partners}
		l := b.w.ledger
		acts := slices.ContainsFunc(b.w.slots(), func(s slot) bool { return s.to == x.side && s.field == name })
		r.moved = slices.ContainsFunc(b.standingFor(partners), func(q place) bool {
			at := l.changed[q][ruleOf(x.side, name)]
			if acts {
				at = max(at, l.acted[q])
			}
			return q.lives(b.w) && at > max(d.began, l.clean[x.scope.Conn]) && l.by[at] != x.scope.Conn
		})
		b.rewound[p][name] = r
	}
}

// standingFor are places and, of CRM records, those that were made in the place of one.
func (b *undoBook) standingFor(places []place) []place {
	all := slices.Clone(places)
	for id := range b.w.ledger.inPlace {
		if slices.ContainsFunc(places, func(p place) bool { return p.side == record.CRM && p.id != id && b.livesOnAs(p, id) }) {
			all = append(all, crmPlace(id))
		}
	}
	return all
}

// broughtBack notes that a person put back what an undo may have deleted: it is theirs from now on.
func (b *undoBook) broughtBack(p place) { delete(b.unmade, p) }

func (b *undoBook) putsBack(f *frame, x writing) {
	runs := []*deeds{f.undoes}
	if f.undoes.vague {
		b.meantToDelete(f, x)
		runs = append(runs, b.later(f)...)
	}
	for _, r := range runs {
		if b.putsBackOf(f, x, r) {
			return
		}
	}
	b.w.broken("undo", "%s %s was made, and is nothing that the run that is undone deleted", x.side, x.place().id)
}

func (b *undoBook) putsBackOf(f *frame, x writing, r *deeds) bool {
	for _, p := range r.order {
		d := r.at[p]
		if p.side != x.side || p.user != x.place().user || !d.gone || d.made || d.done[""] || d.back.id != "" && d.back.lives(b.w) {
			continue
		}
		if b.holdsAll(x.side, x.after.Fields, b.lastHeld(f, p, d)) {
			d.back, d.backHasBeen, f.touched = x.place(), true, append(f.touched, d)
			b.made[x.place()] = b.w.ledger.tick
			delete(b.unmade, p)
			b.w.ledger.belongs(x.place(), b.w.ledger.origin[p])
			b.w.ledger.returned[b.w.ledger.origin[p]] = true
			return true
		}
	}
	return false
}

// lastHeld is what a deleted record held when the last run of the connection deleted it: between two deletes it was there again.
func (b *undoBook) lastHeld(f *frame, p place, d *deed) record.Fields {
	for _, r := range b.later(f) {
		if other := r.at[p]; other != nil && other.gone && !other.made && !r.undo {
			d = other
		}
	}
	return d.was
}

// deedOf is what the undone run did to a record. Of a run that did not come to its end that is also what a later one did of it
// in its place: nothing tells the two apart.
func (b *undoBook) deedOf(f *frame, p place) *deed {
	if d := f.undoes.at[p]; d != nil || !f.undoes.vague {
		return d
	}
	for _, r := range b.later(f) {
		if d := r.at[p]; d != nil {
			return d
		}
	}
	if d := b.meantToMake(f, p); d != nil {
		return d
	}
	return b.meantToWrite(f, p)
}

// fieldDeed is the deed by which a field holds what it does: of a run that did not come to its end another's that wrote it in
// its place, as [undoBook.deedOf] has it.
func (b *undoBook) fieldDeed(f *frame, p place, d *deed, name string, cur record.Value) *deed {
	if !f.undoes.vague || d.hasWritten(p.side, name, cur) {
		return d
	}
	for _, r := range b.later(f) {
		if other := r.at[p]; other != nil && other.hasWritten(p.side, name, cur) {
			return other
		}
	}
	return d
}

// foundLater reports whether a value is what a later run found where the run that is undone did not come to its end, and wrote over
// once more: nobody can tell whether the first had written there, or what a person, a mailbox or another user made of that. Where it
// is what the first one wrote, what was there before that counts too.
func (b *undoBook) foundLater(f *frame, p place, of *deed, name string, cur, v record.Value) bool {
	return f.undoes.vague && slices.ContainsFunc(b.later(f), func(r *deeds) bool {
		other := r.at[p]
		if other == nil || !other.hasWritten(p.side, name, cur) {
			return false
		}
		was := value(other.was, name)
		return b.isFormer(p.side, name, v, was) || of.hasWritten(p.side, name, was) && b.isFormer(p.side, name, v, value(of.was, name))
	})
}

// backAsFound reports whether a field holds again what a later run found there, which did just what the stopped run that is undone was about
// to do: of the two, that one counts as having done it.
func (b *undoBook) backAsFound(f *frame, p place, of *deed, name string, cur record.Value) bool {
	return f.undoes.vague && slices.ContainsFunc(b.later(f), func(r *deeds) bool {
		other := r.at[p]
		return other != nil && b.isFormer(p.side, name, cur, value(other.was, name)) &&
			slices.ContainsFunc(other.wrote[name], func(v record.Value) bool { return of.hasWritten(p.side, name, v) })
	})
}

// overlooked reports whether a run that wrote to a field may not have seen what it overwrote.
func (d *deed) overlooked(side record.Side, field string) bool {
	return d.read.Schema() != nil && !equal(side, field, value(d.read, field), value(d.was, field))
}

func (d *deed) hasWritten(side record.Side, field string, v record.Value) bool {
	return slices.ContainsFunc(d.wrote[field], func(w record.Value) bool { return equal(side, field, w, v) })
}

// later are the runs of the connection after the one that is undone.
func (b *undoBook) later(f *frame) []*deeds {
	var keys []runOf
	for key := range b.runs {
		if key.conn == f.conn && key.run > b.w.undoing {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b runOf) int { return cmp.Compare(a.run, b.run) })
	later := make([]*deeds, len(keys))
	for i, key := range keys {
		later[i] = b.runs[key]
	}
	return later
}

// holdsAll reports whether a record holds all that another held, as far as it can be written.
func (b *undoBook) holdsAll(side record.Side, f, was record.Fields) bool {
	for _, field := range schemas[side].Fields() {
		v := value(was, field.Name)
		if side == record.Outlook {
			v = value(b.w.bend(schemas[side].Build().Set(field.Name, v...).Fields()), field.Name)
		} else if field.Name == "owner" && b.w.ownsMade {
			continue
		}
		if !field.ReadOnly && field.Check(v) == nil && !equal(side, field.Name, value(f, field.Name), v) {
			return false
		}
	}
	return true
}

// asLeft reports whether a record is as a run left it. Of a create that the run did not come to confirm nobody knows what the side
// made of the fields that were not sent: those may be empty.
func (b *undoBook) asLeft(f *frame, side record.Side, is record.Fields, d *deed) bool {
	return !slices.ContainsFunc(schemas[side].Fields(), func(field record.Field) bool {
		v := value(is, field.Name)
		_, sent := d.wrote[field.Name]
		sent = sent && !(field.Name == "owner" && b.w.ownsMade) // which the CRM sets by itself
		return !equal(side, field.Name, v, value(d.left, field.Name)) && !(f.undoes.vague && !sent && v.IsEmpty())
	})
}

// sameRecord reports whether two records hold the same in every field.
func sameRecord(side record.Side, a, b record.Fields) bool {
	return !slices.ContainsFunc(schemas[side].Fields(), func(f record.Field) bool {
		return !equal(side, f.Name, value(a, f.Name), value(b, f.Name))
	})
}

func equal(side record.Side, name string, a, b record.Value) bool {
	f, ok := schemas[side].Field(name)
	if ok && f.Type == record.Bool && a.Text() != "true" && b.Text() != "true" {
		return true
	}
	return ok && f.Equal(a, b, locale)
}
