// Package simtest plays the simulation in tests, as the environment says.
package simtest

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-42871e99/crmsync/internal/sim"
)

// Seeds plays seeds from SIM_FROM (1) on: SIM_SEEDS of them, or as many as SIM_DURATION allows; with both, until the first of
// the two is reached; else as o says. Every promise must hold in each.
func Seeds(t *testing.T, o sim.Options) {
	t.Helper()
	for name, to := range map[string]*uint64{"SIM_SEEDS": &o.Seeds, "SIM_FROM": &o.From} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil || n < 1 {
				t.Fatalf("%s=%q: want a number of seeds", name, text)
			}
			*to = n
		}
	}
	if text := os.Getenv("SIM_DURATION"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			t.Fatalf("SIM_DURATION=%q: want a duration", text)
		}
		if o.Duration = d; os.Getenv("SIM_SEEDS") == "" {
			o.Seeds = 0
		}
	}
	o.Failures, o.Tries = 5, 2000
	r := sim.Many(o)
	for _, f := range r.Failures {
		t.Error(f.Account())
	}
	t.Log(r)
}

// Stories plays the scripts of a file against the Outlook that on makes. Each begins with its name after "==".
func Stories(t *testing.T, file string, on func(sim.OutlookOptions) (sim.Outlook, error)) {
	t.Helper()
	text, err := os.ReadFile(file)
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
			out, err := sim.PlayOn(on, sim.ParseScript(script))
			if err != nil {
				t.Fatal(err)
			}
			if out.Violation != nil {
				t.Errorf("%v\n%s", out.Violation, strings.Join(out.Log, "\n"))
			}
		})
	}
}
