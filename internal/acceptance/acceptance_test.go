package acceptance_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/internal/acceptance"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestRow tells every row with its feature and with that turned round.
func TestRow(t *testing.T) {
	var broken strings.Builder
	for _, row := range acceptance.Rows() {
		t.Run(row.Name(), func(t *testing.T) {
			require.NoError(t, row.Promise())
			how, err := row.Inverted()
			require.NoError(t, err, "with the feature turned round")
			broken.WriteString(row.Name() + "\n  " + strings.ReplaceAll(how, "\n", "\n  ") + "\n")
		})
	}
	if t.Failed() || flag.Lookup("test.run").Value.String() != "" && !*update {
		return // some rows are not in it
	}
	const file = "testdata/inverted.golden"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(broken.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), broken.String(), "in what each promise is broken without its feature")
}
