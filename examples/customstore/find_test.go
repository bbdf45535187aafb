package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

func find(t *testing.T, s *Store, sc contactsync.Scope, keys ...match.Key) (records, strangers []string) {
	t.Helper()
	m, err := s.Find(t.Context(), sc, keys)
	require.NoError(t, err)
	for _, r := range m.Records {
		records = append(records, r.ID)
	}
	for _, r := range m.Strangers {
		strangers = append(strangers, r.ID)
	}
	slices.Sort(records)
	return records, strangers
}

func email(address string) match.Key { return match.Key{Kind: match.EmailKey, Value: address} }
func phone(number string) match.Key  { return match.Key{Kind: match.PhoneKey, Value: number} }

// M1, B20: the index follows the CRM's own SQL, and tells other people's private contacts apart.
func TestKeysFollowPlainSQL(t *testing.T) {
	s := newStore(t)
	records, strangers := find(t, s, anna, email("rosa@winkel.example"), phone("+31205550102"), email("nobody@example.com"))
	assert.Equal(t, []string{"2"}, records)
	assert.Equal(t, []string{"14"}, strangers)

	_, err := s.db.Exec(`UPDATE people SET email = 'Jan@Neu.example', work_phone = '' WHERE id = 2;
		UPDATE people SET deleted_at = CURRENT_TIMESTAMP WHERE id = 14;
		INSERT INTO people (tenant, owner, email2) VALUES ('acme', 'ben', 'ROSA@winkel.example'), ('other', 'anna', 'rosa@winkel.example')`)
	require.NoError(t, err)

	records, strangers = find(t, s, anna, email("rosa@winkel.example"), phone("+31205550102"))
	assert.Equal(t, []string{"31"}, records)
	assert.Empty(t, strangers)
	records, _ = find(t, s, anna, email("jan@neu.example"))
	assert.Equal(t, []string{"2"}, records)
	assert.Equal(t, query(t, s.db, `SELECT last FROM sync_feeds WHERE tenant = 'acme'`), query(t, s.db, `SELECT seq FROM people_match_index`),
		"how far the index has read")
}

// A key version that grew finds everybody as before: the index is made anew by itself, page by page.
func TestKeyVersionGrows(t *testing.T) {
	s := newStore(t)
	_, err := s.db.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO people (tenant, owner, email) SELECT 'acme', 'anna', 'p' || i || '@example.net' FROM n`, 2*pageSize)
	require.NoError(t, err)
	find(t, s, anna)
	_, err = s.db.Exec(`UPDATE people_match_index SET version = version - 1;
		UPDATE people_match_keys SET version = version - 1, match_key = 'old ' || match_key`)
	require.NoError(t, err)

	records, _ := find(t, s, anna, email("sanne@zonnebloem.example"), email("p1000@example.net"), email("old sanne@zonnebloem.example"))

	assert.Equal(t, []string{"1", "1030"}, records)
}

// The same digits are another number in another region.
func TestKeysByRegion(t *testing.T) {
	s := newStore(t)
	german := anna
	german.Locale = record.Locale{Region: "DE"}
	dutchNumber := phone("+31205550103") // the CRM has 020-5550103

	records, _ := find(t, s, anna, dutchNumber)
	assert.Equal(t, []string{"3"}, records)
	records, _ = find(t, s, german, dutchNumber)
	assert.Empty(t, records)
	records, _ = find(t, s, anna, dutchNumber)
	assert.Equal(t, []string{"3"}, records)
}

// Indexing that is stopped anywhere goes on where it stood, and Find answers with everybody or an error.
func TestFindStoppedAnywhere(t *testing.T) {
	const most = 100
	at := 1
	for ; at < most; at++ {
		f, db := newFaulty(t, at)
		s := &Store{db: db}
		ctx, cancel := context.WithCancel(t.Context())
		if at%2 == 0 {
			f.cancel = cancel
		}
		keys := []match.Key{email("olivia@liffey.example"), email("rosa@winkel.example")}
		f.counting(true)
		m, err := s.Find(ctx, anna, keys)
		f.counting(false)
		cancel()
		if err == nil {
			assert.Len(t, slices.Concat(m.Records, m.Strangers), 2, "statement %d", at)
		} else if !errors.Is(err, errFault) && !errors.Is(err, context.Canceled) {
			assert.ErrorContains(t, err, "interrupted", "statement %d", at)
		}
		records, strangers := find(t, s, anna, keys...)
		assert.Equal(t, []string{"30"}, records)
		assert.Equal(t, []string{"14"}, strangers)
		if !f.struck() {
			break
		}
	}
	assert.Greater(t, at, 6, "statements that were stopped")
	assert.Less(t, at, most)
}

// What people write comes back byte for byte, and is found.
func TestUnicode(t *testing.T) {
	s := newStore(t)
	for i, name := range []string{
		"Zoë", "Zoe\u0308", "Łukasz", "Nguyễn Thị Ánh", "王小明", "محمد", "👩‍👩‍👧", "O'Brien; DROP TABLE people; --", "\u200f", "a\x00b", "ﬁ", " x ",
	} {
		set := schema.Build().Set("firstName", name).Set("notes", strings.Repeat(name, 2000)).Set("email", "jörg@müller.example").Fields()
		stamp := "1" + strings.Repeat("a", i+1)
		results, err := s.Apply(t.Context(), anna, []contactsync.Write{{Op: contactsync.Create, Stamp: stamp, Set: set}})
		require.NoError(t, err)
		require.NoError(t, results[0].Err)
		found, err := s.Get(t.Context(), anna, []contactsync.Ref{{Stamp: stamp}})
		require.NoError(t, err)
		require.Len(t, found[0].Records, 1)
		for _, field := range []string{"firstName", "notes", "email"} {
			want, _ := set.Get(field)
			assert.Equal(t, want.Text(), found[0].Records[0].Fields.Text(field))
			assert.Equal(t, want.Text(), results[0].Stored.Text(field))
		}
		records, _ := find(t, s, anna, match.Keys(set, anna.Locale)...)
		assert.Contains(t, records, results[0].ID)
	}
	bad := schema.Build().Set("company", "\xff\xfe").Fields()
	results, err := s.Apply(t.Context(), anna, []contactsync.Write{{Op: contactsync.Create, Stamp: "1b", Set: bad}})
	require.NoError(t, err)
	var invalid *record.ValueError
	require.ErrorAs(t, results[0].Err, &invalid)
	assert.Equal(t, "company", invalid.Field)
}
