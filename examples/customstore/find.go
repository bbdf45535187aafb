package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
)

// Find implements [contactsync.Finder]: who has any of these addresses and numbers. People whom the user may not see
// are told as strangers: the engine then reports a colleague's contact and does not make it a second time.
//
// The first call reads everybody into the index. Should that take longer than the engine lets a call last
// (Config.RequestTimeout), the pages done are kept, and the next run goes on from there.
func (s *Store) Find(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
	for more := true; more; {
		var err error
		if more, err = s.indexKeys(ctx, sc); err != nil {
			return contactsync.Matches{}, fmt.Errorf("index match keys: %w", err)
		}
	}
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = k.String()
	}
	rows, err := people(ctx, s.db.session(), sc, `deleted_at IS NULL AND id IN (SELECT person_id FROM people_match_keys
		WHERE tenant = $2 AND version = $3 AND region = $4 AND match_key IN LIST($5))`,
		match.Version(), sc.Locale.Region, list(texts))
	var found contactsync.Matches
	for _, r := range rows {
		if r.visible {
			found.Records = append(found.Records, r.Record)
		} else {
			found.Strangers = append(found.Strangers, r.Record)
		}
	}
	return found, err
}

// indexKeys brings the index one page nearer to the end of the change sequence, and reports whether there is more. No
// other part of the CRM need know of the index: whatever was written has a number that the index has not reached. When
// match.Version changes or a region is new, it starts from the beginning by itself.
func (s *Store) indexKeys(ctx context.Context, sc contactsync.Scope) (more bool, err error) {
	transaction, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer transaction.Rollback()
	tx := session{transaction, s.db.dialect}
	if err := tx.lock(ctx, sc.Tenant); err != nil {
		return false, err
	}
	index := []any{sc.Tenant, match.Version(), sc.Locale.Region}
	var seq int64
	err = tx.row(ctx, `SELECT seq FROM people_match_index WHERE tenant = $1 AND version = $2 AND region = $3`, index...).Scan(&seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	rows, err := people(ctx, tx, sc, `tenant = $2 AND sync_seq > $3 ORDER BY sync_seq LIMIT $4`, seq, pageSize)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	ids, keys := []string{}, [][2]string{}
	for _, r := range rows {
		ids, seq = append(ids, r.ID), r.seq
		if r.deleted {
			continue
		}
		for _, k := range match.Keys(r.Fields, sc.Locale) {
			keys = append(keys, [2]string{k.String(), r.ID})
		}
	}
	for _, write := range []struct {
		query string
		arg   any
	}{
		{`DELETE FROM people_match_keys WHERE tenant = $1 AND version = $2 AND region = $3 AND person_id IN IDS($4)`, list(ids)},
		{`INSERT INTO people_match_keys (tenant, version, region, match_key, person_id)
			SELECT CAST($1 AS text), CAST($2 AS bigint), CAST($3 AS text), value ->> 0, CAST(value ->> 1 AS bigint) FROM EACH($4)`, list(keys)},
		{`INSERT INTO people_match_index (tenant, version, region, seq) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant, version, region) DO UPDATE SET seq = excluded.seq`, seq},
	} {
		if _, err := tx.exec(ctx, write.query, append(index, write.arg)...); err != nil {
			return false, err
		}
	}
	return len(rows) == pageSize, transaction.Commit()
}
