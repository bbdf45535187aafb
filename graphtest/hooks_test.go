package graphtest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// Before answers in the server's place: the work is not done.
func TestHookBefore(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	var seen graphtest.Request
	s.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
		seen = r
		if r.Method == "POST" && r.Parts == 0 {
			return graphtest.ErrorAnswer(503, "ServiceUnavailable", "busy")
		}
		return nil
	}})
	r := call(t, s, "POST", "/users/me@example.com/contactFolders/contacts/contacts", m{"givenName": "x"}, immutable)
	require.Equal(t, []any{503, "ServiceUnavailable"}, []any{r.status, r.code()})
	require.Equal(t, []string{"POST", "/contactFolders/{id}/contacts", "/users/me@example.com/contactFolders/contacts/contacts", `{"givenName":"x"}`, `IdType="ImmutableId"`, "me@example.com"},
		[]string{seen.Method, seen.Route, seen.Path, string(seen.Body), seen.Header.Get("Prefer"), seen.Mailbox})
	require.Equal(t, map[string]int{"1": 503, "2": 200}, batch(t, s, post("1", m{}), get("2", "/me")).statuses())
	require.Empty(t, s.Contacts("", ""))
	require.Equal(t, 503, s.Requests()[0].Status)
	require.Nil(t, s.Requests()[0].Body, "bodies are logged only when asked for")
	require.Equal(t, 17, s.Requests()[0].Size)
}

// A hook may act as the user between a client's read and its write.
func TestHookActsAsUser(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := add(s, "A")
	s.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, _ *graphtest.Answer) {
		if r.Method == "GET" && r.Route == "/contacts/{id}" {
			_, err := s.EditContact("", c.ID, func(c *graphtest.Contact) { c.JobTitle = "meanwhile" })
			require.NoError(t, err)
		}
	}})
	read := call(t, s, "GET", "/me/contacts/"+c.ID, nil)
	r := call(t, s, "PATCH", "/me/contacts/"+c.ID, m{"jobTitle": "mine"}, "If-Match: "+read.str("@odata.etag"))
	require.Equal(t, 412, r.status)
}

// After changes the answer to work that was done: its status, its body, or that it arrives at all.
func TestHookAfter(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	s.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
		switch r.Method {
		case "POST":
			require.Equal(t, 201, r.Status)
			*a = graphtest.Answer{Status: 504}
		case "GET":
			a.Body = []byte(`{"value":[null]}`)
		case "PATCH":
			a.Lost = true
		}
	}})
	require.Equal(t, 504, call(t, s, "POST", "/me/contacts", m{"displayName": "x"}).status)
	require.Len(t, s.Contacts("", ""), 1)
	require.JSONEq(t, `{"value":[null]}`, string(call(t, s, "GET", "/me/contacts", nil).raw))
	_, err := s.Client().Do(request(t, "PATCH", "/me/contacts/"+s.Contacts("", "")[0].ID, m{"jobTitle": "y"}))
	require.ErrorIs(t, err, graphtest.ErrLost)
	require.Equal(t, "y", s.Contacts("", "")[0].JobTitle, "lost on the way back, done all the same")
}

// Behind a port, a lost answer is a 504, and links lead back to the port.
func TestNewServer(t *testing.T) {
	s := graphtest.NewServer(t, graphtest.Options{Now: newClock().now})
	for _, n := range []string{"A", "B"} {
		add(s, n)
	}
	fetch := func(url string) reply {
		t.Helper()
		resp, err := http.DefaultClient.Do(request(t, "GET", url, nil))
		require.NoError(t, err)
		return readReply(t, resp)
	}
	first := fetch(s.URL + "/v1.0/me/contacts?$top=1")
	require.Equal(t, []string{"A"}, names(first.rows()))
	require.Equal(t, []string{"B"}, names(fetch(first.str("@odata.nextLink")).rows()))
	s.SetHooks(graphtest.Hooks{After: func(_ graphtest.Request, a *graphtest.Answer) { a.Lost = true }})
	require.Equal(t, 504, fetch(s.URL+"/v1.0/me/contacts").status)
}
