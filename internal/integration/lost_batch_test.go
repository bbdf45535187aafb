package integration_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/microsoft/kiota-abstractions-go/authentication"
	nethttp "github.com/microsoft/kiota-http-go"
	msgraphsdk "github.com/microsoftgraph/msgraph-sdk-go"
	msgraphcore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// loseBatch carries out the n-th $batch that holds creates, and answers 504 in its place. It invites a client that
// repeats requests by itself to do so at once.
func (g *graph) loseBatch(n int32) {
	var creates, batches atomic.Int32
	g.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
		switch {
		case r.Part != "" && r.Method == http.MethodPost:
			creates.Add(1)
		case r.Parts > 0 && creates.Swap(0) > 0 && batches.Add(1) == n:
			*a = *graphtest.ErrorAnswer(http.StatusGatewayTimeout, "UnknownError", "")
			a.Header = http.Header{"Retry-After": {"0"}}
		}
	}})
}

// The fault is real: where the client's own retry is left on, it sends the batch again, says that all went well, and
// everything is there twice. The retry stands alone here, as the default client puts its middleware in another order each
// time: together with the compression the second batch may also be broken off, or refused as plain text that says gzip.
func TestClientLeftToItselfDoublesALostBatch(t *testing.T) {
	g := newGraph(t, graphtest.Options{Me: me})
	g.loseBatch(1)
	client := &http.Client{Transport: nethttp.NewCustomTransportWithParentTransport(inProcess{g.handler}, nethttp.NewRetryHandler())}
	adapter, err := msgraphsdk.NewGraphRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, nil, nil, client)
	require.NoError(t, err)
	contacts := msgraphsdk.NewGraphServiceClient(adapter).Users().ByUserId(me).Contacts()
	batch := msgraphcore.NewBatchRequest(adapter)
	for i := range 3 {
		info, err := contacts.ToPostRequestInformation(t.Context(), person("Person", fmt.Sprint(i), ""), nil)
		step(t, batch, info, err)
	}
	answer, err := batch.Send(t.Context(), adapter)
	require.NoError(t, err)
	require.Empty(t, answer.GetFailedResponses())
	require.Len(t, g.Contacts(me, ""), 6)
}

// inProcess answers requests by a handler, which has read a request whole before its answer is out.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Result(), nil
}

// An outer 504 on a $batch POST whose work was done, with the SDK's default client: no duplicate, and nothing missing.
func TestSyncAfterLostBatchMakesNoDuplicate(t *testing.T) {
	const n = 50
	for lost := int32(1); lost <= 3; lost++ {
		t.Run(fmt.Sprint("batch ", lost), func(t *testing.T) {
			w := newWorld(t, graphtest.Quirks{})
			w.customers(n)
			w.loseBatch(lost)

			made := 0
			for range 4 { // the run that loses an answer, those that look and wait, and the one that finds all in order
				w.sync()
				made += w.Counts().Routes["POST /contacts"] + w.Counts().Routes["POST /contactFolders/{id}/contacts"]
				w.advance(10 * time.Minute) // past lease, request timeout and visibility delay
			}
			require.Equal(t, n, made, "each create was sent once")
			require.Len(t, w.Contacts(me, ""), n)
			unique := map[string]bool{}
			for _, p := range w.people() {
				unique[p] = true
			}
			require.Len(t, unique, n)
			require.Len(t, w.crm.Records(record.Contact), n, "nothing came back as somebody new")
			w.settled()
		})
	}
}
