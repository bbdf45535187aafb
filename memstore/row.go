package memstore

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// row is one record of the CRM. It stays after its end, so that its id and its stamp are remembered.
type row struct {
	kind record.Kind
	rec  record.Record
	rev  uint64              // counts the versions
	gone contactsync.Removal // Deleted or Merged; empty while it lives
	into string              // Merged: the survivor
	// only are the users who may see it, nil: all. Those in hidden may not, whatever only says.
	only, hidden []string
}

func (r *row) visible(user string) bool {
	return (r.only == nil || slices.Contains(r.only, user)) && !slices.Contains(r.hidden, user)
}

// writable reports why the user may not write to the living row on the strength of the version.
func (r *row) writable(user, version string) error {
	if !r.visible(user) {
		return fmt.Errorf("%w: the record is hidden from the user", contactsync.ErrDenied)
	}
	if version != "" && version != r.rec.Version {
		return contactsync.ErrStale
	}
	return nil
}

// fate is what became of the row in the eyes of the user: empty when it is there. A merge is followed to its last survivor.
func (t *Tenant) fate(r *row, user string) (gone contactsync.Removal, into string) {
	switch {
	case r.gone == contactsync.Merged:
		last := t.rows[r.into]
		for last.gone == contactsync.Merged {
			last = t.rows[last.into]
		}
		if last.gone != "" {
			return contactsync.Deleted, last.rec.ID
		}
		return contactsync.Merged, last.rec.ID
	case r.gone != "":
		return r.gone, ""
	case !r.visible(user):
		return contactsync.Hidden, ""
	}
	return "", ""
}

func (t *Tenant) newID(kind record.Kind) string {
	for {
		t.made++
		id := fmt.Sprintf("%s-%d", kind, t.made)
		if t.rows[id] == nil {
			return id
		}
	}
}

// insert makes a row, or puts one in the place of a row that is gone.
func (t *Tenant) insert(id string, shape *shape, stamp string, f record.Fields) *row {
	r := &row{kind: shape.Kind()}
	if old := t.rows[id]; old != nil {
		r.rev = old.rev
	}
	now := t.store.now()
	r.rec = record.Record{ID: id, Stamp: stamp, StampRead: true, Created: now, Modified: now, Fields: shape.complete(f)}
	t.rows[id] = r
	if stamp != "" {
		t.stamps[stamp] = id
	}
	t.bump(r)
	return r
}

// edit overlays values. Values that change nothing leave no trace.
func (t *Tenant) edit(r *row, set record.Fields) {
	fields := r.rec.Fields.With(set)
	if sameFields(fields, r.rec.Fields) {
		return
	}
	r.rec.Fields = fields
	r.rec.Modified = t.store.now()
	t.bump(r)
}

// bury ends a row's life.
func (t *Tenant) bury(r *row, how contactsync.Removal, into string) {
	r.gone, r.into = how, into
	r.rec.Fields = record.Fields{}
	t.bump(r)
}

// bump gives a row that changed its next version and tells the feed.
func (t *Tenant) bump(r *row) {
	r.rev++
	r.rec.Version = strconv.FormatUint(r.rev, 10)
	t.feeds[r.kind].touch(r.rec.ID)
}
