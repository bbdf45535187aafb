// Command mutate changes a package in one small way at a time and runs its tests: a change that they do not notice shows
// what they do not check. It prints the changes that survived, and how many did not. The tree is not touched: the go
// command reads the changed file from an overlay.
//
//	go run ./internal/mutate -pkg ./conflict -n 50 -seed 1
//	go run ./internal/mutate -pkg ./contactsync -files guard,hours -n 30
//	go run ./internal/mutate -pkg ./mapping -n 0 -tests ./mapping,./contactsync
//
// A change may keep a test from ending, or from letting memory go: "ulimit -v 6000000" before it keeps the machine usable.
// A change that does not compile is not counted. A survivor may be no mistake at all: the code then does the same in another way.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	var o options
	var files, tests string
	flag.StringVar(&o.pkg, "pkg", "", "the package to change, as a path that begins with ./")
	flag.StringVar(&files, "files", "", "change only these files of it: names without .go, with commas between")
	flag.StringVar(&tests, "tests", "", "the packages whose tests are run, with commas between; empty: its own")
	flag.IntVar(&o.n, "n", 50, "how many changes to try; 0: all there are")
	flag.Uint64Var(&o.seed, "seed", 1, "which changes: the same seed tries the same ones")
	flag.DurationVar(&o.limit, "timeout", time.Minute, "how long the tests may take; a change that makes them take longer is noticed")
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
	n            int
	seed         uint64
	limit        time.Duration
	arguments    [][]string // of the tests of each package
	verbose      bool
}

// fate is what the tests made of a change.
type fate string

const (
	noticed   fate = "noticed"
	tooLong   fate = "noticed: too long"
	uncounted fate = "does not compile"
	survived  fate = "SURVIVED"
)

func (o options) run() error {
	dir, err := filepath.Abs(o.pkg)
	if err != nil {
		return err
	}
	all, err := mutationsOf(dir)
	if err != nil {
		return err
	}
	if len(o.files) > 0 {
		all = slices.DeleteFunc(all, func(m mutation) bool {
			return !slices.Contains(o.files, strings.TrimSuffix(filepath.Base(m.file), ".go"))
		})
	}
	if len(all) == 0 {
		return fmt.Errorf("nothing to change in %s", o.pkg)
	}
	for _, pkg := range o.tests {
		arguments, err := leaveNoFiles(pkg)
		if err != nil {
			return err
		}
		o.arguments = append(o.arguments, arguments)
	}
	if f, out := o.test(""); f != survived {
		return fmt.Errorf("the tests fail without a change:\n%s", out)
	}
	rand.New(rand.NewPCG(o.seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	began, tried, lived := time.Now(), 0, 0
	for _, m := range all {
		if o.n > 0 && tried == o.n {
			break
		}
		f, err := o.try(m)
		if err != nil {
			return err
		}
		if f == uncounted {
			continue
		}
		tried++
		if f == survived {
			lived++
		}
		if f == survived || o.verbose {
			fmt.Println(m.account(f))
		}
	}
	fmt.Printf("%s: %d of %d changes tried, %d noticed, %d survived (%.0f %%), in %v\n", o.pkg, tried, len(all), tried-lived, lived,
		100*float64(tried-lived)/float64(max(tried, 1)), time.Since(began).Round(time.Second))
	return nil
}

// account shows a change to a person.
func (m mutation) account(f fate) string {
	return fmt.Sprintf("%s %s:%d: %s\n\t%s", f, filepath.Base(m.file), m.line, m.what, m.excerpt())
}

// excerpt is the line on which the change begins, as it was.
func (m mutation) excerpt() string {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.Split(string(text), "\n")[m.line-1])
}

// try makes one change and runs the tests.
func (o options) try(m mutation) (fate, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	text, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, "changed.go")
	description, encoding := json.Marshal(map[string]any{"Replace": map[string]string{m.file: changed}})
	overlay := filepath.Join(dir, "overlay.json")
	err = errors.Join(encoding,
		os.WriteFile(changed, slices.Concat(text[:m.from], []byte(m.is), text[m.to:]), 0o600),
		os.WriteFile(overlay, description, 0o600))
	if err != nil {
		return "", err
	}
	f, _ := o.test(overlay)
	return f, nil
}

// leaveNoFiles are the arguments of the tests of a package that keep pgregory.net/rapid from writing what failed into the tree:
// that is to be kept of real failures only.
func leaveNoFiles(pkg string) ([]string, error) {
	cmd := exec.Command("go", "list", "-f", "{{.TestImports}} {{.XTestImports}}", pkg)
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	imports, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", pkg, err)
	}
	if strings.Contains(string(imports), "pgregory.net/rapid") {
		return []string{"-rapid.nofailfile"}, nil
	}
	return nil, nil
}

// test runs the tests, package by package, under an overlay or, where it is empty, as the code is.
func (o options) test(overlay string) (fate, string) {
	for i, pkg := range o.tests {
		args := []string{"test", "-failfast", "-vet=off", "-count=1", "-timeout", o.limit.String()}
		if overlay != "" {
			args = append(args, "-overlay", overlay)
		}
		cmd := exec.Command("go", append(append(args, pkg), o.arguments[i]...)...)
		cmd.Env = append(cmd.Environ(), "GOWORK=off")
		out, err := cmd.CombinedOutput()
		switch {
		case err == nil:
			continue
		case strings.Contains(string(out), "panic: test timed out"):
			return tooLong, string(out)
		case strings.Contains(string(out), "[build failed]"), strings.Contains(string(out), "[setup failed]"):
			return uncounted, string(out)
		}
		return noticed, string(out)
	}
	return survived, ""
}
