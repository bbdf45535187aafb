package sim_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/internal/sim"
	"github.com/seed-42871e99/crmsync/internal/sim/simtest"
)

func TestSimulation(t *testing.T) { simtest.Seeds(t, sim.Options{Seeds: 300}) }

// TestSimulationStories plays the scripts in testdata: stories that once broke a promise.
func TestSimulationStories(t *testing.T) { simtest.Stories(t, "testdata/stories.txt", sim.InMemory) }
