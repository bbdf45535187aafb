package sqlstate

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

var linksTable = &table{name: "contactsync_links", key: 1, columns: []column{
	{"id", "text"}, {"crm_id", "text"}, {"outlook_id", "text"}, {"phase", "text"}, {"is_open", "boolean"}, {"data", "bytea"},
}}

// linkRow is a link as linksTable has it.
func linkRow(l *contactsync.Link) []any {
	open := l.Phase == contactsync.Intended || len(l.Pending[record.CRM]) > 0 || len(l.Pending[record.Outlook]) > 0
	return []any{l.ID, l.IDs[record.CRM], l.IDs[record.Outlook], string(l.Phase), open, appendLink(nil, l)}
}

const selectLinks = `SELECT conn, id, crm_id, outlook_id, phase, data FROM contactsync_links WHERE conn = $1`

func scanLink(rows *sql.Rows, l *contactsync.Link) error {
	var data []byte
	if err := rows.Scan(&l.Conn, &l.ID, &l.IDs[record.CRM], &l.IDs[record.Outlook], &l.Phase, &data); err != nil {
		return err
	}
	if err := readLink(data, l); err != nil {
		return fmt.Errorf("link %q: %w", l.ID, err)
	}
	return nil
}

// LinksOf implements [contactsync.State].
func (s *State) LinksOf(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error) {
	column := [2]string{record.CRM: "crm_id", record.Outlook: "outlook_id"}[side]
	if ids = nonEmpty(ids); len(ids) == 0 {
		return nil, nil
	}
	links, err := list(ctx, s, scanLink, selectLinks+` AND `+column+` IN TEXTS($2)`, conn, s.d.texts(ids))
	if err != nil {
		return nil, fmt.Errorf("sqlstate: links of %q: %w", conn, err)
	}
	return links, nil
}

// nonEmpty leaves out empty ids: they stand for none, and links that lack one have them.
func nonEmpty(ids []string) []string {
	if !slices.Contains(ids, "") {
		return ids
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
}

// Links implements [contactsync.State].
func (s *State) Links(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
	links, err := list(ctx, s, scanLink, selectLinks+` AND id > $2 ORDER BY id LIMIT $3`, conn, after, max(n, 0))
	if err != nil {
		return nil, fmt.Errorf("sqlstate: links of %q: %w", conn, err)
	}
	return links, nil
}

// CountLinks implements [contactsync.State]. It counts the rows that are there, on an index of their own: a number kept beside
// them would not notice that some were lost, which is what the engine asks for.
func (s *State) CountLinks(ctx context.Context, conn string) (int, error) {
	n, err := list(ctx, s, value[int], `SELECT count(*) FROM contactsync_links WHERE conn = $1 AND phase = 'linked'`, conn)
	if err != nil {
		return 0, fmt.Errorf("sqlstate: count links of %q: %w", conn, err)
	}
	return n[0], nil
}

// LinkedTo implements [contactsync.State].
func (s *State) LinkedTo(ctx context.Context, tenant string, crmIDs []string) ([]string, error) {
	if crmIDs = nonEmpty(crmIDs); len(crmIDs) == 0 {
		return nil, nil
	}
	conns, err := list(ctx, s, value[string], `SELECT DISTINCT c.id FROM contactsync_links l
		JOIN contactsync_connections c ON c.id = l.conn
		WHERE c.tenant = $1 AND l.crm_id IN TEXTS($2) ORDER BY c.id`, tenant, s.d.texts(crmIDs))
	if err != nil {
		return nil, fmt.Errorf("sqlstate: connections linked to records: %w", err)
	}
	return conns, nil
}
