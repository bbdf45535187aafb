package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// G2: whatever the CRM's own SQL does is a change, oldest first, without that SQL knowing of the sync.
func TestPlainSQLIsNoticed(t *testing.T) {
	s := newStore(t)
	_, next := drain(t, s, "")
	for _, q := range []string{
		`UPDATE people SET job_title = 'Editor' WHERE id IN (7, 3)`,
		`INSERT INTO people (tenant, owner, first_name) VALUES ('acme', 'anna', 'Saar'), ('acme', 'ben', 'Teun'), ('other', 'x', 'Una')`,
		`UPDATE people SET deleted_at = CURRENT_TIMESTAMP WHERE id = 9`,
		`UPDATE people SET private = 1 WHERE id = 13`,
		`UPDATE people SET owner = 'anna' WHERE id = 15`,
		`UPDATE people SET deleted_at = CURRENT_TIMESTAMP, merged_into = 11 WHERE id = 12 OR merged_into = 12`,
		`UPDATE people SET notes = 'not for Anna' WHERE id = 14`,
	} {
		_, err := s.db.Exec(q)
		require.NoError(t, err)
	}

	told, _ := drain(t, s, next)

	want := []string{"3 Fatima v2", "7 María José v2", "31 Saar v1", "32 Teun v1", "9 deleted", "13 hidden", "15 Omar v2", "12 merged 11", "14 hidden"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("Changes (-want +got):\n%s", diff)
	}
}

// Rows stay, so that a delete can be told.
func TestPeopleStay(t *testing.T) {
	s := newStore(t)
	_, err := s.db.Exec(`DELETE FROM people WHERE id = 1`)
	require.ErrorContains(t, err, "never removed")
}

// A full listing of many pages names everybody, also who is changed, made or deleted meanwhile.
func TestManyPages(t *testing.T) {
	s := newStore(t)
	const more = 3*pageSize + 7
	_, err := s.db.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO people (tenant, owner, first_name) SELECT 'acme', 'anna', 'P' || i FROM n`, more)
	require.NoError(t, err)
	first, err := s.Changes(t.Context(), anna, "")
	require.NoError(t, err)
	require.True(t, first.More)
	_, err = s.db.Exec(`UPDATE people SET notes = 'meanwhile' WHERE id IN (1, 1000);
		UPDATE people SET deleted_at = CURRENT_TIMESTAMP WHERE id = 1001;
		INSERT INTO people (tenant, owner, first_name) VALUES ('acme', 'anna', 'Late')`)
	require.NoError(t, err)

	told, _ := drain(t, s, first.Next)

	assert.Len(t, first.Changes, pageSize-3, "one page, without Ben's private people")
	assert.Len(t, told, 30+more-pageSize+1) // 1 is told again, 1001 is gone, Late is new
	assert.Equal(t, []string{"1 Sanne v2", "1000 P970 v2"}, told[len(told)-3:len(told)-1])
}

// The sequence and cursors outlive the process.
func TestRestart(t *testing.T) {
	db, file := newCRM(t)
	_, next := drain(t, &Store{db: db}, "")
	_, err := db.Exec(`UPDATE people SET notes = 'before' WHERE id = 1`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	db, err = open(t.Context(), file)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(`UPDATE people SET notes = 'after' WHERE id = 2`)
	require.NoError(t, err)

	told, _ := drain(t, &Store{db: db}, next)

	assert.Equal(t, []string{"1 Sanne v2", "2 Jan v2"}, told)
}

// The migration numbers the people who were there before it.
func TestMigration(t *testing.T) {
	plain, err := sql.Open("sqlite", dsn(filepath.Join(t.TempDir(), "crm.db")))
	require.NoError(t, err)
	defer plain.Close()
	db := &database{plain, sqlite}
	before, migration, _ := strings.Cut(schemaSQL, "-- Part 2")
	_, err = db.Exec(before + peopleSQL)
	require.NoError(t, err)
	_, err = db.Exec("-- " + migration)
	require.NoError(t, err)

	told, _ := drain(t, &Store{db: db}, "")

	assert.Len(t, told, 27)
	assert.Equal(t, "1 Sanne v1", told[0])
}

// After a backup was restored, cursors from before have expired: at once where they are ahead, always under a new feed id.
func TestRestoredBackup(t *testing.T) {
	file := filepath.Join(t.TempDir(), "crm.db")
	db, err := open(t.Context(), file)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	backup, err := os.ReadFile(file)
	require.NoError(t, err)
	db, err = open(t.Context(), file)
	require.NoError(t, err)
	_, err = db.Exec(`UPDATE people SET notes = 'lost' WHERE id < 5`)
	require.NoError(t, err)
	_, next := drain(t, &Store{db: db}, "")
	require.NoError(t, db.Close())
	require.NoError(t, os.WriteFile(file, backup, 0o644))
	db, err = open(t.Context(), file)
	require.NoError(t, err)
	defer db.Close()

	_, err = (&Store{db: db}).Changes(t.Context(), anna, next)
	assert.ErrorIs(t, err, contactsync.ErrCursorExpired)

	_, err = db.Exec(`UPDATE people SET notes = 'other' WHERE id < 15; UPDATE sync_feeds SET id = lower(hex(randomblob(8)))`)
	require.NoError(t, err)
	_, err = (&Store{db: db}).Changes(t.Context(), anna, next)
	assert.ErrorIs(t, err, contactsync.ErrCursorExpired)
}

// While several connections write, each over several statements, no round of Changes passes a number that is still to come.
func TestNothingMissedWhileOthersWrite(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { missNothing(t, newStore(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { missNothing(t, newPostgresStore(t)) })
}

func missNothing(t *testing.T, s *Store) {
	_, next := drain(t, s, "")
	const writers, each = 4, 25
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for n := range each {
				err := s.Transact(t.Context(), func(ctx context.Context) error {
					tx, _ := within(ctx)
					err := tx.lock(ctx, "acme")
					if err == nil {
						_, err = tx.exec(ctx, `INSERT INTO people (tenant, owner, first_name) VALUES ('acme', 'anna', $1), ('acme', 'anna', $2)`,
							fmt.Sprintf("w%d.%d", i, n), fmt.Sprintf("w%d.%d again", i, n))
					}
					if err == nil {
						_, err = tx.exec(ctx, `UPDATE people SET notes = notes || 'x' WHERE id = $1`, 1+i)
					}
					return err
				})
				if err != nil {
					errs[i] = err
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	seen := map[string]bool{}
	for last := false; !last; {
		select {
		case <-done:
			last = true
		default:
		}
		var told []string
		told, next = drain(t, s, next)
		for _, line := range told {
			seen[line] = true
		}
	}
	for _, err := range errs {
		require.NoError(t, err)
	}
	for id := 31; id <= 30+2*writers*each; id++ {
		p := query(t, s.db, fmt.Sprintf(`SELECT id || ' ' || first_name || ' v1' FROM people WHERE id = %d`, id))[0]
		assert.True(t, seen[p[1:len(p)-1]], p)
	}
	for i, name := range []string{"Sanne", "Jan", "Fatima", "Lukas"} {
		assert.True(t, seen[fmt.Sprintf("%d %s v%d", i+1, name, 1+each)], name)
	}
	assert.Equal(t, []string{"[0]"}, query(t, s.db, `SELECT count(*) - count(DISTINCT sync_seq) FROM people`), "numbers given twice")
}

// drain reads a round to its end, one line a change.
func drain(t *testing.T, s *Store, cursor contactsync.Cursor) (told []string, next contactsync.Cursor) {
	t.Helper()
	for more := true; more; {
		page, err := s.Changes(t.Context(), anna, cursor)
		require.NoError(t, err)
		for _, c := range page.Changes {
			switch {
			case c.Record != nil:
				told = append(told, fmt.Sprintf("%s %s v%s", c.ID, c.Record.Fields.Text("firstName"), c.Record.Version))
			case c.Into != "":
				told = append(told, fmt.Sprintf("%s %s %s", c.ID, c.Removed, c.Into))
			default:
				told = append(told, fmt.Sprintf("%s %s", c.ID, c.Removed))
			}
		}
		cursor, more = page.Next, page.More
	}
	return told, cursor
}
