package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// deleted judges a delete by what became of the counterpart in truth.
func (l *ledger) deleted(x writing, links []contactsync.Link) {
	if b := l.guards.of(x.scope.Conn); b.restoring[x.side.Other()] && !b.spent {
		l.w.broken("deletes", "%s %s was deleted, and a person has let be restored what is missing on the other side", x.side, x.place().id)
		return
	} else if _, owed := b.owed[x.place()]; owed {
		l.w.broken("deletes", "%s %s was deleted, and its partner was to be restored", x.side, x.place().id)
		return
	}
	if !l.allow(x.side).Delete {
		l.w.broken("deletes", "%s %s was deleted, and the flow forbids it", x.side, x.place().id)
		return
	}
	if again := l.typedInAgain(x); again != "" {
		l.w.broken("deletes", "CRM %s was deleted though its person was typed in again as %s", x.place().id, again)
		return
	}
	for _, link := range links {
		if l.mayDelete(x, link) {
			return
		}
	}
	l.w.broken("deletes", "%s %s was deleted, and nobody asked for it: links %s", x.side, x.place().id, ties(links))
}

// spareCopy reports whether an item is one of several with one stamp, and holds nothing but what the sync made under it, or
// what the other holds too: a second copy that a lost reply left, or one that a person made before the create was confirmed.
// The other keeps everything.
func (l *ledger) spareCopy(x writing) bool {
	stamp := x.before.Stamp
	if x.side != record.Outlook || stamp == "" {
		return false
	}
	var made []record.Fields
	for p, other := range l.stamps {
		if other == stamp {
			made = append(made, l.asMade[p])
		}
	}
	return slices.ContainsFunc(l.w.user(x.scope.User).items(), func(twin record.Record) bool {
		if twin.ID == x.before.ID || twin.Stamp != stamp {
			return false
		}
		for name, v := range x.before.Fields.All() {
			has := func(f record.Fields) bool { return slices.Equal(v, value(f, name)) }
			kept := !slices.ContainsFunc(v, func(entry string) bool { return !slices.Contains(value(twin.Fields, name), entry) })
			if !v.IsEmpty() && !kept && !slices.ContainsFunc(made, has) {
				return false
			}
		}
		return true
	})
}

// mayDelete reports whether what became of a record's partner in a link lets the settings delete it.
func (l *ledger) mayDelete(x writing, link contactsync.Link) bool {
	if x.side == record.Outlook {
		return l.mayDeleteItem(x, link)
	}
	return l.mayDeleteRecord(x, link)
}

func (l *ledger) mayDeleteItem(x writing, link contactsync.Link) bool {
	s := l.w.settings
	found, err := l.w.crm.Get(l.w.ctx, x.scope, []contactsync.Ref{{ID: l.tied(link, record.CRM)}})
	if err != nil || len(found) != 1 {
		return false
	}
	f := found[0]
	gone := s.Deleted.InCRM == contactsync.Propagate && !l.settledBefore(x, link) && (f.Removed == contactsync.Deleted && !l.w.missing[crmPlace(l.tied(link, record.CRM))] || f.Removed == contactsync.Merged)
	if f.Removed == contactsync.Merged { // the link may have followed
		if found, err = l.w.crm.Get(l.w.ctx, x.scope, []contactsync.Ref{{ID: f.Into}}); err == nil {
			f = found[0]
		}
	}
	left := len(f.Records) > 0 && s.Left == contactsync.Propagate && l.w.eligible(x.scope.User, f.Records[0].Fields) == filter.No &&
		l.wasIn(x.scope.User, f.Records[0].ID)
	return gone || left || f.Removed == contactsync.Hidden && s.Hidden == contactsync.Propagate
}

// selection names a CRM record that a user's filter has not kept out: what was never in cannot leave.
type selection struct{ user, record string }

// selects notes, as a run begins, what the filter of its user does not keep out.
func (l *ledger) selects(u *user) {
	for _, rec := range l.w.tenant.Records(record.Contact) {
		if l.w.visible(u, rec.ID) && l.w.eligible(u.name, rec.Fields) != filter.No {
			l.selected[selection{u.name, rec.ID}] = true
		}
	}
}

// wasIn reports whether a record was selected once, or one that was merged into it.
func (l *ledger) wasIn(user, id string) bool {
	return l.selected[selection{user, id}] || slices.ContainsFunc(l.mergedInto[id], func(lost lostFields) bool {
		return l.selected[selection{user, lost.place.id}]
	})
}

func (l *ledger) mayDeleteRecord(x writing, link contactsync.Link) bool {
	s := l.w.settings
	if s.Match.Several == match.All {
		for _, other := range l.w.linksOf(x.scope.Conn, record.CRM, x.place().id) {
			rec, lives := l.w.record(record.Outlook, x.scope.User, other.IDs[record.Outlook])
			if other.Phase == contactsync.Linked && other.ID != link.ID && lives && rec.Folder == l.w.folderOf(x.scope.User) {
				return false // one of several items was removed, the others stay
			}
		}
	}
	if l.settledBefore(x, link) {
		return false
	}
	item := l.tied(link, record.Outlook)
	rec, lives := l.w.record(record.Outlook, x.scope.User, item)
	if l.takenBack[place{record.Outlook, x.scope.User, item}] {
		return false
	}
	if !lives {
		return s.Deleted.InOutlook == contactsync.Propagate && !l.w.missing[place{record.Outlook, x.scope.User, item}] // else nobody knows whose wish it was
	}
	return rec.Folder != l.w.folderOf(x.scope.User) && s.MovedOut == contactsync.Propagate
}

// settledBefore reports whether a person put a record back, or showed it again, after all had come to rest that became of its partner: who brings
// somebody back does not mean an older delete to follow.
func (l *ledger) settledBefore(x writing, link contactsync.Link) bool {
	clean, back := l.back[x.place()]
	q := x.counterpart(link)
	last := l.acted[q]
	for _, tick := range l.changed[q] {
		if l.by[tick] != x.scope.Conn { // what the sync of this connection did is nobody's wish, what another's did was somebody's
			last = max(last, tick)
		}
	}
	return back && last <= clean[x.scope.Conn]
}

// tied is the id of a link's record, also of one whose create was not confirmed.
func (l *ledger) tied(link contactsync.Link, side record.Side) string {
	if id := link.IDs[side]; id != "" {
		return id
	}
	for p, stamp := range l.stamps {
		if s, err := contactsync.ParseStamp(stamp); p.side == side && err == nil && s.Link == link.ID {
			return p.id
		}
	}
	return ""
}

// eligible evaluates the filter.
func (w *world) eligible(user string, f record.Fields) filter.Result {
	return w.settings.Filter.Eval(f, filter.Env{User: user, Now: w.now, Locale: locale})
}

func ties(links []contactsync.Link) string {
	text := ""
	for _, l := range links {
		text += " " + string(l.Phase) + string(l.Cause) + "(" + l.IDs[0] + ", " + l.IDs[1] + ")"
	}
	return text
}
