package contactsync

import (
	"context"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// readLater looks up what later runs did in place of one that was stopped. What that was about to write is there, or gone, by a
// later run's doing; then what is put back is what that one found, which somebody may have changed meanwhile. No delete is noted as
// done, and what was deleted may have been back before it was deleted again.
func (r *run) readLater(ctx context.Context) error {
	unsure := map[string]*untie{}
	for _, u := range r.undone.ties {
		for _, k := range u.kept {
			if k.trace.Op != Create && !k.trace.Done {
				unsure[k.entry.Link] = u
			}
		}
	}
	if len(unsure) == 0 {
		return nil
	}
	runs, err := r.e.cfg.State.(Journal).JournalRuns(ctx, r.conn.ID)
	if err != nil {
		return err
	}
	slices.Reverse(runs) // the oldest first
	for _, later := range runs {
		if later.Run <= r.mode.undo.run || later.Open == 0 {
			continue
		}
		traces, _, err := r.readTraces(ctx, later.Run, func(e *JournalEntry) bool { return unsure[e.Link] != nil })
		if err != nil {
			return err
		}
		for _, k := range traces {
			unsure[k.entry.Link].superseded(k.trace, func(name string, a, b record.Value) bool {
				f, _ := r.terms.schema[k.trace.Side].Field(name)
				return f.Equal(a, b, r.terms.rules.Locale)
			})
		}
	}
	return nil
}

// superseded takes over what a later run found where it did the same, and notes what an undo has put back since: what is there then is
// the side's own form of that, even where it is just what the run wrote, or somebody else's.
func (u *untie) superseded(t *trace, same func(name string, a, b record.Value) bool) {
	d := u.did[t.Side]
	if d == nil || d.mixed || d.op != t.Op || d.id != t.ID {
		return
	}
	switch t.Op {
	case Delete:
		id, gen := u.link.ID, max(u.gen, t.Link.Gen)
		u.link, u.gen = t.Link, gen
		u.link.ID = id
		d.whole = maps.Clone(t.Was)
	case Update:
		for name, v := range t.Set {
			c := d.fields[name]
			was, read := t.Was[name]
			wrote := func(v record.Value) bool {
				return slices.ContainsFunc(c.wrote, func(w record.Value) bool { return same(name, v, w) })
			}
			switch {
			case c == nil || !c.unsure || c.back:
			case t.Undo && t.Done && !c.unread && same(name, v, c.was):
				c.back = true
			case read && wrote(v) && !wrote(was):
				c.was, c.unread = was, false
			}
		}
	}
}
