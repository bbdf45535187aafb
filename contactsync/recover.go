package contactsync

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// recoverCreates looks for the creates that were intended and not confirmed, before anything else is read: a stamp that
// is found is adopted, one that is not is waited for, or created again when nothing can still be under way.
func (r *run) recoverCreates(ctx context.Context) error {
	r.recovered = map[string]recovery{}
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		var intended []Link
		var refs []Ref
		for _, l := range r.lease.Open {
			if l.Phase == Intended && l.Target == side {
				intended = append(intended, l)
				refs = append(refs, Ref{Stamp: r.stamp(l)})
			}
		}
		if len(refs) == 0 {
			continue
		}
		found, err := r.get(ctx, side, refs)
		if err != nil {
			return err
		}
		for i, f := range found {
			r.recoverCreate(intended[i], f)
		}
	}
	return nil
}

// recovery is what became of an intended create.
type recovery struct {
	link    Link
	records []record.Record // found under the stamp, oldest first
	gone    half            // made, and removed since; how
	id      string          // that it had then, where the side knows it
	repeat  bool            // create again, unless the listing of this run shows the stamp
}

func (r *run) recoverCreate(l Link, f Found) {
	rec := recovery{link: l, records: oldestFirst(f.Records)}
	switch {
	case len(f.Records) > 0:
	case f.Removed == "": // no answer: nothing is concluded
	case f.Removed != Unknown:
		rec.gone, rec.id = half{gone: f.Removed, into: f.Into}, f.ID
	case l.Target == record.CRM:
		rec.repeat = true // a repeated stamp makes no second record there
	case r.start.Sub(l.Since) >= r.untilRepeat() && r.mode.crmIDs == nil:
		r.mode.full[record.Outlook] = true
		rec.repeat = true
	}
	r.recovered[l.ID] = rec
}

func oldestFirst(records []record.Record) []record.Record {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b record.Record) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return records
}

// settle turns an intended link into what recovery found. It returns the link, what is known of its target's record when
// that is not in the folder, and whether its create is to be repeated.
func (r *run) settle(l Link) (_ Link, target *half, repeat bool) {
	rec := r.recovered[l.ID]
	if len(rec.records) == 0 {
		rec.records = oldestFirst(slices.DeleteFunc(slices.Clone(r.stamped[l.ID]), func(listed record.Record) bool {
			return !strings.EqualFold(listed.Stamp, r.stamp(l))
		}))
	}
	switch {
	case len(rec.records) > 0:
		adopted := rec.records[0]
		r.removeCopies(l, adopted, rec.records[1:])
		if h, ok := r.live[l.Target][adopted.ID]; !ok || h.rec == nil {
			r.live[l.Target][adopted.ID] = half{rec: &adopted}
		}
		return r.adopted(l, adopted), nil, false
	case rec.gone.gone != "":
		if rec.id != "" {
			r.live[l.Target][rec.id] = rec.gone
		}
		return confirmed(l, rec.id), &rec.gone, false
	case rec.repeat && l.Revives != "" && r.live[record.CRM][l.Revives].rec != nil: // a person put it back
		if r.start.Sub(l.Since) < r.untilRepeat() {
			r.linked[record.CRM][l.Revives] = true // nothing is made of it, for the create may be under way
			return l, nil, false
		}
		l.IDs[record.CRM], l.Revives, l.Since = l.Revives, "", time.Time{}
		l.Phase, l.Cause, l.Version, l.Pending = Linked, CauseOutside, [2]string{}, [2][]conflict.Seen{}
		return l, nil, false
	case rec.repeat && (l.Target == record.CRM || r.full[record.Outlook] && !r.began[record.Outlook].Before(l.Since.Add(r.untilRepeat()))):
		return l, nil, true
	}
	return l, nil, false
}

// revivalsUnderWay are the deleted CRM records that a create was to bring back, of which nothing was found: they may be there
// again by themselves.
func (r *run) revivalsUnderWay(links []Link) []string {
	var ids []string
	for _, l := range links {
		if l.Phase == Intended && l.Revives != "" && r.recovered[l.ID].repeat {
			ids = append(ids, l.Revives)
		}
	}
	return ids
}

// confirmed is the link once its create is known to have happened: what was sent is the base, so that whatever differs
// from it is an edit.
func confirmed(l Link, id string) Link {
	l.IDs[l.Target] = id
	switch {
	case l.Cause != NoCause && l.Cause != CauseUndone:
		l.Phase = Detached
	case l.Target == record.CRM:
		l.Phase, l.Cause = Linked, CauseOutside
	default:
		l.Phase, l.Cause = Linked, NoCause
	}
	l.Seen = l.Pending[l.Target]
	l.Pending = [2][]conflict.Seen{}
	l.Since = time.Time{}
	l.Revives = ""
	return l
}

// removeCopies deletes the further items that an unconfirmed create left behind, where nobody touched them.
func (r *run) removeCopies(l Link, kept record.Record, copies []record.Record) {
	for _, c := range copies {
		if !r.untouched(l, kept, c) {
			continue
		}
		r.live[l.Target][c.ID] = half{rec: &c}
		var ids [2]string
		ids[l.Target] = c.ID
		r.jobs = append(r.jobs, &job{ids: ids, why: WhyCopies, ops: opsOn(l.Target, Delete), copy: true})
		r.linked[l.Target][c.ID] = true
	}
}

// untouched reports whether a copy holds what was sent, and beside that nothing that the kept one lacks.
func (r *run) untouched(l Link, kept, c record.Record) bool {
	pending := l.Pending[l.Target]
	if len(pending) == 0 || len(r.terms.merger.Changed(pending, l.Target, c.Fields)) > 0 {
		return false
	}
	sent := map[string]bool{}
	for i := range r.terms.rules.Rules {
		for _, f := range r.terms.rules.Rules[i].Fields[l.Target] {
			sent[f.Name] = true
		}
	}
	for name, v := range c.Fields.All() {
		if w, _ := kept.Fields.Get(name); !sent[name] && !v.IsEmpty() && !slices.Equal(v, w) {
			return false
		}
	}
	return true
}
