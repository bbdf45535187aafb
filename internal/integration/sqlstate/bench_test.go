//go:build unix

package sqlstate_test

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// A run that finds nothing, with all that the engine does, both sides in memory; and many of them at once.
func BenchmarkNoOp(b *testing.B) {
	for _, d := range databases {
		for _, links := range []int{1000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d links", d.name, links), func(b *testing.B) {
				w := newWorld(b, d)
				w.sync()
				l, err := w.state(b).Acquire(b.Context(), w.conn.ID, "filler", w.now, ttl)
				require.NoError(b, err)
				fill(b, w.state(b), l, 0, links)
				require.NoError(b, w.state(b).Save(b.Context(), l, contactsync.Batch{Release: true}))
				w.sync()
				cpu := processTime()
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					w.now = w.now.Add(time.Second) // the day is not over: no side is read anew
					w.syncNow()
					w.watch.forget()
				}
				b.ReportMetric(float64((processTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
			})
		}
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
