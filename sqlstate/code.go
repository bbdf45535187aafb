package sqlstate

import (
	"encoding/binary"
	"errors"
	"time"
)

// What only the library reads of links and known items is kept in a dense form: a byte that says which form it is, then the
// members one after another. Texts and lists have their length before them.

// errCode says that bytes are not what this package wrote.
var errCode = errors.New("malformed data")

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendFixed(b []byte, x uint64) []byte { return binary.LittleEndian.AppendUint64(b, x) }

func appendFixeds(b []byte, list []uint64) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, x := range list {
		b = appendFixed(b, x)
	}
	return b
}

func appendTime(b []byte, t time.Time) []byte {
	b = binary.AppendVarint(b, t.Unix())
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

func flag(set bool, bit byte) byte {
	if set {
		return bit
	}
	return 0
}

// reader takes apart what the append functions put together. After malformed data it reads zeroes, and err says so.
type reader struct {
	rest string
	err  error
}

// newReader reads code whose form is the given one.
func newReader(code []byte, form byte) *reader {
	r := &reader{rest: string(code)}
	if r.byte() != form {
		r.fail()
	}
	return r
}

func (r *reader) fail() {
	r.rest, r.err = "", errCode
}

func (r *reader) byte() byte {
	if r.rest == "" {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) uvarint() uint64 {
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.byte()
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
	r.fail()
	return 0
}

func (r *reader) varint() int64 {
	x := r.uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

// count reads a number of entries of at least size bytes each.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.rest)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	n := r.count(1)
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reader) fixed() uint64 {
	if len(r.rest) < 8 {
		r.fail()
		return 0
	}
	var x uint64
	for i := range 8 {
		x |= uint64(r.rest[i]) << (8 * i)
	}
	r.rest = r.rest[8:]
	return x
}

func (r *reader) fixeds() []uint64 {
	n := r.count(8)
	if n == 0 {
		return nil
	}
	list := make([]uint64, n)
	for i := range list {
		list[i] = r.fixed()
	}
	return list
}

func (r *reader) time() time.Time {
	sec, nsec := r.varint(), r.uvarint()
	if nsec >= uint64(time.Second) {
		r.fail()
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).UTC()
}

// end reports whether all was read and well formed.
func (r *reader) end() error {
	if r.err == nil && r.rest != "" {
		r.err = errCode
	}
	return r.err
}
