package sqlstate

import (
	"context"
	"fmt"
	"time"
)

// Limits say what [State.Prune] removes. Zero members keep what there is.
type Limits struct {
	// Runs and Journal: reports of runs that ended, and entries of the undo journal that were made, before this moment.
	Runs, Journal time.Time
}

// Prune removes what no run will: claims and waits of mailboxes that are over, and of connections that are no longer synced the
// reports and the journal, which a run bounds for its own connection only. Call it now and then, a few times a day at most; it is safe beside runs and may be
// repeated or stopped at any point. It works connection by connection, in a short transaction each, and returns how many rows it
// removed. Open problems stay: they end when their records agree.
func (s *State) Prune(ctx context.Context, l Limits) (removed int64, err error) {
	conns, err := list(ctx, s, value[string], `SELECT id FROM contactsync_connections ORDER BY id`)
	if err != nil {
		return 0, fmt.Errorf("sqlstate: prune: %w", err)
	}
	tenants, err := list(ctx, s, value[string], `SELECT DISTINCT tenant FROM contactsync_claims`)
	if err != nil {
		return 0, fmt.Errorf("sqlstate: prune: %w", err)
	}
	remove := func(text string, args ...any) {
		if err != nil {
			return
		}
		err = s.once(ctx, maybeDone, func(on session) error {
			n, err := s.exec(ctx, on, text, args...)
			removed += n
			return err
		})
	}
	for _, tenant := range tenants {
		remove(`DELETE FROM contactsync_claims WHERE tenant = $1 AND held_until <= NOW($2)`, tenant, s.clock(time.Now()))
	}
	remove(`DELETE FROM contactsync_mailboxes WHERE mailbox <> $1 AND not_before <= NOW($2)`, "", s.clock(time.Now()))
	for _, conn := range conns {
		if !l.Runs.IsZero() {
			remove(`DELETE FROM contactsync_runs WHERE conn = $1 AND ended < $2`, conn, l.Runs.UnixMicro())
		}
		if !l.Journal.IsZero() {
			remove(forgetJournal, conn, l.Journal.UnixMicro())
		}
	}
	if err != nil {
		return removed, fmt.Errorf("sqlstate: prune: %w", err)
	}
	return removed, nil
}
