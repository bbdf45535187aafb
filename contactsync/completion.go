package contactsync

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	completionHold   = "hold"
	completionAccept = "accept"

	// leastBorrowed is how many fields of one other person make a completion: one alone is likely to be shared.
	leastBorrowed = 2
)

const completionWords = "Outlook seems to have filled this in from another person with the same address. Choose whose value counts; until then both sides keep their own."

// lender is another person who shares an address with a card, as one side has them.
type lender struct {
	side record.Side
	rec  *record.Record
	keys []uint64
	name match.Name
}

// holdCompletions keeps what Outlook's address-book completion puts on a card out of the CRM (M6): Outlook copies several fields of
// another card with the same address, seconds to hours after the card was made. Where several rules are about to carry such values,
// all of which some other person holds, in the CRM, on a card without a partner, or on one that changed just now, a person
// is asked. It looks at others only where Outlook changed several fields of a card at once.
func (r *run) holdCompletions(ctx context.Context, verdicts []verdict, judge func(i int)) error {
	if r.terms.Completion == completionAccept || !r.terms.allow[record.CRM].Update || r.mode.undo != nil {
		return nil
	}
	suspects := map[int][]uint64{} // by place: keys of the addresses
	var keys []match.Key
	for i := range verdicts {
		o := r.live[record.Outlook][verdicts[i].link.IDs[record.Outlook]].rec
		if o == nil || verdicts[i].link.Phase != Linked || len(r.taking(&verdicts[i])) < leastBorrowed {
			continue
		}
		for _, k := range match.Keys(o.Fields, r.terms.rules.Locale) {
			if k.Kind == match.EmailKey {
				keys = append(keys, k)
				suspects[i] = append(suspects[i], match.HashKey(k, r.e.keys))
			}
		}
	}
	if len(suspects) == 0 {
		return nil
	}
	lenders, err := r.lenders(ctx, keys)
	if err != nil {
		return fmt.Errorf("completions: %w", err)
	}
	for i := range verdicts {
		if borrowed := r.borrows(&verdicts[i], suspects[i], lenders); len(borrowed) > 0 {
			if r.borrowed == nil {
				r.borrowed = map[string][]string{}
			}
			r.borrowed[verdicts[i].link.ID] = borrowed
			judge(i)
		}
	}
	return nil
}

// taking are the rules by which a merge takes over what Outlook alone says now, addresses apart.
func (r *run) taking(v *verdict) []string {
	var rules []string
	for i, n := 0, 0; i < len(r.terms.rules.Rules) && n < len(v.out.Rules); i++ {
		if r.terms.rules.Rules[i].ID != v.out.Rules[n].Rule {
			continue
		}
		o := v.out.Rules[n]
		n++
		takes := o.Writes[record.CRM] && !o.First && !o.Clears
		email := slices.ContainsFunc(r.terms.rules.Rules[i].Fields[record.CRM], func(f record.Field) bool { return f.Type == record.Email })
		if takes && !email && o.Reason != conflict.Decided {
			rules = append(rules, o.Rule)
		}
	}
	return rules
}

// lenders are those who have one of the addresses.
func (r *run) lenders(ctx context.Context, keys []match.Key) ([]lender, error) {
	var all []lender
	add := func(side record.Side, rec *record.Record) {
		c := r.candidate(side, rec)
		all = append(all, lender{side, rec, c.Emails, c.Name})
	}
	if finder, ok := r.e.cfg.Store.(Finder); ok {
		call, cancel := r.bounded(ctx)
		found, err := finder.Find(call, r.scope[record.CRM], keys)
		cancel()
		if err != nil {
			return nil, err
		}
		for _, rec := range slices.Concat(found.Records, found.Strangers) {
			add(record.CRM, &rec)
		}
	} else {
		for _, h := range r.live[record.CRM] {
			if h.rec != nil {
				add(record.CRM, h.rec)
			}
		}
	}
	hashed := make([]uint64, len(keys))
	for i, k := range keys {
		hashed[i] = match.HashKey(k, r.e.keys)
	}
	known, err := r.e.cfg.State.KnownBy(ctx, r.conn.ID, hashed)
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, k := range known {
		if r.live[record.Outlook][k.ID].rec == nil {
			refs = append(refs, Ref{ID: k.ID})
		}
	}
	for chunk := range slices.Chunk(refs, fetchSize) {
		found, err := r.get(ctx, record.Outlook, chunk)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			for i := range f.Records {
				add(record.Outlook, &f.Records[i])
			}
		}
	}
	for _, h := range r.live[record.Outlook] {
		if h.rec != nil {
			add(record.Outlook, h.rec)
		}
	}
	return all, nil
}

// borrows returns the rules of a merge whose new values one other person holds as well, where they are several.
func (r *run) borrows(v *verdict, keys []uint64, lenders []lender) []string {
	if len(keys) == 0 {
		return nil
	}
	c, o := r.live[record.CRM][v.link.IDs[record.CRM]].rec, r.live[record.Outlook][v.link.IDs[record.Outlook]].rec
	if c == nil || o == nil {
		return nil
	}
	taking, own := r.taking(v), r.candidate(record.CRM, c).Name
	var most []string
	for _, other := range lenders {
		if other.rec.ID == v.link.IDs[other.side] || !share(keys, other.keys) {
			continue
		}
		if score, known := match.Agrees(own, other.name); known && score > 0 { // another card of the same person
			continue
		}
		var rules []string
		for _, rule := range taking {
			if r.holdsToo(rule, o, other) {
				rules = append(rules, rule)
			}
		}
		if len(rules) > len(most) {
			most = rules
		}
	}
	if len(most) < leastBorrowed {
		return nil
	}
	return most
}

// holdsToo reports whether somebody else holds by a rule what the card holds.
func (r *run) holdsToo(rule string, card *record.Record, other lender) bool {
	at := slices.IndexFunc(r.terms.rules.Rules, func(c mapping.Compiled) bool { return c.ID == rule })
	c := &r.terms.rules.Rules[at]
	mine, known := c.Values(record.Outlook, card.Fields)
	theirs, knownToo := c.Values(other.side, other.rec.Fields)
	if !known || !knownToo {
		return false
	}
	if other.side == record.CRM {
		return c.Equal(record.CRM, c.Carry(record.CRM, mine, theirs), theirs)
	}
	return c.Equal(record.Outlook, c.View(record.Outlook, mine), c.View(record.Outlook, theirs))
}
