package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// loseTies loses what the engine remembers of some records in one connection, as a damaged table would: their links, of whatever phase,
// and that their items are known. While a worker has the connection nothing is lost.
func (w *world) loseTies(u *user, names []string) {
	if u == nil || u.ended {
		return
	}
	var lost contactsync.Batch
	var pairs []pair
	for _, name := range names {
		for _, p := range w.ledger.of[name] {
			if p.side == record.Outlook && p.user != u.name {
				continue
			}
			for _, l := range w.linksOf(u.conn.ID, p.side, p.id) {
				pairs = append(pairs, pair{u.conn.ID, l.IDs[record.CRM], l.IDs[record.Outlook]})
				lost.DropLinks = append(lost.DropLinks, l.ID)
				lost.DropKnown = append(lost.DropKnown, l.IDs[record.Outlook])
			}
			if p.side == record.Outlook {
				lost.DropKnown = append(lost.DropKnown, p.id)
			}
		}
	}
	lost.DropKnown = slices.DeleteFunc(lost.DropKnown, func(id string) bool { return id == "" })
	if len(lost.DropLinks)+len(lost.DropKnown) == 0 {
		return
	}
	lease, err := w.state.Acquire(w.ctx, u.conn.ID, "damage", w.now, 1)
	if err != nil {
		w.did(err)
		return
	}
	w.ledger.leftBehind()
	if err := w.state.Save(w.ctx, lease, lost); err != nil {
		w.broken("sound", "the State loses no links: %v", err)
		return
	}
	w.lost, w.torn[u.conn.ID] = true, true
	for _, p := range pairs {
		delete(w.ledger.answers.apart, p)
		delete(w.ledger.answers.same, p)
		if b := w.ledger.guards.conns[u.conn.ID]; b != nil {
			delete(b.owed, crmPlace(p.crm))
			delete(b.owed, itemPlace(u, p.item))
		}
	}
	w.ledger.settingsChanged()
	clear(w.saved)
	w.reach("edit lose ties")
}

// checkMended: once complete runs have come to their end, no State passes for damaged any more.
func (w *world) checkMended() {
	for _, u := range w.users {
		if w.torn[u.conn.ID] && !u.ended {
			w.broken("sound", "%s still has a damaged State", u.name)
		}
	}
}

// losses loses ties anywhere in the story, or at its end; not of a State in whose place a backup is put.
func (g *generator) losses() {
	if slices.Contains(g.script, "put back") {
		return
	}
	for u := range g.users {
		line := ""
		for _, name := range slices.Concat(g.crm, g.items) {
			if g.chance(40) {
				line += " " + name
			}
		}
		switch last := g.script[len(g.script)-1]; {
		case line == "":
		case g.chance(50):
			g.amid(func() { g.line("lose ties u%d%s", u+1, line) })
		case last != "lose state":
			g.line("lose ties u%d%s", u+1, line)
		}
	}
}
