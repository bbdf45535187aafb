package sqlstate

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/seed-42871e99/crmsync/contactsync"
)

var problemsTable = &table{name: "contactsync_problems", key: 1, columns: []column{{"id", "text"}, {"retry_at", "bigint"}, {"crm_id", "text"}, {"data", "text"}}}

const (
	selectProblems = `SELECT data FROM contactsync_problems WHERE conn = $1`
	deleteProblems = `DELETE FROM contactsync_problems WHERE conn = $1 AND id IN TEXTS($2)`
	selectMessages = `SELECT id, data FROM contactsync_messages WHERE conn = $1`
	deleteMessages = `DELETE FROM contactsync_messages WHERE conn = $1 AND CAST(id AS text) IN TEXTS($2)`
)

// scanJSON reads a row whose only column is JSON.
func scanJSON[T any](rows *sql.Rows, v *T) error {
	var data string
	if err := rows.Scan(&data); err != nil {
		return err
	}
	return fromJSON(data, v)
}

// Problems implements [contactsync.State].
func (s *State) Problems(ctx context.Context, conn string) ([]contactsync.Problem, error) {
	problems, err := list(ctx, s, scanJSON[contactsync.Problem], selectProblems+` ORDER BY id`, conn)
	if err != nil {
		return nil, fmt.Errorf("sqlstate: problems of %q: %w", conn, err)
	}
	return problems, nil
}

// Answers implements [contactsync.State].
func (s *State) Answers(ctx context.Context, conn string) ([]contactsync.Message, error) {
	answers, err := list(ctx, s, scanMessage, selectMessages+` AND problem <> '' ORDER BY id`, conn)
	if err != nil {
		return nil, fmt.Errorf("sqlstate: answers in %q: %w", conn, err)
	}
	return answers, nil
}

// Runs implements [contactsync.State].
func (s *State) Runs(ctx context.Context, conn string, n int) ([]contactsync.Report, error) {
	const newest = `SELECT data FROM contactsync_runs WHERE conn = $1 ORDER BY token DESC LIMIT $2`
	runs, err := list(ctx, s, scanJSON[contactsync.Report], newest, conn, max(n, 0))
	if err != nil {
		return nil, fmt.Errorf("sqlstate: runs of %q: %w", conn, err)
	}
	return runs, nil
}

// postMessage holds the connection's row, beside other posts and saves, until it is committed: a lease that is taken meanwhile
// waits, so that the messages it brings are all that have a lower number than those to come.
const postMessage = `INSERT INTO contactsync_messages (conn, data, wakes, problem) SELECT id, $2, $3, $4 FROM contactsync_connections WHERE id = $1 AND status <> 'ended'`

// Post implements [contactsync.State].
func (s *State) Post(ctx context.Context, m contactsync.Message) error {
	m.ID = ""
	data, err := toJSON(m)
	if err != nil {
		return fmt.Errorf("sqlstate: post to connection %q: %w", m.Conn, err)
	}
	// Where an answer is lost it is not posted again, else the next run might get it twice.
	err = s.once(ctx, notDone, func(on session) error {
		n, err := s.exec(ctx, on, postMessage+s.d.sharing, m.Conn, data, m.Wakes(), m.Answers())
		if err == nil && n == 0 {
			err = contactsync.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlstate: post to connection %q: %w", m.Conn, err)
	}
	return nil
}

func scanMessage(rows *sql.Rows, m *contactsync.Message) error {
	var id int64
	var data string
	if err := rows.Scan(&id, &data); err != nil {
		return err
	}
	err := fromJSON(data, m)
	m.ID = strconv.FormatInt(id, 10)
	return err
}
