package sim

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// ending is the end of a connection. Nothing is written to the CRM. What is taken back are items that the sync made, no more of them than
// a person was shown, and no value goes that a person wrote there and the CRM does not have. When all went well, each such item is gone
// that is as the sync made it and says just what the CRM says. Who connects again meets everybody anew: to the checks at the end that is
// as after a loss of the State.
type ending struct {
	takeBack       bool
	shown, removed int
	own            []string // items that are to go
}

// disconnect ends a user's connection: with "takeback" what the sync made is taken back, with "fewer" fewer items than that were shown.
func (w *world) disconnect(name string, words []string) {
	u := w.user(name)
	if u == nil || u.ended {
		return
	}
	var faults []fault
	for _, word := range words {
		if f, ok := parseFault(word); ok {
			faults = append(faults, f)
		}
	}
	e := &ending{takeBack: slices.Contains(words, "takeback")}
	w.ending = e
	defer func() { w.ending = nil }()
	var opts []contactsync.DisconnectOption
	if e.takeBack {
		plan, err := w.planEnd(u)
		if err != nil {
			return
		}
		if e.shown = plan.Removed; slices.Contains(words, "fewer") {
			e.shown = max(e.shown-1, 0)
		}
		opts = append(opts, contactsync.TakeBack(e.shown))
		e.own = w.ledger.ownItems(u)
	}
	w.paused[name] = true
	var end contactsync.Disconnection
	err := w.attempt(u, faults, false, func(ctx context.Context) (report contactsync.Report, err error) {
		end, err = w.engine.Disconnect(ctx, u.conn.ID, opts...)
		return report, err
	})
	w.logf("    ended %v, made %d, removed %d, left %v", end.Ended, end.Made, end.Removed, end.Kept)
	_, is := w.state.Connection(w.ctx, u.conn.ID)
	ended := errors.Is(is, contactsync.ErrNotFound)
	outdated := errors.Is(err, contactsync.ErrPlanOutdated)
	switch {
	case errors.Is(err, contactsync.ErrBusy):
		w.isolation.busy(u)
	case outdated && (e.removed > 0 || !slices.Contains(words, "fewer") && len(faults) == 0):
		w.broken("deletes", "%d items were removed, and then it was refused: %v", e.removed, err)
	case err != nil && !outdated && len(faults) == 0:
		w.broken("sound", "the end of a connection without faults failed: %v", err)
	case end.Ended != ended && len(w.struck) == 0:
		w.broken("sound", "the connection of %s is said to have ended: %v; it has: %v", name, end.Ended, ended)
	case end.Ended && end.Removed != e.removed && len(w.struck) == 0:
		w.broken("deletes", "%d items are said to be taken back, %d were", end.Removed, e.removed)
	case end.Ended && len(w.struck) == 0:
		w.checkTakenBack(u, e, end)
	}
	w.reach("edit disconnect" + map[bool]string{true: " takeback"}[e.takeBack])
	if e.removed > 0 {
		w.reach("event taken back")
	}
	if ended {
		w.ledger.forget(u)
		u.ended = true
	}
}

// planEnd asks what would be taken back, which writes nothing.
func (w *world) planEnd(u *user) (plan contactsync.Disconnection, err error) {
	err = w.attempt(u, nil, false, func(ctx context.Context) (report contactsync.Report, err error) {
		plan, err = w.engine.PlanDisconnect(ctx, u.conn.ID)
		return report, err
	})
	switch {
	case errors.Is(err, contactsync.ErrBusy):
		w.isolation.busy(u)
	case err != nil:
		w.broken("sound", "the plan of the end of a connection failed: %v", err)
	case w.ledger.run.writes > 0:
		w.broken("deletes", "the plan of the end of a connection has written %d records", w.ledger.run.writes)
	}
	return plan, err
}

// ownItems are the items of a user that are as the sync made them, in step with a CRM record that says the same.
func (l *ledger) ownItems(u *user) (own []string) {
	for _, link := range l.w.links(u.conn.ID) {
		p := itemPlace(u, link.IDs[record.Outlook])
		differs := slices.ContainsFunc(link.Seen, func(s conflict.Seen) bool { return s.Diverged != conflict.Agreed })
		pending := len(link.Pending[0])+len(link.Pending[1]) > 0
		if link.Phase != contactsync.Linked || !link.Made[record.Outlook] || len(link.Asked) > 0 || differs || pending || !p.lives(l.w) {
			continue
		}
		if item := p.in(l.w); item.Folder == u.folder && l.untouched(p, item.Fields) && len(l.stamps[p]) > 0 {
			own = append(own, p.id)
		}
	}
	return own
}

// checkTakenBack: what is as the sync made it is gone.
func (w *world) checkTakenBack(u *user, e *ending, end contactsync.Disconnection) {
	if w.rewrites || w.drops || w.graph || len(w.past) > 0 {
		return // what the mailbox made of a value is not what the CRM says, and what no rule speaks of any more nobody knows
	}
	for _, id := range e.own {
		left := slices.ContainsFunc(end.Kept, func(l contactsync.KeptItem) bool { return l.ID == id && l.Why != contactsync.KeptTouched })
		if itemPlace(u, id).lives(w) && !left {
			w.broken("deletes", "%s of %s is as the sync made it, and was not taken back", id, u.name)
		}
	}
}

// takesBack judges a write of a run that ends a connection.
func (l *ledger) takesBack(e *ending, x writing) {
	p := x.place()
	if x.side == record.CRM || x.write.Op != contactsync.Delete || !e.takeBack {
		l.w.broken("deletes", "the end of a connection makes a write that is not asked for: %s of %s %s", x.write.Op, x.side, p.id)
		return
	}
	if e.removed++; e.removed > e.shown {
		l.w.broken("deletes", "%d items were taken back, and %d were shown", e.removed, e.shown)
	}
	switch {
	case l.stamps[p] == "":
		l.w.broken("deletes", "%s was taken back, and the sync has not made it", p.id)
	case x.before.Folder != l.w.folderOf(p.user):
		l.w.broken("deletes", "%s was taken back, and had been moved", p.id)
	}
	for t, field := range tokens(x.before.Fields) {
		if _, byOwner := l.inscribed[p][t]; byOwner && !l.released[t] && !l.inCRM(t) && len(l.rewound[t]) == 0 {
			l.w.broken("loss", "%s, the %s of %s, was written by its owner and is not in the CRM, and the item was taken back", t, field, p.id)
		}
		l.released[t] = l.released[t] || !l.survives(t)
	}
	l.takenBack[p] = true
	l.touch(p, x.before.Fields, x.after.Fields)
}

// forget drops what a connection that has ended remembered: who connects again is met anew.
func (l *ledger) forget(u *user) {
	conn := u.conn.ID
	l.leftBehind()
	l.w.lost = true
	is := func(of string) bool { return of == conn }
	for _, at := range []map[string]int{l.ended, l.clean, l.looked} {
		delete(at, conn)
	}
	delete(l.named, conn)
	delete(l.against, conn)
	delete(l.guards.conns, conn)
	delete(l.w.undid, conn)
	delete(l.w.leased, conn)
	delete(l.w.plans, u.name)
	l.answers.forget(is)
	l.undos.forget(conn)
	for _, clean := range l.back {
		delete(clean, conn)
	}
	maps.DeleteFunc(l.selected, func(s selection, _ bool) bool { return s.user == u.name })
	maps.DeleteFunc(l.w.lag.told, func(t toldTo, _ record.Record) bool { return t.conn == conn })
}

// forget drops what undos of a connection took back, as nobody remembers it.
func (b *undoBook) forget(conn string) {
	maps.DeleteFunc(b.runs, func(r runOf, _ *deeds) bool { return r.conn == conn })
	maps.DeleteFunc(b.unmade, func(_ place, u unmade) bool { return u.conn == conn })
	for _, at := range b.rewound {
		maps.DeleteFunc(at, func(_ string, r rewound) bool { return r.conn == conn })
	}
}

// connectAgain connects a user whose connection has ended.
func (w *world) connectAgain(u *user) {
	if u == nil || !u.ended {
		return
	}
	if err := w.connect(u); err != nil {
		w.broken("sound", "%s cannot connect again: %v", u.name, err)
		return
	}
	u.ended, w.paused[u.name] = false, false
	if links := w.links(u.conn.ID); len(links) > 0 {
		w.broken("sound", "a connection that has ended remembers %d links", len(links))
	}
	w.reach("edit connect")
}

// noMore reports whether the connection of a user has ended. Then it is not there for anything.
func (w *world) noMore(u *user) bool {
	if !u.ended {
		return false
	}
	if _, err := w.engine.Sync(w.ctx, u.conn.ID); !errors.Is(err, contactsync.ErrNotFound) {
		w.broken("sound", "a connection that has ended runs: %v", err)
	}
	return true
}
