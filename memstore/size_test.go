package memstore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// bigLink is a link with twelve rules, ids and versions as long as Exchange makes them, and fingerprints of which no two
// are alike: the most that a link takes.
func bigLink(conn string, n int) contactsync.Link {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	l := contactsync.Link{
		ID: fmt.Sprintf("%024x", r.Uint64()), Conn: conn, Phase: contactsync.Linked,
		IDs: [2]string{
			fmt.Sprintf("%08d-0000-4000-8000-%012d", n, n),
			fmt.Sprintf("AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0AKlrWmRvnXkqGVxhKjtUgAAAAABkAAA%084x", n),
		},
		Version: [2]string{fmt.Sprint(n), fmt.Sprintf(`W/"EQAAABYAAAAqWtaZG+deSoZXGEqO1SAAAAAAAB%08x"`, n)},
	}
	for i := range 12 {
		l.Seen = append(l.Seen, conflict.Seen{
			Rule: fmt.Sprintf("rule %d", i), Version: 0xfeedbeef,
			Raw: [2]uint64{r.Uint64(), r.Uint64()}, Typed: [2]uint64{r.Uint64(), r.Uint64()},
		})
	}
	return l
}

// linked returns a State with n big links, all of one connection.
func linked(t testing.TB, n int) *memstore.State {
	s := memstore.NewState()
	require.NoError(t, s.PutConnection(t.Context(), contactsync.Connection{ID: "c1", Tenant: "acme"}))
	l, err := s.Acquire(t.Context(), "c1", "w", time.Unix(0, 0), time.Hour)
	require.NoError(t, err)
	for from := 0; from < n; from += 20 {
		var b contactsync.Batch
		for i := from; i < min(from+20, n); i++ {
			b.Links = append(b.Links, bigLink("c1", i))
		}
		require.NoError(t, s.Save(t.Context(), l, b))
	}
	require.NoError(t, s.Save(t.Context(), l, contactsync.Batch{Release: true}))
	return s
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestLinksAreDense holds a link to 800 bytes of memory, indexes included: 150,000 of them to 120 MB.
func TestLinksAreDense(t *testing.T) {
	const n = 20_000
	before := heap()
	s := linked(t, n)
	each := (heap() - before) / n
	if each > 800 {
		t.Errorf("a link takes %d bytes", each)
	}
	runtime.KeepAlive(s)
}

func BenchmarkLinkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		s := linked(b, 150_000)
		b.ReportMetric(float64(heap()-before)/1e6, "MB")
		runtime.KeepAlive(s)
	}
}

// BenchmarkIdle is what a run that finds nothing to do asks of the State.
func BenchmarkIdle(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("links=%d", n), func(b *testing.B) {
			s := linked(b, n)
			ctx, now := context.Background(), time.Unix(3600, 0)
			b.ReportAllocs()
			for b.Loop() {
				l, err := s.Acquire(ctx, "c1", "w", now, time.Minute)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.CountLinks(ctx, "c1"); err != nil {
					b.Fatal(err)
				}
				if err := s.Save(ctx, l, contactsync.Batch{Connection: &l.Conn, Report: &contactsync.Report{}, Release: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLinksOf(b *testing.B) {
	s := linked(b, 100_000)
	var ids []string
	for i := range 100 {
		ids = append(ids, bigLink("c1", i*997).IDs[record.Outlook])
	}
	b.ReportAllocs()
	for b.Loop() {
		links, err := s.LinksOf(context.Background(), "c1", record.Outlook, ids)
		if err != nil || len(links) != len(ids) {
			b.Fatal(len(links), err)
		}
	}
}

// BenchmarkDirectory makes 100,000 items as a sync does, reads them all, and then finds nothing new.
func BenchmarkDirectory(b *testing.B) {
	const n = 100_000
	ctx, sc := context.Background(), contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}
	writes := make([]contactsync.Write, n)
	for i := range writes {
		writes[i] = contactsync.Write{Op: contactsync.Create, Stamp: fmt.Sprint("1", i), Set: record.OutlookContact.Build().
			Set("givenName", "Ada").Set("surname", fmt.Sprint("Lovelace ", i)).Set("jobTitle", "Reader").
			Set("emailAddresses", fmt.Sprintf("ada%d@example.com", i)).Set("mobilePhone", "+44 7700 900123").Fields()}
	}
	fill := func() *memstore.Directory {
		outlook := memstore.NewDirectory()
		outlook.Mailbox(mailbox)
		for chunk := range slices.Chunk(writes, 20) {
			if _, err := outlook.Apply(ctx, sc, chunk); err != nil {
				b.Fatal(err)
			}
		}
		return outlook
	}
	drain := func(b *testing.B, outlook *memstore.Directory, after contactsync.Cursor) (next contactsync.Cursor) {
		for p := (contactsync.Page{Next: after, More: true}); p.More; next = p.Next {
			var err error
			if p, err = outlook.Changes(ctx, sc, p.Next); err != nil {
				b.Fatal(err)
			}
		}
		return next
	}
	b.Run("create", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			before := heap()
			outlook := fill()
			b.ReportMetric(float64(heap()-before)/1e6, "MB")
			runtime.KeepAlive(outlook)
		}
	})
	outlook := fill()
	b.Run("list", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			drain(b, outlook, "")
		}
	})
	b.Run("idle", func(b *testing.B) {
		next := drain(b, outlook, "")
		b.ReportAllocs()
		for b.Loop() {
			drain(b, outlook, next)
		}
	})
}
