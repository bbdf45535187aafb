package contactsync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// Keys are the host's secrets (B16), kept apart from the State: without them it reveals no value. Printed or logged they show
// nothing.
type Keys struct {
	// Fingerprint is at least 16 bytes, under which values, match keys and ids are hashed. It stays the same for as long as the
	// State is kept: a run under another one ends with [ErrKeyChanged], for it would take every value for edited. What a host
	// rotates is the key of its KMS that this one is wrapped with.
	Fingerprint []byte
	// Journal is 32 bytes, under which journal entries are sealed; required where [Journaling].Keep is not 0. It can be
	// replaced at any time. Entries that lose their key are lost, which is also the way to erase them all at once.
	Journal []byte
	// FormerJournal are keys that Journal has replaced and under which entries may still be sealed, for as long as
	// [Journaling].Keep.
	FormerJournal [][]byte
}

// Format implements [fmt.Formatter].
func (Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(keys)") }

// LogValue implements [slog.LogValuer].
func (Keys) LogValue() slog.Value { return slog.StringValue("(keys)") }

// MarshalJSON implements [encoding/json.Marshaler]: it refuses, so that what logs values as JSON cannot show them.
func (Keys) MarshalJSON() ([]byte, error) {
	return nil, errors.New("contactsync: keys are not written as JSON")
}

// KeySource is where the engine has the host's keys from: a file (package keyfile), a secrets manager, a data key that a KMS
// unwraps.
type KeySource interface {
	// Keys returns the keys. The engine asks at the first call that needs them, with its context, bounded by
	// [Config].RequestTimeout; what it cannot do without them it does not begin, and returns the error. The next call then asks
	// again. Once it has the keys it asks no more: to bring another journal key into use, make a new engine. One engine asks once
	// at a time.
	Keys(ctx context.Context) (Keys, error)
}

// secrets are the keys made ready for use. They are immutable.
type secrets struct {
	values record.Hasher // fingerprints of values
	keys   record.Hasher // hashes of match keys
	ids    record.Hasher // names of problems, stamps and settings
	mark   uint64        // tells the fingerprint key from others, and nothing else of it; never 0
	sealer *sealer       // of the journal; nil: it is off
}

func newSecrets(k Keys, journal bool) (secrets, error) {
	var s secrets
	var marks record.Hasher
	for purpose, h := range map[string]*record.Hasher{"values": &s.values, "keys": &s.keys, "ids": &s.ids, "mark": &marks} {
		var err error
		if *h, err = record.NewHasher(k.Fingerprint, purpose); err != nil {
			return secrets{}, &InvalidError{Field: "Fingerprint", Reason: strings.TrimPrefix(err.Error(), "record: ")}
		}
	}
	s.mark = max(1, marks.Text("mark"))
	var err error
	if journal {
		s.sealer, err = newSealer(k)
	}
	return s, err
}

// unlock asks the host for its keys, unless they are there. Everything that uses them comes after it.
func (e *Engine) unlock(ctx context.Context) error {
	if e.cfg.KeySource == nil {
		return nil
	}
	select {
	case e.asking <- struct{}{}:
		defer func() { <-e.asking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if e.mark != 0 {
		return nil
	}
	call, cancel := context.WithTimeout(ctx, e.cfg.RequestTimeout)
	defer cancel()
	keys, err := e.cfg.KeySource.Keys(call)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	secrets, err := newSecrets(keys, e.cfg.Journal.Keep > 0)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	e.secrets = secrets
	return nil
}

// sameKey refuses to work on a connection whose fingerprints are of another key: every value would look edited, every
// unconfirmed create and every known item unknown.
func (r *run) sameKey() error {
	if mark := r.conn.Progress.KeyMark; mark != 0 && mark != r.e.mark {
		return ErrKeyChanged
	}
	r.conn.Progress.KeyMark = r.e.mark
	return nil
}

// withKey notes the key in the first batch, where that was not done when the connection was set up: whatever becomes of the run,
// no fingerprint is saved without it.
func (r *run) withKey(b *Batch) {
	if b.Connection == nil && r.saved.Progress.KeyMark == 0 {
		conn := r.saved
		conn.Progress.KeyMark = r.conn.Progress.KeyMark
		b.Connection = &conn
	}
}

// keyOf refuses to set up a connection under another key than what is there. Ids of connections are made with it, so that one that
// seems to be new may be there already.
func (e *Engine) keyOf(ctx context.Context, c *Connection) error {
	if c.Inactive {
		return nil
	}
	old, err := e.cfg.State.Connection(ctx, c.ID)
	conns := []Connection{old}
	if errors.Is(err, ErrNotFound) {
		c.Progress.KeyMark = e.mark
		conns, err = e.cfg.State.Connections(ctx, c.Tenant)
	}
	if err != nil {
		return err
	}
	for _, other := range conns {
		if mark := other.Progress.KeyMark; !other.Inactive && mark != 0 && mark != e.mark {
			return fmt.Errorf("connection %s: %w", other.ID, ErrKeyChanged)
		}
	}
	return nil
}
