package openapi

import (
	"maps"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// Exception is a point in which Graph is known to say or take more than its description has.
type Exception struct {
	Name   string
	Reason string
	Source string                         // who says so: a page below learn.microsoft.com/graph, or a program that runs against Graph
	amend  func(*openapi3.T) (places int) // nil: the description cannot say it
}

// Exceptions are all points in which traffic may differ from the description. Each amends the description just where it
// holds, so that the rest of a message is checked as ever.
var Exceptions = []Exception{
	{
		Name:   "batch",
		Reason: "$batch is an endpoint of Graph that no OpenAPI description of it has",
		Source: "json-batching",
		amend:  addBatch,
	},
	{
		Name:   "annotations",
		Reason: "answers carry OData annotations, and Microsoft's client sends @odata.type; the description names only the links",
		Source: "OData JSON Format 4.01, section 4.5; the samples of api/user-post-contacts and api/event-get",
		amend:  addAnnotations,
	},
	{
		Name:   "removals",
		Reason: "a row of a delta may be a removal: @removed with a reason, beside the id",
		Source: "delta-query-overview",
		amend:  addRemovals,
	},
	{
		Name:   "skip tokens",
		Reason: "the nextLink of a collection is opaque, and carries a $skiptoken",
		Source: "paging; api/contact-delta",
		amend:  func(doc *openapi3.T) int { return addOption(doc, "$skiptoken", isPageable) },
	},
	{
		Name:   "delta tokens",
		Reason: "the deltaLink of a delta is opaque, and carries a $deltatoken",
		Source: "delta-query-overview; api/contact-delta",
		amend:  func(doc *openapi3.T) int { return addOption(doc, "$deltatoken", isDelta) },
	},
	{
		Name:   "empty refusals",
		Reason: "a gateway may answer 503 or 504 without any body, also for a part of a batch; see emptyRefusal",
		Source: "the client of alcionai/corso, graph/errors.go",
	},
	{
		Name:   "inner errors",
		Reason: "the inner error is spelled innerError as well as innererror",
		Source: "errors; json-batching",
		amend:  addInnerError,
	},
}

// Components that the description must have under these names.
const (
	errorSchema  = "microsoft.graph.ODataErrors.MainError"
	errorAnswers = "error"
)

// emptyRefusal reports whether an answer is one that may come without a body where a body is described.
func emptyRefusal(status int, body []byte) bool {
	return len(body) == 0 && (status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout)
}

func addAnnotations(doc *openapi3.T) int {
	places := 0
	for name, ref := range doc.Components.Schemas {
		if ref.Value.Properties["id"] == nil { // not an entity
			continue
		}
		places++
		annotate(ref.Value, "@odata.type", openapi3.NewStringSchema().WithEnum("#"+name))
		annotate(ref.Value, "@odata.context", openapi3.NewStringSchema())
		annotate(ref.Value, "@odata.etag", openapi3.NewStringSchema().WithPattern(`^W/".+"$`))
	}
	for _, op := range operations(doc) {
		if isPageable(op) {
			annotate(answerOf(op, 200), "@odata.context", openapi3.NewStringSchema())
			annotate(answerOf(op, 200), "@odata.count", openapi3.NewIntegerSchema())
		}
	}
	return places
}

func annotate(s *openapi3.Schema, name string, as *openapi3.Schema) { s.Properties[name] = as.NewRef() }

func addRemovals(doc *openapi3.T) int {
	places := 0
	for _, op := range operations(doc) {
		if !isDelta(op) {
			continue
		}
		places++
		row := *rowOf(op) // a copy: elsewhere nothing is removed
		row.Properties = maps.Clone(row.Properties)
		row.Required = []string{"id"}
		removed := openapi3.NewObjectSchema().WithProperty("reason", openapi3.NewStringSchema().WithEnum("changed", "deleted"))
		removed.Required = []string{"reason"}
		removed.AdditionalProperties.Has = new(bool)
		annotate(&row, "@removed", removed)
		value := *answerOf(op, 200).Properties["value"].Value
		value.Items = row.NewRef()
		answerOf(op, 200).Properties["value"] = value.NewRef()
	}
	return places
}

func addOption(doc *openapi3.T, name string, takes func(*openapi3.Operation) bool) int {
	places := 0
	for _, op := range operations(doc) {
		if !takes(op) {
			continue
		}
		places++
		op.AddParameter(openapi3.NewQueryParameter(name).WithSchema(openapi3.NewStringSchema().WithMinLength(1)))
	}
	return places
}

func addInnerError(doc *openapi3.T) int {
	ref := doc.Components.Schemas[errorSchema]
	if ref == nil || ref.Value.Properties["innererror"] == nil {
		return 0
	}
	ref.Value.Properties["innerError"] = ref.Value.Properties["innererror"]
	return 1
}

// isPageable reports whether an operation answers a collection page by page.
func isPageable(op *openapi3.Operation) bool {
	_, marked := op.Extensions["x-ms-pageable"]
	return marked && answerOf(op, 200) != nil
}

// isDelta reports whether an operation answers what changed.
func isDelta(op *openapi3.Operation) bool {
	return isPageable(op) && answerOf(op, 200).Properties["@odata.deltaLink"] != nil
}
