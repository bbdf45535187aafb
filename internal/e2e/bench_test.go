package e2e

import (
	"fmt"
	"testing"

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
		for b.Loop() {
			b.StopTimer()
			w, _ := build(b)
			b.StartTimer()
			require.Equal(b, n, w.sync().Wrote())
		}
	})
	w, ids := build(b)
	w.sync()
	w.sync()
	b.Run("nothing", func(b *testing.B) {
		for b.Loop() {
			require.Zero(b, w.sync().Wrote())
		}
	})
	b.Run("onePercent", func(b *testing.B) {
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
			require.Equal(b, 2*n/100, w.sync().Wrote())
		}
	})
}
