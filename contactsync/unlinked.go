package contactsync

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// unlinked are the records of both sides that have no partner yet.
type unlinked struct {
	crm       []string        // eligible, in order of id
	outlook   []string        // listed in this run, in order of id
	orphans   []string        // so are these, and their old tie is remembered
	strangers map[string]bool // CRM records that match but may not be synced
	known     map[string]Known
	held      [2]map[string]bool // wait for a person: neither linked nor created
	keys      [2]map[string]match.Candidate
}

// matchUnlinked pairs unlinked records by stamp and by match keys, and makes what has no partner on the other side.
func (r *run) matchUnlinked(ctx context.Context) error {
	u, err := r.gatherUnlinked(ctx)
	if err != nil {
		return err
	}
	if len(u.crm)+len(u.outlook)+len(u.orphans) == 0 {
		return nil
	}
	if err := r.pairByStamp(ctx, u); err != nil {
		return err
	}
	if err := r.pairByKeys(ctx, u); err != nil {
		return err
	}
	r.createMissing(u)
	return nil
}

func (r *run) gatherUnlinked(ctx context.Context) (*unlinked, error) {
	u := &unlinked{strangers: map[string]bool{}, known: map[string]Known{}}
	for side := range u.keys {
		u.keys[side] = map[string]match.Candidate{}
		u.held[side] = map[string]bool{}
	}
	for id, h := range r.live[record.CRM] {
		if r.linked[record.CRM][id] {
			continue
		}
		r.judgedRecord[record.CRM][id] = true
		if h.rec == nil {
			continue
		}
		switch r.eligible(h.rec) {
		case filter.Yes:
			u.crm = append(u.crm, id)
		default: // what cannot be told to be eligible is not synced, and not doubled either
			u.strangers[id] = true
		}
	}
	var partial, gone []string
	for id, h := range r.live[record.Outlook] {
		if r.linked[record.Outlook][id] {
			continue
		}
		r.judgedRecord[record.Outlook][id] = true
		switch {
		case h.rec == nil:
			gone = append(gone, id)
		case !r.whole(record.Outlook, h.rec) && r.terms.sends(record.CRM):
			partial = append(partial, id)
		}
	}
	if err := r.fetch(ctx, record.Outlook, partial); err != nil {
		return nil, err
	}
	if err := r.readNewcomers(ctx); err != nil {
		return nil, err
	}
	for _, id := range partial {
		if r.live[record.Outlook][id].gone == Unknown {
			r.unknownRecord(record.Outlook, id)
		}
	}
	if err := r.dropKnown(ctx, gone); err != nil {
		return nil, err
	}
	for id, h := range r.live[record.Outlook] {
		if h.rec != nil && !r.linked[record.Outlook][id] {
			u.outlook = append(u.outlook, id)
		}
	}
	slices.Sort(u.crm)
	slices.Sort(u.outlook)
	for _, id := range u.outlook {
		u.keys[record.Outlook][id] = r.candidate(record.Outlook, r.live[record.Outlook][id].rec)
	}
	for _, id := range u.crm {
		u.keys[record.CRM][id] = r.candidate(record.CRM, r.live[record.CRM][id].rec)
	}
	return u, r.addKnown(ctx, u)
}

// unknownRecord reports an unlinked record that could not be read; it is looked at again later.
func (r *run) unknownRecord(side record.Side, id string) {
	p := Problem{Code: CodeUnknown, RetryAt: r.start.Add(time.Minute), Message: "The " + sideName(side) + " cannot say at present what this record holds. Nothing is changed; it is looked at again."}
	p.Record[side] = id
	p.RetryAt = r.later(p)
	r.problem(p)
}

func (r *run) candidate(side record.Side, rec *record.Record) match.Candidate {
	return match.NewCandidate(rec.ID, rec.Fields, rec.Created, r.terms.rules.Locale, r.e.keys)
}

func candidateKeys(c match.Candidate) []uint64 { return slices.Concat(c.Emails, c.Phones) }

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

// enlistMatch plans the first meeting of two records.
func (r *run) enlistMatch(crm, outlook string) {
	ids := [2]string{crm, outlook}
	l := Link{Conn: r.conn.ID, IDs: ids, Phase: Linked}
	if r.left(l, r.live[record.CRM][crm]) {
		l.Cause = CauseOutside
	}
	r.enlistPair(l, r.judgeMerge(l, r.halves(ids)))
}

func (r *run) pairByKeys(ctx context.Context, u *unlinked) error {
	crm, outlook, err := r.candidates(ctx, u)
	if err != nil {
		return err
	}
	res := match.Pair(crm, outlook, r.terms.matchOptions())
	for _, p := range res.Links {
		r.enlistMatch(p.CRM, p.Outlook)
	}
	for _, p := range res.Doubtful {
		u.held[record.CRM][p.CRM], u.held[record.Outlook][p.Outlook] = true, true
		r.problem(matchProblem(CodeDoubtfulMatch, p, "Perhaps the same person, perhaps not. Correct the names, addresses or numbers so that it is clear; until then neither is copied."))
	}
	for _, p := range res.Spare {
		if u.known[p.Outlook].Orphan {
			continue // it is not imported anyway
		}
		u.held[record.Outlook][p.Outlook] = true
		r.problem(matchProblem(CodeSeveralMatches, p, "Another Outlook contact of the same person is in sync. This one is left alone."))
	}
	for _, p := range res.Strangers {
		switch {
		case r.terms.Match.Ineligible == ineligibleIgnore:
		case r.terms.Match.Ineligible == ineligibleLink && r.live[record.CRM][p.CRM].rec != nil:
			r.enlistMatch(p.CRM, p.Outlook)
		case !u.known[p.Outlook].Orphan:
			u.held[record.Outlook][p.Outlook] = true
			r.problem(matchProblem(CodeStrangerMatch, p, "This person is in the CRM already, but not among the records you sync. It is not copied a second time."))
		}
	}
	return nil
}

func matchProblem(code Code, p match.Pairing, message string) Problem {
	return Problem{Code: code, Record: [2]string{p.CRM, p.Outlook}, Message: message, Resolvable: code != CodeSeveralMatches}
}

// candidates gathers what may be paired: the unlinked records at hand, known items that share a key with them, and the
// CRM's records that share a key with a listed item.
func (r *run) candidates(ctx context.Context, u *unlinked) (crm, outlook []match.Candidate, err error) {
	seen := [2]map[string]bool{{}, {}}
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
		c := u.keys[record.CRM][id]
		c.Elsewhere = r.linked[record.CRM][id]
		add(record.CRM, c)
	}
	for _, id := range u.outlook {
		c := u.keys[record.Outlook][id]
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
		c := r.candidate(record.CRM, r.live[record.CRM][id].rec)
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
	}
	if _, err := r.noteLinksOf(ctx, ids); err != nil {
		return nil, err
	}
	var candidates []match.Candidate
	for _, rec := range records {
		c := r.candidate(record.CRM, rec)
		c.Elsewhere = r.linked[record.CRM][rec.ID]
		c.Stranger = !c.Elsewhere && r.eligible(rec) != filter.Yes
		if h := r.live[record.CRM][rec.ID]; h.rec == nil {
			r.live[record.CRM][rec.ID] = half{rec: rec}
		}
		candidates = append(candidates, c)
	}
	return append(candidates, r.strangerCandidates(strangers)...), nil
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
			if r.usable(record.CRM, &m.Records[i]) {
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
	}
	records := make([]*record.Record, 0, len(byID))
	for _, rec := range byID {
		records = append(records, rec)
	}
	return records, nil
}

// createMissing makes what has no partner on the other side, where the settings allow it, and remembers the rest.
func (r *run) createMissing(u *unlinked) {
	for _, id := range u.crm {
		_, dropped := r.unlinkedLink[id]
		if r.linked[record.CRM][id] || u.held[record.CRM][id] || !r.terms.allow[record.Outlook].Create || dropped && !r.comeback[id] {
			continue
		}
		if r.partly[record.Outlook] { // its item may be among those that were not listed
			continue
		}
		if r.terms.Match.RequireKey && len(candidateKeys(u.keys[record.CRM][id])) == 0 {
			r.problem(noKeyProblem(record.CRM, id))
			continue
		}
		r.enlistCreate(record.Outlook, id)
	}
	news := newcomers{by: r.terms.Match.By, byKey: map[uint64][]match.Candidate{}}
	for _, id := range u.outlook {
		if r.linked[record.Outlook][id] {
			continue
		}
		c := u.keys[record.Outlook][id]
		if r.mayImport(u, id, c) && (news.admit(c) || r.reportTwin(id)) {
			r.enlistCreate(record.CRM, id)
			continue
		}
		r.remember(Known{Candidate: c, Orphan: u.known[id].Orphan}, u.known)
	}
}

// mayImport reports whether an unlinked item is to be made in the CRM.
func (r *run) mayImport(u *unlinked, id string, c match.Candidate) bool {
	rec := r.live[record.Outlook][id].rec
	switch {
	case !r.terms.allow[record.CRM].Create, u.held[record.Outlook][id], u.known[id].Orphan, r.terms.private(rec.Fields):
		return false
	case r.terms.OutlookFilter.Eval(rec.Fields, r.terms.env(r.conn, r.start)) != filter.Yes:
		return false
	case r.terms.Match.RequireKey && len(candidateKeys(c)) == 0:
		r.problem(noKeyProblem(record.Outlook, id))
		return false
	}
	return true
}

func noKeyProblem(side record.Side, id string) Problem {
	p := Problem{Code: CodeNoKey, Resolvable: true, Message: "This contact has neither an email address nor a valid phone number, and the settings ask for one."}
	p.Record[side] = id
	return p
}

// reportTwin leaves the second Outlook card of one person alone until the first is in the CRM; it never admits it.
func (r *run) reportTwin(id string) bool {
	p := Problem{Code: CodeSeveralMatches, RetryAt: r.start, Message: "Another Outlook contact of the same person is in sync. This one is left alone."}
	p.Record[record.Outlook] = id
	r.problem(p)
	return false
}
