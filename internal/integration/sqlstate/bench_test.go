//go:build unix

package sqlstate_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
)

// A run that finds nothing, with all that the engine does, both sides in memory: at 1,000 links, at 100,000, and at as many as
// LINKS says.
func BenchmarkNoOp(b *testing.B) {
	sizes := []int{1000, 100_000}
	if most := linksAsked(b, 0); most > 0 {
		sizes = append(sizes, most)
	}
	for _, d := range databases {
		for _, links := range sizes {
			b.Run(fmt.Sprintf("%s/%d links", d.name, links), func(b *testing.B) {
				w := newWorld(b, d)
				w.sync()
				l, err := w.state(b).Acquire(b.Context(), w.conn.ID, "filler", w.now, ttl)
				require.NoError(b, err)
				for at := 0; at < links; at += 20_000 {
					fill(b, w.remembers, l, at, min(at+20_000, links))
					w.watch.forget() // it keeps what was sent
				}
				require.NoError(b, w.state(b).Save(b.Context(), l, contactsync.Batch{Release: true}))
				w.sync()
				cpu := processTime()
				b.ReportAllocs()
				for b.Loop() {
					w.now = w.now.Add(time.Second) // the day is not over: no side is read anew
					w.syncNow()
					w.watch.forget()
				}
				b.ReportMetric(float64((processTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
			})
		}
	}
}

// Runs that find nothing, of 100 connections with 100 links each, or of 1,000 with 1,000 where LINKS is a million: 8 at a time in one
// process. An operation is one run of each.
func BenchmarkNoOpRuns(b *testing.B) {
	each := 100
	if linksAsked(b, 0) >= 1_000_000 {
		each = 1000
	}
	for _, d := range databases[1:] {
		b.Run(fmt.Sprintf("%s/%d x %d", d.name, each, each), func(b *testing.B) {
			w := newWorld(b, d)
			state := w.state(b)
			conns := make([]string, each)
			for i := range conns {
				user := fmt.Sprint("user ", i)
				mailbox := contactsync.Mailbox{Account: user}
				w.config.Directory.(*memstore.Directory).Mailbox(mailbox) // makes it
				c, err := w.engine.Connect(b.Context(), contactsync.Connection{Tenant: "acme", User: user, Mailbox: mailbox})
				require.NoError(b, err)
				_, err = w.engine.Sync(b.Context(), c.ID)
				require.NoError(b, err)
				l, err := state.Acquire(b.Context(), c.ID, "filler", w.now, ttl)
				require.NoError(b, err)
				fill(b, state, l, 0, each)
				require.NoError(b, state.Save(b.Context(), l, contactsync.Batch{Release: true}))
				conns[i] = c.ID
				w.watch.forget()
			}
			cpu := processTime()
			b.ReportAllocs()
			for b.Loop() {
				var next atomic.Int64
				var workers sync.WaitGroup
				for range 8 {
					workers.Go(func() {
						for i := next.Add(1) - 1; i < int64(each); i = next.Add(1) - 1 {
							if r, err := w.engine.Sync(b.Context(), conns[i]); err != nil || r.Wrote() > 0 {
								b.Errorf("a run that should find nothing: %v", err)
							}
						}
					})
				}
				workers.Wait()
				w.watch.forget() // it keeps what was sent
			}
			runs := float64(b.N * each)
			b.ReportMetric(runs/b.Elapsed().Seconds(), "runs/s")
			b.ReportMetric(float64((processTime()-cpu).Microseconds())/runs, "cpu-µs/run")
		})
	}
}

// Leases taken and given back with the connection's progress, of 1,000 connections by 8 workers: what no-op runs ask of a State.
func BenchmarkLeases(b *testing.B) {
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			db := d.migrated(b)
			db.options.WorkersClock = false
			state := db.state(b)
			for c := range 1000 {
				require.NoError(b, state.PutConnection(b.Context(), connection(fmt.Sprintf("c%03d", c))))
			}
			var next atomic.Int64
			b.SetParallelism(4)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := next.Add(1)
					l, err := state.Acquire(b.Context(), fmt.Sprintf("c%03d", n%1000), fmt.Sprint("worker ", n), time.Now(), ttl)
					if err == nil {
						err = state.Save(b.Context(), l, contactsync.Batch{Connection: &l.Conn, Release: true})
					}
					if err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}

// A chunk of links, saved and looked up.
func BenchmarkChunk(b *testing.B) {
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			db := d.migrated(b)
			state := db.state(b)
			require.NoError(b, state.PutConnection(b.Context(), connection("c1")))
			l, err := state.Acquire(b.Context(), "c1", "worker", noon, ttl)
			require.NoError(b, err)
			b.ResetTimer()
			for n := range b.N {
				fill(b, state, l, 1000*n, 1000*n+1000)
				db.watch.forget()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(1000*b.N), "µs/link")
		})
	}
}

func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
