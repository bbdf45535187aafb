package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// build compiles the tests of each package with the mutations, and takes from the mutations those that do not compile.
func build(pkg string, tests []string, mutations map[int]mutation, tmp string) ([]suite, error) {
	for {
		overlay, where, err := writeVariants(pkg, mutations, tmp)
		if err != nil {
			return nil, err
		}
		var suites []suite
		var wrong []int
		for i, p := range tests {
			s := suite{binary: filepath.Join(tmp, fmt.Sprint("tests", i))}
			if s.dir, err = filepath.Abs(p); err != nil {
				return nil, err
			}
			if s.arguments, err = leaveNoFiles(p); err != nil {
				return nil, err
			}
			// The package's errors are all wanted, not the first ten of them.
			cmd := exec.Command("go", "test", "-c", "-vet=off", "-gcflags="+pkg+"=-e", "-overlay", overlay, "-o", s.binary, p)
			cmd.Env = append(cmd.Environ(), "GOWORK=off")
			if out, err := cmd.CombinedOutput(); err != nil {
				if wrong = refused(string(out), where); len(wrong) == 0 {
					return nil, fmt.Errorf("the tests of %s do not compile:\n%s", p, out)
				}
				break
			}
			suites = append(suites, s)
		}
		if len(wrong) == 0 {
			return suites, nil
		}
		for _, number := range wrong {
			delete(mutations, number)
		}
	}
}

// writeVariants writes the changed files and the description by which the go command reads them in place of the real ones,
// and returns its path, and which lines of which file belong to which mutation. The tree itself is not touched.
func writeVariants(pkg string, mutations map[int]mutation, tmp string) (string, map[string][]lines, error) {
	dir, err := filepath.Abs(pkg)
	if err != nil {
		return "", nil, err
	}
	of := map[string]map[int]mutation{}
	name := ""
	for number, m := range mutations {
		if of[m.file] == nil {
			of[m.file] = map[int]mutation{}
		}
		of[m.file][number] = m
		name = m.pkg
	}
	replace := map[string]string{}
	where := map[string][]lines{}
	put := func(path, text string) error {
		at := filepath.Join(tmp, filepath.Base(path))
		replace[path] = at
		return os.WriteFile(at, []byte(text), 0o600)
	}
	for file, numbered := range of {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", nil, err
		}
		var changed string
		changed, where[filepath.Base(file)] = withVariants(string(text), numbered)
		if err := put(file, changed); err != nil {
			return "", nil, err
		}
	}
	err = put(filepath.Join(dir, "mutate_chosen.go"), fmt.Sprintf(chosen, name))
	description, encoding := json.Marshal(map[string]any{"Replace": replace})
	overlay := filepath.Join(tmp, "overlay.json")
	return overlay, where, errors.Join(err, encoding, os.WriteFile(overlay, description, 0o600))
}

var compileError = regexp.MustCompile(`(?m)^\S*?([^/\s]+\.go):(\d+):\d+: `)

// refused are the mutations in whose lines the compiler found errors.
func refused(out string, where map[string][]lines) []int {
	var numbers []int
	for _, found := range compileError.FindAllStringSubmatch(out, -1) {
		line, _ := strconv.Atoi(found[2])
		for _, l := range where[found[1]] {
			if l.from <= line && line <= l.to {
				numbers = append(numbers, l.number)
			}
		}
	}
	return numbers
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
