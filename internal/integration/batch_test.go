package integration_test

import (
	"fmt"
	"testing"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	msgraphcore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// step adds what a request builder made to a batch and returns the id of the part.
func step(t *testing.T, batch msgraphcore.BatchRequest, info *abstractions.RequestInformation, err error) string {
	t.Helper()
	require.NoError(t, err)
	item, err := batch.AddBatchRequestStep(*info)
	require.NoError(t, err)
	return text(item.GetId())
}

func TestClientSendsBatches(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	ctx := t.Context()
	contacts := g.Me().Contacts()
	old := g.AddContact("", graphtest.Contact{DisplayName: "Old"})
	gone := g.AddContact("", graphtest.Contact{DisplayName: "Gone"})
	require.NoError(t, g.PurgeContact("", gone.ID))

	batch := msgraphcore.NewBatchRequest(g.GetAdapter())
	add := func(info *abstractions.RequestInformation, err error) string { return step(t, batch, info, err) }
	created := map[string]string{}
	for i := range 3 {
		name := fmt.Sprint("Person ", i)
		created[add(contacts.ToPostRequestInformation(ctx, person("Person", fmt.Sprint(i), "p@example.com"), nil))] = name
	}
	updated := add(contacts.ByContactId(old.ID).ToPatchRequestInformation(ctx, person("New", "Name", ""), nil))
	missing := add(contacts.ByContactId(gone.ID).ToGetRequestInformation(ctx, nil))
	listed := add(g.Me().ContactFolders().ToGetRequestInformation(ctx, nil))
	answer, err := batch.Send(ctx, g.GetAdapter())
	require.NoError(t, err)
	require.Len(t, answer.GetResponses(), 6)

	for id, name := range created {
		made, err := msgraphcore.GetBatchResponseById[models.Contactable](answer, id, models.CreateContactFromDiscriminatorValue)
		require.NoError(t, err)
		require.Equal(t, name, text(made.GetDisplayName()))
	}
	require.EqualValues(t, 200, answer.GetStatusCodes()[updated])
	require.EqualValues(t, 200, answer.GetStatusCodes()[listed])
	require.Equal(t, map[string]int32{missing: 404}, answer.GetFailedResponses())
	require.Len(t, g.Contacts("", ""), 4)
	counts := g.Counts()
	require.Equal(t, []int{1, 6}, []int{counts.Requests, counts.Parts})
}

func TestClientBatchesInOrder(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	ctx := t.Context()
	batch := msgraphcore.NewBatchRequest(g.GetAdapter())
	phones := models.NewContact()
	phones.SetBusinessPhones([]string{"1", "2", "3"})
	info, err := g.Me().Contacts().ToPostRequestInformation(ctx, phones, nil)
	require.NoError(t, err)
	first, err := batch.AddBatchRequestStep(*info)
	require.NoError(t, err)
	info, err = g.Me().Contacts().ToPostRequestInformation(ctx, person("Never", "Made", ""), nil)
	require.NoError(t, err)
	second, err := batch.AddBatchRequestStep(*info)
	require.NoError(t, err)
	second.DependsOnItem(first)

	answer, err := batch.Send(ctx, g.GetAdapter())
	require.NoError(t, err)
	require.Equal(t, map[string]int32{text(first.GetId()): 400, text(second.GetId()): 424}, answer.GetFailedResponses())
	require.Empty(t, g.Contacts("", ""))
}

func TestClientReadsThrottledParts(t *testing.T) {
	g := newGraph(t, graphtest.Options{Quirks: graphtest.Quirks{ThrottleEvery: 2, RetryAfter: graphtest.Fractional}})
	ctx := t.Context()
	batch := msgraphcore.NewBatchRequest(g.GetAdapter())
	for i := range 4 {
		info, err := g.Me().Contacts().ToPostRequestInformation(ctx, person("Person", fmt.Sprint(i), ""), nil)
		step(t, batch, info, err)
	}
	answer, err := batch.Send(ctx, g.GetAdapter())
	require.NoError(t, err)
	require.Len(t, answer.GetFailedResponses(), 2)
	for _, r := range answer.GetResponses() {
		if *r.GetStatus() == 429 {
			require.Equal(t, "2.128", r.GetHeaders()["Retry-After"])
		}
	}
}
