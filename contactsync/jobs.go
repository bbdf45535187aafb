package contactsync

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// job is one link to be brought to its verdict. Jobs are many in a first run, so they hold what is needed to judge again
// and to count, not the values to write.
type job struct {
	link     *Link // as stored; of a link that is to be made nil until the job is opened, and then without an ID
	ids      [2]string
	ops      [2]Op
	why      Why
	over     [2]*half // what is known beside what was read
	prior    *Link    // the dropped link that a record coming back takes up again, as stored
	replaces []string // links of earlier ties of the item, which end with this one
	tries    int      // how often it was found outdated in this run
	kinds    [2]kinds // what the guards count of it
	only     [2]bool  // the sides that may be written, of a job that is restricted (Engine.Apply)

	restricted bool
	create     bool // make a record on link.Target from the other side's
	repeat     bool // a create that was intended before; its generation stays
	copy       bool // delete a copy that our own create left
	first      bool
	outside    bool // of a new link: the filter has not selected its CRM record

	undo *untie // what a run did, to be taken back
}

// open makes the link of a job that has none yet.
func (j *job) open(conn string) {
	switch {
	case j.link != nil:
	case j.copy:
		j.link = &Link{}
	case j.create:
		j.link = &Link{Conn: conn, IDs: j.ids, Target: record.CRM}
		if j.ops[record.Outlook] == Create {
			j.link.Target = record.Outlook
		}
	default:
		j.link = &Link{Conn: conn, IDs: j.ids, Phase: Linked}
		if j.outside {
			j.link.Cause = CauseOutside
		}
	}
}

// enlist makes a job of a verdict that changes anything.
func (r *run) enlist(l Link, v verdict, repeat bool) {
	v.dirty = v.dirty || r.settled[l.ID]
	if v.back {
		r.comeback[l.IDs[record.CRM]] = true
	}
	if l.Phase != Linked && v.link.Phase == Linked {
		r.attach(l)
	}
	if v.orphan { // which may be back although its link says that it went away
		r.linked[record.Outlook][l.IDs[record.Outlook]] = true
	}
	if !v.writes() && !v.dirty && v.needs == [2]bool{} {
		if v.link.restsForDelete() {
			r.leaveSparesOf(l.IDs[record.CRM])
		}
		for _, p := range v.asked {
			r.problem(p)
		}
		return
	}
	if l.Phase == Unlinked && v.link.Phase == Unlinked && v.dirty { // the next run takes the record up
		r.linked[record.CRM][l.IDs[record.CRM]] = true
		delete(r.withoutItem, l.IDs[record.CRM])
	}
	stored := l
	j := &job{link: &stored, ids: l.IDs, ops: v.ops, why: v.why, first: v.first, repeat: repeat, create: repeat}
	j.kinds = r.kinds(j, &v)
	for side, h := range r.halves(l.IDs) {
		if h.gone == "" && h.rec == nil && l.IDs[side] == "" && l.Phase == Linked {
			j.over[side] = &half{gone: Deleted}
		}
	}
	r.jobs = append(r.jobs, j)
}

// attach has a link that takes part again speak for its records: its item is no orphan any more, and nothing else is tied to
// either in this run.
func (r *run) attach(l Link) {
	for side, id := range l.IDs {
		if id != "" {
			r.linked[side][id] = true
		}
	}
	item := l.IDs[record.Outlook]
	r.detached = slices.DeleteFunc(r.detached, func(id string) bool { return id == item })
	r.retied[item] = true
	if back := r.withoutItem[l.IDs[record.CRM]]; back.ID == l.ID {
		delete(r.withoutItem, l.IDs[record.CRM])
	}
}

// enlistPair makes a job of two unlinked records that are the same person.
func (r *run) enlistPair(l Link, v verdict) {
	j := &job{ids: l.IDs, ops: v.ops, why: WhyMatched, first: true, outside: l.Cause == CauseOutside}
	crm, outlook := l.IDs[record.CRM], l.IDs[record.Outlook]
	j.replaces = r.orphanLinks[outlook]
	if old, rests := r.resting[outlook]; rests { // it goes on with who was typed in again
		if own, has := r.withoutItem[crm]; has {
			j.replaces = append(slices.Clone(j.replaces), own.ID)
		}
		r.withoutItem[crm] = old
		delete(r.resting, outlook)
	}
	j.takeUp(r.withoutItem, crm, r.conn.ID)
	r.linked[record.CRM][crm], r.linked[record.Outlook][outlook] = true, true
	r.report.Matched++
	r.jobs = append(r.jobs, j)
}

// enlistCreate makes a job of a record that is to be made on a side.
func (r *run) enlistCreate(on record.Side, from string) {
	j := &job{create: true, ops: opsOn(on, Create), why: WhyNew, first: true}
	j.kinds[on] = creation
	j.ids[on.Other()] = from
	if on == record.Outlook {
		j.takeUp(r.withoutItem, from, r.conn.ID)
	}
	r.linked[on.Other()][from] = true
	r.jobs = append(r.jobs, j)
}

// takeUp gives a record that comes back the link it had.
func (j *job) takeUp(dropped map[string]Link, crm, conn string) {
	if _, ok := dropped[crm]; ok {
		back := dropped[crm]
		j.open(conn)
		j.link.ID, j.link.Gen, j.prior = back.ID, back.Gen, &back
		delete(dropped, crm) // of several items the first takes it
	}
}

// writes reports whether the job writes a record.
func (j *job) writes() bool { return j.ops != [2]Op{} }
