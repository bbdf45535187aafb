package contactsync

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

//go:embed settings.schema.json
var settingsSchema []byte

// SettingsSchema is the JSON Schema (draft 2020-12) of [Settings], with what each member means and its default, for a host's
// forms and editors. It holds for the form alone: whether fields exist and members go together is for [Settings.Validate]
// to say. The bytes are the caller's.
func SettingsSchema() []byte { return slices.Clone(settingsSchema) }

// schemaNode is as much of the schema as says what a member's default is.
type schemaNode struct {
	Ref        string                `json:"$ref"`
	Default    json.RawMessage       `json:"default"`
	Properties map[string]schemaNode `json:"properties"`
	Items      *schemaNode           `json:"items"`
	Defs       map[string]schemaNode `json:"$defs"`
}

// follow is the node with what it refers to, which stands beside its own default.
func (n schemaNode) follow(defs map[string]schemaNode) schemaNode {
	if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
		to := defs[name]
		to.Default = n.Default
		return to
	}
	return n
}
