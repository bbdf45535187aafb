package contactsync

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// problem opens a problem, or renews it: its id follows from what it is about.
func (r *run) problem(p Problem) {
	p.Conn = r.conn.ID
	p.ID = r.problemID(p)
	if r.opened[p.ID] {
		return
	}
	r.opened[p.ID] = true
	p.First, p.Last = r.start, r.start
	r.report.Problems = append(r.report.Problems, p)
}

var bothSides = [2]bool{true, true}

// problemID is made from the link, rule and code; before linking from the records.
func (r *run) problemID(p Problem) string {
	about := []string{"problem", p.Conn, string(p.Code), p.Link, p.Rule}
	if p.Link == "" {
		about = append(about, p.Record[record.CRM], p.Record[record.Outlook])
	}
	return r.idOf(about...)
}

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
		if p.ID == id {
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
		before[p.ID] = p
	}
	for i := range r.report.Problems {
		p := &r.report.Problems[i]
		if old, ok := before[p.ID]; ok {
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
		if r.opened[p.ID] || r.leftAbout(p) { // what was found and not done needs them to be found again
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
		over := judged || searched && !r.noted[p.Link]
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
