package graphtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

type m = map[string]any

var jsonHeader = m{"Content-Type": "application/json"}

func post(id string, body m, dependsOn ...string) m {
	p := m{"id": id, "method": "POST", "url": "/me/contacts", "headers": jsonHeader, "body": body}
	if len(dependsOn) > 0 {
		p["dependsOn"] = dependsOn
	}
	return p
}

func get(id, url string) m { return m{"id": id, "method": "GET", "url": url} }

func batch(t *testing.T, s *graphtest.Server, parts ...m) reply {
	t.Helper()
	return call(t, s, "POST", "/$batch", m{"requests": parts})
}

// statuses are the inner statuses by id.
func (r reply) statuses() map[string]int {
	out := map[string]int{}
	for _, p := range r.parts() {
		out[p["id"].(string)] = int(p["status"].(float64))
	}
	return out
}

func (r reply) parts() []m {
	var out []m
	list, _ := r.body["responses"].([]any)
	for _, x := range list {
		out = append(out, x.(m))
	}
	return out
}

func (r reply) ids() []string {
	var out []string
	for _, p := range r.parts() {
		out = append(out, p["id"].(string))
	}
	return out
}

func TestBatchRefusedWhole(t *testing.T) {
	var many []m
	for i := range 21 {
		many = append(many, get(fmt.Sprint(i), "/me"))
	}
	for name, body := range map[string]any{
		"no JSON":            "{",
		"nothing":            m{},
		"empty":              m{"requests": []m{}},
		"null part":          m{"requests": []any{nil}},
		"21 parts":           m{"requests": many},
		"same id":            m{"requests": []m{get("a", "/me"), get("A", "/me")}},
		"no id":              m{"requests": []m{{"method": "GET", "url": "/me"}}},
		"no method":          m{"requests": []m{{"id": "1", "url": "/me"}}},
		"no url":             m{"requests": []m{{"id": "1", "method": "GET"}}},
		"unknown dependency": m{"requests": []m{post("1", m{}, "2")}},
		"own dependency":     m{"requests": []m{post("1", m{}, "1")}},
	} {
		s := newServer(t, graphtest.Options{})
		r := call(t, s, "POST", "/$batch", body)
		require.Equal(t, 400, r.status, name)
		require.Equal(t, "BadRequest", r.code(), name)
		require.Zero(t, s.Counts().Parts, name)
	}
	s := newServer(t, graphtest.Options{})
	require.Equal(t, 405, call(t, s, "GET", "/$batch", nil).status)
	require.Equal(t, 413, call(t, s, "POST", "/$batch", strings.Repeat(" ", 4<<20+1)).status)
}

// One bad part leaves the others alone.
func TestBatchRefusedParts(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	r := batch(t, s,
		get("absolute", root+"/me"), get("host", "//example.com/me"), get("nested", "/$batch"),
		m{"id": "no type", "method": "POST", "url": "/me/contacts", "body": m{"givenName": "x"}},
		m{"id": "bad json", "method": "POST", "url": "/me/contacts", "headers": jsonHeader, "body": "text"},
		get("version", "/beta/me"), get("good", "me/contactFolders/contacts?$select="),
		m{"id": "null body", "method": "get", "url": "/me", "body": nil},
	)
	require.Equal(t, map[string]int{
		"absolute": 400, "host": 400, "nested": 400, "no type": 400, "bad json": 400, "version": 400, "good": 400, "null body": 200,
	}, r.statuses())
	require.Empty(t, s.Contacts("", ""))
}

func TestBatchDependsOn(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	r := batch(t, s, post("1", m{"givenName": "A"}), post("2", m{"faxNumber": "x"}, "1"), post("3", m{"givenName": "C"}, "2"), post("4", m{"givenName": "D"}, "1"))
	require.Equal(t, map[string]int{"1": 201, "2": 400, "3": 424, "4": 201}, r.statuses())
	require.Len(t, s.Contacts("", ""), 2)
}

func TestBatchHeaders(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := add(s, "Ada")
	withPrefer := get("1", "/me/contacts/"+c.ID)
	withPrefer["headers"] = m{"Prefer": `odata.maxpagesize=5, IdType="ImmutableId"`}
	stale := m{"id": "3", "method": "PATCH", "url": "/me/contacts/" + c.ID, "headers": m{"content-type": "application/json", "if-match": `W/"old"`}, "body": m{"jobTitle": "x"}}
	r := call(t, s, "POST", "/$batch", m{"requests": []m{withPrefer, get("2", "/me/contacts/"+c.ID), stale}}, immutable)
	ids := map[string]any{}
	for _, p := range r.parts() {
		if body := p["body"].(m); body["id"] != nil {
			ids[p["id"].(string)] = body["id"]
		}
		if p["id"] == "1" {
			require.Equal(t, `IdType="ImmutableId", odata.maxpagesize=5`, p["headers"].(m)["Preference-Applied"])
		}
	}
	require.Equal(t, map[string]any{"1": c.ImmutableID, "2": c.ID}, ids, "Prefer is each part's own")
	require.Equal(t, 412, r.statuses()["3"])
}

// n creates are n parts in ceil(n/20) batches: the log can tell.
func TestBatchCounts(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	const n = 45
	for start := 0; start < n; start += 20 {
		var parts []m
		for i := start; i < min(start+20, n); i++ {
			parts = append(parts, post(fmt.Sprint(i), m{"givenName": fmt.Sprint("N", i)}))
		}
		for id, status := range batch(t, s, parts...).statuses() {
			require.Equal(t, 201, status, id)
		}
	}
	c := s.Counts()
	require.Equal(t, []int{3, 3, n}, []int{c.Requests, c.Batches, c.Parts})
	require.Equal(t, map[string]int{"POST /$batch": 3, "POST /contacts": n}, c.Routes)
	log := s.Requests()
	require.Equal(t, 20, log[0].Parts)
	require.Equal(t, []any{"POST", "/me/contacts", "me@example.com", "0", 201}, []any{log[1].Method, log[1].Path, log[1].Mailbox, log[1].Part, log[1].Status})
	s.Reset()
	require.Equal(t, graphtest.Counts{Routes: map[string]int{}}, s.Counts())
}

// Answers come in any order, the same one for the same seed.
func TestBatchOrder(t *testing.T) {
	run := func(seed uint64, q graphtest.Quirks) []string {
		s := newServer(t, graphtest.Options{Seed: seed, Quirks: q})
		var parts []m
		for i := range 20 {
			parts = append(parts, get(fmt.Sprint("p", i), "/me"))
		}
		return batch(t, s, parts...).ids()
	}
	require.Equal(t, run(1, graphtest.Quirks{}), run(1, graphtest.Quirks{}))
	require.NotEqual(t, run(1, graphtest.Quirks{}), run(2, graphtest.Quirks{}))
	inOrder := run(1, graphtest.Quirks{BatchInOrder: true})
	require.Equal(t, "p0 p1 p2 p3", strings.Join(inOrder[:4], " "))
	require.False(t, slices.Equal(inOrder, run(1, graphtest.Quirks{})))
}

// Graph sends four parts of a batch to Outlook at a time; before 2023 it sent all, and those beyond four were refused.
func TestBatchConcurrency(t *testing.T) {
	for _, tt := range []struct {
		all             bool
		done, throttled int
	}{{false, 10, 0}, {true, 4, 6}} {
		s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{BatchFiresAll: tt.all}})
		var parts []m
		for i := range 10 {
			parts = append(parts, post(fmt.Sprint(i), m{"givenName": "x"}))
		}
		r := batch(t, s, parts...)
		require.Equal(t, 200, r.status)
		throttled := 0
		for _, p := range r.parts() {
			if p["status"].(float64) == 429 {
				throttled++
				require.NotEmpty(t, p["headers"].(m)["Retry-After"])
			}
		}
		require.Equal(t, tt.throttled, throttled)
		require.Len(t, s.Contacts("", ""), tt.done)
		require.Equal(t, tt.throttled, s.Counts().Throttled)
	}
}

// A batch beside other calls on the same mailbox trips the limit of four: the parts above it come back as 429.
func TestBatchBesideOtherCalls(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	gate := s.Hold()
	defer gate.Release()
	single := make(chan int, 2)
	for range 2 {
		go func() { single <- send(s, "GET", "/me/contacts", "") }()
	}
	gate.Wait(2)
	result := make(chan map[string]int, 1)
	var parts []m
	for i := range 4 {
		parts = append(parts, post(fmt.Sprint(i), m{"givenName": "x"}))
	}
	go func() { result <- batch(t, s, parts...).statuses() }()
	gate.Wait(4)
	gate.Release()
	require.Equal(t, []int{200, 200}, []int{<-single, <-single})
	require.Equal(t, map[string]int{"0": 201, "1": 201, "2": 429, "3": 429}, <-result)
}

// send is for goroutines, where a test may not fail: 0 stands for an error.
func send(s *graphtest.Server, method, path, body string) int {
	req, err := http.NewRequestWithContext(context.Background(), method, root+path, strings.NewReader(body))
	if err != nil {
		return 0
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// The whole batch can time out after its work was done, and a part can be lost.
func TestBatchLostAnswers(t *testing.T) {
	s := newServer(t, graphtest.Options{Quirks: graphtest.Quirks{BatchTimeoutEvery: 2}})
	require.Equal(t, 200, batch(t, s, post("1", m{"givenName": "A"})).status)
	lost := batch(t, s, post("1", m{"givenName": "B"}))
	require.Equal(t, 504, lost.status)
	require.Len(t, s.Contacts("", ""), 2, "its work was done")

	s.SetQuirks(graphtest.Quirks{})
	s.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
		if r.Part == "2" {
			a.Lost = true
		}
	}})
	require.Equal(t, map[string]int{"1": 201, "2": 504}, batch(t, s, post("1", m{"givenName": "C"}), post("2", m{"givenName": "D"})).statuses())
	require.Len(t, s.Contacts("", ""), 4)

	s.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) { a.Lost = r.Parts > 0 }})
	_, err := s.Client().Do(request(t, "POST", "/$batch", m{"requests": []m{post("1", m{"givenName": "E"})}}))
	require.True(t, errors.Is(err, graphtest.ErrLost))
	require.Len(t, s.Contacts("", ""), 5)
}

// A caller that gives up in the middle of a batch does not know which parts were carried out.
func TestBatchCancelled(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	s.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, _ *graphtest.Answer) {
		if r.Part == "4" {
			cancel()
		}
	}})
	var parts []m
	for i := 1; i <= 8; i++ {
		parts = append(parts, post(fmt.Sprint(i), m{"givenName": "x"}))
	}
	raw, err := json.Marshal(m{"requests": parts})
	require.NoError(t, err)
	req := request(t, "POST", "/$batch", raw).WithContext(ctx)
	_, err = s.Client().Do(req)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, s.Contacts("", ""), 4, "the first wave was carried out, the second not")
}
