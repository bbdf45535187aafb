package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// claim keeps two mailboxes that import one person at once from making two records: the keys of what is about to be
// made in the CRM are claimed for the tenant, and the CRM is asked once more for records that have them. What another
// mailbox is importing, or has just imported, waits for the next run, which finds the record.
func (r *run) claim(ctx context.Context, tasks []*task) ([]*task, error) {
	var keys []uint64
	var clear []match.Key
	for _, t := range tasks {
		o := t.h[record.Outlook].rec
		if t.v.ops[record.CRM] != Create || o == nil || t.v.link.Revives != "" {
			continue
		}
		for _, k := range match.Keys(o.Fields, r.terms.rules.Locale) {
			clear, t.keys = append(clear, k), append(t.keys, match.HashKey(k, r.e.keys))
		}
		keys = append(keys, t.keys...)
	}
	if len(keys) == 0 {
		return tasks, nil
	}
	now := r.e.cfg.Now()
	taken, err := r.e.cfg.State.Claim(ctx, r.conn.Tenant, r.conn.ID, keys, now, now.Add(r.untilRepeat()))
	if err != nil {
		return nil, err
	}
	busy := map[uint64]bool{}
	for _, k := range taken {
		busy[k] = true
	}
	if err := r.findNewcomers(ctx, clear, busy); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(tasks, func(t *task) bool {
		wait := !t.repeat && slices.ContainsFunc(t.keys, func(k uint64) bool { return busy[k] })
		if wait {
			r.putOff(t)
		}
		return wait
	}), nil
}

// findNewcomers marks the keys of CRM records that were not there when this run looked.
func (r *run) findNewcomers(ctx context.Context, keys []match.Key, busy map[uint64]bool) error {
	finder, ok := r.e.cfg.Store.(Finder)
	if !ok {
		return nil // the claims are held until they lapse; the next run of another mailbox reads the CRM first
	}
	call, cancel := r.bounded(ctx)
	defer cancel()
	found, err := finder.Find(call, r.scope[record.CRM], keys)
	if err != nil {
		return err
	}
	for _, rec := range slices.Concat(found.Records, found.Strangers) {
		if h, had := r.live[record.CRM][rec.ID]; had && h.rec != nil || r.linked[record.CRM][rec.ID] || r.strangers[rec.ID] {
			continue
		}
		for _, k := range candidateKeys(r.candidate(record.CRM, &rec)) {
			busy[k] = true
		}
	}
	return nil
}

// putOff leaves an import to the next run.
func (r *run) putOff(t *task) {
	o := t.h[record.Outlook].rec
	r.batch.Known = append(r.batch.Known, Known{Candidate: r.candidate(record.Outlook, o)})
	r.batch.Unclaim = append(r.batch.Unclaim, t.keys...)
	r.postpone([2]half{}, t.ids)
}

// postpone leaves unlinked records to the next run, which looks at them again.
func (r *run) postpone(h [2]half, ids [2]string) {
	for side, id := range ids {
		if id == "" || h[side].gone != "" && h[side].gone != Unknown {
			continue
		}
		p := Problem{Code: CodeFailed, RetryAt: r.start, Message: "Something else was happening to this contact. It is looked at again by itself."}
		p.Record[side] = id
		r.problem(p)
	}
}
