package memstore

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
	"github.com/seed-42871e99/crmsync/record"
)

// The frames of a Directory. Those of a mailbox follow its frameMailbox: its folders, its items, the feeds of its folders.
const (
	frameMailbox = byte('B')
	frameFolder  = byte('D')
	frameItem    = byte('I')
)

type savedMailbox struct {
	Mailbox contactsync.Mailbox
	Made    uint64
}

type savedFolder struct {
	Folder contactsync.Folder
	Kind   record.Kind
	Gone   bool `json:",omitempty"`
}

type savedItem struct {
	Record  savedRecord
	Rev     uint64
	Deleted bool `json:",omitempty"`
}

type savedFolderFeed struct {
	Folder string
	Feed   savedFeed
}

// WriteTo writes a snapshot of all mailboxes at one moment; it implements [io.WriterTo]. Cursors stay good across it.
func (d *Directory) WriteTo(w io.Writer) (int64, error) {
	out := newSnapshotWriter(w, "directory")
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, key := range slices.Sorted(maps.Keys(d.mailboxes)) {
		d.mailboxes[key].save(out)
	}
	return out.close()
}

func (b *Mailbox) save(out *snapshotWriter) {
	out.json(frameMailbox, savedMailbox{b.mailbox, b.made})
	folders := slices.Sorted(maps.Keys(b.folders))
	for _, id := range folders {
		f := b.folders[id]
		out.json(frameFolder, savedFolder{f.Folder, f.kind, f.gone})
	}
	for _, id := range b.itemsByAge() {
		it := b.items[id]
		out.json(frameItem, savedItem{saveRecord(it.rec), it.rev, it.deleted})
	}
	for _, id := range folders {
		f := b.folders[id]
		out.json(frameFeed, savedFolderFeed{id, f.feed.saved(f.kind)})
	}
}

// ReadFrom replaces all mailboxes with those of a snapshot; it implements [io.ReaderFrom]. The directory must have been made
// with schemas for all items. An error, which wraps [ErrDamaged], [ErrNewer] or what r answered, changes nothing.
func (d *Directory) ReadFrom(r io.Reader) (int64, error) {
	load := directoryLoader{dir: d, mailboxes: map[string]*Mailbox{}}
	n, err := readSnapshot(r, "directory", load.frame)
	if err != nil {
		return n, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, box := range d.mailboxes { // mailboxes that people hold in hand go on with what was loaded
		loaded := load.mailboxes[key]
		if loaded == nil {
			loaded = newMailbox(d, box.mailbox)
		}
		*box = *loaded
		load.mailboxes[key] = box
	}
	d.mailboxes = load.mailboxes
	return n, nil
}

// directoryLoader builds mailboxes from frames.
type directoryLoader struct {
	dir       *Directory
	mailboxes map[string]*Mailbox
	box       *Mailbox // the one the frames are about
}

func (l *directoryLoader) frame(tag byte, payload string) error {
	if tag == frameMailbox {
		var saved savedMailbox
		if err := readJSON(payload, &saved); err != nil {
			return err
		}
		l.box = &Mailbox{dir: l.dir, mailbox: saved.Mailbox, made: saved.Made,
			folders: map[string]*folder{}, items: map[string]*item{}, stamps: map[string][]string{}}
		l.mailboxes[saved.Mailbox.Key()] = l.box
		return nil
	}
	switch {
	case l.box == nil:
		return fmt.Errorf("%w: tag %q outside a mailbox", statecode.ErrMalformed, tag)
	case tag == frameFolder:
		return l.folder(payload)
	case tag == frameItem:
		return l.item(payload)
	case tag == frameFeed:
		return l.feed(payload)
	}
	return fmt.Errorf("%w: tag %q", statecode.ErrMalformed, tag)
}

func (l *directoryLoader) folder(payload string) error {
	var saved savedFolder
	if err := readJSON(payload, &saved); err != nil {
		return err
	}
	if l.dir.shapes[saved.Kind] == nil {
		return noKind(saved.Kind)
	}
	l.box.addFolderAs(saved.Kind, saved.Folder).gone = saved.Gone
	return nil
}

func (l *directoryLoader) item(payload string) error {
	var saved savedItem
	if err := readJSON(payload, &saved); err != nil {
		return err
	}
	in := l.box.folders[saved.Record.Folder]
	if in == nil || saved.Record.Fields == nil {
		return fmt.Errorf("%w: an item without a folder or values", statecode.ErrMalformed)
	}
	rec, err := saved.Record.record(l.dir.shapes[in.kind])
	if err != nil {
		return err
	}
	l.box.items[rec.ID] = &item{rec, saved.Rev, saved.Deleted}
	if rec.Stamp != "" {
		l.box.stamps[rec.Stamp] = append(l.box.stamps[rec.Stamp], rec.ID)
	}
	return nil
}

func (l *directoryLoader) feed(payload string) error {
	var saved savedFolderFeed
	if err := readJSON(payload, &saved); err != nil {
		return err
	}
	in := l.box.folders[saved.Folder]
	exists := func(id string) bool { return l.box.items[id] != nil }
	if in == nil || !in.feed.restore(saved.Feed, exists) {
		return fmt.Errorf("%w: a log of changes that does not fit", statecode.ErrMalformed)
	}
	return nil
}
