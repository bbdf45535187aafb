package graphtest

import (
	"context"
	"sync"
)

// Gate holds requests inside the server: counted against the limits, not yet carried out.
type Gate struct {
	s    *Server
	open chan struct{}
	once sync.Once
	mu   sync.Mutex
	cond *sync.Cond
	held int
}

// Hold makes requests that arrive from now on wait inside the server until Release. Requests refused by a limit do
// not wait. A second Hold takes the place of the first for later requests.
func (s *Server) Hold() *Gate {
	g := &Gate{s: s, open: make(chan struct{})}
	g.cond = sync.NewCond(&g.mu)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate = g
	return g
}

// Wait returns once n requests or batch parts are held.
func (g *Gate) Wait(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.held < n {
		g.cond.Wait()
	}
}

// Release lets the held requests go on and holds no more. It may be called again.
func (g *Gate) Release() {
	g.once.Do(func() {
		close(g.open)
		g.s.mu.Lock()
		defer g.s.mu.Unlock()
		if g.s.gate == g {
			g.s.gate = nil
		}
	})
}

func (g *Gate) pass(ctx context.Context, n int) error {
	g.add(n)
	defer g.add(-n)
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *Gate) add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held += n
	g.cond.Broadcast()
}
