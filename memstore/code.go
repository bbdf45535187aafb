package memstore

import (
	"encoding/binary"
	"strings"

	"github.com/seed-42871e99/crmsync/internal/statecode"
)

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
	return statecode.AppendText(b, s[n:])
}

// reader is a [statecode.Reader] that knows the vocabulary.
type reader struct {
	statecode.Reader
	vocabulary
}

func (r *reader) name() string {
	i := r.Uvarint()
	if i >= uint64(len(r.names)) {
		r.Fail()
		return ""
	}
	return r.names[i]
}

// stemmed reads a text in its two parts.
func (r *reader) stemmed(stem int) (start, rest string) {
	n := r.Uvarint()
	if n > uint64(len(r.stems[stem])) {
		r.Fail()
		return "", ""
	}
	return r.stems[stem][:n], r.Text()
}
