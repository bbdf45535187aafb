package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// The ids of actions under test, and the entries they own.
const (
	sets      = "action that sets"
	adds      = "action that adds"
	addsMails = "action that adds an address"
	removes   = "action that removes"
)

var entryOf = map[string]string{adds: "Key account", addsMails: "a@example.com", removes: "Client"}

// client asks of a text whether it is about a client; of one that is blank that cannot be told.
func client(source []record.Value) (yes, known bool) {
	text := source[0].Text()
	return strings.Contains(strings.ToLower(text), "client"), strings.TrimSpace(text) != "" || text == ""
}

func first(source []record.Value) string { return strings.TrimSpace(source[0].Text()) }

func action(id string, lens mapping.Lens, target record.Field, to record.Side) (mapping.Rule, *record.Schema, *record.Schema) {
	r := mapping.Rule{ID: id, CRM: []string{"says"}, Outlook: []string{"target"}, Custom: lens}
	crm, outlook := record.Field{Name: "says"}, target
	outlook.Name = "target"
	if to == record.CRM {
		r.CRM, r.Outlook, crm, outlook = r.Outlook, r.CRM, outlook, crm
	}
	return r, mustSchema(crm), mustSchema(outlook)
}

func actionsUnderTest(t *testing.T) map[string]*mapping.Compiled {
	rules := map[string]*mapping.Compiled{}
	for _, to := range []record.Side{record.CRM, record.Outlook} {
		for _, s := range []struct {
			id     string
			lens   mapping.Lens
			target record.Field
		}{
			{sets, mapping.SetWhen(to, first), aText},
			{adds, mapping.HasWhen(to, entryOf[adds], client), tags},
			{addsMails, mapping.HasWhen(to, entryOf[addsMails], client), threeMails},
			{removes, mapping.LacksWhen(to, entryOf[removes], client), tags},
		} {
			r, crm, outlook := action(s.id, s.lens, s.target, to)
			m, err := mapping.Compile([]mapping.Rule{r}, crm, outlook, british)
			require.NoError(t, err)
			rules[s.id+" of "+to.String()] = &m.Rules[0]
		}
	}
	return rules
}

// E9: the target says what is asked for, and where nothing is asked for, or it cannot be told, an action that sets or removes
// changes nothing.
func TestActionDoesWhatItsConditionSays(t *testing.T) {
	for name, r := range actionsUnderTest(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				sides := drawSides(t, r)
				to := record.Outlook
				if r.Direction == mapping.ToCRM {
					to = record.CRM
				}
				source, target := sides[to.Other()], sides[to]
				yes, known := client(source)

				carried := r.Carry(to, source, target)

				own := func(entry string) bool { return foldCase(entry) == foldCase(entryOf[r.ID]) }
				has := slices.ContainsFunc(carried[0], own)
				switch {
				case r.ID == sets && first(source) != "":
					assert.True(t, aText.Equal(record.Value{first(source)}, carried[0], british), "%q", carried)
				case r.ID == adds && known:
					assert.Equal(t, yes, has)
				case r.ID == removes && yes:
					assert.False(t, has)
				case r.ID != addsMails:
					assert.Equal(t, target, carried)
				}
				assert.Equal(t, source, r.Carry(to.Other(), target, source), "an action goes one way")
			})
		})
	}
}

func TestActionTakesAwayOneEntry(t *testing.T) {
	r, crm, outlook := action(removes, mapping.LacksWhen(record.Outlook, "Client", client), tags, record.Outlook)
	m, err := mapping.Compile([]mapping.Rule{r}, crm, outlook, british)
	require.NoError(t, err)

	got := m.Rules[0].Carry(record.Outlook, []record.Value{{"a client"}}, []record.Value{{"Golf", "client", "Clients", "Client "}})

	assert.Equal(t, []record.Value{{"Golf", "Clients"}}, got)
}

// What asks for the same is the same, whatever is read for it: an edit of a condition must not look like one of a person.
func TestActionSpeaksOfWhatIsAskedFor(t *testing.T) {
	lens := mapping.HasWhen(record.Outlook, "VIP", func(source []record.Value) (bool, bool) { return len(source[0]) > 0, len(source) < 3 })
	schema := mustSchema(record.Field{Name: "a", Type: record.Date}, record.Field{Name: "b", Type: record.Bool}, record.Field{Name: "c", Type: record.Phone})
	compiled := func(names ...string) *mapping.Compiled {
		m, err := mapping.Compile([]mapping.Rule{{ID: "r", CRM: names, Outlook: []string{"categories"}, Custom: lens}}, schema, record.OutlookContact, british)
		require.NoError(t, err)
		return &m.Rules[0]
	}
	one, two, three := compiled("a"), compiled("b", "a"), compiled("a", "b", "c")

	assert.Equal(t, one.View(record.CRM, []record.Value{{"x"}}), two.View(record.CRM, []record.Value{{"y"}, nil}))
	assert.NotEqual(t, one.View(record.CRM, []record.Value{{"x"}}), three.View(record.CRM, []record.Value{{"x"}, nil, nil}), "it cannot be told")
	assert.Equal(t, one.Definition(), two.Definition())
	assert.Equal(t, uint32(0x84ee64d7), one.Definition(), "definitions are stored")
	for _, other := range []mapping.Lens{
		mapping.HasWhen(record.Outlook, "Golf", client), mapping.LacksWhen(record.Outlook, "VIP", client),
	} {
		assert.NotEqual(t, one.Definition(), definitionOf(t, mapping.Rule{ID: "r", CRM: []string{"a"}, Outlook: []string{"categories"}, Custom: other}))
	}
}

func TestFaultsOfActions(t *testing.T) {
	crm := mustSchema(record.Field{Name: "kind"}, record.Field{Name: "tags", Shape: record.Set}, record.Field{Name: "ids", Shape: record.Set, Type: record.Reference}, record.Field{Name: "made", ReadOnly: true})
	prefixed := mapping.Rule{ID: "set", CRM: []string{"tags"}, Outlook: []string{"categories"}, Lens: mapping.Spec{Kind: mapping.Set, Prefix: "CRM: "}, Direction: mapping.ToOutlook}
	when := func(lens mapping.Lens, crm, outlook string) mapping.Rule {
		return mapping.Rule{ID: "when", CRM: strings.Fields(crm), Outlook: strings.Fields(outlook), Custom: lens}
	}
	has := func(id, entry string) mapping.Rule {
		return mapping.Rule{ID: id, Outlook: []string{"categories"}, Custom: mapping.HasWhen(record.Outlook, entry, client)}
	}
	toCRM := func(entry string) mapping.Lens { return mapping.HasWhen(record.CRM, entry, client) }
	against := has("when", "VIP")
	against.Direction = mapping.ToCRM
	for name, tt := range map[string]struct {
		rules []mapping.Rule
		want  string
	}{
		"a set beside":               {[]mapping.Rule{prefixed, has("when", "VIP")}, ""},
		"a value of the set":         {[]mapping.Rule{prefixed, has("when", "crm: VIP")}, `categories: the rule "set" writes the same field of Outlook`},
		"another value":              {[]mapping.Rule{has("a", "VIP"), has("when", "Golf")}, ""},
		"the same value":             {[]mapping.Rule{has("a", "VIP"), has("when", "vip")}, `categories: the rule "a" writes the same field of Outlook`},
		"ids in other cases":         {[]mapping.Rule{{ID: "a", CRM: []string{"ids"}, Custom: toCRM("x1")}, when(toCRM("X1"), "ids", "")}, ""},
		"the whole field":            {[]mapping.Rule{{ID: "a", CRM: []string{"kind"}, Outlook: []string{"jobTitle"}}, when(mapping.SetWhen(record.CRM, first), "kind", "jobTitle")}, `kind: the rule "a" writes the same field of the CRM`},
		"the whole field, not there": {[]mapping.Rule{{ID: "a", CRM: []string{"kind"}, Outlook: []string{"jobTitle"}, Direction: mapping.ToOutlook}, when(mapping.SetWhen(record.CRM, first), "kind", "jobTitle")}, ""},
		"set of several":             {[]mapping.Rule{when(mapping.SetWhen(record.CRM, first), "tags", "jobTitle")}, `tags: holds several values: an action adds one to them, or removes one`},
		"added to one":               {[]mapping.Rule{when(toCRM("x"), "kind", "jobTitle")}, `kind: holds one value: an action sets it`},
		"blank":                      {[]mapping.Rule{when(toCRM(" "), "tags", "jobTitle")}, `tags: a blank value is never in it`},
		"two fields":                 {[]mapping.Rule{when(toCRM("x"), "tags ids", "jobTitle")}, `an action writes one field`},
		"against its way":            {[]mapping.Rule{against}, `direction: the lens "when" can only go toOutlook`},
		"never written":              {[]mapping.Rule{when(mapping.SetWhen(record.CRM, first), "made", "jobTitle")}, `made: the CRM never lets it be written`},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, fault := range mapping.Check(tt.rules, crm, record.OutlookContact) {
				got = append(got, strings.TrimPrefix(fault.Error(), `mapping: rule "when": `))
			}
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Check mismatch (-want +got):\n%s", diff)
			}
		})
	}
}
