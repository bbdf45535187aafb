package sim

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// guardBook counts the deletes of a run against the guard of the settings.
type guardBook struct {
	deletes [2]int
	allowed int // at most; negative: no limit
}

func (g *guardBook) begin(w *world, u *user) {
	g.deletes = [2]int{}
	limit := w.settings.Guards.Deletes
	if limit == (contactsync.Limit{}) {
		limit = contactsync.Limit{Percent: 10, Floor: 5}
	}
	links := 0
	for _, l := range w.links(u.conn.ID) {
		if l.Phase == contactsync.Linked || l.Phase == contactsync.Intended {
			links++
		}
	}
	links += len(u.items()) + len(w.tenant.Records(record.Contact)) // what the run may link yet
	g.allowed = max(limit.Floor, int(limit.Percent/100*float64(links)))
	if limit.Off {
		g.allowed = -1
	}
	// What a person let pass counts for one run.
	if conn, err := w.state.Connection(w.ctx, u.conn.ID); err == nil {
		approved := 0
		for _, h := range conn.Progress.Passed {
			approved = max(approved, h.Count)
		}
		if conn.Halt != nil {
			approved = max(approved, conn.Halt.Count)
		}
		g.allowed = max(g.allowed, approved)
		if limit.Off {
			g.allowed = -1
		}
	}
}

func (g *guardBook) end(w *world) {
	for side, n := range g.deletes {
		if g.allowed >= 0 && n > g.allowed {
			w.broken("deletes", "%d records of the %s were deleted in one run, and the guard lets %d pass", n, record.Side(side), g.allowed)
		}
	}
	g.deletes = [2]int{}
}
