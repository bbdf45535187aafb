package acceptance

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Feature is a line of docs/features.md.
type Feature struct {
	ID, What, Set string
	// Shown says where it is tested: "TestRow/" and its id, a test by package and name, or notYet and what is missing.
	Shown string
}

const notYet = "not yet"

// NotYet reports whether the line says that the feature is not there, or not whole.
func (f Feature) NotYet() bool { return strings.HasPrefix(f.Shown, notYet) }

// ParseFeatures reads the tables of docs/features.md: the lines whose first column is an id.
func ParseFeatures(markdown string) []Feature {
	var features []Feature
	for line := range strings.Lines(markdown) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 || !featureID.MatchString(strings.TrimSpace(cells[0])) {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		features = append(features, Feature{ID: cells[0], What: cells[1], Set: cells[2], Shown: cells[3]})
	}
	return features
}

var (
	featureID = regexp.MustCompile(`^[A-Z][0-9]*$`)
	testName  = regexp.MustCompile("`([^`]*Test[^`]*|[^`]*Example[^`]*)`")
)

// Gaps says in what the features and the rows do not agree, and which tests that the features name are not in the tree, the
// root of the module: a feature that is said to be there and has no row or test, one that is said not to be there and has
// one, a row that no feature names, an id that is there twice. None: all is as it is said.
func Gaps(features []Feature, rows []Row, tree fs.FS) ([]string, error) {
	var gaps []string
	told := map[string]bool{}
	for _, r := range rows {
		told[r.ID] = true
	}
	seen := map[string]bool{}
	for _, f := range features {
		if seen[f.ID] {
			gaps = append(gaps, f.ID+" is there twice")
		}
		seen[f.ID] = true
		names := testName.FindAllStringSubmatch(f.Shown, -1)
		row := slices.ContainsFunc(names, func(n []string) bool { return n[1] == "TestRow/"+f.ID })
		switch {
		case f.NotYet() && told[f.ID]:
			gaps = append(gaps, f.ID+" is marked \"not yet\" and has a row")
		case f.NotYet():
		case row && !told[f.ID]:
			gaps = append(gaps, f.ID+" has no row")
		case !row && told[f.ID]:
			gaps = append(gaps, fmt.Sprintf("%s has a row, and does not name TestRow/%s", f.ID, f.ID))
		case len(names) == 0:
			gaps = append(gaps, f.ID+" names no test")
		}
		for _, n := range names {
			if strings.HasPrefix(n[1], "TestRow/") {
				continue
			}
			there, err := hasTest(tree, n[1])
			if err != nil {
				return nil, err
			}
			if !there {
				gaps = append(gaps, fmt.Sprintf("%s names %s, which there is not", f.ID, n[1]))
			}
		}
	}
	for _, r := range rows {
		if !seen[r.ID] {
			gaps = append(gaps, r.ID+" has a row, and is no feature")
			seen[r.ID] = true
		}
	}
	return gaps, nil
}

// hasTest looks for a test by its package's folder and its name: "graphadapter.TestFolders".
func hasTest(tree fs.FS, name string) (bool, error) {
	folder, test, _ := strings.Cut(name, ".")
	files, err := fs.Glob(tree, folder+"/*_test.go")
	if err != nil {
		return false, fmt.Errorf("acceptance: %s: %w", name, err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return false, fmt.Errorf("acceptance: %w", err)
		}
		if strings.Contains(string(text), "\nfunc "+test+"(") {
			return true, nil
		}
	}
	return false, nil
}
