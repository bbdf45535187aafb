// Package settings_test holds the published JSON Schema of settings against a validator that others rely on.
package settings_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/anysettings"
	"github.com/seed-42871e99/crmsync/preset"
)

// compiled is the schema; compiling checks it against the meta-schema that it names.
func compiled(t require.TestingT) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(contactsync.SettingsSchema()))
	require.NoError(t, err)
	require.Equal(t, "https://json-schema.org/draft/2020-12/schema", doc.(map[string]any)["$schema"])
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("settings.schema.json", doc))
	s, err := c.Compile("settings.schema.json")
	require.NoError(t, err)
	return s
}

func valid(t require.TestingT, s *jsonschema.Schema, text []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return s.Validate(doc)
}

func TestPresetsFitTheSchema(t *testing.T) {
	schema := compiled(t)
	for _, p := range preset.All() {
		file, err := preset.Files.ReadFile(p.Name + ".json")
		require.NoError(t, err)
		assert.NoError(t, valid(t, schema, file), p.Name)
		text, err := json.Marshal(p.Settings)
		require.NoError(t, err)
		assert.NoError(t, valid(t, schema, text), p.Name)
	}
}

// Settings that were read are written in the form of the schema, and a member that is misspelt anywhere in them is refused by the
// schema as it is by ParseSettings.
func TestSchemaAgreesWithParseSettings(t *testing.T) {
	schema := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := contactsync.ParseSettings(anysettings.Draw(t))
		require.NoError(t, err)
		text, err := json.Marshal(s)
		require.NoError(t, err)
		if err := valid(t, schema, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var doc map[string]any
		require.NoError(t, json.Unmarshal(text, &doc))
		members := misspellings(doc, "")
		if len(members) == 0 {
			return
		}
		misspell := rapid.SampledFrom(members).Draw(t, "misspelt")
		misspell.in[misspell.name+"s"] = misspell.in[misspell.name]
		delete(misspell.in, misspell.name)
		text, err = json.Marshal(doc)
		require.NoError(t, err)
		_, err = contactsync.ParseSettings(text)
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid, "%s", text)
		if valid(t, schema, text) == nil {
			t.Fatalf("the schema takes %s", text)
		}
	})
}

// place is a member that may be misspelt.
type place struct {
	in   map[string]any
	name string
}

// misspellings are all members but those whose names people choose.
func misspellings(doc any, under string) []place {
	var found []place
	switch v := doc.(type) {
	case []any:
		for _, each := range v {
			found = append(found, misspellings(each, "")...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if under != "/saved" && under != "/predefined" {
				found = append(found, place{v, name})
			}
			at := "/" + name
			if under != "" {
				at = under + "/" + name
			}
			if under == "/saved" {
				at = "" // a condition
			}
			found = append(found, misspellings(v[name], at)...)
		}
	}
	return found
}

func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	for _, text := range []string{
		`[]`, `null`, `{"gaurds":{}}`, `{"Guards":{}}`, `{"guards":{"deletes":{"flor":1}}}`, `{"guards":{"deletes":{"percent":101}}}`,
		`{"guards":{"deletes":{"floor":-1}}}`, `{"guards":{"deletes":{"floor":1.5}}}`, `{"guards":5}`, `{"disabled":"yes"}`,
		`{"conflict":"me"}`, `{"conflict":""}`, `{"merge":"all"}`, `{"editVsDelete":"crm"}`, `{"left":"burn"}`, `{"deleted":{"inCRM":"ask"}}`,
		`{"drift":"detach"}`, `{"overflow":"cut"}`, `{"match":{"by":"name"}}`, `{"match":{"several":"last"}}`, `{"match":{"for":"ever"}}`,
		`{"flow":{"toCrm":{}}}`, `{"flow":{"toCRM":{"create":1}}}`, `{"watch":"owner"}`, `{"mapping":{}}`, `{"mapping":[{"crm":["a"]}]}`,
		`{"mapping":[{"id":"a","crm":"b"}]}`, `{"mapping":[{"id":"a","direction":"both"}]}`, `{"mapping":[{"id":"a","lens":{"kind":"lst"}}]}`,
		`{"mapping":[{"id":"a","lens":{"kind":"first","prefix":"x"}}]}`, `{"mapping":[{"id":"a","lens":{"prefix":"x"}}]}`,
		`{"mapping":[{"id":"a","lens":{"kind":"name","parts":["nick"]}}]}`, `{"mapping":[{"id":"a","lens":{"kind":"table","table":[{"crm":"a","outlok":"b"}]}}]}`,
		`{"filter":{"eqals":{"field":"a","value":"b"}}}`, `{"filter":{"equals":{"field":"a"}}}`, `{"filter":{"and":[]}}`, `{"filter":{"and":[{"or":[]}]}}`,
		`{"filter":{"not":[]}}`, `{"filter":{"empty":{"field":"a","value":"b"}}}`, `{"filter":{"in":{"field":"a","values":[]}}}`,
		`{"filter":{"saved":""}}`, `{"filter":{"empty":{"field":"a"},"saved":"b"}}`, `{"saved":[]}`, `{"saved":{"mine":{"equals":5}}}`,
		`{"predefined":{"mine":["owner"]}}`, `{"predefined":{"mine":[[]]}}`, `{"predefined":{"mine":[]}}`,
	} {
		assert.Error(t, valid(t, schema, []byte(text)), text)
	}
	for _, text := range []string{`{}`, `{"filter":{}}`, `{"mapping":[{"id":"a","lens":{}}]}`, strings.TrimSpace(` {"guards":{"deletes":{"dayPercent":150}}} `)} {
		assert.NoError(t, valid(t, schema, []byte(text)), text)
	}
}
