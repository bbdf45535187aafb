package graphadapter_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// credential is an azidentity credential of a test.
type credential func(policy.TokenRequestOptions) (string, error)

func (c credential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := c(o)
	return azcore.AccessToken{Token: token}, err
}

// The whole way: a credential, the SDK's own client as it makes it, a socket.
func TestFromCredential(t *testing.T) {
	srv := graphtest.NewServer(t, graphtest.Options{Me: me, Identify: func(token string) (string, bool) { return me, token == "secret" }, Quirks: graphtest.Quirks{Gzip: true}})
	var asked []policy.TokenRequestOptions
	dir, err := graphadapter.New(graphadapter.FromCredential(credential(func(o policy.TokenRequestOptions) (string, error) {
		asked = append(asked, o)
		return "secret", nil
	})), graphadapter.Options{PropertySet: propertySet, Roots: []string{srv.URL}})
	require.NoError(t, err)
	w := &world{t: t, srv: srv, dir: dir, scope: contactsync.Scope{Kind: record.Contact, Mailbox: contactsync.Mailbox{Cloud: srv.URL}}}
	r := w.write(create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}, "personalNotes": {strings.Repeat("note ", 1000)}})))[0]
	changes, last := w.round("")
	require.Len(t, changes, 1)
	require.True(t, last.Complete)
	require.Equal(t, "1a", w.one(r.ID).Stamp)
	require.Equal(t, []string{srv.URL + "/.default"}, asked[0].Scopes)
	for _, req := range srv.Requests() {
		if req.Part != "" {
			continue
		}
		require.Equal(t, []string{"gzip"}, req.Header["Accept-Encoding"])
		if req.Method == "POST" {
			require.Equal(t, []string{"gzip"}, req.Header["Content-Encoding"])
		}
	}
}

// The SDK's own retry stays off over a socket too.
func TestFromCredentialSendsOnce(t *testing.T) {
	arrived := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived++
		w.WriteHeader(http.StatusGatewayTimeout)
	}))
	defer web.Close()
	dir, err := graphadapter.New(graphadapter.FromCredential(credential(func(policy.TokenRequestOptions) (string, error) { return "x", nil })),
		graphadapter.Options{PropertySet: propertySet, Roots: []string{web.URL}})
	require.NoError(t, err)
	results, err := dir.Apply(t.Context(), contactsync.Scope{Kind: record.Contact, Mailbox: contactsync.Mailbox{Cloud: web.URL}},
		[]contactsync.Write{create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}}))})
	require.NoError(t, err)
	require.ErrorIs(t, results[0].Err, contactsync.ErrUnconfirmed)
	require.Equal(t, 1, arrived)
}

// A redirect is not followed: neither by the SDK nor, unnoticed, by a client of the host's own.
func TestRedirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"value":[]}`) }))
	defer elsewhere.Close()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	defer web.Close()
	for name, rt := range map[string]http.RoundTripper{"sdk": http.DefaultTransport, "following": following{}} {
		a := sdkAdapter(t, rt)
		a.SetBaseUrl(web.URL + "/v1.0")
		dir, err := graphadapter.New(graphadapter.FromClient(client{a}), graphadapter.Options{PropertySet: propertySet, Sleep: func(context.Context, time.Duration) error { return nil }})
		require.NoError(t, err)
		_, err = dir.Folders(t.Context(), contactsync.Mailbox{}, record.Contact)
		require.Error(t, err, name)
		var service *graphadapter.ServiceError
		var foreign *graphadapter.ForeignLinkError
		require.True(t, errors.As(err, &service) && service.Status == 307 || errors.As(err, &foreign), "%s: %v", name, err)
	}
}

// following follows redirects below the SDK's middleware.
type following struct{}

func (following) RoundTrip(r *http.Request) (*http.Response, error) {
	r.RequestURI = ""
	return http.DefaultClient.Do(r)
}

// Where a mailbox's requests go.
func TestRoots(t *testing.T) {
	for _, tt := range []struct {
		name, base, cloud string
		roots             []string
		want              string // host; empty: refused
	}{
		{"global", "", "", nil, "graph.microsoft.com"},
		{"client's own", "https://graph.microsoft.us/v1.0", "", nil, "graph.microsoft.us"},
		{"national cloud", "", "https://microsoftgraph.chinacloudapi.cn", nil, "microsoftgraph.chinacloudapi.cn"},
		{"the mailbox's cloud before the client's", "https://graph.microsoft.com/v1.0", "https://graph.microsoft.us/", nil, "graph.microsoft.us"},
		{"allowed", "", "https://graph.example", []string{"https://graph.example"}, "graph.example"},
		{"not allowed", "", "https://graph.example", nil, ""},
		{"not https", "", "http://graph.microsoft.com", nil, ""},
		{"no URL", "", "graph.microsoft.com", nil, ""},
		{"with a path", "", "https://graph.microsoft.com/beta", nil, ""},
		{"with a user", "", "https://x@graph.microsoft.com", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var host string
			srv := graphtest.New(graphtest.Options{Me: me})
			a := sdkAdapter(t, &lossy{next: srv, fault: func(_ int, r *http.Request) fault {
				host = r.URL.Host
				return fine
			}})
			a.SetBaseUrl(tt.base)
			dir, err := graphadapter.New(graphadapter.FromClient(client{a}), graphadapter.Options{PropertySet: propertySet, Roots: tt.roots})
			require.NoError(t, err)
			_, err = dir.Folders(t.Context(), contactsync.Mailbox{Cloud: tt.cloud}, record.Contact)
			require.Equal(t, tt.want, host)
			if tt.want == "" {
				var invalid *contactsync.InvalidError
				require.ErrorAs(t, err, &invalid)
				require.Equal(t, "Mailbox.Cloud", invalid.Field)
				return
			}
			require.NoError(t, err)
		})
	}
}

// What a credential cannot do is told from what Graph refuses; nothing was sent.
func TestCredentialErrors(t *testing.T) {
	for text, signIn := range map[string]bool{
		`{"error":"invalid_grant","error_description":"AADSTS50173: ada@example.com"}`: true,
		`oauth2: "interaction_required"`:                                               true,
		`{"error":"consent_required"}`:                                                 true,
		`lookup login.example: no such host`:                                           false,
		`{"error":"invalid_client"}`:                                                   false,
	} {
		srv := graphtest.NewServer(t, graphtest.Options{Me: me})
		dir, err := graphadapter.New(graphadapter.FromCredential(credential(func(policy.TokenRequestOptions) (string, error) { return "", errors.New(text) })),
			graphadapter.Options{PropertySet: propertySet, Roots: []string{srv.URL}, Sleep: func(context.Context, time.Duration) error { return nil }})
		require.NoError(t, err)
		_, err = dir.Folders(t.Context(), contactsync.Mailbox{Cloud: srv.URL}, record.Contact)
		require.Equal(t, signIn, errors.Is(err, contactsync.ErrSignInRequired), text)
		if signIn {
			require.NotContains(t, err.Error(), "ada@")
		}
		results, err := dir.Apply(t.Context(), contactsync.Scope{Kind: record.Contact, Mailbox: contactsync.Mailbox{Cloud: srv.URL}},
			[]contactsync.Write{create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}}))})
		require.Equal(t, signIn, errors.Is(err, contactsync.ErrSignInRequired), text)
		if !signIn {
			require.Error(t, results[0].Err)
		}
		require.Zero(t, srv.Counts().Requests)
	}
	// The connect function's own word counts.
	dir, err := graphadapter.New(func(context.Context, contactsync.Mailbox) (abstractions.RequestAdapter, error) {
		return nil, fmt.Errorf("account gone: %w", contactsync.ErrSignInRequired)
	}, graphadapter.Options{PropertySet: propertySet})
	require.NoError(t, err)
	_, err = dir.Changes(t.Context(), contactsync.Scope{Kind: record.Contact}, "")
	require.ErrorIs(t, err, contactsync.ErrSignInRequired)
}

// A claims challenge is met with a new token that has the claims, once.
func TestClaimsChallengeIsMet(t *testing.T) {
	challenged, asked := 0, ""
	inner := graphtest.New(graphtest.Options{Me: me})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer claimed" {
			challenged++
			w.Header().Set("WWW-Authenticate", `Bearer realm="", error="insufficient_claims", claims="eyJhIjoxfQ=="`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	defer web.Close()
	dir, err := graphadapter.New(graphadapter.FromCredential(credential(func(o policy.TokenRequestOptions) (string, error) {
		if o.Claims != "" {
			asked = o.Claims
			return "claimed", nil
		}
		return "plain", nil
	})), graphadapter.Options{PropertySet: propertySet, Roots: []string{web.URL}})
	require.NoError(t, err)
	results, err := dir.Apply(t.Context(), contactsync.Scope{Kind: record.Contact, Mailbox: contactsync.Mailbox{Cloud: web.URL}},
		[]contactsync.Write{create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}}))})
	require.NoError(t, err)
	require.NoError(t, results[0].Err)
	require.Equal(t, `{"a":1}`, asked)
	require.Equal(t, 1, challenged)
	require.Len(t, inner.Contacts(me, ""), 1)
}

func TestOptions(t *testing.T) {
	connect := graphadapter.FromClient(client{})
	_, err := graphadapter.New(nil, graphadapter.Options{PropertySet: propertySet})
	require.Error(t, err)
	custom, err := record.ExtendOutlookContact(record.Field{Name: "tier"}, record.Field{Name: "many", Shape: record.List}, record.Field{Name: "vip", Type: record.Bool})
	require.NoError(t, err)
	meetings, err := record.NewSchema(record.Meeting, record.Field{Name: "subject"})
	require.NoError(t, err)
	for field, o := range map[string][]graphadapter.Options{
		"Options.PropertySet": {{}, {PropertySet: "contacts"}, {PropertySet: "{" + propertySet + "}"}, {PropertySet: "00000000-0000-0000-0000-000000000000"}},
		"Options.PageSize":    {{PropertySet: propertySet, PageSize: -1}, {PropertySet: propertySet, PageSize: 1001}},
		"Options.MaxWait":     {{PropertySet: propertySet, MaxWait: -1}},
		"Options.Roots":       {{PropertySet: propertySet, Roots: []string{"x"}}, {PropertySet: propertySet, Roots: []string{"http://graph.example"}}},
		"Options.Schema":      {{PropertySet: propertySet, Schema: meetings}},
		"Options.Extended": {
			{PropertySet: propertySet, Extended: map[string]string{"tier": "Tier"}},
			{PropertySet: propertySet, Extended: map[string]string{"givenName": "Tier"}},
			{PropertySet: propertySet, Extended: map[string]string{"pager": "Tier"}},
			{PropertySet: propertySet, Schema: custom},
			{PropertySet: propertySet, Schema: custom, Extended: map[string]string{"tier": "Tier", "vip": "Vip", "many": "Many"}},
			{PropertySet: propertySet, Schema: custom, Extended: map[string]string{"tier": "Tier {x}", "vip": "Vip"}},
		},
	} {
		for i, o := range o {
			_, err := graphadapter.New(connect, o)
			var invalid *contactsync.InvalidError
			require.ErrorAs(t, err, &invalid, "%s %d", field, i)
			require.Equal(t, field, invalid.Field, "%s %d", field, i)
		}
	}
	single, err := record.ExtendOutlookContact(record.Field{Name: "tier"}, record.Field{Name: "tier2"}, record.Field{Name: "vip", Type: record.Bool})
	require.NoError(t, err)
	for _, extended := range []map[string]string{
		{"tier": "Tier", "tier2": "Tier", "vip": "Vip"}, {"tier": "ContactSyncStamp", "tier2": "T", "vip": "Vip"}, {"tier": "String 0x3a1f", "tier2": "T", "vip": "Vip"},
		{"tier": "Boolean {" + propertySet + "} Name T", "tier2": "T", "vip": "Vip"}, {"tier": "T", "tier2": "U", "vip": "String 0x3a4e"},
		{"tier": "SystemTime 0x3a4e", "tier2": "T", "vip": "Vip"}, {"tier": "Binary 0x3a4e", "tier2": "T", "vip": "Vip"},
	} {
		_, err := graphadapter.New(connect, graphadapter.Options{PropertySet: propertySet, Schema: single, Extended: extended})
		require.Error(t, err, "%v", extended)
	}
	_, err = graphadapter.New(connect, graphadapter.Options{PropertySet: propertySet, Schema: single, Extended: map[string]string{"tier": "Tier", "tier2": "String 0x3a4e", "vip": "Vip"}})
	require.NoError(t, err)
}
