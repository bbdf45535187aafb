package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/microsoft/kiota-abstractions-go/authentication"
	kiotahttp "github.com/microsoft/kiota-http-go"
	msgraphsdk "github.com/microsoftgraph/msgraph-sdk-go"
	msgraphgocore "github.com/microsoftgraph/msgraph-sdk-go-core"

	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
)

func environment(values ...string) func(string) string {
	return func(name string) string {
		i := slices.Index(values, name)
		if i < 0 {
			return ""
		}
		return values[i+1]
	}
}

var registered = []string{"AZURE_CLIENT_ID", "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11", "AZURE_TENANT_ID", "example.onmicrosoft.example"}

// What cannot work is refused before anybody signs in.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	withSecret := append([]string{"AZURE_CLIENT_SECRET", "a secret"}, registered...)
	tests := []struct {
		name string
		args []string
		env  []string
		code int
		errs string
	}{
		{"help", []string{"-help"}, nil, 0, "-apply"},
		{"an unknown flag", []string{"-secret", "x"}, registered, 2, "flag provided but not defined: -secret"},
		{"an argument", []string{"-dir", dir, "people.csv"}, registered, 2, `there is no argument "people.csv"`},
		{"no folder", nil, registered, 2, "-dir is missing"},
		{"no application", []string{"-dir", dir}, nil, 2, "AZURE_CLIENT_ID is not set"},
		{"no tenant", []string{"-dir", dir}, registered[:2], 2, "AZURE_TENANT_ID is not set"},
		{"an application without a mailbox", []string{"-dir", dir}, withSecret, 2, "-user is missing"},
		{"no CRM yet", []string{"-dir", dir}, registered, 1, "has no CRM yet"},
		{"no such export", []string{"-dir", dir, "-csv", filepath.Join(dir, "none.csv")}, registered, 1, "none.csv: no such file"},
		{"a bad export", []string{"-dir", dir, "-csv", write(t, "bad.csv", "id,first_name\n1,Ada\n")}, registered, 1, "bad.csv, line 1: no column for the last name"},
		{"bad settings", []string{"-dir", dir, "-settings", write(t, "s.json", `{"conflicts": "crm"}`)}, registered, 1, `line 1: settings have no member "conflicts" there`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(t.Context(), tt.args, environment(tt.env...), &out, &errs)
			if code != tt.code || !strings.Contains(errs.String(), tt.errs) || out.Len() > 0 {
				t.Errorf("run(%q) = %d, output %q, errors %q; want %d and %q", tt.args, code, &out, &errs, tt.code, tt.errs)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("run(%q) left %v", tt.args, left)
			}
		})
	}
}

func TestScopesAreNoMoreThanNeeded(t *testing.T) {
	tests := []struct {
		account account
		write   bool
		want    string
	}{
		{account{}, false, "https://graph.microsoft.com/Contacts.Read"},
		{account{}, true, "https://graph.microsoft.com/Contacts.ReadWrite"},
		{account{secret: "a secret"}, false, "https://graph.microsoft.com/.default"},
	}
	for _, tt := range tests {
		if got := tt.account.scopes(tt.write); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("scopes(write %v) = %q, want %q", tt.write, got, tt.want)
		}
	}
}

const export = `id,first_name,last_name,email,job_title
1,Ada,King,ada@example.com,Analyst
2,Grace,Hopper,grace@example.com,
`

// The full client against the emulator: the plan writes nothing anywhere; -apply carries it out; the next run, from what
// the folder holds, takes over an edit and doubles nobody.
func TestPlanThenApply(t *testing.T) {
	graph := graphtest.New(graphtest.Options{})
	hopper := graph.AddContact("me", graphtest.Contact{
		GivenName: "Grace", Surname: "Hopper", JobTitle: "Rear Admiral", EmailAddresses: []graphtest.EmailAddress{{Address: "Grace@Example.com"}},
	})
	dir := filepath.Join(t.TempDir(), "contacts")
	csv := write(t, "people.csv", export)

	out := syncWith(t, graph, options{dir: dir, csv: csv})
	if !strings.Contains(out, "Nothing was written.") {
		t.Errorf("the plan ends with %q", out)
	}
	if n := len(graph.Contacts("me", "")); n != 1 {
		t.Errorf("the mailbox has %d contacts after the plan, want 1", n)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("the plan made the folder %s", dir)
	}

	syncWith(t, graph, options{dir: dir, csv: csv, apply: true})
	contacts := graph.Contacts("me", "")
	if len(contacts) != 2 {
		t.Fatalf("the mailbox has %d contacts after the run, want 2", len(contacts))
	}
	if got := crmTitle(t, dir, "2"); got != "Rear Admiral" {
		t.Errorf("the job title in the CRM is %q, want that of Outlook", got)
	}

	if _, err := graph.EditContact("me", hopper.ID, func(c *graphtest.Contact) { c.JobTitle = "Commodore" }); err != nil {
		t.Fatal(err)
	}
	syncWith(t, graph, options{dir: dir, apply: true})
	if got := crmTitle(t, dir, "2"); got != "Commodore" {
		t.Errorf("the job title in the CRM is %q after the edit in Outlook", got)
	}
	if n := len(graph.Contacts("me", "")); n != 2 {
		t.Errorf("the mailbox has %d contacts after the second run, want 2", n)
	}
}

// syncWith runs the program from after the sign-in on, and returns what it prints.
func syncWith(t *testing.T, graph *graphtest.Server, o options) string {
	t.Helper()
	d, err := openDesk(o)
	if err != nil {
		t.Fatal(err)
	}
	var opts msgraphgocore.GraphClientOptions
	network := kiotahttp.NewCustomTransportWithParentTransport(graph, msgraphgocore.GetDefaultMiddlewaresWithOptions(&opts)...)
	adapter, err := msgraphsdk.NewGraphRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, nil, nil, &http.Client{Transport: network})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	connect := graphadapter.FromClient(msgraphsdk.NewGraphServiceClient(adapter))
	if err := d.sync(t.Context(), o, connect, show.NewPage(&out), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func crmTitle(t *testing.T, dir, id string) string {
	t.Helper()
	d, err := openDesk(options{dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	rec, ok := d.store.Tenant(tenantID).Record(id)
	if !ok {
		t.Fatalf("the CRM has no record %s", id)
	}
	return rec.Fields.Text("jobTitle")
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
