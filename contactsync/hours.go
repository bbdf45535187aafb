package contactsync

import (
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Hour counts what the runs of one hour did that guards limit, by side. A write is counted in a save before it is made, and
// taken back when it is known not to have happened: a stopped run has counted all it wrote, and at most one chunk more. A
// removal is counted in the save that settles its link.
type Hour struct {
	Start time.Time // on the hour
	Links int       // the most links that one of the runs had
	// Removed are linked records that were found removed from the side; the others were written there.
	Removed, Deleted, Cleared, Created, Changed [2]int
}

// day sums up what was counted within a day, and the most links there were. While a connection waits, the day is the one
// before it halted: time alone lets nothing pass that a person was asked about. An undo is nothing of that, and its day is the last.
func (r *run) day() (sum counts, links int) {
	end, keep := r.start, r.start
	if h := r.conn.Halt; h != nil {
		keep = h.Since
		if r.undone == nil {
			end = keep
		}
	}
	over := func(h Hour, end time.Time) bool { return !h.Start.Add(time.Hour).After(end.Add(-aDay)) }
	var kept []Hour
	for _, h := range r.conn.Progress.Day {
		if over(h, keep) || h.Start.After(r.start.Add(aDay)) { // or of a clock that is wrong
			continue
		}
		if kept = append(kept, h); over(h, end) {
			continue
		}
		for c := range limited {
			for side, n := range limited[c].count(&h) {
				sum[c][side] += n
			}
		}
		links = max(links, h.Links)
	}
	r.conn.Progress.Day = kept
	return sum, links
}

// tally counts what the tasks are about to do, and reports whether that must be saved before it is done.
func (r *run) tally(tasks []*task) bool {
	must := false
	for _, t := range tasks {
		found := r.kinds(t.job, &t.v)
		for side, k := range found {
			switch {
			case t.write[side] != nil:
				t.tallied[side] = k &^ removal
				must = must || t.tallied[side] != 0
				r.add(t.tallied[side], record.Side(side), 1)
			case t.write == [2]*Write{} && t.v.dirty && t.v.needs == [2]bool{}: // it is settled already
				r.add(k&removal, record.Side(side), 1)
			}
		}
		if t.write != [2]*Write{} && !t.copy && !t.repeat {
			first := r.conn.Progress.spend(GuardFirstRun, record.Outlook, 1)
			must, r.unsaved = must || first, r.unsaved || first
		}
	}
	return must
}

// untally takes back what is known not to have been done, and counts removals once they are settled.
func (r *run) untally(tasks []*task) {
	for _, t := range tasks {
		if t.write == [2]*Write{} {
			continue
		}
		settled, wrote := true, false
		for side, f := range t.fate {
			settled = settled && f <= done
			wrote = wrote || f == done || f == unconfirmed
			if f == refused || f == outdated {
				r.add(t.tallied[side], record.Side(side), -1)
			}
		}
		if settled {
			for side, k := range r.kinds(t.job, &t.v) {
				r.add(k&removal, record.Side(side), 1)
			}
		}
		if !wrote && !t.copy && !t.repeat {
			first := r.conn.Progress.spend(GuardFirstRun, record.Outlook, -1)
			r.unsaved = r.unsaved || first
		}
	}
}

// add counts n records of these kinds on a side: against what a person has let pass, else in this hour.
func (r *run) add(k kinds, side record.Side, n int) {
	for c := range limited {
		if k&limited[c].kind == 0 {
			continue
		}
		r.unsaved = true
		if !r.conn.Progress.spend(limited[c].guard, side, n) {
			limited[c].count(r.hour())[side] += n
		}
	}
}

// hour is the hour that is running, with the links that this run began with.
func (r *run) hour() *Hour {
	day := &r.conn.Progress.Day
	start := r.e.cfg.Now().UTC().Truncate(time.Hour)
	i := slices.IndexFunc(*day, func(h Hour) bool { return h.Start.Equal(start) })
	if i < 0 {
		*day = append(*day, Hour{Start: start})
		i = len(*day) - 1
	}
	h := &(*day)[i]
	h.Links = max(h.Links, r.had)
	return h
}

// withCounts puts what was counted since the last save into a batch, to be saved in one step with what it counts; and how many
// links there are after it.
func (r *run) withCounts(b *Batch) {
	moved := r.linksKnown && r.conn.Progress.Linked != r.links+r.missing
	if (r.unsaved || moved) && b.Connection == nil {
		r.noteLinked()
		conn := r.conn
		conn.Progress.Day, conn.Progress.Passed = slices.Clone(conn.Progress.Day), slices.Clone(conn.Progress.Passed)
		b.Connection = &conn
	}
	if r.undone != nil && b.Connection != nil {
		b.Connection.Progress.Passed = slices.Clone(r.undone.passed)
	}
	r.unsaved = false
}
