package integration_test

import (
	"bytes"
	"errors"
	"testing"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	msgraphcore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// The check stands in the way of all traffic: what is wrong is seen in a request, in an answer, and inside a batch.
func TestCheckSeesTheTraffic(t *testing.T) {
	if description == nil {
		t.Log("without a description there is nothing to see")
		return
	}
	start := func(t *testing.T) (g *graph, seen func() error) {
		g = newGraph(t, graphtest.Options{})
		g.AddContact("", graphtest.Contact{DisplayName: "Ada"})
		var found []error
		g.report = func(err error) { found = append(found, err) }
		return g, func() error { return errors.Join(found...) }
	}
	// spoil makes a name in an answer a number.
	spoil := func(g *graph) {
		g.SetHooks(graphtest.Hooks{After: func(_ graphtest.Request, a *graphtest.Answer) {
			a.Body = bytes.ReplaceAll(a.Body, []byte(`"displayName":"Ada"`), []byte(`"displayName":5`))
		}})
	}

	t.Run("request", func(t *testing.T) {
		g, seen := start(t)
		_, err := g.Me().Contacts().Get(t.Context(), &users.ItemContactsRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.ItemContactsRequestBuilderGetQueryParameters{Select: []string{"phones"}},
		})
		require.Error(t, err)
		require.ErrorContains(t, seen(), `GET /me/contacts: request: parameter "$select"`)
	})
	t.Run("answer", func(t *testing.T) {
		g, seen := start(t)
		spoil(g)
		_, _ = g.Me().Contacts().Get(t.Context(), nil) // what the client makes of it is its own affair
		require.ErrorContains(t, seen(), "/value/0/displayName: value must be a string")
	})
	t.Run("part of a batch", func(t *testing.T) {
		g, seen := start(t)
		spoil(g)
		batch := msgraphcore.NewBatchRequest(g.GetAdapter())
		info, err := g.Me().Contacts().ToGetRequestInformation(t.Context(), nil)
		step(t, batch, info, err)
		_, _ = batch.Send(t.Context(), g.GetAdapter())
		require.ErrorContains(t, seen(), "of a batch): answer 200: ")
	})
	t.Run("request that Graph has not", func(t *testing.T) {
		g, seen := start(t)
		info := abstractions.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abstractions.GET, "{+baseurl}/me/people", map[string]string{"baseurl": g.GetAdapter().GetBaseUrl()})
		require.Error(t, g.GetAdapter().SendNoContent(t.Context(), info, nil))
		require.ErrorContains(t, seen(), "the description does not have this request")
	})
}
