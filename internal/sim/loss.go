package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// removed judges a write of the sync that took a token off a record. Where it was the last trace of the token, this write or
// an earlier one that took it off another record must be licensed by one of:
//
//   - a person overwrote or cleared the value somewhere, or deleted or merged away a record that had it, and the settings
//     let that delete go across: what people take away themselves is not lost;
//   - a person decided the conflict against it, see decidedAgainst;
//   - the link listed the rule as diverged: both values were shown to differ, and the next edit of one side goes across;
//   - it was written between the read and the write on a service that ignores versions;
//   - the run itself, or the one that it took over from, listed the rule as diverged, see listedMeanwhile;
//   - an undo took it off the counterpart, see followsUndo;
//   - the CRM record that an item had it from was deleted, see goesOnWith;
//   - for an update, see overruled;
//   - for a delete that is itself licensed: the value was not written since the last run of the connection, or was carried to the
//     counterpart since, or no rule is about it, or the settings let a delete win over an edit.
func (l *ledger) removed(t token, field string, x writing, links []contactsync.Link) {
	if x.write.Op == contactsync.Delete {
		at, byPerson := l.inscribed[x.place()][t]
		fresh := byPerson && at > l.ended[x.scope.Conn] && l.speaksOf(ruleOf(x.side, field), links)
		carried := slices.ContainsFunc(links, func(link contactsync.Link) bool { // by a run that another took over from
			_, has := tokens(x.counterpart(link).in(l.w).Fields)[t]
			return has
		})
		if fresh && !carried && !l.released[t] && l.w.settings.EditVsDelete != conflict.DeleteWins {
			l.w.broken("loss", "%s of %s %s: a person wrote it since the last run, and the record was deleted", t, x.side, x.place().id)
		}
		if l.w.settings.EditVsDelete == conflict.DeleteWins {
			l.released[t] = true // other mailboxes follow, also one that an older copy brings the record back to
		}
		return
	}
	rule := l.w.ruleOf(x.side, field)
	if l.run.undoes != nil { // it takes back what the run wrote, and the settings have no say; its own journal keeps that
		l.released[t] = l.released[t] || !l.survives(t)
		l.rewound[t] = append(l.rewound[t], rewoundAt{x.place(), rule, x.scope.Conn, l.tick})
		return
	}
	for _, link := range links {
		if len(l.named[x.scope.Conn][t]) > 0 || l.decidedAgainst(rule, x, link) || l.goesOnWith(t, rule, x, link) || l.followsUndo(t, rule, x, link) || l.listedMeanwhile(rule, x, link) || l.exempt[t] || l.overruled(t, rule, x, link) {
			l.released[t] = true // other mailboxes follow
		}
	}
	if l.released[t] || l.survives(t) {
		return
	}
	l.w.broken("loss", "%s, the %s of %s %s, was overwritten with %q and is nowhere now",
		t, rule, x.side, x.place().id, value(x.after.Fields, field))
}

// overruled reports whether the settings let a value lose against that of the other side:
//
//   - in a conflict: the winner is the other side, or the newest; and the other side has indeed changed since a run that
//     left nothing open;
//   - at a first meeting: as in a conflict, or existing = override, or the side may not send at all;
//   - drift = restore, and the side may not send;
//   - the item was made without the value, for the rule does not go that way, and has got one of its own before a clean run;
//   - the mailbox has dropped the value, and the item has got one of its own before a run could say so;
//   - an action sets the field, and the value was there already when the last run ended.
//
// What no rule is about, and what actions only add to, the sync takes from nobody.
func (l *ledger) overruled(t token, rule string, x writing, link contactsync.Link) bool {
	s := l.w.settings
	if rule == "" {
		return false
	}
	acts := isAction(rule)
	if at, byPerson := l.inscribed[x.place()][t]; acts && !(byPerson && at > l.ended[x.scope.Conn]) {
		return true
	}
	wins := func(w mapping.Winner) bool {
		return w == mapping.Newest || w == mapping.CRMWins && x.side == record.Outlook || w == mapping.OutlookWins && x.side == record.CRM
	}
	winner := s.Conflict
	for _, r := range s.Mapping {
		if r.ID == rule && r.Conflict != mapping.Inherit {
			winner = r.Conflict
		}
	}
	sends := l.may(x.side.Other(), rule)
	if s.Drift == conflict.DriftRestore && !sends {
		return true
	}
	if l.meets(link, rule) {
		return wins(winner) || x.side == record.Outlook && s.Match.Existing == conflict.Override || x.side == record.CRM && !sends
	}
	if x.side == record.CRM && !sends && link.Made[record.Outlook] && l.changed[x.counterpart(link)][rule] > l.clean[x.scope.Conn] {
		return true // it could not be sent when the item was made, and the item says something else now
	}
	if l.w.drops && slices.Contains(dropped, fieldOf(record.Outlook, rule)) && x.side == record.CRM && l.changed[x.counterpart(link)][rule] > l.clean[x.scope.Conn] {
		return true
	}
	other := l.changed[x.counterpart(link)]
	clean := l.clean[x.scope.Conn]
	putBack := max(l.undos.made[x.place()], l.undos.made[x.counterpart(link)])
	if link.Phase != contactsync.Linked || link.Version == [2]string{} || putBack > clean {
		clean = 0 // the link rested meanwhile, or until an undo put a record back: nothing was settled
	}
	if wins(winner) && (other[rule] > clean || acts && (l.touchedAt(x.counterpart(link)) > clean || l.actsLater(rule, x, link))) {
		return true
	}
	if s.Merge == "record" && wins(s.Conflict) {
		if len(l.w.slots()) > 0 && l.touchedAt(x.counterpart(link)) > clean { // an action may have had something to write for that
			return true
		}
		for _, at := range other {
			if at > clean {
				return true
			}
		}
	}
	return false
}

// rewoundAt is where an undo took a token off a record.
type rewoundAt struct {
	place place
	rule  string
	conn  string
	tick  int
}

// followsUndo reports whether a value goes since an undo took it off the counterpart. To the mailboxes of others that is an edit
// like any: where the source is there no more, the undo's journal alone has the value. In the undo's own connection it
// stays, until somebody writes something else in its place: as with any value that is listed as diverged, also where the undo
// was stopped before it could list it. To merge the counterpart into a record that says something else is to write that.
func (l *ledger) followsUndo(t token, rule string, x writing, link contactsync.Link) bool {
	c := x.counterpart(link)
	return slices.ContainsFunc(l.rewound[t], func(r rewoundAt) bool {
		merged := c.side == record.CRM && slices.ContainsFunc(l.mergedInto[c.id], func(lost lostFields) bool { return lost.place == r.place })
		return (r.place == c || merged || l.tookPlaceOf(c, r.place)) && r.rule == rule && (r.conn != x.scope.Conn || l.changed[c][rule] > r.tick)
	})
}

// tookPlaceOf reports whether a CRM record was brought back in the place of another, or of one that had taken that one's.
func (l *ledger) tookPlaceOf(now, was place) bool {
	if now.side != record.CRM || was.side != record.CRM {
		return false
	}
	for id := l.inPlace[now.id]; id != ""; id = l.inPlace[id] {
		if id == was.id {
			return true
		}
	}
	return false
}

// goesOnWith reports whether an item shared a value with a CRM record that was deleted, and goes on with one that was brought back in its
// place from another card, which says something else.
func (l *ledger) goesOnWith(t token, rule string, x writing, link contactsync.Link) bool {
	c := x.counterpart(link)
	if c.side != record.CRM || value(c.in(l.w).Fields, fieldOf(record.CRM, rule)).IsEmpty() {
		return false
	}
	for id := l.inPlace[c.id]; id != ""; id = l.inPlace[id] {
		grave := l.w.buried[crmPlace(id)]
		if _, had := tokens(grave.fields)[t]; had && !crmPlace(id).lives(l.w) && l.inscribed[x.place()][t] <= grave.tick {
			return true
		}
	}
	return false
}

// standsIn reports whether what a link was to put back is there: the tie does not know it yet.
func (l *ledger) standsIn(link contactsync.Link, side record.Side) bool {
	for p, stamp := range l.stamps {
		s, err := contactsync.ParseStamp(stamp)
		revived := side == record.CRM && link.Revives != "" && l.inPlace[p.id] == link.Revives
		if err == nil && p.side == side && p.lives(l.w) && (s.Link == link.ID || revived) {
			return true
		}
	}
	return false
}

// listedMeanwhile reports whether a tie lists a rule as diverged since earlier in the run, or in the one that it took over from, and the
// edit that goes across came after that: a person wrote to an item that had been met and was not to be written to, or the CRM showed its edit late
// to the one who found that a value may not go there.
func (l *ledger) listedMeanwhile(rule string, x writing, link contactsync.Link) bool {
	began := l.run.tick
	if l.run.after != nil {
		began = l.run.after.tick
	}
	edited := l.changed[x.counterpart(link)][rule]
	return slices.ContainsFunc(link.Seen, func(s conflict.Seen) bool {
		switch {
		case s.Rule != rule:
			return false
		case x.side == record.CRM:
			left := s.Diverged == conflict.LeftAlone || s.Diverged == conflict.NotToOutlook || s.Diverged == conflict.DriftedInCRM
			if l.run.after != nil { // which had not read the item
				began = l.clean[x.scope.Conn]
			}
			return left && edited > began
		}
		shut := s.Diverged == conflict.NotToCRM || s.Diverged == conflict.DriftedInOutlook
		return shut && l.run.after != nil && edited > l.clean[x.scope.Conn] && slices.Contains(l.w.struck, "stale")
	})
}

// meets reports whether the link has not seen the rule yet, or its sides meet anew: they differed because a way was shut that is
// open now.
func (l *ledger) meets(link contactsync.Link, rule string) bool {
	for _, seen := range link.Seen {
		if seen.Rule != rule {
			continue
		}
		switch seen.Diverged {
		case conflict.DriftedInOutlook, conflict.NotToCRM:
			return l.may(record.CRM, rule)
		case conflict.DriftedInCRM, conflict.NotToOutlook:
			return l.may(record.Outlook, rule)
		case conflict.OtherKind:
			return true
		case conflict.NotAllowed:
			return l.may(record.CRM, rule) || l.may(record.Outlook, rule)
		}
		return false
	}
	return true
}

// allow is a row of the flow.
func (l *ledger) allow(side record.Side) contactsync.Ops { return flowTo(l.w.settings, side) }

func flowTo(s contactsync.Settings, side record.Side) contactsync.Ops {
	if side == record.Outlook {
		return allowed(s.Flow.ToOutlook)
	}
	return allowed(s.Flow.ToCRM)
}

// mapped reports whether the script's mapping has the rule.
func (l *ledger) mapped(rule string) bool {
	return slices.ContainsFunc(l.w.settings.Mapping, func(r mapping.Rule) bool { return r.ID == rule })
}

// speaksOf reports whether the mapping has the rule, and it is for the records of a tie; of a tie whose record cannot be seen any more,
// of what it was when it was.
func (l *ledger) speaksOf(rule string, links []contactsync.Link) bool {
	return l.mapped(rule) && !slices.ContainsFunc(links, func(link contactsync.Link) bool {
		return slices.ContainsFunc(link.Seen, func(s conflict.Seen) bool { return s.Rule == rule && s.Diverged == conflict.OtherKind })
	})
}

// may reports whether a rule's value may be carried to the side.
func (l *ledger) may(to record.Side, rule string) bool {
	for _, r := range l.w.settings.Mapping {
		if r.ID == rule {
			return r.Direction.Allows(to) && l.allow(to).Update
		}
	}
	return false
}

// inCRM reports whether any CRM record holds a token.
func (l *ledger) inCRM(t token) bool {
	return slices.ContainsFunc(l.w.tenant.Records(record.Contact), func(rec record.Record) bool {
		_, has := tokens(rec.Fields)[t]
		return has
	})
}

// survives reports whether a token is anywhere.
func (l *ledger) survives(t token) bool {
	if l.inCRM(t) {
		return true
	}
	for _, u := range l.w.users {
		for _, rec := range u.items() {
			if _, has := tokens(rec.Fields)[t]; has {
				return true
			}
		}
	}
	return false
}
