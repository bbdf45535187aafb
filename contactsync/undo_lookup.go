package contactsync

import (
	"context"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// recoverForUndo looks for the creates that were intended and not confirmed: those of the run that is undone, and those of an
// undo that was stopped.
func (r *run) recoverForUndo(ctx context.Context) error {
	if err := r.recoverCreates(ctx); err != nil {
		return err
	}
	if r.mode.full[record.Outlook] {
		if err := r.drain(ctx, record.Outlook, true); err != nil {
			return err
		}
		if err := r.readStamps(ctx); err != nil {
			return err
		}
	}
	return r.peek(ctx)
}

// lookUpUndo finds out how the links and records that the run wrote to are now, and makes a job of each tie that has anything
// to be put back.
func (r *run) lookUpUndo(ctx context.Context) error {
	if err := r.findTies(ctx); err != nil {
		return err
	}
	if err := r.findMade(ctx); err != nil {
		return err
	}
	if err := r.findHeld(ctx); err != nil {
		return err
	}
	var ids [2][]string
	for _, u := range r.undone.ties {
		for side, d := range u.did {
			ids[side] = append(ids[side], u.link.IDs[side])
			if d != nil {
				ids[side] = append(ids[side], d.id)
			}
		}
	}
	for side := range ids {
		ids[side] = slices.DeleteFunc(ids[side], func(id string) bool {
			rec := r.live[side][id].rec // of a listing, which may leave fields and stamps out
			return id == "" || rec != nil && rec.StampRead && rec.Fields.Len() == len(r.terms.schema[side].Fields())
		})
		if err := r.fetch(ctx, record.Side(side), ids[side]); err != nil {
			return err
		}
	}
	r.rejoin()
	if err := r.findPutBack(ctx); err != nil {
		return err
	}
	if err := r.findSuccessors(ctx); err != nil {
		return err
	}
	if err := r.findTwins(ctx); err != nil {
		return err
	}
	if err := r.findMadeMeanwhile(ctx); err != nil {
		return err
	}
	if err := r.heedUndoRights(ctx); err != nil {
		return err
	}
	if err := r.readSince(ctx); err != nil {
		return err
	}
	for _, u := range r.undone.ties {
		r.enlistUntie(u)
	}
	return nil
}

// findTies reads the links of the ties as they are stored now.
func (r *run) findTies(ctx context.Context) error {
	byID := map[string]Link{}
	var of [2]map[string][]Link
	for _, l := range r.lease.Open {
		byID[l.ID] = l
	}
	for side := range of {
		of[side] = map[string][]Link{}
		var ids []string
		for _, u := range r.undone.ties {
			ids = append(ids, u.link.IDs[side])
			if d := u.did[side]; d != nil {
				ids = append(ids, d.id)
			}
		}
		slices.Sort(ids)
		ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
		for chunk := range slices.Chunk(ids, linksPage) {
			links, err := r.linksOf(ctx, record.Side(side), chunk)
			if err != nil {
				return err
			}
			r.current(links)
			for _, l := range links {
				byID[l.ID] = l
				of[side][l.IDs[side]] = append(of[side][l.IDs[side]], l)
			}
		}
	}
	for _, u := range r.undone.ties {
		for s, d := range u.did {
			side := record.Side(s)
			partner := u.link.IDs[side.Other()]
			if d == nil || d.op != Delete || partner == "" {
				continue
			}
			all := r.terms.Match.Several == match.All
			u.tied[side] = !(side == record.CRM && all) && slices.ContainsFunc(of[side][d.id], func(l Link) bool {
				return l.ID != u.link.ID && (l.Phase == Linked || l.Phase == Intended)
			})
			u.taken = r.takenBy(u, side, of[side.Other()][partner])
		}
		u.other = u.tiedElsewhere(of[record.Outlook])
		if d := u.did[record.CRM]; d != nil && d.op == Create && d.id != "" {
			u.shared = slices.ContainsFunc(of[record.CRM][d.id], func(l Link) bool { return l.ID != u.link.ID && l.Phase == Linked })
		}
		l, stored := byID[u.link.ID]
		if !stored {
			var err error
			if l, stored, err = r.linkByID(ctx, u.link.ID); err != nil {
				return err
			}
		}
		if u.stored = stored; !stored {
			one := []Link{u.link}
			r.current(one)
			u.link = one[0]
			u.link.Phase = "" // it is in none
			r.stored[u.link.ID] = ""
			continue
		}
		if l.Phase == Intended {
			settled, gone, repeat := r.settle(l)
			u.repeat = repeat && l.Cause != NoCause
			u.wait = settled.Phase == Intended && !repeat
			if settled.Phase != Intended {
				r.settled[l.ID] = true
			}
			if gone != nil && settled.IDs[l.Target] != "" {
				r.live[l.Target][settled.IDs[l.Target]] = *gone
			}
			l = settled
		}
		u.link, u.gen = l, max(u.gen, l.Gen)
	}
	return nil
}

// rejoin names in ties that have let go of their item, as of a record that left, the one that the run was to delete and that is there all the
// same: a run that was stopped did not come to it, or somebody took it back.
func (r *run) rejoin() {
	for _, u := range r.undone.ties {
		d := u.did[record.Outlook]
		if d == nil || d.op != Delete || u.link.Phase != Unlinked || u.link.IDs[record.Outlook] != "" {
			continue
		}
		if r.live[record.Outlook][d.id].gone != Deleted {
			u.link.IDs[record.Outlook] = d.id
		}
	}
}

// linkByID reads a link to which none of the records that the journal names leads any more: it may have gone on with others.
func (r *run) linkByID(ctx context.Context, id string) (Link, bool, error) {
	last := len(id) - 1
	links, err := r.e.cfg.State.Links(ctx, r.conn.ID, id[:last]+string(rune(id[last]-1)), 1) // all ids are of one length
	if links = r.ties(links); err != nil || len(links) == 0 || links[0].ID != id {
		return Link{}, false, err
	}
	r.current(links)
	return links[0], true, nil
}

// findMade looks by their stamps for the records whose create was not confirmed to the run.
func (r *run) findMade(ctx context.Context) error {
	return r.findStamps(ctx, func(u *untie, side record.Side) string {
		if d := u.did[side]; d != nil && d.op == Create && d.id == "" {
			return d.stamp
		}
		return ""
	}, func(u *untie, side record.Side, f Found) bool {
		d := u.did[side]
		switch {
		case len(f.Records) > 0:
			rec := oldestFirst(f.Records)[0]
			d.id = rec.ID
		case f.Removed == Unknown && r.start.Sub(u.kept[0].entry.At) < r.untilRepeat(), f.Removed == "":
			u.wait = true // it may only not be seen yet
		}
		return false
	})
}

// findHeld finds the CRM records which the run made and to which another connection has tied a card that the sync did not make: deleted, they
// would take somebody's own card along. A card that the sync has copied from them goes as it came.
func (r *run) findHeld(ctx context.Context) error {
	made := map[string][]*untie{}
	for _, u := range r.undone.ties {
		if d := u.did[record.CRM]; d != nil && d.op == Create && d.id != "" {
			made[d.id] = append(made[d.id], u)
		}
	}
	for _, ties := range made {
		for _, u := range ties {
			u.shared = u.shared || len(ties) > 1 // of one user, whose cards one create was to bring it back for
		}
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(made)), linksPage) {
		conns, err := r.e.cfg.State.LinkedTo(ctx, r.conn.Tenant, ids)
		if err != nil {
			return err
		}
		for _, conn := range conns {
			if conn == r.conn.ID {
				continue
			}
			links, err := r.e.cfg.State.LinksOf(ctx, conn, record.CRM, ids)
			if err != nil {
				return err
			}
			for _, l := range links {
				for _, u := range made[l.IDs[record.CRM]] {
					u.shared = u.shared || l.Phase == Linked && !l.Made[record.Outlook]
				}
			}
		}
	}
	return nil
}

// findPutBack looks for records that were put back already, by an undo that was stopped or by somebody whose edit outlived
// the delete, and for a generation that was never used.
func (r *run) findPutBack(ctx context.Context) error {
	return r.findStamps(ctx, func(u *untie, side record.Side) string {
		d := u.did[side]
		if d == nil || d.op != Delete || d.mixed || u.wait || u.repeat || r.live[side][u.link.IDs[side]].rec != nil {
			return ""
		}
		if side == record.CRM {
			return r.reviveStamp(d.id)
		}
		next := u.link
		next.Target, next.Gen = record.Outlook, u.gen+1
		return r.stamp(next)
	}, func(u *untie, side record.Side, f Found) bool {
		switch {
		case len(f.Records) > 0 && r.usable(side, &oldestFirst(f.Records)[0]):
			rec := oldestFirst(f.Records)[0]
			u.link.IDs[side] = rec.ID
			u.found[side] = true
		case f.Removed == Unknown:
		case side == record.Outlook && f.Removed != "":
			u.gen++
			return true
		default:
			u.spent = true
		}
		return false
	})
}

// findStamps asks for the stamps that want names, one a tie and side, and tells found the answers; where that says so the tie
// is asked about again.
func (r *run) findStamps(ctx context.Context, want func(*untie, record.Side) string, found func(*untie, record.Side, Found) bool) error {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		todo := r.undone.ties
		for len(todo) > 0 {
			var again []*untie
			for chunk := range slices.Chunk(todo, fetchSize) {
				var refs []Ref
				var whose []*untie
				for _, u := range chunk {
					if stamp := want(u, side); stamp != "" {
						refs, whose = append(refs, Ref{Stamp: stamp}), append(whose, u)
					}
				}
				if len(refs) == 0 {
					continue
				}
				answers, err := r.get(ctx, side, refs)
				if err != nil {
					return err
				}
				for i, u := range whose {
					for n := range answers[i].Records {
						if rec := &answers[i].Records[n]; r.usable(side, rec) {
							r.live[side][rec.ID] = half{rec: rec}
						}
					}
					if found(u, side, answers[i]) {
						again = append(again, u)
					}
				}
			}
			todo = again
		}
	}
	return nil
}

// enlistUntie lists the job of a tie, or settles it where nothing is to be written.
func (r *run) enlistUntie(u *untie) {
	j := u.job()
	v := r.judgeJob(j)
	if slices.Contains(v.ops[:], Create) || v.dirty && v.link.Phase == Linked {
		for side, id := range j.link.IDs {
			if id != "" && r.live[side][id].gone == "" {
				r.undone.lookAt[side] = append(r.undone.lookAt[side], id)
			}
		}
	}
	if v.writes() && j.link.Phase == Linked { // what nobody has looked at yet would pass for what the undo writes
		for side, id := range j.link.IDs {
			if rec := r.live[side][id].rec; rec != nil && rec.Version != j.link.Version[side] {
				r.undone.lookAt[side] = append(r.undone.lookAt[side], id)
			}
		}
	}
	if !v.writes() {
		if !r.mode.dry {
			r.quietUntie(j, &v)
		}
		for _, p := range v.asked {
			r.problem(p)
		}
		return
	}
	j.ops, j.kinds = v.ops, r.kinds(j, &v)
	for side, op := range v.ops {
		switch op {
		case Update:
			r.undone.put[side][j.ids[side]] = r.undone.put[side][j.ids[side]].With(v.set[side])
		case Delete:
			r.undone.lookAt[side] = append(r.undone.lookAt[side], j.ids[side])
		}
	}
	r.jobs = append(r.jobs, j)
	if id := j.ids[record.CRM]; id != "" {
		r.undone.jobs[id] = append(r.undone.jobs[id], j)
	}
}
