package openapi

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// eachDescription runs a test on a small description of our own, and on Microsoft's where there is one.
func eachDescription(t *testing.T, test func(t *testing.T, file string)) {
	t.Run("small", func(t *testing.T) { test(t, "testdata/small.yaml") })
	switch _, err := FromEnv(); {
	case errors.Is(err, ErrLeftOut):
		t.Log(err)
	default:
		require.NoError(t, err)
		t.Run("Microsoft's", func(t *testing.T) { test(t, os.Getenv("OPENAPI_FILE")) })
	}
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}}

// exchange makes one from "METHOD target", a body, a status and an answer; empty texts are no bodies.
func exchange(request, body string, status int, answer string) Exchange {
	method, target, _ := strings.Cut(request, " ")
	x := Exchange{Method: method, Target: versionRoot + target, Header: jsonHeader, Status: status}
	if body != "" {
		x.Body = []byte(body)
	}
	if answer != "" {
		x.AnswerHeader, x.Answer = jsonHeader, []byte(answer)
	}
	return x
}

const (
	contact = `{"id":"1","givenName":"Ada","homeAddress":{"city":"Ely"},"emailAddresses":[{"address":"ada@example.com","name":null}]}`
	refused = `{"error":{"code":"ErrorItemNotFound","message":"It is gone."}}`
	delta   = "GET /me/contactFolders/contacts/contacts/delta()"
)

// batch makes a batch of one part.
func batch(part, answer string) Exchange {
	return exchange("POST /$batch", `{"requests":[`+part+`]}`, 200, `{"responses":[`+answer+`]}`)
}

const (
	readPart   = `{"id":"a","method":"GET","url":"/me/contacts/1"}`
	readAnswer = `{"id":"a","status":200,"headers":{"Content-Type":"application/json"},"body":` + contact + `}`
	goneAnswer = `{"id":"a","status":404,"headers":{"Content-Type":"application/json"},"body":` + refused + `}`
)

// fitting are exchanges as Graph has them. Those under the name of an exception need it.
var fitting = map[string][]Exchange{
	"": {
		exchange("GET /me/contacts?$top=5&$select=id,givenName&$filter=x", "", 200, `{"value":[`+contact+`]}`),
		exchange("GET /me/contacts/1?$expand=singleValueExtendedProperties($filter=id%20eq%20'a')", "", 200,
			`{"id":"1","singleValueExtendedProperties":[{"id":"a","value":"b"}]}`),
		exchange("POST /me/contacts", `{"givenName":"Ada","birthday":"1984-02-29T11:59:00Z"}`, 201, contact),
		exchange("PATCH /me/contacts/1", `{"givenName":null,"businessPhones":[]}`, 200, contact),
		exchange("GET /me/contacts/1", "", 200, `{"id":"1","homeAddress":null}`),
		exchange("DELETE /me/contacts/1", "", 204, ""),
		exchange("GET /me/contacts/1", "", 404, refused),
		exchange(delta, "", 200, `{"value":[`+contact+`],"@odata.deltaLink":"l"}`),
		exchange("GET /me/contactFolders/contacts/contacts/delta%28%29", "", 200, `{"value":[],"@odata.nextLink":"l"}`),
	},
	"batch": {batch(readPart, readAnswer), batch(readPart, goneAnswer)},
	"annotations": {
		exchange("POST /me/contacts", `{"@odata.type":"#microsoft.graph.contact","givenName":"Ada"}`, 201, `{"id":"1","@odata.context":"c"}`),
		exchange("GET /me/contacts", "", 200, `{"@odata.context":"c","@odata.count":1,"value":[{"id":"1","@odata.etag":"W/\"k\""}]}`),
	},
	"removals": {
		exchange(delta, "", 200, `{"value":[{"id":"1","@removed":{"reason":"deleted"}},{"id":"2","@removed":{"reason":"changed"}}],"@odata.deltaLink":"l"}`),
	},
	"skip tokens": {
		exchange("GET /me/contacts?$skiptoken=t", "", 200, `{"value":[]}`),
		exchange(delta+"?$skiptoken=t", "", 200, `{"value":[],"@odata.deltaLink":"l"}`),
	},
	"delta tokens":   {exchange(delta+"?$deltatoken=t", "", 200, `{"value":[],"@odata.deltaLink":"l"}`)},
	"empty refusals": {exchange("GET /me/contacts", "", 503, ""), batch(readPart, `{"id":"a","status":504}`)},
	"inner errors":   {exchange("GET /me/contacts", "", 404, `{"error":{"code":"c","message":"m","innerError":{"request-id":"r"}}}`)},
}

func TestCheckAcceptsWhatGraphSays(t *testing.T) {
	eachDescription(t, func(t *testing.T, file string) {
		d, err := Load(file)
		require.NoError(t, err)
		for exception, exchanges := range fitting {
			for _, x := range exchanges {
				mismatches, _ := d.Check(x)
				require.Empty(t, mismatches, "%s: %s %s", exception, x.Method, x.Target)
			}
		}
	})
}

func TestEachExceptionIsNeeded(t *testing.T) {
	eachDescription(t, func(t *testing.T, file string) {
		for i, e := range Exceptions {
			require.NotEmpty(t, e.Reason, e.Name)
			require.NotEmpty(t, e.Source, e.Name)
			require.NotEmpty(t, fitting[e.Name], e.Name)
			if e.amend == nil {
				continue
			}
			d, err := load(file, append(append([]Exception(nil), Exceptions[:i]...), Exceptions[i+1:]...))
			require.NoError(t, err)
			for _, x := range fitting[e.Name] {
				mismatches, _ := d.Check(x)
				require.NotEmpty(t, mismatches, "without the exception %q: %s %s", e.Name, x.Method, x.Target)
			}
		}
	})
}

func TestCheckRefusesWrongShapes(t *testing.T) {
	parts := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`{"id":"%d","method":"GET","url":"/me/contacts"}`, i)
		}
		return `{"requests":[` + strings.Join(list, ",") + `]}`
	}
	without := func(x Exchange, header bool) Exchange {
		if header {
			x.Header = nil
		} else {
			x.AnswerHeader = nil
		}
		return x
	}
	page := func(rows, links string) Exchange { return exchange(delta, "", 200, `{"value":[`+rows+`]`+links+`}`) }
	const link = `,"@odata.deltaLink":"l"`

	tests := []struct {
		name string
		x    Exchange
		want string // part of a mismatch
	}{
		// Requests.
		{"unknown path", exchange("GET /me/contact", "", 200, contact), "does not have this request"},
		{"unknown method", exchange("PUT /me/contacts/1", "{}", 200, contact), "does not have this request"},
		{"unknown option", exchange("GET /me/contacts?$to=5", "", 200, `{"value":[]}`), `"$to" is not described`},
		{"option twice", exchange("GET /me/contacts?$top=5&$top=6", "", 200, `{"value":[]}`), `"$top" is there twice`},
		{"option of a wrong type", exchange("GET /me/contacts?$top=all", "", 200, `{"value":[]}`), `"$top"`},
		{"unknown name in $select", exchange("GET /me/contacts?$select=id,givenname", "", 200, `{"value":[]}`), `"$select"`},
		{"unknown name in $expand", exchange("GET /me/contacts?$expand=stamps($filter=x)", "", 200, `{"value":[]}`), `"$expand"`},
		{"$expand on a delta", exchange(delta+"?$expand=singleValueExtendedProperties($filter=x)", "", 200, `{"value":[]`+link+`}`), `"$expand" is not described`},
		{"token of a page on a contact", exchange("GET /me/contacts/1?$skiptoken=t", "", 200, contact), `"$skiptoken" is not described`},
		{"token of a delta on a list", exchange("GET /me/contacts?$deltatoken=t", "", 200, `{"value":[]}`), `"$deltatoken" is not described`},
		{"empty token", exchange(delta+"?$deltatoken=", "", 200, `{"value":[]`+link+`}`), `"$deltatoken"`},
		{"no body", exchange("POST /me/contacts", "", 201, contact), "request: "},
		{"a body too many", exchange("DELETE /me/contacts/1", "{}", 204, ""), "request body not allowed"},
		{"body without its type", without(exchange("POST /me/contacts", "{}", 201, contact), true), "request: "},
		{"broken body", exchange("POST /me/contacts", `{"givenName":`, 201, contact), "request: "},
		{"number for a text", exchange("POST /me/contacts", `{"givenName":5}`, 201, contact), "/givenName"},
		{"text for a list", exchange("PATCH /me/contacts/1", `{"businessPhones":"5"}`, 200, contact), "/businessPhones"},
		{"null for a list", exchange("PATCH /me/contacts/1", `{"businessPhones":null}`, 200, contact), "/businessPhones"},
		{"unknown member", exchange("POST /me/contacts", `{"givenname":"Ada"}`, 201, contact), `"givenname" is unsupported`},
		{"unknown inner member", exchange("POST /me/contacts", `{"homeAddress":{"town":"Ely"}}`, 201, contact), "/homeAddress"},
		{"unknown inner member of a list", exchange("POST /me/contacts", `{"emailAddresses":[{"type":"work"}]}`, 201, contact), `"type" is unsupported`},
		{"birthday without a time", exchange("POST /me/contacts", `{"birthday":"1984-02-29"}`, 201, contact), "/birthday"},
		{"type of something else", exchange("POST /me/contacts", `{"@odata.type":"#microsoft.graph.event"}`, 201, contact), "/@odata.type"},
		{"a removal in a body", exchange("PATCH /me/contacts/1", `{"@removed":{"reason":"deleted"}}`, 200, contact), `"@removed" is unsupported`},
		// Answers.
		{"another success", exchange("POST /me/contacts", "{}", 200, contact), "answer 200"},
		{"success without a body", exchange("GET /me/contacts/1", "", 200, ""), "answer 200"},
		{"nothing, with a body", exchange("DELETE /me/contacts/1", "", 204, "{}"), "it has a body"},
		{"answer without its type", without(exchange("GET /me/contacts/1", "", 200, contact), false), "Content-Type"},
		{"broken answer", exchange("GET /me/contacts/1", "", 200, `{"id":"1"`), "answer 200"},
		{"control character", exchange("GET /me/contacts/1", "", 200, "{\"id\":\"\x01\"}"), "answer 200"},
		{"number for an id", exchange("GET /me/contacts/1", "", 200, `{"id":1}`), "/id"},
		{"unknown member of a row", exchange("GET /me/contacts", "", 200, `{"value":[{"id":"1","phones":[]}]}`), `"phones" is unsupported`},
		{"unknown annotation", exchange("GET /me/contacts", "", 200, `{"value":[],"@odata.next":"l"}`), `"@odata.next" is unsupported`},
		{"an object for a collection", exchange("GET /me/contacts", "", 200, `{"value":{}}`), "/value"},
		{"an etag that is none", exchange("GET /me/contacts/1", "", 200, `{"id":"1","@odata.etag":"k"}`), "/@odata.etag"},
		{"a removal in a list", exchange("GET /me/contacts", "", 200, `{"value":[{"id":"1","@removed":{"reason":"deleted"}}]}`), `"@removed" is unsupported`},
		{"a removal for another reason", page(`{"id":"1","@removed":{"reason":"moved"}}`, link), "/@removed/reason"},
		{"a removal without a reason", page(`{"id":"1","@removed":{}}`, link), `"reason" is missing`},
		{"a row without an id", page(`{"givenName":"Ada"}`, link), `"id" is missing`},
		{"a page without a link", page("", ""), "oneOf"},
		{"a page with two links", page("", link+`,"@odata.nextLink":"l"`), "oneOf"},
		{"an error without an error", exchange("GET /me/contacts", "", 404, "{}"), `"error" is missing`},
		{"an error without a code", exchange("GET /me/contacts", "", 404, `{"error":{"message":"m"}}`), `"code" is missing`},
		{"an error with a stranger", exchange("GET /me/contacts", "", 404, `{"error":{"code":"c","message":"m","inner":{}}}`), `"inner" is unsupported`},
		{"an error without a body", exchange("GET /me/contacts", "", 500, ""), "answer 500"},
		{"a 503 of another shape", exchange("GET /me/contacts", "", 503, "{}"), "answer 503"},
		// Batches.
		{"no parts", exchange("POST /$batch", `{"requests":[]}`, 400, refused), "/requests"},
		{"too many parts", exchange("POST /$batch", parts(21), 400, refused), "/requests"},
		{"part without an id", batch(`{"method":"GET","url":"/me/contacts/1"}`, ""), `"id" is missing`},
		{"part with a stranger", batch(`{"id":"a","method":"GET","uri":"/","url":"/me/contacts/1"}`, readAnswer), `"uri" is unsupported`},
		{"part with an absolute URL", batch(`{"id":"a","method":"GET","url":"https://graph.microsoft.com/v1.0/me/contacts/1"}`, readAnswer), "does not have this request"},
		{"part with a wrong body", batch(`{"id":"a","method":"POST","url":"/me/contacts","headers":{"Content-Type":"application/json"},"body":{"givenName":5}}`, goneAnswer), "(part a of a batch): request: "},
		{"part with a body without its type", batch(`{"id":"a","method":"POST","url":"/me/contacts","body":{"givenName":"Ada"}}`, goneAnswer), "(part a of a batch): request: "},
		{"part that is a batch", batch(`{"id":"a","method":"POST","url":"/$batch","headers":{"Content-Type":"application/json"},"body":`+parts(1)+`}`, goneAnswer), "a batch inside a batch"},
		{"two parts of one id", batch(readPart+`,{"id":"A","method":"GET","url":"/me/contacts/1"}`, readAnswer+`,{"id":"A","status":404,"headers":{"Content-Type":"application/json"},"body":`+refused+`}`), "two parts have the id A"},
		{"part not answered", batch(readPart, ""), "part a is not answered"},
		{"part answered twice", batch(readPart, readAnswer+","+readAnswer), "part a is answered twice"},
		{"answer to no part", batch(readPart, readAnswer+`,{"id":"b","status":204}`), "a part b that was not sent"},
		{"part answered with a wrong shape", batch(readPart, `{"id":"a","status":200,"headers":{"Content-Type":"application/json"},"body":{"id":1}}`), "(part a of a batch): answer 200"},
		{"part without a status", batch(readPart, `{"id":"a"}`), `"status" is missing`},
		{"wrong part of a batch that failed", exchange("POST /$batch", `{"requests":[{"id":"a","method":"GET","url":"/me/contact"}]}`, 504, ""), "does not have this request"},
	}
	eachDescription(t, func(t *testing.T, file string) {
		d, err := Load(file)
		require.NoError(t, err)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				mismatches, _ := d.Check(tt.x)
				require.ErrorContains(t, errors.Join(mismatches...), tt.want)
			})
		}
	})
}

func TestLoadRefusesExceptionsWithoutAPlace(t *testing.T) {
	whole, err := os.ReadFile("testdata/small.yaml")
	require.NoError(t, err)
	for name, line := range map[string]string{
		"delta tokens": "'@odata.deltaLink': {type: string, nullable: true}",
		"inner errors": "innererror: {type: object, additionalProperties: true}",
	} {
		file := t.TempDir() + "/graph.yaml"
		require.Contains(t, string(whole), line)
		require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(whole), line, "")), 0o600))
		_, err := Load(file)
		require.Error(t, err, name)
		require.Contains(t, err.Error(), "finds no place", name)
	}
}

func TestFromEnv(t *testing.T) {
	for _, tt := range []struct {
		file, ci      string
		leftOut, fail bool
	}{
		{"", "", true, true},
		{"", "true", false, true},
		{"none", "", true, true},
		{"none", "true", true, true},
		{"testdata/none.yaml", "", false, true},
		{"testdata/none.yaml", "true", false, true},
		{"testdata/small.yaml", "", false, false},
	} {
		t.Setenv("OPENAPI_FILE", tt.file)
		t.Setenv("CI", tt.ci)
		d, err := FromEnv()
		require.Equal(t, tt.fail, err != nil, "OPENAPI_FILE=%q CI=%q: %v", tt.file, tt.ci, err)
		require.Equal(t, tt.leftOut, errors.Is(err, ErrLeftOut), "OPENAPI_FILE=%q CI=%q: %v", tt.file, tt.ci, err)
		require.Equal(t, tt.fail, d == nil)
	}
}
