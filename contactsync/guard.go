package contactsync

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// kinds is a set of the things that guards count of one record on one side.
type kinds uint8

const (
	removal kinds = 1 << iota // found removed there
	deletion
	clearing
	creation
	change
)

// limited are the guards that count records, in the order they are asked: what was removed from a side comes before what
// follows from it on the other.
var limited = [...]struct {
	guard Guard
	kind  kinds
	std   Limit
	limit func(*Guards) Limit
	count func(*Hour) *[2]int
}{
	{GuardEmptySide, removal, Limit{Percent: 50, Floor: 5}, func(g *Guards) Limit { return g.EmptySide }, func(h *Hour) *[2]int { return &h.Removed }},
	{GuardDeletes, deletion, Limit{Percent: 10, Floor: 5}, func(g *Guards) Limit { return g.Deletes }, func(h *Hour) *[2]int { return &h.Deleted }},
	{GuardClears, clearing, Limit{Percent: 10, Floor: 20}, func(g *Guards) Limit { return g.Clears }, func(h *Hour) *[2]int { return &h.Cleared }},
	{GuardCreates, creation, Limit{Off: true}, func(g *Guards) Limit { return g.Creates }, func(h *Hour) *[2]int { return &h.Created }},
	{GuardChanges, change, Limit{Percent: 50, Floor: 50}, func(g *Guards) Limit { return g.Changes }, func(h *Hour) *[2]int { return &h.Changed }},
}

// counts are numbers of records, by entry of limited and by side.
type counts [len(limited)][2]int

// kinds are what the guards count of a verdict, by side. Copies of our own creates, repeated creates, first meetings, what
// fills the fields of a rule that was just added, and what a person has said to restore are not counted.
func (r *run) kinds(j *job, v *verdict) (k [2]kinds) {
	if j.copy {
		return k
	}
	for side, op := range v.ops {
		s := record.Side(side)
		restores := r.restores(j.link, s)
		switch {
		case op == Delete:
			k[side] |= deletion
		case op == Create && !j.repeat && !(restores && v.why == WhyRestored):
			k[side] |= creation
		case op == Update && !j.first && !v.first && !v.fills[side]:
			k[side] |= change
		}
		if v.clears[side] {
			k[side] |= clearing
		}
		if v.removed[side] && !restores {
			k[side] |= removal
		}
	}
	return k
}

// guard holds what is about to be written, and what was within the day, against the limits, and returns the first that is
// exceeded, of an undo with all others. What a person has let pass since a halt passes, up to the count that was shown.
func (r *run) guard() *Halt {
	if len(r.jobs) == 0 {
		return nil
	}
	var n counts
	var follow [2]int // deletes, by the side on which their cause was removed
	wrote := 0
	for _, j := range r.jobs {
		writes := false
		for side, k := range j.kinds {
			other := record.Side(side).Other()
			if k&removal != 0 && j.kinds[other]&deletion != 0 && (!j.restricted || j.only[other]) {
				follow[side]++
			}
		}
		for side, k := range j.kinds {
			if j.restricted && !j.only[side] {
				k &= removal
			} else {
				writes = writes || j.ops[side] != "" && !j.copy && !j.repeat
			}
			for c := range limited {
				if k&limited[c].kind != 0 {
					n[c][side]++
				}
			}
		}
		if writes {
			wrote++
		}
	}
	day, most := r.day()
	r.had, r.most = r.links, max(most, r.links)
	var halt *Halt
	for c := range limited {
		for side := range n[c] {
			switch h := r.exceeds(c, record.Side(side), n[c][side], day[c][side]); {
			case halt == nil:
				halt = h
			case h != nil && r.mode.undo != nil:
				halt.Also = append(halt.Also, Excess{h.Guard, h.Side, h.Count, h.Of, h.Limit, h.Day})
			}
		}
	}
	if first := r.terms.Guards.ApproveFirstRun; halt == nil && first > 0 && r.conn.Progress.Runs == 0 &&
		wrote > max(first, r.conn.Progress.passed(GuardFirstRun, record.Outlook)) {
		halt = &Halt{Guard: GuardFirstRun, Side: record.Outlook, Count: wrote, Of: wrote, Limit: first}
	}
	if halt != nil {
		if halt.Guard == GuardEmptySide {
			halt.Deletes = follow[halt.Side]
		}
		halt.Since = r.start
		switch old := r.conn.Halt; {
		case r.mode.undo != nil: // it asks a question of its own
			halt.Undoes = r.mode.undo.run
		case old != nil:
			halt.Since, halt.Waiting = old.Since, old.Waiting
		}
	}
	return halt
}

// exceeds asks one guard about n records of this run on a side, and before of earlier runs of the day. It also notes how
// many more this run may come upon.
func (r *run) exceeds(c int, side record.Side, n, before int) *Halt {
	guard := limited[c].guard
	limit := limited[c].limit(&r.terms.Guards).or(limited[c].std)
	run, day := limit.allowed(r.most)
	room := min(run-n, day-before-n)
	if limit.Off {
		room = math.MaxInt
	}
	if pass := r.conn.Progress.passed(guard, side); pass > 0 {
		room = max(room, pass-n)
	}
	r.spare[c][side] = max(room, 0)
	switch {
	case n == 0 || room >= 0:
		return nil
	case n > run:
		return &Halt{Guard: guard, Side: side, Count: n, Of: r.most, Limit: run}
	}
	return &Halt{Guard: guard, Side: side, Count: n, Of: r.most, Limit: day, Day: before}
}

// or fills in what a limit leaves to the default.
func (l Limit) or(std Limit) Limit {
	switch {
	case l == Limit{}:
		l = std
	case l.Percent == 0 && l.Floor == 0:
		l.Percent, l.Floor = std.Percent, std.Floor
	}
	if l.DayPercent == 0 && l.DayFloor == 0 {
		l.DayPercent, l.DayFloor = l.Percent, l.Floor
	}
	return l
}

// allowed is how many records of so many links a run and a day may count.
func (l Limit) allowed(links int) (run, day int) {
	share := func(percent float64) int { return int(percent*float64(links)/100 + 1e-9) }
	return max(l.Floor, share(l.Percent)), max(l.DayFloor, share(l.DayPercent))
}

// within reports whether a task does no more than the guards have counted or have room for. What was found only just before
// writing, when the guards had been asked, takes of the room that they left.
func (r *run) within(t *task) bool {
	found := r.kinds(t.job, &t.v)
	var spare = r.spare
	for side, k := range found {
		for c := range limited {
			if k&^t.job.kinds[side]&limited[c].kind != 0 {
				spare[c][side]--
			}
			if spare[c][side] < 0 {
				return false
			}
		}
	}
	r.spare = spare
	return true
}

const stoppedWords = "Stopped before anything was written: "

// counted says to a person what a guard counted.
func (h *Halt) counted() string {
	are := func(n int) string {
		if n == 1 {
			return "is"
		}
		return "are"
	}
	what := map[Guard]string{
		GuardEmptySide: are(h.Count) + " reported as removed from the " + sideName(h.Side),
		GuardDeletes:   "would be deleted from the " + sideName(h.Side),
		GuardClears:    "would lose a value in the " + sideName(h.Side),
		GuardCreates:   "would be created in the " + sideName(h.Side),
		GuardChanges:   "would be changed in the " + sideName(h.Side),
		GuardFirstRun:  "would be written by the first run",
	}[h.Guard]
	contacts := func(n int) string {
		if n == 1 {
			return "1 contact"
		}
		return fmt.Sprintf("%d contacts", n)
	}
	why := fmt.Sprintf("%d of %s %s", h.Count, contacts(h.Of), what)
	if h.Count > h.Of { // of those who are made there need not be as many yet
		why = fmt.Sprintf("%s %s, beside %d in sync", contacts(h.Count), what, h.Of)
	}
	if h.Day > 0 {
		return fmt.Sprintf("%s, after %d within a day, and %d a day %s allowed without asking", why, h.Day, h.Limit, are(h.Limit))
	}
	return fmt.Sprintf("%s, and %d %s allowed without asking", why, h.Limit, are(h.Limit))
}

// undoWords does so of the halt of an undo.
func (h *Halt) undoWords() string {
	var why []string
	for _, one := range h.each() {
		why = append(why, one.counted())
	}
	return stoppedWords + strings.Join(why, "; ") + ". Look at the plan of the undo, then let it pass or not."
}

// words says to a person what a halt means, and what can be done about it.
func (h *Halt) words() string {
	why := stoppedWords + h.counted() + "."
	if h.Deletes > 0 {
		why += fmt.Sprintf(" %d of them would be deleted from the %s for it.", h.Deletes, sideName(h.Side.Other()))
	}
	if h.Waiting {
		return why + " Each run looks again, and goes on by itself once this is over."
	}
	if side, ok := h.Restorable(); ok {
		return why + " Look at the plan, then let it go on, have the contacts restored in the " + sideName(side) + ", or let it wait."
	}
	return why + " Look at the plan, then let it go on or wait."
}

// aDay is the time over which guards add runs up.
const aDay = 24 * time.Hour
