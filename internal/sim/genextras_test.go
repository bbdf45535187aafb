package sim

import (
	"slices"
	"testing"
)

// TestExtrasOnlyAddLines holds that a script is what it was before there were extras, but for the lines that they add, and that most
// scripts have none.
func TestExtrasOnlyAddLines(t *testing.T) {
	all := extras
	defer func() { extras = all }()
	without := func(seed uint64, with ...With) Script {
		extras = nil
		defer func() { extras = all }()
		return Generate(seed, with...)
	}
	const seeds = 2000
	have := 0
	for seed := uint64(1); seed <= seeds; seed++ {
		base, script, full := without(seed), Generate(seed), Generate(seed, Extras)
		switch {
		case slices.Equal(script, base):
		case !slices.Equal(script, full):
			t.Fatalf("seed %d has other extras where each script is to have some", seed)
		default:
			have++
		}
		if rest := within(base, full); len(rest) > 0 {
			t.Fatalf("seed %d: with extras the script lacks %q", seed, rest[0])
		}
	}
	if have == 0 || have > seeds*3/10 {
		t.Errorf("%d of %d scripts have extras, want about a fourth", have, seeds)
	}
}

// within returns what is left of lines that do not stand in a script, in their order.
func within(lines, script Script) Script {
	for _, line := range script {
		if len(lines) > 0 && lines[0] == line {
			lines = lines[1:]
		}
	}
	return lines
}
