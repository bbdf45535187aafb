// Command planted shows that the checks find mistakes: it puts one bug at a time into the code, plays seeds of the simulation
// until one fails, and where none does runs the tests. It prints what caught each bug and after how many seeds, and ends
// with 1 when one was caught by nothing. The tree is not touched: the go command reads the changed files from an overlay.
//
//	go run ./internal/sim/planted
//	go run ./internal/sim/planted -every 3 -seeds 400
//	go run ./internal/sim/planted -v no-claim no-guard
//
// The bugs are in internal/sim/planted/bugs, a file each.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	var (
		seeds   = flag.Int("seeds", 3000, "how many seeds to play before the tests are run")
		every   = flag.Int("every", 1, "plant only every n-th of the bugs, by name")
		tests   = flag.Bool("tests", true, "run the tests where no seed failed")
		play    = flag.Bool("play", false, "plant nothing: play the seeds with the code as it is")
		verbose = flag.Bool("v", false, "show what the checks say")
	)
	flag.Parse()
	if *play {
		if !playHere(*seeds) {
			os.Exit(1)
		}
		return
	}
	if err := run(*seeds, *every, *tests, *verbose, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(seeds, every int, tests, verbose bool, names []string) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	bugs, err := readBugs(filepath.Join(root, "internal", "sim", "planted", "bugs"))
	if err != nil {
		return err
	}
	planted, all := 0, len(bugs)
	survived, broken, began := 0, 0, time.Now()
	fmt.Printf("| %-34s | %-10s | %-52s | %5s | %6s |\n|%s|%s|%s|%s:|%s:|\n", "bug", "breaks", "caught by", "seeds", "took",
		dashes(36), dashes(12), dashes(54), dashes(6), dashes(7))
	for i, b := range bugs {
		if len(names) > 0 && !slices.Contains(names, b.name) || len(names) == 0 && i%max(every, 1) != 0 {
			continue
		}
		planted++
		begun := time.Now()
		c, err := b.hunt(root, seeds, tests, verbose)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			c = caught{by: "NOT PLANTED", seeds: "-"}
			broken++
		}
		if c.by == "" {
			survived++
			c.by = "NOTHING"
		}
		fmt.Printf("| %-34s | %-10s | %-52s | %5s | %4.0f s |\n", b.name, b.breaks, c.by, c.seeds, time.Since(begun).Seconds())
	}
	fmt.Printf("\n%d of %d bugs planted, %d caught, in %v\n", planted, all, planted-survived-broken, time.Since(began).Round(time.Second))
	switch {
	case survived+broken > 0:
		return fmt.Errorf("%d bugs were caught by nothing, %d could not be planted", survived, broken)
	case planted == 0 || len(names) > planted:
		return fmt.Errorf("there are not as many bugs of these names")
	}
	return nil
}

func dashes(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '-'
	}
	return string(b)
}
