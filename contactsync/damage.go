package contactsync

import (
	"context"
	"log/slog"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// countLinks finds out how many links the State has, once in a run, and whether it has lost any: they are not as many as the
// last save left.
func (r *run) countLinks(ctx context.Context) error {
	if r.linksKnown {
		return nil
	}
	n, err := r.e.cfg.State.CountLinks(ctx, r.conn.ID)
	if err != nil {
		return err
	}
	r.linksKnown, r.damaged = true, n != r.conn.Progress.Linked
	r.links += n
	return nil
}

// noteStored notes the phase of a link as the State has it, unless this run has changed it.
func (r *run) noteStored(l *Link) {
	if _, noted := r.stored[l.ID]; !noted && l.Phase != Linked {
		r.stored[l.ID] = l.Phase
	}
}

// saveLink puts a link into the batch, and dropLink takes one out of the State with it; both keep count.
func (r *run) saveLink(l Link) {
	r.batch.Links = append(r.batch.Links, l)
	r.countLink(l.ID, l.Phase)
}

func (r *run) dropLink(id string) {
	r.batch.DropLinks = append(r.batch.DropLinks, id)
	r.countLink(id, "")
}

// countLink keeps count of the links in phase Linked.
func (r *run) countLink(id string, now Phase) {
	if before, noted := r.stored[id]; !noted || before == Linked {
		r.links--
	}
	if now == Linked {
		r.links++
		delete(r.stored, id)
		return
	}
	r.stored[id] = now
}

// mayMake reports whether new records may be made in this run. Where links are missing from the State, what seems to be new may
// have a partner: both sides are listed completely first, so that stamps and keys tell.
func (r *run) mayMake(ctx context.Context, u *unlinked) (bool, error) {
	if len(u.crm)+len(u.outlook) == 0 || r.full == [2]bool{true, true} {
		return true, nil
	}
	if err := r.countLinks(ctx); err != nil || !r.damaged {
		return true, err
	}
	r.leftOver = true
	if r.mode.dry {
		return false, nil
	}
	r.e.cfg.Logger.WarnContext(ctx, "links are missing from the state; both sides are listed anew", slog.String("conn", r.conn.ID))
	return false, r.e.cfg.State.Post(ctx, Message{Conn: r.conn.ID, Full: [2]bool{true, true}})
}

// pairImported finds the items of CRM records that this connection once made from an item, and whose link is lost, where no key
// tells: the stamp says that there was an item in this folder. One that agrees in everything, and only one, is it. Where
// only the name fits, a person is asked.
func (r *run) pairImported(u *unlinked) {
	var items []string
	var byInitial map[uint64][]string
	for _, crm := range u.crm {
		if !r.imported(u, crm) {
			continue
		}
		if items == nil {
			items, byInitial = r.unpaired(u)
		}
		near := items
		if name := u.keys[record.CRM][crm].Name; len(name) > 0 {
			near = nil
			for _, word := range name {
				near = append(near, byInitial[word.Initial]...)
			}
			slices.Sort(near)
			near = slices.Compact(near)
		}
		near = slices.DeleteFunc(slices.Clone(near), func(item string) bool { return r.linked[record.Outlook][item] })
		same := slices.DeleteFunc(slices.Clone(near), func(item string) bool { return !r.agree(crm, item) })
		if len(same) > 0 { // of several that are alike any is as good: they hold the same
			r.enlistMatch(crm, same[0])
			continue
		}
		for _, item := range near {
			score, known := match.Agrees(u.keys[record.CRM][crm].Name, u.keys[record.Outlook][item].Name)
			if known && score > 0 {
				u.held[record.CRM][crm], u.held[record.Outlook][item] = true, true
				r.problem(matchProblem(CodeDoubtfulMatch, match.Pairing{CRM: crm, Outlook: item}, doubtfulWords))
			}
		}
	}
}

// imported reports whether an unlinked CRM record was made by this connection, from an item that no link tells of any more.
func (r *run) imported(u *unlinked, crm string) bool {
	rec := r.live[record.CRM][crm].rec
	if _, resting := r.withoutItem[crm]; resting || r.linked[record.CRM][crm] || u.held[record.CRM][crm] || rec == nil || !rec.StampRead {
		return false
	}
	s, ok := r.ownStamp(rec.Stamp)
	return ok && s.Record == ""
}

// unpaired are the listed items that nothing is known to belong to, in order of id, and by the initials of their names.
func (r *run) unpaired(u *unlinked) (items []string, byInitial map[uint64][]string) {
	items, byInitial = []string{}, map[uint64][]string{}
	for _, id := range u.outlook {
		rec := r.live[record.Outlook][id].rec
		if _, own := r.ownStamp(rec.Stamp); own || r.linked[record.Outlook][id] || u.held[record.Outlook][id] || u.known[id].Orphan {
			continue
		}
		items = append(items, id)
		for _, word := range u.keys[record.Outlook][id].Name {
			byInitial[word.Initial] = append(byInitial[word.Initial], id)
		}
	}
	return items, byInitial
}

// agree reports whether two unlinked records hold the same, as far as anything is mapped.
func (r *run) agree(crm, item string) bool {
	ids := [2]string{crm, item}
	v := r.judgeMerge(Link{Conn: r.conn.ID, IDs: ids, Phase: Linked}, r.halves(ids))
	if v.writes() || v.needs != [2]bool{} || len(v.asked) > 0 {
		return false
	}
	return !slices.ContainsFunc(v.link.Seen, func(s conflict.Seen) bool { return s.Diverged != conflict.Agreed })
}
