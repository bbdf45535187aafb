package graphsim_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/internal/sim"
	"github.com/seed-42871e99/crmsync/internal/sim/graphsim"
	"github.com/seed-42871e99/crmsync/internal/sim/simtest"
)

// TestSimulationOverGraph plays seeds over the adapter and the emulator: fewer than in memory, for each costs ten times as
// much.
func TestSimulationOverGraph(t *testing.T) {
	simtest.Seeds(t, sim.Options{Seeds: 40, On: graphsim.New, With: []sim.With{sim.Graph}})
}

// TestSimulationStoriesOverGraph plays the stories over them as well.
func TestSimulationStoriesOverGraph(t *testing.T) {
	simtest.Stories(t, "../testdata/stories.txt", graphsim.New)
}
