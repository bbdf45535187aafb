package contactsync

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// termsCache remembers compiled settings: checking the laws of every lens costs more than a whole run that finds
// nothing. It is safe for concurrent use.
type termsCache struct {
	mu    sync.Mutex
	terms map[termsKey]*terms
}

type termsKey struct {
	kind     record.Kind
	user     string
	settings string
}

// maxTerms bounds the cache; a host with more different settings than this compiles some of them again.
const maxTerms = 1024

// termsOf returns the compiled settings for a connection, from the cache where it can.
func (e *Engine) termsOf(conn Connection, s Settings) (*terms, error) {
	custom := slices.ContainsFunc(s.Mapping, func(r mapping.Rule) bool { return r.Custom != nil })
	text, err := json.Marshal(s)
	if custom || err != nil { // a lens of the host's own does not show in JSON
		return e.compile(conn, s)
	}
	key := termsKey{conn.Kind, conn.User, string(text)}
	e.compiled.mu.Lock()
	t, ok := e.compiled.terms[key]
	e.compiled.mu.Unlock()
	if ok {
		return t, nil
	}
	if t, err = e.compile(conn, s); err != nil {
		return nil, err
	}
	e.compiled.mu.Lock()
	defer e.compiled.mu.Unlock()
	if len(e.compiled.terms) >= maxTerms {
		clear(e.compiled.terms)
	}
	e.compiled.terms[key] = t
	return t, nil
}
