package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// pairByStamp rebuilds ties from the stamps that items carry, where the State has lost them: the oldest item of a stamp
// is the CRM record's, the others are copies.
func (r *run) pairByStamp(ctx context.Context, u *unlinked) error {
	byRecord := map[string][]record.Record{}
	for _, id := range u.outlook {
		rec := r.live[record.Outlook][id].rec
		if !rec.StampRead || u.known[id].Orphan {
			continue
		}
		s, ok := r.ownStamp(rec.Stamp)
		if ok && s.Record != "" && !r.linked[record.CRM][s.Record] {
			byRecord[s.Record] = append(byRecord[s.Record], *rec)
		}
	}
	if len(byRecord) == 0 {
		return nil
	}
	ids := make([]string, 0, len(byRecord))
	var unread []string
	for id := range byRecord {
		ids = append(ids, id)
		if _, ok := r.live[record.CRM][id]; !ok {
			unread = append(unread, id)
		}
	}
	slices.Sort(ids)
	if _, err := r.noteLinksOf(ctx, unread); err != nil {
		return err
	}
	if err := r.fetch(ctx, record.CRM, unread); err != nil {
		return err
	}
	for _, id := range ids {
		c := r.live[record.CRM][id].rec
		if r.live[record.CRM][id].gone == Unknown { // it may be there: nothing is made beside it
			for _, item := range byRecord[id] {
				u.held[record.Outlook][item.ID] = true
				r.unknownRecord(record.Outlook, item.ID)
			}
		}
		if c == nil || r.linked[record.CRM][id] || r.eligible(c) != filter.Yes {
			continue
		}
		r.enlistMatch(id, oldestFirst(byRecord[id])[0].ID)
	}
	return nil
}
