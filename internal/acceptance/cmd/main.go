// Command cmd lists the features of docs/features.md with where each is tested, those that are not there yet apart, and in
// what they and the acceptance rows do not agree. Run it in the root of the module:
//
//	go run ./internal/acceptance/cmd
//
// It ends with status 1 where something does not agree.
package main

import (
	"fmt"
	"os"

	"github.com/seed-42871e99/crmsync/internal/acceptance"
)

func main() {
	markdown, err := os.ReadFile("docs/features.md")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	features := acceptance.ParseFeatures(string(markdown))
	gaps, err := acceptance.Gaps(features, acceptance.Rows(), os.DirFS("."))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	stories := map[string]int{}
	for _, r := range acceptance.Rows() {
		stories[r.ID]++
	}
	missing := 0
	for _, f := range features {
		if f.NotYet() {
			missing++
			continue
		}
		fmt.Printf("%-4s %d stories  %s\n", f.ID, stories[f.ID], f.Shown)
	}
	fmt.Printf("\n%d of %d features have a test. Without one:\n", len(features)-missing, len(features))
	for _, f := range features {
		if f.NotYet() {
			fmt.Printf("%-4s %s\n     %s\n", f.ID, f.What, f.Shown)
		}
	}
	for _, gap := range gaps {
		fmt.Println("GAP:", gap)
	}
	if len(gaps) > 0 {
		os.Exit(1)
	}
}
