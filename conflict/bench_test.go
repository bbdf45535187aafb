package conflict_test

import (
	"fmt"
	"testing"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// benchMerger has twelve rules of one text field each.
func benchMerger(b *testing.B) (*conflict.Merger, *record.Schema) {
	var fields []record.Field
	var rules []mapping.Rule
	for i := range 12 {
		name := fmt.Sprintf("field%02d", i)
		fields = append(fields, record.Field{Name: name})
		rules = append(rules, mapping.Rule{ID: name, CRM: []string{name}, Outlook: []string{name}})
	}
	schema := mustSchema(fields)
	m, err := mapping.Compile(rules, schema, schema, locale)
	if err != nil {
		b.Fatal(err)
	}
	return &conflict.Merger{Map: m, Hash: hash, Options: conflict.Options{Allow: twoWay}}, schema
}

func benchFields(schema *record.Schema, edit int) record.Fields {
	build := schema.Build()
	for i, f := range schema.Fields() {
		text := fmt.Sprintf("the value of field %d", i)
		if i == edit {
			text += ", edited"
		}
		build.Set(f.Name, text)
	}
	return build.Fields()
}

func benchCleared(schema *record.Schema) record.Fields {
	build := schema.Build()
	for _, f := range schema.Fields() {
		build.Set(f.Name)
	}
	return build.Fields()
}

// BenchmarkMerge is the time for one pair under twelve rules.
func BenchmarkMerge(b *testing.B) {
	m, schema := benchMerger(b)
	same, edited := benchFields(schema, -1), benchFields(schema, 5)
	base := m.Look(nil, [2]record.Fields{same, same})
	empty := benchCleared(schema)
	half := same.With(empty.Only(func(name string) bool { return name > "field05" }))
	for name, p := range map[string]conflict.Pair{
		"made":         {Fields: [2]record.Fields{half, empty}, Created: [2]bool{record.Outlook: true}},
		"filled":       {Fields: [2]record.Fields{same, half}},
		"unchanged":    {Base: base, Fields: [2]record.Fields{same, same}},
		"one edit":     {Base: base, Fields: [2]record.Fields{edited, same}},
		"one side":     {Base: base, Fields: [2]record.Fields{edited, {}}},
		"firstMeeting": {Fields: [2]record.Fields{same, same}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Merge(p)
			}
		})
	}
}
