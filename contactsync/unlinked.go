package contactsync

import (
	"context"
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
	doubts    []Problem          // what a person is asked about
	unread    []string           // Outlook items that could not be read
	unknown   bool               // of some of them Outlook could not tell at present
	waiting   map[string]bool    // those whose record the CRM could not tell of; nil: not asked yet
	keys      [2]map[string]*match.Candidate
}

func (u *unlinked) note(side record.Side, c match.Candidate) { u.keys[side][c.ID] = &c }

// matchUnlinked pairs unlinked records by stamp and by match keys, and makes what has no partner on the other side.
func (r *run) matchUnlinked(ctx context.Context) error {
	u, err := r.gatherUnlinked(ctx)
	if err != nil {
		return err
	}
	if err := r.settleDistinct(ctx); err != nil {
		return err
	}
	if len(u.crm)+len(u.outlook)+len(u.orphans)+len(r.identities)+len(r.asked) == 0 {
		return nil
	}
	if err := r.pairByStamp(ctx, u); err != nil {
		return err
	}
	r.answerMatches(u)
	spare, strange, shown, err := r.pairByKeys(ctx, u)
	if err != nil {
		return err
	}
	if err := r.pairImported(ctx, u); err != nil {
		return err
	}
	r.keepAsking(u)
	r.leaveStrange(u, strange, shown)
	r.leaveSpare(u, spare)
	r.retieAlike(u)
	if err := r.leaveForsaken(ctx, u); err != nil {
		return err
	}
	if err := r.leaveSparesAtHand(ctx, u); err != nil {
		return err
	}
	if may, err := r.mayMake(ctx, u); err != nil || !may {
		return err
	}
	r.createMissing(u)
	return nil
}

func (r *run) gatherUnlinked(ctx context.Context) (*unlinked, error) {
	u := &unlinked{strangers: map[string]bool{}, known: map[string]Known{}}
	for side := range u.keys {
		u.keys[side] = map[string]*match.Candidate{}
		u.held[side] = map[string]bool{}
	}
	for id, h := range r.live[record.CRM] {
		if r.linked[record.CRM][id] {
			continue
		}
		r.judgedRecord[record.CRM][id] = h.gone != Unknown // a listing for matches may show it later, which looks at it no more
		if h.rec == nil {
			continue
		}
		if r.revivesUnknown(h.rec) {
			r.leaveRevived(id)
			continue
		}
		switch r.eligible(h.rec) {
		case filter.Yes:
			u.crm = append(u.crm, id)
		default: // what cannot be told to be eligible is not synced, and not doubled either
			u.strangers[id] = true
		}
	}
	var partial, unread, gone []string
	for id, h := range r.live[record.Outlook] {
		if r.linked[record.Outlook][id] {
			continue
		}
		r.judgedRecord[record.Outlook][id] = h.gone != Unknown
		switch {
		case h.rec == nil:
			gone = append(gone, id)
		case !r.whole(record.Outlook, h.rec) && r.terms.sends(record.CRM):
			partial = append(partial, id)
		case !h.rec.StampRead:
			unread = append(unread, id)
		}
	}
	strange, err := r.unheardOf(ctx, u, unread)
	if err != nil {
		return nil, err
	}
	partial = append(partial, strange...)
	if err := r.fetch(ctx, record.Outlook, partial); err != nil {
		return nil, err
	}
	if err := r.readNewcomers(ctx); err != nil {
		return nil, err
	}
	for _, id := range partial {
		if r.live[record.Outlook][id].gone == Unknown {
			u.unread, u.unknown = append(u.unread, id), true
			r.leftOver = r.leftOver || r.damaged()
			r.unknownRecord([2]string{record.Outlook: id}, record.Outlook)
		}
	}
	u.unread = append(u.unread, slices.DeleteFunc(r.unreadable, func(id string) bool { return r.linked[record.Outlook][id] })...)
	if err := r.dropKnown(ctx, gone); err != nil {
		return nil, err
	}
	for id, h := range r.live[record.Outlook] {
		if h.rec != nil && !r.linked[record.Outlook][id] {
			u.outlook = append(u.outlook, id)
		}
	}
	if err := r.readBereft(ctx, len(u.crm) > 0); err != nil {
		return nil, err
	}
	slices.Sort(u.crm)
	slices.Sort(u.outlook)
	for _, id := range u.outlook {
		u.note(record.Outlook, r.candidate(record.Outlook, r.live[record.Outlook][id].rec))
	}
	for _, id := range u.crm {
		u.note(record.CRM, r.candidate(record.CRM, r.live[record.CRM][id].rec))
	}
	for id := range u.strangers {
		u.note(record.CRM, r.candidate(record.CRM, r.live[record.CRM][id].rec))
	}
	return u, r.addKnown(ctx, u)
}

// unknownRecord reports an unlinked record of the side that could not be read, and which other waits for it; they are looked at
// again later.
func (r *run) unknownRecord(ids [2]string, side record.Side) {
	p := Problem{Code: CodeUnknown, Record: ids, Sides: onSide(side), RetryAt: r.start.Add(time.Minute), Message: "The " + sideName(side) + " cannot say at present what this record holds. Nothing is changed; it is looked at again."}
	p.RetryAt = r.later(p)
	r.problem(p)
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

// pairByKeys pairs by match keys. It returns the items without a partner that may belong to a record that has one.
func (r *run) pairByKeys(ctx context.Context, u *unlinked) (spare, strangers []match.Pairing, shown func(match.Pairing) [2]uint64, _ error) {
	crm, outlook, err := r.candidates(ctx, u)
	if err != nil {
		return nil, nil, nil, err
	}
	res := match.Pair(crm, outlook, r.matchOptions())
	for _, list := range []*[]match.Pairing{&res.Links, &res.Doubtful, &res.Spare, &res.Strangers} {
		*list = slices.DeleteFunc(*list, u.beside)
	}
	for _, p := range res.Links {
		r.enlistMatch(p.CRM, p.Outlook)
	}
	shown = r.shownIn(crm, outlook)
	for _, p := range res.Doubtful {
		r.doubt(u, doubtfulMatch(p, shown(p)))
	}
	r.retie(u, crm, outlook)
	strange := map[string]bool{}
	for _, p := range res.Strangers {
		strange[p.CRM] = !r.linksStranger(p.CRM)
	}
	parting := r.parting()
	for _, p := range res.Spare {
		if u.known[p.Outlook].Orphan || r.linked[record.Outlook][p.Outlook] {
			continue // it is not imported anyway
		}
		_, bereft := r.bereft[record.CRM][p.CRM]
		asked := bereft && (r.wondered[p.CRM] || r.askedOf[record.CRM][p.CRM]) // then the tie does not end yet
		if parting[p.CRM] && !asked {                                          // deleted and typed in again: the next run ties what is left
			u.held[record.Outlook][p.Outlook] = true
			r.apart[record.Outlook] = append(r.apart[record.Outlook], p.Outlook)
			continue
		}
		if bereft { // no other card of theirs is in sync
			u.held[record.Outlook][p.Outlook], r.wondered[p.CRM] = true, true
			r.problem(doubtfulMatch(p, shown(p)))
			continue
		}
		if strange[p.CRM] {
			res.Strangers = append(res.Strangers, p) // no other item of theirs is in sync either
			continue
		}
		spare = append(spare, p)
	}
	for _, p := range res.Strangers {
		switch {
		case r.terms.Match.Ineligible == ineligibleIgnore, r.linked[record.Outlook][p.Outlook]:
		case r.linksStranger(p.CRM):
			r.enlistMatch(p.CRM, p.Outlook)
		case !u.known[p.Outlook].Orphan:
			strangers = append(strangers, p)
		}
	}
	return spare, strangers, shown, nil
}

// linksStranger reports whether a record that may not be synced is linked with an item that matches it. One whose tie ended because
// it left the filter is not: the next run would tie again what the settings have just untied.
func (r *run) linksStranger(crm string) bool {
	dropped := r.withoutItem[crm]
	left := dropped.Phase == Unlinked && dropped.Cause == CauseLeft
	return r.terms.Match.Ineligible == ineligibleLink && r.live[record.CRM][crm].rec != nil && !left
}

// doubt asks about two records, and holds them until it is answered.
func (r *run) doubt(u *unlinked, p Problem) {
	for side, id := range p.Record {
		u.held[side][id] = true
	}
	u.doubts = append(u.doubts, p)
	r.problem(p)
}

// keepAsking holds what earlier runs asked about, where both records are as they were shown: that others were copied or tied
// meanwhile, who have the same number, is no answer. So are a record or a card whose partner is gone, and who may be whom somebody typed in
// again.
func (r *run) keepAsking(u *unlinked) {
	parting := r.parting()
	for _, p := range r.open {
		crm, outlook := p.Record[record.CRM], p.Record[record.Outlook]
		if _, distinct := r.distinct[p.Record]; distinct || u.strangers[crm] || u.keys[record.CRM][crm] == nil && u.keys[record.Outlook][outlook] == nil {
			continue
		}
		_, bereft := r.bereft[record.CRM][crm]
		waits := bereft && !parting[crm]
		l, stays := r.bereft[record.Outlook][outlook]
		stays = stays && r.haveKeys(p.Record) && r.judge(l, r.halves(l.IDs)).ops[record.Outlook] != Delete
		if r.linked[record.CRM][crm] && !waits || r.linked[record.Outlook][outlook] && !stays || !r.asShown(record.CRM, p) || !r.asShown(record.Outlook, p) {
			continue
		}
		p.RetryAt = time.Time{}
		r.doubt(u, p)
		r.wondered[crm] = r.wondered[crm] || waits
		if stays {
			r.wondered[l.IDs[record.CRM]] = true
		}
	}
}

// haveKeys reports whether two records at hand both have match keys: those tell, and nothing else they say does.
func (r *run) haveKeys(ids [2]string) bool {
	for side, id := range ids {
		rec := r.live[side][id].rec
		if rec == nil || len(candidateKeys(r.candidate(record.Side(side), rec))) == 0 {
			return false
		}
	}
	return true
}

// asShown reports whether a record that a doubtful match is about is as it was shown, as far as it was read.
func (r *run) asShown(side record.Side, p Problem) bool {
	h := r.live[side][p.Record[side]]
	if h.rec == nil {
		return !h.read()
	}
	return r.matchPrint(r.candidate(side, h.rec)) == p.Raw[side]
}

// beside reports whether neither of two records is looked at in this run. They are at hand because others could be meant by them, and
// who else could be meant by themselves is not: what looks certain between them need not be.
func (u *unlinked) beside(p match.Pairing) bool {
	return u.keys[record.CRM][p.CRM] == nil && u.keys[record.Outlook][p.Outlook] == nil && !u.known[p.Outlook].Orphan
}

// leaveStrange reports the items of people who are in the CRM, but not among the records that may be synced, and leaves them alone.
func (r *run) leaveStrange(u *unlinked, strangers []match.Pairing, shown func(match.Pairing) [2]uint64) {
	for _, p := range strangers {
		if r.linked[record.Outlook][p.Outlook] { // as the one that a record was once made from
			continue
		}
		u.held[record.CRM][p.CRM], u.held[record.Outlook][p.Outlook] = true, true
		r.problem(strangerMatch(p, shown(p), r.live[record.CRM][p.CRM].rec != nil))
	}
}

// leaveSpare reports further items of records that have one, and leaves them alone.
func (r *run) leaveSpare(u *unlinked, spare []match.Pairing) {
	spare = slices.DeleteFunc(spare, func(p match.Pairing) bool {
		return r.linked[record.Outlook][p.Outlook] || u.held[record.Outlook][p.Outlook] // as another's
	})
	for _, p := range spare {
		u.held[record.Outlook][p.Outlook] = true
		r.problem(matchProblem(CodeSeveralMatches, p, anotherInSync))
	}
}

// parting are the CRM records whose item is gone, and whose tie this run therefore ends.
func (r *run) parting() map[string]bool {
	crm := map[string]bool{}
	for _, j := range r.jobs {
		if h := r.live[record.Outlook][j.ids[record.Outlook]]; j.link != nil && h.rec == nil && h.read() {
			crm[j.ids[record.CRM]] = true
		}
	}
	for id, l := range r.bereft[record.CRM] {
		if v := r.judge(l, r.halves(l.IDs)); v.drop || v.link.Phase != Linked && v.why != WhyEditLives {
			crm[id] = true
		}
	}
	return crm
}
