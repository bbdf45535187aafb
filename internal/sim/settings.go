package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
)

// overlay takes over the members of the settings that a script gives; a flow is given as a whole. The mapping and the region
// are the simulation's own.
func (w *world) overlay(text string) error {
	old, err := json.Marshal(w.settings)
	if err != nil {
		return err
	}
	var s, given contactsync.Settings // nothing of them is shared with plans and engines
	if err := json.Unmarshal(old, &s); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), &given); err != nil {
		return err
	}
	if given.Flow != (contactsync.Flow{}) {
		s.Flow = contactsync.Flow{}
	}
	if !given.Filter.IsZero() || strings.Contains(text, `"filter":{}`) {
		s.Filter = filter.Condition{}
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	s.Mapping, s.Region = w.settings.Mapping, locale.Region
	w.settings = s
	return nil
}

// preset takes the settings of one of the five products.
func (w *world) preset(words []string) error {
	if len(words) == 0 || presets[words[0]] == nil {
		return fmt.Errorf("want one of %s", strings.Join(presetNames(), ", "))
	}
	given := w.settings
	w.settings = presets[words[0]]()
	w.settings.Mapping, w.settings.Kinds, w.settings.Actions, w.settings.Region = given.Mapping, given.Kinds, given.Actions, locale.Region
	w.reach("setting preset " + words[0])
	return nil
}

// changeRule carries out "rule title direction=toCRM", "without title" and "with title".
func (w *world) changeRule(words []string) {
	if len(words) < 2 {
		return
	}
	rules := slices.Clone(w.settings.Mapping)
	i := slices.IndexFunc(rules, func(r mapping.Rule) bool { return r.ID == words[1] })
	switch {
	case words[0] == "with" && i < 0:
		for _, r := range initial {
			if r.ID == words[1] {
				rules = append(rules, r)
			}
		}
	case i < 0 || words[0] == "with":
	case words[0] == "without":
		rules = slices.Delete(rules, i, i+1)
	default:
		direction, _ := option(words, "direction")
		winner, _ := option(words, "conflict")
		if kinds, ok := option(words, "kinds"); ok {
			rules[i].Kinds = kindsOfRule(kinds)
			break
		}
		rules[i].Direction, rules[i].Conflict = mapping.Direction(direction), mapping.Winner(winner)
	}
	w.settings.Mapping = rules
}

// initial is the mapping that a script begins with.
var initial = rules()

// change is the administrator changing the settings between two runs. Settings that do not hold together are refused, as a
// host would.
func (w *world) change(line string, words []string) {
	if len(words) == 0 {
		return
	}
	before, actions := w.settings, w.actions
	var err error
	switch {
	case strings.HasPrefix(words[0], "{"):
		err = w.overlay(strings.TrimPrefix(line, "change"))
	case words[0] == "action":
		err = w.changeAction(words[1:])
	default:
		w.changeRule(words)
	}
	if err == nil {
		err = w.settings.Validate(schemas[0], schemas[1])
	}
	if err != nil {
		w.settings, w.actions = before, actions
		w.did(err)
		return
	}
	w.past = append(w.past, before)
	w.ledger.settingsChanged()
	what := words[0]
	if strings.HasPrefix(what, "{") {
		what = "settings"
		for _, name := range changeable {
			if strings.Contains(line, `"`+name+`"`) {
				w.reach("edit change " + name)
			}
		}
		return
	}
	w.reach("edit change " + what)
}

// changeable are the members of the settings that a generated script changes between runs.
var changeable = []string{"flow", "filter", "requireKey", "conflict", "existing", "deleted", "drift", "private"}
