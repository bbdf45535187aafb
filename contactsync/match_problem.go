package contactsync

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

func (r *run) matchOptions() match.Options {
	m := &r.terms.Match
	return match.Options{By: m.By, Several: m.Several, LinkDoubtful: m.Doubtful == doubtfulLink, Distinct: r.distinctPairs()}
}

func matchProblem(code Code, p match.Pairing, message string) Problem {
	return Problem{Code: code, Record: [2]string{p.CRM, p.Outlook}, Score: p.Score, Message: message, Resolvable: code != CodeSeveralMatches}
}

// doubtfulMatch asks whether two records are one person; shown is what matching looked at.
func doubtfulMatch(p match.Pairing, shown [2]uint64) Problem {
	q := matchProblem(CodeDoubtfulMatch, p, doubtfulWords(p.Score))
	q.Raw = shown
	return q
}

// strangerMatch reports an item of somebody who is in the CRM, but not among the records that may be synced. Where the user may see
// the record, the two can be linked on request.
func strangerMatch(p match.Pairing, shown [2]uint64, visible bool) Problem {
	q := matchProblem(CodeStrangerMatch, p, "This person is in the CRM already, but not among the records you sync. It is not copied a second time.")
	if q.Resolvable = visible; visible {
		q.Message += " Say that it is the same person to sync the two all the same, or that they are two people."
		q.Raw = shown
	}
	return q
}

// doubtfulImport asks whether an item is the one that a CRM record was made from, where no key tells.
func (r *run) doubtfulImport(u *unlinked, crm, item string) Problem {
	return r.doubtfulPair(*u.keys[record.CRM][crm], *u.keys[record.Outlook][item])
}

// doubtfulTwin asks whether a card is of the record that another card of its person may belong to.
func (r *run) doubtfulTwin(first *newcomer, card *match.Candidate) Problem {
	if rec := r.live[record.CRM][first.crm].rec; rec != nil {
		return r.doubtfulPair(r.candidate(record.CRM, rec), *card)
	}
	p := *first.asked // about a record that did not change
	p.Record[record.Outlook], p.Raw[record.Outlook] = card.ID, r.matchPrint(*card)
	return p
}

// doubtfulPair asks about two records that matching did not bring together.
func (r *run) doubtfulPair(c, o match.Candidate) Problem {
	p := match.Pairing{CRM: c.ID, Outlook: o.ID}
	if share(c.Emails, o.Emails) {
		p.Score.Reasons = append(p.Score.Reasons, "sameEmail")
	}
	if share(c.Phones, o.Phones) {
		p.Score.Reasons = append(p.Score.Reasons, "samePhone")
	}
	switch score, known := match.Agrees(c.Name, o.Name); {
	case !known:
		p.Score.Reasons = append(p.Score.Reasons, "nameMissing")
	case score > 0:
		p.Score.Reasons = append(p.Score.Reasons, "nameFits")
	default:
		p.Score.Reasons = append(p.Score.Reasons, "nameDisagrees")
	}
	return doubtfulMatch(p, [2]uint64{r.matchPrint(c), r.matchPrint(o)})
}

// doubtfulWords say why two records may be one person, and why not.
func doubtfulWords(s match.Score) string {
	var says []string
	same := map[string]string{"sameEmail": "an email address", "samePhone": "a number"}
	var keys []string
	for _, reason := range s.Reasons {
		if key := same[reason]; key != "" {
			keys = append(keys, key)
		}
	}
	if len(keys) > 0 {
		text := "they share " + strings.Join(keys, " and ")
		if s.Holders > 2 {
			text += fmt.Sprintf(", which %d contacts have", s.Holders)
		}
		says = append(says, text)
	}
	for reason, text := range map[string]string{
		"sameName": "the names are the same", "nameFits": "the names fit", "nameMissing": "a name is missing", "nameDisagrees": "the names disagree",
	} {
		if slices.Contains(s.Reasons, reason) {
			says = append(says, text)
		}
	}
	if slices.Contains(s.Reasons, "several") {
		says = append(says, "several Outlook contacts fit, of which you choose one")
	}
	return fmt.Sprintf("Perhaps the same person, perhaps not: %s. Say which, or correct the names, addresses or numbers; until then neither is copied.", strings.Join(says, "; "))
}

// shownIn tells what matching looked at of a pair of candidates.
func (r *run) shownIn(crm, outlook []match.Candidate) func(p match.Pairing) [2]uint64 {
	var byID [2]map[string]*match.Candidate
	return func(p match.Pairing) (shown [2]uint64) {
		if byID[0] == nil { // few runs ask anything
			for side, list := range [2][]match.Candidate{crm, outlook} {
				byID[side] = make(map[string]*match.Candidate, len(list))
				for i := range list {
					byID[side][list[i].ID] = &list[i]
				}
			}
		}
		for side, id := range [2]string{p.CRM, p.Outlook} {
			shown[side] = r.matchPrint(*byID[side][id])
		}
		return shown
	}
}
