package record

import (
	"encoding/binary"
	"iter"
	"slices"
	"strings"
)

// Value is the content of one field, a list of strings; a scalar is a list of one. Dates are written 2006-01-02, times
// in RFC 3339, booleans as true or false. The empty list means cleared. A Value must not be changed once it is part of
// [Fields].
type Value []string

// Text is the first entry, or the empty string.
func (v Value) Text() string {
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

// IsEmpty reports whether the value holds nothing but empty strings.
func (v Value) IsEmpty() bool {
	for _, s := range v {
		if s != "" {
			return false
		}
	}
	return true
}

// trim drops trailing empty entries, so that "cleared" has one form.
func (v Value) trim() Value {
	for len(v) > 0 && v[len(v)-1] == "" {
		v = v[:len(v)-1]
	}
	if len(v) == 0 {
		return nil
	}
	return v
}

// Fields is an immutable set of known field values under a schema. The zero Fields knows nothing. Copies share their
// memory: one string holds all values, which keeps an address book of 100,000 people small.
type Fields struct {
	schema *Schema
	// blob holds, in schema order and only for known fields: field index, bytes that follow, number of entries, and
	// each entry as its length and bytes; numbers are uvarints.
	blob string
}

// Schema is the schema the fields were made under; nil for the zero Fields.
func (f Fields) Schema() *Schema { return f.schema }

// Get returns the value of the named field, and whether it is known. A known field with an empty value is cleared.
func (f Fields) Get(name string) (Value, bool) {
	i, ok := f.index(name)
	if !ok {
		return nil, false
	}
	return f.At(i)
}

// At is Get by the field's place among [Schema.Fields], for reading many.
func (f Fields) At(place int) (Value, bool) {
	payload, known := f.payload(place)
	if !known {
		return nil, false
	}
	return decodeValue(payload), true
}

// Known reports whether the named field is known.
func (f Fields) Known(name string) bool {
	i, ok := f.index(name)
	if !ok {
		return false
	}
	_, known := f.payload(i)
	return known
}

// Text is the first entry of the named field, empty when the field is cleared or not known.
func (f Fields) Text(name string) string {
	v, _ := f.Get(name)
	return v.Text()
}

// Len is the number of known fields.
func (f Fields) Len() int {
	n := 0
	for range f.entries() {
		n++
	}
	return n
}

// All yields the known fields by name, in schema order.
func (f Fields) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i, payload := range f.entries() {
			if !yield(f.schema.fields[i].Name, decodeValue(payload)) {
				return
			}
		}
	}
}

// Equal reports whether both know the same fields by name, with the very same entries. Schemas need not be the same.
func (f Fields) Equal(g Fields) bool {
	if f.schema == g.schema {
		return f.blob == g.blob
	}
	if f.Len() != g.Len() {
		return false
	}
	for name, v := range f.All() {
		if w, known := g.Get(name); !known || !slices.Equal(v, w) {
			return false
		}
	}
	return true
}

// Covers reports whether f knows every field that g knows, by name.
func (f Fields) Covers(g Fields) bool {
	if f.schema != g.schema && g.schema != nil {
		for name := range g.All() {
			if !f.Known(name) {
				return false
			}
		}
		return true
	}
	rest := f.blob
	for i := range g.entries() {
		at, n := -1, 0
		for at < i && rest != "" {
			at, rest = uvarint(rest)
			n, rest = uvarint(rest)
			rest = rest[n:]
		}
		if at != i {
			return false
		}
	}
	return true
}

// Under returns the same values as fields under s. The error wraps [ErrUnknownField] and names a known field that s
// lacks. It costs nothing where they are under s already.
func (f Fields) Under(s *Schema) (Fields, error) {
	if f.schema == s {
		return f, nil
	}
	b := s.Build()
	for name, v := range f.All() {
		b.Set(name, v...)
	}
	if b.err != nil {
		return Fields{}, b.err
	}
	return b.Fields(), nil
}

// With returns f overlaid with the fields known in over. Both must be under one schema, or one of them zero: what is
// known only to the schema of over is left out (see [Fields.Under]).
func (f Fields) With(over Fields) Fields {
	if over.blob == "" {
		return f
	}
	if f.blob == "" {
		return over
	}
	if f.schema != over.schema {
		b := f.schema.Build()
		for name, v := range f.All() {
			b.Set(name, v...)
		}
		for name, v := range over.All() {
			b.Set(name, v...)
		}
		return b.Fields()
	}
	if over.Covers(f) {
		return over
	}
	buf := make([]byte, 0, len(f.blob)+len(over.blob))
	rest := over.blob
	for i, payload := range f.entries() {
		for rest != "" {
			j, later := uvarint(rest)
			if j > i {
				break
			}
			n, tail := uvarint(later)
			buf = appendPayload(buf, j, tail[:n])
			rest = tail[n:]
			if j == i {
				payload = ""
			}
		}
		if payload != "" { // even an empty value has a count
			buf = appendPayload(buf, i, payload)
		}
	}
	return Fields{schema: f.schema, blob: string(append(buf, rest...))}
}

// Only returns f without the fields that keep refuses.
func (f Fields) Only(keep func(name string) bool) Fields {
	if f.schema == nil {
		return f
	}
	buf := make([]byte, 0, len(f.blob))
	for i, payload := range f.entries() {
		if keep(f.schema.fields[i].Name) {
			buf = appendPayload(buf, i, payload)
		}
	}
	return Fields{schema: f.schema, blob: string(buf)}
}

// String names the known fields without their values, which may be personal data.
func (f Fields) String() string {
	var names []string
	for name := range f.All() {
		names = append(names, name)
	}
	return "{" + strings.Join(names, " ") + "}"
}

func (f Fields) index(name string) (int, bool) {
	if f.schema == nil {
		return 0, false
	}
	i, ok := f.schema.byName[name]
	return i, ok
}

func (f Fields) payload(want int) (string, bool) {
	for rest := f.blob; rest != ""; {
		var i, n int
		i, rest = uvarint(rest)
		n, rest = uvarint(rest)
		if i >= want {
			return rest[:n], i == want
		}
		rest = rest[n:]
	}
	return "", false
}

func (f Fields) entries() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for rest := f.blob; rest != ""; {
			var i, n int
			i, rest = uvarint(rest)
			n, rest = uvarint(rest)
			if !yield(i, rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

func appendPayload(buf []byte, i int, payload string) []byte {
	buf = binary.AppendUvarint(buf, uint64(i))
	buf = binary.AppendUvarint(buf, uint64(len(payload)))
	return append(buf, payload...)
}

func decodeValue(payload string) Value {
	n, rest := uvarint(payload)
	if n == 0 {
		return nil
	}
	v := make(Value, n)
	for i := range v {
		var size int
		size, rest = uvarint(rest)
		v[i], rest = rest[:size], rest[size:]
	}
	return v
}

// uvarint is binary.Uvarint over a string, without copying it.
func uvarint(s string) (int, string) {
	var x, shift uint
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b < 0x80 {
			return int(x | uint(b)<<shift), s[i+1:]
		}
		x |= uint(b&0x7f) << shift
		shift += 7
	}
	return int(x), ""
}
