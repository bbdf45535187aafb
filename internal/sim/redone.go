package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// redoes judges a write of a sync: what an undo took back is not done again before anybody has touched one of the two records,
// or the settings.
func (b *undoBook) redoes(x writing, links []contactsync.Link) {
	p := x.place()
	switch x.write.Op {
	case contactsync.Update:
		for name, v := range x.write.Set.All() {
			r, ok := b.rewound[p][name]
			again := ok && slices.ContainsFunc(r.wrote, func(w record.Value) bool { return equal(x.side, name, w, v) })
			if again && r.conn == x.scope.Conn && len(r.partners) > 0 && !r.moved && !b.halfway(r, x, name, links) && !b.waitsToAct(x, name, links) && !b.saysOtherwise(r, x, links) && !b.touchedSince(r.tick, x, links, r.partners...) {
				b.w.broken("undo", "%s of %s %s was put back by an undo, and is written again by a run though nobody touched it", name, x.side, p.id)
			}
		}
	case contactsync.Create:
		for q, u := range b.unmade {
			source := slices.ContainsFunc(links, func(l contactsync.Link) bool { return slices.Contains(u.source, x.counterpart(l)) })
			same := q.side == x.side && q.user == p.user && u.conn == x.scope.Conn && !b.inPlaceOfAnother(p, q)
			if source && same && !u.goneOn && !b.touchedSince(u.tick, x, links) {
				b.w.broken("undo", "%s %s was deleted by an undo, and is made again as %s though nobody touched what it is made from", x.side, q.id, p.id)
			}
		}
	case contactsync.Delete:
		if tick, is := b.made[p]; is && !b.touchedSince(tick, x, links) {
			b.w.broken("undo", "%s %s was put back by an undo, and is deleted again by a run though nobody touched it", x.side, p.id)
		}
		for _, l := range links {
			if u, is := b.unmade[x.counterpart(l)]; is && u.conn == x.scope.Conn && !b.followsAnother(x, links) && !b.wasBack(x.counterpart(l), u.tick) {
				b.w.broken("undo", "%s %s is deleted since its copy was, which an undo deleted", x.side, p.id)
			}
		}
	}
}

// saysOtherwise reports whether a tie went on with a CRM record that took the place of the one it had: another mailbox brought that back, from
// a card that says what it said, and so did the run. So it is where the record meets another card, for its own was deleted, and a card
// another record.
func (b *undoBook) saysOtherwise(r rewound, x writing, links []contactsync.Link) bool {
	lives := func(p place) bool { return p.lives(b.w) }
	if !slices.ContainsFunc(links, func(l contactsync.Link) bool { return slices.Contains(r.partners, x.counterpart(l)) }) &&
		(x.side == record.CRM || !slices.ContainsFunc(r.partners, lives)) {
		return true
	}
	return slices.ContainsFunc(links, func(l contactsync.Link) bool {
		q := x.counterpart(l)
		return slices.ContainsFunc(r.partners, func(p place) bool { return b.w.ledger.tookPlaceOf(q, p) })
	})
}

// waitsToAct reports whether an action that writes the field has yet to act on what the last sync wrote, which is nothing of what was undone.
func (b *undoBook) waitsToAct(x writing, name string, links []contactsync.Link) bool {
	return slices.ContainsFunc(b.w.slots(), func(s slot) bool {
		return s.to == x.side && s.field == name && slices.ContainsFunc(links, func(l contactsync.Link) bool { return b.w.ledger.actsLater(s.id, x, l) })
	})
}

// inPlaceOfAnother reports whether a CRM record takes the place of a deleted one, and that is not the one in question: what it is made from
// was tied to another record since.
func (b *undoBook) inPlaceOfAnother(p, gone place) bool {
	former := b.w.ledger.inPlace[p.id]
	if p.side != record.CRM || former == "" {
		return false
	}
	for ; former != ""; former = b.w.ledger.inPlace[former] {
		if former == gone.id {
			return false
		}
	}
	return true
}

// goOn notes, as a run ends, which records that an undo deleted have another in their place by now: a card that was typed in again, or what
// another user's run has put back. What becomes of that one, and what the settings make of it, is nothing of the undo's.
func (b *undoBook) goOn(u *user) {
	for q, un := range b.unmade {
		un.goneOn = un.goneOn || un.conn == u.conn.ID && slices.ContainsFunc(un.source, func(p place) bool {
			return slices.ContainsFunc(b.w.linksOf(un.conn, p.side, p.id), func(l contactsync.Link) bool {
				other := place{side: q.side, user: q.user, id: l.IDs[q.side]}
				return l.Phase == contactsync.Linked && other != q && other.lives(b.w)
			})
		})
		b.unmade[q] = un
	}
}

// leavesToMake notes what an undo of an undo was to make again, and left intended: a run that finds it was not made makes it. Of an undo
// that was stopped that is also what a later one deleted in its place.
func (b *undoBook) leavesToMake(f *frame, u *user) {
	runs := []*deeds{f.undoes}
	if f.undoes.vague {
		runs = append(runs, b.later(f)...)
	}
	for _, l := range b.w.links(u.conn.ID) {
		for _, r := range runs {
			for q, d := range r.at {
				if l.Phase == contactsync.Intended && d.gone && slices.Contains(d.links, l.ID) {
					delete(b.unmade, q)
				}
			}
		}
	}
}

// halfway reports whether the undo that put a value back did not come to its end, and a partner still holds what the run had
// written there by the same rule, perhaps for another card of the record: until the undo is repeated, that flows.
func (b *undoBook) halfway(r rewound, x writing, name string, links []contactsync.Link) bool {
	return r.deed.maybe && slices.ContainsFunc(links, func(l contactsync.Link) bool {
		q := x.counterpart(l)
		d := r.of.at[q]
		if d == nil {
			return false
		}
		for field := range d.wrote {
			if ruleOf(q.side, field) == ruleOf(x.side, name) && !d.done[field] && d.hasWritten(q.side, field, value(q.in(b.w).Fields, field)) {
				return true
			}
		}
		return false
	})
}

// followsAnother reports whether a delete has its reason in a tie other than those whose record an undo deleted.
func (b *undoBook) followsAnother(x writing, links []contactsync.Link) bool {
	return slices.ContainsFunc(links, func(l contactsync.Link) bool {
		_, is := b.unmade[x.counterpart(l)]
		return !is && x.counterpart(l).id != "" && b.w.ledger.mayDelete(x, l)
	})
}

// wasBack reports whether the record whose place a deleted one had taken was touched since: brought back, and deleted again.
func (b *undoBook) wasBack(p place, tick int) bool {
	if p.side != record.CRM {
		return false
	}
	for id := b.w.ledger.inPlace[p.id]; id != ""; id = b.w.ledger.inPlace[id] {
		if b.w.ledger.touchedAt(crmPlace(id)) > tick {
			return true
		}
	}
	return false
}

// touchedSince reports whether anybody has done anything to a record or to one that it is or was tied to, or to the settings.
func (b *undoBook) touchedSince(tick int, x writing, links []contactsync.Link, were ...place) bool {
	l := b.w.ledger
	if l.reset > tick || l.touchedAt(x.place()) > tick || slices.ContainsFunc(were, func(p place) bool { return l.touchedAt(p) > tick }) {
		return true
	}
	return slices.ContainsFunc(links, func(link contactsync.Link) bool { return l.touchedAt(x.counterpart(link)) > tick })
}

// touchedAt is when a record was last touched by a person, or a value of it changed by anybody.
func (l *ledger) touchedAt(p place) int {
	at := l.acted[p]
	for _, tick := range l.changed[p] {
		at = max(at, tick)
	}
	return at
}

// leftApart reports whether an undo may have left the values of two records apart: one has written for their connection, or was
// stopped when it was to write what one of them holds. Nothing tells whether it did where somebody has written just that since; nor, where
// edits of a side are put right, whether what it holds now is what that side made of the undo's write.
func (b *undoBook) leftApart(u *user, link contactsync.Link, rule string) bool {
	return b.undidIn(link.Conn) || b.wasToUndo(u, link, func(_ *deeds, p place, d *deed) bool {
		name := fieldOf(p.side, rule)
		if _, wrote := d.wrote[name]; wrote && b.w.settings.Drift == conflict.DriftRestore && !b.w.ledger.may(p.side.Other(), rule) {
			return true
		}
		return b.isFormer(p.side, name, value(p.in(b.w).Fields, name), value(d.was, name))
	})
}

// leftUndone reports the same of what actions write: of a field of several, the one value of it that is theirs.
func (b *undoBook) leftUndone(u *user, link contactsync.Link, s slot) bool {
	return b.undidIn(link.Conn) || b.wasToUndo(u, link, func(run *deeds, p place, d *deed) bool {
		if _, wrote := d.wrote[s.field]; p.side != s.to || !wrote && !run.vague {
			return false
		}
		is, was := value(p.in(b.w).Fields, s.field), value(d.was, s.field)
		if s.entry != "" {
			return slices.Contains(is, s.entry) == slices.Contains(was, s.entry)
		}
		return b.isFormer(p.side, s.field, is, was)
	})
}

// nowIn are a CRM record and those that were merged into it.
func (l *ledger) nowIn(crm place) []place {
	in := []place{crm}
	for _, lost := range l.mergedInto[crm.id] {
		in = append(in, lost.place)
	}
	return in
}

// undidIn reports whether an undo has written for a connection.
func (b *undoBook) undidIn(conn string) bool {
	for key, r := range b.runs {
		if key.conn == conn && r.undo {
			return true
		}
	}
	return false
}

// wasToUndo reports whether an undo was stopped that was to take back what a run had done to one of the records of a link, and that
// is so of it. A record that another was merged into stands for that one too.
func (b *undoBook) wasToUndo(u *user, link contactsync.Link, so func(*deeds, place, *deed) bool) bool {
	for key, s := range b.held {
		if key.conn != link.Conn || s.undoes == nil {
			continue
		}
		crm, item := crmPlace(link.IDs[record.CRM]), itemPlace(u, link.IDs[record.Outlook])
		for _, p := range b.w.ledger.nowIn(crm) {
			if d := s.undoes.at[p]; d != nil && so(s.undoes, crm, d) {
				return true
			}
		}
		if d := s.undoes.at[item]; d != nil && so(s.undoes, item, d) {
			return true
		}
	}
	return false
}
