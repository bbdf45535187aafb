package memstore

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Tenant is what the people of one tenant do in the CRM, past the sync. Errors wrap [contactsync.ErrNotFound], or are a
// [*contactsync.InvalidError] when a value does not fit the schema.
type Tenant struct {
	store *Store
	id    string

	// Guarded by store.mu.
	rows    map[string]*row
	stamps  map[string]string // stamp to id
	feeds   map[record.Kind]*feed
	indexes map[indexName]*keyIndex
	made    uint64 // ids given out
}

func newTenant(s *Store, id string) *Tenant {
	t := &Tenant{store: s, id: id, rows: map[string]*row{}, stamps: map[string]string{},
		feeds: map[record.Kind]*feed{}, indexes: map[indexName]*keyIndex{}}
	for kind := range s.shapes {
		t.feeds[kind] = newFeed(id + "\x00" + string(kind))
	}
	return t
}

// Put makes a record, or replaces all values of the one with that id; one that was deleted or merged comes back. An empty
// id is chosen. The schema of the values says which kind of record it is.
func (t *Tenant) Put(id string, f record.Fields) (record.Record, error) {
	shape, err := t.store.shapes.of(f)
	if err != nil {
		return record.Record{}, err
	}
	if err := shape.check(f, true); err != nil {
		return record.Record{}, err
	}
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	r := t.rows[id]
	switch {
	case id == "":
		r = t.insert(t.newID(shape.Kind()), shape, "", f)
	case r == nil:
		r = t.insert(id, shape, "", f)
	case r.kind != shape.Kind():
		return record.Record{}, &contactsync.InvalidError{Field: "id", Reason: fmt.Sprintf("it belongs to a %s", r.kind)}
	case r.gone != "":
		r = t.insert(id, shape, r.rec.Stamp, f)
	default:
		t.edit(r, shape.complete(f))
	}
	return r.rec, nil
}

// Edit changes the values known in set, and no others.
func (t *Tenant) Edit(id string, set record.Fields) error {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	r, err := t.living("edit", id)
	if err != nil {
		return err
	}
	if err := t.store.shapes[r.kind].check(set, true); err != nil {
		return err
	}
	t.edit(r, set)
	return nil
}

// Delete deletes a record. Its stamp stays used.
func (t *Tenant) Delete(id string) error {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	r, err := t.living("delete", id)
	if err != nil {
		return err
	}
	t.bury(r, contactsync.Deleted, "")
	return nil
}

// Merge lets the loser live on in the survivor, whose values stay as they are.
func (t *Tenant) Merge(loser, survivor string) error {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	r, err := t.living("merge", loser)
	if err != nil {
		return err
	}
	if _, err := t.living("merge", survivor); err != nil {
		return err
	}
	if loser == survivor {
		return fmt.Errorf("memstore: merge %q: into itself", loser)
	}
	t.bury(r, contactsync.Merged, survivor)
	return nil
}

// Share lets only these users see a record; without users, all see it, as they do at first.
func (t *Tenant) Share(id string, users ...string) error {
	return t.show("share", id, func(r *row) { r.only = append([]string(nil), users...) })
}

// Hide keeps a record from a user, whatever Share says.
func (t *Tenant) Hide(id, user string) error {
	return t.show("hide", id, func(r *row) {
		if !slices.Contains(r.hidden, user) {
			r.hidden = append(slices.Clone(r.hidden), user)
		}
	})
}

// Unhide undoes Hide.
func (t *Tenant) Unhide(id, user string) error {
	return t.show("unhide", id, func(r *row) {
		r.hidden = slices.DeleteFunc(slices.Clone(r.hidden), func(u string) bool { return u == user })
	})
}

// show changes who may see a record. That is news to the feed, and no new version.
func (t *Tenant) show(op, id string, change func(*row)) error {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	r, err := t.living(op, id)
	if err != nil {
		return err
	}
	change(r)
	t.feeds[r.kind].touch(id)
	return nil
}

func (t *Tenant) living(op, id string) (*row, error) {
	if r := t.rows[id]; r != nil && r.gone == "" {
		return r, nil
	}
	return nil, fmt.Errorf("memstore: %s %q: %w", op, id, contactsync.ErrNotFound)
}

// Record returns a record, and whether it is there.
func (t *Tenant) Record(id string) (record.Record, bool) {
	t.store.mu.RLock()
	defer t.store.mu.RUnlock()
	r, err := t.living("read", id)
	if err != nil {
		return record.Record{}, false
	}
	return r.rec, true
}

// Records returns all records of the kind, in order of id.
func (t *Tenant) Records(kind record.Kind) []record.Record {
	t.store.mu.RLock()
	defer t.store.mu.RUnlock()
	var all []record.Record
	for r := range maps.Values(t.rows) {
		if r.kind == kind && r.gone == "" {
			all = append(all, r.rec)
		}
	}
	slices.SortFunc(all, func(a, b record.Record) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
