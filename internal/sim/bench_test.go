package sim_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/internal/sim"
)

// BenchmarkPlay plays a seed an iteration.
func BenchmarkPlay(b *testing.B) {
	seed := uint64(0)
	for b.Loop() {
		seed++
		if _, err := sim.Play(sim.Generate(seed)); err != nil {
			b.Fatal(err)
		}
	}
}
