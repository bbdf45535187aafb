package graphtest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrLost is what the round tripper returns for an answer that got lost: the request may have been carried out.
var ErrLost = errors.New("graphtest: connection lost before the answer came")

// maxBody is the largest request body, compressed or not.
const maxBody = 4 << 20

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// ServeHTTP answers a Graph request. A lost answer is a 504 without a body.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	a, err := s.serve(r, scheme+"://"+r.Host)
	if err != nil {
		panic(http.ErrAbortHandler) // the caller has gone
	}
	if a.Lost {
		a = &Answer{Status: http.StatusGatewayTimeout}
	}
	h, body := s.finish(r, a)
	for name, v := range h {
		w.Header()[name] = v
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(body) // a caller that has gone is no concern of the server's
}

// RoundTrip answers a Graph request in process. It fails only with ErrLost or the error of the request's context.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	a, err := s.serve(r, r.URL.Scheme+"://"+r.URL.Host)
	if err != nil {
		return nil, err
	}
	if a.Lost {
		return nil, ErrLost
	}
	h, body := s.finish(r, a)
	return &http.Response{
		Status: strconv.Itoa(a.Status) + " " + http.StatusText(a.Status), StatusCode: a.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

// finish adds what every answer carries and compresses where both sides want it.
func (s *Server) finish(r *http.Request, a *Answer) (http.Header, []byte) {
	h := a.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	s.mu.Lock()
	s.serial++
	id := guidOf(uint32(s.serial))
	compress := s.quirks.Gzip
	s.mu.Unlock()
	h.Set("Request-Id", id)
	h.Set("Date", s.now().Format(http.TimeFormat))
	if client := r.Header.Get("Client-Request-Id"); client != "" {
		h.Set("Client-Request-Id", client)
	} else {
		h.Set("Client-Request-Id", id)
	}
	body := a.Body
	if len(body) == 0 {
		return h, nil
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", jsonType)
	}
	if compress && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(body) // a bytes.Buffer takes everything
		_ = z.Close()
		body = b.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return h, body
}

// serve carries out one HTTP request. It fails only if the request's context ends first.
func (s *Server) serve(r *http.Request, root string) (*Answer, error) {
	body, size, refusal := s.readBody(r)
	c := newCall(r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header, root+"/v1.0")
	c.body, c.req.Size = body, size
	if c.answer == nil {
		c.answer = refusal
	}
	if c.answer == nil {
		c.me, c.answer = s.identify(r.Header.Get("Authorization"))
	}
	if c.req.Route == batchRoute {
		return s.batch(r.Context(), c)
	}
	if err := s.dispatch(r.Context(), []*call{c}); err != nil {
		return nil, err
	}
	return c.answer, nil
}

func (s *Server) identify(authorization string) (me string, refusal *Answer) {
	if s.opts.Identify == nil {
		return s.opts.Me, nil
	}
	token, _ := strings.CutPrefix(authorization, "Bearer ")
	me, ok := s.opts.Identify(token)
	if !ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		return "", s.noAccess(Unauthorized)
	}
	return me, nil
}

func (s *Server) readBody(r *http.Request) (body []byte, size int, refusal *Answer) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, 0, nil
	}
	refuse := func(status int, code, format string, args ...any) *Answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.fail(status, code, fmt.Sprintf(format, args...))
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, len(body), refuse(http.StatusBadRequest, "BadRequest", "The request body could not be read: %v", err)
	}
	size = len(body)
	if size <= maxBody && strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err == nil {
			body, err = io.ReadAll(io.LimitReader(z, maxBody+1))
		}
		if err != nil {
			return nil, size, refuse(http.StatusBadRequest, "BadRequest", "The gzip request body could not be read: %v", err)
		}
	}
	if len(body) > maxBody {
		return nil, size, refuse(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request body is above 4 MB.")
	}
	return body, size, nil
}

// dispatch carries out calls that reach their mailboxes at the same time: one request, or one wave of a batch. Each has
// its answer afterwards. It fails only if ctx ends before any of them was carried out.
func (s *Server) dispatch(ctx context.Context, calls []*call) error {
	s.mu.Lock()
	var admitted []*call
	for _, c := range calls {
		if s.admit(c) {
			admitted = append(admitted, c)
		}
	}
	gate, hooks := s.gate, s.hooks
	s.mu.Unlock()
	if len(admitted) == 0 {
		return nil
	}
	defer s.leave(admitted)
	if gate != nil {
		if err := gate.pass(ctx, len(admitted)); err != nil {
			return err
		}
	}
	if err := s.wait(ctx); err != nil {
		return err
	}
	for _, c := range admitted {
		s.run(c, hooks)
	}
	return nil
}

func (s *Server) wait(ctx context.Context) error {
	if s.opts.Latency <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(s.opts.Latency)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run carries out one admitted call between its hooks.
func (s *Server) run(c *call, hooks Hooks) {
	seen := c.req
	seen.Body = c.body
	if hooks.Before != nil {
		c.answer = hooks.Before(seen)
	}
	if c.answer == nil {
		s.mu.Lock()
		c.answer = s.handle(c)
		s.mu.Unlock()
		if hooks.After != nil {
			seen.Status = c.answer.Status
			hooks.After(seen, c.answer)
		}
	}
	s.mu.Lock()
	c.logged.Status = c.answer.Status
	s.mu.Unlock()
}
