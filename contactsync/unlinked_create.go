package contactsync

import (
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// createMissing makes what has no partner on the other side, where the settings allow it, and remembers the rest.
func (r *run) createMissing(u *unlinked) {
	r.leaveImported(u)
	for _, id := range u.crm {
		_, dropped := r.withoutItem[id]
		if len(u.unread) > 0 && r.imported(u, id) { // it may be the item that the record was made from
			r.unknownRecord([2]string{id, u.unread[0]}, record.Outlook)
			continue
		}
		if r.linked[record.CRM][id] || u.held[record.CRM][id] || !r.terms.allow[record.Outlook].Create || dropped && !r.comeback[id] {
			continue
		}
		if r.partly[record.Outlook] { // its item may be among those that were not listed
			r.leaveToNext([2]string{record.CRM: id})
			continue
		}
		if r.blank(record.CRM, r.live[record.CRM][id].rec) {
			continue
		}
		if r.keyless(*u.keys[record.CRM][id]) {
			r.problem(noKeyProblem(record.CRM, id))
			continue
		}
		r.enlistCreate(record.Outlook, id)
	}
	news := r.newcomers(u)
	for _, id := range u.outlook {
		if r.linked[record.Outlook][id] {
			continue
		}
		if r.unlisted || r.partly[record.CRM] { // its record may be among those that were not named
			r.leaveToNext([2]string{record.Outlook: id})
			continue
		}
		c := u.keys[record.Outlook][id]
		r.leaveCopy(u, id)
		if r.mayImport(u, id, *c) {
			first := news.admit(c)
			switch {
			case first == nil:
				r.enlistCreate(record.CRM, id)
				continue
			case first.asked != nil:
				r.doubt(u, r.doubtfulTwin(first, c))
			default:
				r.reportTwin(id)
			}
		}
		r.remember(Known{Candidate: *c, Orphan: u.known[id].Orphan}, u)
	}
}

// mayImport reports whether an unlinked item is to be made in the CRM.
func (r *run) mayImport(u *unlinked, id string, c match.Candidate) bool {
	rec := r.live[record.Outlook][id].rec
	switch {
	case !r.terms.allow[record.CRM].Create, u.held[record.Outlook][id], u.known[id].Orphan, r.blank(record.Outlook, rec), !r.selects(rec):
		return false
	case r.keyless(c):
		r.problem(noKeyProblem(record.Outlook, id))
		return false
	}
	return true
}

func noKeyProblem(side record.Side, id string) Problem {
	p := Problem{Code: CodeNoKey, Sides: onSide(side), Resolvable: true, Message: "This contact has neither an email address nor a valid phone number, and the settings ask for one."}
	p.Record[side] = id
	return p
}

// reportTwin leaves the second Outlook card of one person alone until the first is in the CRM.
func (r *run) reportTwin(id string) {
	p := Problem{Code: CodeSeveralMatches, Sides: onSide(record.Outlook), RetryAt: r.start, Message: "Another Outlook contact of the same person comes into the CRM first. Until then this one stays as it is."}
	p.Record[record.Outlook] = id
	r.problem(p)
}

// blank reports whether a record has nothing that the other side could be told: a card without anything on it is not copied
// until it says something.
func (r *run) blank(side record.Side, rec *record.Record) bool {
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		if !rule.Direction.Allows(side.Other()) || side == record.CRM && !r.terms.isFor(rule, rec.Fields) {
			continue
		}
		for _, f := range rule.Fields[side] {
			if v, _ := rec.Fields.Get(f.Name); !v.IsEmpty() {
				return false
			}
		}
	}
	return true
}
