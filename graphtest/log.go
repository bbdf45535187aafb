package graphtest

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Request is one request as the server saw it, or one part of a batch.
type Request struct {
	Time    time.Time
	Method  string
	Path    string // below /v1.0, unescaped, such as "/me/contacts"
	Route   string // Path without the user and with {id} for ids, such as "/contactFolders/{id}/contacts/delta"
	Query   url.Values
	Header  http.Header // only Prefer, If-Match, Content-Type, Content-Encoding, Accept-Encoding, client-request-id
	Mailbox string      // address; empty if the path names none that exists
	Part    string      // id of the part of a batch; empty for a request of its own
	Parts   int         // for POST /$batch: how many parts it has
	Size    int         // length of the body as sent
	Body    []byte      // uncompressed; in the log only with Options.LogBodies
	Status  int         // answered, before an answer was lost; 0 in Hooks.Before
}

// Hooks see every request, every batch, and every part of a batch. They run without locks held, so they may act on
// the server as a person in Outlook does. They must be safe for concurrent use.
type Hooks struct {
	// Before may answer a request instead of the server, which then does nothing; nil lets it go on.
	Before func(Request) *Answer
	// After may change the answer to a request that was carried out.
	After func(Request, *Answer)
}

// Requests returns all requests since the start or the last Reset, in the order they came, each batch followed by its
// parts.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.log))
	for i, r := range s.log {
		all[i] = *r
	}
	return all
}

// Counts are sums over the log.
type Counts struct {
	Requests      int            // over the wire: batches count once
	Batches       int            // of these, POST /$batch
	Parts         int            // of batches
	Throttled     int            // requests and parts answered 429
	MaxConcurrent int            // most requests of any one mailbox under way at once, refused ones included
	Routes        map[string]int // requests and parts by method and route, such as "POST /contactFolders/{id}/contacts"
}

// Counts sums the log since the start or the last Reset.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Counts{Routes: map[string]int{}}
	for _, r := range s.log {
		if r.Part == "" {
			c.Requests++
		} else {
			c.Parts++
		}
		if r.Route == batchRoute {
			c.Batches++
		}
		if r.Status == http.StatusTooManyRequests {
			c.Throttled++
		}
		c.Routes[r.Method+" "+r.Route]++
	}
	for _, m := range s.order {
		c.MaxConcurrent = max(c.MaxConcurrent, m.busiest)
	}
	return c
}

// Reset empties the log. Mailboxes, tokens and limits stay.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
	for _, m := range s.order {
		m.busiest = 0
	}
}

var loggedHeaders = []string{"Prefer", "If-Match", "Content-Type", "Content-Encoding", "Accept-Encoding", "Client-Request-Id"}

func headersThatMatter(h http.Header) http.Header {
	kept := http.Header{}
	for name, v := range h {
		if slices.Contains(loggedHeaders, http.CanonicalHeaderKey(name)) {
			kept[http.CanonicalHeaderKey(name)] = slices.Clone(v)
		}
	}
	return kept
}
