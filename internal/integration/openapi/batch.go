package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const batchPath = "/$batch"

// maxParts is how many requests a batch may hold.
const maxParts = 20

// addBatch describes POST /$batch, as the page json-batching does in words. The parts themselves are checked one by one.
func addBatch(doc *openapi3.T) int {
	refusal := doc.Components.Responses[errorAnswers]
	if refusal == nil {
		return 0
	}
	text := openapi3.NewStringSchema
	list := func(of *openapi3.Schema) *openapi3.Schema { return openapi3.NewArraySchema().WithItems(of) }
	headers := openapi3.NewObjectSchema().WithAdditionalProperties(text())
	body := &openapi3.Schema{Nullable: true} // anything

	part := closed([]string{"id", "method", "url"}, map[string]*openapi3.Schema{
		"id": text().WithMinLength(1), "headers": headers, "body": body, "dependsOn": list(text()),
		"method": text().WithEnum("GET", "POST", "PATCH", "PUT", "DELETE"),
		"url":    text().WithMinLength(1),
	})
	answer := closed([]string{"id", "status"}, map[string]*openapi3.Schema{
		"id": text().WithMinLength(1), "headers": headers, "body": body,
		"status": openapi3.NewIntegerSchema().WithMin(200).WithMax(599),
	})
	answers := closed([]string{"responses"}, map[string]*openapi3.Schema{"responses": list(answer)})
	requests := closed([]string{"requests"}, map[string]*openapi3.Schema{
		"requests": list(part).WithMinItems(1).WithMaxItems(maxParts),
	})

	op := openapi3.NewOperation()
	op.RequestBody = &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithRequired(true).WithJSONSchema(requests)}
	op.Responses = openapi3.NewResponses(
		openapi3.WithStatus(http.StatusOK, &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("").WithJSONSchema(answers)}),
		openapi3.WithName("default", refusal.Value),
	)
	doc.AddOperation(batchPath, http.MethodPost, op)
	return 1
}

func closed(required []string, members map[string]*openapi3.Schema) *openapi3.Schema {
	s := openapi3.NewObjectSchema().WithProperties(members)
	s.Required, s.AdditionalProperties.Has = required, new(bool)
	return s
}

type batchRequest struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

type batchAnswer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// parts takes a batch apart, each part with its answer. Parts of a batch that as a whole was not answered 200 have none:
// their Status is 0.
func parts(x Exchange) (parts []Exchange, mistakes []error) {
	var asked struct{ Requests []batchRequest }
	var answered struct{ Responses []batchAnswer }
	if err := json.Unmarshal(x.Body, &asked); err != nil {
		return nil, []error{fmt.Errorf("request: %w", err)}
	}
	if x.Status == http.StatusOK {
		if err := json.Unmarshal(x.Answer, &answered); err != nil {
			return nil, []error{fmt.Errorf("answer: %w", err)}
		}
	}
	answers := map[string]batchAnswer{}
	for _, a := range answered.Responses {
		if _, twice := answers[a.ID]; twice {
			mistakes = append(mistakes, fmt.Errorf("part %s is answered twice", a.ID))
		}
		answers[a.ID] = a
	}
	seen := map[string]bool{}
	for _, r := range asked.Requests {
		p := Exchange{Method: r.Method, Target: versionRoot + "/" + strings.TrimPrefix(r.URL, "/"), Header: header(r.Headers), Body: content(r.Body), part: r.ID}
		if id := strings.ToLower(r.ID); seen[id] {
			mistakes = append(mistakes, fmt.Errorf("two parts have the id %s", r.ID))
		} else {
			seen[id] = true
		}
		if x.Status == http.StatusOK {
			a, ok := answers[r.ID]
			if !ok {
				mistakes = append(mistakes, fmt.Errorf("part %s is not answered", r.ID))
				continue
			}
			delete(answers, r.ID)
			p.Status, p.AnswerHeader, p.Answer = a.Status, header(a.Headers), content(a.Body)
		}
		parts = append(parts, p)
	}
	for id := range answers {
		mistakes = append(mistakes, fmt.Errorf("the answer names a part %s that was not sent", id))
	}
	if len(asked.Requests) == 0 {
		mistakes = append(mistakes, errors.New("the batch is empty"))
	}
	return parts, mistakes
}

func header(of map[string]string) http.Header {
	h := http.Header{}
	for name, value := range of {
		h.Set(name, value)
	}
	return h
}

// content is the body of a part; null is none.
func content(raw json.RawMessage) []byte {
	if string(raw) == "null" {
		return nil
	}
	return raw
}
