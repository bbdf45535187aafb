package sim

import (
	"context"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// A connection is off while its user has paused it, or is deactivated in the CRM. Then its runs write nothing and ask neither
// side for anything, and what both sides did meanwhile is caught up with afterwards: the checks at the end do not ask how it came about.
// An undo of what is paused goes on; of a user who is deactivated it is as any run.

// off reports whether a user's connection is off.
func (w *world) off(u *user) bool { return w.paused[u.name] || w.dismissed[u.name] }

// turn switches a user's connection off or on: "pause" and "continue" are the user's own switch, "dismiss" and "reinstate" what the CRM
// says of the user.
func (w *world) turn(verb, name string) {
	u := w.user(name)
	if u == nil || u.ended {
		return
	}
	switch verb {
	case "pause":
		w.did(w.engine.Deactivate(w.ctx, u.conn.ID))
		w.paused[name] = true
	case "continue":
		w.did(w.engine.Activate(w.ctx, u.conn.ID))
		w.paused[name] = false
	default:
		if !w.roster {
			return
		}
		w.dismissed[name] = verb == "dismiss"
	}
	w.reach("edit " + verb)
	conn, err := w.engine.Connection(w.ctx, u.conn.ID)
	if said := conn.Status == contactsync.Off; err != nil || said != w.off(u) {
		w.broken("sound", "the connection of %s is said to be off: %v; it is: %v (error %v)", name, said, w.off(u), err)
	}
}

// ActiveUser makes a side of a world with a roster [contactsync.ActiveUsers].
func (s *side) ActiveUser(ctx context.Context, _, user string) (bool, error) {
	if !s.w.roster {
		return true, nil
	}
	f := s.w.strike("store.active")
	if err := s.w.before(ctx, f); err != nil {
		return false, err
	}
	return !s.w.dismissed[user], s.w.after(f)
}

// endOff judges a run of a connection that is off.
func (l *ledger) endOff(u *user, report contactsync.Report, ended bool) {
	if ended && report.Conn != "" && report.Status != contactsync.Off && len(l.w.struck) == 0 {
		l.w.broken("sound", "%s is off, and a run of it ends as %s", u.name, report.Status)
	}
	for call := range l.w.calls {
		if asksASide(call) {
			l.w.broken("bounded", "%s is off, and a run of it calls %s", u.name, call)
		}
	}
	l.w.reach("event off")
}

// asksASide reports whether a call asks a side for records, or writes any.
func asksASide(call string) bool {
	return strings.HasPrefix(call, "store.") && call != "store.active" || strings.HasPrefix(call, "outlook.")
}

// turnOn has everybody run once more as things are, and then ends what keeps connections off.
func (w *world) turnOn() {
	for _, u := range w.users {
		if u.ended || !w.off(u) {
			continue
		}
		w.now = w.now.Add(25 * time.Hour)
		for _, v := range w.users {
			switch {
			case v.ended:
			case w.off(v):
				w.faultless(v, nil)
			default:
				w.settleRun(v)
			}
		}
		break
	}
	for _, u := range w.users {
		if w.paused[u.name] {
			w.turn("continue", u.name)
		}
		if w.dismissed[u.name] {
			w.turn("reinstate", u.name)
		}
	}
}
