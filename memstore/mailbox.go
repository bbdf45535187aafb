package memstore

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Mailbox is what the owner of a mailbox does in Outlook, past the sync. A folder is named by its id; empty is the default
// folder of the kind. Errors wrap [contactsync.ErrNotFound] or [contactsync.ErrFolderGone], or are a
// [*contactsync.InvalidError] when a value does not fit the schema.
type Mailbox struct {
	dir     *Directory
	mailbox contactsync.Mailbox

	// Guarded by dir.mu.
	folders map[string]*folder
	items   map[string]*item
	stamps  map[string][]string // stamp to the ids of the items that carry it
	made    uint64              // ids given out
}

func newMailbox(d *Directory, m contactsync.Mailbox) *Mailbox {
	b := &Mailbox{dir: d, mailbox: m, folders: map[string]*folder{}, items: map[string]*item{}, stamps: map[string][]string{}}
	for kind := range d.shapes {
		id := defaultFolder(kind)
		b.addFolderAs(kind, contactsync.Folder{ID: id, Name: id, Default: true})
	}
	return b
}

// Add makes an item in a folder. The schema of the values says of which kind.
func (b *Mailbox) Add(folder string, f record.Fields) (record.Record, error) {
	shape, err := b.dir.shapes.of(f)
	if err != nil {
		return record.Record{}, err
	}
	if err := shape.check(f, true); err != nil {
		return record.Record{}, err
	}
	b.dir.mu.Lock()
	defer b.dir.mu.Unlock()
	in := b.folder(shape.Kind(), folder)
	if in == nil {
		return record.Record{}, fmt.Errorf("memstore: add: %w", contactsync.ErrFolderGone)
	}
	return b.insert(in, "", f).rec, nil
}

// Edit changes the values known in set, and no others.
func (b *Mailbox) Edit(id string, set record.Fields) error {
	return b.work("edit", id, func(it *item, in *folder) error {
		if err := b.dir.shapes[in.kind].check(set, true); err != nil {
			return err
		}
		b.edit(it, "", set)
		return nil
	})
}

// Delete moves an item to Deleted Items.
func (b *Mailbox) Delete(id string) error {
	return b.work("delete", id, func(it *item, _ *folder) error {
		b.discard(it)
		return nil
	})
}

// Move moves an item to another folder of its kind, out of Deleted Items too. It keeps its id and gets a new version.
func (b *Mailbox) Move(id, into string) error {
	b.dir.mu.Lock()
	defer b.dir.mu.Unlock()
	it := b.items[id]
	if it == nil {
		return fmt.Errorf("memstore: move %q: %w", id, contactsync.ErrNotFound)
	}
	from := b.folders[it.rec.Folder]
	to := b.folder(from.kind, into)
	switch {
	case to == nil:
		return fmt.Errorf("memstore: move %q: %w", id, contactsync.ErrFolderGone)
	case to == from && !it.deleted:
		return nil
	}
	from.feed.touch(id)
	it.rec.Folder, it.deleted = to.ID, false
	b.bump(it)
	return nil
}

// Copy makes a second item of one, with all that it carries, its stamp too.
func (b *Mailbox) Copy(id, into string) (copied record.Record, err error) {
	err = b.work("copy", id, func(it *item, in *folder) error {
		to := b.folder(in.kind, into)
		if to == nil {
			return contactsync.ErrFolderGone
		}
		copied = b.insert(to, it.rec.Stamp, it.rec.Fields).rec
		return nil
	})
	return copied, err
}

// SetPrivate marks an item private, or takes the mark off. The schema must have the field "private".
func (b *Mailbox) SetPrivate(id string, private bool) error {
	return b.work("set private", id, func(it *item, in *folder) error {
		set := b.dir.shapes[in.kind].Build().Set("private", strconv.FormatBool(private))
		if err := set.Err(); err != nil {
			return err
		}
		b.edit(it, "", set.Fields())
		return nil
	})
}

// work finds a living item for something to be done to it.
func (b *Mailbox) work(op, id string, do func(it *item, in *folder) error) error {
	b.dir.mu.Lock()
	defer b.dir.mu.Unlock()
	it := b.items[id]
	if it == nil || it.deleted {
		return fmt.Errorf("memstore: %s %q: %w", op, id, contactsync.ErrNotFound)
	}
	if err := do(it, b.folders[it.rec.Folder]); err != nil {
		return fmt.Errorf("memstore: %s %q: %w", op, id, err)
	}
	return nil
}

// AddFolder makes a folder for a kind and returns it. Where one of that name exists, that one is returned.
func (b *Mailbox) AddFolder(kind record.Kind, name string) contactsync.Folder {
	b.dir.mu.Lock()
	defer b.dir.mu.Unlock()
	return b.addFolder(kind, name)
}

// DeleteFolder deletes a folder with its items. The default folder can be deleted too, to see what then happens.
func (b *Mailbox) DeleteFolder(id string) error {
	b.dir.mu.Lock()
	defer b.dir.mu.Unlock()
	f := b.folders[id]
	if f == nil || f.gone {
		return fmt.Errorf("memstore: delete folder %q: %w", id, contactsync.ErrFolderGone)
	}
	f.gone = true
	for _, it := range b.items {
		if it.rec.Folder == id && !it.deleted {
			b.discard(it)
		}
	}
	return nil
}

// Item returns an item wherever it lies, and whether it is there.
func (b *Mailbox) Item(id string) (record.Record, bool) {
	b.dir.mu.RLock()
	defer b.dir.mu.RUnlock()
	it := b.items[id]
	if it == nil || it.deleted {
		return record.Record{}, false
	}
	return it.rec, true
}

// Items returns the items of a folder, in order of creation.
func (b *Mailbox) Items(kind record.Kind, folder string) []record.Record {
	b.dir.mu.RLock()
	defer b.dir.mu.RUnlock()
	f := b.folder(kind, folder)
	if f == nil {
		return nil
	}
	var all []record.Record
	for _, id := range b.itemsByAge() {
		if it := b.items[id]; it.rec.Folder == f.ID && !it.deleted {
			all = append(all, it.rec)
		}
	}
	return all
}

// itemsByAge returns the ids of all items in order of creation: they end in a number that grows.
func (b *Mailbox) itemsByAge() []string {
	return slices.SortedFunc(maps.Keys(b.items), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}
