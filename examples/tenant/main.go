// Command tenant keeps a CSV export in step with the contacts of a real mailbox of Microsoft 365. It shows a plan, and
// writes only with -apply: without it, it asks for permission to read and for no more.
//
//	go run ./tenant -csv people.csv -dir ~/contacts               the plan of the first run
//	go run ./tenant -csv people.csv -dir ~/contacts -apply        the plan, and then the run
//	go run ./tenant -dir ~/contacts -apply                        later runs: what changed in Outlook since
//
// It needs the registration of an application in Microsoft Entra: its client id in AZURE_CLIENT_ID, the id of the tenant
// in AZURE_TENANT_ID. There are two ways to sign in:
//
//   - as a person, with a code that is typed into a browser: the application allows public client flows and has the
//     delegated permission Contacts.ReadWrite (Contacts.Read is enough without -apply). The mailbox is that person's.
//   - as the application, where AZURE_CLIENT_SECRET is set: it has the application permission of that name, and -user
//     names the mailbox. Limit it to the mailboxes it is for.
//
// The CRM is kept in the folder -dir, made from the export at the first -apply; beside it is what the engine remembers,
// saved at each step, so that the program may be stopped anywhere and started again; run it once at a time for a folder.
// Only the global cloud is served. Probing what Microsoft does not document (-verify) is to come.
//
// Compiling the full SDK takes 5 to 7 minutes and 4.4 GB the first time. A product that needs nothing else of the SDK
// takes graphadapter.FromCredential in place of the client, which compiles in one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/graphadapter"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are what the flags and the environment say.
type options struct {
	csv, dir, settings string
	user, folder       string
	apply              bool
	account
}

// run is the program; it returns the exit code: 1 for an error, 2 for flags or an environment that will not do.
func run(ctx context.Context, args []string, env func(string) string, out, errs io.Writer) int {
	o, err := readOptions(args, env, errs)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(errs, "tenant: %v\n", err)
		return 2
	}
	if err := work(ctx, o, out); err != nil {
		fmt.Fprintf(errs, "tenant: %v\n", err)
		return 1
	}
	return 0
}

func work(ctx context.Context, o options, out io.Writer) error {
	d, err := openDesk(o)
	if err != nil {
		return err
	}
	client, err := o.client(o.apply)
	if err != nil {
		return err
	}
	return d.sync(ctx, o, graphadapter.FromClient(client), show.NewPage(out), out)
}

func readOptions(args []string, env func(string) string, errs io.Writer) (options, error) {
	o := options{account: account{tenant: env("AZURE_TENANT_ID"), app: env("AZURE_CLIENT_ID"), secret: env("AZURE_CLIENT_SECRET")}}
	flags := flag.NewFlagSet("tenant", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.csv, "csv", "", "`file` with people, for the first run")
	flags.StringVar(&o.dir, "dir", "", "`folder` for the CRM and for what the engine remembers")
	flags.StringVar(&o.settings, "settings", "", "JSON `file` with settings that differ from the standard ones")
	flags.StringVar(&o.user, "user", "", "`mailbox` by address or id; empty: of the person who signs in")
	flags.StringVar(&o.folder, "folder", "", "contact `folder` by name or id; empty: the default one")
	flags.BoolVar(&o.apply, "apply", false, "write; without it only the plan is shown")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, errors.New("see -help")
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("there is no argument %q; see -help", flags.Arg(0))
	case o.dir == "":
		return o, errors.New("-dir is missing: the folder for the CRM and for what the engine remembers")
	case o.app == "":
		return o, errors.New("AZURE_CLIENT_ID is not set: the client id of the registered application")
	case o.tenant == "":
		return o, errors.New("AZURE_TENANT_ID is not set: the id or a domain of the tenant")
	case o.secret != "" && o.user == "":
		return o, errors.New("-user is missing: the application signs in for itself (AZURE_CLIENT_SECRET is set) and has no mailbox of its own")
	}
	return o, nil
}
