package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func generated(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFilesAreAsGenerated(t *testing.T) {
	for name, want := range generated(t) {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what this program writes: run go generate in the folder above", name)
		}
	}
}

// The mess that the sample promises; see the package comment in the folder above.
func TestExportHasTheMessOfLife(t *testing.T) {
	crm := generated(t)["crm.csv"]
	records, err := csv.NewReader(bytes.NewReader(crm)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(records) - 1; got != 1000 {
		t.Errorf("%d rows, want 1000", got)
	}
	ids := map[string]bool{}
	for _, r := range records[1:] {
		ids[r[0]] = true
	}
	if len(ids) != len(records)-1 {
		t.Errorf("%d ids in %d rows", len(ids), len(records)-1)
	}
	for name, pattern := range map[string]string{
		"Dutch infix":                `,van der,`,
		"apostrophe infix":           `,'t,`,
		"German compound name":       `Müller-Lüdenscheidt`,
		"title":                      `,(Prof\. )?Dr\. `,
		"Spanish double surname":     `Núñez Peña`,
		"Han":                        `,伟,|,芳,`,
		"pinyin":                     `,Wei,,Wang,|,Fang,,|,Xiaoli,,`,
		"Polish":                     `Brzęczyszczykiewicz`,
		"Nordic":                     `Ångström|Bjørnsen|Åkesson`,
		"extension":                  ` tst\. \d+`,
		"extension in full":          ` toestel \d+`,
		"several phones in one":      `\d (/|of) [+0(]`,
		"trailing word":              ` \(office\)`,
		"no-break space":             "\u00a0",
		"direction marks":            "\u202a.*\u202c",
		"address in capitals":        `,[A-Z0-9.-]+@[A-Z0-9.-]+\.[A-Z]+,`,
		"address with spaces":        `," [^"@]+@[^"@]+ ",`,
		"no address at all":          `,n\.v\.t\.,|,geen,`,
		"role mailbox":               `,info@`,
		"international domain":       `@[a-z-]*[äöü][a-zäöü-]*\.example`,
		"line break of Windows":      "functie\\.\r\nGraag",
		"quotes":                     `""call me Bob""`,
		"semicolon":                  `2026-114; wacht`,
		"birthday in leap years":     `,1988-02-29,`,
		"birthday of the millennium": `,2000-02-29,`,
	} {
		if !regexp.MustCompile(pattern).Match(crm) {
			t.Errorf("no %s: nothing matches %q", name, pattern)
		}
	}
}

// Two people in one house may have one name, and then share the phone as well.
func TestFatherAndSonShareANameAndAPhone(t *testing.T) {
	people := populate(newSource(seed), employees, individuals)
	for i, p := range people[1:] {
		if f := people[i]; f.household != nil && f.household == p.household && f.given == p.given && f.surname == p.surname {
			return
		}
	}
	t.Error("no two people in one house have one name")
}

func TestEveryAddressIsReserved(t *testing.T) {
	reserved := regexp.MustCompile(`(?i)^(example\.(com|net|org)|[\p{L}\p{N}-]+\.example)$`)
	found := 0
	for name, content := range generated(t) {
		for _, at := range regexp.MustCompile(`@[\p{L}\p{N}.-]+`).FindAllString(string(content), -1) {
			found++
			if !reserved.MatchString(at[1:]) {
				t.Errorf("%s: %s is no reserved domain", name, at)
			}
		}
	}
	if found == 0 {
		t.Error("no address found at all")
	}
}

func TestMailboxIsWhatGraphWouldHold(t *testing.T) {
	files := generated(t)
	var items []item
	dec := json.NewDecoder(bytes.NewReader(files["mailbox.json"]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&items); err != nil {
		t.Fatal(err)
	}
	var truth []answer
	if err := json.Unmarshal(files["truth.json"], &truth); err != nil {
		t.Fatal(err)
	}
	if len(truth) != len(items) {
		t.Fatalf("%d answers for %d items", len(truth), len(items))
	}
	known, unknown, flagged := 0, 0, 0
	for i, it := range items {
		if len(it.EmailAddresses) > 3 || len(it.BusinessPhones) > 2 || len(it.HomePhones) > 2 {
			t.Errorf("item %d holds more than Graph allows", i)
		}
		if it.Birthday != "" && !strings.HasSuffix(it.Birthday, "Z") {
			t.Errorf("item %d: birthday %q is not in UTC", i, it.Birthday)
		}
		switch {
		case len(truth[i].CRM) == 0:
			unknown++
		case it.Private:
			t.Errorf("item %d is private and yet in the CRM", i)
		default:
			known++
		}
		if it.Private {
			flagged++
		}
	}
	if known != inBoth+savedTwice || unknown < private || flagged == 0 {
		t.Errorf("%d known, %d unknown, %d private", known, unknown, flagged)
	}
}
