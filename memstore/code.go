package memstore

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// errCode says that bytes are not what this package wrote.
var errCode = errors.New("malformed data")

// vocabulary is what codes leave out because many have it in common. A copy of one reads all codes written up to then.
type vocabulary struct {
	names []string      // the few strings that repeat without end: ids of rules, reasons, phases
	stems [stems]string // how the ids and versions of a mailbox begin
}

// The texts that have a stem.
const (
	stemID = iota
	stemVersion
	stems
)

// dictionary is a vocabulary that learns while codes are written.
type dictionary struct {
	vocabulary
	number map[string]uint64 // of a name
}

func (d *dictionary) name(s string) uint64 {
	if i, ok := d.number[s]; ok {
		return i
	}
	if d.number == nil {
		d.number = map[string]uint64{}
	}
	i := uint64(len(d.names))
	d.names = append(d.names, s)
	d.number[s] = i
	return i
}

func (d *dictionary) appendName(b []byte, s string) []byte {
	return binary.AppendUvarint(b, d.name(s))
}

// appendNameOf is appendName of a text that is made up each time.
func (d *dictionary) appendNameOf(b, name []byte) []byte {
	i, ok := d.number[string(name)]
	if !ok {
		i = d.name(string(name))
	}
	return binary.AppendUvarint(b, i)
}

// appendStemmed appends a text less what it has in common with the first one of its kind: Exchange's ids are long, and
// nearly the same within a mailbox.
func (d *dictionary) appendStemmed(b []byte, stem int, s string) []byte {
	if d.stems[stem] == "" {
		d.stems[stem] = strings.Clone(s)
	}
	n, most := 0, min(len(s), len(d.stems[stem]))
	for n < most && s[n] == d.stems[stem][n] {
		n++
	}
	b = binary.AppendUvarint(b, uint64(n))
	return appendText(b, s[n:])
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendFixed(b []byte, x uint64) []byte { return binary.LittleEndian.AppendUint64(b, x) }

func appendTime(b []byte, t time.Time) []byte {
	b = binary.AppendVarint(b, t.Unix())
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

// reader takes apart what the append functions put together. After malformed data it reads zeroes, and err says so.
type reader struct {
	rest string
	vocabulary
	err error
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

func (r *reader) time() time.Time {
	sec, nsec := r.varint(), r.uvarint()
	if nsec >= uint64(time.Second) {
		r.fail()
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).UTC()
}

func (r *reader) name() string {
	i := r.uvarint()
	if i >= uint64(len(r.names)) {
		r.fail()
		return ""
	}
	return r.names[i]
}

// stemmed reads a text in its two parts.
func (r *reader) stemmed(stem int) (start, rest string) {
	n := r.uvarint()
	if n > uint64(len(r.stems[stem])) {
		r.fail()
		return "", ""
	}
	return r.stems[stem][:n], r.text()
}

// end reports whether all was read and well formed.
func (r *reader) end() error {
	if r.err == nil && r.rest != "" {
		r.err = errCode
	}
	return r.err
}
