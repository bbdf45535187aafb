package contactsync

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// pairByStamp rebuilds ties from the stamps that items carry, where the State has lost them. A record that was merged or revived
// since is followed. Of several items of one record the newest create's is the record's, the oldest of them; the others are
// reported. What has no record to be tied to, though it was made from one, stays as a copy that was left behind: importing it
// would double the record, or undo its deletion. Copies that were imported are their own records'.
func (r *run) pairByStamp(ctx context.Context, u *unlinked) error {
	byRecord := map[string][]stamped{}
	for _, id := range u.outlook {
		rec := r.live[record.Outlook][id].rec
		k, known := u.known[id]
		s, own := r.ownStamp(rec.Stamp)
		if !rec.StampRead || k.Orphan || !own || s.Record == "" || r.linked[record.CRM][s.Record] {
			continue
		}
		if known {
			waiting, err := r.waitingCards(ctx, u)
			if err != nil {
				return err
			}
			if !waiting[id] {
				continue
			}
		}
		byRecord[s.Record] = append(byRecord[s.Record], stamped{rec, s.Gen})
	}
	if len(byRecord) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(byRecord))
	if err := r.readUntied(ctx, ids); err != nil {
		return err
	}
	now, err := r.succeeded(ctx, ids)
	if err != nil {
		return err
	}
	r.pairCopied(u, byRecord, now)
	slices.SortStableFunc(ids, func(a, b string) int { return min(len(now[a]), 1) - min(len(now[b]), 1) }) // who is there comes first
	for _, id := range ids {
		items := slices.DeleteFunc(byRecord[id], func(item stamped) bool { return r.linked[record.Outlook][item.rec.ID] })
		if len(items) == 0 {
			continue // they are records' of their own
		}
		if _, rests := r.withoutItem[id]; rests || r.linked[record.CRM][id] {
			continue // its tie is known: the items are copies
		}
		h := r.live[record.CRM][id]
		if h.gone == Deleted && now[id] == "" && !r.forgetful() {
			continue // nothing was lost: a person brought back what both sides had deleted
		}
		if next := now[id]; next != "" {
			id, h = next, r.live[record.CRM][next]
		}
		switch {
		case h.gone == Unknown, h == half{}: // it may be there: nothing is made beside it
			for _, item := range items {
				u.held[record.Outlook][item.rec.ID] = true
				r.unknownSource(item.rec.ID)
			}
			continue
		case h.rec == nil, r.linked[record.CRM][id], r.eligible(h.rec) != filter.Yes:
			for _, item := range items {
				u.known[item.rec.ID] = Known{Orphan: true}
				if h.gone == Deleted && r.fromBackup() {
					r.tellSourceMissing(item.rec.ID)
				}
			}
			continue
		}
		slices.SortFunc(items, func(a, b stamped) int {
			return cmp.Or(b.gen-a.gen, a.rec.Created.Compare(b.rec.Created), compareIDs(a.rec.ID, b.rec.ID))
		})
		r.pairStamped(u, id, items)
	}
	return nil
}

// pairStamped ties the first of some items to the record that their stamps name, and leaves the others, unless the first has no name, address
// or number in common with it: a CRM that was put back from a backup gives ids a second time. Then a person is asked.
func (r *run) pairStamped(u *unlinked, crm string, items []stamped) {
	first := items[0].rec
	ids, others := [2]string{crm, first.ID}, anotherInSync
	c, o := r.candidate(record.CRM, r.live[record.CRM][crm].rec), r.candidate(record.Outlook, first)
	if score, known := match.Agrees(c.Name, o.Name); known && score == 0 && !share(candidateKeys(c), candidateKeys(o)) {
		said := slices.IndexFunc(r.identities, func(d PersonDecision) bool { return d.Record == ids && r.asAnswered(d, r.halves(ids)) })
		switch {
		case r.toldApart(ids), said >= 0 && r.identities[said].Identity == TwoPeople:
			return
		case said < 0:
			r.problem(r.doubtfulPair(c, o))
			u.held[record.CRM][crm], u.held[record.Outlook][first.ID] = true, true
		}
		others = "Another Outlook contact was made from the same CRM record. This one stays as it is."
	} else {
		r.enlistMatch(crm, first.ID)
	}
	for _, item := range items[1:] {
		u.known[item.rec.ID] = Known{Orphan: true}
		r.problem(matchProblem(CodeSeveralMatches, match.Pairing{CRM: crm, Outlook: item.rec.ID}, others))
	}
}

// pairCopied ties items whose stamp names a record that lives on as another to records that were made from items and hold the same, or
// are theirs for certain by their keys: a copy of a card has its stamp, and is imported once the card's own record was merged into one
// with a card. A record that a card without a stamp may be is left to that, and one that a card's stamp names to that card.
func (r *run) pairCopied(u *unlinked, byRecord map[string][]stamped, now map[string]string) {
	var items []string
	lives, copied := map[string]bool{}, map[string]bool{}
	for _, made := range byRecord {
		for _, item := range made {
			copied[item.rec.ID] = true
		}
	}
	for id, next := range now {
		lives[next] = true
		for _, item := range byRecord[id] {
			items = append(items, item.rec.ID)
		}
	}
	if len(items) == 0 {
		return
	}
	slices.Sort(items)
	own := slices.DeleteFunc(r.unpaired(u), func(item string) bool { return copied[item] })
	shared, alone := r.byTrait(items), r.byTrait(own)
	var crm, outlook []match.Candidate
	for _, id := range u.crm {
		if lives[id] || len(byRecord[id]) > 0 || !r.imported(u, id) {
			continue
		}
		if cards, score := r.near(id, alone); len(r.mostAlike(u, id, cards, score)) > 0 || r.linked[record.CRM][id] {
			continue
		}
		near, _ := r.near(id, shared)
		i := slices.IndexFunc(near, func(item string) bool {
			return !r.linked[record.Outlook][item] && !r.toldApart([2]string{id, item}) && r.likeness(u, id, item) == same
		})
		if i < 0 {
			crm = append(crm, *u.keys[record.CRM][id])
			continue
		}
		r.enlistMatch(id, near[i])
	}
	for _, id := range items {
		if !r.linked[record.Outlook][id] {
			outlook = append(outlook, *u.keys[record.Outlook][id])
		}
	}
	options := r.matchOptions()
	options.LinkDoubtful = false
	for _, p := range match.Pair(crm, outlook, options).Links {
		r.enlistMatch(p.CRM, p.Outlook)
	}
}

// waitingCards are the items of which it is an open problem that the CRM could not tell what became of their record, or asked whose they are.
// Of other items that are known to have no partner nothing was lost.
func (r *run) waitingCards(ctx context.Context, u *unlinked) (map[string]bool, error) {
	if u.waiting != nil {
		return u.waiting, nil
	}
	open, err := r.e.cfg.State.Problems(ctx, r.conn.ID)
	if err != nil {
		return nil, err
	}
	u.waiting = map[string]bool{}
	for _, p := range open {
		if p.Code == CodeUnknown && p.Link == "" || p.Code == CodeDoubtfulMatch {
			u.waiting[p.Record[record.Outlook]] = true
		}
	}
	return u.waiting, nil
}

// unknownSource reports an item that was made from a CRM record of which the CRM cannot tell; it is looked at again later.
func (r *run) unknownSource(item string) {
	p := Problem{
		Code: CodeUnknown, Record: [2]string{record.Outlook: item}, Sides: onSide(record.CRM), RetryAt: r.start.Add(time.Minute),
		Message: "This card was made from a CRM record, and the CRM cannot say at present what became of that. Nothing is changed; it is looked at again.",
	}
	p.RetryAt = r.later(p)
	r.problem(p)
}

// stamped is an item that carries a stamp of this connection, with the generation of the create.
type stamped struct {
	rec *record.Record
	gen int
}

// readUntied notes the ties of CRM records that are not at hand, and reads them.
func (r *run) readUntied(ctx context.Context, ids []string) error {
	var unread []string
	for _, id := range ids {
		if _, ok := r.live[record.CRM][id]; !ok {
			unread = append(unread, id)
		}
	}
	if _, err := r.noteLinksOf(ctx, unread); err != nil {
		return err
	}
	return r.fetch(ctx, record.CRM, unread)
}

// succeeded tells of those CRM records that are gone which one lives on for them: the survivor of a merge, or the one that a
// user's edit made in the place of one deleted, which may have been deleted and put back in turn.
func (r *run) succeeded(ctx context.Context, ids []string) (map[string]string, error) {
	now, was := map[string]string{}, map[string][]string{}
	var deleted, next []string
	for _, id := range ids {
		switch h := r.live[record.CRM][id]; {
		case h.gone == Merged && h.into != "":
			now[id] = h.into
			next = append(next, h.into)
		case h.gone == Deleted:
			last := r.lastOf(id)
			deleted, was[last] = append(deleted, last), append(was[last], id)
		}
	}
	slices.Sort(deleted)
	deleted = slices.Compact(deleted)
	for len(deleted) > 0 {
		var again []string
		for chunk := range slices.Chunk(deleted, fetchSize) {
			refs := make([]Ref, len(chunk))
			for i, id := range chunk {
				refs[i] = Ref{Stamp: r.reviveStamp(id)}
			}
			found, err := r.get(ctx, record.CRM, refs)
			if err != nil {
				return nil, err
			}
			for i, f := range found {
				_, been := was[f.ID]
				switch {
				case len(f.Records) > 0:
					for _, id := range was[chunk[i]] {
						now[id] = f.Records[0].ID
					}
					next = append(next, f.Records[0].ID)
				case f.Removed == Deleted && f.ID != "" && !been:
					again, was[f.ID] = append(again, f.ID), was[chunk[i]]
				}
			}
		}
		deleted = again
	}
	slices.Sort(next)
	return now, r.readUntied(ctx, slices.Compact(next))
}
