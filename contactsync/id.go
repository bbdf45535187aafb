package contactsync

import (
	"encoding/base32"
	"io"
	"strings"
	"unicode/utf8"
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

// maxID is how many bytes an id of a side may have: what a database can index, beside the id of the connection.
const maxID = 2400

// storable reports whether an id can be kept in any State.
func storable(id string) bool {
	return len(id) <= maxID && utf8.ValidString(id) && !strings.Contains(id, "\x00")
}

// legible is as much of an id as can be kept.
func legible(id string) string {
	if storable(id) {
		return id
	}
	id = strings.ReplaceAll(strings.ToValidUTF8(id, "?"), "\x00", "?")
	const enough = 100
	if runes := []rune(id); len(runes) > enough {
		id = string(runes[:enough])
	}
	return id
}
