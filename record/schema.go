package record

import (
	"errors"
	"fmt"
)

// ErrUnknownField is wrapped by errors about a field that the schema does not have.
var ErrUnknownField = errors.New("unknown field")

// Shape says how many entries a field holds and whether their order means something.
type Shape uint8

const (
	One  Shape = iota // at most one entry
	List              // several entries; order counts
	Set               // several entries; order and repetition do not count
)

// Type says what an entry is; it decides when two values are equal (see [Field.Equal]).
type Type uint8

const (
	Text      Type = iota // compared by NFC and line ends
	Name                  // as Text, with inner and outer white space folded
	Email                 // compared by folded address; an entry may be written "Name <address>", the name is not compared
	Phone                 // compared by E.164 in the connection's region, where the number is valid
	Date                  // 2006-01-02
	Time                  // RFC 3339; compared as an instant
	URL                   // compared without case of scheme and host
	Bool                  // true or false; empty equals false
	Reference             // the id of another record; compared exactly
)

// Field describes one field of a schema.
type Field struct {
	Name  string
	Label string // for people; empty: the name
	Shape Shape
	Type  Type
	// MaxLen is the greatest length of an entry in Unicode characters; 0: no known limit.
	MaxLen int
	// MaxCount is the greatest number of entries; 0: no known limit. A field of shape One has 1.
	MaxCount int
	// ReadOnly fields are never written.
	ReadOnly bool
	// NoMatch keeps an email, phone or name field from identifying the person: a fax, an assistant's number, a spouse.
	NoMatch bool
	// NameOf is, of a text or name field that holds the name of another record, such as a contact's company, the field of type
	// Reference that says which record it is; empty: the text is the record's own. It is written by looking the name up and
	// setting the reference, so that the other record is never renamed.
	NameOf string
}

// Schema is the ordered list of the fields a side has for one kind of record. It is immutable and must be kept alive
// and shared: fields made under two schemas do not mix.
type Schema struct {
	kind   Kind
	fields []Field
	byName map[string]int
}

// NewSchema makes a schema. Names must be unique and not empty, limits not negative; the error names the field at fault.
func NewSchema(kind Kind, fields ...Field) (*Schema, error) {
	s := &Schema{kind: kind, fields: make([]Field, len(fields)), byName: make(map[string]int, len(fields))}
	for i, f := range fields {
		if f.Name == "" {
			return nil, fmt.Errorf("record: schema %s: field %d has no name", kind, i)
		}
		if _, dup := s.byName[f.Name]; dup {
			return nil, fmt.Errorf("record: schema %s: field %q is there twice", kind, f.Name)
		}
		if f.MaxLen < 0 || f.MaxCount < 0 {
			return nil, fmt.Errorf("record: schema %s: field %q has a negative limit", kind, f.Name)
		}
		if f.Shape == One {
			f.MaxCount = 1
		}
		if f.Label == "" {
			f.Label = f.Name
		}
		s.fields[i], s.byName[f.Name] = f, i
	}
	for _, f := range s.fields {
		if err := s.checkNameOf(f); err != nil {
			return nil, fmt.Errorf("record: schema %s: field %q: %w", kind, f.Name, err)
		}
	}
	return s, nil
}

func (s *Schema) checkNameOf(f Field) error {
	if f.NameOf == "" {
		return nil
	}
	ref, ok := s.Field(f.NameOf)
	switch {
	case !ok:
		return fmt.Errorf("it is the name of %q, which is no field", f.NameOf)
	case ref.Type != Reference || ref.Shape != One:
		return fmt.Errorf("it is the name of %q, which is no single reference", f.NameOf)
	case f.Type != Text && f.Type != Name || f.Shape != One:
		return fmt.Errorf("the name of another record is a single text")
	}
	return nil
}

// Kind is the kind of record the schema describes.
func (s *Schema) Kind() Kind { return s.kind }

// Fields returns the fields in order. The slice must not be changed.
func (s *Schema) Fields() []Field { return s.fields }

// Field returns the named field, and whether the schema has it.
func (s *Schema) Field(name string) (Field, bool) {
	if s == nil {
		return Field{}, false
	}
	i, ok := s.byName[name]
	if !ok {
		return Field{}, false
	}
	return s.fields[i], true
}

// Place is where the named field stands among Fields, and whether the schema has it.
func (s *Schema) Place(name string) (int, bool) {
	i, ok := s.byName[name]
	return i, ok
}

// Names returns the names of the fields, in order.
func (s *Schema) Names() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.Name
	}
	return names
}

// Diff returns the names of the fields known in both a and b whose values are not equal by their types, in the order
// of the schema.
func (s *Schema) Diff(a, b Fields, loc Locale) []string {
	var names []string
	for _, f := range s.fields {
		v, known := a.Get(f.Name)
		w, knownToo := b.Get(f.Name)
		if known && knownToo && !f.Equal(v, w, loc) {
			names = append(names, f.Name)
		}
	}
	return names
}
