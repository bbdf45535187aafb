package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

const (
	quietPerSave = 500 // links without writes that one save takes along
	maxTries     = 3   // how often a record that keeps moving is merged again in one run
)

// task is a job in the hands of apply.
type task struct {
	*job
	v       verdict
	h       [2]half
	write   [2]*Write
	sent    [2]record.Fields // what the side holds if the write is kept as sent
	link    Link             // as saved with its intents, then as confirmed
	keys    []uint64         // claimed for an import
	leave   bool             // what its create was to be made from stays as it is, and is never imported
	blind   bool             // written to Outlook without a read
	tallied [2]kinds         // what was counted of it for the guards
	fate    [2]fate
	kept    [2]*kept // its journal entries

	references values // the accounts that a contact has, by the fields that it is about to get others in
}

// fate is what became of a task's write on one side.
type fate uint8

const (
	noWrite fate = iota
	done
	refused     // known not to have happened
	unconfirmed // may have happened
	outdated    // to be judged again
)

// apply carries out the jobs, chunk by chunk: read, judge again, save the intents, write, note what happened. What
// happened is saved with the next chunk's intents.
func (r *run) apply(ctx context.Context) error {
	total, finished := 0, 0
	for _, j := range r.jobs {
		if j.writes() {
			total++
		}
	}
	todo := r.jobs
	r.jobs = nil
	for round := 0; len(todo) > 0; round++ {
		r.again = nil
		for len(todo) > 0 {
			n, writes := r.chunk(todo)
			if err := r.applyChunk(ctx, todo[:n]); err != nil {
				return err
			}
			clear(todo[:n]) // needed no more, while the sides fill up
			todo = todo[n:]
			if round == 0 {
				finished += writes
			}
			r.e.cfg.Observer.Observe(ctx, Applied{Conn: r.conn.ID, Done: finished, Total: total})
		}
		todo = r.again
	}
	return nil
}

// chunk is how many of the jobs are carried out between two saves, and how many of those write: what goes together may be more.
func (r *run) chunk(jobs []*job) (n, writes int) {
	for n < len(jobs) && n < quietPerSave {
		if jobs[n].writes() {
			if writes >= r.e.cfg.ChunkSize && !(n > 0 && jobs[n].goesWith(jobs[n-1])) {
				break
			}
			writes++
		}
		n++
	}
	return n, writes
}

func (r *run) applyChunk(ctx context.Context, jobs []*job) error {
	tasks, err := r.prepare(ctx, jobs)
	if err != nil {
		return err
	}
	if tasks, err = r.holdAccounts(ctx, tasks); err != nil {
		return err
	}
	if tasks, err = r.claim(ctx, tasks); err != nil {
		return err
	}
	if tasks, err = r.readDoomed(ctx, tasks); err != nil {
		return err
	}
	if err := r.readReferences(ctx, tasks); err != nil {
		return err
	}
	intends := false
	for _, t := range tasks {
		intends = r.intend(t) || intends
		intends = r.journalise(t) || intends
	}
	if r.tally(tasks) || intends || len(r.batch.Links)+len(r.batch.Known) >= quietPerSave {
		if err := r.save(ctx); err != nil {
			return err
		}
	}
	if err := r.write(ctx, record.Outlook, tasks); err != nil {
		return err
	}
	if err := r.transact(ctx, tasks); err != nil {
		return err
	}
	return r.siblings(ctx, tasks)
}

// writeCRM carries out the tasks' writes to the CRM, the last of a chunk, and notes what became of all.
func (r *run) writeCRM(ctx context.Context, tasks []*task) error {
	if err := r.write(ctx, record.CRM, tasks); err != nil {
		return err
	}
	r.untally(tasks)
	r.unput(tasks)
	for _, t := range tasks {
		r.journalFate(t)
		r.finish(t)
	}
	return nil
}

// prepare reads what the jobs are about to write to, and judges again.
func (r *run) prepare(ctx context.Context, jobs []*job) ([]*task, error) {
	var stale []string
	for _, j := range jobs {
		j.open(r.conn.ID)
		r.judged[j.link.ID] = true
		if j.ops[record.Outlook] == Update && j.ids[record.Outlook] != "" && !r.mayGoBlind(j) {
			stale = append(stale, j.ids[record.Outlook])
		}
	}
	if err := r.fetch(ctx, record.Outlook, stale); err != nil {
		return nil, err
	}
	if r.terms.newestCounts() {
		links := make([]Link, len(jobs))
		for i, j := range jobs {
			links[i] = *j.link
		}
		if err := r.readFieldTimes(ctx, links); err != nil {
			return nil, err
		}
	}
	r.room = slices.Grow(r.room[:0], len(jobs))[:len(jobs)]
	clear(r.room)
	tasks := make([]*task, len(jobs))
	var missing [2][]string
	for i, j := range jobs {
		t := &r.room[i]
		t.job = j
		t.v = r.judgeJob(t.job)
		for side, needed := range t.missing(r) {
			if needed {
				missing[side] = append(missing[side], t.ids[side])
			}
		}
		tasks[i] = t
	}
	for side := range missing {
		if err := r.fetch(ctx, record.Side(side), missing[side]); err != nil {
			return nil, err
		}
	}
	for _, t := range tasks {
		if t.missing(r) != [2]bool{} {
			t.v = r.judgeJob(t.job)
		}
	}
	if err := r.heedSiblings(ctx, tasks); err != nil {
		return nil, err
	}
	if err := r.heedLateRights(ctx, tasks); err != nil {
		return nil, err
	}
	for _, t := range tasks {
		t.v.dirty = t.v.dirty || r.settled[t.job.link.ID]
		t.h = r.jobHalves(t.job)
		t.blind = t.h[record.Outlook].rec == nil && r.blind(&t.v)
		if t.job.link.ID == "" && !t.create && !t.copy && (t.h[record.CRM].rec == nil || t.h[record.Outlook].rec == nil) {
			t.v = verdict{link: *t.job.link}
			r.postpone(t.h, t.ids)
			if t.h[record.CRM].gone == Unknown || t.h[record.Outlook].gone == Unknown { // who said that they are one is not asked again
				r.unanswered[t.ids] = true
			}
			continue
		}
		if r.didNotMeet(t) {
			t.v = verdict{link: *t.job.link}
			r.restAgain(t)
			r.postpone(t.h, t.ids)
			continue
		}
		for side, op := range t.v.ops {
			if op != "" && t.restricted && !t.only[side] {
				t.v.ops[side], t.fate[side] = "", refused
				r.leaveToNext(t.ids)
			}
		}
		if t.beyondPlan() || !r.within(t) { // left to the next run, whose guards see it
			t.v = verdict{link: *t.job.link}
			r.leaveToNext(t.ids)
		}
		if t.writes() && !t.v.writes() {
			for side, op := range t.ops {
				if op != "" {
					r.report.Counts[side].Skipped++
				}
			}
		}
	}
	return tasks, nil
}

// didNotMeet reports whether one of two records that were to meet is gone, before anything was written, and the tie of the other rested: it is
// to rest on, for what was deleted on one side is not made again since somebody else came and went.
func (r *run) didNotMeet(t *task) bool {
	if t.prior == nil && len(t.replaces) == 0 || t.create || len(t.job.link.Seen) > 0 {
		return false
	}
	gone := func(h half) bool { return h.gone == Deleted || h.gone == Moved }
	return gone(t.h[record.CRM]) != gone(t.h[record.Outlook])
}

// restAgain puts the tie that rested back in the place of the one that was to be made.
func (r *run) restAgain(t *task) {
	switch {
	case t.prior != nil:
		prior := *t.prior
		if prior.Phase == Linked {
			prior.Version = [2]string{} // what follows from the delete of its record has yet to follow
		}
		r.saveLink(prior)
	case t.job.link.ID != "":
		r.dropLink(t.job.link.ID)
	}
}

// beyondPlan reports whether what turned up since asks for something else than the plan that is carried out: another write, or
// the end of a link whose write the plan does not name.
func (t *task) beyondPlan() bool {
	if !t.restricted {
		return false
	}
	for side, op := range t.v.ops {
		if op != "" && op != t.ops[side] || t.fate[side] == refused && t.v.drop {
			return true
		}
	}
	return false
}

// missing says which sides have to be read before the task can be carried out.
func (t *task) missing(r *run) (m [2]bool) {
	for side, needed := range t.v.needs {
		m[side] = needed && t.ids[side] != "" && !(record.Side(side) == record.Outlook && r.blind(&t.v))
	}
	return m
}

func (r *run) jobHalves(j *job) [2]half {
	h := r.halves(j.ids)
	for side, over := range j.over {
		if over != nil {
			h[side] = *over
		}
	}
	return h
}

// judgeJob judges a job from what is known now.
func (r *run) judgeJob(j *job) verdict {
	j.open(r.conn.ID)
	h := r.jobHalves(j)
	switch {
	case j.copy:
		return verdict{link: *j.link, ops: j.ops, why: j.why}
	case j.undo != nil:
		return r.judgeUndo(j, h)
	case j.create && j.repeat:
		return r.judgeRepeat(*j.link, h)
	case j.create:
		source := h[j.link.Target.Other()]
		if source.rec == nil {
			return verdict{link: *j.link}
		}
		return r.judgeCreate(*j.link, j.link.Target, source.rec)
	}
	v := r.judge(*j.link, h)
	if j.first && v.why == WhyChanged {
		v.why = WhyMatched
	}
	return v
}
