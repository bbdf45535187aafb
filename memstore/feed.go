package memstore

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// feed is the log of a table or folder: which records changed, in the order of their last change. Reading from a cursor
// costs what changed since, whatever the size of the log.
type feed struct {
	name   uint32 // of the table or folder, so that a cursor of another one is recognised
	epoch  uint64 // cursors of earlier epochs have expired
	seq    uint64
	log    []mark            // ascending by seq; all but the newest mark of a record are stale
	latest map[string]uint64 // id to the seq of its newest mark
}

type mark struct {
	seq uint64
	id  string
}

func newFeed(name string) *feed {
	return &feed{name: crc32.ChecksumIEEE([]byte(name)), latest: map[string]uint64{}}
}

// touch puts the record at the end of the log.
func (f *feed) touch(id string) {
	f.seq++
	f.log = append(f.log, mark{f.seq, id})
	f.latest[id] = f.seq
	if len(f.log) > 2*len(f.latest)+64 {
		f.log = slices.DeleteFunc(f.log, f.stale)
	}
}

func (f *feed) stale(m mark) bool { return f.latest[m.id] != m.seq }

// expire makes every cursor given so far one that is no longer understood.
func (f *feed) expire() { f.epoch++ }

// since calls visit with the ids that changed after seq, in the order of their last change, until it says stop.
func (f *feed) since(seq uint64, visit func(m mark) (stop bool)) {
	i, _ := slices.BinarySearchFunc(f.log, seq+1, func(m mark, seq uint64) int { return cmp.Compare(m.seq, seq) })
	for _, m := range f.log[i:] {
		if !f.stale(m) && visit(m) {
			return
		}
	}
}

// page answers Changes. show says how an id looks now to the asker: a change, and whether it is to be told; in a full
// listing, removals are not.
func (f *feed) page(after contactsync.Cursor, size int, show func(id string, full bool) (contactsync.Change, bool)) (contactsync.Page, error) {
	pos, err := f.parse(after)
	if err != nil {
		return contactsync.Page{}, err
	}
	var page contactsync.Page
	f.since(pos.seq, func(m mark) bool {
		change, tell := show(m.id, pos.full)
		if !tell {
			pos.seq = m.seq
			return false
		}
		if len(page.Changes) == size {
			page.More = true
			return true
		}
		page.Changes = append(page.Changes, change)
		pos.seq = m.seq
		return false
	})
	if !page.More {
		pos.seq = f.seq
		page.Complete = pos.full
		pos.full = false
	}
	page.Next = f.cursor(pos)
	return page, nil
}

// position is what a cursor stands for.
type position struct {
	full bool // in a listing that began at the zero cursor
	seq  uint64
}

func (f *feed) cursor(p position) contactsync.Cursor {
	mode := "changes"
	if p.full {
		mode = "listing"
	}
	return contactsync.Cursor(fmt.Sprintf("1.%s.%d.%08x.%d", mode, f.epoch, f.name, p.seq))
}

func (f *feed) parse(c contactsync.Cursor) (position, error) {
	if c == "" {
		return position{full: true}, nil
	}
	var p position
	parts := strings.Split(string(c), ".")
	if len(parts) != 5 {
		return p, fmt.Errorf("memstore: %w: not a cursor of this package", contactsync.ErrCursorExpired)
	}
	seq, err := strconv.ParseUint(parts[4], 10, 64)
	p = position{full: parts[1] == "listing", seq: seq}
	if err != nil || f.cursor(p) != c || seq > f.seq {
		return p, fmt.Errorf("memstore: %w", contactsync.ErrCursorExpired)
	}
	return p, nil
}
