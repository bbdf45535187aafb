package contactsync

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// deleteForgotten deletes the copies that are to go. A tie whose copy stays against what was asked for is kept.
func (r *run) deleteForgotten(ctx context.Context) error {
	f := r.mode.forget
	doomed := map[Ref]bool{}
	for _, l := range f.ties {
		ref := r.copyOf(l)
		switch {
		case ref == Ref{} || f.shared[ref.ID]:
		case f.copies == CopiesAll || f.copies == CopiesMade && (l.Made[record.Outlook] || ref.Stamp != ""):
			doomed[ref] = true
			f.over[ref] = ref.Stamp != "" && r.start.Sub(l.Since) >= r.untilRepeat()
		case ref.ID != "":
			f.found = append(f.found, ForgottenCopy{Conn: r.conn.ID, ID: ref.ID})
		}
	}
	f.found = slices.DeleteFunc(f.found, func(c ForgottenCopy) bool { return doomed[Ref{ID: c.ID}] })
	if len(doomed) == 0 {
		return nil
	}
	settings, err := r.e.cfg.Policy.For(ctx, r.conn)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if r.terms, err = r.e.termsOf(r.conn, settings); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	r.scope[record.Outlook] = r.terms.scope(r.conn, record.Outlook)
	kept := map[Ref]bool{}
	refs := slices.SortedFunc(maps.Keys(doomed), func(a, b Ref) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Stamp, b.Stamp)) })
	for chunk := range slices.Chunk(refs, r.e.cfg.ChunkSize) {
		if err := r.keep(ctx); err != nil {
			return err
		}
		if err := r.deleteCopies(ctx, chunk, kept); err != nil {
			return err
		}
	}
	f.ties = slices.DeleteFunc(f.ties, func(l Link) bool { return kept[r.copyOf(l)] })
	return nil
}

// copyOf names the item of a tie, one whose create is not confirmed by its stamp.
func (r *run) copyOf(l Link) Ref {
	if l.IDs[record.Outlook] == "" && l.Phase == Intended && l.Target == record.Outlook {
		return Ref{Stamp: r.stamp(l)}
	}
	return Ref{ID: l.IDs[record.Outlook]}
}

// sendDeletes sends deletes of items, and answers for each why it may still be there; nil: it is gone.
func (r *run) sendDeletes(ctx context.Context, writes []Write) ([]error, error) {
	call, cancel := r.bounded(ctx)
	defer cancel()
	results, err := r.side(record.Outlook).Apply(call, r.scope[record.Outlook], writes)
	if err != nil {
		return nil, err
	}
	answers := make([]error, len(writes))
	for i := range answers {
		answers[i] = ErrUnconfirmed
		if i < len(results) {
			answers[i] = results[i].Err
		}
	}
	return answers, nil
}

// deleteCopies deletes the items and notes which stay.
func (r *run) deleteCopies(ctx context.Context, refs []Ref, kept map[Ref]bool) error {
	writes, of, err := r.doomed(ctx, refs, kept)
	if err != nil || len(writes) == 0 {
		return err
	}
	answers, err := r.sendDeletes(ctx, writes)
	if err != nil {
		return err
	}
	for i, w := range writes {
		if answers[i] != nil {
			kept[of[i]] = true
		}
		r.mode.forget.gone(r.conn.ID, w.ID, answers[i])
	}
	return nil
}

// doomed are the deletes of the items, whatever version they have, and the ref that each is of. An item that is not found by
// its stamp may be made yet; until that is certain, it stays.
func (r *run) doomed(ctx context.Context, refs []Ref, kept map[Ref]bool) (writes []Write, of []Ref, err error) {
	stamps := slices.DeleteFunc(slices.Clone(refs), func(ref Ref) bool { return ref.Stamp == "" })
	for _, ref := range refs {
		if ref.ID != "" {
			writes, of = append(writes, Write{Op: Delete, ID: ref.ID}), append(of, ref)
		}
	}
	if len(stamps) == 0 {
		return writes, of, nil
	}
	found, err := r.get(ctx, record.Outlook, stamps)
	if err != nil {
		return nil, nil, err
	}
	for i, ref := range stamps {
		for _, rec := range found[i].Records {
			writes, of = append(writes, Write{Op: Delete, ID: rec.ID}), append(of, ref)
		}
		if len(found[i].Records) == 0 && found[i].Removed != Deleted && !r.mode.forget.over[ref] {
			kept[ref] = true
			r.mode.forget.gone(r.conn.ID, "", ErrUnconfirmed)
		}
	}
	return writes, of, nil
}

// gone notes that an item is deleted, or why it is not.
func (f *forgetting) gone(conn, id string, err error) {
	if err == nil {
		f.items[id] = true
	} else {
		delete(f.items, id)
	}
	f.found = append(f.found, ForgottenCopy{Conn: conn, ID: id, Deleted: err == nil, Err: err})
}
