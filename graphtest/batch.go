package graphtest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxParts is how many requests a batch may hold.
const maxParts = 20

// waveSize is how many unordered parts of a batch reach Outlook at a time.
const waveSize = 4

// part is one request of a batch.
type part struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`

	call *call
}

// batch carries out POST /$batch. It fails only if ctx ends.
func (s *Server) batch(ctx context.Context, c *call) (*Answer, error) {
	s.mu.Lock()
	parts, refusal := s.parseBatch(c)
	c.req.Parts = len(parts)
	if c.answer == nil {
		c.answer = refusal
	}
	s.enterLog(c)
	if c.answer == nil && s.nth("unavailable", s.quirks.UnavailableEvery) {
		c.answer = &Answer{Status: http.StatusServiceUnavailable}
	}
	hooks := s.hooks
	s.mu.Unlock()

	seen := c.req
	seen.Body = c.body
	if c.answer == nil && hooks.Before != nil {
		c.answer = hooks.Before(seen)
	}
	if c.answer == nil {
		if err := s.runParts(ctx, parts); err != nil {
			return nil, err
		}
		c.answer = s.batchAnswer(parts)
		if hooks.After != nil {
			seen.Status = c.answer.Status
			hooks.After(seen, c.answer)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.logged.Status = c.answer.Status
	return c.answer, nil
}

// parseBatch reads a batch. Only what makes the whole malformed is refused here. The caller holds mu.
func (s *Server) parseBatch(c *call) ([]*part, *Answer) {
	if c.req.Method != http.MethodPost {
		return nil, s.wrongVerb()
	}
	var body struct {
		Requests []*part `json:"requests"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return nil, s.badRequest("Invalid batch payload format.")
	}
	if len(body.Requests) == 0 {
		return nil, s.badRequest("A batch request must have at least one request.")
	}
	if len(body.Requests) > maxParts {
		return nil, s.badRequest("Number of batch request steps exceeds the maximum value of %d.", maxParts)
	}
	seen := map[string]bool{}
	for i, p := range body.Requests {
		switch {
		case p == nil || p.ID == "" || p.Method == "" || p.URL == "":
			return nil, s.badRequest("Request %d of the batch needs id, method and url.", i+1)
		case seen[strings.ToLower(p.ID)]:
			return nil, s.badRequest("Request Id %s has to be unique in a batch.", p.ID)
		}
		for _, on := range p.DependsOn {
			if !seen[strings.ToLower(on)] {
				return nil, s.badRequest("Request Id %s depends on %s, which is not an earlier request of the batch.", p.ID, on)
			}
		}
		seen[strings.ToLower(p.ID)] = true
	}
	for _, p := range body.Requests {
		p.call = partCall(c, p)
	}
	return body.Requests, nil
}

// partCall makes a call of a part.
func partCall(outer *call, p *part) *call {
	h := http.Header{}
	for name, v := range p.Headers {
		h.Add(name, v)
	}
	var c *call
	if u, err := url.Parse(p.URL); err == nil && !u.IsAbs() && u.Host == "" {
		c = newCall(p.Method, "/v1.0/"+strings.TrimPrefix(u.EscapedPath(), "/"), u.RawQuery, h, outer.base)
	} else {
		c = newCall(p.Method, "/v1.0/", "", h, outer.base)
		c.bad, c.req.Path = "Invalid request URL: a URL relative to the version root is needed.", p.URL
	}
	c.me, c.req.Part = outer.me, p.ID
	if c.req.Route == batchRoute {
		c.bad = "A batch request cannot contain another batch request."
	}
	if body := strings.TrimSpace(string(p.Body)); body != "" && body != "null" {
		if h.Get("Content-Type") == "" && c.bad == "" {
			c.bad = "Request Id " + p.ID + " has a body and no Content-Type header."
		}
		c.body = partBody(p.Body, h.Get("Content-Type"))
		c.req.Size = len(c.body)
	}
	return c
}

// partBody is the body of a part: JSON as it is, anything else from base64url.
func partBody(raw json.RawMessage, contentType string) []byte {
	var text string
	if strings.Contains(strings.ToLower(contentType), "json") || json.Unmarshal(raw, &text) != nil {
		return raw
	}
	if b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "=")); err == nil {
		return b
	}
	return raw
}

// runParts sends the parts to their mailboxes: unordered ones in waves of four, and one at a time where one depends on
// another.
func (s *Server) runParts(ctx context.Context, parts []*part) error {
	serial := slices.ContainsFunc(parts, func(p *part) bool { return len(p.DependsOn) > 0 })
	s.mu.Lock()
	size := waveSize
	if s.quirks.BatchFiresAll {
		size = maxParts
	}
	s.mu.Unlock()
	if serial {
		size = 1
	}
	status := map[string]int{}
	for wave := range slices.Chunk(parts, size) {
		var calls []*call
		for _, p := range wave {
			for _, on := range p.DependsOn {
				if n := status[strings.ToLower(on)]; p.call.answer == nil && (n < 200 || n > 299) {
					s.mu.Lock()
					p.call.answer = s.fail(http.StatusFailedDependency, "FailedDependency", fmt.Sprintf("Request %s failed.", on))
					s.mu.Unlock()
				}
			}
			calls = append(calls, p.call)
		}
		if err := s.dispatch(ctx, calls); err != nil {
			return err
		}
		for _, p := range wave {
			status[strings.ToLower(p.ID)] = p.call.answer.Status
		}
	}
	return nil
}

// batchAnswer puts the answers of the parts together, in any order.
func (s *Server) batchAnswer(parts []*part) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	order := slices.Clone(parts)
	if !s.quirks.BatchInOrder {
		s.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	b := append([]byte(nil), `{"responses":[`...)
	for i, p := range order {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendPart(b, p)
	}
	b = append(b, "]}"...)
	if s.nth("batchTimeout", s.quirks.BatchTimeoutEvery) {
		return s.fail(http.StatusGatewayTimeout, "UnknownError", "")
	}
	return &Answer{Status: http.StatusOK, Body: b}
}

func (s *Server) appendPart(b []byte, p *part) []byte {
	a := p.call.answer
	if a.Lost {
		a = &Answer{Status: http.StatusGatewayTimeout}
	}
	b = append(b, `{"id":`...)
	b = appendString(b, p.ID, false)
	b = fmt.Appendf(b, `,"status":%d,"headers":{`, a.Status)
	name := func(n string) string {
		if s.quirks.LowerBatchHeaders {
			n = strings.ToLower(n)
		}
		return quoted(n)
	}
	b = append(b, name("Cache-Control")+`:"private"`...)
	if a.Body != nil && a.Header.Get("Content-Type") == "" {
		b = append(b, ","+name("Content-Type")+":"+quoted("application/json")...)
	}
	for _, n := range slices.Sorted(maps.Keys(a.Header)) {
		b = append(b, ","+name(n)+":"+quoted(strings.Join(a.Header[n], ", "))...)
	}
	b = append(b, '}')
	if a.Body != nil {
		b = append(b, `,"body":`...)
		b = append(b, a.Body...)
	}
	return append(b, '}')
}
