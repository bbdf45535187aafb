package sim

import (
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// guardBook counts what the sync deletes, and the removals that it takes over, against the guards of the settings: what one
// run does, what all runs of a connection do in any 24 hours, and what people let pass of it. A halted connection writes
// nothing.
type guardBook struct {
	w     *world
	conns map[string]*guarded
}

// guarded is the book of one connection.
type guarded struct {
	counted [2][2][]count // by what is watched and by side: what people have not let pass
	links   []count       // how many links runs had, or could have made
	passed  [2][2]int     // what a person has let pass, and no run has done yet
	answer  *contactsync.Resume
	before  *guarded  // as it was before the answer that no run is known to have acted on
	waits   time.Time // since when a person has let it wait; time that passes from then on lets nothing through
	// restoring: a person has let be put back what was removed from the side, and no run has come to its end since. owed
	// is what stays for it: by the record that is left, the side that its partner is gone from.
	restoring [2]bool
	owed      map[place]record.Side
	resting   map[place]bool     // of owed: what a run that restored could not have made, so that it stays as it is
	spent     bool               // restoring may be over: all was put back by a plan or a run in which not everything went well
	taken     map[string]bool    // links whose removal was taken over
	left      [2]map[string]bool // by side: links whose removal a run has seen and left as it was, as the settings say
	// later are, by side, links whose missing record a run that was to restore left alone, as a side could not tell about it. What becomes of
	// them is what a person has let happen, whichever run comes to it.
	later [2]map[string]bool
	own   map[place]bool // what the connection's runs deleted: that it is gone is no removal by a person
}

type count struct {
	at time.Time
	n  int
}

// watched are the guards that the book keeps, with their default.
var watched = [2]struct {
	guard contactsync.Guard
	std   contactsync.Limit
	of    func(contactsync.Guards) contactsync.Limit
	done  string
}{
	{contactsync.GuardDeletes, contactsync.Limit{Percent: 10, Floor: 5}, func(g contactsync.Guards) contactsync.Limit { return g.Deletes }, "were deleted"},
	{contactsync.GuardEmptySide, contactsync.Limit{Percent: 50, Floor: 5}, func(g contactsync.Guards) contactsync.Limit { return g.EmptySide }, "were removed, and the removal was taken over"},
}

const (
	deletes = iota
	removals
)

func (g *guardBook) of(conn string) *guarded {
	if g.conns[conn] == nil {
		g.conns[conn] = &guarded{owed: map[place]record.Side{}, resting: map[place]bool{}, taken: map[string]bool{}, left: [2]map[string]bool{{}, {}}, later: [2]map[string]bool{{}, {}}, own: map[place]bool{}}
	}
	return g.conns[conn]
}

// answered notes what a person said to a halt. The last answer before a run counts.
func (g *guardBook) answered(conn string, halt contactsync.Halt, a contactsync.Answer) {
	g.of(conn).answer = &contactsync.Resume{Answer: a, Halt: halt}
}

func (g *guardBook) begin(u *user) *frame {
	b := g.of(u.conn.ID)
	f := &frame{conn: u.conn.ID, book: b, tick: g.w.ledger.tick}
	f.links = g.w.links(u.conn.ID)
	var links []contactsync.Link // none where no guard counts
	if watching := !g.w.settings.Guards.Deletes.Off || !g.w.settings.Guards.EmptySide.Off; watching {
		links = f.links
		b.links = append(b.links, count{g.w.now, g.mostLinks(u, links)})
	}
	if g.w.undoing != 0 { // it acts on no answer
	} else if conn, err := g.w.state.Connection(g.w.ctx, u.conn.ID); err == nil && conn.Halt != nil {
		if a := b.answer; a != nil && a.Halt.Guard == conn.Halt.Guard && a.Halt.Side == conn.Halt.Side {
			g.take(u, b, *a, links)
		} else {
			f.asleep = !conn.Halt.Waiting
		}
	}
	f.passed, f.restoring = b.passed, b.restoring
	if g.w.undoing != 0 {
		return f
	}
	f.merged = map[string]string{}
	for s := range f.gone {
		side := record.Side(s)
		f.gone[s] = map[string]bool{}
		for _, l := range links {
			if l.Phase != contactsync.Linked {
				continue
			}
			p := crmPlace(l.IDs[side])
			if side == record.Outlook {
				p = itemPlace(u, l.IDs[side])
			}
			switch deleted := g.deleted(u, side, p.id); {
			case deleted && b.own[p]:
			case deleted && side == record.CRM && g.livesOn(u, p.id):
			case deleted:
				f.gone[s][l.ID] = true
				delete(b.taken, l.ID)
			case side == record.CRM && g.w.removed(u, p.id) == contactsync.Merged:
				f.merged[l.ID] = p.id
			case p.id != "":
				delete(b.left[s], l.ID)
				delete(b.later[s], l.ID)
				delete(b.own, p)
			}
		}
	}
	return f
}

// take carries out an answer, as the run that begins does.
func (g *guardBook) take(u *user, b *guarded, a contactsync.Resume, links []contactsync.Link) {
	b.untake()
	before := *b
	before.owed = maps.Clone(b.owed)
	b.before, b.waits = &before, time.Time{}
	switch a.Answer {
	case contactsync.AnswerWait:
		b.waits = a.Halt.Since
	case contactsync.AnswerGoOn:
		g.pass(b, a.Halt, true)
	case contactsync.AnswerRestore:
		side, _ := a.Halt.Restorable()
		b.restoring[side], b.spent = true, false
		for _, l := range links {
			left := counterpartOf(u, l, side)
			if l.Phase == contactsync.Linked && g.deleted(u, side, l.IDs[side]) && left.lives(g.w) && !b.left[side][l.ID] {
				b.owed[left] = side
				delete(b.resting, left)
			}
		}
	}
}

// waits reports whether a person lets a connection wait: then each run looks at everything.
func (g *guardBook) waits(u *user) bool {
	conn, err := g.w.state.Connection(g.w.ctx, u.conn.ID)
	if err != nil || conn.Halt == nil {
		return false
	}
	if a := g.of(u.conn.ID).answer; a != nil {
		return a.Answer == contactsync.AnswerWait
	}
	return conn.Halt.Waiting
}

// untake goes back to before an answer that a run was about to act on, and did not.
func (b *guarded) untake() {
	if b.before != nil {
		b.passed, b.waits, b.restoring, b.owed = b.before.passed, b.before.waits, b.before.restoring, b.before.owed
		b.before = nil
	}
}

// owesNoMore notes that an undo took away again what was to be restored for some records, also for a run that is yet to act on the
// answer: what was undone is not done again.
func (g *guardBook) owesNoMore(conn string, left []place) {
	b := g.of(conn)
	for _, p := range left {
		delete(b.owed, p)
		if b.before != nil {
			delete(b.before.owed, p)
		}
	}
}

// letPass notes what a person lets pass for an undo, all that its halt names, and returns how to end that.
func (g *guardBook) letPass(conn string, h contactsync.Halt) (over func()) {
	b := g.of(conn)
	passed := b.passed
	g.pass(b, h, false)
	for _, x := range h.Also {
		g.pass(b, contactsync.Halt{Guard: x.Guard, Side: x.Side, Count: x.Count}, false)
	}
	return func() { b.passed = passed }
}

// pass notes what a person has let pass; what was counted of it before is forgiven. Who lets the removals from one side pass
// has also seen what follows from them on the other.
func (g *guardBook) pass(b *guarded, h contactsync.Halt, forgive bool) {
	for i := range watched {
		side, n := h.Side, h.Count
		if h.Guard == contactsync.GuardEmptySide && i == deletes {
			side = side.Other()
			n = max(n, b.passed[i][side]) // more of them may have been let pass before
		} else if h.Guard != watched[i].guard {
			continue
		}
		b.passed[i][side] = n
		if forgive {
			b.counted[i][side] = nil
		}
	}
}

func counterpartOf(u *user, l contactsync.Link, side record.Side) place {
	if side == record.CRM {
		return itemPlace(u, l.IDs[record.Outlook])
	}
	return crmPlace(l.IDs[record.CRM])
}

// deleted reports whether a record was deleted in truth: not merged, and not only moved to another folder.
func (g *guardBook) deleted(u *user, side record.Side, id string) bool {
	if _, lives := g.w.record(side, u.name, id); lives || id == "" {
		return false
	}
	return side == record.Outlook || g.w.removed(u, id) == contactsync.Deleted
}

// removed is what a user is told of a CRM record that is not there for them, empty of one that is.
func (w *world) removed(u *user, id string) contactsync.Removal {
	found, err := w.crm.Get(w.ctx, w.scope(u), []contactsync.Ref{{ID: id}})
	if err != nil || len(found) != 1 {
		return contactsync.Unknown
	}
	return found[0].Removed
}

// mostLinks is how many links a run may have: those that are there, and those that it can make of what is not tied.
func (g *guardBook) mostLinks(u *user, links []contactsync.Link) int {
	n := 0
	for _, l := range links {
		if l.Phase == contactsync.Linked || l.Phase == contactsync.Intended {
			n++
		}
	}
	items, records := len(u.items()), len(g.w.tenant.Records(record.Contact))
	if g.w.settings.Match.Several == match.All {
		return n + items
	}
	return max(n, min(items, records), n+min(max(items-n, 0), max(records-n, 0)))
}

func (g *guardBook) end(f *frame, u *user, report contactsync.Report, ended, whole bool) {
	b, w := f.book, g.w
	links := g.touched(f, u)
	seen := ended && whole && report.Status == contactsync.Idle
	if seen && w.settings.Deleted.InCRM == contactsync.LeaveAlone && !b.restoring[record.CRM] {
		for id, crm := range f.merged { // the survivor may be deleted later
			if l := links[id]; l.Phase == contactsync.Linked && l.IDs[record.CRM] == crm {
				b.left[record.CRM][id] = true
			}
		}
	}
	leaves := [2]contactsync.Disposition{record.CRM: w.settings.Deleted.InCRM, record.Outlook: w.settings.Deleted.InOutlook}
	for side, gone := range f.gone {
		for id := range gone {
			l, still := links[id]
			if still && l.Phase == contactsync.Linked && seen && leaves[side] == contactsync.LeaveAlone && !b.restoring[side] {
				b.left[side][id] = true
			}
			if !over(links, id) && seen && b.restoring[side] {
				b.later[side][id] = true
			}
		}
	}
	g.takesOver(f, links)
	g.told(u, b)
	for left, side := range b.owed {
		if !left.lives(w) || slices.ContainsFunc(w.linksOf(u.conn.ID, left.side, left.id), func(l contactsync.Link) bool {
			_, back := w.record(side, u.name, l.IDs[side])
			return back || l.Phase == contactsync.Intended && w.ledger.standsIn(l, side)
		}) {
			delete(b.owed, left)
		}
	}
	if (report.Status == contactsync.Halted || report.Status == contactsync.FolderGone) && f.writes > 0 {
		w.broken("deletes", "a run that ends as %s has written %d records", report.Status, f.writes)
	}
	switch {
	case report.Status == contactsync.FolderGone:
		w.reach("event folder gone")
	case report.Status == contactsync.Halted:
		w.reachHalt(report)
		if f.asleep {
			g.checkAsleep()
		}
		if ended && report.Undoes == 0 {
			b.answer, b.before = nil, nil
		}
	case !ended && slices.ContainsFunc(w.struck, hadEffect):
		b.spent = b.spent || !g.owesAny(u, b) // the save with which the run ended may have arrived
	case ended && whole && report.Status == contactsync.Idle:
		w.reachAnswer(b)
		g.checkRestored(u, b)
		for left, side := range b.owed {
			b.resting[left] = b.resting[left] || b.restoring[side] && !g.mayBeMade(u, left, side)
		}
		b.answer, b.before, b.waits, b.passed, b.restoring = nil, nil, time.Time{}, [2][2]int{}, [2]bool{}
	}
}

// checkAsleep: without an answer nothing is even read.
func (g *guardBook) checkAsleep() {
	for call := range g.w.calls {
		if asksASide(call) {
			g.w.broken("bounded", "a halted connection that nobody has answered calls %s", call)
		}
	}
}
