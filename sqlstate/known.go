package sqlstate

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

var knownTable = &table{name: "contactsync_known", key: 1, columns: []column{{"id", "text"}, {"data", "bytea"}}}

const (
	selectKnown     = `SELECT id, data FROM contactsync_known WHERE conn = $1`
	deleteKnown     = `DELETE FROM contactsync_known WHERE conn = $1 AND id IN TEXTS($2)`
	deleteKnownKeys = `DELETE FROM contactsync_known_keys
		WHERE item IN (SELECT item FROM contactsync_known WHERE conn = $1 AND id IN TEXTS($2))`
)

func scanKnown(rows *sql.Rows, k *contactsync.Known) error {
	var data []byte
	if err := rows.Scan(&k.ID, &data); err != nil {
		return err
	}
	if err := readKnown(data, k); err != nil {
		return fmt.Errorf("known item %q: %w", k.ID, err)
	}
	return nil
}

// KnownBy implements [contactsync.State].
func (s *State) KnownBy(ctx context.Context, conn string, keys []uint64) ([]contactsync.Known, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	known, err := list(ctx, s, scanKnown, selectKnown+` AND item IN (
		SELECT item FROM contactsync_known_keys WHERE conn = $1 AND key IN INTS($2))`, conn, s.d.ints(signed(keys)))
	if err != nil {
		return nil, fmt.Errorf("sqlstate: known items of %q: %w", conn, err)
	}
	return known, nil
}

// KnownOf implements [contactsync.State].
func (s *State) KnownOf(ctx context.Context, conn string, ids []string) ([]contactsync.Known, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := list(ctx, s, scanKnown, selectKnown+` AND id IN TEXTS($2)`, conn, s.d.texts(ids))
	if err != nil {
		return nil, fmt.Errorf("sqlstate: known items of %q: %w", conn, err)
	}
	return known, nil
}

// signed are the keys as columns hold them: the same 64 bits.
func signed(keys []uint64) []int64 {
	ints := make([]int64, len(keys))
	for i, key := range keys {
		ints[i] = int64(key)
	}
	return ints
}

// Claim implements [contactsync.State]. The claim ends by the clock of the database, as long after it as until is after now;
// see [Options].
func (s *State) Claim(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) (refused []uint64, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	// Each once, and in one order for all who claim, so that two never wait for each other.
	ask := slices.Clone(keys)
	slices.Sort(ask)
	ask = slices.Compact(ask)
	taken, err := list(ctx, s, value[int64], s.d.claim, tenant, s.d.ints(signed(ask)), s.clock(now), by, until.Sub(now).Microseconds())
	if err != nil {
		return nil, fmt.Errorf("sqlstate: claim: %w", err)
	}
	has := make(map[int64]bool, len(taken))
	for _, key := range taken {
		has[key] = true
	}
	return slices.DeleteFunc(ask, func(key uint64) bool { return has[int64(key)] }), nil
}
