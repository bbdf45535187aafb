package contactsync

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// Layered is a Policy that composes layers, such as the administrator's, the user's and the connection's, which the host looks up
// whenever it is asked. Where they do not go together, nothing is synced, and the error is that of [Compose]. The
// function must be safe for concurrent use.
func Layered(layers func(ctx context.Context, conn Connection) ([]Layer, error)) Policy {
	return &layered{layers: layers, composed: map[string]Settings{}}
}

// layered remembers what layers came to: putting them together costs more than the rest of a run that finds nothing.
type layered struct {
	layers   func(context.Context, Connection) ([]Layer, error)
	mu       sync.Mutex
	composed map[string]Settings // by all that the layers say
}

func (l *layered) For(ctx context.Context, conn Connection) (Settings, error) {
	if l.layers == nil {
		return Settings{}, &InvalidError{Field: "layers", Reason: "the function that looks them up is nil"}
	}
	layers, err := l.layers(ctx, conn)
	if err != nil {
		return Settings{}, err
	}
	key := keyOf(layers)
	l.mu.Lock()
	s, ok := l.composed[key]
	l.mu.Unlock()
	if ok {
		return s, nil
	}
	if s, _, err = Compose(layers...); err != nil {
		return Settings{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.composed) >= maxTerms {
		clear(l.composed)
	}
	l.composed[key] = s
	return s, nil
}

// keyOf is all that the layers say, each part with its length, so that no two say the same.
func keyOf(layers []Layer) string {
	var b strings.Builder
	part := func(text string) { fmt.Fprintf(&b, "%d:%s", len(text), text) }
	for _, l := range layers {
		part(l.Name)
		part(string(l.Settings))
		fmt.Fprintf(&b, "%d;", len(l.Locked))
		for _, member := range l.Locked {
			part(member)
		}
	}
	return b.String()
}
