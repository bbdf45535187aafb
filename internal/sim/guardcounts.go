package sim

import (
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// count counts n on a side, against what a person has let pass first, and holds it against the limits.
func (g *guardBook) count(f *frame, what int, side record.Side, n int) {
	b, limit := f.book, watched[what].of(g.w.settings.Guards)
	f.did[what][side] += n
	let := min(b.passed[what][side], n)
	b.passed[what][side] -= let
	b.counted[what][side] = append(b.counted[what][side], count{g.w.now, n - let})
	if limit.Off || n == 0 {
		return
	}
	run, day := limits(limit, watched[what].std, g.most(f))
	if run = max(run, f.passed[what][side]); f.did[what][side] > run {
		g.w.broken("deletes", "%d records of the %s %s in one run, and the guard lets %d pass", f.did[what][side], side, watched[what].done, run)
	}
	sum := 0
	for _, c := range b.counted[what][side] {
		if g.within(f, c.at) {
			sum += c.n
		}
	}
	if sum > day {
		g.w.broken("deletes", "%d records of the %s %s within a day, and the guard lets %d pass", sum, side, watched[what].done, day)
	}
}

// aDay is a little less than what the engine reckons as one, for clocks that are off.
const aDay = 24*time.Hour - time.Minute

// within reports whether a moment is within the day that counts: the last one, or where a person lets the connection wait the
// one before it was halted, and all since. An undo is not what it waits for.
func (g *guardBook) within(f *frame, at time.Time) bool {
	end := g.w.now
	if f.undoes == nil && !f.book.waits.IsZero() {
		end = f.book.waits
	}
	return at.After(end.Add(-aDay))
}

// most is the greatest number of links within the day, which the engine reckons by the hour.
func (g *guardBook) most(f *frame) int {
	most := 0
	for _, c := range f.book.links {
		if g.within(f, c.at.Add(time.Hour+2*time.Minute)) {
			most = max(most, c.n)
		}
	}
	return most
}

// limits are how many a run and a day may count of so many links.
func limits(l, std contactsync.Limit, links int) (run, day int) {
	if l.Percent == 0 && l.Floor == 0 {
		l.Percent, l.Floor = std.Percent, std.Floor
	}
	if l.DayPercent == 0 && l.DayFloor == 0 {
		l.DayPercent, l.DayFloor = l.Percent, l.Floor
	}
	return max(l.Floor, int(l.Percent*float64(links)/100+1e-9)), max(l.DayFloor, int(l.DayPercent*float64(links)/100+1e-9))
}
