package memstore

import (
	"hash/maphash"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
	"github.com/seed-42871e99/crmsync/record"
)

var seed = maphash.MakeSeed()

func hashText(s string) uint64 { return maphash.String(seed, s) }

// linkTable holds the links of one connection in their dense form, and finds them by id and by the ids of both sides.
type linkTable struct {
	conn string
	dictionary
	slots  []string // a link each; empty: free
	free   []uint32
	byID   postings
	bySide [2]postings
	linked int                 // in phase Linked
	open   map[string]struct{} // ids of those a run must look at first

	// order holds the slots in order of link id, except the newest, which are in fresh in any order, and with removed
	// ones among them when ragged is set. It is put right when somebody lists the links.
	order, fresh []uint32
	ragged       bool
}

// linkID reads the id at the front of a coded link.
func linkID(code string) string {
	r := statecode.NewReader(code)
	return r.Text()
}

// is reports whether the link in the slot has the id on the side.
func (t *linkTable) is(slot uint32, side record.Side, id string) bool {
	r := reader{statecode.NewReader(t.slots[slot]), t.vocabulary}
	r.Text()
	if crm := r.Text(); side == record.CRM {
		return crm == id
	}
	start, rest := r.stemmed(stemID)
	return len(id) == len(start)+len(rest) && id[:len(start)] == start && id[len(start):] == rest
}

func (t *linkTable) find(id string) (slot uint32, ok bool) {
	t.byID.each(hashText(id), func(s uint32) {
		if linkID(t.slots[s]) == id {
			slot, ok = s, true
		}
	})
	return slot, ok
}

func (t *linkTable) put(l *contactsync.Link) {
	var room [1024]byte
	t.putCode(string(t.appendLink(room[:0], l)), l)
}

// putCode keeps a link whose code is at hand.
func (t *linkTable) putCode(code string, l *contactsync.Link) {
	slot, replaces := t.find(l.ID)
	if replaces {
		t.unindex(slot)
	} else {
		slot = t.newSlot()
		t.byID.add(hashText(l.ID), slot)
		t.fresh = append(t.fresh, slot)
	}
	t.slots[slot] = code
	for side, id := range l.IDs {
		if id != "" {
			t.bySide[side].add(hashText(id), slot)
		}
	}
	if l.Phase == contactsync.Linked {
		t.linked++
	}
	if isOpen(l) {
		if t.open == nil {
			t.open = map[string]struct{}{}
		}
		t.open[l.ID] = struct{}{}
	}
}

func (t *linkTable) newSlot() uint32 {
	if t.ragged && len(t.free) > 64+len(t.slots)/4 {
		t.smooth()
	}
	if n := len(t.free); n > 0 && !t.ragged {
		slot := t.free[n-1]
		t.free = t.free[:n-1]
		return slot
	}
	t.slots = append(t.slots, "")
	return uint32(len(t.slots) - 1)
}

func (t *linkTable) drop(id string) {
	slot, ok := t.find(id)
	if !ok {
		return
	}
	t.unindex(slot)
	t.byID.remove(hashText(id), slot)
	t.slots[slot] = ""
	t.free = append(t.free, slot)
	t.ragged = true
}

// unindex takes a link out of everything that depends on more than its id.
func (t *linkTable) unindex(slot uint32) {
	r := reader{statecode.NewReader(t.slots[slot]), t.vocabulary}
	l, _ := r.linkHead(t.conn)
	for side, id := range l.IDs {
		if id != "" {
			t.bySide[side].remove(hashText(id), slot)
		}
	}
	if l.Phase == contactsync.Linked {
		t.linked--
	}
	delete(t.open, l.ID)
}

func (t *linkTable) at(slot uint32) contactsync.Link {
	r := reader{statecode.NewReader(t.slots[slot]), t.vocabulary}
	return r.link(t.conn)
}

// of returns the codes of the links that have any of the ids on the side.
func (t *linkTable) of(side record.Side, ids []string) []string {
	var codes []string
	seen := map[uint32]bool{}
	for _, id := range ids {
		if id == "" {
			continue
		}
		t.bySide[side].each(hashText(id), func(slot uint32) {
			if !seen[slot] && t.is(slot, side, id) {
				seen[slot] = true
				codes = append(codes, t.slots[slot])
			}
		})
	}
	return codes
}

// has reports whether any link has the id on the side.
func (t *linkTable) has(side record.Side, id string) bool {
	found := false
	t.bySide[side].each(hashText(id), func(slot uint32) {
		found = found || t.is(slot, side, id)
	})
	return found
}

// ties reports whether a link in phase Linked has the id on the side.
func (t *linkTable) ties(side record.Side, id string) bool {
	found := false
	t.bySide[side].each(hashText(id), func(slot uint32) {
		found = found || t.is(slot, side, id) && t.at(slot).Phase == contactsync.Linked
	})
	return found
}

// after returns the codes of up to n links whose id is greater, in order of id.
func (t *linkTable) after(id string, n int) []string {
	t.sort()
	i, found := slices.BinarySearchFunc(t.order, id, func(slot uint32, id string) int {
		return strings.Compare(linkID(t.slots[slot]), id)
	})
	if found {
		i++
	}
	end := min(i+max(n, 0), len(t.order))
	codes := make([]string, 0, end-i)
	for _, slot := range t.order[i:end] {
		codes = append(codes, t.slots[slot])
	}
	return codes
}

// smooth takes removed slots out of order and fresh; only then may they be used again.
func (t *linkTable) smooth() {
	if !t.ragged {
		return
	}
	gone := func(slot uint32) bool { return t.slots[slot] == "" }
	t.order = slices.DeleteFunc(t.order, gone)
	t.fresh = slices.DeleteFunc(t.fresh, gone)
	t.ragged = false
}

// sort puts order right. It costs nothing when no link came or went since the last time.
func (t *linkTable) sort() {
	t.smooth()
	if len(t.fresh) == 0 {
		return
	}
	id := func(slot uint32) string { return linkID(t.slots[slot]) }
	slices.SortFunc(t.fresh, func(a, b uint32) int { return strings.Compare(id(a), id(b)) })
	merged := make([]uint32, 0, len(t.order)+len(t.fresh))
	old, fresh := t.order, t.fresh
	for len(old) > 0 && len(fresh) > 0 {
		if id(old[0]) < id(fresh[0]) {
			merged, old = append(merged, old[0]), old[1:]
		} else {
			merged, fresh = append(merged, fresh[0]), fresh[1:]
		}
	}
	t.order = append(append(merged, old...), fresh...)
	t.fresh = nil
}

// decodeLinks turns codes into links. It needs no lock: codes do not change, and what a vocabulary has
// it keeps.
func decodeLinks(conn string, words vocabulary, codes []string) []contactsync.Link {
	links := make([]contactsync.Link, len(codes))
	for i, code := range codes {
		r := reader{statecode.NewReader(code), words}
		links[i] = r.link(conn)
	}
	return links
}
