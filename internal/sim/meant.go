package sim

import (
	"cmp"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// standstill is how things were when a run was stopped. What it was about to do then is known to its journal alone, and nothing
// tells whether it did where somebody has done just that since: then its undo takes it back.
type standstill struct {
	fields map[place]record.Fields
	found  map[place]record.Fields // see frame
	links  []contactsync.Link
	undoes *deeds // of an undo: what it was to take back
	tick   int
}

func (b *undoBook) standstill(f *frame, u *user) standstill {
	s := standstill{fields: map[place]record.Fields{}, found: f.found, links: b.w.links(u.conn.ID), undoes: f.undoes, tick: b.w.ledger.tick}
	for _, rec := range u.items() {
		s.fields[itemPlace(u, rec.ID)] = rec.Fields
	}
	maps.Copy(s.fields, b.w.crmFields())
	return s
}

// crmFields is what the CRM's records hold now.
func (w *world) crmFields() map[place]record.Fields {
	fields := map[place]record.Fields{}
	for _, rec := range w.tenant.Records(record.Contact) {
		fields[crmPlace(rec.ID)] = rec.Fields
	}
	return fields
}

// heldAtStop reports whether a field held a value when a run was stopped that meant to write to it, or before another user's run wrote
// there in its midst.
func (b *undoBook) heldAtStop(f *frame, p place, name string, v record.Value) bool {
	s := b.held[f.run]
	before, may := s.found[p]
	return b.isFormer(p.side, name, v, value(s.fields[p], name)) || may && b.isFormer(p.side, name, v, value(before, name))
}

// meantToUnmake is when an undo of a connection was stopped last that was to delete a record.
func (b *undoBook) meantToUnmake(conn string, p place) (at int) {
	for key, s := range b.held {
		if key.conn == conn && s.undoes != nil && s.undoes.at[p] != nil && s.undoes.at[p].made {
			at = max(at, s.tick)
		}
	}
	return at
}

// openTies are the links for which a run has written anything, or meant to, that is not taken back.
func (b *undoBook) openTies(run runOf) map[string]bool {
	entries, err := b.w.state.(contactsync.Journal).JournalEntries(b.w.ctx, run.conn, run.run, 0, 1<<20)
	if err != nil {
		panic(err)
	}
	open := map[string]bool{}
	for _, e := range entries {
		open[e.Link] = open[e.Link] || !e.Over
	}
	return open
}

// meantFor are the ties for which a run that was stopped may have meant to write to a record.
func (b *undoBook) meantFor(f *frame, p place) []contactsync.Link {
	if !f.undoes.vague {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(b.held[f.run].links), func(l contactsync.Link) bool {
		return !f.meant[l.ID] || l.IDs[p.side] != p.id
	})
}

// meantTo reports whether a run that was stopped meant to write just what a field holds: what the partner of the record held then,
// or, of an undo, what was there before the run that it was to take back.
func (b *undoBook) meantTo(f *frame, p place, name string, cur record.Value) bool {
	s := b.held[f.run]
	return slices.ContainsFunc(b.meantFor(f, p), func(l contactsync.Link) bool {
		if s.undoes != nil {
			d := s.undoes.at[p]
			return d != nil && equal(p.side, name, cur, value(d.was, name))
		}
		partner, rule := place{side: p.side.Other(), id: l.IDs[p.side.Other()]}, ruleOf(p.side, name)
		if partner.side == record.Outlook {
			partner.user = f.user
		}
		return rule != "" && equal(p.side, name, cur, value(s.fields[partner], fieldOf(partner.side, rule)))
	})
}

// meantToWrite is the deed of a run that was stopped before it wrote to a record what it meant to.
func (b *undoBook) meantToWrite(f *frame, p place) *deed {
	links := b.meantFor(f, p)
	was, held := b.held[f.run].fields[p]
	if len(links) == 0 || !held {
		return nil
	}
	return b.intended(f, p, &deed{was: was, left: was}, links)
}

// meantToMake is the deed of a run that was stopped before it made a record in the place of a deleted one, and which another user's
// run has made since, to say the same: there is one such, under one stamp, and nothing tells whose it is.
func (b *undoBook) meantToMake(f *frame, p place) *deed {
	s, made := b.held[f.run], b.w.ledger.asMade[p]
	links := slices.DeleteFunc(slices.Clone(s.links), func(l contactsync.Link) bool {
		meant := f.meant[l.ID] && l.Revives != "" && p.side == record.CRM && l.Revives == b.w.ledger.inPlace[p.id]
		return !meant || !b.saysNoMore(made, s.fields[itemPlace(b.w.user(f.user), l.IDs[record.Outlook])])
	})
	if len(links) == 0 || !f.undoes.vague {
		return nil
	}
	d := b.intended(f, p, &deed{left: made, made: true}, links)
	for _, l := range links {
		d.partners = append(d.partners, itemPlace(b.w.user(f.user), l.IDs[record.Outlook]))
	}
	return d
}

// saysNoMore reports whether a CRM record says nothing that a card does not say as well.
func (b *undoBook) saysNoMore(crm, card record.Fields) bool {
	return !slices.ContainsFunc(b.w.settings.Mapping, func(rule mapping.Rule) bool {
		return !value(crm, fieldOf(record.CRM, rule.ID)).IsEmpty() && !same(rule.ID, crm, card)
	})
}

// meantToDelete adds the deed of a run that was stopped before it deleted a record, which a person has deleted since and which is put
// back now.
func (b *undoBook) meantToDelete(f *frame, x writing) {
	held := b.held[f.run].fields
	for _, p := range slices.SortedFunc(maps.Keys(held), func(p, q place) int { return cmp.Compare(p.id, q.id) }) {
		links, d, was := b.meantFor(f, p), f.undoes.at[p], held[p]
		if p.side != x.side || p.user != x.place().user || len(links) == 0 || p.lives(b.w) || d != nil && d.gone {
			continue
		}
		if b.holdsAll(x.side, x.after.Fields, was) {
			b.intended(f, p, &deed{was: was, gone: true}, links)
			return
		}
	}
}

func (b *undoBook) intended(f *frame, p place, d *deed, links []contactsync.Link) *deed {
	d.maybe, d.wrote, d.done, d.perhaps = true, map[string][]record.Value{}, map[string]bool{}, map[string]bool{}
	for _, l := range links {
		d.links = append(d.links, l.ID)
	}
	if f.undoes.at[p] == nil {
		f.undoes.order = append(f.undoes.order, p)
	}
	f.undoes.at[p] = d
	return d
}
