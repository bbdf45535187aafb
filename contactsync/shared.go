package contactsync

import (
	"context"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// readShared finds out which of the CRM records that changed are tied to other Outlook items too, in this connection or
// another. It matters only where drift is put back: two mailboxes would each put back what the other sent, for ever.
func (r *run) readShared(ctx context.Context, links []Link) error {
	if r.terms.Drift != conflict.DriftRestore {
		return nil
	}
	for _, l := range links {
		id := l.IDs[record.CRM]
		if _, known := r.shared[id]; known || r.live[record.CRM][id].rec == nil || r.unchanged(l) {
			continue
		}
		own, err := r.linksOf(ctx, record.CRM, []string{id})
		if err != nil {
			return err
		}
		conns, err := r.e.cfg.State.LinkedTo(ctx, r.conn.Tenant, []string{id})
		if err != nil {
			return err
		}
		r.shared[id] = len(own) > 1 || slices.ContainsFunc(conns, func(conn string) bool { return conn != r.conn.ID })
	}
	return nil
}

// readSiblings finds the other links of the CRM records one of whose several items is gone, or was to be made and was not found.
func (r *run) readSiblings(ctx context.Context, links []Link) error {
	if r.terms.Match.Several != match.All {
		return nil
	}
	var ids []string
	for _, l := range links {
		unmade := l.Phase == Intended && l.Target == record.Outlook && r.recovered[l.ID].repeat
		if l.Phase == Linked && r.itemGone(l) || unmade {
			ids = append(ids, l.IDs[record.CRM])
		}
	}
	others, err := r.noteLinksOf(ctx, ids)
	for _, l := range others {
		if r.comesBack(&l) {
			l.Phase = Linked
		}
		id := l.IDs[record.CRM]
		r.tied[id] = append(r.tied[id], l)
	}
	return err
}

// askSiblings counts the other cards of a record whose person may have been typed in again among what is asked about, where one of its cards
// is: they wait for the same answer. Where one of them is at hand, all are looked at, and who they may be.
func (r *run) askSiblings(ctx context.Context) error {
	if r.terms.Match.Several != match.All {
		return nil
	}
	about := map[string][]Problem{} // by item
	for _, p := range r.asked {
		item := p.Record[record.Outlook]
		about[item] = append(about[item], p)
	}
	tied, err := r.linkedOf(ctx, record.Outlook, slices.Sorted(maps.Keys(about)))
	if err != nil {
		return err
	}
	asked := map[string][]Problem{} // by the CRM record that the item was tied to
	for _, l := range tied {
		crm := l.IDs[record.CRM]
		for _, p := range about[l.IDs[record.Outlook]] {
			if crm != p.Record[record.CRM] {
				asked[crm] = append(asked[crm], p)
			}
		}
	}
	siblings, err := r.linkedOf(ctx, record.CRM, slices.Sorted(maps.Keys(asked)))
	if err != nil {
		return err
	}
	due := map[string]bool{}
	for _, l := range siblings {
		crm, item := l.IDs[record.CRM], l.IDs[record.Outlook]
		_, atHand := r.live[record.Outlook][item]
		due[crm] = due[crm] || atHand || r.due[record.Outlook][item]
		r.askedOf[record.Outlook][item] = true
	}
	for _, l := range siblings {
		crm := l.IDs[record.CRM]
		if !due[crm] {
			continue
		}
		r.due[record.Outlook][l.IDs[record.Outlook]] = true
		for _, p := range asked[crm] {
			r.due[record.CRM][p.Record[record.CRM]] = true
		}
	}
	return nil
}

// linkedOf are the links in phase Linked of records of a side.
func (r *run) linkedOf(ctx context.Context, side record.Side, ids []string) (ties []Link, err error) {
	for chunk := range slices.Chunk(ids, linksPage) {
		links, err := r.linksOf(ctx, side, chunk)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			if l.Phase == Linked && l.IDs[record.CRM] != "" && l.IDs[record.Outlook] != "" {
				ties = append(ties, l)
			}
		}
	}
	return ties, nil
}

// heedSiblings does the same for tasks whose item turned out to be gone just before it was written, and judges them again: the record may have
// other items.
func (r *run) heedSiblings(ctx context.Context, tasks []*task) error {
	if r.terms.Match.Several != match.All {
		return nil
	}
	var late []*task
	var links []Link
	for _, t := range tasks {
		l := *t.job.link
		known := slices.ContainsFunc(r.tied[l.IDs[record.CRM]], func(other Link) bool { return other.ID != l.ID })
		if t.undo == nil && l.Phase == Linked && r.itemGone(l) && !known {
			late, links = append(late, t), append(links, l)
		}
	}
	if err := r.readSiblings(ctx, links); err != nil {
		return err
	}
	for _, t := range late {
		t.v = r.judgeJob(t.job)
	}
	return nil
}

// oneOfSeveral reports whether a link whose item is gone is only one of several of its CRM record: only that link ends then.
// Where the others' items are gone too, one link stands for them all.
func (r *run) oneOfSeveral(l Link) bool {
	return slices.ContainsFunc(r.tied[l.IDs[record.CRM]], func(other Link) bool {
		if other.ID == l.ID || other.Phase != Linked {
			return false
		}
		return !r.itemGone(other) || other.ID < l.ID
	})
}

// hasOther reports whether the CRM record of a link has another item, which is in the folder to stay: no delete of it may be under
// way.
func (r *run) hasOther(l Link) bool {
	return slices.ContainsFunc(r.tied[l.IDs[record.CRM]], func(other Link) bool {
		there := r.live[record.Outlook][other.IDs[record.Outlook]].rec != nil
		tied := other.Phase == Linked || other.Phase == Unlinked && other.itemWentAway() // and is back
		return other.ID != l.ID && tied && there && !r.undoUnderWay(other)
	})
}
