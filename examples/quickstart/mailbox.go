package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	kiotahttp "github.com/microsoft/kiota-http-go"
	msgraphgocore "github.com/microsoftgraph/msgraph-sdk-go-core"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
)

// owner is whose mailbox it is.
const owner = "anna.smit@example.com"

// newGraph returns a Microsoft Graph in memory whose one mailbox holds the contacts of a JSON array. Time stands still
// during a run, so that its limit for each ten minutes would never be over: it is off.
func newGraph(contacts []byte, now func() time.Time) (*graphtest.Server, error) {
	var all []struct {
		graphtest.Contact
		Private bool `json:"private"`
	}
	if err := json.Unmarshal(contacts, &all); err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	graph := graphtest.New(graphtest.Options{Me: owner, Now: now, Requests: -1})
	for _, c := range all {
		if c.Private {
			c.Contact = c.Contact.Private()
		}
		graph.AddContact(owner, c.Contact)
	}
	return graph, nil
}

// connectTo gives the SDK's own request adapter with its usual middleware. Only the network is another one: the
// emulator. On a real tenant this is graphadapter.FromCredential.
func connectTo(graph http.RoundTripper) (graphadapter.Connect, error) {
	var opts msgraphgocore.GraphClientOptions
	network := kiotahttp.NewCustomTransportWithParentTransport(graph, msgraphgocore.GetDefaultMiddlewaresWithOptions(&opts)...)
	adapter, err := msgraphgocore.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, opts, nil, nil, &http.Client{Transport: network})
	if err != nil {
		return nil, err
	}
	return func(context.Context, contactsync.Mailbox) (abstractions.RequestAdapter, error) { return adapter, nil }, nil
}
