// Command styles plays five short stories, one for each of five products' ways to keep a CRM and Outlook in step. The program is
// the same for all: what differs is a file of settings, from package preset.
//
//	go run ./styles              all five
//	go run ./styles oracle       one of dealius, pipeliner, oracle, tribe, piesync
//	go run ./styles -settings    the settings of each beside it
//
// Everything is in memory: a CRM, and a mailbox behind the Microsoft Graph protocol. It exits with 1 on an error, and with 2 on a
// wrong argument.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/preset"
)

// style is one product's way, and the story that shows it.
type style struct {
	name, about string
	files       []string // of package preset
	tell        func(*stage)
}

var styles = []style{dealius, pipeliner, oracle, tribe, piesync}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program; it returns the exit code.
func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("styles", flag.ContinueOnError)
	flags.SetOutput(errs)
	settings := flags.Bool("settings", false, "print the settings of each style")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	p := show.NewPage(out)
	for _, name := range flags.Args() {
		if !slices.ContainsFunc(styles, func(s style) bool { return s.name == name }) {
			fmt.Fprintf(errs, "styles: there is no style %q; there are %s\n", name, names())
			return 2
		}
	}
	for _, s := range styles {
		if flags.NArg() > 0 && !slices.Contains(flags.Args(), s.name) {
			continue
		}
		if err := play(p, s, *settings); err != nil {
			fmt.Fprintf(errs, "styles: %s: %v\n", s.name, err)
			return 1
		}
	}
	if p.Err() != nil {
		fmt.Fprintf(errs, "styles: %v\n", p.Err())
		return 1
	}
	return 0
}

func names() string {
	var all []string
	for _, s := range styles {
		all = append(all, s.name)
	}
	return strings.Join(all, ", ")
}

// play tells one story.
func play(p *show.Page, s style, settings bool) error {
	p.Head(s.about, "preset/"+strings.Join(s.files, ", "))
	if settings {
		for _, file := range s.files {
			text, err := preset.Files.ReadFile(file)
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(text)) {
				p.Line("%s", p.Dim(strings.TrimRight(line, "\n")))
			}
		}
	}
	return newStage(p, s).play(s.tell)
}
