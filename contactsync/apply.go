package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
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
	blind   bool             // written to Outlook without a read
	tallied [2]kinds         // what was counted of it for the guards
	fate    [2]fate
	kept    [2]*kept // its journal entries
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

// chunk is how many of the jobs are carried out between two saves, and how many of those write.
func (r *run) chunk(jobs []*job) (n, writes int) {
	for n < len(jobs) && n < quietPerSave {
		if jobs[n].writes() {
			if writes == r.e.cfg.ChunkSize {
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
	if tasks, err = r.claim(ctx, tasks); err != nil {
		return err
	}
	if tasks, err = r.readDoomed(ctx, tasks); err != nil {
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
	for _, side := range []record.Side{record.Outlook, record.CRM} {
		if err := r.write(ctx, side, tasks); err != nil {
			return err
		}
	}
	r.untally(tasks)
	for _, t := range tasks {
		r.journalFate(t)
		r.finish(t)
	}
	return r.siblings(ctx, tasks)
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
		t.v.dirty = t.v.dirty || r.settled[t.job.link.ID]
		t.h = r.jobHalves(t.job)
		t.blind = t.h[record.Outlook].rec == nil && r.blind(&t.v)
		if t.job.link.ID == "" && !t.create && !t.copy && (t.h[record.CRM].rec == nil || t.h[record.Outlook].rec == nil) {
			t.v = verdict{link: *t.job.link}
			r.postpone(t.h, t.ids)
			continue
		}
		for side, op := range t.v.ops {
			if op != "" && t.restricted && !t.only[side] {
				t.v.ops[side], t.fate[side] = "", refused
				r.leaveToNext(t.ids)
			}
		}
		if !r.within(t) { // left to the next run, whose guards see it
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

// missing says which sides have to be read before the task can be carried out.
func (t *task) missing(r *run) (m [2]bool) {
	for side, needed := range t.v.needs {
		m[side] = needed && t.ids[side] != "" && !(record.Side(side) == record.Outlook && r.blind(&t.v))
	}
	return m
}

// mayGoBlind reports whether a job's Outlook item need not be read before it is written.
func (r *run) mayGoBlind(j *job) bool {
	if _, ok := r.e.cfg.Directory.(BlindUpdater); !ok || r.journals() || j.link.Version[record.Outlook] == "" {
		return false
	}
	v := r.judgeJob(j)
	return r.blind(&v)
}

// blind reports whether an update may go out on the strength of its version, without reading the item first.
func (r *run) blind(v *verdict) bool {
	b, ok := r.e.cfg.Directory.(BlindUpdater)
	return ok && !r.journals() && v.ops[record.Outlook] == Update && v.link.Version[record.Outlook] != "" &&
		len(v.out.Seen) == len(r.terms.rules.Rules) && len(v.out.Asked) == 0 &&
		len(v.link.Pending[record.Outlook]) == 0 && v.set[record.Outlook].Len() > 0 && r.plain(v) && b.BlindUpdate(v.set[record.Outlook])
}

// plain reports whether an update of the item writes single values only, one to one: lists, addresses and names are written
// whole, and depend on what is there.
func (r *run) plain(v *verdict) bool {
	for name := range v.set[record.Outlook].All() {
		if f, _ := r.terms.schema[record.Outlook].Field(name); f.Shape != record.One {
			return false
		}
	}
	for _, rule := range v.out.Rules {
		if rule.Writes[record.CRM] {
			return false // from what the item holds
		}
	}
	for i := range r.terms.rules.Rules {
		if rule := &r.terms.rules.Rules[i]; v.writesRule(rule.ID, record.Outlook) && (len(rule.Fields[0]) > 1 || len(rule.Fields[1]) > 1) {
			return false
		}
	}
	return true
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

// intend puts what a task is about to do into the batch, and reports whether it must be saved before it is done.
func (r *run) intend(t *task) bool {
	now := r.e.cfg.Now()
	t.link = t.v.link
	if t.copy {
		for side, op := range t.v.ops {
			if rec := t.h[side].rec; op == Delete && rec != nil {
				t.write[side] = &Write{Op: Delete, ID: rec.ID, Version: rec.Version}
			}
		}
		return false
	}
	if t.undo != nil {
		return r.intendUndo(t)
	}
	if t.link.ID == "" {
		if !t.v.writes() && !t.v.first {
			return false
		}
		t.link.ID = newID(r.e.cfg.Rand)
		r.stored[t.link.ID] = ""
		t.v.link.ID = t.link.ID
	} else if t.v.ops[t.link.Target] == Create && !t.repeat {
		t.link.Gen++
	}
	r.judged[t.link.ID] = true
	if !t.v.writes() {
		if t.v.needs == [2]bool{} && (t.v.dirty || t.v.first) {
			r.settleTask(t)
		}
		return false
	}
	must := false
	saved := *t.job.link
	saved.ID, saved.IDs = t.link.ID, t.v.link.IDs
	for side, op := range t.v.ops {
		s := record.Side(side)
		switch op {
		case Create:
			t.link.Since = now
			t.link.Pending = [2][]conflict.Seen{}
			t.link.Pending[side] = t.v.out.Seen
			t.sent[side] = r.terms.empty[side].With(t.v.set[side])
			t.write[side] = &Write{Op: Create, Stamp: r.stamp(t.link), Set: t.v.set[side], Changed: changedAt(t.h[s.Other()])}
			saved, must = t.link, true
		case Update:
			saved.Pending[side] = t.v.out.Pending(s)
			t.sent[side] = t.h[side].fields().With(t.v.set[side])
			w := &Write{Op: Update, ID: t.ids[side], Version: t.version(s), Set: t.v.set[side], Was: t.h[side].rec, Changed: changedAt(t.h[s.Other()])}
			if rec := t.h[side].rec; s == record.Outlook && rec != nil && rec.StampRead && rec.Stamp == "" {
				stamped := t.link
				stamped.Target = record.Outlook
				w.Stamp = r.stamp(stamped)
			}
			t.write[side], must = w, true
		case Delete:
			t.write[side] = &Write{Op: Delete, ID: t.ids[side], Version: t.version(s)}
		}
	}
	if must {
		r.saveLink(saved)
	}
	return must
}

func changedAt(source half) (t timeOfChange) {
	if source.rec != nil {
		return source.rec.Modified
	}
	return t
}

func (v *verdict) writesRule(rule string, side record.Side) bool {
	for _, o := range v.out.Rules {
		if o.Rule == rule {
			return o.Writes[side]
		}
	}
	return false
}

func (t *task) version(side record.Side) string {
	if rec := t.h[side].rec; rec != nil {
		return rec.Version
	}
	return t.job.link.Version[side]
}

// write carries out the tasks' writes on one side, in one call.
func (r *run) write(ctx context.Context, side record.Side, tasks []*task) error {
	var writes []Write
	var whose []*task
	for _, t := range tasks {
		if w := t.write[side]; w != nil {
			writes = append(writes, *w)
			whose = append(whose, t)
		}
	}
	if len(writes) == 0 {
		return nil
	}
	if err := r.keep(ctx); err != nil {
		return err
	}
	call, cancel := r.bounded(ctx)
	defer cancel()
	results, err := r.side(side).Apply(call, r.writeScope(side), writes)
	if err != nil {
		return fmt.Errorf("write %d records to the %s: %w", len(writes), sideName(side), err)
	}
	if len(results) != len(writes) {
		err := fmt.Errorf("%w: the %s gave %d results for %d writes", ErrUnconfirmed, sideName(side), len(results), len(writes))
		results = slices.Repeat([]Result{{Err: err}}, len(writes))
	}
	taken, err := r.taken(ctx, side, results)
	if err != nil {
		return err
	}
	for i, t := range whose {
		r.record(side, t, results[i], taken[results[i].ID])
	}
	return nil
}

// record notes what became of one write; taken says that the record it answers with is tied to another item.
func (r *run) record(side record.Side, t *task, res Result, taken bool) {
	w := t.write[side]
	switch {
	case res.Err == nil && w.Op != Delete && res.ID == "":
		res.Err = fmt.Errorf("%w: the %s confirmed a write without an id", ErrUnconfirmed, sideName(side))
		fallthrough
	case res.Err != nil:
		r.failed(side, t, res.Err)
	case w.Op == Delete:
		t.fate[side] = done
		r.report.Counts[side].Deleted++
		r.live[side][w.ID] = half{gone: Deleted}
	case res.Existed && taken:
		t.fate[side] = outdated
		t.link = confirmed(t.link, "")
		t.over[side] = &half{gone: Merged, into: res.ID}
	case res.Existed:
		t.fate[side] = outdated
		t.link = r.adopted(t.link, record.Record{ID: res.ID, Fields: res.Stored})
		t.over[side] = nil
		delete(r.live[side], res.ID)
	default:
		t.fate[side] = done
		if w.Op == Create {
			r.report.Counts[side].Created++
			t.link = confirmed(t.link, res.ID)
			t.ids[side] = res.ID
		} else {
			r.report.Counts[side].Updated++
			r.written[side][res.ID] = true
		}
		t.link.Version[side] = res.Version
		kept := t.sent[side].With(res.Stored)
		stamp, read := w.Stamp, true
		if t.h[side].rec != nil && w.Stamp == "" {
			stamp, read = t.h[side].rec.Stamp, t.h[side].rec.StampRead
		}
		r.live[side][res.ID] = half{rec: &record.Record{
			ID: res.ID, Version: res.Version, Modified: res.Modified, Stamp: stamp, StampRead: read, Folder: r.scope[side].Folder, Fields: kept,
		}}
	}
}

// failed sorts the error of one write: to be judged again, not confirmed, or refused with a problem that says why.
func (r *run) failed(side record.Side, t *task, err error) {
	w := t.write[side]
	switch {
	case (errors.Is(err, ErrStale) || errors.Is(err, ErrNotFound)) && w.Op != Create && t.tries < maxTries:
		t.fate[side] = outdated
		r.live[side][w.ID] = half{gone: Unknown}
		return
	case errors.Is(err, ErrNotFound) && w.Op == Create && side == record.CRM && t.tries < maxTries: // made under this stamp before, and deleted since
		t.fate[side] = outdated
		t.link = confirmed(t.link, "")
		t.over[side] = &half{gone: Deleted}
		return
	case errors.Is(err, ErrNotFound) && w.Op == Delete:
		t.fate[side] = done
		r.report.Counts[side].Deleted++
		return
	}
	p := Problem{Code: CodeFailed, Link: t.link.ID, Record: t.link.IDs}
	if p.Record[side] == "" {
		p.Record[side] = t.job.link.IDs[side] // the one that is put back
	}
	p.RetryAt = r.retryAt(CodeFailed, t.link.ID, "")
	t.fate[side] = refused
	var invalid *InvalidError
	var throttled *ThrottledError
	if value := (*record.ValueError)(nil); errors.As(err, &value) { // a host's own check by the schema
		err = &InvalidError{Field: value.Field, Reason: value.Detail()}
	}
	switch {
	case errors.As(err, &invalid):
		p.Code, p.Field, p.Resolvable, p.RetryAt = CodeInvalidValue, invalid.Field, true, timeOfChange{}
		p.Message = fmt.Sprintf("The %s does not accept the value of %q: %s. Correct it; until then both sides keep their own.", sideName(side), invalid.Field, invalid.Reason)
	case errors.Is(err, ErrDenied):
		p.Code = CodeDenied
		p.RetryAt = r.retryAt(CodeDenied, t.link.ID, "")
		p.Message = fmt.Sprintf("The %s does not allow this change.", sideName(side))
	case errors.As(err, &throttled):
		p.RetryAt = r.e.cfg.Now().Add(throttled.RetryAfter)
		p.Message = fmt.Sprintf("The %s is busy. The change is tried again by itself.", sideName(side))
	case errors.Is(err, ErrStale), errors.Is(err, ErrNotFound):
		p.Message = "The contact kept changing while it was synced. It is tried again by itself."
	default:
		t.fate[side] = unconfirmed
		p.Message = fmt.Sprintf("It is not known whether the %s took the change. It is looked up and tried again by itself.", sideName(side))
	}
	if w.Op == Create && t.fate[side] == refused && (t.repeat || t.job.link.ID == "") {
		p.Link = ""
		p.RetryAt = r.later(p)
	}
	r.report.Counts[side].Failed++
	r.problem(p)
}
