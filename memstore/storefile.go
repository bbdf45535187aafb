package memstore

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
	"github.com/seed-42871e99/crmsync/record"
)

// The frames of a Store. Those of a tenant follow its frameTenant.
const (
	frameTenant = byte('T')
	frameRow    = byte('R')
	frameFeed   = byte('F')
)

type savedTenant struct {
	ID   string
	Made uint64
}

type savedRow struct {
	Kind   record.Kind
	Record savedRecord
	Rev    uint64
	Gone   contactsync.Removal `json:",omitempty"`
	Into   string              `json:",omitempty"`
	Only   []string            `json:",omitempty"`
	Hidden []string            `json:",omitempty"`
}

type savedRecord struct {
	ID                string
	Version           string
	Stamp             string `json:",omitempty"`
	Folder            string `json:",omitempty"`
	Created, Modified time.Time
	Fields            map[string]record.Value // those that are not empty; nil for one that is gone
}

type savedFeed struct {
	Kind  record.Kind
	Epoch uint64
	Seq   uint64
	Marks []savedMark
}

type savedMark struct {
	Seq uint64
	ID  string
}

func saveRecord(r record.Record) savedRecord {
	saved := savedRecord{ID: r.ID, Version: r.Version, Stamp: r.Stamp, Folder: r.Folder, Created: r.Created, Modified: r.Modified}
	if r.Fields.Schema() == nil {
		return saved
	}
	saved.Fields = map[string]record.Value{}
	for name, v := range r.Fields.All() {
		if len(v) > 0 {
			saved.Fields[name] = v
		}
	}
	return saved
}

func (s savedRecord) record(shape *shape) (record.Record, error) {
	r := record.Record{
		ID: s.ID, Version: s.Version, Stamp: s.Stamp, StampRead: true, Folder: s.Folder, Created: s.Created, Modified: s.Modified,
	}
	if s.Fields == nil {
		return r, nil
	}
	f, err := shape.Make(s.Fields)
	r.Fields = shape.complete(f)
	return r, err
}

func (f *feed) saved(kind record.Kind) savedFeed {
	saved := savedFeed{Kind: kind, Epoch: f.epoch, Seq: f.seq}
	for _, m := range f.log {
		if !f.stale(m) {
			saved.Marks = append(saved.Marks, savedMark{m.seq, m.id})
		}
	}
	return saved
}

// restore fills an empty feed. It reports whether the marks are in order and name records that exist.
func (f *feed) restore(saved savedFeed, exists func(id string) bool) bool {
	f.epoch, f.seq = saved.Epoch, saved.Seq
	for _, m := range saved.Marks {
		f.log = append(f.log, mark{m.Seq, m.ID})
		f.latest[m.ID] = m.Seq
		if !exists(m.ID) {
			return false
		}
	}
	return slices.IsSortedFunc(f.log, func(a, b mark) int { return cmp.Compare(a.seq, b.seq) }) &&
		(len(f.log) == 0 || f.log[len(f.log)-1].seq <= f.seq)
}

// WriteTo writes a snapshot of the CRM at one moment; it implements [io.WriterTo]. Cursors stay good across it.
func (s *Store) WriteTo(w io.Writer) (int64, error) {
	out := newSnapshotWriter(w, "store")
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, id := range slices.Sorted(maps.Keys(s.tenants)) {
		s.tenants[id].save(out)
	}
	return out.close()
}

func (t *Tenant) save(out *snapshotWriter) {
	out.json(frameTenant, savedTenant{ID: t.id, Made: t.made})
	for _, id := range slices.Sorted(maps.Keys(t.rows)) {
		r := t.rows[id]
		out.json(frameRow, savedRow{r.kind, saveRecord(r.rec), r.rev, r.gone, r.into, r.only, r.hidden})
	}
	for _, kind := range slices.Sorted(maps.Keys(t.feeds)) {
		out.json(frameFeed, t.feeds[kind].saved(kind))
	}
}

// ReadFrom replaces all records of all tenants with those of a snapshot; it implements [io.ReaderFrom]. The store must have
// been made with schemas for all of them. An error, which wraps [ErrDamaged], [ErrNewer] or what r answered, changes
// nothing.
func (s *Store) ReadFrom(r io.Reader) (int64, error) {
	load := storeLoader{store: s, tenants: map[string]*Tenant{}}
	n, err := readSnapshot(r, "store", load.frame)
	if err == nil {
		err = load.check()
	}
	if err != nil {
		return n, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, t := range s.tenants { // tenants that people hold in hand go on with what was loaded
		loaded := load.tenants[id]
		if loaded == nil {
			loaded = newTenant(s, id)
		}
		*t = *loaded
		load.tenants[id] = t
	}
	s.tenants = load.tenants
	return n, nil
}

// storeLoader builds tenants from frames.
type storeLoader struct {
	store   *Store
	tenants map[string]*Tenant
	tenant  *Tenant // the one the frames are about
}

func (l *storeLoader) frame(tag byte, payload string) error {
	if tag == frameTenant {
		var saved savedTenant
		if err := readJSON(payload, &saved); err != nil {
			return err
		}
		l.tenant = newTenant(l.store, saved.ID)
		l.tenant.made = saved.Made
		l.tenants[saved.ID] = l.tenant
		return nil
	}
	switch {
	case l.tenant == nil:
		return statecode.ErrMalformed
	case tag == frameRow:
		return l.row(payload)
	case tag == frameFeed:
		return l.feed(payload)
	}
	return statecode.ErrMalformed
}

// check looks at what one frame alone cannot show: merges must lead to a record that is there.
func (l *storeLoader) check() error {
	for _, t := range l.tenants {
		for _, r := range t.rows {
			for steps := 0; r.gone == contactsync.Merged; steps++ {
				if r = t.rows[r.into]; r == nil || steps > len(t.rows) {
					return fmt.Errorf("%w: a merge leads nowhere", ErrDamaged)
				}
			}
		}
	}
	return nil
}

func (l *storeLoader) row(payload string) error {
	var saved savedRow
	if err := readJSON(payload, &saved); err != nil {
		return err
	}
	shape := l.store.shapes[saved.Kind]
	if shape == nil {
		return noKind(saved.Kind)
	}
	rec, err := saved.Record.record(shape)
	if err != nil {
		return err
	}
	l.tenant.rows[rec.ID] = &row{saved.Kind, rec, saved.Rev, saved.Gone, saved.Into, saved.Only, saved.Hidden}
	if rec.Stamp != "" {
		l.tenant.stamps[rec.Stamp] = rec.ID
	}
	return nil
}

func (l *storeLoader) feed(payload string) error {
	var saved savedFeed
	if err := readJSON(payload, &saved); err != nil {
		return err
	}
	f := l.tenant.feeds[saved.Kind]
	if f == nil {
		return noKind(saved.Kind)
	}
	exists := func(id string) bool { return l.tenant.rows[id] != nil }
	if !f.restore(saved, exists) {
		return statecode.ErrMalformed
	}
	return nil
}
