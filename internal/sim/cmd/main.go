// Command cmd plays seeds of the simulation on all cores, shrinks what fails, and says what was covered. It ends with 1 when
// a promise was broken.
//
//	go run ./internal/sim/cmd -seeds 100000
//	go run ./internal/sim/cmd -duration 5m
//	go run ./internal/sim/cmd -seed 4711 -v
//	go run ./internal/sim/cmd -script FILE -v
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/seed-42871e99/crmsync/internal/sim"
	"github.com/seed-42871e99/crmsync/internal/sim/graphsim"
)

func main() {
	var o sim.Options
	flag.Uint64Var(&o.Seeds, "seeds", 0, "how many seeds to play; 0: as many as -duration allows, or 1000")
	flag.Uint64Var(&o.From, "from", 1, "the first seed")
	flag.DurationVar(&o.Duration, "duration", 0, "stop after this time; 0: when all seeds are played")
	flag.IntVar(&o.Failures, "failures", 10, "stop after so many failing seeds")
	flag.IntVar(&o.Tries, "shrink", 3000, "how many scripts to play to make a failing one smaller")
	flag.IntVar(&o.Workers, "workers", 0, "how many seeds to play at once; 0: one a core")
	var (
		one      = flag.Uint64("seed", 0, "play just this seed")
		file     = flag.String("script", "", "play the script in this file")
		graph    = flag.Bool("graph", false, "play over the Graph adapter and the emulator of Graph")
		large    = flag.Bool("large", false, "play large stories only: three to five users, 30 records and more")
		extras   = flag.Bool("extras", false, "put the extras that other scripts have one time in four into every script")
		coverage = flag.Bool("coverage", true, "say what was covered")
		pairs    = flag.Int("pairs", 40, "how many pairs that were not reached to name")
		verbose  = flag.Bool("v", false, "show what happens in a single seed or script")
	)
	flag.Parse()
	o.On = sim.InMemory
	if *graph {
		o.On, o.With = graphsim.New, []sim.With{sim.Graph}
	}
	if *large {
		o.With = append(o.With, sim.Large)
	}
	if *extras {
		o.With = append(o.With, sim.Extras)
	}
	switch {
	case *file != "":
		text, err := os.ReadFile(*file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		os.Exit(play(o.On, sim.ParseScript(string(text)), *file, *verbose, 0))
	case *one != 0:
		os.Exit(play(o.On, sim.Generate(*one, o.With...), fmt.Sprintf("seed %d", *one), *verbose, o.Tries))
	}
	if o.Seeds == 0 && o.Duration == 0 {
		o.Seeds = 1000
	}
	o.Failed = func(f sim.Failure) { fmt.Print(f.Account()) }
	r := sim.Many(o)
	if *coverage {
		r.Coverage.Print(os.Stdout, *pairs)
		fmt.Println()
	}
	fmt.Println(r)
	if len(r.Failures) > 0 {
		os.Exit(1)
	}
}

// play plays one script, and shrinks it when it fails.
func play(on func(sim.OutlookOptions) (sim.Outlook, error), s sim.Script, name string, verbose bool, tries int) int {
	playOn := func(s sim.Script) (sim.Outcome, error) { return sim.PlayOn(on, s) }
	out, err := playOn(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if out.Violation != nil && tries > 0 {
		s, _ = sim.Shrink(playOn, s, out.Violation, tries)
		if out, err = playOn(s); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
	}
	if verbose {
		for _, line := range out.Log {
			fmt.Println(line)
		}
	}
	if out.Violation == nil {
		fmt.Println(name, "holds")
		return 0
	}
	fmt.Print(sim.Account(name, s, out.Violation))
	return 1
}
