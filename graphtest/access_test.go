package graphtest_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

func TestAccess(t *testing.T) {
	for _, tt := range []struct {
		access graphtest.Access
		path   string
		status int
		code   string
	}{
		{graphtest.Unauthorized, "/me/contacts", 401, "InvalidAuthenticationToken"},
		{graphtest.ClaimsChallenge, "/me/contacts", 401, "InvalidAuthenticationToken"},
		{graphtest.Denied, "/me/contacts", 403, "ErrorAccessDenied"},
		{graphtest.NotEnabled, "/me/contacts", 404, "MailboxNotEnabledForRESTAPI"},
		{graphtest.NotEnabled, "/me", 200, ""},
		{graphtest.OverQuota, deltaPath, 507, "ErrorQuotaExceeded"},
		{graphtest.OverQuota, "/me/contacts", 200, ""},
	} {
		s := newServer(t, graphtest.Options{})
		s.SetAccess("", tt.access)
		r := call(t, s, "GET", tt.path, nil)
		require.Equal(t, []any{tt.status, tt.code}, []any{r.status, r.code()}, "%v %s", tt.access, tt.path)
		inner := batch(t, s, get("1", tt.path))
		require.Equal(t, 200, inner.status)
		require.Equal(t, tt.status, inner.statuses()["1"])
		other := s.AddMailbox("bob@example.com")
		require.Equal(t, 200, call(t, s, "GET", "/users/"+other+"/contacts", nil).status, "another mailbox is not touched")
	}
	s := newServer(t, graphtest.Options{})
	s.SetAccess("", graphtest.OverQuota)
	require.Equal(t, 507, call(t, s, "POST", "/me/contacts", m{"givenName": "x"}).status)
	s.SetAccess("", graphtest.Granted)
	require.Equal(t, 201, call(t, s, "POST", "/me/contacts", m{"givenName": "x"}).status)
}

func TestClaimsChallenge(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	s.SetAccess("", graphtest.ClaimsChallenge)
	h := call(t, s, "GET", "/me/contacts", nil).header.Get("WWW-Authenticate")
	require.Contains(t, h, `error="insufficient_claims"`)
	claims := regexp.MustCompile(`claims="([^"]+)"`).FindStringSubmatch(h)
	require.NotNil(t, claims)
	raw, err := base64.StdEncoding.DecodeString(claims[1])
	require.NoError(t, err)
	require.Contains(t, string(raw), "access_token")
}

func TestIdentify(t *testing.T) {
	s := newServer(t, graphtest.Options{Identify: func(token string) (string, bool) { return token, token != "" }})
	s.AddContact("bob@example.com", graphtest.Contact{DisplayName: "Bob's"})
	require.Equal(t, []string{"Bob's"}, names(call(t, s, "GET", "/me/contacts", nil, "Authorization: Bearer bob@example.com").rows()))
	require.Empty(t, call(t, s, "GET", "/me/contacts", nil, "Authorization: Bearer me@example.com").rows())
	require.Equal(t, http.StatusUnauthorized, call(t, s, "GET", "/me/contacts", nil).status)
	require.Equal(t, http.StatusUnauthorized, batch(t, s, get("1", "/me")).status)
	r := call(t, s, "POST", "/$batch", m{"requests": []m{get("1", "/me")}}, "Authorization: Bearer bob@example.com")
	require.Equal(t, "bob@example.com", r.parts()[0]["body"].(m)["mail"])
	for _, logged := range s.Requests() {
		require.NotContains(t, logged.Header, "Authorization", "tokens are not logged")
	}
}
