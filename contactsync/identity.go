package contactsync

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// Accept answers a match: the two are one person. The next run links them, as a first meeting: the settings for that say what each
// fills in at the other. Of a doubtful match of several cards (M3) it chooses one; the others are left alone from then on. Of a match
// with a CRM record that is not among those the user syncs it links the two all the same, if the user may see the record (B20);
// what was never selected does not leave the selection later.
//
// An answer holds for what was shown. If a name, an address or a number of either has changed by the next run, the answer is refused
// there, and the question stays open under a new id, with a message that says so; so it is if the card has found a partner meanwhile,
// and then there is none left to ask. If the record has, the card is left alone and reported, or tied to it as well where all are
// ([match.All]) and the record meets its first in that run too; so is another card that the same was asked about and that has the same name. Of several answers to a problem before a run the last one counts, and Problem.Answered shows it. While a
// side cannot tell what became of one of the two, the answer waits.
//
// An [*InvalidError] where that is not how the problem is answered, [ErrStale] when a run has found since that it is about something
// else than what was shown: list the problems again. [ErrNotFound] when the user has no such open problem.
func (u User) Accept(ctx context.Context, problem string) error {
	return u.identify(ctx, "accept", problem, SamePerson)
}

// Reject answers a match: the two are different people. From the next run on each goes its own way, as if the other were
// not there: it is matched with others, or made on the other side, as the settings say. No run asks about the two again, unless
// a name, an address or a number of one of them changes. Else it is as [User.Accept].
func (u User) Reject(ctx context.Context, problem string) error {
	return u.identify(ctx, "reject", problem, TwoPeople)
}

func (u User) identify(ctx context.Context, operation, problem string, answer Identity) error {
	_, p, err := u.ownProblem(ctx, problem)
	if err == nil {
		err = u.e.identify(ctx, p, answer)
	}
	if err != nil {
		return fmt.Errorf("contactsync: %s: %w", operation, err)
	}
	return nil
}

func (e *Engine) identify(ctx context.Context, p Problem, answer Identity) error {
	if !p.asksIdentity() {
		return &InvalidError{Field: "problem", Reason: "it does not ask whether two records are one person; this is " + string(p.Code)}
	}
	d := PersonDecision{Problem: p.ID, Record: p.Record, Identity: answer}
	d.Raw = p.Raw
	return e.cfg.State.Post(ctx, Message{Conn: p.Conn, Decision: &d})
}

// asksIdentity reports whether the problem is answered by saying whether its two records are one person.
func (p *Problem) asksIdentity() bool {
	return (p.Code == CodeDoubtfulMatch || p.Code == CodeStrangerMatch) && p.Raw != [2]uint64{}
}

// identify takes in an answer to a match, and has both records looked at.
func (r *run) identify(d PersonDecision) {
	for i := range r.identities {
		if r.identities[i].Record == d.Record {
			r.identities[i] = d
			return
		}
	}
	r.identities = append(r.identities, d)
	for side, id := range d.Record {
		r.due[side][id] = true
	}
}

// answerMatches does what people said about matches, where both records still are what they were shown. Two that are told apart need not be
// read for that: should one turn out to say something else, that ends it. Of whom a side cannot tell, the next run does what follows.
func (r *run) answerMatches(u *unlinked) {
	for _, d := range r.identities {
		h := r.halves(d.Record)
		r.unanswered[d.Record] = h[record.CRM].gone == Unknown || h[record.Outlook].gone == Unknown
		switch {
		case !r.asAnswered(d, h):
		case d.Identity == TwoPeople:
			r.tellApart(d)
		case h[record.CRM].rec != nil && h[record.Outlook].rec != nil:
			r.linkOnRequest(u, d.Record)
		}
	}
}

// asAnswered reports whether two records are what a person was shown, as far as they were read, and both there still.
func (r *run) asAnswered(d PersonDecision, h [2]half) bool {
	for side := range h {
		switch {
		case h[side].gone == Deleted || h[side].gone == Merged:
			return false
		case h[side].rec != nil && r.matchPrint(r.candidate(record.Side(side), h[side].rec)) != d.Raw[side]:
			return false
		}
	}
	return true
}

// linkOnRequest links two records of which a person said that they are one, if neither has found a partner meanwhile. A further card of a
// record that has one is linked beside it, or left alone, as the settings have it.
func (r *run) linkOnRequest(u *unlinked, ids [2]string) {
	crm, item := ids[record.CRM], ids[record.Outlook]
	var old [2]Link
	var bereft [2]bool
	for side, id := range ids {
		old[side], bereft[side] = r.bereft[side][id]
	}
	tied := [2]bool{r.linked[record.CRM][crm], r.linked[record.Outlook][item] && !u.known[item].Orphan}
	switch {
	case bereft[record.CRM] && !tied[record.Outlook]:
		r.retieAll(record.CRM, old[record.CRM], ids)
	case bereft[record.Outlook] && !tied[record.CRM]:
		r.retieAll(record.Outlook, old[record.Outlook], ids)
	case tied[record.Outlook]:
		return
	case tied[record.CRM] && !r.meetsAll(crm):
		r.leaveBeside(u, ids)
		return
	default:
		r.enlistMatch(crm, item)
	}
	delete(u.known, item)
	delete(u.strangers, crm)
	if said, told := r.distinct[ids]; told { // by an answer that this one replaces
		delete(r.distinct, ids)
		r.dropLink(said.ID)
	}
	r.answerTwins(u, ids)
}

// answerTwins does the same with those cards that are asked about with the record too and say no other name than the one that was linked:
// they would be taken for somebody else once the record has its card.
func (r *run) answerTwins(u *unlinked, ids [2]string) {
	c := u.keys[record.Outlook][ids[record.Outlook]]
	if c == nil {
		return
	}
	for _, p := range r.asked {
		item := p.Record[record.Outlook]
		twin := u.keys[record.Outlook][item]
		if p.Record[record.CRM] != ids[record.CRM] || twin == nil || r.linked[record.Outlook][item] || u.held[record.Outlook][item] || r.toldApart(p.Record) {
			continue
		}
		said := slices.ContainsFunc(r.identities, func(d PersonDecision) bool { return d.Record == p.Record })
		if !said && match.Alike(c.Name, twin.Name) && r.shareKeys(*c, *twin) {
			r.linkOnRequest(u, p.Record)
		}
	}
}

// meetsAll reports whether a record gets all of its cards, since this run is where it first meets one.
func (r *run) meetsAll(crm string) bool {
	return r.terms.Match.Several == match.All &&
		slices.ContainsFunc(r.jobs, func(j *job) bool { return j.first && !j.create && j.ids[record.CRM] == crm })
}

// leaveBeside leaves a card alone whose person's record has another.
func (r *run) leaveBeside(u *unlinked, ids [2]string) {
	item := ids[record.Outlook]
	u.held[record.Outlook][item], u.known[item] = true, Known{Orphan: true}
	r.problem(matchProblem(CodeSeveralMatches, match.Pairing{CRM: ids[record.CRM], Outlook: item}, anotherInSync))
}

// anotherInSync is what is said of a card whose person has another one.
const anotherInSync = "Another Outlook contact of the same person is in sync. This one stays as it is."
