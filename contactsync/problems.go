package contactsync

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// problem opens a problem, or renews it: its id follows from what it is about.
func (r *run) problem(p Problem) {
	p.Conn = r.conn.ID
	p.ID = r.problemID(p)
	if r.opened[subjectOf(p.ID)] {
		return
	}
	r.opened[subjectOf(p.ID)] = true
	p.First, p.Last = r.start, r.start
	if p.Resolvable && p.ofCard() && !r.terms.correctsCard(&p) {
		p.Resolvable, p.Message = false, p.Message+r.terms.cardWords(&p)
	}
	p.Message = strings.TrimPrefix(p.Message, notUsedWords)
	if r.answerNotUsed(&p) {
		p.Message = notUsedWords + p.Message
	}
	r.report.Problems = append(r.report.Problems, p)
}

var bothSides = [2]bool{true, true}

const notUsedWords = "The answer to this was not used, since what it was about has changed. "

// answerNotUsed reports whether the run brought an answer to a problem that it opens or renews, and the answer is about something else
// than the problem shows now. An answer about just that has not come into play yet.
func (r *run) answerNotUsed(p *Problem) bool {
	if p.Raw == [2]uint64{} {
		return false
	}
	for i := len(r.lease.Messages) - 1; i >= 0; i-- { // of several the last counts
		d := r.lease.Messages[i].Decision
		if d == nil || d.Rule != p.Rule {
			continue
		}
		if subjectOf(d.Problem) == subjectOf(p.ID) || p.Link != "" && d.Link == p.Link {
			return d.Raw != p.Raw
		}
	}
	return false
}

// showing notes in problems about a value what the sides hold of it. base stands in for a side that was not read, since it did not change.
func (r *run) showing(problems []Problem, base []conflict.Seen, now [2]record.Fields) []Problem {
	for i := range problems {
		problems[i].Raw = r.shown(problems[i].Rule, base, now)
	}
	return problems
}

// shown are the fingerprints of what the sides hold of a rule; without a rule of all that rules speak of.
func (r *run) shown(rule string, base []conflict.Seen, now [2]record.Fields) (raw [2]uint64) {
	if rule == "" {
		for side, f := range now {
			if f.Schema() != nil {
				raw[side] = r.survivorPrint(record.Side(side), f)[side]
			}
		}
		return raw
	}
	for _, s := range r.terms.merger.Look(base, now) {
		if s.Rule == rule {
			return s.Raw
		}
	}
	return raw
}

// problemID is made from the link, rule and code, before linking from the records; and of a problem that shows something, from what that
// is. An answer that names it is an answer to just that.
func (r *run) problemID(p Problem) string {
	about := []string{"problem", p.Conn, string(p.Code), p.Link, p.Rule}
	if p.Link == "" {
		about = append(about, p.Record[record.CRM], p.Record[record.Outlook])
	}
	if p.Code == CodeChangedSince || p.Code == CodeNotUndone { // what an undo left is told of each side
		about = append(about, fmt.Sprint(p.Sides))
		if p.Rule == "" { // no rule is about the field any more
			about = append(about, p.Field)
		}
	}
	id := r.idOf(about...)
	if p.Raw == [2]uint64{} {
		return id
	}
	return id + r.idOf("shown", fmt.Sprint(p.Raw))[:shownLength]
}

const (
	idLength    = 24 // of an id of 15 bytes
	shownLength = 8
)

// subjectOf is the part of a problem's id that stays the same whatever the problem shows.
func subjectOf(id string) string { return id[:min(len(id), idLength)] }

// idOf is an id that follows from what it is about.
func (r *run) idOf(about ...string) string {
	text := strings.Join(about, "\x00")
	b := binary.BigEndian.AppendUint64(nil, r.e.ids.Text(text))
	b = binary.BigEndian.AppendUint64(b, r.e.ids.Text(text+"\x00second half"))
	return lowerBase32.EncodeToString(b[:15])
}

// retryAt spaces the retries of a problem: a minute at first, doubling up to a day.
func (r *run) retryAt(code Code, link, rule string) time.Time {
	tries := 0
	id := r.problemID(Problem{Conn: r.conn.ID, Code: code, Link: link, Rule: rule})
	for _, p := range r.lease.Retry {
		if subjectOf(p.ID) == id {
			tries = p.Tries
		}
	}
	return r.start.Add(min(time.Minute<<min(tries, 11), 24*time.Hour))
}

// settleProblems completes the problems of this run from what was open before, and closes those that are over: their
// record was judged again and gave no reason for them.
func (r *run) settleProblems(open []Problem) (closed []string) {
	before := make(map[string]Problem, len(open))
	for _, p := range open {
		if old, ok := before[subjectOf(p.ID)]; !ok || p.First.Before(old.First) {
			before[subjectOf(p.ID)] = p
		}
	}
	current := make(map[string]bool, len(r.report.Problems))
	asked := map[[2]string]bool{} // whether they are one person
	for i := range r.report.Problems {
		p := &r.report.Problems[i]
		current[p.ID] = true
		asked[p.Record] = asked[p.Record] || p.asksIdentity()
		if old, ok := before[subjectOf(p.ID)]; ok {
			p.First, p.Tries = old.First, old.Tries
		}
		for side, id := range p.Record {
			if p.Link == "" && r.written[side][id] { // it was found before the write
				p.RetryAt = r.start
			}
		}
		if !p.RetryAt.IsZero() {
			p.Tries++
		}
	}
	for _, p := range open {
		if id := p.Record[record.Outlook]; aboutCopy(p) && r.orphans[id] && !r.due[record.Outlook][id] { // it is not time yet
			continue
		}
		if item := p.Record[record.Outlook]; p.Code == CodeSeveralMatches && (r.spares.left[item] || r.spares.waits[item]) {
			switch {
			case r.spares.left[item]:
				closed = append(closed, p.ID)
			case !p.RetryAt.IsZero(): // nothing is to be tried again
				p.RetryAt = time.Time{}
				r.batch.Problems = append(r.batch.Problems, p)
			}
			continue
		}
		if r.opened[subjectOf(p.ID)] {
			if !current[p.ID] { // it shows something else now, under another id
				closed = append(closed, p.ID)
			}
			continue
		}
		if p.asksIdentity() && asked[p.Record] { // it is asked in other words now
			closed = append(closed, p.ID)
			continue
		}
		if p.asksIdentity() && r.toldApart(p.Record) { // whatever else there is to look at: this is answered
			closed = append(closed, p.ID)
			continue
		}
		if r.leftAbout(p) { // what was found and not done needs them to be found again
			continue
		}
		if crm := p.Record[record.CRM]; p.Link == "" && crm != "" && r.parted[crm] { // another card of theirs may take the place of the one that went
			p.RetryAt = r.start
			r.batch.Problems = append(r.batch.Problems, p)
			continue
		}
		switch some, all := r.lookedAt(p); {
		case all:
			closed = append(closed, p.ID)
		case some: // it may have held the other record back: the next run looks at both
			p.RetryAt = r.start
			r.batch.Problems = append(r.batch.Problems, p)
		}
	}
	return closed
}

// leftAbout reports whether a problem is about something that was left to the next run.
func (r *run) leftAbout(p Problem) bool {
	for side, id := range p.Record {
		if id != "" && r.leftTo[side][id] {
			return true
		}
	}
	return false
}

// concerns reports whether a problem is about a record of those.
func (p Problem) concerns(ids [2]string) bool {
	for side, id := range p.Record {
		if id != "" && id == ids[side] {
			return true
		}
	}
	return false
}

// lookedAt reports whether all of what a problem is about was looked at in this run, or some of it that had changed.
func (r *run) lookedAt(p Problem) (some, all bool) {
	if p.Link != "" {
		searched := r.full != [2]bool{} || r.sweeps()
		for side, id := range p.Record {
			searched = searched || r.due[side][id]
		}
		judged := r.judged[p.Link]
		for side, id := range p.Record { // what one side could not tell is not settled by what the other says
			judged = judged && (p.Code != CodeUnknown || id == "" || r.live[side][id].read())
		}
		ties, noted := r.noted[p.Link]
		over := judged || searched && (!noted || !p.RetryAt.IsZero() && !p.concerns(ties)) // the link went on with somebody else
		return over, over
	}
	all = true
	for side, id := range p.Record {
		if id == "" {
			continue
		}
		if h, ok := r.live[side][id]; r.full[side] && !r.linked[side][id] && (!ok || h == half{}) {
			some, all = true, false // a complete listing did not name it
			continue
		}
		looked := r.judgedRecord[side][id] && r.live[side][id].gone != Unknown || r.linked[side][id] && r.live[side][id].read()
		some, all = some || looked && (r.moved[side][id] || r.written[side][id]), all && looked
	}
	return some, all
}
