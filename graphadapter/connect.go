package graphadapter

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	kiotaauth "github.com/microsoft/kiota-authentication-azure-go"
	kiotahttp "github.com/microsoft/kiota-http-go"
	msgraphgocore "github.com/microsoftgraph/msgraph-sdk-go-core"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Connect gives the SDK's request adapter for a mailbox: signed in as its account, or as the application. It is called
// once for each call of the [Directory], from several goroutines, so it should keep what it makes. An error that wraps
// [contactsync.ErrSignInRequired] is passed on as such.
type Connect = func(ctx context.Context, m contactsync.Mailbox) (abstractions.RequestAdapter, error)

// FromClient connects every mailbox through one client of the SDK, such as a *msgraphsdk.GraphServiceClient. A mailbox
// without User is then the one the client is signed in to.
func FromClient(c interface {
	GetAdapter() abstractions.RequestAdapter
}) Connect {
	return func(context.Context, contactsync.Mailbox) (abstractions.RequestAdapter, error) {
		return c.GetAdapter(), nil
	}
}

// FromCredential connects every mailbox with one credential of azidentity, in each mailbox's own cloud. A host with
// many accounts calls it once for each, and chooses by Mailbox.Account. Scopes default to the cloud's "/.default".
func FromCredential(cred azcore.TokenCredential, scopes ...string) Connect {
	return byCloud(func(r root) (abstractions.RequestAdapter, error) {
		u := url.URL{Host: r.host}
		auth, err := kiotaauth.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(cred, scopes, []string{u.Hostname()})
		if err != nil {
			return nil, err
		}
		return adapterFor(auth, r, sharedClient())
	})
}

// FromTransport connects every mailbox over a transport that needs no sign-in: an emulator such as graphtest's Server, or one
// that signs requests itself. The SDK's usual middleware stands before it.
func FromTransport(t http.RoundTripper) Connect {
	options := msgraphgocore.GraphClientOptions{}
	client := &http.Client{Transport: kiotahttp.NewCustomTransportWithParentTransport(t, msgraphgocore.GetDefaultMiddlewaresWithOptions(&options)...)}
	return byCloud(func(r root) (abstractions.RequestAdapter, error) {
		return adapterFor(&authentication.AnonymousAuthenticationProvider{}, r, client)
	})
}

// byCloud makes one adapter for each cloud, the first time that it is asked for.
func byCloud(make func(r root) (abstractions.RequestAdapter, error)) Connect {
	var mu sync.Mutex
	adapters := map[string]abstractions.RequestAdapter{} // by root
	return func(_ context.Context, m contactsync.Mailbox) (abstractions.RequestAdapter, error) {
		cloud := m.Cloud
		if cloud == "" {
			cloud = globalRoot
		}
		r, err := parseRoot(cloud)
		if err != nil {
			return nil, &contactsync.InvalidError{Field: "Mailbox.Cloud", Reason: err.Error()}
		}
		mu.Lock()
		defer mu.Unlock()
		if a := adapters[r.base]; a != nil {
			return a, nil
		}
		a, err := make(r)
		if err != nil {
			return nil, fmt.Errorf("set up the client for %s: %w", r.host, err)
		}
		adapters[r.base] = a
		return a, nil
	}
}

// sharedClient serves all adapters made here, so that they share their connections.
var sharedClient = sync.OnceValue(func() *http.Client {
	return msgraphgocore.GetDefaultClient(&msgraphgocore.GraphClientOptions{})
})

func adapterFor(auth authentication.AuthenticationProvider, r root, client *http.Client) (abstractions.RequestAdapter, error) {
	a, err := msgraphgocore.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		auth, msgraphgocore.GraphClientOptions{}, nil, nil, client)
	if err != nil {
		return nil, err
	}
	a.SetBaseUrl(r.base)
	return a, nil
}
