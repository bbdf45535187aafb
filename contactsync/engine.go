package contactsync

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Config holds what an [Engine] works with. The first group is required; the zero value of the rest is its documented
// default.
type Config struct {
	Store     Store
	Directory Directory
	State     State
	Policy    Policy
	// Key is the host's secret, at least 16 bytes: [Keys].Fingerprint. In its place, KeySource brings this key and that of the
	// journal from where the host keeps them.
	Key       []byte
	KeySource KeySource
	// CRM is the schema of the host's records, by kind. Outlook's schemas are known; OutlookSchema replaces one, for
	// custom fields.
	CRM           map[record.Kind]*record.Schema
	OutlookSchema map[record.Kind]*record.Schema

	// Journal keeps what runs overwrite and delete, so that they can be undone; default: it is off.
	Journal Journaling

	// Worker names this process in leases; default: a random name.
	Worker string
	// Lease is how long a run may go without saving anything; default 5 minutes. RequestTimeout bounds each call of
	// Store and Directory; default 1 minute, and must be shorter than Lease.
	Lease          time.Duration
	RequestTimeout time.Duration
	// VisibilityDelay is how long Outlook may take to show a new item to a search; default 2 minutes. A create whose
	// outcome is not known is repeated only after Lease + RequestTimeout + VisibilityDelay, and only when a complete
	// listing begun after that does not show it.
	VisibilityDelay time.Duration
	// ReconcileOutlook and ReconcileCRM are the intervals of complete passes; default 7 days and 1 day.
	ReconcileOutlook time.Duration
	ReconcileCRM     time.Duration
	// Interval is how long after a run its connection is due again, more or less a tenth, for [Engine.SyncDue]; default 15
	// minutes. Hosts that call Sync themselves need none.
	Interval time.Duration
	// ChunkSize is how many records are written between two saves; default 20, which is one batch of Graph.
	ChunkSize int
	// Rand is the source of random ids, safe for concurrent use; default crypto/rand.
	Rand io.Reader
	// Now is the clock; default time.Now.
	Now func() time.Time
	// Logger gets ids and counts, never values; default: nothing is logged.
	Logger   *slog.Logger
	Observer Observer
}

// Engine keeps connections in step. It holds no state of its own: everything is in the State, and any number of engines
// in any number of processes may work on one State. It is safe for concurrent use.
// [New] makes one; the methods of the zero Engine panic.
//
// Its calls take any connection: who may make them is for the host to see to. What a user asks for goes through [Engine.User],
// which knows the user's own.
type Engine struct {
	cfg      Config
	secrets  // once unlock has returned
	asking   chan struct{}
	compiled termsCache
}

// New checks the configuration and returns an engine. It does no I/O. The error is an [*InvalidError] that names the member of
// [Config] at fault.
func New(cfg Config) (*Engine, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("contactsync: config: %w", err)
	}
	e := &Engine{cfg: cfg, asking: make(chan struct{}, 1), compiled: termsCache{terms: map[termsKey]*terms{}}}
	if cfg.KeySource != nil {
		return e, nil
	}
	var err error
	if e.secrets, err = newSecrets(Keys{cfg.Key, cfg.Journal.Key, cfg.Journal.Former}, cfg.Journal.Keep > 0); err != nil {
		return nil, fmt.Errorf("contactsync: config: %w", inConfig(err))
	}
	return e, nil
}

func (c Config) withDefaults() Config {
	c.Lease = cmp.Or(c.Lease, 5*time.Minute)
	c.RequestTimeout = cmp.Or(c.RequestTimeout, time.Minute)
	c.VisibilityDelay = cmp.Or(c.VisibilityDelay, 2*time.Minute)
	c.ReconcileOutlook = cmp.Or(c.ReconcileOutlook, 7*24*time.Hour)
	c.ReconcileCRM = cmp.Or(c.ReconcileCRM, 24*time.Hour)
	c.Interval = cmp.Or(c.Interval, 15*time.Minute)
	c.ChunkSize = cmp.Or(c.ChunkSize, 20)
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Worker == "" {
		c.Worker = newID(c.Rand)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Observer == nil {
		c.Observer = ObserverFunc(func(context.Context, Event) {})
	}
	return c
}
