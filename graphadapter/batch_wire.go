package graphadapter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	// maxBatchParts and maxBatchBytes are Graph's limits of a batch; the body limit of 4 MB leaves room for the envelope.
	maxBatchParts = 20
	maxBatchBytes = 3_500_000
	// partOverhead is more than what a part takes beside its URL, header values and body.
	partOverhead = 200
)

// part is one request of a batch.
type part struct {
	method  string
	path    string // below the version, with its query
	headers map[string]string
	body    []byte // JSON; nil for none
}

// repeatable: sending it twice has the effect of sending it once. An update names whole values. A delete is so with its
// version only: without, the second one would find the item in Deleted Items and remove it for good.
func (p part) repeatable() bool {
	switch p.method {
	case "POST":
		return false
	case "DELETE":
		return p.headers["If-Match"] != ""
	}
	return true
}

func (p part) size() int {
	n := partOverhead + len(p.path) + len(p.body)
	for name, value := range p.headers {
		n += len(name) + len(value) + 6
	}
	return n
}

// encodeBatch writes the body of a batch; the id of a part is its place in the chunk.
func encodeBatch(parts []part, chunk []int) ([]byte, error) {
	type request struct {
		ID      string            `json:"id"`
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers,omitempty"`
		Body    json.RawMessage   `json:"body,omitempty"`
	}
	var wire struct {
		Requests []request `json:"requests"`
	}
	for place, i := range chunk {
		p := parts[i]
		wire.Requests = append(wire.Requests, request{strconv.Itoa(place), p.method, p.path, p.headers, p.body})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(wire); err != nil {
		return nil, fmt.Errorf("write the batch: %w", err)
	}
	return b.Bytes(), nil
}

// partReply is what a batch says about one part.
type partReply struct {
	status int
	header headers
	body   []byte
}

// headers are those of a part, by name in lower case.
type headers map[string]scalar

func (h *headers) UnmarshalJSON(b []byte) error {
	var spelled map[string]scalar
	if json.Unmarshal(b, &spelled) != nil {
		return nil // headers of another shape say nothing
	}
	*h = make(headers, len(spelled))
	for name, value := range spelled {
		(*h)[strings.ToLower(name)] = value
	}
	return nil
}

func (h headers) get(name string) string { return string(h[strings.ToLower(name)]) }

// decodeBatch reads the answers of n parts by their ids, whatever their order. Parts it tells nothing readable about
// are left out; so are ids that were not sent, and all but the first answer to one.
func decodeBatch(body []byte, n int) (map[int]partReply, error) {
	var wire struct {
		Responses []struct {
			ID      scalar          `json:"id"`
			Status  scalar          `json:"status"`
			Headers headers         `json:"headers"`
			Body    json.RawMessage `json:"body"`
		} `json:"responses"`
	}
	err := json.Unmarshal(repairJSON(body), &wire)
	var shape *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &shape) {
		return nil, fmt.Errorf("the answer to a batch is not valid JSON: %w", syntaxOnly(err))
	}
	replies := make(map[int]partReply, n)
	for _, r := range wire.Responses {
		place, err := strconv.Atoi(string(r.ID))
		if err != nil || place < 0 || place >= n {
			continue
		}
		status, err := strconv.Atoi(string(r.Status))
		if err != nil || status < 100 || status > 599 {
			continue
		}
		if _, twice := replies[place]; !twice {
			replies[place] = partReply{status, r.Headers, r.Body}
		}
	}
	return replies, nil
}
