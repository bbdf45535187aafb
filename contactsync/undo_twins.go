package contactsync

import (
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
		for _, u := range r.undone.ties {
			u.twin[side] = u.remakes(side) && slices.ContainsFunc(unmet, func(rec *record.Record) bool { return r.twins(u, side, rec) })
		}
	}
	return nil
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

// twins reports whether a record may be the one that is to be made again: a run that met it would tie it to the partner, or ask. Where one of
// the two has no match key, it may be where both say the same, unless it may have been there all along.
func (r *run) twins(u *untie, side record.Side, rec *record.Record) bool {
	b := r.terms.schema[side].Build()
	for name, v := range u.did[side].whole {
		if _, has := r.terms.schema[side].Field(name); has {
			b.Set(name, v...)
		}
	}
	was := record.Record{ID: u.link.IDs[side.Other()], Fields: b.Fields()}
	lost, there := r.candidate(side, &was), r.candidate(side, rec)
	var people [2][]match.Candidate
	people[side.Other()], people[side] = []match.Candidate{lost}, []match.Candidate{there}
	met := match.Pair(people[record.CRM], people[record.Outlook], r.matchOptions())
	if len(met.Links)+len(met.Doubtful)+len(met.Spare)+len(met.Strangers) > 0 {
		return true
	}
	return !r.undone.listed[side] && (len(candidateKeys(lost)) == 0 || len(candidateKeys(there)) == 0) && r.agree(side, was.Fields, rec.Fields)
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
