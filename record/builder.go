package record

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Builder collects field values; [Builder.Fields] freezes them. A Builder is for one goroutine.
type Builder struct {
	schema *Schema
	fields []built // in schema order
	err    error
}

type built struct {
	index int
	value Value
}

// Build starts a set of fields under the schema.
func (s *Schema) Build() *Builder { return &Builder{schema: s, fields: make([]built, 0, 12)} }

// Set makes the named field known with these entries; none, or only empty ones, clears it. A name the schema lacks is
// remembered as an error for [Builder.Err].
func (b *Builder) Set(name string, entries ...string) *Builder {
	i, ok := b.schema.byName[name]
	if !ok {
		if b.err == nil {
			b.err = fmt.Errorf("record: %w: %q", ErrUnknownField, name)
		}
		return b
	}
	at := len(b.fields)
	for at > 0 && b.fields[at-1].index >= i {
		at--
	}
	value := Value(entries).trim()
	if at < len(b.fields) && b.fields[at].index == i {
		b.fields[at].value = value
		return b
	}
	b.fields = slices.Insert(b.fields, at, built{i, value})
	return b
}

// Err is the first error of the calls so far.
func (b *Builder) Err() error { return b.err }

// Fields freezes what was set. The builder may go on to be used; later sets do not change fields already returned.
func (b *Builder) Fields() Fields {
	if len(b.fields) == 0 {
		return Fields{schema: b.schema}
	}
	size := 0
	for _, f := range b.fields {
		size += 2*binary.MaxVarintLen16 + valueSize(f.value)
	}
	buf := make([]byte, 0, size)
	for _, f := range b.fields {
		buf = binary.AppendUvarint(buf, uint64(f.index))
		buf = binary.AppendUvarint(buf, uint64(valueSize(f.value)))
		buf = binary.AppendUvarint(buf, uint64(len(f.value)))
		for _, s := range f.value {
			buf = binary.AppendUvarint(buf, uint64(len(s)))
			buf = append(buf, s...)
		}
	}
	return Fields{schema: b.schema, blob: string(buf)}
}

func valueSize(v Value) int {
	n := uvarintSize(len(v))
	for _, s := range v {
		n += uvarintSize(len(s)) + len(s)
	}
	return n
}

func uvarintSize(x int) int {
	n := 1
	for x >= 0x80 {
		x >>= 7
		n++
	}
	return n
}

// Make builds fields from a map: a nil or empty Value clears, an absent name stays not known. The error wraps
// [ErrUnknownField] and names the field.
func (s *Schema) Make(values map[string]Value) (Fields, error) {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	b := s.Build()
	for _, name := range names {
		b.Set(name, values[name]...)
	}
	if b.err != nil {
		return Fields{}, b.err
	}
	return b.Fields(), nil
}
