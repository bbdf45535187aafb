package contactsync

import (
	"context"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// followRemade lets links of a State that was put back, whose item is gone, go on with the one that the sync has made in its place since:
// the folder shows it by its stamp, which is a later one of the link or names its record, or a search by the stamps that the link would give
// next tells where it went.
func (r *run) followRemade(ctx context.Context, links []Link) error {
	if !r.fromBackup() {
		return nil
	}
	var bereft, missed []*Link
	made := map[string][]record.Record{}
	var ids []string
	for i := range links {
		l := &links[i]
		if l.Phase == Intended && l.Target == record.CRM || !r.withoutItemNow(*l) {
			continue
		}
		bereft, made[l.ID] = append(bereft, l), r.madeSince(*l)
		for _, item := range made[l.ID] {
			ids = append(ids, item.ID)
		}
	}
	tied, err := r.linksOf(ctx, record.Outlook, ids)
	if err != nil {
		return err
	}
	slices.SortStableFunc(bereft, func(a, b *Link) int { return r.madeFor(b, made[b.ID]) - r.madeFor(a, made[a.ID]) })
	taken := map[string]bool{}
	for _, l := range bereft {
		own := slices.DeleteFunc(made[l.ID], func(item record.Record) bool {
			return taken[item.ID] || r.linked[record.Outlook][item.ID] || slices.ContainsFunc(tied, func(t Link) bool { return t.IDs[record.Outlook] == item.ID })
		})
		if len(own) == 0 {
			missed = append(missed, l)
			continue
		}
		last := own[len(own)-1]
		taken[last.ID] = true
		s, _ := r.ownStamp(last.Stamp)
		if s.Link != l.ID {
			s.Gen = l.Gen
		}
		r.goOnWith(l, last.ID, s.Gen)
	}
	return r.searchRemade(ctx, missed, taken)
}

// madeFor is how many of some items a link made itself, and not another one of its record.
func (r *run) madeFor(l *Link, items []record.Record) (n int) {
	for _, item := range items {
		if s, _ := r.ownStamp(item.Stamp); s.Link == l.ID {
			n++
		}
	}
	return n
}

// withoutItemNow reports whether a link's item is known not to be in the folder.
func (r *run) withoutItemNow(l Link) bool {
	id := l.IDs[record.Outlook]
	h, seen := r.live[record.Outlook][id]
	return id == "" || h.gone == Deleted || h.gone == Moved || !seen && r.full[record.Outlook]
}

// madeSince are the listed items that were made for a link, or for its record by another link, since the State knew of it, oldest first.
func (r *run) madeSince(l Link) []record.Record {
	if r.copied == nil {
		r.copied = map[string][]record.Record{}
		for _, h := range r.live[record.Outlook] {
			if h.rec == nil || !h.rec.StampRead {
				continue
			}
			if s, own := r.ownStamp(h.rec.Stamp); own && s.Record != "" {
				r.copied[s.Record] = append(r.copied[s.Record], *h.rec)
			}
		}
	}
	return slices.DeleteFunc(oldestFirst(r.copied[l.IDs[record.CRM]]), func(item record.Record) bool {
		s, _ := r.ownStamp(item.Stamp)
		return s.Link == l.ID && s.Gen <= l.Gen
	})
}

// searchedAhead is how many stamps ahead of a link's last one are searched for: a create of its CRM record, too, has used one up.
const searchedAhead = 3

// searchRemade asks for items that are not in the folder by the stamps that links would give next; those that are taken belong to others.
func (r *run) searchRemade(ctx context.Context, links []*Link, taken map[string]bool) error {
	for len(links) > 0 {
		var again []*Link
		for chunk := range slices.Chunk(links, fetchSize/searchedAhead) {
			var refs []Ref
			for _, l := range chunk {
				next := *l
				next.Target = record.Outlook
				for range searchedAhead {
					next.Gen++
					refs = append(refs, Ref{Stamp: r.stamp(next)})
				}
			}
			found, err := r.get(ctx, record.Outlook, refs)
			if err != nil {
				return err
			}
			for i, f := range found {
				l := chunk[i/searchedAhead]
				id := f.ID
				if len(f.Records) > 0 {
					id = f.Records[0].ID
					tied, err := r.linksOf(ctx, record.Outlook, []string{id})
					if err != nil {
						return err
					}
					if taken[id] || slices.ContainsFunc(tied, func(t Link) bool { return t.ID != l.ID }) {
						continue
					}
					r.live[record.Outlook][id] = half{rec: &f.Records[0]}
				} else if id != "" && (f.Removed == Moved || f.Removed == Deleted) {
					r.live[record.Outlook][id] = half{gone: f.Removed}
				} else {
					continue
				}
				s, _ := r.ownStamp(refs[i].Stamp)
				r.goOnWith(l, id, s.Gen)
				if !slices.Contains(again, l) {
					again = append(again, l)
				}
			}
		}
		links = again
	}
	return nil
}

// goOnWith ties a link to the item that was made in the place of its own. One that rested took part again then.
func (r *run) goOnWith(l *Link, item string, gen int) {
	if l.Phase != Linked {
		l.Phase, l.Cause, l.Asked, l.Since = Linked, NoCause, nil, time.Time{}
		if r.left(*l, r.live[record.CRM][l.IDs[record.CRM]]) {
			l.Cause = CauseOutside
		}
		r.attach(*l)
	}
	l.IDs[record.Outlook], l.Version, l.Gen = item, [2]string{}, gen
	l.Seen, l.Pending = nil, [2][]conflict.Seen{} // what the item lacks, nobody has taken off it
	r.settled[l.ID] = true
	r.note(*l)
}

// givesUp reports whether an import that a State which was put back knows as unconfirmed is not repeated: another may have made the record since.
// The next run meets the item anew.
func (r *run) givesUp(l Link) bool {
	return r.fromBackup() && l.Target == record.CRM && l.Revives == ""
}

// tellSourceMissing reports an item that was made, since a State that was put back, from a CRM record that is gone.
func (r *run) tellSourceMissing(item string) {
	r.problem(Problem{
		Code: CodeMissing, Record: [2]string{record.Outlook: item}, Sides: onSide(record.Outlook),
		Message: "The CRM record that this card was made from is gone. The memory of the sync was put back from a backup, so it cannot tell whether somebody deleted it. " +
			"The card stays in Outlook and is no longer in sync; delete it if you do not need it, or type the contact in again in the CRM.",
	})
}

// leaveCopy keeps an item from being imported that the sync may have made, though a State that has gaps does not know of it: it carries a
// stamp of the connection, and is nobody's.
func (r *run) leaveCopy(u *unlinked, id string) {
	rec := r.live[record.Outlook][id].rec
	_, known := u.known[id]
	if _, own := r.ownStamp(rec.Stamp); !own || known || !r.hasGaps() || u.held[record.Outlook][id] {
		return
	}
	u.known[id] = Known{Orphan: true}
	r.problem(Problem{
		Code: CodeSeveralMatches, Record: [2]string{record.Outlook: id}, Sides: onSide(record.Outlook), Resolvable: true,
		Message: "Another Outlook contact of the same person is in sync, or was. This one stays as it is.",
	})
}
