// Command quickstart keeps the contacts of a CRM in step with an Outlook mailbox, both in memory: 1,000 fictional people
// from a CSV export, and a mailbox behind the Microsoft Graph protocol that holds a third of them, written differently.
//
//	go run ./quickstart                   the whole story
//	go run ./quickstart -plan             stop before anything is written
//	go run ./quickstart -csv people.csv   your own export in place of the sample; it is only read
//	go run ./quickstart -settings s.json  other settings, such as {"conflict": "ask"}
//
// What it shows, in order: the settings, the plan, the first run and its report; edits on both sides and what became of
// each; a decision; a run that finds nothing to do. It exits with 1 on an error, before anything is written if a file is
// bad, and with 2 on a wrong flag.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/examples/internal/people"
	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/examples/quickstart/data"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are what the flags say.
type options struct {
	csv, settings string
	plan, stats   bool
}

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	var o options
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.csv, "csv", "", "`file` with people, in place of the sample; it is only read")
	flags.StringVar(&o.settings, "settings", "", "JSON `file` with settings that differ from the standard ones")
	flags.BoolVar(&o.plan, "plan", false, "stop before anything is written")
	flags.BoolVar(&o.stats, "stats", false, "print time and memory at the end")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(errs, "quickstart: there is no argument %q; see -help\n", flags.Arg(0))
		return 2
	}
	start := time.Now()
	p := show.NewPage(out)
	if err := play(ctx, o, p, out); err != nil {
		fmt.Fprintf(errs, "quickstart: %v\n", err)
		return 1
	}
	if o.stats {
		p.Head("Stats", "")
		p.Line("%.1f s, at most %d MB of memory", time.Since(start).Seconds(), peakMemory()>>20)
	}
	if p.Err() != nil {
		fmt.Fprintf(errs, "quickstart: %v\n", p.Err())
		return 1
	}
	return 0
}

// play reads what it is given, and tells the story with it.
func play(ctx context.Context, o options, p *show.Page, out io.Writer) error {
	file, content := "crm.csv", data.CRM
	if o.csv != "" {
		var err error
		if content, err = os.ReadFile(o.csv); err != nil {
			return err
		}
		file = o.csv
	}
	export, err := people.ReadCSV(file, content)
	if err != nil {
		return err
	}
	settings, err := people.ReadSettings(o.settings)
	if err != nil {
		return err
	}
	var watch contactsync.Observer
	if show.IsTerminal(out) {
		watch = &show.Progress{W: out}
	}
	d, err := setUp(ctx, export.People, data.Mailbox, settings, watch)
	if err != nil {
		return err
	}
	from := "-settings FILE changes them"
	if o.settings != "" {
		from = "from " + o.settings
	}
	showStart(p, export, d)
	p.Settings(settings, from)
	return tell(ctx, d, p, o.plan)
}
