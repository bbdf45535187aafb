package sim_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-42871e99/crmsync/internal/sim"
)

// TestSimulation plays SIM_SEEDS seeds, 300 unless said otherwise: promises 1 to 4.
func TestSimulation(t *testing.T) {
	seeds := 300
	if text := os.Getenv("SIM_SEEDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("SIM_SEEDS=%q: want how many seeds to play", text)
		}
		seeds = n
	}
	failed := 0
	for seed := uint64(1); seed <= uint64(seeds); seed++ {
		script := sim.Generate(seed)
		v, _, err := sim.Play(script)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, script)
		}
		if v == nil {
			continue
		}
		small, v := sim.Shrink(script, v, 2000)
		t.Error(sim.Account("seed "+strconv.FormatUint(seed, 10), small, v))
		if failed++; failed == 5 {
			t.Fatal("that is enough")
		}
	}
}

// TestSimulationStories plays the scripts in testdata: stories that once broke a promise.
func TestSimulationStories(t *testing.T) {
	text, err := os.ReadFile("testdata/stories.txt")
	if err != nil {
		t.Fatal(err)
	}
	stories := strings.Split("\n"+string(text), "\n== ")[1:]
	if len(stories) == 0 {
		t.Fatal("no stories")
	}
	for _, story := range stories {
		name, script, _ := strings.Cut(story, "\n")
		t.Run(name, func(t *testing.T) {
			v, log, err := sim.Play(sim.ParseScript(script))
			if err != nil {
				t.Fatal(err)
			}
			if v != nil {
				t.Errorf("%v\n%s", v, strings.Join(log, "\n"))
			}
		})
	}
}
