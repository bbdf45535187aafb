package contactsync

import (
	"encoding/base32"
	"io"
)

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const idBytes = 15 // a multiple of five: base32 without a rest

// newID returns a random id of 24 lower-case letters and digits. It panics when the source of randomness fails, as
// nothing can be done safely without one.
func newID(random io.Reader) string {
	var b [idBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic("contactsync: no randomness: " + err.Error())
	}
	return lowerBase32.EncodeToString(b[:])
}
