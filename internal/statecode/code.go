// Package statecode is the dense binary form in which the library's States keep what nobody but the library reads: members one
// after another, numbers in as few bytes as they need, texts and lists with their length before them.
package statecode

import (
	"encoding/binary"
	"errors"
	"time"
)

// ErrMalformed says that bytes are not what this package wrote.
var ErrMalformed = errors.New("malformed data")

func AppendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func AppendFixed(b []byte, x uint64) []byte { return binary.LittleEndian.AppendUint64(b, x) }

func AppendFixeds(b []byte, list []uint64) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, x := range list {
		b = AppendFixed(b, x)
	}
	return b
}

// AppendTime keeps the instant to the nanosecond, and no zone.
func AppendTime(b []byte, t time.Time) []byte {
	b = binary.AppendVarint(b, t.Unix())
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

// Flag is the bit where it is set, and else nothing.
func Flag(set bool, bit byte) byte {
	if set {
		return bit
	}
	return 0
}

// Reader takes apart what the append functions put together. After malformed data it reads zeroes, and [Reader.End] says so.
// It takes no memory: texts are parts of the code.
type Reader struct {
	rest string
	err  error
}

func NewReader(code string) Reader { return Reader{rest: code} }

// More says that there is something left to read.
func (r *Reader) More() bool { return r.rest != "" }

// Fail makes the rest malformed.
func (r *Reader) Fail() {
	r.rest, r.err = "", ErrMalformed
}

func (r *Reader) Byte() byte {
	if r.rest == "" {
		r.Fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *Reader) Uvarint() uint64 {
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.Byte()
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
	r.Fail()
	return 0
}

func (r *Reader) Varint() int64 {
	x := r.Uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

// Count reads a number of entries of at least size bytes each.
func (r *Reader) Count(size int) int {
	n := r.Uvarint()
	if n > uint64(len(r.rest)/size) {
		r.Fail()
		return 0
	}
	return int(n)
}

func (r *Reader) Text() string {
	n := r.Count(1)
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *Reader) Fixed() uint64 { return r.fixed(8) }

func (r *Reader) Fixed32() uint32 { return uint32(r.fixed(4)) }

func (r *Reader) fixed(size int) uint64 {
	if len(r.rest) < size {
		r.Fail()
		return 0
	}
	var x uint64
	for i := range size {
		x |= uint64(r.rest[i]) << (8 * i)
	}
	r.rest = r.rest[size:]
	return x
}

// Fixeds is nil for an empty list.
func (r *Reader) Fixeds() []uint64 {
	n := r.Count(8)
	if n == 0 {
		return nil
	}
	list := make([]uint64, n)
	for i := range list {
		list[i] = r.Fixed()
	}
	return list
}

// Time is in UTC.
func (r *Reader) Time() time.Time {
	sec, nsec := r.Varint(), r.Uvarint()
	if nsec >= uint64(time.Second) {
		r.Fail()
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).UTC()
}

// End reports whether all was read and well formed.
func (r *Reader) End() error {
	if r.err == nil && r.rest != "" {
		r.err = ErrMalformed
	}
	return r.err
}
