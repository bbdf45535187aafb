package sqlstate_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy stands between the driver and PostgreSQL, and makes of it a server that is restarted, or slow. It has no clock: what it
// does begins and ends with what the test and the two sides do.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	pairs   map[*pair]bool
	refuses int           // so many connections to come; -1: all
	held    chan struct{} // closed once an answer is held back; nil: answers pass
}

// pair is one connection of the driver with its connection to the server.
type pair struct{ client, server net.Conn }

func (c *pair) close() {
	c.client.Close()
	c.server.Close()
}

// behindProxy is PostgreSQL, reached by way of a proxy.
func behindProxy(t *testing.T) (database, *proxy) {
	t.Helper()
	d := databases[len(databases)-1]
	p := &proxy{pairs: map[*pair]bool{}}
	direct := d.open
	d.open = func(t testing.TB) (driver, source, schema string, most int) {
		driver, source, schema, most = direct(t)
		at, err := url.Parse(source)
		require.NoError(t, err)
		p.listener, err = net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		p.target, at.Host = at.Host, p.listener.Addr().String()
		var accepting sync.WaitGroup
		accepting.Go(p.accept)
		t.Cleanup(func() {
			p.listener.Close()
			p.stop()
			accepting.Wait()
		})
		return driver, at.String(), schema, most
	}
	return d, p
}

func (p *proxy) accept() {
	var open sync.WaitGroup
	defer open.Wait()
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		c := &pair{client, server}
		p.mu.Lock()
		refused := p.refuses != 0
		p.refuses = max(p.refuses-1, min(p.refuses, 0))
		if !refused {
			p.pairs[c] = true
		}
		p.mu.Unlock()
		if refused {
			c.close()
			continue
		}
		open.Go(func() { io.Copy(c.server, c.client); c.close() })
		open.Go(func() { p.answer(c); c.close() })
	}
}

// answer passes on what the server says, or holds it back.
func (p *proxy) answer(c *pair) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := c.server.Read(buffer)
		if err != nil {
			return
		}
		p.mu.Lock()
		held := p.held
		if held != nil {
			select {
			case <-held:
			default:
				close(held)
			}
		}
		p.mu.Unlock()
		if held != nil {
			continue // nobody will ever read it: see drop
		}
		if _, err := c.client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// stop ends all connections and lets nobody in until start, as a server that is restarted.
func (p *proxy) stop() { p.refuse(-1) }

func (p *proxy) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = 0
}

// refuse ends all connections, and refuses the next n.
func (p *proxy) refuse(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = n
	p.end()
}

func (p *proxy) end() {
	for c := range p.pairs {
		c.close()
	}
	clear(p.pairs)
}

// hold keeps back all that the server answers from now on. The channel is closed when it has answered.
func (p *proxy) hold() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = make(chan struct{})
	return p.held
}

// drop ends the connections whose answers were held back: whoever waited for one does not any more.
func (p *proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = nil
	p.end()
}
