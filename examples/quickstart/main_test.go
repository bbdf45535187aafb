package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/seed-42871e99/crmsync/examples/internal/show"
)

var update = flag.Bool("update", false, "write the golden files anew")

// runWith runs the program.
func runWith(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

func fileWith(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGolden(t *testing.T) {
	small := fileWith(t, "small.csv", "Nachname;Vorname;E-Mail\nMüller;Ada;ada@example.com\n")
	tests := []struct {
		golden string
		args   []string
	}{
		{"story.txt", nil},
		{"plan.txt", []string{"-plan"}},
		{"small.txt", []string{"-csv", small}},
		{"to-outlook.txt", []string{"-settings", "testdata/to-outlook.json"}},
		{"halted.txt", []string{"-settings", "testdata/approve.json"}},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			code, out, errs := runWith(t, tt.args...)
			if code != 0 || errs != "" {
				t.Fatalf("exit code %d, errors: %s", code, errs)
			}
			for i, line := range strings.Split(out, "\n") {
				if text.StringWidth(line) > show.Width || strings.TrimRight(line, " ") != line {
					t.Errorf("line %d is wider than %d columns, or has spaces at its end: %q", i+1, show.Width, line)
				}
			}
			path := filepath.Join("testdata", tt.golden)
			if *update {
				if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out); diff != "" {
				t.Errorf("output of %q mismatch (-want +got):\n%s", tt.args, diff)
			}
		})
	}
}

// The last run of the story writes nothing and asks Graph once.
func TestNothingToDoIsOneRequest(t *testing.T) {
	_, out, _ := runWith(t)
	_, end, found := strings.Cut(out, "Nothing to do")
	want := "A run that finds no news: 0 contacts written, 1 request to Graph."
	if !found || !strings.Contains(end, want) {
		t.Errorf("the story ends with %q, want in it %q", end, want)
	}
}

func TestExitCodes(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		errs string // what is in them
	}{
		{"help", []string{"-help"}, 0, "-csv file"},
		{"an unknown flag", []string{"-mailbox", "x"}, 2, "flag provided but not defined: -mailbox"},
		{"an argument", []string{"people.csv"}, 2, `there is no argument "people.csv"`},
		{"no such file", []string{"-csv", "testdata/none.csv"}, 1, "testdata/none.csv: no such file"},
		{"no such settings", []string{"-settings", "testdata/none.json"}, 1, "testdata/none.json: no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := runWith(t, tt.args...)
			if code != tt.code || !strings.Contains(errs, tt.errs) || out != "" {
				t.Errorf("run(%q) = %d, output %q, errors %q; want %d and %q", tt.args, code, out, errs, tt.code, tt.errs)
			}
		})
	}
}

// A bad file stops the program before anything is shown or written.
func TestBadFilesStopTheProgram(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "people.csv: the file is empty"},
		{"a missing column", "id,first_name,email\n1,Ada,a@example.com\n", "people.csv, line 1: no column for the last name"},
		{"a bad quote in the last row", "id,last_name,email\n1,King,a@example.com\n2,Hopper \"Grace\",g@example.com\n", "people.csv, line 3, column 10: a quote in a value"},
		{"a bad date in the last row", "id,last_name,email,birthday\n1,King,a@example.com,\n2,Hopper,g@example.com,9/12/1906\n", "people.csv, line 3, column 24: birthday"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := runWith(t, "-csv", fileWith(t, "people.csv", tt.text))
			if code != 1 || out != "" || !strings.Contains(errs, tt.want) {
				t.Errorf("run = %d, output %q, errors %q; want 1 and %q", code, out, errs, tt.want)
			}
		})
	}
}

func TestBadSettingsStopTheProgram(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "settings.json: the file is empty"},
		{"no JSON", "{\n  \"conflict\": crm\n}", "settings.json: line 2: "},
		{"a member that does not exist", `{"conflicts": "crm"}`, `settings.json: line 1: settings have no member "conflicts" there`},
		{"a word that does not exist", `{"conflict": "both"}`, `conflict: "both" is not one of`},
		{"a number for a word", `{"conflict": 1}`, "settings.json: line 1: conflict cannot be a JSON number"},
		{"two values", `{} {}`, "settings.json: something follows the settings"},
		{"a negative guard", `{"guards": {"deletes": {"floor": -1}}}`, "guards.deletes.floor"},
		{"a filter on a missing field", `{"filter": {"equals": {"field": "shoeSize", "value": "38"}}}`, "shoeSize"},
		{"colliding rules", `{"mapping": [
			{"id": "a", "crm": ["firstName"], "outlook": ["givenName"]},
			{"id": "b", "crm": ["lastName"], "outlook": ["givenName"]}]}`, "givenName"},
		{"a delete that the flow lacks", `{"flow": {"toOutlook": {"create": true, "update": true}}}`, "deleted.inCRM"},
		{"no object", "[]", "settings.json: line 1: settings are a JSON object; this is a JSON array"},
		{"a brace that is not closed", `{"conflict": "crm"`, "settings.json: the file ends too early"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := runWith(t, "-settings", fileWith(t, "settings.json", tt.text))
			if code != 1 || out != "" || !strings.Contains(errs, tt.want) {
				t.Errorf("run = %d, output %q, errors %q; want 1 and %q", code, out, errs, tt.want)
			}
		})
	}
}
