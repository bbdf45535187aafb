package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// followMerged lets a link whose CRM record was merged into another follow it, unless the survivor is linked already;
// then it stays, and counts as deleted. A survivor that has been deleted since is followed too: what is put back is put back for it,
// by whomever.
func (r *run) followMerged(ctx context.Context, links []Link) error {
	survivors := map[string][]int{}
	var items []string // whose own fate decides, and which a round need not have named
	merged := func(l Link) bool {
		h := r.live[record.CRM][l.IDs[record.CRM]]
		return l.Phase == Linked && (h.gone == Merged || h.gone == Deleted) && h.into != ""
	}
	for _, l := range links {
		if id := l.IDs[record.Outlook]; merged(l) && !r.live[record.Outlook][id].read() {
			items = append(items, id)
		}
	}
	if err := r.fetch(ctx, record.Outlook, items); err != nil {
		return err
	}
	for i, l := range links {
		if merged(l) && !r.itemGone(l) {
			into := r.live[record.CRM][l.IDs[record.CRM]].into
			survivors[into] = append(survivors[into], i)
		}
	}
	if len(survivors) == 0 {
		return nil
	}
	ids := make([]string, 0, len(survivors))
	for id := range survivors {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if _, err := r.noteLinksOf(ctx, ids); err != nil {
		return err
	}
	for _, id := range ids {
		if r.linked[record.CRM][id] {
			r.staysMerged(links, survivors[id])
			delete(survivors, id)
		}
	}
	if err := r.fetch(ctx, record.CRM, ids); err != nil {
		return err
	}
	for _, id := range ids {
		followers, free := survivors[id]
		h := r.live[record.CRM][id]
		switch {
		case !free:
			continue
		case !h.read(): // nothing can be said until it was
			for _, i := range followers {
				r.live[record.CRM][links[i].IDs[record.CRM]] = half{gone: Unknown}
			}
			continue
		case r.terms.Match.Several != match.All:
			r.staysMerged(links, followers[1:]) // they find the survivor taken
			followers = followers[:1]
		}
		for _, i := range followers {
			l := &links[i]
			l.IDs[record.CRM], l.Version[record.CRM] = id, ""
			l.Seen = r.meaningful(l.Seen, record.CRM, h.fields())
			r.linked[record.CRM][id] = true
			r.settled[l.ID] = true
		}
	}
	return nil
}

// staysMerged lets the records of links that find the survivor taken count as merged, though that has been deleted since: what
// becomes of it is the other link's to say, and they are not put back beside it.
func (r *run) staysMerged(links []Link, whose []int) {
	for _, i := range whose {
		id := links[i].IDs[record.CRM]
		r.live[record.CRM][id] = half{gone: Merged, into: r.live[record.CRM][id].into}
	}
}

// itemGone reports whether a link's item was removed: with its record removed too, nothing is left to follow anything.
func (r *run) itemGone(l Link) bool {
	h := r.live[record.Outlook][l.IDs[record.Outlook]]
	return h.gone == Deleted || h.gone == Moved
}
