package contactsync

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// makePlan lets the guards look at what is about to be written. A dry run ends here, with the plan spelled out; so does
// a run that a guard stops.
func (r *run) makePlan(ctx context.Context) error {
	if err := r.heedRights(ctx); err != nil {
		return err
	}
	if r.judgedAnything() || len(r.jobs) > 0 {
		if err := r.countLinks(ctx); err != nil {
			return err
		}
	}
	r.order()
	if r.mode.only != nil {
		r.keepPlanned(r.mode.only)
	}
	halt := r.guard()
	r.observePlan(ctx, halt)
	switch {
	case r.mode.dry:
		return r.spellOut(ctx, halt)
	case halt != nil:
		return r.halt(halt)
	}
	r.conn.Status, r.conn.Reason, r.conn.Halt = Idle, "", nil // it may have waited
	return nil
}

func (r *run) observePlan(ctx context.Context, halt *Halt) {
	writes := 0
	for _, j := range r.jobs {
		if j.writes() {
			writes++
		}
	}
	r.e.cfg.Observer.Observe(ctx, Planned{Conn: r.conn.ID, Actions: writes, Halt: halt})
}

// order puts the jobs in the order they are carried out in: creates in Outlook together, so that they fill their
// batches, and what writes nothing last.
func (r *run) order() {
	var creates, updates, deletes, crm, quiet []*job
	for _, j := range r.jobs {
		class := &quiet
		switch {
		case j.ops[record.Outlook] == Create:
			class = &creates
		case j.ops[record.Outlook] == Update:
			class = &updates
		case j.ops[record.Outlook] == Delete:
			class = &deletes
		case j.ops[record.CRM] != "":
			class = &crm
		}
		*class = append(*class, j)
	}
	r.jobs = slices.Concat(creates, updates, deletes, crm, quiet)
}

// halt stops the run before it writes anything: the connection waits for a person, cursors stay where they are.
func (r *run) halt(h *Halt) error {
	reason := h.words()
	r.report.Status, r.report.Reason, r.report.Halt = Halted, reason, h
	r.report.Ended = r.e.cfg.Now()
	conn := r.conn
	news := conn.Halt == nil || !reflect.DeepEqual(*conn.Halt, *h)
	conn.Status, conn.Reason, conn.Halt = Halted, reason, h
	conn.Progress.LastRun = r.report.Ended
	r.batch = Batch{Connection: &conn}
	if news { // while it waits, a report each time it looks would bury the others
		report := r.report
		r.batch.Report = &report
	}
	for _, m := range r.lease.Messages { // decisions and the like are for the run that goes on
		if m.Resume != nil {
			r.batch.Done = append(r.batch.Done, m.ID)
		}
	}
	return nil
}

// spellOut makes the plan of a dry run: every write with its fields and reasons.
func (r *run) spellOut(ctx context.Context, halt *Halt) error {
	if err := r.readForPlan(ctx); err != nil {
		return err
	}
	p := r.emptyPlan()
	p.Matched, p.Links = r.report.Matched, r.links
	if err := r.lookUpJobs(ctx); err != nil {
		return err
	}
	for _, j := range r.jobs {
		v := r.judgeJob(j)
		if r.holdAccount(j, &v, r.jobHalves(j)) {
			continue
		}
		for _, p := range v.asked {
			r.problem(p)
		}
		for side, op := range v.ops {
			if op == "" {
				continue
			}
			p.Actions = append(p.Actions, r.action(j, &v, record.Side(side)))
		}
		switch was, is := j.takesPart(), v.takesPart(); {
		case !was && is:
			p.Entering++
		case was && !is:
			p.Leaving++
		}
	}
	p.Problems = r.report.Problems
	switch {
	case halt != nil:
		p.Status, p.Reason, p.Halt = Halted, r.haltWords(halt), halt
	case r.mode.undo != nil:
		p.Reason = r.report.Reason
	default:
		r.noteUntold()
		p.Reason = r.shortcoming()
	}
	r.plan = p
	return nil
}

// takesPart reports whether the link of a job counts as tied already; of one that is taken up again, whether it was.
func (j *job) takesPart() bool {
	was := j.link
	if j.prior != nil {
		was = j.prior
	}
	return was.ID != "" && was.Phase == Linked
}

// takesPart reports whether the records of a verdict will be tied: also those of which one is still to be made.
func (v *verdict) takesPart() bool {
	return !v.drop && (v.link.Phase == Linked || slices.Contains(v.ops[:], Create))
}

func (r *run) haltWords(h *Halt) string {
	if r.mode.undo != nil {
		return h.undoWords()
	}
	return h.words()
}

func (r *run) emptyPlan() *Plan {
	p := &Plan{Conn: r.conn.ID, Undoes: r.report.Undoes, Made: r.start, Status: Idle}
	if r.terms != nil {
		p.Settings = r.terms.print
	}
	return p
}

// readForPlan reads the Outlook items that a run would read just before writing them.
func (r *run) readForPlan(ctx context.Context) error {
	var ids []string
	for _, j := range r.jobs {
		h := r.live[record.Outlook][j.ids[record.Outlook]]
		if id := j.ids[record.Outlook]; id != "" && (!h.read() || h.rec != nil && !r.whole(record.Outlook, h.rec)) {
			ids = append(ids, id)
		}
	}
	return r.fetch(ctx, record.Outlook, ids)
}

func (r *run) action(j *job, v *verdict, side record.Side) Action {
	a := Action{Op: v.ops[side], Side: side, IDs: j.ids, Reason: v.why, Versions: j.versions(r)}
	if a.Op == Delete {
		return a
	}
	for _, rule := range v.out.Rules {
		if !rule.Writes[side] {
			continue
		}
		c := FieldChange{Rule: rule.Rule, Reason: rule.Reason, Clears: rule.Clears}
		for i := range r.terms.rules.Rules {
			if compiled := &r.terms.rules.Rules[i]; compiled.ID == rule.Rule {
				for _, f := range compiled.Fields[side] {
					if v.set[side].Known(f.Name) {
						c.Fields = append(c.Fields, f.Name)
					}
				}
			}
		}
		if len(c.Fields) > 0 {
			a.Fields = append(a.Fields, c)
		}
	}
	for _, s := range v.out.Seen {
		if s.Diverged == conflict.LostCut {
			a.Notes = append(a.Notes, fmt.Sprintf("%s: the value is cut to what the field holds", s.Rule))
		}
	}
	return a
}

// versions are the versions a job is judged from.
func (j *job) versions(r *run) (v [2]string) {
	for side, h := range r.halves(j.ids) {
		if h.rec != nil {
			v[side] = h.rec.Version
		}
	}
	return v
}

// planned names an action of a plan.
type planned struct {
	side record.Side
	op   Op
	ids  [2]string
}

// keepPlanned drops the writes that the plan does not name, or whose records have moved since: they are left to the next
// run, whose cursors stay where they are.
func (r *run) keepPlanned(p *Plan) {
	named := map[planned]Action{}
	for _, a := range p.Actions {
		named[planned{a.Side, a.Op, a.IDs}] = a
	}
	kept := r.jobs[:0]
	for _, j := range r.jobs {
		if j.writes() && !r.asPlanned(j, named) {
			r.leaveToNext(j.ids)
			continue
		}
		kept = append(kept, j)
	}
	r.jobs = kept
	for _, a := range named { // planned, and no longer to be done as planned
		r.report.Counts[a.Side].Skipped++
		r.leftOver = true
	}
}

// leaveToNext leaves records to the next run: the cursors stay.
func (r *run) leaveToNext(ids [2]string) {
	r.leftOver = true
	for side, id := range ids {
		r.leftTo[side][id] = true
	}
}

func (r *run) asPlanned(j *job, named map[planned]Action) bool {
	found := false
	for side, op := range j.ops {
		if op == "" {
			continue
		}
		key := planned{record.Side(side), op, j.ids}
		a, ok := named[key]
		if !ok {
			continue
		}
		for s, version := range j.versions(r) {
			if version != "" && a.Versions[s] != "" && a.Versions[s] != version {
				return false
			}
		}
		delete(named, key)
		j.only[side] = true
		found = true
	}
	j.restricted = true
	return found
}
