package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// tiedElsewhere reports whether the item that the run wrote to has another tie by now, its own having let go of it. links are those of items.
func (u *untie) tiedElsewhere(links map[string][]Link) bool {
	d := u.did[record.Outlook]
	return d != nil && d.op == Update && slices.ContainsFunc(links[d.id], func(l Link) bool {
		return l.ID != u.link.ID && (l.Phase == Linked || l.Phase == Intended)
	})
}

// takenBy reports whether one of a partner's links has another record for it, in the place of the one that the run deleted on the side.
func (r *run) takenBy(u *untie, side record.Side, links []Link) bool {
	several := side == record.Outlook && r.terms.Match.Several == match.All
	return slices.ContainsFunc(links, func(l Link) bool {
		switch {
		case l.ID == u.link.ID || l.Phase != Linked && l.Phase != Intended:
			return false
		case several: // any card may stand beside it, but not the one that was made in its place
			return l.Made[record.Outlook] && !r.undone.links[l.ID]
		}
		return true
	})
}

// findSuccessors looks for the records that took the place of partners which are deleted: what is put back would be tied to them, and
// one that has another card by now needs no second.
func (r *run) findSuccessors(ctx context.Context) error {
	last := map[*untie]string{}
	var ids []string
	err := r.findStamps(ctx, func(u *untie, side record.Side) string {
		d, id := u.did[record.Outlook], u.link.IDs[record.CRM]
		if followed := last[u]; followed != "" {
			id = followed
		}
		if side != record.CRM || id == "" || d == nil || d.op != Delete || u.taken || r.live[side][id].gone != Deleted {
			return ""
		}
		return r.reviveStamp(r.lastOf(id))
	}, func(u *untie, side record.Side, f Found) bool {
		switch {
		case len(f.Records) > 0:
			f.ID = oldestFirst(f.Records)[0].ID
		case f.Removed != Deleted || f.ID == "" || f.ID == last[u]:
			return false
		default:
			r.live[side][f.ID] = half{gone: Deleted}
		}
		last[u], ids = f.ID, append(ids, f.ID)
		return f.Removed == Deleted
	})
	if err != nil {
		return err
	}
	slices.Sort(ids)
	tied := map[string][]Link{}
	for chunk := range slices.Chunk(slices.Compact(ids), linksPage) {
		links, err := r.linksOf(ctx, record.CRM, chunk)
		if err != nil {
			return err
		}
		for _, l := range links {
			tied[l.IDs[record.CRM]] = append(tied[l.IDs[record.CRM]], l)
		}
	}
	for u, id := range last {
		u.taken = r.takenBy(u, record.Outlook, tied[id])
	}
	return nil
}
