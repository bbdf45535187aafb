package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/internal/sim"
)

// caught is what found a bug. By is empty when nothing did.
type caught struct {
	by    string
	seeds string // how many seeds from the first on it took; "-" when none of them failed
}

const (
	playLimit  = 30 * time.Minute // a bug may well keep a run from ending
	testLimit  = 5 * time.Minute
	buildLimit = 15 * time.Minute // of a busy machine
)

var (
	refused  = regexp.MustCompile(`(?m)^seed (\d+): `) // the engine does not even begin: its own check of the mapping, say
	failing  = regexp.MustCompile(`(?m)^seed (\d+) breaks a promise: (\w+): `)
	failTest = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
)

// hunt plants the bug and looks for it, with the simulation first. That the bug does not compile is an error.
func (b bug) hunt(root string, seeds int, tests, verbose bool) (caught, error) {
	dir, err := os.MkdirTemp("", "planted")
	if err != nil {
		return caught{}, err
	}
	defer os.RemoveAll(dir)
	overlay, err := b.overlay(root, dir)
	if err != nil {
		return caught{}, err
	}
	program := filepath.Join(dir, "sim")
	if out, err := command(root, buildLimit, "go", "build", "-overlay", overlay, "-o", program, "./internal/sim/planted"); err != nil {
		return caught{}, fmt.Errorf("%s does not compile: %w\n%s", b.name, err, out)
	}
	c, err := b.play(root, program, seeds, verbose)
	if err != nil || c.by != "" || !tests {
		return c, err
	}
	return b.test(root, overlay, verbose)
}

// play plays seeds until one fails, in a process of its own.
func (b bug) play(root, program string, seeds int, verbose bool) (caught, error) {
	out, err := command(root, playLimit, program, "-play", "-seeds", fmt.Sprint(seeds))
	if verbose {
		fmt.Printf("%s\n%s\n", b.name, out)
	}
	switch found := failing.FindStringSubmatch(out); {
	case err == nil:
		return caught{seeds: "-"}, nil
	case errors.Is(err, context.DeadlineExceeded):
		return caught{by: "simulation: a run does not end", seeds: "-"}, nil
	case found != nil:
		return caught{by: "simulation: " + promises[found[2]], seeds: found[1]}, nil
	}
	if found := refused.FindStringSubmatch(out); found != nil {
		return caught{by: "simulation: no connection can be made", seeds: found[1]}, nil
	}
	return caught{}, fmt.Errorf("%s: the simulation ended with %w and no broken promise:\n%s", b.name, err, out)
}

// playHere plays seeds with the code that this program was built from, and reports whether all held. All that were begun
// are played to their end, so the lowest that fails is the first.
func playHere(seeds int) bool {
	r := sim.Many(sim.Options{Seeds: uint64(seeds)})
	for _, f := range r.Failures {
		fmt.Println(f.Account())
	}
	fmt.Println(r)
	return len(r.Failures) == 0
}

// promises names what the simulation checks by the headings of docs/promises.md.
var promises = map[string]string{
	"converges": "it converges",
	"loss":      "it loses nothing",
	"doubles":   "it doubles nothing",
	"deletes":   "it deletes nothing by surprise",
	"isolation": "it isolates",
	"bounded":   "it is bounded",
	"answers":   "what a person answered holds",
	"undo":      "undo takes back what a run wrote, and no more",
	"sound":     "runs end well, problems are over in the end",
}

// test runs the tests of the packages that the bug is in, and then those that look at the engine from outside.
func (b bug) test(root, overlay string, verbose bool) (caught, error) {
	var packages []string
	for _, s := range b.swaps {
		packages = append(packages, "./"+path.Dir(s.file))
	}
	packages = append(packages, "./contactsync", "./internal/sim", "./memstore", "./internal/e2e")
	var done []string
	for _, pkg := range packages {
		if slices.Contains(done, pkg) {
			continue
		}
		done = append(done, pkg)
		args := []string{"test", "-overlay", overlay, "-count=1", "-failfast", "-timeout", testLimit.String(), pkg}
		if pkg == "./internal/sim" {
			args = append(args, "-run", "^TestSimulationStories$") // seeds were played already
		}
		imports, err := command(root, testLimit, "go", "list", "-f", "{{.TestImports}} {{.XTestImports}}", pkg)
		if err != nil {
			return caught{}, fmt.Errorf("go list %s: %w", pkg, err)
		}
		if strings.Contains(imports, "pgregory.net/rapid") {
			args = append(args, "-rapid.nofailfile") // what fails here is no input to keep
		}
		out, err := command(root, buildLimit+testLimit, "go", args...)
		if verbose {
			fmt.Println(out)
		}
		if err == nil {
			continue
		}
		by := "the tests of " + pkg[2:]
		if names := failTest.FindAllStringSubmatch(out, -1); names != nil {
			by = pkg[2:] + " " + names[0][1]
		} else if strings.Contains(out, "[build failed]") {
			return caught{}, fmt.Errorf("%s: %s does not compile:\n%s", b.name, pkg, out)
		}
		return caught{by: by, seeds: "-"}, nil
	}
	return caught{seeds: "-"}, nil
}

// command runs a program in the module's root and returns all it says. When the time is over it ends it and what it started.
func command(root string, limit time.Duration, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = root
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return string(out), err
}

// moduleRoot is the directory of the module's go.mod, above the current one.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("not inside the module")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}
