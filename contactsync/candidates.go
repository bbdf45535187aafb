package contactsync

import (
	"context"
	"errors"
	"slices"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

func (r *run) candidate(side record.Side, rec *record.Record) match.Candidate {
	return match.NewCandidate(rec.ID, rec.Fields, rec.Created, r.terms.rules.Locale, r.e.keys)
}

func candidateKeys(c match.Candidate) []uint64 { return slices.Concat(c.Emails, c.Phones) }

// candidates gathers what may be paired: the unlinked records at hand, known items that share a key with them, and the
// CRM's records that share a key with a listed item.
func (r *run) candidates(ctx context.Context, u *unlinked) (crm, outlook []match.Candidate, err error) {
	var seen [2]map[string]bool
	for side := range seen {
		seen[side] = make(map[string]bool, len(u.keys[side]))
	}
	crm = make([]match.Candidate, 0, len(u.crm)+len(u.strangers))
	outlook = make([]match.Candidate, 0, len(u.outlook)+len(u.known))
	add := func(side record.Side, c match.Candidate) {
		if seen[side][c.ID] || c.Stranger && r.terms.Match.Ineligible == ineligibleIgnore {
			return
		}
		seen[side][c.ID] = true
		if side == record.CRM {
			crm = append(crm, c)
		} else {
			outlook = append(outlook, c)
		}
	}
	for _, id := range u.crm {
		c := *u.keys[record.CRM][id]
		c.Elsewhere = r.linked[record.CRM][id]
		add(record.CRM, c)
	}
	for _, id := range u.outlook {
		c := *u.keys[record.Outlook][id]
		c.Elsewhere = r.linked[record.Outlook][id] && !u.known[id].Orphan
		add(record.Outlook, c)
	}
	ids := make([]string, 0, len(u.known))
	for id := range u.known {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		add(record.Outlook, u.known[id].Candidate)
	}
	for id := range u.strangers {
		c := *u.keys[record.CRM][id]
		c.Stranger = true
		add(record.CRM, c)
	}
	if len(u.outlook)+len(u.orphans) == 0 {
		return crm, outlook, nil
	}
	found, err := r.findInCRM(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range found {
		add(record.CRM, f)
	}
	known, err := r.knownBeside(ctx, u, found)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range known {
		add(record.Outlook, k.Candidate)
	}
	return crm, outlook, nil
}

// findInCRM looks for CRM records that share a key with a listed Outlook item: by the Store's index, or else by one
// complete listing.
func (r *run) findInCRM(ctx context.Context, u *unlinked) ([]match.Candidate, error) {
	if r.full[record.CRM] {
		var elsewhere []match.Candidate
		for id, h := range r.live[record.CRM] {
			if h.rec != nil && r.linked[record.CRM][id] {
				c := r.candidate(record.CRM, h.rec)
				c.Elsewhere = true
				elsewhere = append(elsewhere, c)
			}
		}
		if _, ok := r.e.cfg.Store.(Finder); !ok {
			return elsewhere, nil
		}
		_, strangers, err := r.findRecords(ctx, u)
		return append(elsewhere, r.strangerCandidates(strangers)...), err
	}
	records, strangers, err := r.findRecords(ctx, u)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(records))
	for _, rec := range records {
		ids = append(ids, rec.ID)
		if h := r.live[record.CRM][rec.ID]; h.rec == nil {
			r.live[record.CRM][rec.ID] = half{rec: rec}
		}
	}
	links, err := r.noteLinksOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	if err := r.followWaiting(ctx, u, links); err != nil {
		return nil, err
	}
	var candidates []match.Candidate
	for _, rec := range records {
		c := r.candidate(record.CRM, rec)
		c.Elsewhere = r.linked[record.CRM][rec.ID]
		c.Stranger = !c.Elsewhere && r.eligible(rec) != filter.Yes
		candidates = append(candidates, c)
	}
	return append(candidates, r.strangerCandidates(strangers)...), nil
}

// sharingKeys leaves of links those whose CRM record shares a key with an item that is to be matched: a listing finds all the others as well.
func (r *run) sharingKeys(u *unlinked, links []Link) []Link {
	wanted := map[uint64]bool{}
	for _, id := range slices.Concat(u.outlook, u.orphans) {
		for _, key := range candidateKeys(r.candidate(record.Outlook, r.live[record.Outlook][id].rec)) {
			wanted[key] = true
		}
	}
	return slices.DeleteFunc(links, func(l Link) bool {
		rec := r.live[record.CRM][l.IDs[record.CRM]].rec
		return rec == nil || !slices.ContainsFunc(candidateKeys(r.candidate(record.CRM, rec)), func(key uint64) bool { return wanted[key] })
	})
}

// strangerCandidates are the CRM records that the user may not sync, as candidates.
func (r *run) strangerCandidates(strangers []*record.Record) []match.Candidate {
	candidates := make([]match.Candidate, len(strangers))
	for i, rec := range strangers {
		r.strangers[rec.ID] = true
		candidates[i] = r.candidate(record.CRM, rec)
		candidates[i].Stranger = true
	}
	return candidates
}

func (r *run) findRecords(ctx context.Context, u *unlinked) (records, strangers []*record.Record, err error) {
	finder, ok := r.e.cfg.Store.(Finder)
	if !ok {
		records, err = r.listCRM(ctx)
		return records, nil, err
	}
	var keys []match.Key
	for _, id := range slices.Concat(u.outlook, u.orphans) {
		keys = append(keys, match.Keys(r.live[record.Outlook][id].rec.Fields, r.terms.rules.Locale)...)
	}
	for chunk := range slices.Chunk(keys, linksPage) {
		if err := r.keep(ctx); err != nil {
			return nil, nil, err
		}
		call, cancel := r.bounded(ctx)
		m, err := finder.Find(call, r.scope[record.CRM], chunk)
		cancel()
		if err != nil {
			return nil, nil, err
		}
		for i := range m.Records {
			if r.usable(record.CRM, &m.Records[i]) && !r.full[record.CRM] { // else they are at hand
				records = append(records, &m.Records[i])
			}
		}
		for i := range m.Strangers {
			strangers = append(strangers, &m.Strangers[i])
		}
	}
	return records, strangers, nil
}

// listCRM lists the CRM once, for a Store that has no index of match keys. The cursor of the connection is left alone.
func (r *run) listCRM(ctx context.Context) ([]*record.Record, error) {
	byID := map[string]*record.Record{}
	for cursor, more := Cursor(""), true; more; {
		page, err := r.page(ctx, record.CRM, cursor)
		if err != nil {
			return nil, err
		}
		for _, c := range page.Changes {
			switch {
			case c.Record == nil:
				delete(byID, c.ID)
			default:
				if rec := *c.Record; r.usable(record.CRM, &rec) {
					byID[rec.ID] = &rec
				}
			}
		}
		if page.More && page.Next == cursor {
			return nil, errors.New("the CRM's listing never comes to its end")
		}
		cursor, more = page.Next, page.More
		r.unlisted = !more && !page.Complete
	}
	records := make([]*record.Record, 0, len(byID))
	for _, rec := range byID {
		records = append(records, rec)
	}
	return records, nil
}
