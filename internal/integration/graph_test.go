package integration_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	nethttp "github.com/microsoft/kiota-http-go"
	msgraphsdk "github.com/microsoftgraph/msgraph-sdk-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/internal/integration/openapi"
)

// description is Microsoft's description of Graph, nil where it is left out.
var description *openapi.Description

func TestMain(m *testing.M) {
	var err error
	description, err = openapi.FromEnv()
	switch {
	case errors.Is(err, openapi.ErrLeftOut):
		fmt.Println(err)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// graph is an emulated Graph behind a port, with Microsoft's typed client set up as a host does it: its default HTTP
// client, middleware and all.
type graph struct {
	*graphtest.Server
	*msgraphsdk.GraphServiceClient
	handler http.Handler // the emulator, behind the check
	report  func(error)  // gets what does not fit the description
}

// newGraph starts one. The test fails for whatever crosses the wire and does not fit the description.
func newGraph(t *testing.T, o graphtest.Options) *graph {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }
	}
	emulator := graphtest.New(o)
	g := &graph{Server: emulator, handler: emulator, report: func(err error) { t.Error(err) }}
	if description != nil {
		check := &openapi.Handler{Next: emulator, Description: description, Report: func(err error) { g.report(err) }}
		t.Cleanup(func() {
			if answered := emulator.Counts(); check.Looked() < answered.Requests+answered.Parts {
				t.Errorf("%d requests and %d parts of batches were answered, only %d checked", answered.Requests, answered.Parts, check.Looked())
			}
		})
		g.handler = check
	}
	web := httptest.NewServer(g.handler)
	t.Cleanup(web.Close)

	adapter, err := msgraphsdk.NewGraphRequestAdapter(&authentication.AnonymousAuthenticationProvider{})
	require.NoError(t, err)
	adapter.SetBaseUrl(web.URL + "/v1.0")
	g.GraphServiceClient = msgraphsdk.NewGraphServiceClient(adapter)
	return g
}

// prefer makes the headers of a request.
func prefer(values ...string) *abstractions.RequestHeaders {
	h := abstractions.NewRequestHeaders()
	for _, v := range values {
		h.Add("Prefer", v)
	}
	return h
}

// sendOnce switches the client's own retries off for a request.
func sendOnce() []abstractions.RequestOption {
	return []abstractions.RequestOption{&nethttp.RetryHandlerOptions{
		ShouldRetry: func(time.Duration, int, *http.Request, *http.Response) bool { return false },
	}}
}

// refusal is what the typed client makes of an error answer.
func refusal(t *testing.T, err error) (status int, code string) {
	t.Helper()
	var odata *odataerrors.ODataError
	require.ErrorAs(t, err, &odata)
	require.NotNil(t, odata.GetErrorEscaped())
	return odata.ResponseStatusCode, text(odata.GetErrorEscaped().GetCode())
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func to[T any](v T) *T { return &v }

// person is a contact with a name and an address.
func person(given, surname, address string) models.Contactable {
	c := models.NewContact()
	c.SetGivenName(&given)
	c.SetSurname(&surname)
	if address != "" {
		e := models.NewEmailAddress()
		e.SetAddress(&address)
		c.SetEmailAddresses([]models.EmailAddressable{e})
	}
	return c
}

// names are the display names of contacts in their order.
func names(contacts []models.Contactable) []string {
	found := []string{}
	for _, c := range contacts {
		found = append(found, text(c.GetDisplayName()))
	}
	return found
}
