package contactsync

import (
	"context"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// setAside keeps a link for later of which one record was deleted and the other is left, and reports whether it did: before
// anything follows from a delete, the run looks whether somebody typed the same person in again.
func (r *run) setAside(l Link) bool {
	left, ok := r.bereftOn(l)
	if ok {
		r.bereft[left][l.IDs[left]] = l
	}
	return ok
}

// bereftOn says on which side the record of a link is left whose other record was deleted, or moved out of the folder. A CRM
// record that was deleted before and is left alone since, or asked about its edited item, is not looked for again here: its item may be
// matched like an orphan.
func (r *run) bereftOn(l Link) (left record.Side, ok bool) {
	h := r.halves(l.IDs)
	c, o := h[record.CRM], h[record.Outlook]
	switch {
	case l.Phase != Linked || l.IDs[record.CRM] == "" || l.IDs[record.Outlook] == "":
	case r.itemGone(l) && c.gone == "" && !r.oneOfSeveral(l):
		return record.CRM, true
	case c.gone != Deleted || o.gone != "" || r.replaced[l.IDs[record.CRM]] != "":
	case l.Version != [2]string{} || r.moved[record.CRM][l.IDs[record.CRM]] || r.moved[record.Outlook][l.IDs[record.Outlook]] || r.askedOf[record.Outlook][l.IDs[record.Outlook]] || r.restores(&l, record.CRM):
		return record.Outlook, true
	}
	return 0, false
}

// followWaiting judges those links of found records whose last change was not settled, and whose record may be whom an item to be matched
// means: their other record may have been deleted long ago, and be left alone or asked about since.
func (r *run) followWaiting(ctx context.Context, u *unlinked, links []Link) error {
	waiting := slices.DeleteFunc(links, func(l Link) bool {
		return l.Phase != Linked || r.judged[l.ID] || l.Version[record.Outlook] != ""
	})
	return r.follow(ctx, r.sharingKeys(u, waiting))
}

// readBereft reads the records that are left, where somebody may have typed in their person again. What is new in Outlook need not
// have been listed in this run; what is new in the CRM was, or is asked about.
func (r *run) readBereft(ctx context.Context, newInCRM bool) error {
	for side, links := range r.bereft {
		var unread []string
		for id := range links {
			wanted := record.Side(side) == record.CRM || newInCRM || r.askedOf[side][id]
			if wanted && r.live[side][id].rec == nil {
				unread = append(unread, id)
			}
		}
		if err := r.fetch(ctx, record.Side(side), unread); err != nil {
			return err
		}
	}
	return nil
}

// bereftRecords are the records that may be tied anew, in order of id.
func (r *run) bereftRecords(side record.Side) []*record.Record {
	var records []*record.Record
	for _, id := range slices.Sorted(maps.Keys(r.bereft[side])) {
		rec := r.live[side][id].rec
		if rec != nil && !(side == record.CRM && r.left(r.bereft[side][id], r.live[side][id])) {
			records = append(records, rec)
		}
	}
	return records
}

// retie ties who was deleted on one side and typed in again there to the record that is left, so that nothing follows from the
// delete. Only those are tied who are certain to be the same person, and to nobody else; of those who may be a person is asked, unless the
// settings let the delete go through.
func (r *run) retie(u *unlinked, crm, outlook []match.Candidate) {
	lists := [2][]match.Candidate{crm, outlook}
	found := false
	for side := range lists {
		var free []match.Candidate
		for _, rec := range r.bereftRecords(record.Side(side)) {
			free = append(free, r.candidate(record.Side(side), rec))
		}
		if len(free) == 0 {
			continue
		}
		found = true
		elsewhere := func(c match.Candidate) bool { _, bereft := r.bereft[side][c.ID]; return bereft }
		lists[side] = append(free, slices.DeleteFunc(slices.Clone(lists[side]), elsewhere)...)
	}
	if !found {
		return
	}
	options := r.matchOptions()
	options.LinkDoubtful = false
	res := match.Pair(lists[record.CRM], lists[record.Outlook], options)
	for _, p := range res.Links {
		if left, ok := r.mayRetie(u, p); ok {
			id := [2]string{p.CRM, p.Outlook}[left]
			r.retieAll(left, r.bereft[left][id], [2]string{p.CRM, p.Outlook})
		}
	}
	shown := r.shownIn(lists[record.CRM], lists[record.Outlook])
	for _, p := range res.Doubtful {
		left, ok := r.mayRetie(u, p)
		if !ok || u.keys[left.Other()][[2]string{p.CRM, p.Outlook}[left.Other()]] == nil {
			continue
		}
		l := r.bereft[left][[2]string{p.CRM, p.Outlook}[left]]
		if v := r.judge(l, r.halves(l.IDs)); v.ops[left] != Delete {
			r.askBereft(u, l, left, doubtfulMatch(p, shown(p)))
		}
	}
}

// mayRetie says which of two records is left of a tie that the other may take up: it is of no tie itself, and nobody is asked about it.
func (r *run) mayRetie(u *unlinked, p match.Pairing) (left record.Side, ok bool) {
	ids := [2]string{p.CRM, p.Outlook}
	var was [2]bool
	for side, id := range ids {
		_, was[side] = r.bereft[side][id]
	}
	if was[record.Outlook] {
		left = record.Outlook
	}
	if was[record.Outlook] && r.saidApart(r.bereft[record.Outlook][p.Outlook], p.CRM) {
		return left, false
	}
	again := left.Other()
	_, rests := r.withoutItem[p.CRM]
	return left, was[0] != was[1] && !rests && !r.linked[again][ids[again]] && !u.held[again][ids[again]]
}

// askBereft asks whether somebody who was typed in again is the one of whom only one record is left. While that is asked nothing is made, also
// where a run looks at one of the two alone.
func (r *run) askBereft(u *unlinked, l Link, left record.Side, p Problem) {
	before := len(r.report.Problems)
	r.doubt(u, p)
	if !r.askedOf[left][l.IDs[left]] { // should the run be stopped, the next one knows what was asked
		r.batch.Problems = append(r.batch.Problems, r.report.Problems[before:]...)
	}
	r.wondered[l.IDs[record.CRM]] = true
}

// retieAll ties what is left of a link to who was typed in again. All cards that were of one record go on with the same one.
func (r *run) retieAll(left record.Side, old Link, ids [2]string) {
	r.enlistRetied(old, ids)
	delete(r.bereft[left], old.IDs[left])
	if left == record.CRM {
		return
	}
	crm := ids[record.CRM]
	for _, item := range slices.Sorted(maps.Keys(r.bereft[record.Outlook])) {
		l := r.bereft[record.Outlook][item]
		pair := [2]string{record.CRM: crm, record.Outlook: item}
		if l.IDs[record.CRM] != old.IDs[record.CRM] {
			continue
		}
		r.enlistRetied(l, pair)
		delete(r.bereft[record.Outlook], item)
	}
}

// saidApart reports whether a person has said that a CRM record is not who a card means whose own record was deleted, or another card of that
// record.
func (r *run) saidApart(l Link, crm string) bool {
	for item, other := range r.bereft[record.Outlook] {
		if other.IDs[record.CRM] == l.IDs[record.CRM] && r.toldApart([2]string{record.CRM: crm, record.Outlook: item}) {
			return true
		}
	}
	return false
}

// enlistRetied plans the first meeting of two records by which the link of one of them goes on.
func (r *run) enlistRetied(old Link, ids [2]string) {
	l := Link{Conn: r.conn.ID, IDs: ids, Phase: Linked}
	if c := r.live[record.CRM][ids[record.CRM]].rec; c != nil && r.eligible(c) == filter.No {
		l.Cause = CauseOutside
	}
	r.withoutItem[ids[record.CRM]] = old
	r.enlistPair(l, r.judgeMerge(l, r.halves(ids)))
}

// enlistBereft makes jobs of what follows from the deletes that are left: nobody was typed in again. A run for some records did
// not see what is new, so it deletes no record for an item that is gone, and makes nobody again.
func (r *run) enlistBereft() {
	var links []Link
	for _, bereft := range r.bereft {
		for _, l := range bereft {
			links = append(links, l)
		}
	}
	links = slices.AppendSeq(links, maps.Values(r.resting))
	slices.SortFunc(links, func(a, b Link) int { return compareIDs(a.ID, b.ID) })
	for _, l := range links {
		v := r.judge(l, r.halves(l.IDs))
		switch {
		case r.mode.crmIDs != nil && (v.ops[record.CRM] == Delete || slices.Contains(v.ops[:], Create)):
			r.leaveToNext(l.IDs)
			continue
		case r.wondered[l.IDs[record.CRM]] && slices.Contains(v.ops[:], Create) && !l.pending():
			left := record.CRM
			if v.ops[record.CRM] == Create {
				left = record.Outlook
			}
			r.letWait(l, left)
			continue
		}
		r.enlist(l, v, false)
	}
}

// letWait keeps a link as it is while a person is asked whether its deleted record was typed in again: nothing is copied, and each run looks
// at it. What a person has let be restored is restored once they are told apart. One of several ties of the record says that it waits too.
func (r *run) letWait(l Link, left record.Side) {
	now := l
	now.Version = [2]string{}
	for side, restore := range r.conn.Progress.Restore {
		if gone := r.live[side][l.IDs[side]].gone; restore && gone == Deleted {
			now.Cause, now.Target = CauseRestore, record.Side(side)
		}
	}
	if now.Version != l.Version || now.Cause != l.Cause || now.Target != l.Target {
		r.saveLink(now)
	}
	told := func(p Problem) bool {
		return p.Link == l.ID || p.Record[left] == l.IDs[left]
	}
	if !slices.ContainsFunc(r.report.Problems, told) { // another tie of the same record is asked about
		r.problem(Problem{
			Code: CodeSeveralMatches, Link: l.ID, Record: l.IDs, Sides: onSide(left),
			Message: "Another contact of the same person is asked about. This one waits for the answer too, and stays as it is.",
		})
	}
}
