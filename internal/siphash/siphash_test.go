package siphash

import (
	"encoding/binary"
	"testing"
)

// The first sixteen vectors of the reference implementation: key 00 01 .. 0f, message 00 01 .. of growing length.
func TestReferenceVectors(t *testing.T) {
	want := []string{
		"310e0edd47db6f72", "fd67dc93c539f874", "5a4fa9d909806c0d", "2d7efbd796666785",
		"b7877127e09427cf", "8da699cd64557618", "cee3fe586e46c9cb", "37d1018bf50002ab",
		"6224939a79f5f593", "b0e4a90bdf82009e", "f3b9dd94c5bb5d7a", "a7ad6b22462fb3f4",
		"fbe50e86bc8f1e75", "903d84c02756ea14", "eef27a8e90ca23f7", "e545be4961ca29a1",
	}
	var key, msg [16]byte
	for i := range key {
		key[i], msg[i] = byte(i), byte(i)
	}
	k0, k1 := binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:])
	for n, hex := range want {
		var out [8]byte
		binary.LittleEndian.PutUint64(out[:], Sum64(k0, k1, msg[:n]))
		if got := toHex(out[:]); got != hex {
			t.Errorf("Sum64 of %d bytes = %s, want %s", n, got, hex)
		}
	}
}

func toHex(p []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(p))
	for _, b := range p {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}

func BenchmarkSum64(b *testing.B) {
	p := []byte("ada.lovelace@example.com")
	for b.Loop() {
		Sum64(1, 2, p)
	}
}
