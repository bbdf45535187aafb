package record

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/seed-42871e99/crmsync/internal/siphash"
)

// Hasher turns values into keyed 64-bit fingerprints: with the key, equal values have equal fingerprints; without it
// they reveal nothing but that equality. It is immutable.
type Hasher struct{ k0, k1 uint64 }

// NewHasher makes a hasher from a host's secret of at least 16 bytes, for one purpose: hashers of different purposes
// are unrelated.
func NewHasher(secret []byte, purpose string) (Hasher, error) {
	if len(secret) < 16 {
		return Hasher{}, fmt.Errorf("record: the fingerprint key has %d bytes, it needs at least 16", len(secret))
	}
	h := sha256.New()
	h.Write([]byte("contactsync fingerprint\x00" + purpose + "\x00"))
	h.Write(secret)
	sum := h.Sum(nil)
	return Hasher{binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])}, nil
}

// Text fingerprints a string.
func (h Hasher) Text(s string) uint64 { return siphash.Sum64(h.k0, h.k1, []byte(s)) }

// Values fingerprints a list of values; entries and values cannot run into each other.
func (h Hasher) Values(values []Value) uint64 {
	buf := make([]byte, 0, 256)
	for _, v := range values {
		buf = binary.AppendUvarint(buf, uint64(len(v)))
		for _, s := range v {
			buf = binary.AppendUvarint(buf, uint64(len(s)))
			buf = append(buf, s...)
		}
	}
	return siphash.Sum64(h.k0, h.k1, buf)
}
