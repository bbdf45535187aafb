package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// custom is a host's own lens: a copy, but for the functions that are given.
type custom struct {
	view               func(v []record.Value) []record.Value
	toOutlook, toCRM   func(source, target []record.Value) []record.Value
	lossOver, lossBack func(source []record.Value) mapping.Loss // to Outlook, and to the CRM
}

func (c custom) View(_ record.Side, v []record.Value) []record.Value {
	if c.view != nil {
		return c.view(v)
	}
	return v
}

func (c custom) ToOutlook(crm, outlook []record.Value) []record.Value {
	if c.toOutlook != nil {
		return c.toOutlook(crm, outlook)
	}
	return crm
}

func (c custom) ToCRM(outlook, crm []record.Value) []record.Value {
	if c.toCRM != nil {
		return c.toCRM(outlook, crm)
	}
	return outlook
}

func (c custom) Loss(from record.Side, source, _ []record.Value) mapping.Loss {
	switch {
	case from == record.CRM && c.lossOver != nil:
		return c.lossOver(source)
	case from == record.Outlook && c.lossBack != nil:
		return c.lossBack(source)
	}
	return mapping.None
}

// A host's own lens is held to the laws on samples. Empty: it obeys them, or says why not.
func TestCustomLensIsHeldToTheLaws(t *testing.T) {
	text := func(v []record.Value, i int) string { return v[i].Text() }
	initial := func(v, _ []record.Value) []record.Value {
		letters := []rune(text(v, 0))
		return []record.Value{{string(letters[:min(1, len(letters))])}}
	}
	longerThanOne := func(v []record.Value) mapping.Loss {
		if len([]rune(text(v, 0))) > 1 {
			return mapping.Cut
		}
		return mapping.None
	}
	firstEntry := func(v, _ []record.Value) []record.Value { return []record.Value{v[0][:min(1, len(v[0]))]} }
	several := record.Field{Shape: record.List}
	for _, tt := range []struct {
		name         string
		crm, outlook []record.Field
		lens         custom
		direction    mapping.Direction
		want         string
	}{
		{name: "a copy", crm: fields("c", 1, aText), outlook: fields("o", 1, aText)},
		{
			name: "it forgets how the CRM spelt it", crm: fields("c", 1, aText), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: func(v, _ []record.Value) []record.Value { return []record.Value{{strings.ToUpper(text(v, 0))}} }},
			want: `carrying to the CRM and back changes what Outlook holds`,
		},
		{
			name: "it adds to what is there", crm: fields("c", 1, aText), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: func(_, v []record.Value) []record.Value { return []record.Value{{text(v, 0) + "x"}} }},
			want: `carrying the same values to Outlook twice is not the same as once`,
		},
		{
			name: "it panics", crm: fields("c", 1, aText), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: func(_, _ []record.Value) []record.Value { panic("no") }},
			want: `it panics on a sample value: no`,
		},
		{
			name: "it answers nothing", crm: fields("c", 1, aText), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: func(_, _ []record.Value) []record.Value { return nil }},
			want: `it answers 0 values for the 1 fields of Outlook`,
		},
		{
			name: "its view has not all fields", crm: fields("c", 1, aText), outlook: fields("o", 2, aText),
			lens: custom{view: func(v []record.Value) []record.Value { return v[:1] }},
			want: `View answers 1 values for the 2 fields of Outlook`,
		},
		{
			name: "it breaks only where it never goes", crm: fields("c", 1, aText), outlook: fields("o", 1, aText), direction: mapping.ToOutlook,
			lens: custom{toCRM: func(outlook, crm []record.Value) []record.Value {
				if text(outlook, 0) == text(crm, 0) {
					return crm
				}
				return []record.Value{{text(crm, 0) + "x"}}
			}},
		},
		{
			name: "it cuts, and does not say so", crm: fields("c", 1, aText), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: initial},
			want: `carrying to the CRM and back changes what Outlook holds`,
		},
		{
			name: "it cuts, and says so", crm: fields("c", 1, aText), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: initial, lossOver: longerThanOne},
		},
		{
			name: "it says so the wrong way round", crm: fields("c", 1, aText), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: initial, lossBack: longerThanOne},
			want: `carrying to Outlook and back changes what the CRM holds`,
		},
		{
			name: "it forgets the second of two", crm: fields("c", 2, aText), outlook: fields("o", 2, aText),
			lens: custom{toOutlook: func(v, _ []record.Value) []record.Value {
				if text(v, 0) != "" && text(v, 1) != "" {
					return []record.Value{v[0], nil}
				}
				return v
			}},
			want: `carrying to the CRM and back changes what Outlook holds`,
		},
		{
			name: "it fills what is empty", crm: fields("c", 2, aText), outlook: fields("o", 2, aText),
			lens: custom{toOutlook: func(v, _ []record.Value) []record.Value {
				if text(v, 1) == "" {
					return []record.Value{v[0], v[0]}
				}
				return v
			}},
			want: `carrying to the CRM and back changes what Outlook holds`,
		},
		{
			name: "it keeps the first of several", crm: fields("c", 1, several), outlook: fields("o", 1, several),
			lens: custom{toOutlook: firstEntry},
			want: `carrying to the CRM and back changes what Outlook holds`,
		},
		{
			name: "it keeps the first of a list that holds one", crm: fields("c", 1, record.Field{Shape: record.List, MaxCount: 1}), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: firstEntry},
		},
		{
			name: "it takes no more than a field holds", crm: fields("c", 1, record.Field{MaxLen: 2}), outlook: fields("o", 1, aText),
			lens: custom{toOutlook: func(v, _ []record.Value) []record.Value {
				if len([]rune(text(v, 0))) > 2 {
					panic("longer than two")
				}
				return v
			}},
			direction: mapping.ToOutlook,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := mapping.Rule{ID: "r", Custom: tt.lens, Direction: tt.direction}
			for i := range tt.crm {
				r.CRM = append(r.CRM, tt.crm[i].Name)
			}
			for i := range tt.outlook {
				r.Outlook = append(r.Outlook, tt.outlook[i].Name)
			}
			var want []string
			if tt.want != "" {
				want = []string{`mapping: rule "r": lens: ` + tt.want}
			}
			checkFaults(t, []mapping.Rule{r}, mustSchema(tt.crm...), mustSchema(tt.outlook...), want)
		})
	}
}

func TestCustomLensStandsAlone(t *testing.T) {
	for _, spec := range []mapping.Spec{{Kind: mapping.First}, {Prefix: "x"}} {
		r := mapping.Rule{ID: "r", CRM: names("phone"), Outlook: names("mobilePhone"), Custom: custom{}, Lens: spec}
		checkFaults(t, []mapping.Rule{r}, checkSchema, record.OutlookContact,
			[]string{`mapping: rule "r": lens: the rule has a lens of the host's own beside this one`})
	}
}

// What a host's own lens does with the values it is given spoils no other rule.
func TestCustomLensThatWritesIntoItsValues(t *testing.T) {
	scribbler := custom{toOutlook: func(crm, outlook []record.Value) []record.Value {
		outlook[0] = crm[0]
		return outlook
	}}
	m, err := mapping.Compile([]mapping.Rule{
		{ID: "scribble", CRM: names("name"), Outlook: names("givenName"), Custom: scribbler},
		rule("copy", names("alias"), names("surname"), mapping.Spec{}),
	}, checkSchema, record.OutlookContact, british)
	if err != nil {
		t.Fatal(err)
	}
	crm := checkSchema.Build().Set("name", "Ada").Set("alias", "King").Fields()
	outlook := record.OutlookContact.Build().Set("givenName").Set("surname").Fields()
	for i := range m.Rules {
		r := &m.Rules[i]
		source, _ := r.Values(record.CRM, crm)
		target, _ := r.Values(record.Outlook, outlook)
		r.Carry(record.Outlook, source, target)
	}
	for i := range m.Rules {
		if v, _ := m.Rules[i].Values(record.Outlook, outlook); !slices.EqualFunc(v, []record.Value{nil}, slices.Equal) {
			t.Errorf("rule %q finds %q in Outlook, want nothing", m.Rules[i].ID, v)
		}
	}
}
