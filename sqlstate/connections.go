package sqlstate

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const connectionColumns = `id, tenant, user_id, kind, mailbox, folder, inactive, status, reason, halt, progress`

// scanConnection reads connectionColumns, and more columns into more.
func scanConnection(rows *sql.Rows, c *contactsync.Connection, more ...any) error {
	var mailbox, progress string
	var halt sql.NullString
	into := []any{&c.ID, &c.Tenant, &c.User, &c.Kind, &mailbox, &c.Folder, &c.Inactive, &c.Status, &c.Reason, &halt, &progress}
	if err := rows.Scan(append(into, more...)...); err != nil {
		return err
	}
	if err := fromJSON(mailbox, &c.Mailbox); err != nil {
		return fmt.Errorf("mailbox of %q: %w", c.ID, err)
	}
	if halt.Valid {
		if err := fromJSON(halt.String, &c.Halt); err != nil {
			return fmt.Errorf("halt of %q: %w", c.ID, err)
		}
	}
	if err := fromJSON(progress, &c.Progress); err != nil {
		return fmt.Errorf("progress of %q: %w", c.ID, err)
	}
	return nil
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func fromJSON(text string, into any) error { return json.Unmarshal([]byte(text), into) }

// progressColumns are status, reason, halt, progress, and when the connection is due again.
func progressColumns(c *contactsync.Connection) ([]any, error) {
	progress, err := toJSON(c.Progress)
	if err != nil {
		return nil, err
	}
	columns := []any{string(c.Status), c.Reason, nil, progress, c.Progress.Next.UnixMicro()}
	if c.Halt != nil {
		columns[2], err = toJSON(c.Halt)
	}
	return columns, err
}

// PutConnection implements [contactsync.State].
func (s *State) PutConnection(ctx context.Context, c contactsync.Connection) error {
	if c.ID == "" {
		return fmt.Errorf("sqlstate: put connection: %w", &contactsync.InvalidError{Field: "id", Reason: "a connection needs an id"})
	}
	const put = `INSERT INTO contactsync_connections AS c (` + connectionColumns + `, next_at, mailbox_key, token, seen_message, lease_message)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0)
		ON CONFLICT (id) DO UPDATE SET mailbox = excluded.mailbox, mailbox_key = excluded.mailbox_key,
			folder = excluded.folder, inactive = excluded.inactive,
			tenant = CASE c.status WHEN 'ended' THEN excluded.tenant ELSE c.tenant END,
			user_id = CASE c.status WHEN 'ended' THEN excluded.user_id ELSE c.user_id END,
			kind = CASE c.status WHEN 'ended' THEN excluded.kind ELSE c.kind END,
			reason = CASE c.status WHEN 'ended' THEN excluded.reason ELSE c.reason END,
			halt = CASE c.status WHEN 'ended' THEN excluded.halt ELSE c.halt END,
			progress = CASE c.status WHEN 'ended' THEN excluded.progress ELSE c.progress END,
			next_at = CASE c.status WHEN 'ended' THEN excluded.next_at ELSE c.next_at END,
			status = CASE c.status WHEN 'ended' THEN excluded.status ELSE c.status END`
	mailbox, err := toJSON(c.Mailbox)
	if err != nil {
		return fmt.Errorf("sqlstate: put connection %q: %w", c.ID, err)
	}
	kept, err := progressColumns(&c)
	if err != nil {
		return fmt.Errorf("sqlstate: put connection %q: %w", c.ID, err)
	}
	args := append([]any{c.ID, c.Tenant, c.User, string(c.Kind), mailbox, c.Folder, c.Inactive}, kept...)
	args = append(args, c.Mailbox.Key())
	err = s.once(ctx, maybeDone, func(on session) error {
		_, err := s.exec(ctx, on, put, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlstate: put connection %q: %w", c.ID, err)
	}
	return nil
}

const selectConnections = `SELECT ` + connectionColumns + ` FROM contactsync_connections WHERE status <> 'ended'`

func scanOnlyConnection(rows *sql.Rows, c *contactsync.Connection) error {
	return scanConnection(rows, c)
}

// Connection implements [contactsync.State].
func (s *State) Connection(ctx context.Context, id string) (contactsync.Connection, error) {
	conns, err := list(ctx, s, scanOnlyConnection, selectConnections+` AND id = $1`, id)
	if err == nil && len(conns) == 0 {
		err = contactsync.ErrNotFound
	}
	if err != nil {
		return contactsync.Connection{}, fmt.Errorf("sqlstate: connection %q: %w", id, err)
	}
	return conns[0], nil
}

// Connections implements [contactsync.State].
func (s *State) Connections(ctx context.Context, tenant string) ([]contactsync.Connection, error) {
	conns, err := list(ctx, s, scanOnlyConnection, selectConnections+` AND tenant = $1 ORDER BY id`, tenant)
	if err != nil {
		return nil, fmt.Errorf("sqlstate: connections: %w", err)
	}
	return conns, nil
}

// ConnectionsOf implements [contactsync.State].
func (s *State) ConnectionsOf(ctx context.Context, tenant, user string) ([]contactsync.Connection, error) {
	conns, err := list(ctx, s, scanOnlyConnection, selectConnections+` AND tenant = $1 AND user_id = $2 ORDER BY id`, tenant, user)
	if err != nil {
		return nil, fmt.Errorf("sqlstate: connections of a user: %w", err)
	}
	return conns, nil
}
