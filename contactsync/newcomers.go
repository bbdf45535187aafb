package contactsync

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// newcomers keep two Outlook cards of one person from making two CRM records in one run, or a second one beside the record that
// the other card was matched with in this run. They are found by the keys that count by the settings, as far as the record of
// the first has them: by others no later run would tell, and the cards would be imported one a run.
type newcomers struct {
	r     *run
	u     *unlinked
	by    match.By
	byKey map[uint64][]*newcomer
	named map[uint64]int // by key: how many cards and records with a name have it; counted once it is needed
}

// newcomer is a card beside which no other of its person is imported.
type newcomer struct {
	card   *match.Candidate
	crm    string           // the record that it was matched with, or may belong to; empty: one is made of it
	asked  *Problem         // the question
	record *match.Candidate // what the record has when the run is over; looked up when it is needed
}

func (r *run) newcomers(u *unlinked) *newcomers {
	n := &newcomers{r: r, u: u, by: r.terms.Match.By, byKey: map[uint64][]*newcomer{}}
	for _, j := range r.jobs {
		if card := u.keys[record.Outlook][j.ids[record.Outlook]]; j.first && !j.create && card != nil {
			n.put(&newcomer{card: card, crm: j.ids[record.CRM]})
		}
	}
	for i := range u.doubts {
		p := &u.doubts[i]
		if card := u.keys[record.Outlook][p.Record[record.Outlook]]; card != nil {
			n.put(&newcomer{card: card, crm: p.Record[record.CRM], asked: p})
		}
	}
	return n
}

func (n *newcomers) put(c *newcomer) {
	for _, k := range n.keys(*c.card) {
		n.byKey[k] = append(n.byKey[k], c)
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

// admit takes a card in, unless it is another one of somebody who was: then it returns the first.
func (n *newcomers) admit(c *match.Candidate) (first *newcomer) {
	for _, k := range n.keys(*c) {
		for _, first := range n.byKey[k] {
			if first.card != c && n.same(*c, first) {
				return first
			}
		}
	}
	n.put(&newcomer{card: c})
	return nil
}

// same reports whether a card is of the same person as one that was taken in, as a later run would find by the record of that.
func (n *newcomers) same(c match.Candidate, first *newcomer) bool {
	if _, told := n.r.distinct[[2]string{first.crm, c.ID}]; told || !n.share(c, *first.card, false) {
		return false
	}
	score, known := match.Agrees(c.Name, first.card.Name)
	alike := match.Alike(c.Name, first.card.Name)
	if first.asked != nil { // a question more, where it is the same one
		return known && score > 0 && (alike || n.share(c, *first.card, true))
	}
	has := n.recordOf(first)
	if points, has := match.Agrees(c.Name, has.Name); has {
		score, known = max(score, points), true
	}
	alike = alike || match.Alike(c.Name, has.Name)
	switch {
	case known && score == 0:
		return false
	case !known && len(c.Name) > 0 && !share(c.Emails, has.Emails): // that it has the number of a card without a name says too little
		return false
	}
	return n.share(c, has, !alike)
}

// share reports whether two have in common what the settings ask for; telling: by more than a crowd's keys.
func (n *newcomers) share(a, b match.Candidate, telling bool) bool {
	if n.by == match.ByEmailAndPhone {
		return share(a.Emails, b.Emails) && share(a.Phones, b.Phones)
	}
	have := n.keys(b)
	return slices.ContainsFunc(n.keys(a), func(k uint64) bool { return slices.Contains(have, k) && !(telling && n.crowded(k)) })
}

// crowded reports whether more people have a key than it can tell apart, counting what this run copies.
func (n *newcomers) crowded(key uint64) bool {
	if n.named == nil {
		n.named = map[uint64]int{}
		for side, candidates := range n.u.keys {
			for id, c := range candidates {
				if len(c.Name) == 0 || record.Side(side) == record.CRM && n.r.linked[record.CRM][id] { // with a card of its own
					continue
				}
				for _, k := range n.keys(*c) {
					n.named[k]++
				}
			}
		}
	}
	return n.named[key] > match.Crowd
}

// recordOf is what the CRM record of a card has when the run is over.
func (n *newcomers) recordOf(c *newcomer) match.Candidate {
	if c.record == nil {
		var made match.Candidate
		if c.crm == "" {
			v := n.r.judgeCreate(Link{}, record.CRM, n.r.live[record.Outlook][c.card.ID].rec)
			made = n.r.candidate(record.CRM, &record.Record{Fields: v.set[record.CRM]})
		} else {
			ids := [2]string{c.crm, c.card.ID}
			v := n.r.judgeMerge(Link{Conn: n.r.conn.ID, IDs: ids, Phase: Linked}, n.r.halves(ids))
			made = n.r.candidate(record.CRM, &record.Record{Fields: n.r.live[record.CRM][c.crm].fields().With(v.set[record.CRM])})
		}
		c.record = &made
	}
	return *c.record
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
