package contactsync

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// newcomers keeps two Outlook cards of one person from making two CRM records in one run. They are found by the keys that
// count by the settings.
type newcomers struct {
	by    match.By
	byKey map[uint64][]match.Candidate
}

func (n *newcomers) keys(c match.Candidate) []uint64 {
	switch n.by {
	case match.ByEmail:
		return c.Emails
	case match.ByPhone:
		return c.Phones
	}
	return candidateKeys(c)
}

// admit takes a card in, unless it is another one of somebody who was.
func (n *newcomers) admit(c match.Candidate) bool {
	for _, k := range n.keys(c) {
		if slices.ContainsFunc(n.byKey[k], func(other match.Candidate) bool { return n.same(c, other) }) {
			return false
		}
	}
	for _, k := range n.keys(c) {
		n.byKey[k] = append(n.byKey[k], c)
	}
	return true
}

// same reports whether two cards that share a key are of one person.
func (n *newcomers) same(a, b match.Candidate) bool {
	if n.by == match.ByEmailAndPhone && !(share(a.Emails, b.Emails) && share(a.Phones, b.Phones)) {
		return false
	}
	score, known := match.Agrees(a.Name, b.Name)
	return !known || score > 0
}

func share(a, b []uint64) bool {
	return slices.ContainsFunc(a, func(k uint64) bool { return slices.Contains(b, k) })
}

// readNewcomers looks for items of our own making among those that nobody knows, while a create in Outlook waits to be
// found: a listing may show an item before a search for its stamp does, and need not tell stamps. The stamp of an earlier
// create of such a link is a copy's.
func (r *run) readNewcomers(ctx context.Context) error {
	var since time.Time
	waiting := map[string]bool{}
	for _, l := range r.lease.Open {
		if l.Phase == Intended && l.Target == record.Outlook && !r.settled[l.ID] {
			waiting[strings.ToLower(r.stamp(l))] = true
			if since.IsZero() || l.Since.Before(since) {
				since = l.Since
			}
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	var unread []string
	for id, h := range r.live[record.Outlook] {
		if h.rec != nil && !r.linked[record.Outlook][id] && !h.rec.StampRead && !h.rec.Created.Before(since.Add(-defaultSkew)) {
			unread = append(unread, id)
		}
	}
	if err := r.fetch(ctx, record.Outlook, unread); err != nil {
		return err
	}
	for id, h := range r.live[record.Outlook] {
		if h.rec == nil || !h.rec.StampRead {
			continue
		}
		if waiting[strings.ToLower(h.rec.Stamp)] {
			r.linked[record.Outlook][id] = true // the next run adopts it
		}
	}
	return nil
}
