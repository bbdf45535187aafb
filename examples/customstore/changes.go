package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// pageSize is how many people Changes reads at a time.
const pageSize = 500

// position is what a cursor says: how far the connection has read the change sequence of which feed, and whether it is
// still in the listing that began at the zero cursor.
type position struct {
	Feed    string
	Seq     int64
	Listing bool `json:",omitempty"`
}

// Changes implements [contactsync.Store] over the change sequence: a page is the people with the next higher numbers,
// whatever was done to them, each as they are now. A listing is the same walk from the start, with nothing to tell about
// those who are gone. Somebody changed meanwhile moves to the end of the sequence, and is told there.
func (s *Store) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	at, err := s.position(ctx, sc.Tenant, after)
	if err != nil {
		return contactsync.Page{}, err
	}
	rows, err := people(ctx, s.db.session(), sc, `tenant = $2 AND sync_seq > $3 ORDER BY sync_seq LIMIT $4`, at.Seq, pageSize+1)
	if err != nil {
		return contactsync.Page{}, err
	}
	page := contactsync.Page{More: len(rows) > pageSize}
	for _, r := range rows[:min(len(rows), pageSize)] {
		at.Seq = r.seq
		switch gone := r.gone(); {
		case gone == "":
			page.Changes = append(page.Changes, contactsync.Change{ID: r.ID, Record: &r.Record})
		case !at.Listing:
			page.Changes = append(page.Changes, contactsync.Change{ID: r.ID, Removed: gone, Into: r.into})
		}
	}
	if !page.More {
		page.Complete, at.Listing = at.Listing, false
	}
	next, err := json.Marshal(at)
	page.Next = contactsync.Cursor(next)
	return page, err
}

// position reads a cursor. One that this feed has not given, for instance before a backup was restored, has expired.
func (s *Store) position(ctx context.Context, tenant string, cursor contactsync.Cursor) (at position, err error) {
	var feed position
	err = s.db.session().row(ctx, `SELECT id, last FROM sync_feeds WHERE tenant = $1`, tenant).Scan(&feed.Feed, &feed.Seq)
	if errors.Is(err, sql.ErrNoRows) { // nobody is there yet
		if _, err = s.db.session().exec(ctx, `INSERT INTO sync_feeds (tenant, last) VALUES ($1, 0) ON CONFLICT DO NOTHING`, tenant); err == nil {
			return s.position(ctx, tenant, cursor)
		}
	}
	switch {
	case err != nil:
		return at, fmt.Errorf("read feed: %w", err)
	case cursor == "":
		return position{Feed: feed.Feed, Listing: true}, nil
	case json.Unmarshal([]byte(cursor), &at) != nil || at.Feed != feed.Feed || at.Seq > feed.Seq:
		return at, contactsync.ErrCursorExpired
	}
	return at, nil
}
