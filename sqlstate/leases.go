package sqlstate

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// takeLease takes the lease where it and its mailbox are free, and says what work is due. $1: connection, $2: worker, $3: the
// clock, $4: for how long, $5: the worker's clock. The lease ends by the clock of the database; how far the worker's is ahead of
// it is kept, so that Extend, which is by the worker's, can be understood.
const takeLease = `UPDATE contactsync_connections AS c SET token = token + 1, lease_worker = $2, lease_mailbox = mailbox_key,
		lease_until = NOW($3) + CAST($4 AS bigint), lease_skew = CAST($5 AS bigint) - NOW($3),
		lease_message = coalesce((SELECT max(id) FROM contactsync_messages WHERE conn = $1), 0)
	WHERE id = $1 AND status <> 'ended' AND (lease_until IS NULL OR lease_worker = $2 OR lease_until <= NOW($3))
		AND NOT EXISTS (SELECT 1 FROM contactsync_connections AS other
			WHERE other.lease_mailbox = c.mailbox_key AND other.id <> c.id AND other.lease_worker <> $2 AND other.lease_until > NOW($3))
		AND NOT EXISTS (SELECT 1 FROM contactsync_mailboxes WHERE mailbox = c.mailbox_key AND not_before > NOW($3))
	RETURNING ` + connectionColumns + `, token,
		EXISTS (SELECT 1 FROM contactsync_links WHERE conn = $1 AND is_open),
		EXISTS (SELECT 1 FROM contactsync_problems WHERE conn = $1 AND retry_at <= $5),
		EXISTS (SELECT 1 FROM contactsync_messages WHERE conn = $1)`

// due says which kinds of work a lease brings: mostly none, and then nothing more is asked.
type due struct{ open, retry, messages bool }

// Acquire implements [contactsync.State]. The lease lasts ttl by the clock of the database, whatever the clocks of the workers
// say; see [Options].
func (s *State) Acquire(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (l contactsync.Lease, err error) {
	if s.hostsTx(ctx) != nil {
		return l, fmt.Errorf("sqlstate: acquire %q: a run does not go on within a transaction of the host", conn)
	}
	take := func(on session) error { l, err = s.take(ctx, on, conn, worker, now, ttl); return err }
	if s.d.lockConnection == "" {
		err = s.once(ctx, maybeDone, take)
	} else {
		err = s.atomically(ctx, take)
	}
	if err != nil {
		return contactsync.Lease{}, fmt.Errorf("sqlstate: acquire %q: %w", conn, err)
	}
	return l, nil
}

func (s *State) take(ctx context.Context, on session, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
	if s.d.lockConnection != "" {
		if err := s.query(ctx, on, s.d.lockConnection, []any{conn}, func(*sql.Rows) error { return nil }); err != nil {
			return contactsync.Lease{}, err
		}
	}
	l := contactsync.Lease{Worker: worker, Until: now.Add(ttl)}
	var due due
	args := []any{conn, worker, s.clock(now), ttl.Microseconds(), now.UnixMicro()}
	err := s.query(ctx, on, takeLease, args, func(rows *sql.Rows) error {
		return scanConnection(rows, &l.Conn, &l.Token, &due.open, &due.retry, &due.messages)
	})
	if err != nil {
		return contactsync.Lease{}, err
	}
	if l.Token == 0 {
		return contactsync.Lease{}, s.whyNot(ctx, on, conn, worker, now)
	}
	return l, s.brief(ctx, on, &l, due, now)
}

// brief adds the due work.
func (s *State) brief(ctx context.Context, on session, l *contactsync.Lease, due due, now time.Time) (err error) {
	if due.open {
		if l.Open, err = listOn(ctx, s, on, scanLink, selectLinks+` AND is_open ORDER BY id`, l.Conn.ID); err != nil {
			return err
		}
	}
	if due.retry {
		l.Retry, err = listOn(ctx, s, on, scanJSON[contactsync.Problem], selectProblems+` AND retry_at <= $2 ORDER BY id`, l.Conn.ID, now.UnixMicro())
		if err != nil {
			return err
		}
	}
	if due.messages {
		l.Messages, err = listOn(ctx, s, on, scanMessage, selectMessages+` ORDER BY id`, l.Conn.ID)
	}
	return err
}

// whyNot says why a lease was not given.
func (s *State) whyNot(ctx context.Context, on session, conn, worker string, now time.Time) error {
	const why = `SELECT coalesce(lease_worker <> $2 AND lease_until > NOW($3), false),
			EXISTS (SELECT 1 FROM contactsync_connections AS other
				WHERE other.lease_mailbox = c.mailbox_key AND other.id <> c.id AND other.lease_worker <> $2 AND other.lease_until > NOW($3)),
			coalesce((SELECT not_before - NOW($3) FROM contactsync_mailboxes WHERE mailbox = c.mailbox_key), 0)
		FROM contactsync_connections AS c WHERE id = $1 AND status <> 'ended'`
	err := contactsync.ErrNotFound
	answer := s.query(ctx, on, why, []any{conn, worker, s.clock(now)}, func(rows *sql.Rows) error {
		var held, mailbox bool
		var wait int64
		if err := rows.Scan(&held, &mailbox, &wait); err != nil {
			return err
		}
		switch {
		case held:
			err = fmt.Errorf("%w: another worker has it", contactsync.ErrBusy)
		case !mailbox && wait > 0:
			err = &contactsync.ThrottledError{RetryAfter: time.Duration(wait) * time.Microsecond}
		default: // or the reason is over by now
			err = fmt.Errorf("%w: another worker has its mailbox", contactsync.ErrBusy)
		}
		return nil
	})
	if answer != nil {
		return answer
	}
	return err
}

// dueConnections are those whose time has come and those that a message wakes, each only where nobody holds it or its mailbox and
// the mailbox need not wait. $1: the worker's clock, $2: how many at most, $3: the clock. Both parts find their rows by an index.
const (
	dueConnections = `SELECT id FROM (
			SELECT * FROM (SELECT c.id, c.next_at FROM contactsync_connections AS c
				WHERE NOT c.inactive AND c.next_at <= $1 AND ` + isFree + ` ORDER BY c.next_at, c.id LIMIT $2) AS planned
			UNION SELECT c.id, c.next_at FROM contactsync_messages AS w JOIN contactsync_connections AS c ON c.id = w.conn
				WHERE w.wakes AND w.id > c.seen_message AND NOT c.inactive AND ` + isFree + `
		) AS due ORDER BY next_at, id LIMIT $2`
	isFree = `(c.lease_until IS NULL OR c.lease_until <= NOW($3))
				AND NOT EXISTS (SELECT 1 FROM contactsync_connections AS other WHERE other.lease_mailbox = c.mailbox_key AND other.lease_until > NOW($3))
				AND NOT EXISTS (SELECT 1 FROM contactsync_mailboxes WHERE mailbox = c.mailbox_key AND not_before > NOW($3))`
)

// Due implements [contactsync.State]. When a connection is due again is a time of the workers' clocks; whether it, or its
// mailbox, is held is judged by that of the database.
func (s *State) Due(ctx context.Context, now time.Time, n int) ([]string, error) {
	ids, err := list(ctx, s, value[string], dueConnections, now.UnixMicro(), max(n, 0), s.clock(now))
	if err != nil {
		return nil, fmt.Errorf("sqlstate: due: %w", err)
	}
	return ids, nil
}
