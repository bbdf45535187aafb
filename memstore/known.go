package memstore

import (
	"encoding/binary"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
)

// knownTable holds the known items of one connection, each as one string, and finds them by id and by hashed key.
type knownTable struct {
	slots []string // an item each; empty: free
	free  []uint32
	byID  postings
	byKey postings
}

// A known item is: id, flags, [created], emails, phones, name, where lists have their length before them.
const (
	knownOrphan byte = 1 << iota
	knownStranger
	knownElsewhere
	knownCreated
)

func appendKnown(b []byte, k *contactsync.Known) []byte {
	b = appendText(b, k.ID)
	b = append(b, flag(k.Orphan, knownOrphan)|flag(k.Stranger, knownStranger)|
		flag(k.Elsewhere, knownElsewhere)|flag(!k.Created.IsZero(), knownCreated))
	if !k.Created.IsZero() {
		b = appendTime(b, k.Created)
	}
	b = appendHashes(b, k.Emails)
	b = appendHashes(b, k.Phones)
	b = binary.AppendUvarint(b, uint64(len(k.Name)))
	for _, w := range k.Name {
		b = appendFixed(appendFixed(b, w.Full), w.Initial)
	}
	return b
}

func appendHashes(b []byte, hashes []uint64) []byte {
	b = binary.AppendUvarint(b, uint64(len(hashes)))
	for _, h := range hashes {
		b = appendFixed(b, h)
	}
	return b
}

func (r *reader) known() contactsync.Known {
	var k contactsync.Known
	k.ID = r.text()
	flags := r.byte()
	k.Orphan = flags&knownOrphan != 0
	k.Stranger = flags&knownStranger != 0
	k.Elsewhere = flags&knownElsewhere != 0
	if flags&knownCreated != 0 {
		k.Created = r.time()
	}
	k.Emails = r.hashes()
	k.Phones = r.hashes()
	if n := r.count(16); n > 0 {
		k.Name = make(match.Name, n)
		for i := range k.Name {
			k.Name[i] = match.Word{Full: r.fixed(), Initial: r.fixed()}
		}
	}
	return k
}

func (r *reader) hashes() []uint64 {
	n := r.count(8)
	if n == 0 {
		return nil
	}
	hashes := make([]uint64, n)
	for i := range hashes {
		hashes[i] = r.fixed()
	}
	return hashes
}

func (t *knownTable) at(slot uint32) contactsync.Known {
	r := reader{rest: t.slots[slot]}
	return r.known()
}

func (t *knownTable) find(id string) (slot uint32, ok bool) {
	t.byID.each(hashText(id), func(s uint32) {
		if r := (reader{rest: t.slots[s]}); r.text() == id {
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
		r := reader{rest: code}
		known[i] = r.known()
	}
	return known
}
