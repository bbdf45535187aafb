package graphtest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// savedVersion is the version of the form that Save writes.
const savedVersion = 1

type savedServer struct {
	Version   int        `json:"version"`
	Mailboxes []savedBox `json:"mailboxes"`
}

type savedBox struct {
	Address    string        `json:"address"`
	Box        uint32        `json:"box"`
	Access     Access        `json:"access,omitempty"`
	Seq        uint64        `json:"seq"`
	NextKey    uint64        `json:"nextKey"`
	Generation uint64        `json:"generation"`
	Issued     uint64        `json:"issued"`
	Default    uint64        `json:"default"`
	RootID     string        `json:"rootId"`
	TrashID    string        `json:"trashId"`
	Folders    []savedFolder `json:"folders"`
	Items      []savedItem   `json:"items"`
	Tree       []savedChange `json:"tree"`
}

type savedFolder struct {
	Key     uint64            `json:"key"`
	Name    string            `json:"name"`
	Parent  uint64            `json:"parent,omitempty"`
	Deleted bool              `json:"deleted,omitempty"`
	Seq     uint64            `json:"seq"`
	Entered uint64            `json:"entered"`
	Left    map[uint64]uint64 `json:"left,omitempty"`
	Feed    []savedChange     `json:"feed,omitempty"`
}

type savedItem struct {
	Contact
	Key        uint64      `json:"key"`
	IDVersion  uint32      `json:"idVersion,omitempty"`
	Folder     uint64      `json:"folder,omitempty"`
	Deleted    bool        `json:"deleted,omitempty"`
	Seq        uint64      `json:"seq"`
	UserSeq    uint64      `json:"userSeq,omitempty"`
	Entered    uint64      `json:"entered"`
	LeftAt     uint64      `json:"leftAt,omitempty"`
	Indexed    *Contact    `json:"indexed,omitempty"`
	Changed    time.Time   `json:"changed,omitzero"`
	EmptyTexts propertySet `json:"emptyTexts,omitempty"`
}

type savedChange struct {
	Seq        uint64    `json:"s"`
	Key        uint64    `json:"k"`
	Gone       bool      `json:"g,omitempty"`
	Own        bool      `json:"o,omitempty"`
	At         time.Time `json:"t,omitzero"`
	Generation uint32    `json:"n,omitempty"`
	Entered    uint64    `json:"e,omitempty"`
}

// Save writes all mailboxes as JSON, so that they can live on in another process: ids, change keys and delta links stay
// good. Options, quirks, hooks and the log are not part of it.
func (s *Server) Save(w io.Writer) error {
	s.mu.Lock()
	saved := savedServer{Version: savedVersion}
	for _, m := range s.order {
		saved.Mailboxes = append(saved.Mailboxes, m.save())
	}
	s.mu.Unlock()
	if err := json.NewEncoder(w).Encode(saved); err != nil {
		return fmt.Errorf("graphtest: save: %w", err)
	}
	return nil
}

// Load replaces all mailboxes by those that Save wrote. On an error the server stays as it was. Links and ids are
// bound to the mailboxes, so they work whatever Options.Seed is now.
func (s *Server) Load(r io.Reader) error {
	var saved savedServer
	if err := json.NewDecoder(r).Decode(&saved); err != nil {
		return fmt.Errorf("graphtest: load: %w", err)
	}
	if saved.Version != savedVersion {
		return fmt.Errorf("graphtest: load: version %d is unknown, %d expected", saved.Version, savedVersion)
	}
	var boxes []*mailbox
	for _, b := range saved.Mailboxes {
		m, err := b.restore()
		if err != nil {
			return fmt.Errorf("graphtest: load: mailbox %q: %w", b.Address, err)
		}
		boxes = append(boxes, m)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boxes, s.order = map[string]*mailbox{}, nil
	for _, m := range boxes {
		s.keep(m)
	}
	s.box(s.opts.Me)
	return nil
}

func (m *mailbox) save() savedBox {
	b := savedBox{
		Address: m.address, Box: m.box, Access: m.access, Seq: m.seq, NextKey: m.nextKey, Generation: m.generation,
		Issued: m.issued, Default: m.contacts.key, RootID: m.rootID, TrashID: m.trashID, Tree: m.tree.save(),
	}
	for _, f := range m.sortedFolders() {
		sf := savedFolder{Key: f.key, Name: f.name, Deleted: f.deleted, Seq: f.seq, Entered: f.entered, Left: maps.Clone(f.left), Feed: f.feed.save()}
		if f.parent != nil {
			sf.Parent = f.parent.key
		}
		b.Folders = append(b.Folders, sf)
	}
	for _, it := range m.items {
		si := savedItem{
			Contact: it.clone(), Key: it.key, IDVersion: it.generation, Deleted: it.deleted, Seq: it.seq, UserSeq: it.userSeq,
			Entered: it.entered, LeftAt: it.left, Indexed: it.indexed, Changed: it.changed, EmptyTexts: it.empty,
		}
		if it.folder != nil {
			si.Folder = it.folder.key
		}
		b.Items = append(b.Items, si)
	}
	slices.SortFunc(b.Items, func(x, y savedItem) int { return int(x.Key) - int(y.Key) })
	return b
}

func (b savedBox) restore() (*mailbox, error) {
	m := &mailbox{
		address: b.Address, userID: guidOf(b.Box), box: b.Box, access: b.Access, seq: b.Seq, nextKey: b.NextKey,
		generation: b.Generation, issued: b.Issued, rootID: b.RootID, trashID: b.TrashID, tree: restoreFeed(b.Tree),
		items: make(map[uint64]*item, len(b.Items)), folders: make(map[uint64]*folder, len(b.Folders)),
	}
	for _, sf := range b.Folders {
		f := &folder{
			key: sf.Key, id: makeID(folderItem, b.Box, 0, sf.Key), name: sf.Name, deleted: sf.Deleted, seq: sf.Seq,
			entered: sf.Entered, left: sf.Left, feed: restoreFeed(sf.Feed),
		}
		if f.left == nil {
			f.left = map[uint64]uint64{}
		}
		m.folders[f.key] = f
	}
	if m.contacts = m.folders[b.Default]; m.contacts == nil {
		return nil, fmt.Errorf("no default folder %d", b.Default)
	}
	for _, sf := range b.Folders {
		if sf.Parent == 0 {
			continue
		}
		parent := m.folders[sf.Parent]
		// Parents are older than their children, so a chain of them ends.
		if parent == nil || sf.Parent >= sf.Key {
			return nil, fmt.Errorf("folder %d has no parent %d", sf.Key, sf.Parent)
		}
		m.folders[sf.Key].parent = parent
	}
	slices.SortFunc(b.Items, func(x, y savedItem) int { return int(x.Key) - int(y.Key) })
	for _, si := range b.Items {
		it := &item{
			Contact: si.Contact, key: si.Key, generation: si.IDVersion, folder: m.folders[si.Folder], deleted: si.Deleted,
			seq: si.Seq, userSeq: si.UserSeq, entered: si.Entered, left: si.LeftAt, indexed: si.Indexed,
			changed: si.Changed, empty: si.EmptyTexts,
		}
		if it.folder == nil && !it.deleted {
			return nil, fmt.Errorf("contact %d has no folder %d", si.Key, si.Folder)
		}
		m.items[it.key] = it
		if it.folder != nil {
			it.folder.join(it.key)
		}
	}
	return m, nil
}

func (f *feed) save() []savedChange {
	var out []savedChange
	for _, c := range f.changes {
		out = append(out, savedChange{c.seq, c.key, c.gone, c.own, c.at, c.generation, c.entered})
	}
	return out
}

func restoreFeed(saved []savedChange) feed {
	var f feed
	for _, c := range saved {
		f.add(change{seq: c.Seq, key: c.Key, gone: c.Gone, own: c.Own, at: c.At, generation: c.Generation, entered: c.Entered})
	}
	return f
}
