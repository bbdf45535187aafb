package contactsynctest

import (
	"context"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// erasing changes what is erased.
func erasing(change func(e *contactsync.Erasure)) stateFault {
	return saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		if b.Erase != nil {
			change(b.Erase)
		}
	})
}

var eraseFaults = []stateFaultCase{
	{"nothing is erased", "Erase", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.Erase = nil })},
	{"items are not erased", "Erase", erasing(func(e *contactsync.Erasure) { e.Records[record.Outlook] = nil })},
	{"problems of records are not erased", "Erase", erasing(func(e *contactsync.Erasure) { e.Records[record.CRM] = nil })},
	{"problems of links are not erased", "Erase", erasing(func(e *contactsync.Erasure) { e.Links = nil })},
	{"links are erased", "Erase", saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		if b.Erase != nil {
			b.DropLinks = append(b.DropLinks, b.Erase.Links...)
		}
	})},
	{"the ids of both sides are one", "Erase", erasing(func(e *contactsync.Erasure) {
		e.Records[record.Outlook] = append(e.Records[record.Outlook], e.Records[record.CRM]...)
	})},
	{"erased after the rest", "Erase/before the rest", func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			erase := b.Erase
			b.Erase = nil
			if err := s.Save(ctx, l, b); err != nil || erase == nil {
				return err
			}
			return s.Save(ctx, l, contactsync.Batch{Erase: erase})
		}
	}},
	{"messages are not erased", "Erase/messages", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.Erase = nil })},
	{"messages of items are not erased", "Erase/messages", erasing(func(e *contactsync.Erasure) { e.Records[record.Outlook] = nil })},
	{"decisions of links are not erased", "Erase/messages", erasing(func(e *contactsync.Erasure) { e.Links = nil })},
	{"the journal is not erased", "Erase/journal", erasing(func(e *contactsync.Erasure) { e.Links = nil })},
	{"all of the journal is erased", "Erase/journal", saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		if b.Erase != nil {
			b.ForgetJournal = noon.AddDate(1, 0, 0)
		}
	})},
}
