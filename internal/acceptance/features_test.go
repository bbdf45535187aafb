package acceptance_test

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/internal/acceptance"
)

// docs/features.md tells the truth about what is tested.
func TestFeaturesHaveTests(t *testing.T) {
	markdown, err := os.ReadFile("../../docs/features.md")
	require.NoError(t, err)
	features := acceptance.ParseFeatures(string(markdown))
	require.Greater(t, len(features), 80, "the tables of docs/features.md are not read")

	gaps, err := acceptance.Gaps(features, acceptance.Rows(), os.DirFS("../.."))

	require.NoError(t, err)
	assert.Empty(t, gaps)
}

func TestGaps(t *testing.T) {
	features := acceptance.ParseFeatures("" +
		"| id | feature | how | where |\n" +
		"|---|---|---|---|\n" +
		"| A1 | told | x | `TestRow/A1` |\n" +
		"| A2 | not told | x | `TestRow/A2` |\n" +
		"| A3 | told, but marked | x | not yet: a part |\n" +
		"| A4 | missing | x | not yet |\n" +
		"| A5 | elsewhere | x | `pkg.TestFive`, `pkg.TestSix` |\n" +
		"| A6 | nowhere | x | by eye |\n" +
		"| A7 | told, and not named | x | `pkg.TestFive` |\n" +
		"| A1 | again | x | `TestRow/A1` |\n" +
		"no line of a table\n")
	rows := []acceptance.Row{{ID: "A1"}, {ID: "A1", Case: "once more"}, {ID: "A3"}, {ID: "A7"}, {ID: "Z9"}}
	tree := fstest.MapFS{"pkg/five_test.go": {Data: []byte("package pkg\n\nfunc TestFive(t *testing.T) {}\n")}}

	gaps, err := acceptance.Gaps(features, rows, tree)

	require.NoError(t, err)
	assert.Equal(t, []string{
		"A2 has no row",
		`A3 is marked "not yet" and has a row`,
		"A5 names pkg.TestSix, which there is not",
		"A6 names no test",
		"A7 has a row, and does not name TestRow/A7",
		"A1 is there twice",
		"Z9 has a row, and is no feature",
	}, gaps)
}
