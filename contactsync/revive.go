package contactsync

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// followRevived lets a link whose CRM record was deleted follow the record that took its place, where another user's run has
// made one: an edit of theirs outlived the delete. It goes on with what is there, under its old base. A tie that rested meets
// anew what it has not seen there: that may be older than what its item holds, as after an undo, and not an edit of it.
func (r *run) followRevived(ctx context.Context, links []Link) error {
	var whose []int
	for i, l := range links {
		tied := l.Phase == Linked || l.Phase == Detached && l.recordDeleted()
		if id := l.IDs[record.CRM]; tied && id != "" && r.live[record.CRM][id].gone == Deleted && !r.itemGone(l) {
			whose = append(whose, i)
		}
	}
	merged := false
	for len(whose) > 0 { // what was put in its place may have been deleted too, and something put in its place
		var again []int
		for chunk := range slices.Chunk(whose, fetchSize) {
			refs := make([]Ref, len(chunk))
			for n, i := range chunk {
				refs[n] = Ref{Stamp: r.reviveStamp(r.lastOf(links[i].IDs[record.CRM]))}
			}
			found, err := r.get(ctx, record.CRM, refs)
			if err != nil {
				return err
			}
			for n, f := range found {
				if len(f.Records) == 0 && f.Removed == "" { // no answer; but the listing may have shown it
					f.Records = r.listedUnder(refs[n].Stamp)
				}
				l := &links[chunk[n]]
				gone := f.Removed == Deleted || f.Removed == Merged && f.Into != "" && l.Phase == Linked
				if gone && f.ID != "" && f.ID != l.IDs[record.CRM] {
					followed, err := r.followGone(ctx, l, f)
					if err != nil {
						return err
					}
					if merged = merged || followed && f.Removed == Merged; followed && f.Removed == Deleted {
						again = append(again, chunk[n])
					}
					continue
				}
				if err := r.followOne(ctx, l, f); err != nil {
					return err
				}
			}
		}
		whose = again
	}
	if merged {
		return r.followMerged(ctx, links)
	}
	return nil
}

// listedUnder are the records at hand that carry a stamp.
func (r *run) listedUnder(stamp string) []record.Record {
	var listed []record.Record
	for _, h := range r.live[record.CRM] {
		if h.rec != nil && h.rec.StampRead && h.rec.Stamp == stamp {
			listed = append(listed, *h.rec)
		}
	}
	return listed
}

// inSyncElsewhere is why a card may not have the record in the place of its own, which another one has.
const inSyncElsewhere = "another card is in sync with that one"

// followGone lets a link follow what took its record's place and is gone too, unless another link has come by that one.
func (r *run) followGone(ctx context.Context, l *Link, f Found) (bool, error) {
	if _, err := r.noteLinksOf(ctx, []string{f.ID}); err != nil {
		return false, err
	}
	if r.linked[record.CRM][f.ID] && r.terms.Match.Several != match.All {
		r.replaced[l.IDs[record.CRM]] = inSyncElsewhere
		return false, nil
	}
	l.IDs[record.CRM] = f.ID
	r.live[record.CRM][f.ID] = half{gone: f.Removed, into: f.Into}
	r.linked[record.CRM][f.ID], r.settled[l.ID] = true, true
	return true, nil
}

func (r *run) followOne(ctx context.Context, l *Link, f Found) error {
	switch f.Removed { // it was made, and is not for this user to have
	case Hidden:
		r.replaced[l.IDs[record.CRM]] = "this user may not see that one"
	case Merged:
		r.replaced[l.IDs[record.CRM]] = "that one was merged into another"
	}
	if len(f.Records) == 0 || !r.usable(record.CRM, &f.Records[0]) {
		return nil
	}
	rec := f.Records[0]
	if _, err := r.noteLinksOf(ctx, []string{rec.ID}); err != nil {
		return err
	}
	if r.linked[record.CRM][rec.ID] && r.terms.Match.Several != match.All {
		r.replaced[l.IDs[record.CRM]] = inSyncElsewhere
		return nil
	}
	if l.Phase == Detached {
		if item := l.IDs[record.Outlook]; !r.live[record.Outlook][item].read() { // nobody looked at it while it rested
			if err := r.fetch(ctx, record.Outlook, []string{item}); err != nil {
				return err
			}
		}
		if err := r.noteElsewhere(ctx, [2][]string{record.Outlook: {l.IDs[record.Outlook]}}); err != nil {
			return err
		}
		if r.itemGone(*l) || r.tiedElsewhere(*l, record.Outlook) { // it was matched with somebody else meanwhile
			return nil
		}
		r.attach(*l)
		l.Phase, l.Cause = Linked, NoCause
		l.Seen = without(l.Seen, r.terms.merger.Changed(l.Seen, record.CRM, rec.Fields))
		r.batch.DropKnown = append(r.batch.DropKnown, l.IDs[record.Outlook])
	}
	l.IDs[record.CRM], l.Version, l.Seen = rec.ID, [2]string{}, r.meaningful(l.Seen, record.CRM, rec.Fields)
	l.Cause, l.Made[record.CRM] = CauseOutside, false // it was made from another card
	r.live[record.CRM][rec.ID] = half{rec: &rec}
	r.linked[record.CRM][rec.ID], r.settled[l.ID] = true, true
	return nil
}

// revivedFrom is the deleted record whose place a CRM record took.
func (r *run) revivedFrom(rec *record.Record) (was string, revived bool) {
	if !rec.StampRead {
		return "", false
	}
	s, err := ParseStamp(rec.Stamp)
	return s.Record, err == nil && s.Record != "" && rec.Stamp == r.reviveStamp(s.Record)
}

// revivesUnknown reports whether a CRM record took the place of one that is tied here, and of which the CRM cannot tell: the tie goes on with
// it once that is known, and until then nothing is made for it.
func (r *run) revivesUnknown(rec *record.Record) bool {
	was, revived := r.revivedFrom(rec)
	return revived && r.linked[record.CRM][was] && r.live[record.CRM][was].gone == Unknown
}

// leaveRevived leaves such a record to a later run.
func (r *run) leaveRevived(crm string) {
	p := Problem{
		Code: CodeUnknown, Record: [2]string{record.CRM: crm}, Sides: onSide(record.CRM), RetryAt: r.start.Add(time.Minute),
		Message: "This record took the place of one that was deleted, and the CRM cannot say at present what became of that one. Nothing is made for it; it is looked at again.",
	}
	p.RetryAt = r.later(p)
	r.problem(p)
}

// readRevivals reads the deleted records whose place was taken by one that was listed. Where no tie here tells of such a one, it may
// have stood in another's place itself, made and deleted between two runs. Nothing leads back from it: so the records of all ties that
// rest for such a delete, or whose record could not be put back, are asked for, and those are followed on from there.
func (r *run) readRevivals(ctx context.Context) error {
	old := map[string]string{} // by the record in its place
	for id, h := range r.live[record.CRM] {
		if h.rec == nil {
			continue
		}
		if was, revived := r.revivedFrom(h.rec); revived {
			old[id] = was
		}
	}
	if len(old) == 0 {
		return nil
	}
	// Who is back was listed as well, and an answer that cannot tell would take that away.
	unseen := slices.DeleteFunc(slices.Collect(maps.Values(old)), func(id string) bool { return r.live[record.CRM][id].read() })
	if err := r.fetch(ctx, record.CRM, unseen); err != nil {
		return err
	}
	tied := map[string]bool{}
	for chunk := range slices.Chunk(slices.AppendSeq(slices.Collect(maps.Keys(old)), maps.Values(old)), linksPage) {
		links, err := r.linksOf(ctx, record.CRM, chunk)
		if err != nil {
			return err
		}
		for _, l := range links {
			tied[l.IDs[record.CRM]] = true
		}
	}
	maps.DeleteFunc(old, func(id, was string) bool { return tied[id] || tied[was] })
	if len(old) == 0 || r.full[record.CRM] || r.sweeps() { // then all ties are looked at anyhow
		return nil
	}
	for after := ""; ; {
		links, err := r.e.cfg.State.Links(ctx, r.conn.ID, after, linksPage)
		if err != nil || len(links) == 0 {
			return err
		}
		after = links[len(links)-1].ID
		var resting []string
		for _, l := range links {
			rests := l.Phase == Detached && l.recordDeleted() || l.Phase == Linked && l.Version == [2]string{}
			if id := l.IDs[record.CRM]; rests && id != "" && !r.live[record.CRM][id].read() {
				resting = append(resting, id)
			}
		}
		if err := r.fetch(ctx, record.CRM, resting); err != nil {
			return err
		}
	}
}

// adopted is the link once its create is known to have been done before: what was sent is the base, so that what differs from
// it is an edit. A record that takes the place of a deleted one may have been made for another user's link: what it was
// not sent by this one is held against the old base.
func (r *run) adopted(l Link, rec record.Record) Link {
	base, all := l.Pending[l.Target], true
	if l.Revives != "" {
		base, all = r.terms.merger.Confirm(l.Seen, base, l.Target, rec.Fields)
	}
	l = confirmed(l, rec.ID)
	if !all { // the base is older than these versions: nothing may pass for an echo
		l.Version = [2]string{}
	}
	l.Seen = r.meaningful(base, l.Target, rec.Fields)
	return l
}

// meaningful is the base without the rules of which a record that the sync made has nothing, though the base says
// something: the mailbox may have dropped the value, or another user's item had none to send. That is nobody's deletion.
func (r *run) meaningful(base []conflict.Seen, side record.Side, fields record.Fields) []conflict.Seen {
	changed := r.terms.merger.Changed(base, side, fields)
	if len(changed) == 0 {
		return base
	}
	blank := func(rule mapping.Compiled) bool {
		return slices.Contains(changed, rule.ID) && !slices.ContainsFunc(rule.Fields[side], func(f record.Field) bool {
			v, _ := fields.Get(f.Name)
			return !v.IsEmpty()
		})
	}
	return slices.DeleteFunc(slices.Clone(base), func(s conflict.Seen) bool {
		return slices.ContainsFunc(r.terms.rules.Rules, func(rule mapping.Compiled) bool { return rule.ID == s.Rule && blank(rule) })
	})
}

// without is the base without some rules, which are to meet anew.
func without(base []conflict.Seen, rules []string) []conflict.Seen {
	return slices.DeleteFunc(slices.Clone(base), func(s conflict.Seen) bool { return slices.Contains(rules, s.Rule) })
}
