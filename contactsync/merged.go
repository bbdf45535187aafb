package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// followMerged lets a link whose CRM record was merged into another follow it, unless the survivor is linked already;
// then it stays, and counts as deleted. It does not follow one that was deleted since, for who takes the merge back may have its
// own record again; but whether that has a tie is noted, see outlived.
func (r *run) followMerged(ctx context.Context, links []Link) error {
	survivors := map[string][]int{}
	var items []string // whose own fate decides, and which a round need not have named
	for _, l := range links {
		if id := l.IDs[record.Outlook]; l.Phase == Linked && r.live[record.CRM][l.IDs[record.CRM]].gone == Merged && !r.live[record.Outlook][id].read() {
			items = append(items, id)
		}
	}
	if err := r.fetch(ctx, record.Outlook, items); err != nil {
		return err
	}
	var dead []string
	for i, l := range links {
		h := r.live[record.CRM][l.IDs[record.CRM]]
		if l.Phase == Linked && h.gone == Merged && h.into != "" && !r.itemGone(l) {
			survivors[h.into] = append(survivors[h.into], i)
		}
		if l.Phase == Linked && h.gone == Deleted && h.into != "" {
			dead = append(dead, h.into)
		}
	}
	if _, err := r.noteLinksOf(ctx, dead); err != nil {
		return err
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
			followers = followers[:1] // a second one finds the survivor taken
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

// lastOf is the record that a deleted one had been merged into, which was deleted too, or the deleted one itself: what is put back is put
// back for that one, by whomever.
func (r *run) lastOf(id string) string {
	if h := r.live[record.CRM][id]; h.gone == Deleted && h.into != "" {
		return h.into
	}
	return id
}

// outlived reports whether the deleted record of a link had been merged into one that another link is tied to. What becomes of that is the
// other link's to say, and nothing is put back beside it.
func (r *run) outlived(c half) bool {
	return c.gone == Deleted && c.into != "" && r.linked[record.CRM][c.into]
}

// itemGone reports whether a link's item was removed: with its record removed too, nothing is left to follow anything.
func (r *run) itemGone(l Link) bool {
	h := r.live[record.Outlook][l.IDs[record.Outlook]]
	return h.gone == Deleted || h.gone == Moved
}
