package memstore

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
)

// The frames of a State. Those of a connection follow its frameConnection; the vocabulary comes before the links that use it.
const (
	frameState      = byte('S')
	frameClaims     = byte('A')
	frameConnection = byte('C')
	frameWords      = byte('W')
	frameLink       = byte('L')
	frameKnown      = byte('K')
	frameProblem    = byte('P')
	frameMessage    = byte('M')
	frameRun        = byte('R')
	frameJournal    = byte('J')
)

type savedState struct {
	Posted uint64
	Waits  map[string]time.Time `json:",omitempty"`
	Ended  map[string]uint64    `json:",omitempty"`
}

type savedConnection struct {
	Connection contactsync.Connection
	Token      uint64
	Seen       uint64      `json:",omitempty"`
	Lease      *savedLease `json:",omitempty"`
}

type savedLease struct {
	Worker  string
	Until   time.Time
	Mailbox string
	Brought uint64 `json:",omitempty"`
}

type savedRun struct {
	Token  uint64
	Report contactsync.Report
}

// WriteTo writes a snapshot of all that is remembered at one moment, leases too; it implements [io.WriterTo].
func (s *State) WriteTo(w io.Writer) (int64, error) {
	out := newSnapshotWriter(w, "state")
	s.mu.Lock()
	defer s.mu.Unlock()
	out.json(frameState, savedState{Posted: s.posted, Waits: s.waits, Ended: s.ended})
	for _, id := range slices.Sorted(maps.Keys(s.tenants)) {
		if claims := s.tenants[id].claims; len(claims) > 0 {
			out.frame(frameClaims, string(appendClaims(nil, id, claims)))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.conns)) {
		s.conns[id].save(out)
	}
	return out.close()
}

func appendClaims(b []byte, tenant string, claims map[uint64]claim) []byte {
	b = statecode.AppendText(b, tenant)
	b = binary.AppendUvarint(b, uint64(len(claims)))
	for _, key := range slices.Sorted(maps.Keys(claims)) {
		b = statecode.AppendFixed(b, key)
		b = statecode.AppendText(b, claims[key].by)
		b = statecode.AppendTime(b, claims[key].until)
	}
	return b
}

func (c *connState) save(out *snapshotWriter) {
	saved := savedConnection{Connection: c.Connection, Token: c.token, Seen: c.seen}
	if c.lease != nil {
		saved.Lease = &savedLease{c.lease.worker, c.lease.until, c.lease.mailbox, c.lease.brought}
	}
	out.json(frameConnection, saved)
	out.frame(frameWords, string(appendWords(nil, c.links.vocabulary)))
	for _, code := range c.links.slots {
		if code != "" {
			out.frame(frameLink, code)
		}
	}
	for _, code := range c.known.slots {
		if code != "" {
			out.frame(frameKnown, code)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.problems)) {
		out.json(frameProblem, c.problems[id])
	}
	for _, m := range c.messages {
		out.json(frameMessage, m.Message)
	}
	for _, r := range c.runs {
		out.json(frameRun, savedRun{r.token, r.report})
	}
	for _, run := range slices.Sorted(maps.Keys(c.journal)) {
		for _, e := range c.journal[run] {
			out.json(frameJournal, e)
		}
	}
}

func appendWords(b []byte, words vocabulary) []byte {
	for _, stem := range words.stems {
		b = statecode.AppendText(b, stem)
	}
	for _, name := range words.names {
		b = statecode.AppendText(b, name)
	}
	return b
}

func readWords(payload string, d *dictionary) error {
	r := statecode.NewReader(payload)
	for i := range d.stems {
		d.stems[i] = strings.Clone(r.Text())
	}
	for r.More() {
		d.name(strings.Clone(r.Text()))
	}
	return r.End()
}

// ReadFrom replaces all that is remembered with a snapshot; it implements [io.ReaderFrom]. An error, which wraps
// [ErrDamaged], [ErrNewer] or what r answered, changes nothing.
func (s *State) ReadFrom(r io.Reader) (int64, error) {
	load := stateLoader{state: NewState()}
	n, err := readSnapshot(r, "state", load.frame)
	if err != nil {
		return n, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns, s.tenants, s.held, s.waits, s.posted = load.state.conns, load.state.tenants, load.state.held, load.state.waits, load.state.posted
	s.ended = load.state.ended
	return n, nil
}

// stateLoader builds a State from frames.
type stateLoader struct {
	state *State
	conn  *connState // the one the frames are about
}

func (l *stateLoader) frame(tag byte, payload string) error {
	switch tag {
	case frameState:
		var saved savedState
		err := readJSON(payload, &saved)
		l.state.posted = saved.Posted
		maps.Copy(l.state.waits, saved.Waits)
		maps.Copy(l.state.ended, saved.Ended)
		return err
	case frameClaims:
		return l.claims(payload)
	case frameConnection:
		return l.connection(payload)
	}
	if l.conn == nil {
		return fmt.Errorf("%w: tag %q outside a connection", statecode.ErrMalformed, tag)
	}
	switch tag {
	case frameWords:
		return readWords(payload, &l.conn.links.dictionary)
	case frameLink:
		r := reader{statecode.NewReader(payload), l.conn.links.vocabulary}
		link := r.link(l.conn.ID)
		err := r.End()
		if err == nil {
			l.conn.links.putCode(payload, &link)
		}
		return err
	case frameKnown:
		k, err := readKnown(payload)
		if err == nil {
			l.conn.known.put(&k)
		}
		return err
	case frameProblem:
		var p contactsync.Problem
		err := readJSON(payload, &p)
		l.conn.putProblem(p)
		return err
	case frameMessage:
		var m message
		err := readJSON(payload, &m.Message)
		if err == nil {
			m.n, err = messageNumber(m.ID)
		}
		l.conn.messages = append(l.conn.messages, m)
		return err
	case frameRun:
		var saved savedRun
		err := readJSON(payload, &saved)
		l.conn.runs = append(l.conn.runs, run{saved.Token, saved.Report})
		return err
	case frameJournal:
		var e contactsync.JournalEntry
		err := readJSON(payload, &e)
		l.conn.journal.put(e)
		return err
	}
	return fmt.Errorf("%w: tag %q", statecode.ErrMalformed, tag)
}

func (l *stateLoader) claims(payload string) error {
	r := statecode.NewReader(payload)
	t := l.state.tenant(r.Text())
	for range r.Count(8 + 1 + 2) {
		key := r.Fixed()
		t.claims[key] = claim{by: r.Text(), until: r.Time()}
	}
	return r.End()
}

func (l *stateLoader) connection(payload string) error {
	var saved savedConnection
	if err := readJSON(payload, &saved); err != nil {
		return err
	}
	if l.state.conns[saved.Connection.ID] != nil {
		return fmt.Errorf("%w: a connection is there twice", statecode.ErrMalformed)
	}
	l.conn = l.state.addConnection(saved.Connection)
	l.conn.token, l.conn.seen = saved.Token, saved.Seen
	if saved.Lease != nil {
		l.state.hold(l.conn, hold{saved.Lease.Worker, saved.Lease.Until, saved.Lease.Mailbox, saved.Lease.Brought})
	}
	return nil
}
