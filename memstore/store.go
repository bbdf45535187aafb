package memstore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Store is a CRM in memory, and a [contactsync.Finder]; see [WithoutFinder]. A record keeps every field of its schema.
//
// The exported fields are set before the first use and not changed after it. [NewStore] makes one; the methods of the zero Store panic.
type Store struct {
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// PageSize is the greatest number of changes on a page; 0: 500.
	PageSize int

	shapes shapes

	mu      sync.RWMutex
	tenants map[string]*Tenant
}

var (
	_ contactsync.Store  = (*Store)(nil)
	_ contactsync.Finder = (*Store)(nil)
)

// NewStore returns an empty CRM that keeps records under these schemas, one a kind. It panics over a nil one.
func NewStore(schemas ...*record.Schema) *Store {
	return &Store{shapes: shapesOf(schemas), tenants: map[string]*Tenant{}}
}

// Tenant returns the records of one tenant of the CRM, for people to work on. It is there from the first time it is named.
func (s *Store) Tenant(id string) *Tenant {
	s.mu.RLock()
	t := s.tenants[id]
	s.mu.RUnlock()
	if t != nil {
		return t
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t = s.tenants[id]; t == nil {
		t = newTenant(s, id)
		s.tenants[id] = t
	}
	return t
}

// ExpireCursors makes every cursor given so far one that the store no longer understands.
func (s *Store) ExpireCursors() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tenants {
		for _, f := range t.feeds {
			f.expire()
		}
	}
}

// Changes implements [contactsync.Store]. A record that the user may not see is told as [contactsync.Hidden] when it
// changes, and left out of a full listing.
func (s *Store) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	if err := ctx.Err(); err != nil {
		return contactsync.Page{}, err
	}
	t := s.Tenant(sc.Tenant)
	s.mu.RLock()
	defer s.mu.RUnlock()
	feed := t.feeds[sc.Kind]
	if feed == nil {
		return contactsync.Page{}, noKind(sc.Kind)
	}
	return feed.page(after, pageSize(s.PageSize), func(id string, full bool) (contactsync.Change, bool) {
		r := t.rows[id]
		if gone, into := t.fate(r, sc.User); gone != "" {
			return contactsync.Change{ID: id, Removed: gone, Into: into}, !full
		}
		rec := r.rec
		return contactsync.Change{ID: id, Record: &rec}, true
	})
}

// Get implements [contactsync.Store].
func (s *Store) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := s.Tenant(sc.Tenant)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.shapes[sc.Kind] == nil {
		return nil, noKind(sc.Kind)
	}
	found := make([]contactsync.Found, len(refs))
	for i, ref := range refs {
		found[i] = t.find(sc, ref)
	}
	return found, nil
}

func (t *Tenant) find(sc contactsync.Scope, ref contactsync.Ref) contactsync.Found {
	id := ref.ID
	if ref.Stamp != "" {
		id = t.stamps[ref.Stamp]
	}
	r := t.rows[id]
	if r == nil || r.kind != sc.Kind {
		return contactsync.Found{Ref: ref, Removed: contactsync.Unknown}
	}
	if gone, into := t.fate(r, sc.User); gone != "" {
		found := contactsync.Found{Ref: ref, Removed: gone, Into: into}
		if ref.Stamp != "" {
			found.ID = id
		}
		return found
	}
	return contactsync.Found{Ref: ref, Records: []record.Record{r.rec}}
}

// Apply implements [contactsync.Store]. A write without a version is carried out whatever the version is. A create whose
// stamp belongs to a record that has been deleted since is refused with [contactsync.ErrNotFound]; one whose record was
// merged into another answers with the survivor.
func (s *Store) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := s.Tenant(sc.Tenant)
	s.mu.Lock()
	defer s.mu.Unlock()
	shape := s.shapes[sc.Kind]
	if shape == nil {
		return nil, noKind(sc.Kind)
	}
	results := make([]contactsync.Result, len(writes))
	for i, w := range writes {
		results[i] = t.write(sc, shape, w)
	}
	return results, nil
}

func (t *Tenant) write(sc contactsync.Scope, shape *shape, w contactsync.Write) contactsync.Result {
	var r *row
	var err error
	switch w.Op {
	case contactsync.Create:
		var existed bool
		if r, existed, err = t.create(sc, shape, w); existed && err == nil {
			return contactsync.Result{ID: r.rec.ID, Version: r.rec.Version, Modified: r.rec.Modified, Stored: r.rec.Fields, Existed: true}
		}
	case contactsync.Update:
		r, err = t.update(sc, shape, w)
	case contactsync.Delete:
		if err := t.remove(sc, w); err != nil {
			return contactsync.Result{ID: w.ID, Err: err}
		}
		return contactsync.Result{ID: w.ID}
	default:
		err = &contactsync.InvalidError{Reason: fmt.Sprintf("no operation %q", w.Op)}
	}
	if err != nil {
		return contactsync.Result{ID: w.ID, Err: err}
	}
	return contactsync.Result{ID: r.rec.ID, Version: r.rec.Version, Modified: r.rec.Modified, Stored: r.rec.Fields}
}

func (t *Tenant) create(sc contactsync.Scope, shape *shape, w contactsync.Write) (r *row, existed bool, err error) {
	if id, used := t.stamps[w.Stamp]; used && w.Stamp != "" {
		r := t.rows[id]
		switch gone, into := t.fate(r, sc.User); gone {
		case "":
			return r, true, nil
		case contactsync.Merged:
			if r = t.rows[into]; r.visible(sc.User) {
				return r, true, nil
			}
			return nil, true, fmt.Errorf("memstore: create: %w: merged into a record that the user may not see", contactsync.ErrDenied)
		case contactsync.Hidden:
			return nil, true, fmt.Errorf("memstore: create: %w: the record made under this stamp is hidden from the user", contactsync.ErrDenied)
		default:
			return nil, true, fmt.Errorf("memstore: create: %w: the record made under this stamp has been deleted", contactsync.ErrNotFound)
		}
	}
	if err := shape.check(w.Set, false); err != nil {
		return nil, false, err
	}
	return t.insert(t.newID(shape.Kind()), shape, w.Stamp, w.Set), false, nil
}

func (t *Tenant) update(sc contactsync.Scope, shape *shape, w contactsync.Write) (*row, error) {
	r := t.rows[w.ID]
	if r == nil || r.kind != sc.Kind || r.gone != "" {
		return nil, fmt.Errorf("memstore: update: %w", contactsync.ErrNotFound)
	}
	if err := r.writable(sc.User, w.Version); err != nil {
		return nil, fmt.Errorf("memstore: update: %w", err)
	}
	if err := shape.check(w.Set, false); err != nil {
		return nil, err
	}
	t.edit(r, w.Set)
	return r, nil
}

func (t *Tenant) remove(sc contactsync.Scope, w contactsync.Write) error {
	r := t.rows[w.ID]
	if r == nil || r.kind != sc.Kind || r.gone != "" {
		return nil
	}
	if err := r.writable(sc.User, w.Version); err != nil {
		return fmt.Errorf("memstore: delete: %w", err)
	}
	t.bury(r, contactsync.Deleted, "")
	return nil
}

func (s *Store) now() time.Time { return clock(s.Now) }

// clock reads a clock in the form that files keep: UTC, without the monotonic part.
func clock(now func() time.Time) time.Time {
	if now == nil {
		now = time.Now
	}
	return now().UTC().Round(0)
}

func pageSize(n int) int {
	if n <= 0 {
		return 500
	}
	return n
}
