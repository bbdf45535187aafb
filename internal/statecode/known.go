package statecode

import (
	"encoding/binary"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
)

// The body of a known item is: flags, [created], emails, phones, words of the name; what is in brackets is there when a flag says
// so.
const (
	knownOrphan byte = 1 << iota
	knownStranger
	knownElsewhere
	knownCreated
)

// AppendKnown appends all of a known item but its ids.
func AppendKnown(b []byte, k *contactsync.Known) []byte {
	b = append(b, Flag(k.Orphan, knownOrphan)|Flag(k.Stranger, knownStranger)|
		Flag(k.Elsewhere, knownElsewhere)|Flag(!k.Created.IsZero(), knownCreated))
	if !k.Created.IsZero() {
		b = AppendTime(b, k.Created)
	}
	b = AppendFixeds(b, k.Emails)
	b = AppendFixeds(b, k.Phones)
	b = binary.AppendUvarint(b, uint64(len(k.Name)))
	for _, w := range k.Name {
		b = AppendFixed(AppendFixed(b, w.Full), w.Initial)
	}
	return b
}

// Known completes a known item with what [AppendKnown] wrote.
func (r *Reader) Known(k *contactsync.Known) {
	flags := r.Byte()
	k.Orphan = flags&knownOrphan != 0
	k.Stranger = flags&knownStranger != 0
	k.Elsewhere = flags&knownElsewhere != 0
	if flags&knownCreated != 0 {
		k.Created = r.Time()
	}
	k.Emails = r.Fixeds()
	k.Phones = r.Fixeds()
	if n := r.Count(16); n > 0 {
		k.Name = make(match.Name, n)
		for i := range k.Name {
			k.Name[i] = match.Word{Full: r.Fixed(), Initial: r.Fixed()}
		}
	}
}
