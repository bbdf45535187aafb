package graphtest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

const (
	root      = "https://graph.microsoft.com/v1.0"
	immutable = `Prefer: IdType="ImmutableId"`
	stampID   = "String {5b2c1f6e-3d0a-4c7e-9d2f-0a1b2c3d4e5f} Name CrmStamp"
)

// clock is a clock that tests move.
type clock struct{ t time.Time }

func newClock() *clock                   { return &clock{time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)} }
func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func newServer(t *testing.T, o graphtest.Options) *graphtest.Server {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().now
	}
	return graphtest.New(o)
}

// reply is an answer with its body decoded.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

func (r reply) str(name string) string {
	s, _ := r.body[name].(string)
	return s
}

// rows are the objects in value.
func (r reply) rows() []map[string]any {
	var rows []map[string]any
	list, _ := r.body["value"].([]any)
	for _, x := range list {
		rows = append(rows, x.(map[string]any))
	}
	return rows
}

// code is the error code.
func (r reply) code() string {
	e, _ := r.body["error"].(map[string]any)
	s, _ := e["code"].(string)
	return s
}

// call sends a request; target is a path below the version or a whole URL, headers are "Name: value".
func call(t *testing.T, s *graphtest.Server, method, target string, body any, headers ...string) reply {
	t.Helper()
	req := request(t, method, target, body, headers...)
	resp, err := s.Client().Do(req)
	require.NoError(t, err, "%s %s", method, target)
	return readReply(t, resp)
}

func request(t *testing.T, method, target string, body any, headers ...string) *http.Request {
	t.Helper()
	if !strings.HasPrefix(target, "http") {
		target = root + target
	}
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(body)
		require.NoError(t, err)
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, target, r)
	require.NoError(t, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
	}
	return req
}

func readReply(t *testing.T, resp *http.Response) reply {
	t.Helper()
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	out := reply{status: resp.StatusCode, header: resp.Header, raw: raw}
	if len(raw) > 0 {
		require.NoError(t, json.Unmarshal(raw, &out.body), "%s", raw)
	}
	return out
}

func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "?" + q.Encode()
}

// round drains a delta from a path or link and returns its rows and the deltaLink.
func round(t *testing.T, s *graphtest.Server, target string, headers ...string) (rows []map[string]any, deltaLink string) {
	t.Helper()
	for range 10000 {
		r := call(t, s, "GET", target, nil, headers...)
		require.Equal(t, 200, r.status, "%s", r.raw)
		rows = append(rows, r.rows()...)
		next, last := r.str("@odata.nextLink"), r.str("@odata.deltaLink")
		require.NotEqual(t, next == "", last == "", "exactly one link: %s", r.raw)
		if last != "" {
			return rows, last
		}
		target = next
	}
	t.Fatal("the round does not end")
	return nil, ""
}

// brief names rows as "+displayName" and "-id".
func brief(rows []map[string]any) []string {
	out := []string{}
	for _, r := range rows {
		if _, gone := r["@removed"]; gone {
			out = append(out, "-"+r["id"].(string))
		} else {
			out = append(out, "+"+r["displayName"].(string))
		}
	}
	return out
}

func add(s *graphtest.Server, name string) graphtest.Contact {
	return s.AddContact("", graphtest.Contact{DisplayName: name})
}

func edit(t *testing.T, s *graphtest.Server, id string) {
	t.Helper()
	_, err := s.EditContact("", id, func(c *graphtest.Contact) { c.JobTitle += "x" })
	require.NoError(t, err)
}

const deltaPath = "/me/contactFolders/contacts/contacts/delta"
