package memstore

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
)

// knownTable holds the known items of one connection, each as one string, and finds them by id and by hashed key.
type knownTable struct {
	slots []string // an item each; empty: free
	free  []uint32
	byID  postings
	byKey postings
}

// appendKnown writes a known item: its id, and what [statecode.AppendKnown] writes.
func appendKnown(b []byte, k *contactsync.Known) []byte {
	return statecode.AppendKnown(statecode.AppendText(b, k.ID), k)
}

func readKnown(code string) (contactsync.Known, error) {
	r := statecode.NewReader(code)
	var k contactsync.Known
	k.ID = r.Text()
	r.Known(&k)
	return k, r.End()
}

func (t *knownTable) at(slot uint32) contactsync.Known {
	k, _ := readKnown(t.slots[slot]) // slots hold what was well formed when it was put
	return k
}

func (t *knownTable) find(id string) (slot uint32, ok bool) {
	t.byID.each(hashText(id), func(s uint32) {
		if r := statecode.NewReader(t.slots[s]); r.Text() == id {
			slot, ok = s, true
		}
	})
	return slot, ok
}

func (t *knownTable) put(k *contactsync.Known) {
	t.drop(k.ID)
	slot := uint32(len(t.slots))
	if n := len(t.free); n > 0 {
		slot, t.free = t.free[n-1], t.free[:n-1]
	} else {
		t.slots = append(t.slots, "")
	}
	t.slots[slot] = string(appendKnown(nil, k))
	t.byID.add(hashText(k.ID), slot)
	eachKey(k, func(key uint64) { t.byKey.add(key, slot) })
}

func (t *knownTable) drop(id string) {
	slot, ok := t.find(id)
	if !ok {
		return
	}
	k := t.at(slot)
	eachKey(&k, func(key uint64) { t.byKey.remove(key, slot) })
	t.byID.remove(hashText(id), slot)
	t.slots[slot] = ""
	t.free = append(t.free, slot)
}

func eachKey(k *contactsync.Known, visit func(key uint64)) {
	for _, key := range k.Emails {
		visit(key)
	}
	for _, key := range k.Phones {
		visit(key)
	}
}

// by returns the codes of the items that have any of the keys.
func (t *knownTable) by(keys []uint64) []string {
	var codes []string
	seen := map[uint32]bool{}
	for _, key := range keys {
		t.byKey.each(key, func(slot uint32) {
			if !seen[slot] {
				seen[slot] = true
				codes = append(codes, t.slots[slot])
			}
		})
	}
	return codes
}

// of returns the codes of those ids that are known items.
func (t *knownTable) of(ids []string) []string {
	var codes []string
	seen := map[uint32]bool{}
	for _, id := range ids {
		if slot, ok := t.find(id); ok && !seen[slot] {
			seen[slot] = true
			codes = append(codes, t.slots[slot])
		}
	}
	return codes
}

func decodeKnown(codes []string) []contactsync.Known {
	known := make([]contactsync.Known, len(codes))
	for i, code := range codes {
		known[i], _ = readKnown(code)
	}
	return known
}
