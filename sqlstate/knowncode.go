package sqlstate

import (
	"encoding/binary"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
)

// What of a known item is not in columns of its own is kept as: form, flags, [created], emails, phones, words of the name.
const knownForm byte = 1

const (
	knownOrphan byte = 1 << iota
	knownStranger
	knownElsewhere
	knownCreated
)

func appendKnown(b []byte, k *contactsync.Known) []byte {
	b = append(b, knownForm)
	b = append(b, flag(k.Orphan, knownOrphan)|flag(k.Stranger, knownStranger)|
		flag(k.Elsewhere, knownElsewhere)|flag(!k.Created.IsZero(), knownCreated))
	if !k.Created.IsZero() {
		b = appendTime(b, k.Created)
	}
	b = appendFixeds(b, k.Emails)
	b = appendFixeds(b, k.Phones)
	b = binary.AppendUvarint(b, uint64(len(k.Name)))
	for _, w := range k.Name {
		b = appendFixed(appendFixed(b, w.Full), w.Initial)
	}
	return b
}

// readKnown completes a known item with what its code says.
func readKnown(code []byte, k *contactsync.Known) error {
	r := newReader(code, knownForm)
	flags := r.byte()
	k.Orphan = flags&knownOrphan != 0
	k.Stranger = flags&knownStranger != 0
	k.Elsewhere = flags&knownElsewhere != 0
	if flags&knownCreated != 0 {
		k.Created = r.time()
	}
	k.Emails = r.fixeds()
	k.Phones = r.fixeds()
	if n := r.count(16); n > 0 {
		k.Name = make(match.Name, n)
		for i := range k.Name {
			k.Name[i] = match.Word{Full: r.fixed(), Initial: r.fixed()}
		}
	}
	return r.end()
}
