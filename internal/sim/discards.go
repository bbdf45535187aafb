package sim

import (
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// discard is a delete that the settings neither pass on nor take back: what is left is not made into the deleted record again.
type discard struct {
	gone place
	tick int
}

// discards notes that a person is about to delete a record, by the connections that have a partner of it: one that nobody has touched
// since a run left nothing open. Of a card in another folder that cannot be said: an edit of its record may wait there, and lives. Nor of
// a record that left the filter or is hidden and stays tied, as the settings say: nothing is carried meanwhile, and an edit waits. Nor of one
// that an undo was to delete and was stopped: the delete may be its own.
func (l *ledger) discards(p place) {
	d := l.w.settings.Deleted.InCRM
	if p.side == record.Outlook {
		d = l.w.settings.Deleted.InOutlook
	}
	if l.w.settings.Match.Several == match.All || !slices.Contains([]contactsync.Disposition{"", contactsync.Detach, contactsync.Unlink}, d) {
		return
	}
	for _, u := range l.w.users {
		clean := l.clean[u.conn.ID]
		if clean == 0 || p.side == record.Outlook && (p.user != u.name || p.in(l.w).Folder != u.folder) {
			continue
		}
		for _, link := range l.w.linksOf(u.conn.ID, p.side, p.id) {
			left, crm := itemPlace(u, link.IDs[record.Outlook]), p
			if p.side == record.Outlook {
				left = crmPlace(link.IDs[record.CRM])
				crm = left
			}
			if l.w.settings.Left == contactsync.LeaveAlone && l.w.eligible(u.name, crm.in(l.w).Fields) == filter.No ||
				l.w.settings.Hidden == contactsync.LeaveAlone && !l.w.visible(u, crm.id) {
				continue
			}
			settled := max(l.reset, l.undos.meantToUnmake(link.Conn, p)) <= clean && l.seenBy(link.Conn, p) && l.seenBy(link.Conn, left)
			if link.Phase == contactsync.Linked && left.lives(l.w) && settled {
				l.discarded[keeper{u.conn.ID, left}] = discard{p, l.tick}
			}
		}
	}
}

// seenBy reports whether nobody has touched a record since the last run of a connection that left nothing open, nor anybody else in the midst
// of it: that run may have read it before.
func (l *ledger) seenBy(conn string, p place) bool {
	unseen := func(at int) bool { return at > l.clean[conn] || at > l.begun[conn] && l.by[at] != conn }
	for _, at := range l.changed[p] {
		if unseen(at) {
			return false
		}
	}
	return !unseen(l.acted[p])
}

// checkDiscarded judges a create: what a person deleted is made again where somebody has touched its partner since, or the settings, or
// has let be restored what is missing, and not by itself. What takes the place of another record, to which the partner was tied since and
// which is gone too, is not made for the first one.
func (l *ledger) checkDiscarded(x writing, links []contactsync.Link) {
	for _, link := range links {
		left := x.counterpart(link)
		d, was := l.discarded[keeper{x.scope.Conn, left}]
		if was && d.gone.side == x.side && !d.gone.lives(l.w) && max(l.reset, l.touchedAt(left), l.enactedElsewhere(x.scope.Conn, left)) <= d.tick &&
			!l.undos.inPlaceOfAnother(x.place(), d.gone) && !l.run.restoring[x.side] && !l.guards.of(x.scope.Conn).restoring[x.side] {
			l.w.broken("deletes", "%s %s was deleted by a person, and is made again as %s though nobody touched %s", x.side, d.gone.id, x.place().id, left.id)
		}
	}
}

// settlesDiscards forgets, as a run ends, what has a partner again, or may have been let be restored.
func (l *ledger) settlesDiscards(u *user) {
	restores := l.run.restoring != [2]bool{} || l.guards.of(u.conn.ID).restoring != [2]bool{}
	maps.DeleteFunc(l.discarded, func(k keeper, d discard) bool {
		return k.conn == u.conn.ID && (restores || slices.ContainsFunc(l.w.linksOf(k.conn, k.of.side, k.of.id), func(link contactsync.Link) bool {
			_, lives := l.w.record(d.gone.side, u.name, link.IDs[d.gone.side])
			return link.Phase == contactsync.Linked && lives
		}))
	})
}

// enacts notes that an action put an entry into a field of several of a record, or took one out: to the other mailboxes that is an edit.
func (l *ledger) enacts(x writing) {
	for _, s := range l.w.slots() {
		was, is := value(x.before.Fields, s.field), value(x.after.Fields, s.field)
		if s.to == x.side && s.entry != "" && slices.Contains(was, s.entry) != slices.Contains(is, s.entry) {
			l.enacted[keeper{x.scope.Conn, x.place()}] = l.tick
		}
	}
}

// enactedElsewhere is when an action of another connection last did so.
func (l *ledger) enactedElsewhere(conn string, p place) (at int) {
	for k, tick := range l.enacted {
		if k.of == p && k.conn != conn {
			at = max(at, tick)
		}
	}
	return at
}
