package sqlstate

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
)

// What of a known item is not in columns of its own is kept as its form, and what [statecode.AppendKnown] writes.
const knownForm byte = 1

func appendKnown(b []byte, k *contactsync.Known) []byte {
	return statecode.AppendKnown(append(b, knownForm), k)
}

// readKnown completes a known item with what its code says.
func readKnown(code []byte, k *contactsync.Known) error {
	r := newReader(code, knownForm)
	r.Known(k)
	return r.End()
}
