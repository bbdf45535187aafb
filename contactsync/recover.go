package contactsync

import (
	"cmp"
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
	slices.SortFunc(records, func(a, b record.Record) int { return cmp.Or(a.Created.Compare(b.Created), compareIDs(a.ID, b.ID)) })
	return records
}

// settle turns an intended link into what recovery found. It returns the link, what is known of its target's record when
// that is not in the folder, and whether its create is to be repeated.
func (r *run) settle(l Link) (_ Link, target *half, repeat bool) {
	rec := r.recovered[l.ID]
	listed := len(rec.records) == 0
	if listed {
		rec.records = oldestFirst(slices.DeleteFunc(slices.Clone(r.stamped[l.ID]), func(listed record.Record) bool {
			return !strings.EqualFold(listed.Stamp, r.stamp(l))
		}))
		if l.Revives != "" { // its stamp names no link
			rec.records = oldestFirst(r.listedUnder(r.stamp(l)))
		}
	}
	switch {
	case listed && len(rec.records) > 0 && !r.whole(l.Target, &rec.records[0]): // until it can be read
		return l, nil, false
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
	case rec.repeat && r.putBack(l) != "": // by a person
		crm := r.putBack(l)
		if r.start.Sub(l.Since) < r.untilRepeat() {
			r.linked[record.CRM][crm] = true // nothing is made of it, for the create may be under way
			return l, nil, false
		}
		l.IDs[record.CRM], l.Revives, l.Since = crm, "", time.Time{}
		l.Phase, l.Cause, l.Version, l.Pending = Linked, CauseOutside, [2]string{}, [2][]conflict.Seen{}
		return l, nil, false
	case rec.repeat && (l.Target == record.CRM || r.full[record.Outlook] && !r.began[record.Outlook].Before(l.Since.Add(r.untilRepeat()))):
		return l, nil, true
	}
	return l, nil, false
}

// readPutBack reads the deleted CRM records in whose place a create was to make one, of which nothing was found: they may be
// there again by themselves.
func (r *run) readPutBack(ctx context.Context, links []Link) error {
	var items, ids []string
	for _, l := range links {
		switch {
		case l.Phase != Intended || l.Target != record.CRM || !r.recovered[l.ID].repeat:
		case l.Revives != "":
			ids = append(ids, l.Revives)
		case !r.live[record.Outlook][l.IDs[record.Outlook]].read():
			items = append(items, l.IDs[record.Outlook])
		}
	}
	if err := r.fetch(ctx, record.Outlook, items); err != nil {
		return err
	}
	var from []string
	for _, l := range links {
		if id := r.madeFrom(l); id != "" {
			from = append(from, id)
		}
	}
	if _, err := r.noteLinksOf(ctx, from); err != nil {
		return err
	}
	return r.fetch(ctx, record.CRM, append(ids, from...))
}

// madeFrom is the CRM record that an item was made from which is under way to the CRM as a new one.
func (r *run) madeFrom(l Link) string {
	rec := r.live[record.Outlook][l.IDs[record.Outlook]].rec
	imports := l.Phase == Intended && l.Cause == NoCause && l.Target == record.CRM && l.Revives == ""
	if !imports || !r.recovered[l.ID].repeat || rec == nil || !rec.StampRead {
		return ""
	}
	s, _ := r.ownStamp(rec.Stamp)
	return s.Record
}

// putBack is the deleted CRM record in whose place a create was to make one, where it is there again and nothing is tied to it.
func (r *run) putBack(l Link) string {
	id := l.Revives
	if id == "" {
		if id = r.madeFrom(l); r.linked[record.CRM][id] {
			return ""
		}
	}
	if r.live[record.CRM][id].rec == nil {
		return ""
	}
	return id
}

// confirmed is the link once its create is known to have happened: what was sent is the base, so that whatever differs
// from it is an edit.
func confirmed(l Link, id string) Link {
	l.IDs[l.Target] = id
	l.Phase, l.Cause = standing(l)
	l.Seen = l.Pending[l.Target]
	l.Pending = [2][]conflict.Seen{}
	l.Since = time.Time{}
	l.Revives = ""
	return l
}

// standing says where a link stands once the record on its target side is there. The filter need not have selected a CRM record
// that came from Outlook or was put back.
func standing(l Link) (Phase, Cause) {
	switch {
	case l.Cause == CauseOutside, l.Target == record.CRM && (l.Cause == NoCause || l.Cause == CauseUndone):
		return Linked, CauseOutside
	case l.Cause == NoCause || l.Cause == CauseUndone:
		return Linked, NoCause
	}
	return Detached, l.Cause
}

// removeCopies deletes the further items that an unconfirmed create left behind, where nobody touched them.
func (r *run) removeCopies(l Link, kept record.Record, copies []record.Record) {
	if r.fromBackup() { // the create was confirmed long ago, perhaps, and people have copied what it made
		return
	}
	for _, c := range copies {
		if r.untouched(l.Pending[l.Target], l.Target, &kept, &c) {
			r.removeCopy(l.Target, &c)
		}
	}
}
