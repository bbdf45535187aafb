package conflict

import (
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// recordVerdict is who wins the whole record, where a conflict in one rule decides all (Options.WholeRecord).
type recordVerdict struct {
	conflict bool
	byPeople bool // people chose it, by what they were shown
	win      win
}

// judgeRecord looks for a real conflict in any rule, and says who wins it. It needs all sides that could take part: a
// question that is still open and a side that was not read hold the record until it is.
func (w *work) judgeRecord() {
	if !w.m.Options.WholeRecord {
		return
	}
	var people [2]bool // whose value people took in rules that conflict
	open := false      // a rule conflicts, and nobody decided it
	timeless := false  // times could not tell before
	for i := range w.m.Map.Rules {
		x := w.open(i)
		if !x.readable() {
			continue
		}
		if !x.both() {
			if len(w.pair.Asked) > 0 && x.news() {
				w.held = true
				w.out.NeedsRead = x.missing()
			}
			continue
		}
		if !x.changed[0] || !x.changed[1] || !x.mayAny() || x.agreed() {
			continue
		}
		w.record.conflict = true
		if d, ok := x.decision(); ok && d.Raw == x.shown() {
			people[d.Side] = true
		} else {
			open, timeless = true, timeless || x.openStill()
		}
	}
	w.record.win = w.recordWinner(people, open, timeless)
}

// recordWinner is the winner by the settings, or where they ask the side that people chose every time. Where people
// chose now one side and now the other, and left no rule open, nothing is left to win.
func (w *work) recordWinner(people [2]bool, open, timeless bool) win {
	unanimous := people[record.CRM] != people[record.Outlook]
	if !open {
		w.record.conflict, w.record.byPeople = unanimous, true
		return win{clear: unanimous, side: chosen(people)}
	}
	setting := w.m.Options.Winner
	if setting == mapping.Newest && timeless {
		setting = mapping.Ask
	}
	if by := w.win(setting, w.pair.Modified); by.clear || !unanimous {
		return by
	}
	w.record.byPeople = true
	return win{clear: true, side: chosen(people)}
}

func chosen(people [2]bool) record.Side {
	if people[record.CRM] {
		return record.CRM
	}
	return record.Outlook
}

// byRecord is the verdict on a changed rule of a record in which some rule conflicts.
func (x *exchange) byRecord() (verdict, bool) {
	rec := x.w.record
	if !rec.conflict || !x.mayAny() {
		return verdict{}, false
	}
	if !rec.win.clear {
		return verdict{effect: asks}, true
	}
	if rec.byPeople && !x.openStill() {
		return verdict{}, false // written since people were asked: they did not choose against it
	}
	loser := rec.win.side.Other()
	switch {
	case x.may(loser) && x.changed[loser] && x.changed[rec.win.side]:
		return x.send(loser, rec.win.reason()), true
	case x.may(loser) && x.changed[loser]:
		return x.send(loser, RecordWon), true
	case x.may(loser): // the winner's own edit
		return verdict{}, false
	case x.changed[0] && x.changed[1]:
		return settled(notTo(loser)), true
	}
	return verdict{}, false // the winner cannot send this rule: it goes its own one way
}

// news reports whether there is anything to decide that was not known when the question was asked.
func (x *exchange) news() bool {
	if _, ok := x.decision(); ok {
		return true
	}
	if x.asked != nil {
		return !x.asSeenByPerson() || !x.stillAsks()
	}
	return x.changed[0] || x.changed[1]
}
