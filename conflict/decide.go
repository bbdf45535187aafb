package conflict

import (
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// decide is the verdict on one rule: whether it is for such records, then a person's word, then an open question, then the three-way rules.
func (x *exchange) decide() verdict {
	if !x.readable() {
		return verdict{}
	}
	if v, ok := x.byKind(); ok {
		return v
	}
	if v, ok := x.byPerson(); ok {
		return v
	}
	if x.both() && x.asksIfBorrowed() && x.asSeenByPerson() {
		return verdict{effect: waits}
	}
	if x.asked != nil && !x.both() {
		if x.asSeenByPerson() && (x.stillAsks() || x.asksIfBorrowed()) {
			return verdict{effect: waits}
		}
		return verdict{effect: waits, needs: x.missing()}
	}
	if x.base == nil {
		if !x.both() {
			return verdict{needs: x.missing()}
		}
		return x.firstMeeting()
	}
	if x.side[0].unread && x.side[1].unread {
		return verdict{}
	}
	return x.later()
}

// asSeenByPerson reports whether the sides at hand hold what the open question shows.
func (x *exchange) asSeenByPerson() bool {
	for side := range x.side {
		if x.side[side].known && !x.side[side].holds(x.w.m, x.Compiled, record.Side(side), x.asked) {
			return false
		}
	}
	return true
}

// openStill reports whether a question is open about just what the sides hold. Times alone do not answer it later: they
// could not when it was asked, and may since have moved with something else in the record.
func (x *exchange) openStill() bool { return x.asked != nil && x.asSeenByPerson() }

// stillAsks reports whether the settings still leave the rule to a person.
func (x *exchange) stillAsks() bool {
	w := x.setting()
	if x.w.m.Options.WholeRecord && x.base != nil {
		w = x.w.m.Options.Winner
	}
	return w != mapping.CRMWins && w != mapping.OutlookWins
}

// asksIfBorrowed reports whether the open question is whose a value is, which no setting answers.
func (x *exchange) asksIfBorrowed() bool {
	return x.asked != nil && x.asked.Diverged == Borrowed && x.base != nil && x.may(record.CRM)
}

// setting is the winner by the rule, else by the options.
func (x *exchange) setting() mapping.Winner {
	if x.Conflict != mapping.Inherit {
		return x.Conflict
	}
	return x.w.m.Options.Winner
}

// later is the verdict on a rule that was seen before.
func (x *exchange) later() verdict {
	crm, outlook := x.changed[record.CRM], x.changed[record.Outlook]
	switch {
	case !crm && !outlook:
		return verdict{effect: kept}
	case x.both() && x.agreed():
		return x.settle()
	}
	if outlook && x.may(record.CRM) && slices.Contains(x.w.pair.Borrowed, x.ID) {
		if !x.both() {
			return verdict{needs: x.missing()}
		}
		return verdict{effect: asks, diverged: Borrowed}
	}
	if v, ok := x.byRecord(); ok {
		return v
	}
	switch {
	case crm && outlook:
		return x.bothChanged()
	case crm:
		return x.oneChanged(record.CRM)
	}
	return x.oneChanged(record.Outlook)
}

// oneChanged is the verdict where only the side from changed, and says something else than the other.
func (x *exchange) oneChanged(from record.Side) verdict {
	to := from.Other()
	if !x.may(to) {
		if !x.restores(from) {
			return settled(drifted(from))
		}
		return x.sendOrRead(from, Restored)
	}
	return x.sendOrRead(to, OneSided)
}

// restores reports whether an edit on the side, which may not send, is put back.
func (x *exchange) restores(side record.Side) bool {
	if side == record.CRM && x.w.pair.Shared {
		return false
	}
	return x.w.m.Options.Drift == DriftRestore && x.may(side)
}

// sendOrRead is send, or the intention to where a side was not read.
func (x *exchange) sendOrRead(to record.Side, why Reason) verdict {
	if x.both() {
		return x.send(to, why)
	}
	if keep, guarded := x.guarded(to); guarded {
		return settled(keep)
	}
	return verdict{effect: intends, to: to, reason: why, needs: x.missing()}
}

// bothChanged is the verdict where both sides changed, and say different things.
func (x *exchange) bothChanged() verdict {
	crm, outlook := x.may(record.CRM), x.may(record.Outlook)
	if !crm && !outlook {
		return settled(NotAllowed)
	}
	for _, drifted := range [2]record.Side{record.CRM, record.Outlook} {
		if !x.may(drifted.Other()) && x.restores(drifted) {
			return x.send(drifted, Restored)
		}
	}
	win := x.winner()
	switch {
	case !win.clear:
		return verdict{effect: asks}
	case !x.may(win.side.Other()):
		return settled(notTo(win.side.Other()))
	}
	return x.send(win.side.Other(), win.reason())
}

// win is who wins a conflict; without a clear winner, a person is asked.
type win struct {
	clear, newer bool
	side         record.Side
}

func (w win) reason() Reason {
	reasons := [2][2]Reason{{CRMWon, OutlookWon}, {CRMNewer, OutlookNewer}}
	if w.newer {
		return reasons[1][w.side]
	}
	return reasons[0][w.side]
}

// winner applies the setting to the rule.
func (x *exchange) winner() win {
	if x.setting() == mapping.Newest && x.openStill() {
		return win{}
	}
	return x.w.win(x.setting(), [2]time.Time{x.modified(record.CRM), x.modified(record.Outlook)})
}

func (w *work) win(setting mapping.Winner, modified [2]time.Time) win {
	switch setting {
	case mapping.CRMWins:
		return win{clear: true, side: record.CRM}
	case mapping.OutlookWins:
		return win{clear: true, side: record.Outlook}
	case mapping.Newest:
		crm, outlook := modified[record.CRM], modified[record.Outlook]
		if crm.IsZero() || outlook.IsZero() || crm.Sub(outlook).Abs() <= w.m.Options.Skew {
			return win{}
		}
		if crm.After(outlook) {
			return win{clear: true, newer: true, side: record.CRM}
		}
		return win{clear: true, newer: true, side: record.Outlook}
	}
	return win{}
}

// modified is when a person last changed the rule's fields on the side.
func (x *exchange) modified(side record.Side) time.Time {
	var last time.Time
	if at := x.w.pair.FieldModified; at != nil {
		for _, f := range x.Fields[side] {
			if t := at(side, f.Name); t.After(last) {
				last = t
			}
		}
	}
	if last.IsZero() {
		return x.w.pair.Modified[side]
	}
	return last
}
