// Package anysettings draws settings that the published JSON Schema describes, for tests of laws.
package anysettings

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Names are what people call saved searches, fields, regions and the rest in drawn settings: few, so that they meet.
var Names = []string{"owner", "a.b", "mine [1]", "naïve \"name\"", "$user"}

// Draw draws a document that the schema describes: settings of the right form, which need not hold together.
func Draw(t *rapid.T) json.RawMessage {
	d := drawer{t: t}
	if err := json.Unmarshal(contactsync.SettingsSchema(), &d.root); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(d.draw(d.root, 0))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

type drawer struct {
	t     *rapid.T
	root  map[string]any
	rules int
}

// draw draws a value that the node of the schema describes; the deeper, the smaller.
func (d *drawer) draw(node map[string]any, depth int) any {
	if ref, ok := node["$ref"].(string); ok {
		node = d.root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if variants, ok := node["oneOf"].([]any); ok {
		node = rapid.SampledFrom(variants).Draw(d.t, "variant").(map[string]any)
	}
	if words, ok := node["enum"].([]any); ok {
		return rapid.SampledFrom(words).Draw(d.t, "word")
	}
	if word, ok := node["const"]; ok {
		return word
	}
	switch node["type"] {
	case "boolean":
		return rapid.Bool().Draw(d.t, "bool")
	case "integer":
		return rapid.IntRange(0, 1000).Draw(d.t, "whole")
	case "number":
		return rapid.Float64Range(0, 100).Draw(d.t, "number")
	case "string":
		return rapid.SampledFrom(Names).Draw(d.t, "text")
	case "array":
		return d.list(node, depth)
	}
	return d.object(node, depth)
}

func (d *drawer) list(node map[string]any, depth int) []any {
	least, _ := node["minItems"].(float64)
	most := max(int(least), 3-depth/2)
	list := make([]any, rapid.IntRange(int(least), most).Draw(d.t, "entries"))
	for i := range list {
		list[i] = d.draw(node["items"].(map[string]any), depth+1)
	}
	return list
}

func (d *drawer) object(node map[string]any, depth int) map[string]any {
	object := map[string]any{}
	if each, ok := node["additionalProperties"].(map[string]any); ok {
		for range rapid.IntRange(0, 2).Draw(d.t, "entries") {
			object[rapid.SampledFrom(Names).Draw(d.t, "name")] = d.draw(each, depth+1)
		}
		return object
	}
	properties := node["properties"].(map[string]any)
	names := slices.Sorted(maps.Keys(properties))
	if node["maxProperties"] == 1.0 { // a condition; deep ones compare
		if depth > 6 {
			names = []string{"empty", "has", "saved"}
		}
		if depth == 1 && rapid.IntRange(0, 9).Draw(d.t, "all") == 0 {
			return object
		}
		name := rapid.SampledFrom(names).Draw(d.t, "operation")
		object[name] = d.draw(properties[name].(map[string]any), depth+1)
		return object
	}
	required, _ := node["required"].([]any)
	for _, name := range names {
		if slices.Contains(required, any(name)) || rapid.Bool().Draw(d.t, name) {
			object[name] = d.draw(properties[name].(map[string]any), depth+1)
		}
	}
	if _, isRule := object["id"]; isRule { // ids are unique
		d.rules++
		object["id"] = string(rune('a' + d.rules%26))
	}
	return object
}
