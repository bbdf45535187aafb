package memstore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// item is one item of a mailbox. It stays after its end, so that deleted is told from never there.
type item struct {
	rec     record.Record // with the folder it lies in, or lay in when it was deleted
	rev     uint64        // counts the versions
	deleted bool
}

// folder is one folder of a mailbox. The feed names every item that ever lay in it.
type folder struct {
	contactsync.Folder
	kind record.Kind
	feed *feed
	gone bool
}

// folder finds a folder that is there by its id; empty: the default folder of the kind.
func (b *Mailbox) folder(kind record.Kind, id string) *folder {
	if id == "" {
		id = defaultFolder(kind)
	}
	if f := b.folders[id]; f != nil && f.kind == kind && !f.gone {
		return f
	}
	return nil
}

// defaultFolder is the id of the default folder of a kind: "contacts".
func defaultFolder(kind record.Kind) string { return string(kind) + "s" }

func (b *Mailbox) list(kind record.Kind) []contactsync.Folder {
	var list []contactsync.Folder
	for _, f := range b.folders {
		if f.kind == kind && !f.gone {
			list = append(list, f.Folder)
		}
	}
	slices.SortFunc(list, func(a, b contactsync.Folder) int {
		switch {
		case a.Default:
			return -1
		case b.Default:
			return 1
		}
		return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
	})
	return list
}

func (b *Mailbox) addFolder(kind record.Kind, name string) contactsync.Folder {
	for _, f := range b.folders {
		if f.kind == kind && !f.gone && strings.EqualFold(f.Name, name) {
			return f.Folder
		}
	}
	b.made++
	f := contactsync.Folder{ID: fmt.Sprintf("folder-%d", b.made), Name: name}
	b.addFolderAs(kind, f)
	return f
}

func (b *Mailbox) addFolderAs(kind record.Kind, f contactsync.Folder) *folder {
	added := &folder{Folder: f, kind: kind, feed: newFeed(b.mailbox.Key() + "\x00" + f.ID)}
	b.folders[f.ID] = added
	return added
}

// look answers for the items with these ids, as seen from the folder: those that lie in it, or what became of one of them.
func (b *Mailbox) look(f *folder, ids []string) contactsync.Found {
	found := contactsync.Found{Removed: contactsync.Unknown}
	for _, id := range ids {
		it := b.items[id]
		switch {
		case it == nil || b.folders[it.rec.Folder].kind != f.kind:
		case !it.deleted && it.rec.Folder == f.ID:
			found.Records = append(found.Records, it.rec)
		case !it.deleted:
			found.Removed, found.ID = contactsync.Moved, id
		case found.Removed == contactsync.Unknown:
			found.Removed, found.ID = contactsync.Deleted, id
		}
	}
	if found.Records != nil {
		found.Removed, found.ID = "", ""
	}
	return found
}

func (b *Mailbox) insert(f *folder, stamp string, fields record.Fields) *item {
	b.made++
	now := b.dir.now()
	it := &item{rec: record.Record{
		ID: fmt.Sprintf("item-%d", b.made), Stamp: stamp, StampRead: true, Folder: f.ID,
		Created: now, Modified: now, Fields: b.dir.shapes[f.kind].complete(fields),
	}}
	b.items[it.rec.ID] = it
	if stamp != "" {
		b.stamps[stamp] = append(b.stamps[stamp], it.rec.ID)
	}
	b.bump(it)
	return it
}

// edit overlays values, and a stamp unless it is empty. What changes nothing leaves no trace.
func (b *Mailbox) edit(it *item, stamp string, set record.Fields) {
	fields := it.rec.Fields.With(set)
	stamped := stamp != "" && stamp != it.rec.Stamp
	if !stamped && sameFields(fields, it.rec.Fields) {
		return
	}
	if stamped {
		b.unstamp(it)
		it.rec.Stamp = stamp
		b.stamps[stamp] = append(b.stamps[stamp], it.rec.ID)
	}
	it.rec.Fields = fields
	it.rec.Modified = b.dir.now()
	b.bump(it)
}

func (b *Mailbox) unstamp(it *item) {
	ids := slices.DeleteFunc(b.stamps[it.rec.Stamp], func(id string) bool { return id == it.rec.ID })
	if len(ids) == 0 {
		delete(b.stamps, it.rec.Stamp)
		return
	}
	b.stamps[it.rec.Stamp] = ids
}

// discard moves an item to Deleted Items.
func (b *Mailbox) discard(it *item) {
	it.deleted = true
	b.folders[it.rec.Folder].feed.touch(it.rec.ID)
}

// bump gives an item that changed its next version and tells the feed of its folder.
func (b *Mailbox) bump(it *item) {
	it.rev++
	it.rec.Version = fmt.Sprintf(`W/"%d"`, it.rev)
	b.folders[it.rec.Folder].feed.touch(it.rec.ID)
}
