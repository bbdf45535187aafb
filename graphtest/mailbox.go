package graphtest

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// item is a stored contact.
type item struct {
	Contact
	key        uint64
	generation uint32
	folder     *folder
	deleted    bool // in Deleted Items; folder is nil

	seq      uint64 // the step of its last change, its place in the folder's feed
	userSeq  uint64 // the step of the last change that did not come through Graph
	entered  uint64 // the step at which it came into its folder
	left     uint64 // if it came back: the step at which it had left; 0: it never left
	indexed  *Contact
	changed  time.Time
	empty    propertySet // text properties that hold "" rather than null
	wire     encoding
	wireForm wireForm
}

// folder is a contact folder.
type folder struct {
	id      string
	key     uint64
	name    string
	parent  *folder // nil: the default folder, or deleted
	deleted bool
	seq     uint64
	entered uint64
	members []uint64 // keys in ascending order; some may have left
	stale   int      // how many of members have left
	count   int
	left    map[uint64]uint64 // key: the step at which it last left
	feed    feed
}

// mailbox is the state of one user. Server.mu guards it.
type mailbox struct {
	address  string
	userID   string
	box      uint32
	access   Access
	seq      uint64 // steps taken: every change is one
	nextKey  uint64
	items    map[uint64]*item
	folders  map[uint64]*folder
	contacts *folder // the default folder
	rootID   string
	trashID  string
	tree     feed // changes of folders

	generation uint64 // of delta tokens
	issued     uint64 // tokens handed out

	inFlight int
	busiest  int
	recent   []time.Time // of requests, oldest first
}

func newMailbox(seed uint64, address string) *mailbox {
	m := &mailbox{
		address: address, box: boxNumber(seed, address), generation: 1,
		items: map[uint64]*item{}, folders: map[uint64]*folder{},
	}
	m.userID = guidOf(m.box)
	m.rootID = makeID(folderItem, m.box, 0, m.newKey())
	m.trashID = makeID(folderItem, m.box, 0, m.newKey())
	m.contacts = m.addFolder(nil, "Contacts", time.Time{})
	return m
}

func (m *mailbox) newKey() uint64 {
	m.nextKey++
	return m.nextKey
}

func (m *mailbox) addFolder(parent *folder, name string, now time.Time) *folder {
	f := &folder{key: m.newKey(), name: name, parent: parent, left: map[uint64]uint64{}}
	f.id = makeID(folderItem, m.box, 0, f.key)
	m.folders[f.key] = f
	m.seq++
	f.seq, f.entered = m.seq, m.seq
	m.tree.add(change{seq: m.seq, key: f.key, at: now})
	return f
}

// parentID is what parentFolderId of a folder says.
func (m *mailbox) parentID(f *folder) string {
	switch {
	case f.deleted:
		return m.trashID
	case f.parent == nil:
		return m.rootID
	}
	return f.parent.id
}

// alive tells whether f and all folders above it are outside Deleted Items.
func (f *folder) alive() bool {
	for ; f != nil; f = f.parent {
		if f.deleted {
			return false
		}
	}
	return true
}

// children are the folders below f in the order of their making.
func (m *mailbox) children(f *folder) []*folder {
	var found []*folder
	for _, c := range m.folders {
		if c.parent == f && !c.deleted {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *folder) int { return int(a.key) - int(b.key) })
	return found
}

func (m *mailbox) childNamed(parent *folder, name string) *folder {
	for _, c := range m.children(parent) {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// origin says who made a change.
type origin bool

const (
	byGraph origin = false // a request
	byUser  origin = true  // a person in Outlook
)

func (m *mailbox) addItem(f *folder, c Contact, by origin, now time.Time) *item {
	it := &item{key: m.newKey(), Contact: c}
	m.items[it.key] = it
	it.ImmutableID = makeID(immutableItem, m.box, 0, it.key)
	it.CreatedDateTime = now.UTC().Truncate(time.Second)
	m.enter(it, f, by, now)
	return it
}

// enter puts it into f, where it was not.
func (m *mailbox) enter(it *item, f *folder, by origin, now time.Time) {
	m.seq++
	it.folder, it.deleted = f, false
	it.ParentFolderID = f.id
	it.ID = makeID(ordinaryItem, m.box, it.generation, it.key)
	it.entered, it.left = m.seq, f.left[it.key]
	f.join(it.key)
	m.record(it, by, now)
	m.stamp(it, now)
}

// leave takes it out of its folder and leaves a removal in the feed.
func (m *mailbox) leave(it *item, by origin, silentIfLast bool, now time.Time) {
	f := it.folder
	it.folder = nil
	m.seq++
	f.stale++
	f.count--
	f.left[it.key] = m.seq
	f.compact(m)
	if silentIfLast && f.count == 0 {
		return
	}
	f.feed.add(change{seq: m.seq, key: it.key, gone: true, generation: it.generation, entered: it.entered, own: by == byGraph, at: now})
}

// touch marks a change of content.
func (m *mailbox) touch(it *item, by origin, now time.Time) {
	m.seq++
	m.stamp(it, now)
	if it.folder == nil {
		it.seq = m.seq
		return
	}
	m.record(it, by, now)
}

func (m *mailbox) record(it *item, by origin, now time.Time) {
	it.seq = m.seq
	if by == byUser {
		it.userSeq = m.seq
	}
	it.folder.feed.add(change{seq: m.seq, key: it.key, own: by == byGraph, at: now})
	it.folder.feed.shrink(func(c change) bool {
		x := m.items[c.key]
		return x != nil && x.folder == it.folder && x.seq == c.seq
	})
}

func (m *mailbox) stamp(it *item, now time.Time) {
	it.ChangeKey = changeKeyOf(m.box, m.seq)
	it.LastModifiedDateTime = now.UTC().Truncate(time.Second)
	it.wire = encoding{}
}

// move puts it into another folder. The ordinary id changes unless keepID.
func (m *mailbox) move(it *item, to *folder, by origin, q *Quirks, now time.Time) {
	if it.folder == to {
		return
	}
	if it.folder != nil {
		m.leave(it, by, q.LastDeletionSilent, now)
	}
	if !q.MovesKeepIDs {
		it.generation++
	}
	m.enter(it, to, by, now)
}

// trash puts it into Deleted Items.
func (m *mailbox) trash(it *item, by origin, q *Quirks, now time.Time) {
	if it.folder != nil {
		m.leave(it, by, q.LastDeletionSilent, now)
	}
	if !q.MovesKeepIDs {
		it.generation++
	}
	it.deleted = true
	it.ParentFolderID = m.trashID
	it.ID = makeID(ordinaryItem, m.box, it.generation, it.key)
	m.seq++
	it.seq = m.seq
	m.stamp(it, now)
}

// purge forgets it.
func (m *mailbox) purge(it *item, by origin, q *Quirks, now time.Time) {
	if it.folder != nil {
		m.leave(it, by, q.LastDeletionSilent, now)
	}
	delete(m.items, it.key)
}

func (f *folder) join(key uint64) {
	i := sort.Search(len(f.members), func(i int) bool { return f.members[i] >= key })
	if i < len(f.members) && f.members[i] == key {
		f.stale-- // it had left and was not yet swept
	} else {
		f.members = slices.Insert(f.members, i, key)
	}
	f.count++
}

// compact sweeps members that have left once they are the greater part.
func (f *folder) compact(m *mailbox) {
	if f.stale < 64 || f.stale*2 < len(f.members) {
		return
	}
	f.members = slices.DeleteFunc(f.members, func(key uint64) bool {
		it := m.items[key]
		return it == nil || it.folder != f
	})
	f.stale = 0
}

// after returns up to n items of f whose key is greater than key, in the order of their making, and whether more follow.
func (m *mailbox) after(f *folder, key uint64, n int, keep func(*item) bool) (page []*item, more bool) {
	i := sort.Search(len(f.members), func(i int) bool { return f.members[i] > key })
	for ; i < len(f.members); i++ {
		it := m.items[f.members[i]]
		if it == nil || it.folder != f || !keep(it) {
			continue
		}
		if len(page) == n {
			return page, true
		}
		page = append(page, it)
	}
	return page, false
}

// deleteFolder puts f with all it holds into Deleted Items. The folders below it leave the tree with it.
func (m *mailbox) deleteFolder(f *folder, now time.Time) {
	var going []*folder
	for _, x := range m.sortedFolders() {
		if x.alive() && x.below(f) {
			going = append(going, x)
		}
	}
	f.deleted = true
	for _, x := range going {
		m.seq++
		x.seq = m.seq
		m.tree.add(change{seq: m.seq, key: x.key, gone: true, entered: x.entered, at: now})
	}
}

// below tells whether f is top or lies under it.
func (f *folder) below(top *folder) bool {
	for ; f != nil; f = f.parent {
		if f == top {
			return true
		}
	}
	return false
}

func (m *mailbox) touchFolder(f *folder, now time.Time) {
	m.seq++
	f.seq = m.seq
	m.tree.add(change{seq: m.seq, key: f.key, at: now})
}

// deletedNamed tells whether a folder of that name lies in Deleted Items.
func (m *mailbox) deletedNamed(name string) bool {
	for _, f := range m.folders {
		if f.deleted && strings.EqualFold(f.name, name) {
			return true
		}
	}
	return false
}
