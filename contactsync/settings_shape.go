package contactsync

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	"github.com/seed-42871e99/crmsync/mapping"
)

// shape is the JSON form of a part of the settings: an object with members, one whose members people name, or a value that is
// taken as a whole. It is made from the Go types, so that it cannot differ from what is read; the defaults are the schema's.
type shape struct {
	typ     reflect.Type
	names   []string // of the members, in the order of the type
	members map[string]*shape
	entry   *shape // of an object whose members people name: what each is
	rules   bool   // the mapping: entries by their id, a list in JSON
	list    bool   // a value: a list of entries
	// fallback is the default, as JSON; nil where it is the zero value of the type.
	fallback json.RawMessage
	// fallbacks are the members of the default, of an object that has one as a whole.
	fallbacks map[string]*node
}

// settingsShape is the shape of Settings.
var settingsShape = sync.OnceValue(func() *shape {
	var root schemaNode
	if err := json.Unmarshal(settingsSchema, &root); err != nil {
		panic("contactsync: settings.schema.json: " + err.Error()) // it is part of the package, and tested
	}
	return shapeOf(reflect.TypeFor[Settings](), root, root.Defs)
})

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func shapeOf(t reflect.Type, said schemaNode, defs map[string]schemaNode) *shape {
	said = said.follow(defs)
	s := &shape{typ: t, fallback: said.Default}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	inner := func(t reflect.Type) *shape {
		var item schemaNode
		if said.Items != nil {
			item = *said.Items
		}
		return shapeOf(t, item, defs)
	}
	switch {
	case t == reflect.TypeFor[[]mapping.Rule]():
		s.rules = true
		s.entry = objectOf(t.Elem(), inner(t.Elem()), said.Items.follow(defs), defs)
	case reflect.PointerTo(t).Implements(unmarshaler):
	case t.Kind() == reflect.Struct:
		objectOf(t, s, said, defs)
	case t.Kind() == reflect.Map:
		s.entry = inner(t.Elem())
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		s.list, s.entry = true, inner(t.Elem())
	}
	return s
}

// objectOf gives the shape the members of the struct.
func objectOf(t reflect.Type, s *shape, said schemaNode, defs map[string]schemaNode) *shape {
	s.members = map[string]*shape{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		m := shapeOf(f.Type, said.Properties[name], defs)
		if t == reflect.TypeFor[mapping.Rule]() && m.members != nil {
			m.members, m.names = nil, nil // a lens is one value: its parameters belong to its kind
		}
		s.names = append(s.names, name)
		s.members[name] = m
	}
	var members map[string]json.RawMessage
	if len(s.fallback) > 0 && json.Unmarshal(s.fallback, &members) == nil && len(members) > 0 {
		s.fallbacks = map[string]*node{}
		for name, value := range members {
			s.fallbacks[name] = &node{value: value}
		}
	}
	return s
}
