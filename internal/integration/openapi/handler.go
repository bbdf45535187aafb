package openapi

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
)

// Handler passes requests on to Next and checks each with its answer. It is safe for concurrent use.
type Handler struct {
	Next        http.Handler
	Description *Description
	// Report gets everything that does not fit, from several goroutines, before the caller has its answer.
	Report func(error)

	looked atomic.Int64
}

// Looked is how many exchanges were checked: requests, and parts of batches besides.
func (h *Handler) Looked() int { return int(h.looked.Load()) }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		h.Report(fmt.Errorf("openapi: read a request: %w", err))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	answer := &recorder{header: http.Header{}}
	h.Next.ServeHTTP(answer, r)

	x := Exchange{Method: r.Method, Target: r.URL.RequestURI(), Header: r.Header.Clone(), Status: answer.status, AnswerHeader: answer.header.Clone()}
	if x.Body, err = unpacked(x.Header, sent); err != nil {
		h.Report(fmt.Errorf("openapi: request: %w", err))
	} else if x.Answer, err = unpacked(x.AnswerHeader, answer.body.Bytes()); err != nil {
		h.Report(fmt.Errorf("openapi: answer: %w", err))
	} else {
		mismatches, looked := h.Description.Check(x)
		for _, m := range mismatches {
			h.Report(m)
		}
		h.looked.Add(int64(looked))
	}

	maps.Copy(w.Header(), answer.header)
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	_, _ = w.Write(answer.body.Bytes()) // a caller that has gone is no concern of the check
}

// unpacked is a body as it was before gzip; the header then no longer says that it is packed.
func unpacked(h http.Header, body []byte) ([]byte, error) {
	if !strings.EqualFold(h.Get("Content-Encoding"), "gzip") {
		return body, nil
	}
	h.Del("Content-Encoding")
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// recorder holds an answer until it has been checked.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.body.Write(p)
}
