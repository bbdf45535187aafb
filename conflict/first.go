package conflict

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// firstMeeting is the verdict on a rule that has no base. Nobody knows who changed what, so nothing is emptied:
// Existing decides first (M2), then the winner, and an empty source never blanks (C2).
func (x *exchange) firstMeeting() verdict {
	if x.agreed() {
		return x.settle()
	}
	if x.leftApart() {
		return settled(Undone)
	}
	if made, ok := x.made(); ok && !x.empty(made.Other()) {
		if !x.may(made) {
			return settled(notTo(made))
		}
		return x.meet(made, Overrode)
	}
	switch {
	case x.empty(record.CRM) && !x.empty(record.Outlook):
		if !x.may(record.CRM) {
			return settled(NotToCRM)
		}
		return x.meet(record.CRM, FilledEmpty)
	case x.empty(record.Outlook):
		switch {
		case !x.may(record.Outlook):
			return settled(NotToOutlook)
		case x.w.m.Options.Existing == Leave:
			return settled(LeftAlone)
		}
		return x.meet(record.Outlook, FilledEmpty)
	}
	return x.contested()
}

// leftApart reports whether an undo left the rule just as the sides hold it, in an earlier tie of one of the records.
func (x *exchange) leftApart() bool {
	return slices.ContainsFunc(x.w.pair.Undone, func(s Seen) bool {
		return s.Rule == x.ID && x.side[0].holds(x.w.m, x.Compiled, 0, &s) && x.side[1].holds(x.w.m, x.Compiled, 1, &s)
	})
}

// made is the side whose item the sync made itself. At a meeting anew people may have worked on it since.
func (x *exchange) made() (record.Side, bool) {
	if x.anew {
		return 0, false
	}
	switch x.w.pair.Created {
	case [2]bool{record.CRM: true}:
		return record.CRM, true
	case [2]bool{record.Outlook: true}:
		return record.Outlook, true
	}
	return 0, false
}

// contested is the verdict on a first meeting at which each side has a value of its own.
func (x *exchange) contested() verdict {
	o := &x.w.m.Options
	crm, outlook := x.may(record.CRM), x.may(record.Outlook)
	if outlook && o.Existing != Leave && x.onlyAdds(record.Outlook) {
		return x.meet(record.Outlook, FilledEmpty)
	}
	if crm && x.onlyAdds(record.CRM) {
		return x.meet(record.CRM, FilledEmpty)
	}
	if o.Existing == Override && outlook {
		return x.meet(record.Outlook, Overrode)
	}
	keep := OnlyFillsEmpty
	switch {
	case !outlook && !crm:
		keep = NotAllowed
	case !outlook:
		keep = NotToOutlook
	case o.Existing == Leave:
		keep = LeftAlone
	}
	win := x.winner()
	switch {
	case win.clear && win.side == record.Outlook && crm:
		return x.meet(record.CRM, win.reason())
	case win.clear:
		return settled(keep)
	case crm && !outlook:
		return x.meet(record.CRM, OneSided)
	case crm && o.Existing != Leave:
		return verdict{effect: asks}
	}
	return settled(keep)
}

// onlyAdds reports whether carrying to the side would leave everything there that it holds: another address, the street
// beside the city. It fills what is empty, and is nobody's loss.
func (x *exchange) onlyAdds(to record.Side) bool {
	carried, moves := x.carry(to)
	before, after := x.side[to].view, x.View(to, carried)
	if !moves {
		return false
	}
	for i, f := range x.Fields[to] {
		for _, entry := range before[i] {
			if entry != "" && !slices.ContainsFunc(after[i], func(kept string) bool {
				return f.Equal(record.Value{entry}, record.Value{kept}, x.w.m.Map.Locale)
			}) {
				return false
			}
		}
	}
	return true
}

// meet is send at a first meeting, which empties nothing: a value that the lens has no form for is no reason to.
func (x *exchange) meet(to record.Side, why Reason) verdict {
	if x.blanks(to) {
		return settled(EmptyKept)
	}
	return x.send(to, why)
}
