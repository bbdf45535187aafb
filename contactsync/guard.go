package contactsync

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// pass lets a halt pass in the next run, beside those let pass before: a run may meet several guards one after another.
func (p *Progress) pass(h Halt) {
	p.Passed = append(slices.Clone(p.Passed), h)
}

// passed is how many a person let pass of what the guard counts on the side.
func (p *Progress) passed(guard Guard, side record.Side) (n int) {
	for _, h := range p.Passed {
		if h.Guard == guard && h.Side == side {
			n = max(n, h.Count)
		}
	}
	return n
}

// guard holds what is about to be written against the limits, and returns the first that is exceeded. What a person has
// let pass since a halt passes, up to the count that was shown.
func (r *run) guard() *Halt {
	var deletes, clears, creates, changes [2]int
	wrote := 0
	for _, j := range r.jobs {
		if j.writes() {
			wrote++
		}
		for side, op := range j.ops {
			switch {
			case op == Delete && !j.copy:
				deletes[side]++
			case op == Create:
				creates[side]++
			case op == Update && !j.first:
				changes[side]++
			}
			if j.clears[side] {
				clears[side]++
			}
		}
	}
	g := r.terms.Guards
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		for _, check := range []struct {
			guard Guard
			n     int
			limit Limit
			std   Limit
		}{
			{GuardEmptySide, r.removed[side], g.EmptySide, Limit{Percent: 50, Floor: 5}},
			{GuardDeletes, deletes[side], g.Deletes, Limit{Percent: 10, Floor: 5}},
			{GuardClears, clears[side], g.Clears, Limit{Percent: 10, Floor: 20}},
			{GuardCreates, creates[side], g.Creates, Limit{Off: true}},
			{GuardChanges, changes[side], g.Changes, Limit{Percent: 50, Floor: 50}},
		} {
			if h := r.exceeds(check.guard, side, check.n, check.limit, check.std); h != nil {
				return h
			}
		}
	}
	if n := g.ApproveFirstRun; n > 0 && r.conn.Progress.Runs == 0 && wrote > max(n, r.conn.Progress.passed(GuardFirstRun, record.Outlook)) {
		return &Halt{Guard: GuardFirstRun, Side: record.Outlook, Count: wrote, Of: wrote, Limit: n}
	}
	return nil
}

func (r *run) exceeds(guard Guard, side record.Side, n int, limit, std Limit) *Halt {
	if limit == (Limit{}) {
		limit = std
	}
	if limit.Off || n == 0 || n <= r.conn.Progress.passed(guard, side) {
		return nil
	}
	allowed := max(limit.Floor, int(limit.Percent/100*float64(r.links)))
	if n <= allowed {
		return nil
	}
	return &Halt{Guard: guard, Side: side, Count: n, Of: r.links, Limit: allowed}
}

// words says to a person what a halt means.
func (h *Halt) words() string {
	what := map[Guard]string{
		GuardEmptySide: "are reported as removed from the " + sideName(h.Side),
		GuardDeletes:   "would be deleted from the " + sideName(h.Side),
		GuardClears:    "would lose a value in the " + sideName(h.Side),
		GuardCreates:   "would be created in the " + sideName(h.Side),
		GuardChanges:   "would be changed in the " + sideName(h.Side),
		GuardFirstRun:  "would be written by the first run",
	}[h.Guard]
	return fmt.Sprintf("Stopped before anything was written: %d of %d contacts %s, and %d are allowed without asking. Look at the plan, then let it go on or not.",
		h.Count, cmp.Or(h.Of, h.Count), what, h.Limit)
}
