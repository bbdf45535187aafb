package sim

import (
	"encoding/json"
	"slices"
	"strings"
)

// Shrink drops lines, words and settings from a script for as long as it still breaks the same promise, and returns what is
// left with what it breaks. It plays at most tries scripts, each with play.
func Shrink(play func(Script) (Outcome, error), s Script, v *Violation, tries int) (Script, *Violation) {
	x := shrinker{play: play, script: s, violation: v, tries: tries}
	for before := -1; before != x.size() && x.tries > 0; {
		before = x.size()
		for n := len(x.script) / 2; n >= 1; n /= 2 {
			x.dropLines(n)
		}
		x.idleLines()
		x.spellPreset()
		x.dropWords()
		x.dropSettings()
	}
	return x.script, x.violation
}

type shrinker struct {
	play      func(Script) (Outcome, error)
	script    Script
	violation *Violation
	tries     int
}

func (x *shrinker) size() int { return len(x.script.String()) }

// take keeps a smaller script if it still fails in the same way.
func (x *shrinker) take(s Script) bool {
	if x.tries <= 0 {
		return false
	}
	x.tries--
	out, err := x.play(s)
	if err != nil || out.Violation == nil || out.Violation.Promise != x.violation.Promise {
		return false
	}
	x.script, x.violation = s, out.Violation
	return true
}

func (x *shrinker) dropLines(n int) {
	for i := len(x.script) - n; i >= 0; {
		if x.take(slices.Delete(slices.Clone(x.script), i, i+n)) {
			i = min(i, len(x.script)-n)
			continue
		}
		i -= n
	}
}

// idleLines puts the passing of a minute in the place of lines that do no more than that.
func (x *shrinker) idleLines() {
	for i, line := range x.script {
		if !isSetup(line) && !strings.HasPrefix(line, "clock ") {
			s := slices.Clone(x.script)
			s[i] = "clock 1s"
			x.take(s)
		}
	}
}

// spellPreset writes a preset's settings out, so that members can be dropped.
func (x *shrinker) spellPreset() {
	for i, line := range x.script {
		name, ok := strings.CutPrefix(line, "preset ")
		if !ok || presets[name] == nil {
			continue
		}
		s := slices.Clone(x.script)
		s[i] = "settings " + settingsText(presets[name]())
		x.take(s)
	}
}

// dropWords drops faults, values and options.
func (x *shrinker) dropWords() {
	for i := 0; i < len(x.script); i++ {
		words := strings.Fields(x.script[i])
		if words[0] == "settings" || words[0] == "change" || words[0] == "preset" {
			continue
		}
		for j := len(words) - 1; j >= 1; j-- {
			if !strings.Contains(words[j], "=") && j < 2 && words[0] != "outlook" && words[0] != "store" {
				continue
			}
			shorter := slices.Delete(slices.Clone(words), j, j+1)
			s := slices.Clone(x.script)
			s[i] = strings.Join(shorter, " ")
			if x.take(s) {
				words = shorter
			}
		}
	}
}

// dropSettings drops members of the settings, and members of those.
func (x *shrinker) dropSettings() {
	for i := range x.script {
		text, ok := strings.CutPrefix(x.script[i], "settings ")
		if !ok {
			continue
		}
		var members map[string]any
		if json.Unmarshal([]byte(text), &members) != nil {
			continue
		}
		x.dropMembers(i, members, members)
	}
}

func (x *shrinker) dropMembers(line int, all, of map[string]any) {
	for _, name := range sortedKeys(of) {
		old := of[name]
		delete(of, name)
		if !x.takeSettings(line, all) {
			of[name] = old
			if inner, ok := old.(map[string]any); ok && name != "filter" && name != "outlookFilter" {
				x.dropMembers(line, all, inner)
			}
		}
	}
}

func (x *shrinker) takeSettings(line int, members map[string]any) bool {
	text, err := json.Marshal(members)
	if err != nil {
		return false
	}
	s := slices.Clone(x.script)
	s[line] = "settings " + string(text)
	return x.take(s)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
