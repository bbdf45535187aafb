package graphadapter_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// azidentity's own errors, whose text quotes the token endpoint.
func TestAzidentityErrors(t *testing.T) {
	for body, signIn := range map[string]bool{
		`{"error":"invalid_grant","error_description":"AADSTS50173 for ada@example.com"}`: true,
		`{"error":"invalid_client","error_description":"AADSTS7000222 secret expired"}`:   false,
	} {
		web := httptest.NewServer(http.NotFoundHandler())
		defer web.Close()
		dir, err := graphadapter.New(graphadapter.FromCredential(credential(func(policy.TokenRequestOptions) (string, error) {
			return "", &azidentity.AuthenticationFailedError{RawResponse: &http.Response{StatusCode: 400, Body: io.NopCloser(strings.NewReader(body))}}
		})), graphadapter.Options{PropertySet: propertySet, Roots: []string{web.URL}})
		require.NoError(t, err)
		_, err = dir.Apply(t.Context(), contactsync.Scope{Kind: record.Contact, Mailbox: contactsync.Mailbox{Cloud: web.URL}},
			[]contactsync.Write{create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}}))})
		require.Equal(t, signIn, errors.Is(err, contactsync.ErrSignInRequired))
		require.NotErrorIs(t, err, contactsync.ErrUnconfirmed)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "AADSTS", "a token endpoint's words may name the person")
		var azure *azidentity.AuthenticationFailedError
		require.ErrorAs(t, err, &azure, "the host can look")
		var credential *graphadapter.CredentialError
		require.Equal(t, !signIn, errors.As(err, &credential))
	}
}

// Waits with the default sleep: they last as long as the service asked for, and end with the call.
func TestDefaultSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := graphtest.New(graphtest.Options{Me: me, Quirks: graphtest.Quirks{ThrottleEvery: 2}})
		dir, err := graphadapter.New(graphadapter.FromClient(client{sdkAdapter(t, srv)}), graphadapter.Options{PropertySet: propertySet})
		require.NoError(t, err)
		w := &world{t: t, srv: srv, dir: dir, scope: contactsync.Scope{Kind: record.Contact}}
		start := time.Now()
		_, _ = w.round("")
		require.Equal(t, 2*2*time.Second, time.Since(start), "of three requests, every second one was refused for two seconds")
	})
}

// An update that failed to the end without an answer may have been carried out.
func TestUpdateWithoutAnswer(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	c := w.srv.AddContact(me, full())
	u := update(w.one(c.ImmutableID), fields(t, map[string]record.Value{"jobTitle": {"Captain"}}))
	w.srv.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
		if r.Method == "PATCH" {
			return &graphtest.Answer{Status: 504}
		}
		return nil
	}})
	w.srv.Reset()
	results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{u})
	require.NoError(t, err)
	require.ErrorIs(t, results[0].Err, contactsync.ErrUnconfirmed)
	var throttled *contactsync.ThrottledError
	require.ErrorAs(t, results[0].Err, &throttled)
	require.Equal(t, 4, w.srv.Counts().Routes["PATCH /contacts/{id}"])
}

// A success whose body does not say what was made or changed.
func TestSuccessWithoutWords(t *testing.T) {
	for _, body := range []string{"", "null", "[]", `{"givenName":"x"}`} {
		w := start(t, graphtest.Quirks{})
		c := w.srv.AddContact(me, full())
		u := update(w.one(c.ImmutableID), fields(t, map[string]record.Value{"jobTitle": {"Captain"}}))
		w.srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
			if r.Part == "" || r.Method == "GET" {
				return
			}
			if a.Body = []byte(body); body == "" {
				a.Status, a.Body = 204, nil
			}
		}})
		results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{u, create("1a", fields(t, map[string]record.Value{"givenName": {"New"}}))})
		require.NoError(t, err)
		require.NoError(t, results[0].Err, "the update was carried out")
		require.Zero(t, results[0].Stored.Len(), "as sent")
		require.ErrorIs(t, results[1].Err, contactsync.ErrUnconfirmed, "its id is not known")
	}
}

// Stamps in a listing that cannot be read are looked for one by one: "none" must be certain.
func TestListedStampThatCannotBeRead(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	var refs []contactsync.Ref
	for i := range 25 {
		c := full()
		c.Extended[stampID] = fmt.Sprint("1s", i)
		w.srv.AddContact(me, c)
		refs = append(refs, contactsync.Ref{Stamp: fmt.Sprint("1s", i)})
	}
	w.srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
		if r.Part == "" && r.Route == "/contactFolders/{id}/contacts" {
			a.Body = []byte(strings.Replace(string(a.Body), `"value":"1s7"`, `"value":{}`, 1))
		}
	}})
	found, err := w.dir.Get(t.Context(), w.scope, refs)
	require.NoError(t, err)
	for i, f := range found {
		require.Len(t, f.Records, 1, i)
	}
	require.Equal(t, 1, w.srv.Counts().Parts)
}

// What is remembered of mailboxes and rounds is bounded.
func TestManyMailboxes(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	before := w.dir.Remembered()
	require.Zero(t, before)
	for i := range 5000 {
		sc := w.scope
		sc.Mailbox.Account = fmt.Sprint(i)
		sc.Mailbox.User = me
		_, err := w.dir.Changes(t.Context(), sc, "https://graph.microsoft.com/v1.0/me/contacts/delta?$deltatoken=x")
		require.ErrorIs(t, err, contactsync.ErrCursorExpired)
	}
	require.LessOrEqual(t, w.dir.Remembered(), 4096)
	for range 300 {
		_, err := w.dir.Changes(t.Context(), w.scope, "")
		require.NoError(t, err)
	}
	require.LessOrEqual(t, w.dir.Remembered(), 4096+256)
	require.NoError(t, w.clock.sleep(t.Context(), time.Hour))
	_, _ = w.round("")
	require.LessOrEqual(t, w.dir.Remembered(), 4096+1)
}
