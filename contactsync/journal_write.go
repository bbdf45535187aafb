package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// kept is a journal entry of a task on its way.
type kept struct {
	entry JournalEntry
	trace *trace
}

// journals reports whether this run keeps what it overwrites.
func (r *run) journals() bool { return r.e.sealer != nil }

// readDoomed reads all there is of the records that are about to be deleted, so that the journal can hold it. What is no
// longer to be deleted, now that it was read, is looked at once more.
func (r *run) readDoomed(ctx context.Context, tasks []*task) ([]*task, error) {
	if !r.journals() {
		return tasks, nil
	}
	var doomed [2][]string
	for _, t := range tasks {
		for side, op := range t.v.ops {
			if op == Delete && !t.copy {
				doomed[side] = append(doomed[side], t.ids[side])
			}
		}
	}
	for side := range doomed {
		if err := r.fetchWhole(ctx, record.Side(side), doomed[side]); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(tasks, func(t *task) bool {
		for side, op := range t.v.ops {
			if op != Delete || t.copy {
				continue
			}
			if v := r.judgeJob(t.job); v.ops[side] != Delete || r.jobHalves(t.job)[side].rec == nil {
				again := *t.job
				again.tries++
				if again.tries < maxTries {
					r.again = append(r.again, &again)
				} else {
					r.leaveToNext(t.ids)
				}
				return true
			}
			t.h = r.jobHalves(t.job)
		}
		return false
	}), nil
}

// fetchWhole reads records with every field of their schema.
func (r *run) fetchWhole(ctx context.Context, side record.Side, ids []string) error {
	scope := r.scope[side]
	r.scope[side] = r.wholeScope(side)
	defer func() { r.scope[side] = scope }()
	return r.fetch(ctx, side, ids)
}

// wholeScope asks for every field of the schema.
func (r *run) wholeScope(side record.Side) Scope {
	sc := r.scope[side]
	sc.Fields = r.terms.everything(side)
	return sc
}

// writeScope is the scope of writes: with a journal a side is asked for all that it made of them.
func (r *run) writeScope(side record.Side) Scope {
	if r.journals() {
		return r.wholeScope(side)
	}
	return r.scope[side]
}

// everything names all fields of a side, sorted.
func (t *terms) everything(side record.Side) []string {
	var names []string
	for _, f := range t.schema[side].Fields() {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

// journalise puts an entry for each write that a task is about to make into the batch, and reports whether it made any: they
// must be saved before the writes are sent.
func (r *run) journalise(t *task) bool {
	if !r.journals() || t.copy {
		return false
	}
	for side, w := range t.write {
		if w == nil {
			continue
		}
		r.kept++
		k := &kept{
			entry: JournalEntry{Run: r.lease.Token, Seq: r.kept, Link: t.link.ID, At: r.start},
			trace: &trace{Side: record.Side(side), Op: w.Op, ID: w.ID, Stamp: w.Stamp, Link: *t.job.link, Undo: r.mode.undo != nil},
		}
		if t.prior != nil {
			k.trace.Link = *t.prior
		}
		was := t.h[side].fields()
		switch w.Op {
		case Create:
			k.trace.Set = valuesOf(w.Set)
		case Update:
			k.trace.Set = valuesOf(w.Set)
			k.trace.Was = valuesOf(was.Only(w.Set.Known))
			k.trace.Groups, k.trace.Rules = r.groups(t, record.Side(side))
			if record.Side(side) == record.CRM {
				k.trace.References = t.references
			}
		case Delete:
			k.trace.Was = valuesOf(was)
		}
		t.kept[side] = k
		r.keepEntry(k)
	}
	return t.kept != [2]*kept{}
}

// groups are the fields that each rule writes to the side, and which rules those are.
func (r *run) groups(t *task, side record.Side) (groups [][]string, rules []string) {
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		if !t.v.writesRule(rule.ID, side) {
			continue
		}
		var group []string
		for _, f := range rule.Fields[side] {
			if t.v.set[side].Known(f.Name) {
				group = append(group, f.Name)
			}
		}
		if len(group) > 0 {
			groups, rules = append(groups, group), append(rules, rule.ID)
		}
	}
	return groups, rules
}

// keepEntry seals an entry into the batch.
func (r *run) keepEntry(k *kept) {
	if r.sealing == nil {
		r.sealing = r.e.sealer.of(r.conn.ID, r.lease.Token)
	}
	e := k.entry
	r.sealing.seal(&e, k.trace.encode())
	r.batch.Journal = append(r.batch.Journal, e)
}

// journalFate notes in the journal what became of a task's writes. One that is known not to have happened leaves nothing to be
// undone; of one whose outcome is not known the entry stays as it is.
func (r *run) journalFate(t *task) {
	for side, k := range t.kept {
		if k == nil {
			continue
		}
		switch t.fate[side] {
		case unconfirmed:
		case done:
			if k.trace.Op == Delete {
				continue
			}
			k.trace.Done = true
			k.trace.ID = t.write[side].ID
			if k.trace.Op == Create {
				k.trace.ID = t.link.IDs[side]
			}
			if rec := r.live[side][k.trace.ID].rec; rec != nil {
				k.trace.After, k.trace.Version = valuesOf(rec.Fields), rec.Version
			}
			if k.trace.Op == Update {
				for name := range k.trace.After {
					if _, set := k.trace.Set[name]; !set {
						delete(k.trace.After, name)
					}
				}
			}
			r.keepEntry(k)
		default:
			over := k.entry
			over.Over = true
			r.batch.Journal = append(r.batch.Journal, over)
		}
	}
}
