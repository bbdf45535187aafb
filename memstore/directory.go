package memstore

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Directory is an Outlook in memory, without the quirks of the real one (graphtest has those): values are kept as written,
// ids are for life, changes are seen at once. What it shares with the real one:
//
//   - a create is not idempotent: two with one stamp make two items;
//   - [Directory.Changes] does not tell stamps, unless StampsInChanges says so;
//   - an item that left its folder, deleted or moved, is told as [contactsync.Unknown];
//   - a deleted item lies in Deleted Items, from where its owner can move it back.
//
// The exported fields are set before the first use and not changed after it.
type Directory struct {
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// PageSize is the greatest number of changes on a page; 0: 500.
	PageSize int
	// IgnoreVersions lets updates overwrite whatever is there, as a service that does not honour If-Match.
	IgnoreVersions bool
	// BlindUpdates is what [Directory.BlindUpdate] answers for any fields, unless IgnoreVersions is set.
	BlindUpdates bool
	// StampsInChanges makes Changes tell the stamps of items.
	StampsInChanges bool

	shapes shapes

	mu        sync.RWMutex
	mailboxes map[string]*Mailbox // by contactsync.Mailbox.Key
}

var (
	_ contactsync.Directory    = (*Directory)(nil)
	_ contactsync.BlindUpdater = (*Directory)(nil)
)

// NewDirectory returns an Outlook without mailboxes, for items under these schemas, one a kind; without any, for contacts
// under [record.OutlookContact]. It panics over a nil one. The methods of a Directory made otherwise panic.
func NewDirectory(schemas ...*record.Schema) *Directory {
	if len(schemas) == 0 {
		schemas = []*record.Schema{record.OutlookContact}
	}
	return &Directory{shapes: shapesOf(schemas), mailboxes: map[string]*Mailbox{}}
}

// Mailbox returns a mailbox, for its owner to work on. It is made, with its default folders, when it is first named
// here; to the sync, one that never was is [contactsync.ErrNoMailbox].
func (d *Directory) Mailbox(m contactsync.Mailbox) *Mailbox {
	d.mu.Lock()
	defer d.mu.Unlock()
	box := d.mailboxes[m.Key()]
	if box == nil {
		box = newMailbox(d, m)
		d.mailboxes[m.Key()] = box
	}
	return box
}

// ExpireCursors makes every cursor given so far one that the directory no longer understands.
func (d *Directory) ExpireCursors() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, box := range d.mailboxes {
		for _, f := range box.folders {
			f.feed.expire()
		}
	}
}

// BlindUpdate implements [contactsync.BlindUpdater].
func (d *Directory) BlindUpdate(record.Fields) bool { return d.BlindUpdates && !d.IgnoreVersions }

// Folders implements [contactsync.Directory]: after the default folder, the others by name.
func (d *Directory) Folders(ctx context.Context, mailbox contactsync.Mailbox, kind record.Kind) ([]contactsync.Folder, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	box, err := d.open(mailbox, kind)
	if err != nil {
		return nil, err
	}
	return box.list(kind), nil
}

// CreateFolder implements [contactsync.Directory]. Names are compared without case.
func (d *Directory) CreateFolder(ctx context.Context, mailbox contactsync.Mailbox, kind record.Kind, name string) (contactsync.Folder, error) {
	if err := ctx.Err(); err != nil {
		return contactsync.Folder{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	box, err := d.open(mailbox, kind)
	if err != nil {
		return contactsync.Folder{}, err
	}
	if name = strings.TrimSpace(name); name == "" {
		return contactsync.Folder{}, &contactsync.InvalidError{Field: "name", Reason: "a folder needs a name"}
	}
	return box.addFolder(kind, name), nil
}

// open finds the mailbox.
func (d *Directory) open(m contactsync.Mailbox, kind record.Kind) (*Mailbox, error) {
	if d.shapes[kind] == nil {
		return nil, noKind(kind)
	}
	box := d.mailboxes[m.Key()]
	if box == nil {
		return nil, fmt.Errorf("memstore: mailbox: %w", contactsync.ErrNoMailbox)
	}
	return box, nil
}

// enter finds the mailbox and the folder of a scope.
func (d *Directory) enter(sc contactsync.Scope) (*Mailbox, *folder, error) {
	box, err := d.open(sc.Mailbox, sc.Kind)
	if err != nil {
		return nil, nil, err
	}
	f := box.folder(sc.Kind, sc.Folder)
	if f == nil {
		return nil, nil, fmt.Errorf("memstore: folder: %w", contactsync.ErrFolderGone)
	}
	return box, f, nil
}

// Changes implements [contactsync.Store].
func (d *Directory) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	if err := ctx.Err(); err != nil {
		return contactsync.Page{}, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	box, f, err := d.enter(sc)
	if err != nil {
		return contactsync.Page{}, err
	}
	return f.feed.page(after, pageSize(d.PageSize), func(id string, full bool) (contactsync.Change, bool) {
		it := box.items[id]
		if it.deleted || it.rec.Folder != f.ID {
			return contactsync.Change{ID: id, Removed: contactsync.Unknown}, !full
		}
		rec := it.rec
		if !d.StampsInChanges {
			rec.Stamp, rec.StampRead = "", false
		}
		return contactsync.Change{ID: id, Record: &rec}, true
	})
}

// Get implements [contactsync.Store]. An item in another folder is [contactsync.Moved].
func (d *Directory) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	box, f, err := d.enter(sc)
	if err != nil {
		return nil, err
	}
	found := make([]contactsync.Found, len(refs))
	for i, ref := range refs {
		ids := []string{ref.ID}
		if ref.Stamp != "" {
			ids = box.stamps[ref.Stamp]
		}
		found[i] = box.look(f, ids)
		found[i].Ref = ref
		if ref.Stamp == "" {
			found[i].ID = ""
		}
	}
	return found, nil
}

// Apply implements [contactsync.Store]. A write without a version is carried out whatever the version is; so is every
// update under IgnoreVersions. The stamp of an update replaces the one the item had.
func (d *Directory) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	box, f, err := d.enter(sc)
	if err != nil {
		return nil, err
	}
	results := make([]contactsync.Result, len(writes))
	for i, w := range writes {
		it, err := box.write(f, w)
		switch {
		case err != nil:
			results[i] = contactsync.Result{ID: w.ID, Err: fmt.Errorf("memstore: %s: %w", w.Op, err)}
		case w.Op == contactsync.Delete:
			results[i] = contactsync.Result{ID: w.ID}
		default:
			results[i] = contactsync.Result{ID: it.rec.ID, Version: it.rec.Version, Modified: it.rec.Modified, Stored: it.rec.Fields}
		}
	}
	return results, nil
}

func (b *Mailbox) write(f *folder, w contactsync.Write) (*item, error) {
	if err := b.dir.shapes[f.kind].check(w.Set, false); err != nil {
		return nil, err
	}
	if w.Op == contactsync.Create {
		return b.insert(f, w.Stamp, w.Set), nil
	}
	it := b.items[w.ID]
	there := it != nil && !it.deleted && b.folders[it.rec.Folder].kind == f.kind
	switch w.Op {
	case contactsync.Update:
		if !there {
			return nil, contactsync.ErrNotFound
		}
		if w.Version != "" && w.Version != it.rec.Version && !b.dir.IgnoreVersions {
			return nil, contactsync.ErrStale
		}
		b.edit(it, w.Stamp, w.Set)
	case contactsync.Delete:
		if !there {
			return nil, nil
		}
		if w.Version != "" && w.Version != it.rec.Version {
			return nil, contactsync.ErrStale
		}
		b.discard(it)
	default:
		return nil, &contactsync.InvalidError{Reason: fmt.Sprintf("no operation %q", w.Op)}
	}
	return it, nil
}

func (d *Directory) now() time.Time { return clock(d.Now) }
