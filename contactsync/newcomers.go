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
// count by the settings, as far as the record made of the first has them: by others no later run would tell, and the cards would be
// imported one a run.
type newcomers struct {
	by    match.By
	byKey map[uint64][]match.Candidate
	make  func(id string) match.Candidate // the CRM record that an item would make
	made  map[string]match.Candidate
}

func (r *run) newcomers() *newcomers {
	return &newcomers{
		by: r.terms.Match.By, byKey: map[uint64][]match.Candidate{}, made: map[string]match.Candidate{},
		make: func(id string) match.Candidate {
			v := r.judgeCreate(Link{}, record.CRM, r.live[record.Outlook][id].rec)
			return r.candidate(record.CRM, &record.Record{Fields: v.set[record.CRM]})
		},
	}
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
		if slices.ContainsFunc(n.byKey[k], func(first match.Candidate) bool { return n.same(c, first) && n.share(c, n.recordOf(first)) }) {
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
	if !n.share(a, b) {
		return false
	}
	score, known := match.Agrees(a.Name, b.Name)
	return !known || score > 0
}

// share reports whether two records share what the settings ask for.
func (n *newcomers) share(a, b match.Candidate) bool {
	if n.by == match.ByEmailAndPhone {
		return share(a.Emails, b.Emails) && share(a.Phones, b.Phones)
	}
	return share(n.keys(a), n.keys(b))
}

func (n *newcomers) recordOf(c match.Candidate) match.Candidate {
	if _, ok := n.made[c.ID]; !ok {
		n.made[c.ID] = n.make(c.ID)
	}
	return n.made[c.ID]
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
