package preset_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/preset"
	"github.com/seed-42871e99/crmsync/record"
)

var update = flag.Bool("update", false, "write the files anew")

// The function and the file of a preset say the same, and hold together with the schemas they are for.
func TestPresetsAgreeWithTheirFiles(t *testing.T) {
	files, err := preset.Files.ReadDir(".")
	require.NoError(t, err)
	assert.Len(t, preset.All(), len(files))
	for _, p := range preset.All() {
		t.Run(p.Name, func(t *testing.T) {
			file := p.Name + ".json"
			if *update {
				require.NoError(t, os.WriteFile(file, readable(t, p.Settings), 0o644))
			}
			text, err := os.ReadFile(file)
			require.NoError(t, err)

			read, err := contactsync.ParseSettings(text)

			require.NoError(t, err)
			if diff := cmp.Diff(p.Settings, read, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s differs from the function; run the test with -update if that is meant (-function +file):\n%s", file, diff)
			}
			assert.Equal(t, string(readable(t, p.Settings)), string(text), "a file is written for people: run the test with -update")
			assert.NoError(t, p.Settings.Validate(p.CRM, record.OutlookContact))
			for name := range p.Settings.Saved { // also those that are not chosen
				s := p.Settings
				require.NoError(t, json.Unmarshal(fmt.Appendf(nil, `{"saved":%q}`, name), &s.Filter))
				assert.NoError(t, s.Validate(p.CRM, record.OutlookContact), name)
			}
		})
	}
}

// Nobody sees what another changes in a preset.
func TestPresetsAreTheCallers(t *testing.T) {
	for i, p := range preset.All() {
		p.Settings.Flow.ToOutlook.Create = false
		p.Settings.Mapping[0].CRM[0] = "changed"
		clear(p.Settings.Saved)
		assert.NoError(t, preset.All()[i].Settings.Validate(p.CRM, record.OutlookContact), p.Name)
		assert.True(t, preset.All()[i].Settings.Flow.ToOutlook.Create, p.Name)
	}
}

// readable writes settings with one member, rule or saved search a line.
func readable(t *testing.T, s contactsync.Settings) []byte {
	t.Helper()
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &members))
	order := []string{"flow", "filter", "saved", "predefined", "watch", "kinds", "mapping", "match", "account", "conflict", "deleted", "left"}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	var lines []string
	for _, name := range order {
		value, ok := members[name]
		if !ok {
			continue
		}
		var parts []string
		open, end := "", ""
		switch name {
		case "mapping":
			var rules []json.RawMessage
			require.NoError(t, json.Unmarshal(value, &rules))
			open, end = "[", "]"
			for _, rule := range rules {
				parts = append(parts, spaced(rule))
			}
		case "saved", "predefined":
			var saved map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(value, &saved))
			open, end = "{", "}"
			for _, key := range slices.Sorted(maps.Keys(saved)) {
				parts = append(parts, fmt.Sprintf("%q: %s", key, spaced(saved[key])))
			}
		default:
			lines = append(lines, fmt.Sprintf("  %q: %s", name, spaced(value)))
			continue
		}
		lines = append(lines, fmt.Sprintf("  %q: %s\n    %s\n  %s", name, open, strings.Join(parts, ",\n    "), end))
	}
	return []byte("{\n" + strings.Join(lines, ",\n") + "\n}\n")
}

// spaced is JSON on one line with a space after each comma and colon.
func spaced(value json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Indent(&b, value, "", ""); err != nil {
		panic(err)
	}
	text := strings.NewReplacer(",\n", ", ", "\n", "").Replace(b.String())
	return text
}
