package contactsync_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/anysettings"
	"github.com/seed-42871e99/crmsync/mapping"
)

// drawSettings draws settings without what is locked by who sets it.
func drawSettings(t *rapid.T) map[string]any {
	doc := object(t, anysettings.Draw(t))
	delete(doc, "predefined")
	return doc
}

// drawLayer draws settings of which some members are null and the mapping may be an object.
func drawLayer(t *rapid.T, name string) contactsync.Layer {
	doc := drawSettings(t)
	if list, ok := doc["mapping"].([]any); ok && rapid.Bool().Draw(t, "rules by id") {
		doc["mapping"] = byID(list)
	}
	blank(t, doc)
	return contactsync.Layer{Name: name, Settings: text(t, doc)}
}

// blank sets members back to their default, now and then; a condition and a lens are one value.
func blank(t *rapid.T, doc map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		deeper, isGroup := doc[name].(map[string]any)
		switch {
		case name != "id" && rapid.IntRange(0, 9).Draw(t, "null") == 0:
			doc[name] = nil
		case name == "saved": // whose entries are conditions
			for _, each := range slices.Sorted(maps.Keys(deeper)) {
				if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
					deeper[each] = nil
				}
			}
		case isGroup && !isValue(name):
			blank(t, deeper)
		}
	}
}

func isValue(member string) bool {
	return member == "filter" || member == "outlookFilter" || member == "lens"
}

func object(t *rapid.T, raw json.RawMessage) map[string]any {
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return doc
}

func text(t *rapid.T, doc any) json.RawMessage {
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func byID(rules []any) map[string]any {
	object := map[string]any{}
	for _, each := range rules {
		rule := each.(map[string]any)
		id := rule["id"].(string)
		delete(rule, "id")
		object[id] = rule
	}
	return object
}

// patched is RFC 7396, word for word, but for values that only look like objects.
func patched(target, patch any, value func(path string) bool, path string) any {
	members, ok := patch.(map[string]any)
	if !ok || value(path) {
		return patch
	}
	was, _ := target.(map[string]any)
	is := maps.Clone(was)
	if is == nil {
		is = map[string]any{}
	}
	for name, to := range members {
		if to == nil {
			delete(is, name)
			continue
		}
		is[name] = patched(is[name], to, value, path+"/"+name)
	}
	return is
}

// merged is what layers come to by the RFC.
func merged(t *rapid.T, layers []contactsync.Layer) contactsync.Settings {
	var doc any = map[string]any{}
	value := func(path string) bool {
		steps := strings.Split(path, "/")
		return path == "/filter" || path == "/outlookFilter" || len(steps) == 3 && steps[1] == "saved" || steps[len(steps)-1] == "lens"
	}
	for _, l := range layers {
		patch := object(t, l.Settings)
		if list, ok := patch["mapping"].([]any); ok { // in the place of all rules before
			delete(doc.(map[string]any), "mapping")
			patch["mapping"] = byID(list)
		}
		doc = patched(doc, patch, value, "")
	}
	members := doc.(map[string]any)
	if rules, ok := members["mapping"].(map[string]any); ok {
		var list []any
		for _, id := range slices.Sorted(maps.Keys(rules)) {
			rule := rules[id].(map[string]any)
			rule["id"] = id
			list = append(list, rule)
		}
		members["mapping"] = list
	}
	s, err := contactsync.ParseSettings(text(t, members))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func compose(t *rapid.T, layers ...contactsync.Layer) (contactsync.Settings, contactsync.Origins) {
	s, origins, err := contactsync.Compose(layers...)
	if err != nil {
		t.Fatalf("%s: %v", text(t, layers), err)
	}
	return s, origins
}

// sameSettings compares settings; the order of rules means nothing.
func sameSettings(t *rapid.T, want, got contactsync.Settings, layers []contactsync.Layer) {
	byID := cmpopts.SortSlices(func(a, b mapping.Rule) bool { return a.ID < b.ID })
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), byID); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", text(t, layers), diff)
	}
}

func drawLayers(t *rapid.T) []contactsync.Layer {
	return []contactsync.Layer{drawLayer(t, "tenant"), drawLayer(t, "user"), drawLayer(t, "connection")}
}

// B17: composing is JSON Merge Patch, and it does not matter in which steps layers are put together.
func TestComposingIsMergePatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layers := drawLayers(t)
		all, _ := compose(t, layers...)
		sameSettings(t, merged(t, layers), all, layers)

		first, _ := compose(t, layers[:2]...)
		steps, _ := compose(t, contactsync.Layer{Name: "both", Settings: text(t, first)}, layers[2])
		sameSettings(t, all, steps, layers)
	})
}

func TestNoLayersAreZeroSettings(t *testing.T) {
	s, origins, err := contactsync.Compose()
	if err != nil || !cmp.Equal(s, contactsync.Settings{}) {
		t.Errorf("got %+v, %v", s, err)
	}
	for _, o := range origins.All() {
		if o.Layer != "" || o.Locked != "" {
			t.Errorf("%+v, where nobody set anything", o)
		}
	}
}

// A10: whatever a layer says of a locked member, the member stays as it was, or the layer is refused; and it is refused only where
// it would have changed it.
func TestLocksHold(t *testing.T) {
	refused, kept := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		layers := drawLayers(t)
		_, before := compose(t, layers[0])
		member := rapid.SampledFrom(before.All()).Draw(t, "locked").Member
		for cut := strings.LastIndexAny(member, ".["); cut > 0 && rapid.Bool().Draw(t, "its group"); cut = strings.LastIndexAny(member[:cut], ".[") {
			if _, ok := before.Of(member[:cut]); ok { // a name may look like a path
				member = member[:cut]
			}
		}
		was, _ := before.Of(member)
		_, unlocked := compose(t, layers...)
		locked := slices.Clone(layers)
		locked[0].Locked = []string{member}

		_, after, err := contactsync.Compose(locked...)

		if err == nil {
			kept++
			is, _ := after.Of(member)
			if !sameInForce(t, before, after, member) || is.Locked != "tenant" {
				t.Fatalf("%s is locked, and changed from %s to %s: %s", member, was.Value, is.Value, text(t, layers))
			}
			return
		}
		refused++
		var fault *contactsync.LockedError
		if !errors.As(err, &fault) || !strings.HasPrefix(fault.Member, member) && !strings.HasPrefix(member, fault.Member) || fault.By != "tenant" {
			t.Fatalf("%s is locked: %v", member, err)
		}
		_, two := compose(t, layers[:2]...)
		if sameInForce(t, before, unlocked, member) && sameInForce(t, before, two, member) {
			t.Fatalf("%s is locked and would not have changed, and still: %v", member, err)
		}
	})
	if refused == 0 || kept == 0 {
		t.Errorf("refused %d, kept %d: the test shows nothing", refused, kept)
	}
}

// sameInForce compares what is in force of a member and of all that is in it.
func sameInForce(t *rapid.T, a, b contactsync.Origins, member string) bool {
	values := func(o contactsync.Origins) map[string]any {
		all := map[string]any{}
		for _, each := range o.All() {
			rest, in := strings.CutPrefix(each.Member, member)
			if !in || rest != "" && rest[0] != '.' && rest[0] != '[' {
				continue
			}
			var value any
			if err := json.Unmarshal(each.Value, &value); err != nil {
				t.Fatal(err)
			}
			all[each.Member] = value
		}
		return all
	}
	return cmp.Equal(values(a), values(b))
}

// B17: the origin of a member is the last layer that set it. Read here from layers without null, and rules in lists.
func TestOriginsNameTheLastLayer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var layers []contactsync.Layer
		for _, name := range []string{"tenant", "user", "connection"} {
			layers = append(layers, contactsync.Layer{Name: name, Settings: text(t, drawSettings(t))})
		}
		_, origins := compose(t, layers...)
		seen := map[string]bool{}
		for _, o := range origins.All() {
			if seen[o.Member] {
				t.Fatalf("%s is there twice", o.Member)
			}
			seen[o.Member] = true
			if want := lastToSay(t, layers, o.Member); want != o.Layer {
				t.Fatalf("%s is said to be of %q, want %q: %s", o.Member, o.Layer, want, text(t, layers))
			}
		}
	})
}

func lastToSay(t *rapid.T, layers []contactsync.Layer, member string) string {
	last, row := "", ""
	for _, l := range layers {
		doc := object(t, l.Settings)
		if strings.HasPrefix(member, "mapping[") {
			if doc["mapping"] != nil {
				last = l.Name
			}
			continue
		}
		if name, ok := strings.CutPrefix(member, "saved["); ok {
			saved, _ := doc["saved"].(map[string]any)
			if saved[strings.TrimSuffix(name, "]")] != nil {
				last = l.Name
			}
			continue
		}
		var at any = doc
		for _, name := range strings.Split(member, ".") {
			group, _ := at.(map[string]any)
			at = group[name]
		}
		if at != nil {
			last = l.Name
		}
		flow, _ := doc["flow"].(map[string]any)
		if steps := strings.Split(member, "."); row == "" && len(steps) == 3 && steps[0] == "flow" && flow[steps[1]] != nil {
			row = l.Name // who gives a row says all of it
		}
	}
	if last == "" {
		return row
	}
	return last
}
