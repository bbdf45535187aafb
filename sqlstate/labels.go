package sqlstate

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// selectLabels begins with the connections of the user, which are few, and not with the records: others may have them too.
const selectLabels = `SELECT l.conn, l.crm_id, l.phase, NULL, false FROM contactsync_connections c
		JOIN contactsync_links l ON l.conn = c.id AND l.crm_id IN TEXTS($2)
		WHERE c.tenant = $1 AND c.user_id = $3
	UNION ALL SELECT p.conn, p.crm_id, '', p.data,
			EXISTS (SELECT 1 FROM contactsync_messages m WHERE m.conn = p.conn AND m.problem = p.id AND m.problem <> '')
		FROM contactsync_connections c
		JOIN contactsync_problems p ON p.conn = c.id AND p.crm_id IN TEXTS($2)
		WHERE c.tenant = $1 AND c.user_id = $3`

// Labels implements [contactsync.State].
func (s *State) Labels(ctx context.Context, tenant, user string, crmIDs []string) ([]contactsync.Label, error) {
	if crmIDs = nonEmpty(crmIDs); len(crmIDs) == 0 {
		return nil, nil
	}
	rows, err := list(ctx, s, scanLabel, selectLabels, tenant, s.d.texts(crmIDs), user)
	if err != nil {
		return nil, fmt.Errorf("sqlstate: labels: %w", err)
	}
	slices.SortFunc(rows, func(a, b labelRow) int {
		return cmp.Or(cmp.Compare(a.record, b.record), cmp.Compare(a.conn, b.conn), b.problem.Last.Compare(a.problem.Last), cmp.Compare(a.problem.ID, b.problem.ID))
	})
	var labels []contactsync.Label
	for _, r := range rows {
		if r.phase != "" && r.phase != contactsync.Linked {
			continue
		}
		if n := len(labels); n == 0 || labels[n-1].Conn != r.conn || labels[n-1].Record != r.record {
			labels = append(labels, contactsync.Label{Conn: r.conn, Record: r.record})
		}
		l := &labels[len(labels)-1]
		switch {
		case r.phase == contactsync.Linked:
			l.Linked = true
		case l.Code == "":
			l.Code, l.Since, l.Answered = r.problem.Code, r.problem.First, r.answered
		default:
			l.Answered = l.Answered && r.answered
		}
	}
	return labels, nil
}

// labelRow is a link of a record, or a problem.
type labelRow struct {
	conn, record string
	phase        contactsync.Phase // empty: it is a problem
	problem      contactsync.Problem
	answered     bool // of a problem: an answer waits
}

func scanLabel(rows *sql.Rows, r *labelRow) error {
	var data sql.NullString
	if err := rows.Scan(&r.conn, &r.record, &r.phase, &data, &r.answered); err != nil || !data.Valid {
		return err
	}
	return fromJSON(data.String, &r.problem)
}
