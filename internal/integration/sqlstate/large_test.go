package sqlstate_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// wide is a link as a real mapping makes it: twelve rules, and ids as Graph has them.
func wide(conn string, i int) contactsync.Link {
	l := link(conn, fmt.Sprintf("abcdefghijklmnop%08d", i))
	l.IDs = [2]string{fmt.Sprintf("%08d-1111-4111-8111-111111111111", i), fmt.Sprintf("AAMkADczMDI1ZmNlLTk2NTgtNDQyNi1iZWQwLWQ0YzBhMmM3YjQ3ZABGAAAAAAD%s%08d=", "kQmTn5Zq0QYd1v0J7kq9wBwBnVb3kQ2XhT5c8a7fGm4sQAAAAAAEOAABnVb3kQ2XhT5c8a7fGm4sQAAA", i)}
	l.Version = [2]string{fmt.Sprint(i), fmt.Sprintf(`W/"EQAAABYAAABnVb3kQ2XhT5c8a7fGm4sQAAA%08d"`, i)}
	l.Seen = nil
	for r := range 12 {
		raw := uint64(i)*2654435761 + uint64(r)*11400714819323198485
		l.Seen = append(l.Seen, conflict.Seen{Rule: fmt.Sprintf("rule%02d", r), Def: 7, Raw: [2]uint64{raw, raw}, Typed: [2]uint64{raw + 1, raw + 1}, Version: 5})
	}
	return l
}

// fill saves links from to below to, a thousand at a time.
func fill(tb testing.TB, s *sqlstate.State, l contactsync.Lease, from, to int) {
	tb.Helper()
	for at := from; at < to; at += 1000 {
		var b contactsync.Batch
		for i := at; i < min(at+1000, to); i++ {
			b.Links = append(b.Links, wide(l.Conn.ID, i))
		}
		require.NoError(tb, s.Save(tb.Context(), l, b))
	}
}

// linksAsked is what LINKS says.
func linksAsked(tb testing.TB, otherwise int) int {
	tb.Helper()
	if text := os.Getenv("LINKS"); text != "" {
		_, err := fmt.Sscan(text, &otherwise)
		require.NoError(tb, err)
	}
	return otherwise
}

// Links are saved, paged through and looked up with the memory of one page, however many there are: 20,000, or as many as LINKS
// says (a million take minutes and a gigabyte of disk).
func TestMemoryIsBounded(t *testing.T) {
	links := linksAsked(t, 20_000)
	onShared(t, func(t *testing.T, d database) {
		db := d.migrated(t)
		state, ctx := db.state(t), t.Context()
		require.NoError(t, state.PutConnection(ctx, connection("c1")))
		l, err := state.Acquire(ctx, "c1", "worker", noon, ttl)
		require.NoError(t, err)
		most := uint64(0)
		look := func() {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			db.watch.forget() // it keeps what was sent
		}
		began := time.Now()
		for at := 0; at < links; at += 20_000 {
			fill(t, state, l, at, min(at+20_000, links))
			look()
		}
		t.Logf("%d links saved in %v", links, time.Since(began))

		began, after, seen := time.Now(), "", 0
		for {
			page, err := state.Links(ctx, "c1", after, 1000)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			if seen += len(page); seen%20_000 == 0 {
				look()
			}
			after = page[len(page)-1].ID
		}
		require.Equal(t, links, seen)
		t.Logf("paged through in %v", time.Since(began))

		began = time.Now()
		n, err := state.CountLinks(ctx, "c1")
		require.NoError(t, err)
		require.Equal(t, links, n)
		t.Logf("counted in %v", time.Since(began))

		began = time.Now()
		var ids []string
		for i := range 100 {
			ids = append(ids, wide("c1", i*links/100).IDs[record.CRM])
		}
		found, err := state.LinksOf(ctx, "c1", record.CRM, ids)
		require.NoError(t, err)
		require.Len(t, found, 100)
		t.Logf("100 looked up in %v", time.Since(began))

		began = time.Now()
		require.NoError(t, state.Save(ctx, l, contactsync.Batch{Release: true}))
		_, err = state.Acquire(ctx, "c1", "worker", noon, ttl)
		require.NoError(t, err)
		t.Logf("released and acquired in %v", time.Since(began))
		look()
		t.Logf("most memory after a collection: %d MB; %d bytes a link in the database", most>>20, size(t, db)/int64(links))
		require.Less(t, most, uint64(64<<20))
	})
}

// size is how many bytes the tables and their indexes take.
func size(tb testing.TB, db *store) (bytes int64) {
	tb.Helper()
	query := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if db.options.Schema != "" {
		query = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = '" + db.options.Schema + "'::regnamespace"
	}
	require.NoError(tb, db.QueryRow(query).Scan(&bytes))
	return bytes
}
