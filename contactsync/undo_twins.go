package contactsync

import (
	"cmp"
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// remakes reports whether records on the side are to be made again that an undo had deleted, as a run had made them. It made them since
// nobody fitted: who has come back meanwhile would be there twice.
func (x *undoing) remakes(side record.Side) bool {
	return slices.ContainsFunc(x.ties, func(u *untie) bool { return u.remakes(side) })
}

func (u *untie) remakes(side record.Side) bool {
	d := u.did[side]
	return d != nil && d.op == Delete && d.byUndo && !d.mixed
}

// peek reads what has changed on the sides since runs last looked, where something is made again there. The cursors stay.
func (r *run) peek(ctx context.Context) error {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		if !r.undone.remakes(side) || r.mode.full[side] {
			continue
		}
		if err := r.drain(ctx, side, false); err != nil {
			return err
		}
		r.undone.listed[side] = r.full[side] || r.partly[side]
		r.full[side] = false // the stamps that tell what was never made are not read
	}
	return nil
}

// findTwins looks for what is made again among the records that no run has met yet.
func (r *run) findTwins(ctx context.Context) error {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		if !r.undone.remakes(side) {
			continue
		}
		unmet, err := r.unmet(ctx, side)
		if err != nil {
			return err
		}
		r.markTwins(side, unmet)
	}
	return nil
}

// putsBack reports whether a record on the side is to be made again that the run had deleted, and that is not there.
func (u *untie) putsBack(r *run, side record.Side) bool {
	d := u.did[side]
	return d != nil && d.op == Delete && !d.byUndo && !d.mixed && !u.repeat && !u.found[side] && r.live[side][u.link.IDs[side]].rec == nil
}

// findMadeMeanwhile looks for those whom the run had deleted among the records that later runs have made: somebody has typed them in again, and
// they are in sync.
func (r *run) findMadeMeanwhile(ctx context.Context) error {
	var lost [2][]*untie
	for _, u := range r.undone.ties {
		for side := range lost {
			if u.putsBack(r, record.Side(side)) {
				lost[side] = append(lost[side], u)
			}
		}
	}
	if len(lost[record.CRM])+len(lost[record.Outlook]) == 0 {
		return nil
	}
	var made [2][]string
	err := r.laterTraces(ctx, func(*JournalEntry) bool { return true }, func(_ uint64, traces []*kept) {
		for _, k := range traces {
			if side := k.trace.Side; k.trace.Op == Create && k.trace.ID != "" && len(lost[side]) > 0 {
				made[side] = append(made[side], k.trace.ID)
			}
		}
	})
	if err != nil {
		return err
	}
	for side, ids := range made {
		if err := r.fetch(ctx, record.Side(side), ids); err != nil {
			return err
		}
		var there []*record.Record
		for _, id := range ids {
			if rec := r.live[side][id].rec; rec != nil {
				there = append(there, rec)
			}
		}
		r.markAnew(record.Side(side), lost[side], there)
	}
	return nil
}

// markAnew marks those who are there again for certain: they are found by their match keys, or else hold nothing that says otherwise under
// the same name.
func (r *run) markAnew(side record.Side, lost []*untie, there []*record.Record) {
	var people [2][]match.Candidate
	byPartner := map[string]*untie{}
	for _, u := range lost {
		partner := record.Record{ID: cmp.Or(u.link.IDs[side.Other()], u.link.ID), Fields: r.asDeleted(u, side)}
		byPartner[partner.ID] = u
		people[side.Other()] = append(people[side.Other()], r.candidate(side, &partner))
	}
	for _, rec := range there {
		people[side] = append(people[side], r.candidate(side, rec))
	}
	options := r.matchOptions()
	options.LinkDoubtful = false
	for _, p := range match.Pair(people[record.CRM], people[record.Outlook], options).Links {
		byPartner[[2]string{p.CRM, p.Outlook}[side.Other()]].twin[side] = true
	}
	keyless := func(c match.Candidate) bool { return len(c.Emails)+len(c.Phones) == 0 }
	for _, was := range people[side.Other()] {
		u := byPartner[was.ID]
		for i, is := range people[side] {
			if u.twin[side] || !keyless(was) && !keyless(is) || !match.Alike(was.Name, is.Name) {
				continue
			}
			agree, _, differ, _ := r.compare(side, r.asDeleted(u, side), there[i].Fields)
			u.twin[side] = agree && !differ
		}
	}
}

// unmet are the records that a side named, and that are neither tied, nor known, nor put back already.
func (r *run) unmet(ctx context.Context, side record.Side) (records []*record.Record, err error) {
	met := map[string]bool{}
	for _, u := range r.undone.ties {
		met[u.link.IDs[side]] = true
	}
	var ids []string
	for id := range r.moved[side] {
		if r.live[side][id].rec != nil && !met[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, linksPage) {
		links, err := r.linksOf(ctx, side, chunk)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			met[l.IDs[side]] = met[l.IDs[side]] || l.Phase == Linked || l.Phase == Intended
		}
		if side == record.Outlook {
			known, err := r.e.cfg.State.KnownOf(ctx, r.conn.ID, chunk)
			if err != nil {
				return nil, err
			}
			for _, k := range known {
				met[k.ID] = true
			}
		}
		for _, id := range chunk {
			if !met[id] {
				records = append(records, r.live[side][id].rec)
			}
		}
	}
	return records, nil
}

// markTwins marks what is to be made again and may be there already: a run that met those records would tie one of them to the partner, or
// ask. Where one of the two has no match key, it may be where both say the same, unless it may have been there all along.
func (r *run) markTwins(side record.Side, unmet []*record.Record) {
	var people [2][]match.Candidate
	lost := map[string]*untie{}
	for _, u := range r.undone.ties {
		if u.remakes(side) {
			partner := record.Record{ID: u.link.IDs[side.Other()], Fields: r.asDeleted(u, side)}
			lost[partner.ID] = u
			people[side.Other()] = append(people[side.Other()], r.candidate(side, &partner))
		}
	}
	for _, rec := range unmet {
		people[side] = append(people[side], r.candidate(side, rec))
	}
	met := match.Pair(people[record.CRM], people[record.Outlook], r.matchOptions())
	for _, p := range slices.Concat(met.Links, met.Doubtful, met.Spare, met.Strangers) {
		lost[[2]string{p.CRM, p.Outlook}[side.Other()]].twin[side] = true
	}
	if r.undone.listed[side] {
		return
	}
	for _, c := range people[side.Other()] {
		u := lost[c.ID]
		was, keyless := r.asDeleted(u, side), len(candidateKeys(c)) == 0
		for i, rec := range unmet {
			keyless := keyless || len(candidateKeys(people[side][i])) == 0
			u.twin[side] = u.twin[side] || keyless && r.agree(side, was, rec.Fields)
		}
	}
}

// asDeleted is what a record held that a run's undo had deleted.
func (r *run) asDeleted(u *untie, side record.Side) record.Fields {
	b := r.terms.schema[side].Build()
	for name, v := range u.did[side].whole {
		if _, has := r.terms.schema[side].Field(name); has {
			b.Set(name, v...)
		}
	}
	return b.Fields()
}

// agree reports whether two records of a side say the same in something that is mapped, and nowhere something else.
func (r *run) agree(side record.Side, a, b record.Fields) (agree bool) {
	for i := range r.terms.rules.Rules {
		for _, f := range r.terms.rules.Rules[i].Fields[side] {
			v, _ := a.Get(f.Name)
			w, _ := b.Get(f.Name)
			switch {
			case v.IsEmpty() || w.IsEmpty():
			case !f.Equal(v, w, r.terms.rules.Locale):
				return false
			default:
				agree = true
			}
		}
	}
	return agree
}
