package graphtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"
)

// Options are the choices made once for a Server. The zero value is ready for use.
type Options struct {
	// Me is the mailbox that /me means; it exists from the start. Empty: "me@example.com".
	Me string
	// Identify tells from a bearer token whose mailbox /me is; ok false answers 401. Nil accepts every request, with or
	// without a token, as Me.
	Identify func(token string) (me string, ok bool)
	// Now is the clock behind every time the server writes or compares. Nil: time.Now.
	Now func() time.Time
	// Seed decides ids and the order of batch answers and of shuffled rows.
	Seed uint64
	// Concurrency is how many requests of a mailbox may be under way; one more is answered 429. 0: 4, negative: no
	// limit.
	Concurrency int
	// Requests is how many requests and batch parts a mailbox may send in Window; more are answered 429 and count as
	// well. 0: 10,000, negative: no limit.
	Requests int
	// Window is the time for Requests. 0: ten minutes.
	Window time.Duration
	// Latency is how long a request takes, a batch as long as it has waves of four parts. It is waited for in real time,
	// or in the fake time of a testing/synctest bubble.
	Latency time.Duration
	// LogBodies keeps request bodies in the log; else only their length.
	LogBodies bool
	// Quirks is how this Graph behaves where the documents leave room. SetQuirks changes it later.
	Quirks Quirks
}

// Server is a Microsoft Graph of its own: mailboxes in memory behind the v1.0 protocol. It is an http.Handler, and an
// http.RoundTripper that answers without a socket. Safe for concurrent use.
type Server struct {
	// URL is the root without a version, such as "http://127.0.0.1:49152". Empty unless made by NewServer.
	URL string

	opts Options

	mu     sync.Mutex
	quirks Quirks
	hooks  Hooks
	boxes  map[string]*mailbox // by address in lower case, and by user id
	order  []*mailbox
	random *rand.Rand
	counts map[string]int // of the Every quirks
	log    []*Request
	serial int
	gate   *Gate
}

// New returns a Server that listens nowhere: use Client, or it as a handler or round tripper.
func New(o Options) *Server {
	if o.Me == "" {
		o.Me = "me@example.com"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Concurrency == 0 {
		o.Concurrency = 4
	}
	if o.Requests == 0 {
		o.Requests = 10000
	}
	if o.Window == 0 {
		o.Window = 10 * time.Minute
	}
	s := &Server{
		opts: o, quirks: o.Quirks, boxes: map[string]*mailbox{}, counts: map[string]int{},
		random: rand.New(rand.NewPCG(o.Seed, 0x6772617068)),
	}
	s.box(o.Me)
	return s
}

// TB is the part of testing.TB that NewServer needs.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// NewServer returns a Server that listens on a port of this machine until the test ends. At most one Options is taken.
func NewServer(t TB, o ...Options) *Server {
	t.Helper()
	var opts Options
	if len(o) > 0 {
		opts = o[0]
	}
	s := New(opts)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("graphtest: listen: %v", err)
	}
	s.URL = "http://" + l.Addr().String()
	web := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = web.Serve(l) // ErrServerClosed at the end of the test
	}()
	t.Cleanup(func() {
		_ = web.Close()
		<-done
	})
	return s
}

// Client returns an HTTP client whose every request is answered by s in process, whatever its host.
func (s *Server) Client() *http.Client { return &http.Client{Transport: s} }

// SetQuirks changes how the server behaves from now on.
func (s *Server) SetQuirks(q Quirks) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quirks = q
}

// SetHooks sets what looks at each request from now on; the zero value removes it.
func (s *Server) SetHooks(h Hooks) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = h
}

// Access is what the server lets a caller do with a mailbox.
type Access uint8

const (
	Granted         Access = iota
	Unauthorized           // 401 InvalidAuthenticationToken
	ClaimsChallenge        // 401 with a claims challenge in WWW-Authenticate
	Denied                 // 403 ErrorAccessDenied
	NotEnabled             // 404 MailboxNotEnabledForRESTAPI: on-premises, unlicensed or inactive
	OverQuota              // 507 ErrorQuotaExceeded for delta and creates
)

// SetAccess changes what callers may do with a mailbox, which is made if it is new.
func (s *Server) SetAccess(mailbox string, a Access) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.box(mailbox).access = a
}

// AddMailbox makes an empty mailbox with a default contact folder and returns its user id. It does nothing if there
// is one.
func (s *Server) AddMailbox(address string) (userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.box(address).userID
}

// ExpireTokens makes all delta and skip tokens of a mailbox expired: they answer 410.
func (s *Server) ExpireTokens(mailbox string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.box(mailbox).generation++
}

// box returns a mailbox by address or user id, making it if it is new. The caller holds mu.
func (s *Server) box(address string) *mailbox {
	if address == "" || address == "me" {
		address = s.opts.Me
	}
	if m := s.boxes[strings.ToLower(address)]; m != nil {
		return m
	}
	m := newMailbox(s.opts.Seed, address)
	s.keep(m)
	return m
}

func (s *Server) keep(m *mailbox) {
	s.boxes[strings.ToLower(m.address)] = m
	s.boxes[m.userID] = m
	i := sort.Search(len(s.order), func(i int) bool { return s.order[i].address >= m.address })
	s.order = append(s.order, nil)
	copy(s.order[i+1:], s.order[i:])
	s.order[i] = m
}

func (s *Server) now() time.Time { return s.opts.Now().UTC() }

// nth counts what an Every quirk applies to and tells whether this is its turn. The caller holds mu.
func (s *Server) nth(name string, every int) bool {
	if every <= 0 {
		return false
	}
	s.counts[name]++
	return s.counts[name]%every == 0
}

func guidOf(n uint32) string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", n, n>>16, n&0xfff, n>>20, uint64(n)*0x9e3779b9)[:36]
}
