package contactsync

import (
	"context"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// follow judges a page of links, reading what it needs for that.
func (r *run) follow(ctx context.Context, links []Link) error {
	over := make([][2]*half, len(links)) // what recovery knows of a record that cannot be asked for by id
	repeat := make([]bool, len(links))
	if err := r.readPutBack(ctx, links); err != nil {
		return err
	}
	for i, l := range links {
		if l.Phase == Intended {
			var gone *half
			links[i], gone, repeat[i] = r.settle(l)
			over[i][l.Target] = gone
			if links[i].Phase != Intended {
				r.settled[l.ID] = true
			}
		}
		r.note(links[i])
	}
	if err := r.confirmAbsent(ctx, links); err != nil {
		return err
	}
	if err := r.followRemade(ctx, links); err != nil {
		return err
	}
	if err := r.overtaken(ctx, links, repeat); err != nil {
		return err
	}
	for i, l := range links {
		repeat[i] = repeat[i] && l.Phase == Intended
		if repeat[i] && r.givesUp(l) {
			r.apart[record.Outlook] = append(r.apart[record.Outlook], l.IDs[record.Outlook])
		}
	}
	if err := r.followMerged(ctx, links); err != nil {
		return err
	}
	if err := r.followRevived(ctx, links); err != nil {
		return err
	}
	if err := r.readElsewhere(ctx, links); err != nil {
		return err
	}
	if err := r.readWhole(ctx, links); err != nil {
		return err
	}
	if err := r.readFieldTimes(ctx, links); err != nil {
		return err
	}
	if err := r.readSiblings(ctx, links); err != nil {
		return err
	}
	if err := r.readShared(ctx, links); err != nil {
		return err
	}
	verdicts := make([]verdict, len(links))
	judge := func(i int) {
		h := r.halves(links[i].IDs)
		for side, gone := range over[i] {
			if gone != nil {
				h[side] = *gone
			}
		}
		if repeat[i] {
			verdicts[i] = r.judgeRepeat(links[i], h)
			return
		}
		verdicts[i] = r.judge(links[i], h)
	}
	var missing [2][]string
	var incomplete []int
	for i, l := range links {
		if r.unchanged(l) && !repeat[i] && !r.over[l.ID] && !r.settled[l.ID] && over[i] == [2]*half{} {
			verdicts[i] = verdict{link: l}
			continue
		}
		r.judged[l.ID] = true
		judge(i)
		need := r.toRead(verdicts[i], repeat[i], l)
		if need != [2]bool{} {
			incomplete = append(incomplete, i)
		}
		for side, needed := range need {
			if needed && l.IDs[side] != "" {
				missing[side] = append(missing[side], l.IDs[side])
			}
		}
	}
	for side := range missing {
		if err := r.fetch(ctx, record.Side(side), missing[side]); err != nil {
			return err
		}
	}
	for _, i := range incomplete {
		judge(i)
	}
	if err := r.holdCompletions(ctx, verdicts, judge); err != nil {
		return err
	}
	for i, l := range links {
		switch {
		case !r.judged[l.ID]:
		case verdicts[i].rests:
			r.noteResting(l)
		case r.setAside(l):
		default:
			r.enlist(l, verdicts[i], repeat[i])
		}
	}
	return nil
}

// toRead says which sides must be read before the verdict can be planned with. An Outlook item that will be written is
// read just before, unless a plan has to be exact.
func (r *run) toRead(v verdict, repeat bool, l Link) [2]bool {
	need := v.needs
	h := r.halves(l.IDs)
	writes := v.ops[record.Outlook] != ""
	if need[record.Outlook] && writes && !r.mode.dry {
		need[record.Outlook] = false
	}
	if (writes || v.ops[record.CRM] != "" || need != [2]bool{} || repeat) && h[record.CRM].rec == nil && h[record.CRM].gone == "" {
		need[record.CRM] = true
	}
	for side := range need {
		need[side] = need[side] && !h[side].read()
	}
	return need
}

func (r *run) halves(ids [2]string) (h [2]half) {
	for side, id := range ids {
		if id != "" {
			h[side] = r.live[side][id]
		}
	}
	return h
}

// note remembers that the records of a link are spoken for.
func (r *run) note(l Link) {
	r.noted[l.ID] = l.IDs
	itemBack := r.live[record.Outlook][l.IDs[record.Outlook]].rec != nil
	if (l.Phase == Unlinked || l.Phase == Detached && l.itemWentAway()) && !itemBack {
		r.withoutItem[l.IDs[record.CRM]] = l
		return
	}
	for side, id := range l.IDs {
		if id != "" {
			r.linked[side][id] = true
		}
	}
	if id := l.IDs[record.Outlook]; l.Phase == Detached && id != "" {
		r.detached = append(r.detached, id)
	}
}

// current takes out of links as they are stored what was seen under another definition of a rule, and notes where they stand.
func (r *run) current(links []Link) {
	for i := range links {
		l := &links[i]
		r.noteStored(l)
		l.Seen, l.Asked = r.terms.merger.Current(l.Seen), r.terms.merger.Current(l.Asked)
		for side := range l.Pending {
			l.Pending[side] = r.terms.merger.Current(l.Pending[side])
		}
		r.noteApart(l)
	}
}

// noteLinksOf notes the links of CRM records that this run reads beside what changed.
func (r *run) noteLinksOf(ctx context.Context, ids []string) ([]Link, error) {
	var all []Link
	for chunk := range slices.Chunk(ids, linksPage) {
		links, err := r.linksOf(ctx, record.CRM, chunk)
		if err != nil {
			return nil, err
		}
		r.current(links)
		for _, l := range links {
			r.note(l)
		}
		all = append(all, links...)
	}
	return all, nil
}

// unchanged reports that nothing happened to a link: neither side was read, or only an echo of what it remembers.
func (r *run) unchanged(l Link) bool {
	if l.Phase == Intended || l.deletes() || l.pending() || len(r.decisions[l.ID]) > 0 {
		return false
	}
	if r.resync {
		return false
	}
	for side, id := range l.IDs {
		if r.due[side][id] {
			return false
		}
		h, ok := r.live[side][id]
		if !ok || id == "" {
			continue
		}
		if h.rec == nil || h.rec.Version == "" || h.rec.Version != l.Version[side] {
			return false
		}
	}
	if l.Phase != Linked {
		return false
	}
	// The filter may look at the clock, and an eligible record may have become ineligible without changing.
	return !r.left(l, r.live[record.CRM][l.IDs[record.CRM]])
}

// confirmAbsent asks for the records of links that a complete listing did not show, or that a row said are gone without
// saying why. Nothing is deleted because it was not seen.
func (r *run) confirmAbsent(ctx context.Context, links []Link) error {
	var absent [2][]string
	for _, l := range links {
		if l.Phase != Linked && l.Phase != Detached {
			continue
		}
		for side, id := range l.IDs {
			if id == "" {
				continue
			}
			h, seen := r.live[side][id]
			swept := record.Side(side) == record.CRM && r.sweeps()
			if !seen && (r.full[side] || swept) || seen && h.gone == Unknown {
				absent[side] = append(absent[side], id)
			}
		}
	}
	for side := range absent {
		if err := r.fetch(ctx, record.Side(side), absent[side]); err != nil {
			return err
		}
	}
	return nil
}

// readWhole reads the items of which the listing left wanted fields out, where anything happened to their link.
func (r *run) readWhole(ctx context.Context, links []Link) error {
	var ids [2][]string
	for _, l := range links {
		if r.unchanged(l) {
			continue
		}
		for side, id := range l.IDs {
			h := r.live[side][id]
			if id != "" && h.rec != nil && !r.whole(record.Side(side), h.rec) {
				ids[side] = append(ids[side], id)
			}
		}
	}
	for side := range ids {
		if err := r.fetch(ctx, record.Side(side), ids[side]); err != nil {
			return err
		}
	}
	return nil
}

// whole reports whether all wanted fields of a record are known.
func (r *run) whole(side record.Side, rec *record.Record) bool {
	return rec.Fields.Covers(r.terms.empty[side])
}

// judgeRepeat makes an unconfirmed create again, under the same stamp.
func (r *run) judgeRepeat(l Link, h [2]half) verdict {
	source := h[l.Target.Other()]
	if l.Cause != NoCause { // an undo's, which alone knows all that was there
		if r.start.Sub(l.Since) < r.untilRepeat() { // it may be under way still
			return verdict{link: l}
		}
		if l.Target == record.CRM && l.Revives != "" && l.Made[record.CRM] && source.gone == "" {
			return r.giveUp(l, h)
		}
		return verdict{link: l, drop: true, dirty: true, free: true}
	}
	if source.gone != "" && source.gone != Unknown {
		return verdict{link: l, drop: true, dirty: true}
	}
	if source.rec == nil {
		return verdict{link: l, needs: onSide(l.Target.Other())}
	}
	if r.givesUp(l) {
		return verdict{link: l, drop: true, dirty: true}
	}
	if l.Target == record.Outlook && (r.eligible(source.rec) == filter.No || r.hasOther(l)) || r.blank(l.Target.Other(), source.rec) {
		return verdict{link: l, drop: true, dirty: true}
	}
	return r.judgeCreate(l, l.Target, source.rec)
}

// giveUp has the card rest again of which an undo was to make the record once more that another undo had deleted: should that come all the
// same, it is the card's.
func (r *run) giveUp(l Link, h [2]half) verdict {
	v := verdict{link: l, dirty: true}
	v.link.Phase, v.link.Cause = Detached, CauseCRMDeleted
	v.link.IDs[record.CRM], v.link.Revives = l.Revives, ""
	v.link.Pending, v.link.Since, v.link.Version = [2][]conflict.Seen{}, time.Time{}, [2]string{}
	v.leaveOrphan(h)
	return v
}
