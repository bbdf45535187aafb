package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func definitionOf(t *testing.T, r mapping.Rule) uint32 {
	t.Helper()
	crm, err := record.NewSchema(record.Contact, record.Field{Name: "a"}, record.Field{Name: "b"})
	require.NoError(t, err)
	m, err := mapping.Compile([]mapping.Rule{r}, crm, record.OutlookContact, record.Locale{})
	require.NoError(t, err)
	return m.Rules[0].Definition()
}

// A definition follows the fields and the lens. The numbers are stored by hosts: they never change.
func TestDefinition(t *testing.T) {
	plain := mapping.Rule{ID: "r", CRM: []string{"a"}, Outlook: []string{"jobTitle"}}
	set := func(s mapping.Spec) mapping.Rule {
		return mapping.Rule{ID: "r", CRM: []string{"a"}, Outlook: []string{"categories"}, Lens: s}
	}
	assert.Equal(t, uint32(0x4099c300), definitionOf(t, plain))
	assert.Equal(t, uint32(0xac19a154), definitionOf(t, set(mapping.Spec{Kind: mapping.Set, Prefix: "Type: "})))
	assert.Equal(t, uint32(0x8094cac4), definitionOf(t, set(mapping.Spec{Kind: mapping.Set, Table: []mapping.Pair{{CRM: "x", Outlook: "y"}}})))

	same := func(r mapping.Rule) { t.Helper(); assert.Equal(t, definitionOf(t, plain), definitionOf(t, r)) }
	same(mapping.Rule{ID: "other", CRM: []string{"a"}, Outlook: []string{"jobTitle"}, Lens: mapping.Spec{Kind: mapping.Copy}})
	same(mapping.Rule{ID: "r", CRM: []string{"a"}, Outlook: []string{"jobTitle"}, Direction: mapping.ToCRM, Conflict: mapping.CRMWins})

	differ := func(r, s mapping.Rule) { t.Helper(); assert.NotEqual(t, definitionOf(t, r), definitionOf(t, s)) }
	differ(plain, mapping.Rule{ID: "r", CRM: []string{"b"}, Outlook: []string{"jobTitle"}})
	differ(plain, mapping.Rule{ID: "r", CRM: []string{"a"}, Outlook: []string{"department"}})
	differ(set(mapping.Spec{Kind: mapping.Set, Prefix: "Type: "}), set(mapping.Spec{Kind: mapping.Set, Prefix: "Kind: "}))
	differ(set(mapping.Spec{Kind: mapping.Set, Values: []string{"x"}}), set(mapping.Spec{Kind: mapping.Set, Values: []string{"x", "y"}}))
}
