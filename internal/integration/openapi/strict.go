package openapi

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// seal makes every object that names members refuse others. Inheritance (allOf) is written out for that, as a parent
// would refuse the members of its children. Objects without any named member stay free-form.
func seal(doc *openapi3.T) {
	done := map[*openapi3.Schema]bool{}
	for _, s := range doc.Components.Schemas {
		sealSchema(s, done)
	}
	for _, op := range operations(doc) {
		for _, content := range contents(op) {
			sealSchema(content.Schema, done)
		}
	}
}

func sealSchema(ref *openapi3.SchemaRef, done map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || done[ref.Value] {
		return
	}
	s := ref.Value
	done[s] = true
	members := maps.Clone(s.Properties)
	if members == nil {
		members = openapi3.Schemas{}
	}
	for _, parent := range s.AllOf {
		sealSchema(parent, done)
		maps.Copy(members, parent.Value.Properties)
		s.Required = append(s.Required, parent.Value.Required...)
	}
	s.AllOf = nil
	for _, part := range slices.Concat(s.AnyOf, s.OneOf) {
		sealSchema(part, done)
	}
	sealSchema(s.Items, done)
	for _, member := range members {
		sealSchema(member, done)
	}
	if len(members) == 0 {
		return
	}
	s.Type, s.Properties = &openapi3.Types{openapi3.TypeObject}, members
	s.AdditionalProperties = openapi3.AdditionalProperties{Has: new(bool)}
}

// demandOneLink makes a page of a delta have exactly one of nextLink and deltaLink, as delta-query-overview has it; the
// description leaves both optional.
func demandOneLink(doc *openapi3.T) {
	for _, op := range operations(doc) {
		if !isDelta(op) {
			continue
		}
		page := answerOf(op, 200)
		page.Required = []string{"value"}
		for _, link := range []string{"@odata.nextLink", "@odata.deltaLink"} {
			page.OneOf = append(page.OneOf, (&openapi3.Schema{Required: []string{link}}).NewRef())
		}
	}
}

// narrowOptions says which names $select and $expand take: those of the members of what is answered. The description
// had them once; they are lost in subsets of it.
func narrowOptions(doc *openapi3.T) {
	for _, op := range operations(doc) {
		row := rowOf(op)
		if row == nil {
			continue
		}
		var names []string
		for name := range row.Properties {
			if !strings.Contains(name, "@") {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		if p := op.Parameters.GetByInAndName(openapi3.ParameterInQuery, "$select"); p != nil {
			items := openapi3.NewStringSchema()
			for _, name := range names {
				items.Enum = append(items.Enum, name)
			}
			p.Schema = openapi3.NewArraySchema().WithItems(items).NewRef()
		}
		if p := op.Parameters.GetByInAndName(openapi3.ParameterInQuery, "$expand"); p != nil {
			items := openapi3.NewStringSchema().WithPattern(`^(` + strings.Join(names, "|") + `)(\(\$.+\))?$`)
			p.Schema = openapi3.NewArraySchema().WithItems(items).NewRef()
		}
	}
}

// operations are the operations of the description by method and path, such as "GET /me/contacts".
func operations(doc *openapi3.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			all[method+" "+path] = op
		}
	}
	return all
}

// contents are the bodies that an operation takes and answers.
func contents(op *openapi3.Operation) []*openapi3.MediaType {
	var all []*openapi3.MediaType
	if op.RequestBody != nil {
		all = slices.AppendSeq(all, maps.Values(op.RequestBody.Value.Content))
	}
	for _, r := range op.Responses.Map() {
		all = slices.AppendSeq(all, maps.Values(r.Value.Content))
	}
	return all
}

// answerOf is what an operation answers with a status; nil if nothing is said of it.
func answerOf(op *openapi3.Operation, status int) *openapi3.Schema {
	r := op.Responses.Status(status)
	if r == nil {
		return nil
	}
	content := r.Value.Content.Get("application/json")
	if content == nil || content.Schema == nil {
		return nil
	}
	return content.Schema.Value
}

// rowOf is the object that an operation reads: the answer itself, or a row of the collection that it answers.
func rowOf(op *openapi3.Operation) *openapi3.Schema {
	s := answerOf(op, 200)
	if s == nil {
		return nil
	}
	if value := s.Properties["value"]; value != nil && value.Value.Items != nil {
		return value.Value.Items.Value
	}
	return s
}
