package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// bug is a mistake that somebody could make, as texts to replace in the code. Its file reads
//
//	What the mistake does, in a sentence or two.
//	breaks: doubles
//
//	== contactsync/claim.go
//	the text that is there, once
//	-->
//	the text in its place
//
// with as many replacements as it takes.
type bug struct {
	name   string // of its file
	says   string
	breaks string // the promise that a user would miss
	swaps  []swap
}

type swap struct{ file, was, is string }

// readBugs reads all bugs of a directory, by name.
func readBugs(dir string) ([]bug, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var bugs []bug
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		b, err := parse(strings.TrimSuffix(filepath.Base(path), ".txt"), string(text))
		if err != nil {
			return nil, err
		}
		bugs = append(bugs, b)
	}
	return bugs, nil
}

func parse(name, text string) (bug, error) {
	b := bug{name: name}
	parts := strings.Split("\n"+text, "\n== ")
	for line := range strings.Lines(parts[0]) {
		if promise, ok := strings.CutPrefix(line, "breaks: "); ok {
			b.breaks = strings.TrimSpace(promise)
		} else {
			b.says = strings.TrimSpace(b.says + " " + strings.TrimSpace(line))
		}
	}
	for _, part := range parts[1:] {
		file, body, _ := strings.Cut(part, "\n")
		was, is, ok := strings.Cut(body, "\n-->\n")
		if !ok {
			return bug{}, fmt.Errorf("%s: no line --> between what is in %s and what is to be", name, file)
		}
		b.swaps = append(b.swaps, swap{file: strings.TrimSpace(file), was: was, is: strings.TrimSuffix(is, "\n")})
	}
	if b.says == "" || b.breaks == "" || len(b.swaps) == 0 {
		return bug{}, fmt.Errorf("%s: a bug says what it does, what it breaks, and what it replaces", name)
	}
	return b, nil
}

// plant returns the files with the bug in them, by path below root. It is an error when a text is not in its file just
// once: the list of bugs has to follow the code.
func (b bug) plant(root string) (map[string]string, error) {
	files := map[string]string{}
	for _, s := range b.swaps {
		text, begun := files[s.file]
		if !begun {
			read, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(s.file)))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", b.name, err)
			}
			text = string(read)
		}
		if n := strings.Count(text, s.was); n != 1 {
			return nil, fmt.Errorf("%s: %s has this text %d times, not once:\n%s", b.name, s.file, n, s.was)
		}
		files[s.file] = strings.Replace(text, s.was, s.is, 1)
	}
	return files, nil
}

// overlay writes the planted files and the description by which the go command reads them in place of the real ones, and
// returns its path. The tree itself is not touched.
func (b bug) overlay(root, dir string) (string, error) {
	files, err := b.plant(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for file, text := range files {
		path := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		replace[filepath.Join(root, filepath.FromSlash(file))] = path
		err = errors.Join(err, os.WriteFile(path, []byte(text), 0o600))
	}
	description, encoding := json.Marshal(map[string]any{"Replace": replace})
	path := filepath.Join(dir, "overlay.json")
	return path, errors.Join(err, encoding, os.WriteFile(path, description, 0o600))
}
