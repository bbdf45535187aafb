package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// readElsewhere finds out which of the ties that rest, and may be taken up again, have lost a record to another tie meanwhile: an
// item was matched anew, or another card followed a merge to the record.
func (r *run) readElsewhere(ctx context.Context, links []Link) error {
	var ids [2][]string
	for i := range links {
		l := &links[i]
		waits := l.Phase == Unlinked && l.itemWentAway() && r.live[record.CRM][l.IDs[record.CRM]].rec != nil // for its record to change
		if !waits && !r.comesBack(l) {
			continue
		}
		ids[record.Outlook] = append(ids[record.Outlook], l.IDs[record.Outlook])
		if r.terms.Match.Several != match.All {
			ids[record.CRM] = append(ids[record.CRM], l.IDs[record.CRM])
		}
	}
	return r.noteElsewhere(ctx, ids)
}

// noteElsewhere notes which tie records of the sides have by now.
func (r *run) noteElsewhere(ctx context.Context, ids [2][]string) error {
	for side := range ids {
		for chunk := range slices.Chunk(ids[side], linksPage) {
			tied, err := r.linksOf(ctx, record.Side(side), chunk)
			if err != nil {
				return err
			}
			for _, l := range tied {
				if l.Phase == Linked || l.Phase == Intended {
					r.elsewhere[side][l.IDs[side]] = l.ID
				}
			}
		}
	}
	return nil
}

// comesBack reports whether a tie that rests may be taken up again, since what had gone is there.
func (r *run) comesBack(l *Link) bool {
	gone := record.CRM
	if l.itemWentAway() {
		gone = record.Outlook
	}
	return l.Phase == Detached && r.live[gone][l.IDs[gone]].rec != nil
}

// tiedElsewhere reports whether the record of a link on a side has another tie by now.
func (r *run) tiedElsewhere(l Link, side record.Side) bool {
	other := r.elsewhere[side][l.IDs[side]]
	return l.IDs[side] != "" && other != "" && other != l.ID
}
