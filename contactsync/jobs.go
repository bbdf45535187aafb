package contactsync

import (
	"github.com/seed-42871e99/crmsync/record"
)

// job is one link to be brought to its verdict. Jobs are many in a first run, so they hold what is needed to judge again
// and to count, not the values to write.
type job struct {
	link     Link // as stored; its ID is empty until a new link is made
	ids      [2]string
	create   bool // make a record on link.Target from the other side's
	repeat   bool // a create that was intended before; its generation stays
	copy     bool // delete a copy that our own create left
	ops      [2]Op
	why      Why
	clears   [2]bool
	first    bool
	over     [2]*half // what is known beside what was read
	prior    *Link    // the dropped link that a record coming back takes up again, as stored
	replaces []string // links of earlier ties of the item, which end with this one
	tries    int      // how often it was found outdated in this run
	// restricted: only the sides in only may be written (Engine.Apply).
	restricted bool
	only       [2]bool
}

// enlist makes a job of a verdict that changes anything.
func (r *run) enlist(l Link, v verdict, repeat bool) {
	for side := range v.removed {
		if v.removed[side] {
			r.removed[side]++
		}
	}
	v.dirty = v.dirty || r.settled[l.ID]
	if v.back {
		r.comeback[l.IDs[record.CRM]] = true
	}
	if !v.writes() && !v.dirty && v.needs == [2]bool{} {
		for _, p := range v.asked {
			r.problem(p)
		}
		return
	}
	j := job{link: l, ids: l.IDs, ops: v.ops, why: v.why, clears: v.clears, first: v.first, repeat: repeat}
	if repeat {
		j.create = true
	}
	for side, h := range r.halves(l.IDs) {
		if h.gone == "" && h.rec == nil && l.IDs[side] == "" && l.Phase == Linked {
			j.over[side] = &half{gone: Deleted}
		}
	}
	r.jobs = append(r.jobs, j)
}

// enlistPair makes a job of two unlinked records that are the same person.
func (r *run) enlistPair(l Link, v verdict) {
	j := job{link: l, ids: l.IDs, ops: v.ops, why: WhyMatched, first: true}
	crm, outlook := l.IDs[record.CRM], l.IDs[record.Outlook]
	j.takeUp(r.unlinkedLink, crm)
	j.replaces = r.orphanLinks[outlook]
	r.linked[record.CRM][crm], r.linked[record.Outlook][outlook] = true, true
	r.report.Matched++
	r.jobs = append(r.jobs, j)
}

// enlistCreate makes a job of a record that is to be made on a side.
func (r *run) enlistCreate(on record.Side, from string) {
	j := job{create: true, ops: opsOn(on, Create), why: WhyNew, first: true}
	j.ids[on.Other()] = from
	j.link = Link{Conn: r.conn.ID, IDs: j.ids, Target: on}
	if on == record.Outlook {
		j.takeUp(r.unlinkedLink, from)
	}
	r.linked[on.Other()][from] = true
	r.jobs = append(r.jobs, j)
}

// takeUp gives a record that comes back the link it had.
func (j *job) takeUp(dropped map[string]Link, crm string) {
	if back, ok := dropped[crm]; ok {
		j.link.ID, j.link.Gen, j.prior = back.ID, back.Gen, &back
		delete(dropped, crm) // of several items the first takes it
	}
}

// writes reports whether the job writes a record.
func (j *job) writes() bool { return j.ops != [2]Op{} }
