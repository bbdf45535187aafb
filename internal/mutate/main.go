// Command mutate changes a package in one small way at a time and runs its tests: a change that they do not notice shows
// what they do not check. It prints the changes that survived, and how many did not.
//
//	go run ./internal/mutate -pkg ./conflict -n 0
//	go run ./internal/mutate -pkg ./contactsync -files guard,hours -n 30 -seed 1
//	go run ./internal/mutate -pkg ./mapping -n 0 -tests ./mapping,./contactsync >survivors
//	go run ./internal/mutate -pkg ./mapping -n 0 -again survivors
//
// The package is compiled once: each function stands in it as it is and with each of its changes, and the process is told
// which of them to call. The tree is not touched: the go command reads the changed files from an overlay.
//
// A survivor may be no mistake at all: the code then does the same in another way. Those that a person has looked at are in
// explained.txt, with the reason; they are tried like the others, and named when the tests notice them or the code no longer has
// them. A change may keep a test from letting memory go: "ulimit -v 6000000" before it keeps the machine usable.
package main

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	var o options
	var files, tests, again string
	flag.StringVar(&o.pkg, "pkg", "", "the package to change, as a path from the root of the module that begins with ./")
	flag.StringVar(&files, "files", "", "change only these files of it: names without .go, with commas between")
	flag.StringVar(&tests, "tests", "", "the packages whose tests are run, with commas between; empty: its own")
	flag.StringVar(&again, "again", "", "change only what this file names, the output of an earlier run")
	flag.IntVar(&o.n, "n", 50, "how many changes to draw; 0: all there are")
	flag.Uint64Var(&o.seed, "seed", 1, "which changes: the same seed draws the same ones")
	flag.DurationVar(&o.limit, "timeout", 0, "how long the tests of a package may take; a change that makes them take longer is noticed; 0: ten times what they take without one, and 5 s")
	flag.BoolVar(&o.verbose, "v", false, "name the changes that were noticed too")
	flag.Parse()
	o.files, o.tests = split(files), split(tests)
	if o.pkg == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if len(o.tests) == 0 {
		o.tests = []string{o.pkg}
	}
	if again != "" {
		named, err := os.ReadFile(again)
		if err == nil && len(named) == 0 {
			err = fmt.Errorf("%s is empty: it names no change", again)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		o.again = string(named)
	}
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

type options struct {
	pkg          string
	files, tests []string
	again        string // only what it names; empty: all
	n            int
	seed         uint64
	limit        time.Duration
	verbose      bool
}

func (o options) run() error {
	explained, err := readExplained(explainedText)
	if err != nil {
		return err
	}
	drawn, all, err := o.draw(explained)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	began := time.Now()
	suites, err := build(o.pkg, o.tests, drawn, tmp)
	if err != nil {
		return err
	}
	for i := range suites {
		if err := suites[i].calibrate(o.limit); err != nil {
			return err
		}
	}
	count := map[fate]int{}
	for _, number := range slices.Sorted(maps.Keys(drawn)) {
		m := drawn[number]
		f := try(suites, number)
		_, known := explained[m.known(o.pkg)]
		switch {
		case f == survived && known:
			f = excused
		case f != survived && known:
			fmt.Printf("in explained.txt, but ")
		}
		count[f]++
		if f == survived || known && f != excused || o.verbose {
			fmt.Printf("%s, line %d\n%v\n", f, m.line, m.known(o.pkg))
		}
	}
	killed := count[noticed] + count[tooLong]
	fmt.Printf("%s: %d of %d changes tried, %d noticed (%d of them by their time), %d explained, %d survived (%.1f %% of the rest noticed), in %v\n",
		o.pkg, len(drawn), all, killed, count[tooLong], count[excused], count[survived],
		100*float64(killed)/float64(max(killed+count[survived], 1)), time.Since(began).Round(time.Second))
	return nil
}

// draw returns the mutations to try, by number, and how many there are to draw from. What is explained and not in the code
// any more is an error.
func (o options) draw(explained map[known]string) (map[int]mutation, int, error) {
	dir, err := filepath.Abs(o.pkg)
	if err != nil {
		return nil, 0, err
	}
	all, err := mutationsOf(dir)
	if err != nil {
		return nil, 0, err
	}
	there := map[known]bool{}
	for _, m := range all {
		there[m.known(o.pkg)] = true
	}
	for k := range explained {
		if path.Dir(k.path) == path.Clean(o.pkg) && !there[k] {
			return nil, 0, fmt.Errorf("explained.txt has what is not in the code:\n%v", k)
		}
	}
	if len(o.files) > 0 {
		all = slices.DeleteFunc(all, func(m mutation) bool {
			return !slices.Contains(o.files, strings.TrimSuffix(filepath.Base(m.file), ".go"))
		})
	}
	if o.again != "" {
		all = slices.DeleteFunc(all, func(m mutation) bool { return !strings.Contains(o.again, m.known(o.pkg).String()) })
	}
	if len(all) == 0 {
		return nil, 0, fmt.Errorf("nothing to change in %s", o.pkg)
	}
	order := rand.New(rand.NewPCG(o.seed, 0)).Perm(len(all))
	if o.n > 0 && o.n < len(order) {
		order = order[:o.n]
	}
	drawn := map[int]mutation{}
	for _, i := range order {
		drawn[i+1] = all[i]
	}
	return drawn, len(all), nil
}

// known is the mutation as explained.txt knows it.
func (m mutation) known(pkg string) known {
	return known{
		path: path.Join(path.Clean(filepath.ToSlash(pkg)), filepath.Base(m.file)),
		name: m.in.decl.Name.Name, what: strings.Join(strings.Fields(m.what), " "), was: m.was, is: m.becomes,
	}
}
