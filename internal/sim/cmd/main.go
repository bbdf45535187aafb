// Command cmd plays seeds of the simulation on all cores, and shrinks what fails.
//
//	go run ./internal/sim/cmd -seeds 100000
//	go run ./internal/sim/cmd -seed 4711 -v
//	go run ./internal/sim/cmd -script FILE -v
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-42871e99/crmsync/internal/sim"
)

func main() {
	var (
		seeds    = flag.Uint64("seeds", 1000, "how many seeds to play; 0: as many as the duration allows")
		first    = flag.Uint64("from", 1, "the first seed")
		one      = flag.Uint64("seed", 0, "play just this seed")
		file     = flag.String("script", "", "play the script in this file")
		duration = flag.Duration("duration", 0, "stop after this time; 0: when all seeds are played")
		failures = flag.Int("failures", 10, "stop after so many failing seeds")
		tries    = flag.Int("shrink", 3000, "how many scripts to play to make a failing one smaller")
		verbose  = flag.Bool("v", false, "show what happens in a single seed or script")
	)
	flag.Parse()
	switch {
	case *file != "":
		text, err := os.ReadFile(*file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		os.Exit(play(sim.ParseScript(string(text)), *file, *verbose, 0))
	case *one != 0:
		os.Exit(play(sim.Generate(*one), fmt.Sprintf("seed %d", *one), *verbose, *tries))
	}
	os.Exit(many(*first, *seeds, *duration, *failures, *tries))
}

// play plays one script, and shrinks it when it fails.
func play(s sim.Script, name string, verbose bool, tries int) int {
	v, log, err := sim.Play(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if v != nil && tries > 0 {
		s, v = sim.Shrink(s, v, tries)
		_, log, _ = sim.Play(s)
	}
	if verbose {
		for _, line := range log {
			fmt.Println(line)
		}
	}
	if v == nil {
		fmt.Println(name, "holds")
		return 0
	}
	fmt.Print(sim.Account(name, s, v))
	return 1
}

func many(first, seeds uint64, duration time.Duration, failures, tries int) int {
	began := time.Now()
	next := atomic.Uint64{}
	next.Store(first)
	var played, failed atomic.Int64
	var printing sync.Mutex
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				seed := next.Add(1) - 1
				over := seeds > 0 && seed >= first+seeds || duration > 0 && time.Since(began) > duration
				if over || int(failed.Load()) >= failures {
					return
				}
				s := sim.Generate(seed)
				v, _, err := sim.Play(s)
				played.Add(1)
				if v == nil && err == nil {
					continue
				}
				failed.Add(1)
				if err == nil {
					s, v = sim.Shrink(s, v, tries)
				}
				printing.Lock()
				if err != nil {
					fmt.Printf("seed %d: %v\n", seed, err)
				} else {
					fmt.Print(sim.Account(fmt.Sprintf("seed %d", seed), s, v))
				}
				printing.Unlock()
			}
		})
	}
	workers.Wait()
	fmt.Printf("%d seeds from %d in %v: %d failed\n", played.Load(), first, time.Since(began).Round(time.Millisecond), failed.Load())
	if failed.Load() > 0 {
		return 1
	}
	return 0
}
