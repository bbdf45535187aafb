//go:build unix

package e2e

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// 10,000 contacts through the emulator, with the State in memory: a first run, a run without changes, and one after
// 1 % changed on each side. Time includes the emulator's own work.
func Benchmark10000(b *testing.B) {
	const n = 10_000
	build := func(b *testing.B) (*world, []string) {
		w := newWorld(b, options{})
		ids := make([]string, n)
		for i := range n {
			ids[i] = w.put(i)
		}
		return w, ids
	}
	b.Run("first", func(b *testing.B) {
		var spent time.Duration
		for b.Loop() {
			b.StopTimer()
			w, _ := build(b)
			b.StartTimer()
			spent += cpuOf(func() { require.Equal(b, n, w.sync().Wrote()) })
		}
		b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s")
	})
	w, ids := build(b)
	w.sync()
	w.sync()
	b.Run("nothing", func(b *testing.B) {
		var spent time.Duration
		for b.Loop() {
			spent += cpuOf(func() { require.Zero(b, w.sync().Wrote()) })
		}
		b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s")
	})
	b.Run("onePercent", func(b *testing.B) {
		var spent time.Duration
		for round := 0; b.Loop(); round++ {
			b.StopTimer()
			for i := range n / 100 {
				w.edit(ids[i], "jobTitle", fmt.Sprintf("Title %d", round))
			}
			for i, c := range w.srv.Contacts(me, "")[n/2 : n/2+n/100] {
				_, err := w.srv.EditContact(me, c.ID, func(c *graphtest.Contact) { c.CompanyName = fmt.Sprintf("Company %d %d", i, round) })
				require.NoError(b, err)
			}
			b.StartTimer()
			spent += cpuOf(func() { require.Equal(b, 2*n/100, w.sync().Wrote()) })
		}
		b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s")
	})
}

// cpuOf is the time that all processors of this process spend while work is done.
func cpuOf(work func()) time.Duration {
	before := cpuTime()
	work()
	return cpuTime() - before
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
