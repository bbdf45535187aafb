package sim

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// touched are the links that a run may have something to do with, as they are now.
func (g *guardBook) touched(f *frame, u *user) map[string]contactsync.Link {
	links := map[string]contactsync.Link{}
	if len(f.gone[0])+len(f.gone[1])+len(f.merged) > 0 {
		for _, l := range g.w.links(u.conn.ID) {
			links[l.ID] = l
		}
	}
	return links
}

// over reports whether a link that was there ties its records no more.
func over(links map[string]contactsync.Link, id string) bool {
	l, still := links[id]
	return !still || l.Phase == contactsync.Detached || l.Phase == contactsync.Unlinked
}

// takesOver counts the removals that a run has taken over.
func (g *guardBook) takesOver(f *frame, links map[string]contactsync.Link) {
	b := f.book
	for side, gone := range f.gone {
		n := 0
		for id := range gone {
			if record.Side(side) == record.Outlook && links[id].Cause == contactsync.CauseLeft {
				continue // it rests for its record's sake: of the item, as of one in another folder, nothing was heard
			}
			if over(links, id) && !b.taken[id] {
				b.taken[id] = true
				if !b.later[side][id] {
					n++
				}
			}
		}
		if !b.restoring[side] && !f.restoring[side] {
			g.count(f, removals, record.Side(side), n)
		}
	}
}

// livesOn reports whether the record that took a deleted one's place is there for anybody, or was merged.
func (g *guardBook) livesOn(u *user, deleted string) bool {
	for next, was := range g.w.ledger.inPlace {
		if was == deleted && next != deleted && (!g.deleted(u, record.CRM, next) || g.livesOn(u, next)) {
			return true
		}
	}
	return false
}

// interrupted counts what a run has taken over before another worker comes to do it: of what people have let pass, that is used up. It notes
// what the CRM holds before another user's run, for what this one may have read.
func (g *guardBook) interrupted(f *frame, u *user) {
	switch {
	case f.conn == u.conn.ID:
		g.takesOver(f, g.touched(f, u))
	case f.found == nil:
		f.found = g.w.crmFields()
	}
}
