package mapping_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

var british = record.Locale{Region: "GB"}

// subject is a lens under test, between fields that bring out its edges.
type subject struct {
	name    string
	crm     []record.Field
	outlook []record.Field
	lens    mapping.Spec
}

func fields(prefix string, n int, f record.Field) []record.Field {
	all := make([]record.Field, n)
	for i := range all {
		all[i] = f
		all[i].Name = fmt.Sprintf("%s%d", prefix, i+1)
	}
	return all
}

var (
	anEmail    = record.Field{Type: record.Email}
	aPhone     = record.Field{Type: record.Phone}
	aName      = record.Field{Type: record.Name}
	aText      = record.Field{}
	emailList  = record.Field{Type: record.Email, Shape: record.List}
	threeMails = record.Field{Type: record.Email, Shape: record.List, MaxCount: 3}
	twoPhones  = record.Field{Type: record.Phone, Shape: record.List, MaxCount: 2}
	phoneList  = record.Field{Type: record.Phone, Shape: record.List}
	tags       = record.Field{Shape: record.Set}
)

var subjects = []subject{
	{"copy text", fields("c", 1, aText), fields("o", 1, aText), mapping.Spec{}},
	{"copy name to text", fields("c", 1, aName), fields("o", 1, aText), mapping.Spec{}},
	{"copy phone", fields("c", 1, aPhone), fields("o", 1, aPhone), mapping.Spec{}},
	{"copy email", fields("c", 1, anEmail), fields("o", 1, anEmail), mapping.Spec{}},
	{"copy to a short field", fields("c", 1, aText), fields("o", 1, record.Field{MaxLen: 5}), mapping.Spec{}},
	{"copy set", fields("c", 1, tags), fields("o", 1, tags), mapping.Spec{}},
	{"copy list", fields("c", 1, emailList), fields("o", 1, emailList), mapping.Spec{}},
	{"copy list to a shorter one", fields("c", 1, emailList), fields("o", 1, threeMails), mapping.Spec{}},
	{"list of three scalars", fields("c", 3, anEmail), fields("o", 1, threeMails), mapping.Spec{Kind: mapping.List}},
	{"list of two scalars", fields("c", 2, anEmail), fields("o", 1, threeMails), mapping.Spec{Kind: mapping.List}},
	{"list of five scalars", fields("c", 5, anEmail), fields("o", 1, threeMails), mapping.Spec{Kind: mapping.List}},
	{"list without a limit", fields("c", 1, emailList), fields("o", 1, threeMails), mapping.Spec{Kind: mapping.List}},
	{"list of phones to several fields", fields("c", 1, phoneList), append(fields("o", 1, twoPhones), record.Field{Name: "mobile", Type: record.Phone}), mapping.Spec{Kind: mapping.List}},
	{"scalars to scalars", fields("c", 2, aPhone), fields("o", 3, aPhone), mapping.Spec{Kind: mapping.List}},
	{"first email", fields("c", 1, anEmail), fields("o", 1, threeMails), mapping.Spec{Kind: mapping.First}},
	{"first phone", fields("c", 1, aPhone), fields("o", 1, twoPhones), mapping.Spec{Kind: mapping.First}},
	{"first of the CRM's phones", fields("c", 1, phoneList), fields("o", 1, aPhone), mapping.Spec{Kind: mapping.First}},
	{"infix and surname", fields("c", 2, aName), fields("o", 1, aName), mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Infix, mapping.Surname}}},
	{"full name to parts", fields("c", 1, aText), fields("o", 5, aName), mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Title, mapping.Given, mapping.Middle, mapping.Surname, mapping.Suffix}}},
	{"surname and given name", fields("c", 2, aText), fields("o", 1, aName), mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Surname, mapping.Given}}},
	{"all parts", fields("c", 6, aName), fields("o", 1, aName), mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Suffix, mapping.Given, mapping.Infix, mapping.Surname, mapping.Title, mapping.Middle}}},
	{"table", fields("c", 1, aText), fields("o", 1, aText), mapping.Spec{Kind: mapping.Table, Table: labels}},
	{"managed set by table", fields("c", 1, aText), fields("o", 1, tags), mapping.Spec{Kind: mapping.Set, Table: labels}},
	{"managed set of sets", fields("c", 1, tags), fields("o", 1, tags), mapping.Spec{Kind: mapping.Set, Table: labels}},
	{"managed set by values", fields("c", 1, aText), fields("o", 1, tags), mapping.Spec{Kind: mapping.Set, Values: []string{"Lead", "Client"}}},
	{"managed set by prefix", fields("c", 1, tags), fields("o", 1, tags), mapping.Spec{Kind: mapping.Set, Prefix: "CRM: "}},
	{"address", fields("c", 5, aText), fields("o", 5, aText), mapping.Spec{Kind: mapping.Address}},
	{"address with lines", fields("c", 4, aText), fields("o", 2, aText), mapping.Spec{Kind: mapping.Address, Parts: []mapping.Part{mapping.Street, mapping.Street, mapping.City, mapping.Street}}},
	{"constant", nil, fields("o", 1, tags), mapping.Spec{Kind: mapping.Const, Values: []string{"CRM"}}},
	{"template", fields("c", 2, aName), fields("o", 1, aName), mapping.Spec{Kind: mapping.Template, Template: "{c2}, {c1}"}},
}

var labels = []mapping.Pair{
	{CRM: "Lead", Outlook: "CRM lead"}, {CRM: "Client", Outlook: "Key account"}, {CRM: "Customer", Outlook: "Key account"}, {CRM: "Lead", Outlook: "Prospect"},
}

func (s subject) compile(t interface {
	Helper()
	Fatalf(string, ...any)
}) *mapping.Compiled {
	t.Helper()
	names := func(fields []record.Field) []string {
		var names []string
		for _, f := range fields {
			names = append(names, f.Name)
		}
		return names
	}
	schema := func(fields []record.Field) *record.Schema {
		schema, err := record.NewSchema(record.Contact, fields...)
		if err != nil {
			t.Fatalf("NewSchema: %v", err)
		}
		return schema
	}
	rule := mapping.Rule{ID: s.name, CRM: names(s.crm), Outlook: names(s.outlook), Lens: s.lens}
	m, err := mapping.Compile([]mapping.Rule{rule}, schema(s.crm), schema(s.outlook), british)
	if err != nil {
		t.Fatalf("Compile(%+v): %v", rule, err)
	}
	return &m.Rules[0]
}

// vocabulary holds entries that are equal in other words, nearly equal, or that bring out a rule of some lens.
var vocabulary = map[record.Type][]string{
	record.Text: {
		"", " ", "Lead", "lead", "Client", "Customer", "CRM lead", "Key account", "KEY ACCOUNT", "Prospect", "CRM: A", "crm: b", "CRM: ", "A", "B",
		"long text here", "long ", "1 High Street\nFlat 2", "1 High Street\r\nFlat 2", "a\n\nb", "\n", "Zoe\u0301", "Zoë", "Zoe\u0308", "abcde\u0301f",
	},
	record.Name: {
		"", " ", "Jan", "Jan  Berg", "van der", "Berg", "van der Berg", "Van der Berg", "Berg, Jan", "Berg, Jan van der", "van der Berg, Jan, MSc", "Dr. Jan P. van 't Hof Jr.",
		"王小明", "王 小明", "王", "小明", "김민준", "Jan, Piet, Klaas", ",", "Berg,", "Dr.", "Jr.", "MSc", "\u200b", "Jan \u200b Berg", "\xff  \xfe", "José García López",
	},
	record.Email: {
		"", "a@example.com", "A@Example.com", "Ada <a@example.com>", "b@example.com", "Bo <b@example.com>", "b@example.com (b) <b@example.com>", "c@example.com", "d@example.com", "Nobody <>", "e@example.com", "not an address",
	},
	record.Date: {"", "1970-01-01", "2000-02-29"},
	record.Time: {"", "2001-02-03T04:05:06Z", "2001-02-03T05:05:06+01:00"},
	record.URL:  {"", "https://example.com/a", "HTTPS://Example.com/a", "example.org"},
	record.Bool: {"", "true", "false"},
	record.Phone: {
		"", "020 7946 0001", "+44 20 7946 0001", "020 7946 0002", "+44 20 7946 0003 ext. 4", "07700 900005", "+44 7700 900 005", "switchboard", "0", "-", "+ ()",
	},
}

func drawValue(t *rapid.T, f record.Field, label string) record.Value {
	pool := vocabulary[f.Type]
	entry := rapid.OneOf(rapid.SampledFrom(pool), rapid.SampledFrom(pool), rapid.SampledFrom(pool), rapid.String())
	if f.Type == record.Name {
		words := rapid.SliceOfN(rapid.SampledFrom(pool), 0, 4)
		entry = rapid.OneOf(entry, rapid.Map(words, func(w []string) string { return strings.Join(w, " ") }))
	}
	switch {
	case f.Shape == record.One && rapid.IntRange(0, 4).Draw(t, label+" is empty") == 0:
		return nil
	case f.Shape == record.One:
		return record.Value{entry.Draw(t, label)}
	case f.MaxCount > 0:
		return rapid.SliceOfN(entry, 0, f.MaxCount).Draw(t, label)
	}
	return rapid.SliceOfN(entry, 0, 5).Draw(t, label)
}

// drawSides draws what the two sides hold, by side; the sides often say nearly the same.
func drawSides(t *rapid.T, r *mapping.Compiled) [2][]record.Value {
	var sides [2][]record.Value
	for side, fields := range r.Fields {
		for i, f := range fields {
			sides[side] = append(sides[side], drawValue(t, f, fmt.Sprintf("%v %d", record.Side(side), i)))
		}
	}
	if len(r.CRM) == 0 {
		sides[record.CRM], _ = r.Values(record.CRM, record.Fields{})
	}
	switch rapid.IntRange(0, 3).Draw(t, "met before") {
	case 0:
		sides[record.Outlook] = r.Carry(record.Outlook, sides[record.CRM], sides[record.Outlook])
	case 1:
		if r.Direction.Allows(record.CRM) {
			sides[record.CRM] = r.Carry(record.CRM, sides[record.Outlook], sides[record.CRM])
		}
	}
	return sides
}

func clone(v []record.Value) []record.Value {
	out := make([]record.Value, len(v))
	for i := range v {
		out[i] = slices.Clone(v[i])
	}
	return out
}

// forEach runs a law over every subject, each way it can carry.
func forEach(t *testing.T, law func(t *rapid.T, r *mapping.Compiled, to record.Side, source, target []record.Value)) {
	for name, r := range underTest(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				sides := drawSides(t, r)
				for _, to := range []record.Side{record.Outlook, record.CRM} {
					if r.Direction.Allows(to) {
						law(t, r, to, sides[to.Other()], sides[to])
					}
				}
			})
		})
	}
}

// underTest are the compiled rules of all subjects, and of the actions.
func underTest(t *testing.T) map[string]*mapping.Compiled {
	rules := actionsUnderTest(t)
	for _, s := range subjects {
		rules[s.name] = s.compile(t)
	}
	return rules
}

func TestLawThereAndBackChangesNothing(t *testing.T) {
	forEach(t, func(t *rapid.T, r *mapping.Compiled, to record.Side, source, target []record.Value) {
		from := to.Other()
		carried := r.Carry(to, source, target)
		// FirstOnly and Cut leave something behind, but never spoil the way back.
		for _, loss := range []mapping.Loss{r.Loss(to, source, target), r.Loss(from, carried, source)} {
			if loss == mapping.KeptOther || loss == mapping.NotListed || loss == mapping.OneWay {
				return
			}
		}
		if r.Loss(to, source, target) == mapping.FirstOnly && r.Lens.Kind == mapping.Set {
			return // a managed set says all that the one value says: see TestManagedSet
		}
		if back := r.Carry(from, carried, source); !r.Equal(from, back, source) {
			t.Fatalf("%v holds %q, %v %q; carried over %q; carried back %q", from, source, to, target, carried, back)
		}
	})
}

func TestLawTwiceIsOnce(t *testing.T) {
	forEach(t, func(t *rapid.T, r *mapping.Compiled, to record.Side, source, target []record.Value) {
		carried := r.Carry(to, source, target)
		if again := r.Carry(to, source, carried); !r.Equal(to, again, carried) {
			t.Fatalf("%q onto %v %q is %q, and again %q", source, to, target, carried, again)
		}
	})
}

func TestLawLossLasts(t *testing.T) {
	forEach(t, func(t *rapid.T, r *mapping.Compiled, to record.Side, source, target []record.Value) {
		carried := r.Carry(to, source, target)
		if before, after := r.Loss(to, source, target), r.Loss(to, source, carried); before != after {
			t.Fatalf("%q onto %v %q loses %q; asked again with %q it is %q", source, to, target, before, carried, after)
		}
	})
}

func TestLawEqualKeepsItsSpelling(t *testing.T) {
	forEach(t, func(t *rapid.T, r *mapping.Compiled, to record.Side, source, target []record.Value) {
		carried := r.Carry(to, source, target)
		if diff := cmp.Diff(target, carried); diff != "" && r.Equal(to, carried, target) {
			t.Fatalf("%q onto %v %q changes only the spelling: %q", source, to, target, carried)
		}
	})
}

func TestLawArgumentsStayAsTheyAre(t *testing.T) {
	forEach(t, func(t *rapid.T, r *mapping.Compiled, to record.Side, source, target []record.Value) {
		s, o := clone(source), clone(target)
		r.View(to, target)
		r.Loss(to, source, target)
		r.Carry(to, source, target)
		if diff := cmp.Diff(s, source); diff != "" {
			t.Fatalf("the source was changed:\n%s", diff)
		}
		if diff := cmp.Diff(o, target); diff != "" {
			t.Fatalf("the target was changed:\n%s", diff)
		}
	})
}

// What View leaves out is still there after carrying.
func TestLawTheRestStays(t *testing.T) {
	forEach(t, func(t *rapid.T, r *mapping.Compiled, to record.Side, source, target []record.Value) {
		carried := tally(r.Carry(to, source, target))
		if r.ID == removes {
			return // what it speaks about is not there: see TestActionTakesAwayOneEntry
		}
		for entry, n := range rest(r, target, r.View(to, target)) {
			if carried[entry] < n {
				t.Fatalf("%q onto %v %q lost %q, which View %q leaves out: %q", source, to, target, entry, r.View(to, target), carried)
			}
		}
	})
}

// A lens never invents: every word it writes was on one of the sides, or is one of its own.
func TestLawNothingIsInvented(t *testing.T) {
	forEach(t, func(t *rapid.T, r *mapping.Compiled, to record.Side, source, target []record.Value) {
		own := fmt.Sprint(r.Lens, entryOf[r.ID])
		said := fmt.Sprint(source, target, own)
		for entry := range tally(r.Carry(to, source, target)) {
			for word := range strings.FieldsFuncSeq(entry, func(r rune) bool { return strings.ContainsRune(" ,\t\r\n\f\v\u0085\u00a0<>", r) }) {
				if !strings.Contains(said, word) && !isEastAsian(word) {
					t.Fatalf("%q onto %v %q writes %q", source, to, target, entry)
				}
			}
		}
	})
}

func isEastAsian(s string) bool { return strings.ContainsAny(s, "王小明김민준") }

func tally(v []record.Value) map[string]int {
	n := make(map[string]int)
	for _, entries := range v {
		for _, entry := range entries {
			if entry != "" {
				n[entry]++
			}
		}
	}
	return n
}

// rest is what view leaves out of v: entries, by their number. An entry is in view by itself or by its address.
func rest(r *mapping.Compiled, v, view []record.Value) map[string]int {
	seen := make(map[string]int)
	for entry, n := range tally(view) {
		seen[foldCase(entry)] += n
		if r.Lens.Kind == mapping.Set || entryOf[r.ID] != "" {
			seen[foldCase(entry)] = 99 // repetition means nothing there
		}
	}
	left := make(map[string]int)
	for _, entries := range v {
		for _, entry := range entries {
			_, address := record.SplitEmail(entry)
			switch {
			case aName.Equal(record.Value{entry}, nil, british): // blank
			case seen[foldCase(entry)] > 0:
				seen[foldCase(entry)]--
			case address != "" && seen[foldCase(address)] > 0:
				seen[foldCase(address)]--
			default:
				left[entry]++
			}
		}
	}
	return left
}

func foldCase(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
