package main

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed explained.txt
var explainedText string

// known identifies a mutation however the lines of its file move.
type known struct {
	path string // from the root of the module
	name string // of the function
	what string
	was  string // the line on which it begins
	is   string // that line with the mutation
}

// String is how explained.txt writes it.
func (k known) String() string {
	return fmt.Sprintf("%s %s: %s\nwas: %s\nis: %s\n", k.path, k.name, k.what, k.was, k.is)
}

// readExplained reads the mutations that a person looked at and found to change nothing that could be noticed. Each is a
// block as String writes it and a line or more that begin with "why:"; other blocks are comments.
func readExplained(text string) (map[known]string, error) {
	all := map[known]string{}
	for _, block := range strings.Split(text, "\n\n") {
		head, rest, _ := strings.Cut(strings.TrimSpace(block), "\n")
		was, rest, ok := strings.Cut(strings.TrimPrefix(rest, "was:"), "\nis:")
		if !ok {
			continue
		}
		is, why, _ := strings.Cut(rest, "\nwhy:")
		place, what, _ := strings.Cut(head, ": ")
		path, name, _ := strings.Cut(place, " ")
		k := known{path: path, name: name, what: what, was: strings.TrimSpace(was), is: strings.TrimSpace(is)}
		why = strings.Join(strings.Fields(why), " ")
		if why == "" {
			return nil, fmt.Errorf("explained.txt does not say why:\n%s", block)
		}
		if all[k] != "" {
			return nil, fmt.Errorf("explained.txt says twice:\n%s", block)
		}
		all[k] = why
	}
	return all, nil
}
