package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// writing is one write of the sync that happened.
type writing struct {
	side          record.Side
	scope         contactsync.Scope
	write         contactsync.Write
	before, after record.Record // zero where there was none, or is none any more
}

func (x writing) place() place {
	p := place{side: x.side, id: x.after.ID}
	if x.after.ID == "" {
		p.id = x.before.ID
	}
	if x.side == record.Outlook {
		p.user = x.scope.User
	}
	return p
}

// counterpart is the place of a link's record on the other side.
func (x writing) counterpart(link contactsync.Link) place {
	p := place{side: x.side.Other(), id: link.IDs[x.side.Other()]}
	if p.side == record.Outlook {
		p.user = x.scope.User
	}
	return p
}

// wrote judges a write of the sync.
func (l *ledger) wrote(x writing) {
	l.tick++
	l.by[l.tick] = x.scope.Conn
	if x.before.ID == "" && x.write.Op != contactsync.Create {
		l.undos.late(x)
		return // it was gone already
	}
	if l.run.writes++; l.run.ends != nil {
		l.takesBack(l.run.ends, x)
		return
	}
	if l.run.off {
		l.w.broken("sound", "%s is off, and %s %s was written: %s", x.scope.User, x.side, x.place().id, x.write.Op)
	}
	links := l.ties(x)
	switch x.write.Op {
	case contactsync.Create:
		l.created(x)
		links = l.ties(x) // now that its stamp is known
	case contactsync.Delete:
		if l.spareCopy(x) {
			l.undos.note(x, links, true)
			l.throwsAway(x.place())
			return
		}
		l.guards.count(l.run, deletes, x.side, 1)
		l.guards.of(x.scope.Conn).own[x.place()] = true
		if l.run.undoes == nil {
			l.deleted(x, links)
			l.answers.deleted(x)
		} else {
			l.undos.checkHeld(l.run, x)
		}
	}
	if l.run.undoes != nil {
		l.undos.takesBack(l.run, x)
	} else {
		if x.write.Op == contactsync.Create {
			l.checkDiscarded(x, links)
		}
		l.undos.redoes(x, links)
	}
	l.keepsToKinds(x, links)
	l.undos.note(x, links, false)
	after := tokens(x.after.Fields)
	l.carries(x.side, after)
	for t, field := range tokens(x.before.Fields) {
		if _, kept := after[t]; !kept {
			l.removed(t, field, x, links)
		}
	}
	l.touch(x.place(), x.before.Fields, x.after.Fields)
	l.enacts(x)
	l.w.reachActions(x)
}

// ties are the links of the record that is written, also where its create has not been confirmed yet.
func (l *ledger) ties(x writing) []contactsync.Link {
	stamp, err := contactsync.ParseStamp(l.stamps[x.place()])
	return slices.DeleteFunc(slices.Clone(l.w.links(x.scope.Conn)), func(link contactsync.Link) bool {
		made := err == nil && link.Phase == contactsync.Intended &&
			(link.ID == stamp.Link || link.Revives != "" && link.Revives == stamp.Record)
		for id := x.place().id; id != ""; id = l.inPlace[id] {
			if x.side != record.CRM || link.IDs[x.side] == id {
				return link.IDs[x.side] != id && !made
			}
		}
		return !made
	})
}
