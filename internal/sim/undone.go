package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// before is how the records of a run and the links of its connection are when its undo begins.
type before struct {
	at    map[place]record.Record
	links []contactsync.Link
	held  map[string]bool // CRM records that others have tied cards of their own to
}

func (b *undoBook) begin(f *frame, u *user, run uint64) {
	f.run, f.user = runOf{u.conn.ID, run}, u.name
	f.undoes = b.runs[f.run]
	if f.undoes == nil {
		f.undoes = &deeds{at: map[place]*deed{}, vague: true} // it was stopped before it wrote anything
	}
	f.meant = b.openTies(f.run)
	f.before = before{at: map[place]record.Record{}, links: b.w.links(u.conn.ID), held: b.heldByOthers(u)}
	for _, p := range f.undoes.order {
		if rec := p.in(b.w); b.takesPart(u, p, rec) {
			f.before.at[p] = rec
		}
	}
}

// heldByOthers are the CRM records to which other users' cards are tied that the sync did not make.
func (b *undoBook) heldByOthers(u *user) map[string]bool {
	held := map[string]bool{}
	for _, other := range b.w.users {
		if other == u {
			continue
		}
		for _, l := range b.w.links(other.conn.ID) {
			if l.Phase == contactsync.Linked && !l.Made[record.Outlook] {
				held[l.IDs[record.CRM]] = true
			}
		}
	}
	return held
}

// checkHeld judges a delete by an undo: it takes no card along that somebody else had before.
func (b *undoBook) checkHeld(f *frame, x writing) {
	id := x.before.ID
	if x.side == record.CRM && f.before.held[id] && b.heldByOthers(b.w.user(f.user))[id] {
		b.w.broken("undo", "CRM %s was deleted, and another user has a card of their own tied to it", id)
	}
}

// takesPart reports whether a record is there for the sync of a user.
func (b *undoBook) takesPart(u *user, p place, rec record.Record) bool {
	if rec.ID == "" || p.side == record.Outlook {
		return rec.ID != "" && rec.Folder == u.folder
	}
	return b.w.visible(u, p.id)
}

// end holds what an undo left against what it promises.
func (b *undoBook) end(f *frame, u *user, report contactsync.Report, ended bool) {
	if key := (runOf{f.conn, b.w.runNo}); b.w.journal && key.run != 0 && (!ended || len(b.w.struck) > 0 || f.unsure) {
		b.held[key] = b.standstill(f, u)
		if r := b.runs[key]; r != nil {
			r.vague = true
		}
	}
	b.goOn(u)
	if f.undoes == nil {
		return
	}
	b.leavesToMake(f, u)
	if !ended || report.Status != contactsync.Idle || len(b.w.struck) > 0 {
		b.stopped(f)
		for p, d := range f.undoes.at { // what was gone by then, or held what it had before, may count as taken back
			was, there := f.before.at[p]
			d.maybe = d.maybe || d.made && !there
			for name := range d.wrote {
				d.perhaps[name] = d.perhaps[name] || there && slices.Equal(value(was.Fields, name), value(d.was, name))
			}
		}
		b.w.reach("event undo stopped")
		return
	}
	left := false
	for _, p := range f.undoes.order {
		d := f.undoes.at[p]
		named := slices.ContainsFunc(report.Problems, func(q contactsync.Problem) bool {
			return slices.Contains(d.links, q.Link) || q.Record[p.side] == p.id
		})
		left = left || named
		if (f.unsure || f.busy) && b.failed(d, report.Problems) {
			d.maybe = true
			continue
		}
		switch {
		case d.made && d.gone:
		case d.made:
			b.checkUnmade(f, p, d, named)
		case d.gone:
			b.checkPutBack(f, p, d, named)
		default:
			b.checkRewound(f, p, d, report.Problems, named)
		}
	}
	switch {
	case left:
		b.w.reach("event undo left")
	case report.Wrote() > 0:
		b.w.reach("event undone")
	default:
		b.w.reach("event undo idle")
	}
}

// stopped notes that a run will not come to its end, if it is an undo: what it has put back may not be all that goes together.
func (b *undoBook) stopped(f *frame) {
	for _, d := range f.touched {
		d.maybe = true
	}
}

// failed reports whether an undo says of what it was to take back that it could not, or does not know whether it did.
func (b *undoBook) failed(d *deed, problems []contactsync.Problem) bool {
	return slices.ContainsFunc(problems, func(q contactsync.Problem) bool {
		return q.Code == contactsync.CodeFailed && slices.Contains(d.links, q.Link)
	})
}

// checkUnmade: a record that the run made is gone, unless somebody touched it.
func (b *undoBook) checkUnmade(f *frame, p place, d *deed, named bool) {
	was, there := f.before.at[p]
	switch {
	case !there:
		d.done[""] = d.done[""] || !named // should somebody put it back, it is theirs
	case d.done[""]:
	case sameRecord(p.side, was.Fields, d.left):
		if p.lives(b.w) && !(named && (b.mayBeLeft(f, p, d) || b.savedSince(p, d))) && !d.maybe {
			b.w.broken("undo", "%s %s was made by the run and not touched since, and is still there", p.side, p.id)
		}
		d.done[""] = !p.lives(b.w)
	case !p.lives(b.w) && b.asLeft(f, p.side, was.Fields, d):
		d.done[""] = true
	default:
		b.untouched(p, was)
		if !named && !d.maybe {
			b.w.broken("undo", "%s %s was made by the run and changed since, and nothing says that it is left", p.side, p.id)
		}
	}
}

// savedSince reports whether a person has saved a card that a run made, changing nothing, and the sync cannot know that: the answer
// to the create told nothing of what the mailbox composes by itself, and by its version the card has changed since.
func (b *undoBook) savedSince(p place, d *deed) bool {
	_, composes := b.w.outlook.(Composer)
	return composes && b.w.quietResults && p.side == record.Outlook && b.w.ledger.acted[p] > d.tick
}

// checkPutBack: a record that the run deleted is there again.
func (b *undoBook) checkPutBack(f *frame, p place, d *deed, named bool) {
	if p.lives(b.w) {
		d.done[""] = d.done[""] || !named // should it be deleted again, that is nothing of the run that is undone
		return
	}
	if d.done[""] || d.spare {
		return
	}
	again, goesOn := d.back.id != "" && d.back.lives(b.w), false
	for _, l := range b.w.links(f.conn) {
		q := place{side: p.side, user: p.user, id: l.IDs[p.side]}
		if _, lives := b.w.record(p.side, p.user, q.id); lives && slices.Contains(d.links, l.ID) {
			made := b.w.ledger.stamps[q] != ""
			again, goesOn = again || made, goesOn || !made
		}
	}
	if again {
		d.done[""] = true
		return
	}
	if !d.maybe && !(named && (goesOn || d.backHasBeen || b.mayBeThere(f, p, d) || b.madeAnew(f, p, d) || b.mayBeLeft(f, p, d) || b.taken(f, d) || b.replaced(p) || b.w.lost || value(d.was, "private").Text() == "true")) {
		b.w.broken("undo", "%s %s was deleted by the run, is not there again, and nothing says rightly why (named %v)", p.side, p.id, named)
	}
}

// checkRewound: what the run wrote over holds its former values, but for what somebody changed since.
func (b *undoBook) checkRewound(f *frame, p place, d *deed, problems []contactsync.Problem, named bool) {
	was, there := f.before.at[p]
	if !there {
		if !named && !d.maybe && !b.allDone(d) {
			b.w.broken("undo", "%s %s was written by the run and is gone since, and nothing says that it is left", p.side, p.id)
		}
		return
	}
	now := p.in(b.w).Fields
	for _, field := range schemas[p.side].Fields() {
		name := field.Name
		cur, former, is := value(was.Fields, name), value(d.was, name), value(now, name)
		_, written := d.wrote[name]
		wrote := d.hasWritten(p.side, name, cur)
		switch {
		case !wrote && b.meantTo(f, p, name, cur):
			if meant := value(b.held[f.run].fields[p], name); !equal(p.side, name, is, cur) && !b.heldAtStop(f, p, name, is) && !b.foundLater(f, p, d, name, cur, is) {
				b.w.broken("undo", "%s of %s %s held %q when the run was stopped, and %q was put back", name, p.side, p.id, meant, is)
			}
		case !wrote && b.fieldDeed(f, p, d, name, cur) != d: // a later run wrote it, perhaps in place of this one
		case !written || d.done[name]:
			b.stays(p, name, cur, is)
		case d.overlooked(p.side, name) && b.isFormer(p.side, name, is, value(d.read, name)):
			d.done[name] = true
		case slices.Equal(cur, former) && !b.foundLater(f, p, d, name, cur, is): // else its write came when another had done it
			b.stays(p, name, cur, is)
			d.done[name] = true
		case wrote:
			if b.isFormer(p.side, name, is, former) || b.foundLater(f, p, d, name, cur, is) {
				d.done[name] = true
			} else if !d.maybe && !d.perhaps[name] && !(named && b.mayBeLeft(f, p, d)) {
				b.w.broken("undo", "%s of %s %s was written by the run and not touched since: %q is to be put back, and it holds %q", name, p.side, p.id, former, is)
			}
		default:
			b.stays(p, name, cur, is)
			if equal(p.side, name, cur, former) || b.backAsFound(f, p, d, name, cur) {
				d.done[name] = true
			} else if !d.maybe && !d.perhaps[name] && !b.reported(problems, d, p, name) && !(named && b.mayBeLeft(f, p, d)) {
				b.w.broken("undo", "%s of %s %s was changed since the run, and nothing says that it is left", name, p.side, p.id)
			}
		}
	}
}

func (b *undoBook) allDone(d *deed) bool {
	for name := range d.wrote {
		if !d.done[name] && !d.perhaps[name] {
			return false
		}
	}
	return true
}

// reported reports whether a problem says that a field is left. It names a rule of the field, where the settings still have one, and none
// where that is for records of other kinds by now.
func (b *undoBook) reported(problems []contactsync.Problem, d *deed, p place, name string) bool {
	rule, field := ruleOf(p.side, name), schemas[p.side].Field
	i := slices.IndexFunc(b.w.settings.Mapping, func(r mapping.Rule) bool { return r.ID == rule })
	if i < 0 {
		rule = ""
	}
	ofKinds := i >= 0 && len(b.w.settings.Mapping[i].Kinds) > 0
	slots := b.w.slots()
	if i := slices.IndexFunc(slots, func(s slot) bool { return s.to == p.side && s.field == name }); rule == "" && i >= 0 {
		rule = slots[i].id
	}
	return slices.ContainsFunc(problems, func(q contactsync.Problem) bool {
		f, _ := field(name)
		about := slices.Contains(d.links, q.Link) || q.Record[p.side] == p.id
		return q.Code == contactsync.CodeChangedSince && about && (q.Rule == rule || q.Rule == "" && ofKinds) && q.Field == f.Label
	})
}

// isFormer reports whether a value is the former one, or what the mailbox makes of it.
func (b *undoBook) isFormer(side record.Side, name string, is, former record.Value) bool {
	if side == record.Outlook {
		former = value(b.w.bend(schemas[side].Build().Set(name, former...).Fields()), name)
	}
	return equal(side, name, is, former)
}

func (b *undoBook) stays(p place, name string, was, is record.Value) {
	if !slices.Equal(was, is) {
		b.w.broken("undo", "%s of %s %s was %q, is nothing that is to be taken back, and is %q after the undo", name, p.side, p.id, was, is)
	}
}

func (b *undoBook) untouched(p place, was record.Record) {
	now, lives := b.w.record(p.side, p.user, p.id)
	if !lives || !now.Fields.Equal(was.Fields) {
		b.w.broken("undo", "somebody changed %s %s since the run, and the undo touched it", p.side, p.id)
	}
}

// mayBeLeft reports whether an undo may say that it leaves a record though nobody changed it: one of its ties is not what it was, or
// a create is under way, or the run wrote to two records of one tie on a side, or made a record for several ties, or one that another
// was merged into since and that stands for that one too, or that another card of its user was tied to since, or a card of
// another user.
func (b *undoBook) mayBeLeft(f *frame, p place, d *deed) bool {
	stands := p.side == record.CRM && len(b.w.ledger.mergedInto[p.id]) > 0
	shared := p.side == record.CRM && slices.ContainsFunc(f.before.links, func(l contactsync.Link) bool {
		return l.IDs[record.CRM] == p.id && l.Phase == contactsync.Linked && !slices.Contains(d.links, l.ID)
	})
	shared = shared || p.side == record.CRM && (f.before.held[p.id] || b.heldByOthers(b.w.user(f.user))[p.id])
	elsewhere := p.side == record.Outlook && slices.ContainsFunc(f.before.links, func(l contactsync.Link) bool {
		return l.IDs[p.side] == p.id && (l.Phase == contactsync.Linked || l.Phase == contactsync.Intended) && !slices.Contains(d.links, l.ID)
	})
	if elsewhere && !d.gone && !d.made {
		return true // it is another CRM record's by now, whose value that would be
	}
	if f.undoes.vague || d.made && (len(d.links) > 1 || stands || shared) || !d.gone && len(d.links) == 0 {
		return true
	}
	for _, id := range d.links {
		i := slices.IndexFunc(f.before.links, func(l contactsync.Link) bool { return l.ID == id })
		if i < 0 && !d.gone || i >= 0 && (f.before.links[i].Phase == contactsync.Intended || f.before.links[i].IDs[p.side] != p.id && !d.gone) {
			return true
		}
	}
	for q, other := range f.undoes.at {
		if q != p && q.side == p.side && slices.ContainsFunc(other.links, func(l string) bool { return slices.Contains(d.links, l) }) {
			return true
		}
	}
	return false
}

// mayBeThere reports whether somebody else may be what an undo of an undo was to make again: who has come or was touched since the last sync
// that looked at everything, is not tied, and says the same of anything. Where the side has lost count of what changed, nobody can say who has
// come since: then it may be anybody who shares a match key.
func (b *undoBook) mayBeThere(f *frame, p place, d *deed) bool {
	if !f.undoes.undo {
		return false
	}
	for q := range b.w.ledger.origin {
		tied := slices.ContainsFunc(f.before.links, func(l contactsync.Link) bool {
			return l.IDs[q.side] == q.id && (l.Phase == contactsync.Linked || l.Phase == contactsync.Intended)
		})
		if q.side != p.side || q.user != p.user || tied || !q.lives(b.w) {
			continue
		}
		is := q.in(b.w).Fields
		if b.w.ledger.touchedAt(q) > b.w.ledger.looked[f.conn] && sharesAny(p.side, d.was, is) || f.listed[p.side] && sharesKey(d.was, is) {
			return true
		}
	}
	return false
}

// madeAnew reports whether the sync has made, since the run, whom it had deleted: they share a match key or, where one of the two has none, all
// that a name says.
func (b *undoBook) madeAnew(f *frame, p place, d *deed) bool {
	for q := range b.w.ledger.stamps {
		if q.side != p.side || q.user != p.user || q == p || !q.lives(b.w) {
			continue
		}
		is := q.in(b.w).Fields
		keyless := len(match.Keys(d.was, locale)) == 0 || len(match.Keys(is, locale)) == 0
		if sharesKey(d.was, is) || keyless && sharesAny(p.side, d.was, is) && differsNowhere(p.side, d.was, is, "first", "last") {
			return true
		}
	}
	return false
}

// differsNowhere reports whether two records of a side agree in rules, as far as both have a value.
func differsNowhere(side record.Side, a, b record.Fields, rules ...string) bool {
	return !slices.ContainsFunc(rules, func(rule string) bool {
		v, w := value(a, fieldOf(side, rule)), value(b, fieldOf(side, rule))
		f, _ := schemas[side].Field(fieldOf(side, rule))
		return !v.IsEmpty() && !w.IsEmpty() && !f.Equal(v, w, locale)
	})
}

// sharesAny reports whether two records have an entry of a mapped field in common.
func sharesAny(side record.Side, a, b record.Fields) bool {
	return slices.ContainsFunc(schemas[side].Fields(), func(f record.Field) bool {
		return ruleOf(side, f.Name) != "" && slices.ContainsFunc(value(a, f.Name), func(v string) bool {
			return slices.ContainsFunc(value(b, f.Name), func(w string) bool { return f.Equal(record.Value{v}, record.Value{w}, locale) })
		})
	})
}

// replaced reports whether a run made another record in the place of a deleted one, which is gone by now too: a side makes one
// for it once.
func (b *undoBook) replaced(p place) bool {
	for id, former := range b.w.ledger.inPlace {
		if p.side == record.CRM && former == p.id && !crmPlace(id).lives(b.w) {
			return true
		}
	}
	return false
}

// taken reports whether the partner of a record that the run deleted, or what took its place since, has another one by now. Where a CRM record may have several
// items that is one that the sync made in the place of the deleted one.
func (b *undoBook) taken(f *frame, d *deed) bool {
	return slices.ContainsFunc(f.before.links, func(l contactsync.Link) bool {
		if slices.Contains(d.links, l.ID) || l.Phase != contactsync.Linked && l.Phase != contactsync.Intended {
			return false
		}
		return slices.ContainsFunc(d.partners, func(p place) bool {
			several := p.side == record.CRM && b.w.settings.Match.Several == match.All
			return b.livesOnAs(p, l.IDs[p.side]) && (!several || l.Made[record.Outlook])
		})
	})
}

// livesOnAs reports whether an id is a record's own or, in the CRM, of one that was made in the place of it, or of what it was merged into.
func (b *undoBook) livesOnAs(p place, id string) bool {
	merged := func() bool {
		return slices.ContainsFunc(b.w.ledger.mergedInto[id], func(lost lostFields) bool { return lost.place == p })
	}
	for p.side == record.CRM && id != "" && id != p.id && !merged() {
		id = b.w.ledger.inPlace[id]
	}
	return id == p.id || p.side == record.CRM && merged()
}
