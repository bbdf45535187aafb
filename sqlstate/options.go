package sqlstate

import (
	"regexp"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const defaultPrefix = "contactsync_"

// Options say where the tables are and what is kept. The zero value is useful.
type Options struct {
	// Schema is PostgreSQL's schema that holds the tables; it must exist. Empty: the first of the search path. SQLite has none.
	Schema string
	// Prefix begins the names of all tables and indexes; empty: "contactsync_". Schema and Prefix are lower-case letters, digits
	// and underscores, at most 30 of them.
	Prefix string
	// KeepRuns is how many reports of a connection are kept; 0: 50.
	KeepRuns int
	// WorkersClock lets leases and claims end by the clock of the worker that asks, instead of the clock of the database: for a
	// clock that only moves when a test moves it, as in the suite contactsynctest.State. Workers whose clocks disagree then take
	// each other's leases too early.
	WorkersClock bool
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,29}$`)

func (o *Options) check(d *dialect) error {
	const rule = "lower-case letters, digits and underscores, at most 30, not beginning with a digit"
	switch {
	case o.Schema != "" && !d.schemas:
		return &contactsync.InvalidError{Field: "Schema", Reason: d.name + " has none; use Prefix"}
	case o.Schema != "" && !plainName.MatchString(o.Schema):
		return &contactsync.InvalidError{Field: "Schema", Reason: rule}
	case o.Prefix != "" && !plainName.MatchString(o.Prefix):
		return &contactsync.InvalidError{Field: "Prefix", Reason: rule}
	case o.KeepRuns < 0:
		return &contactsync.InvalidError{Field: "KeepRuns", Reason: "is negative"}
	}
	return nil
}

func (o *Options) prefix() string {
	if o.Prefix == "" {
		return defaultPrefix
	}
	return o.Prefix
}

func (o *Options) keepRuns() int {
	if o.KeepRuns == 0 {
		return 50
	}
	return o.KeepRuns
}
