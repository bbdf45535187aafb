package openapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

const versionRoot = "/v1.0"

// Exchange is a request and its answer, with uncompressed bodies.
type Exchange struct {
	Method string
	Target string // path with the version, and query, such as "/v1.0/me/contacts?$top=5"
	Header http.Header
	Body   []byte // nil for none

	Status       int // 0: no answer; then only the request is checked
	AnswerHeader http.Header
	Answer       []byte // nil for none

	part string // id of the part of a batch that it is
}

// Mismatch is one way in which an exchange does not fit the description.
type Mismatch struct {
	Operation string // such as "GET /me/contacts/{contact-id}", or method and path where there is none
	Part      string // id of the part of a batch; empty for a request of its own
	Err       error
}

func (m *Mismatch) Error() string {
	if m.Part != "" {
		return fmt.Sprintf("%s (part %s of a batch): %v", m.Operation, m.Part, m.Err)
	}
	return m.Operation + ": " + m.Err.Error()
}

func (m *Mismatch) Unwrap() error { return m.Err }

// Check compares an exchange with the description, and each part of a batch on its own. It returns all that does not
// fit, and how many exchanges it looked at: 1, and one for each part.
func (d *Description) Check(x Exchange) (mismatches []error, looked int) {
	operation, mistakes := d.check(x)
	var singly []Exchange
	if operation == http.MethodPost+" "+batchPath {
		var wrong []error
		singly, wrong = parts(x)
		mistakes = append(mistakes, wrong...)
	}
	for _, err := range mistakes {
		mismatches = append(mismatches, &Mismatch{Operation: operation, Part: x.part, Err: err})
	}
	looked = 1
	for _, p := range singly {
		operation, mistakes := d.check(p)
		if operation == http.MethodPost+" "+batchPath {
			mistakes = append(mistakes, errors.New("a batch inside a batch"))
		}
		for _, err := range mistakes {
			mismatches = append(mismatches, &Mismatch{Operation: operation, Part: p.part, Err: err})
		}
		looked++
	}
	return mismatches, looked
}

// plainParentheses undoes an escaping that means nothing: Microsoft's client calls delta() as delta%28%29.
var plainParentheses = strings.NewReplacer("%28", "(", "%29", ")")

func (d *Description) check(x Exchange) (operation string, mistakes []error) {
	path, query, _ := strings.Cut(x.Target, "?")
	path = plainParentheses.Replace(path)
	operation = x.Method + " " + strings.TrimPrefix(path, versionRoot)
	r, err := http.NewRequest(x.Method, path+"?"+query, bytes.NewReader(x.Body))
	if err != nil {
		return operation, []error{fmt.Errorf("request: %w", err)}
	}
	if x.Header != nil {
		r.Header = x.Header
	}
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		return operation, []error{fmt.Errorf("the description does not have this request: %w", err)}
	}
	operation = x.Method + " " + route.Path
	options := &openapi3filter.Options{
		MultiError: true, IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true,
	}
	options.WithCustomSchemaErrorFunc(inShort)
	request := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	mistakes = unknownOptions(r, route)
	if err := openapi3filter.ValidateRequest(context.Background(), request); err != nil {
		mistakes = append(mistakes, fmt.Errorf("request: %w", err))
	}
	if x.Status != 0 {
		if err := checkAnswer(request, x); err != nil {
			mistakes = append(mistakes, fmt.Errorf("answer %d: %w", x.Status, err))
		}
	}
	return operation, mistakes
}

func checkAnswer(request *openapi3filter.RequestValidationInput, x Exchange) error {
	if emptyRefusal(x.Status, x.Answer) {
		return nil
	}
	if x.Status == http.StatusNoContent && len(x.Answer) > 0 {
		return errors.New("it has a body")
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: x.Status, Header: x.AnswerHeader,
		Body: io.NopCloser(bytes.NewReader(x.Answer)), Options: request.Options,
	})
}

// inShort says where a value does not fit and why, without the schema and the value.
func inShort(err *openapi3.SchemaError) string {
	reason := err.Reason
	if err.SchemaField == "enum" {
		reason = "value is not one of those described" // the list of a $select is long
	}
	return "/" + strings.Join(err.JSONPointer(), "/") + ": " + reason
}

// unknownOptions finds query options that the description does not give the operation; the validator lets them pass.
func unknownOptions(r *http.Request, route *routers.Route) (mistakes []error) {
	for name, values := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			mistakes = append(mistakes, fmt.Errorf("request: the query option %q is not described", name))
		} else if len(values) > 1 {
			mistakes = append(mistakes, fmt.Errorf("request: the query option %q is there twice", name))
		}
	}
	return mistakes
}
