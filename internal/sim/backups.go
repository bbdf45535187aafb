package sim

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// backup is what the engine remembered at a moment, and the model of that: what guards count, and who holds a lease.
type backup struct {
	state  []byte
	guards map[string]*guarded
	leased map[string]time.Time
	torn   map[string]bool
}

// backUp makes a backup of the State, where it can be written out.
func (w *world) backUp() {
	out, can := w.state.(io.WriterTo)
	if !can {
		return
	}
	var b bytes.Buffer
	if _, err := out.WriteTo(&b); err != nil {
		w.broken("sound", "the State cannot be written out: %v", err)
		return
	}
	w.backup = &backup{state: b.Bytes(), guards: w.ledger.guards.clone(), leased: maps.Clone(w.leased), torn: maps.Clone(w.torn)}
	w.reach("edit back up")
}

// putBack puts the backup of the State back, and says so. Who has connected since connects anew, and a connection that has ended since goes on.
// No run is taken back from then on: run numbers begin again, and the model of undos knows but one run of a number.
func (w *world) putBack() {
	if w.backup == nil {
		return
	}
	state := w.newState()
	in, can := state.(io.ReaderFrom)
	if !can {
		return
	}
	if _, err := in.ReadFrom(bytes.NewReader(w.backup.state)); err != nil {
		w.broken("sound", "the State cannot be read in: %v", err)
		return
	}
	w.journal = false
	w.forgetAll(state)
	for t := range w.ledger.rewound { // what was undone passes for an edit
		w.ledger.released[t] = true
	}
	for name, places := range w.ledger.of { // and so does what was written in the place of who was deleted and is back
		for _, p := range places {
			if !w.ledger.returned[strings.TrimSuffix(name, "-again")] {
				break
			}
			for t := range tokens(p.in(w).Fields) {
				w.ledger.released[t] = true
			}
		}
	}
	w.missing = map[place]bool{}
	for _, places := range w.ledger.of {
		for _, p := range places {
			if !p.lives(w) {
				w.missing[p] = true
			}
		}
	}
	w.ledger.guards.conns = (&guardBook{conns: w.backup.guards}).clone()
	w.leased, w.torn = maps.Clone(w.backup.leased), maps.Clone(w.backup.torn)
	for _, u := range w.users {
		if err := w.engine.StateFromBackup(w.ctx, u.conn.ID); err != nil {
			w.broken("sound", "%s cannot be told that the State is an old one: %v", u.name, err)
		}
	}
	w.reach("edit put back")
}

// clone is the book as it is now.
func (g *guardBook) clone() map[string]*guarded {
	conns := map[string]*guarded{}
	for conn, b := range g.conns {
		conns[conn] = b.clone()
	}
	return conns
}

func (b *guarded) clone() *guarded {
	if b == nil {
		return nil
	}
	c := *b
	for i := range c.counted {
		for side := range c.counted[i] {
			c.counted[i][side] = slices.Clone(c.counted[i][side])
		}
	}
	for side := range c.left {
		c.left[side], c.later[side] = maps.Clone(c.left[side]), maps.Clone(c.later[side])
	}
	c.links = slices.Clone(c.links)
	c.owed, c.resting, c.taken, c.own = maps.Clone(c.owed), maps.Clone(c.resting), maps.Clone(c.taken), maps.Clone(c.own)
	c.before = b.before.clone()
	if b.answer != nil {
		answer := *b.answer
		c.answer = &answer
	}
	return &c
}

// backups has the State put back from a backup, which was made anywhere in the story.
func (g *generator) backups() {
	g.amid(func() { g.line("back up") })
	if last := g.script[len(g.script)-1]; last != "lose state" {
		g.line("put back")
	}
}
