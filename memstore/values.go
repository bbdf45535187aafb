package memstore

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// shape is a schema, and what a record without values looks like under it: a side that has a field knows that it is empty.
type shape struct {
	*record.Schema
	blank record.Fields // every field, cleared
	// person is the schema for a person at the CRM or in Outlook, who may set what is read-only for a sync.
	person *record.Schema
}

type shapes map[record.Kind]*shape

func shapesOf(schemas []*record.Schema) shapes {
	s := make(shapes, len(schemas))
	for _, schema := range schemas {
		b := schema.Build()
		fields := slices.Clone(schema.Fields())
		for i, d := range fields {
			b.Set(d.Name)
			fields[i].ReadOnly = false
		}
		person, _ := record.NewSchema(schema.Kind(), fields...) // of the fields of a schema it never fails
		s[schema.Kind()] = &shape{schema, b.Fields(), person}
	}
	return s
}

// of finds the shape that values were made for.
func (s shapes) of(f record.Fields) (*shape, error) {
	if schema := f.Schema(); schema != nil {
		if sh := s[schema.Kind()]; sh != nil && sh.Schema == schema {
			return sh, nil
		}
	}
	return nil, &contactsync.InvalidError{Reason: "the values are not under a schema of this side"}
}

// complete is f with every other field cleared.
func (s *shape) complete(f record.Fields) record.Fields { return s.blank.With(f) }

// check reports why the values may not be written: nil, or a [*contactsync.InvalidError].
func (s *shape) check(f record.Fields, person bool) error {
	if f.Schema() != nil && f.Schema() != s.Schema {
		return &contactsync.InvalidError{Reason: fmt.Sprintf("the values are not under the schema of the %s records kept here", s.Kind())}
	}
	schema := s.Schema
	if person {
		schema = s.person
	}
	var fault *record.ValueError
	if errors.As(schema.Check(f), &fault) {
		return &contactsync.InvalidError{Field: fault.Field, Reason: fault.Detail()}
	}
	return nil
}

// sameFields reports whether two sets of values under one schema are the same, entry by entry.
func sameFields(a, b record.Fields) bool {
	if a.Len() != b.Len() {
		return false
	}
	for name, v := range a.All() {
		w, known := b.Get(name)
		if !known || !slices.Equal(v, w) {
			return false
		}
	}
	return true
}

func noKind(kind record.Kind) error {
	return &contactsync.InvalidError{Field: "kind", Reason: fmt.Sprintf("no schema for %q records", kind)}
}
