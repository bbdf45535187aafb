package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// Kind names a lens. The zero Kind is Copy.
type Kind string

const (
	// Copy carries one field to one field: text to text, a list to a list with its order, a set to a set.
	Copy Kind = "copy"
	// List carries the entries of several fields, or of a list field, to several fields or to a list field. Entries
	// are aligned by value first and position second, so that removing or swapping some never changes another slot.
	List Kind = "list"
	// First carries the first entry of a list field to a single field and back. The other entries are never touched.
	First Kind = "first"
	// Name carries a name joined in one field to its parts in several, and back; only the part that changed changes.
	// Parts says what the several fields hold.
	Name Kind = "name"
	// Table carries single values by a table of pairs. A value that is not in it is never overwritten.
	Table Kind = "table"
	// Set manages its own values in a set that others use too, such as Outlook's categories: it adds and removes
	// those and no others, without regard to case. Values, Table or Prefix says which are its own.
	Set Kind = "set"
	// Address carries the fields of a postal address one by one under one rule, so that two people's edits never mix
	// into a place that does not exist. Parts is needed only where the lines of the street have fields of their own.
	Address Kind = "address"
	// Const writes Values to one field. The other side of the rule has no fields.
	Const Kind = "const"
	// Account carries the name of the CRM record that a reference names, such as a contact's company, to a text and back. An
	// edited name is looked up in the CRM and never renames that record. See [record.Field].NameOf and [record.CompanyKey].
	Account Kind = "account"
	// Template writes a text made from CRM fields to one Outlook field. It cannot be carried back.
	Template Kind = "template"
)

// Part is what a field holds of a name or an address.
type Part string

const (
	Title    Part = "title" // "Dr."
	Given    Part = "given"
	Middle   Part = "middle"
	Infix    Part = "infix" // "van der"
	Surname  Part = "surname"
	Suffix   Part = "suffix" // "Jr.", "MSc"
	Street   Part = "street" // once for each line
	City     Part = "city"
	State    Part = "state"
	Postcode Part = "postalCode"
	Country  Part = "country"
)

// Pair is one line of a table.
type Pair struct {
	CRM     string `json:"crm"`
	Outlook string `json:"outlook"`
}

// Spec is a lens as plain data: its kind, and the parameters of that kind. The zero Spec is Copy.
type Spec struct {
	Kind Kind `json:"kind,omitempty"`
	// Parts are for Name and Address: what each field holds of the side that has more of them, in the order of the
	// fields.
	Parts []Part `json:"parts,omitempty"`
	// Table is for Table and Set. Where one value has several counterparts, the first listed is written.
	Table []Pair `json:"table,omitempty"`
	// Values are for Const, what is written; and for Set, the values it owns, the same on both sides.
	Values []string `json:"values,omitempty"`
	// Prefix is for Set: it owns the Outlook values that begin with it, whatever follows; the CRM has what follows.
	Prefix string `json:"prefix,omitempty"`
	// Template is for Template: text with the names of CRM fields of the rule in braces. Text between two fields is
	// left out where nothing stands before or nothing after it, and so is a part in square brackets in which a field
	// is empty: "{lastName}, {firstName}[ ({company})]".
	Template string `json:"template,omitempty"`
}

// IsZero reports whether the spec says nothing, which is a copy.
func (s Spec) IsZero() bool {
	return s.Kind == "" && len(s.params()) == 0
}

// params names the parameters that are set, as JSON members.
func (s Spec) params() []string {
	var names []string
	for _, p := range []struct {
		name string
		set  bool
	}{
		{"parts", s.Parts != nil},
		{"table", s.Table != nil},
		{"values", s.Values != nil},
		{"prefix", s.Prefix != ""},
		{"template", s.Template != ""},
	} {
		if p.set {
			names = append(names, p.name)
		}
	}
	return names
}

// kind is what there is to know about a kind of lens.
type kind struct {
	params []string // the parameters it takes
	build  func(site) (Lens, []*Error)
}

var kinds = map[Kind]kind{
	Copy:     {build: buildCopy},
	List:     {build: buildList},
	First:    {build: buildFirst},
	Name:     {params: []string{"parts"}, build: buildName},
	Table:    {params: []string{"table"}, build: buildTable},
	Set:      {params: []string{"table", "values", "prefix"}, build: buildSet},
	Address:  {params: []string{"parts"}, build: buildAddress},
	Const:    {params: []string{"values"}, build: buildConst},
	Account:  {build: buildAccount},
	Template: {params: []string{"template"}, build: buildTemplate},
}

// find returns what is known about the spec's kind. The faults name a kind that there is not, and parameters of
// another kind; rule labels them.
func (s Spec) find(rule string) (kind, []*Error) {
	name := s.Kind
	if name == "" {
		name = Copy
	}
	k, ok := kinds[name]
	if !ok {
		return kind{}, []*Error{{rule, "lens.kind", fmt.Sprintf("there is no lens %q; there are %s", s.Kind, kindNames())}}
	}
	var faults []*Error
	for _, p := range s.params() {
		if !slices.Contains(k.params, p) {
			faults = append(faults, &Error{rule, "lens." + p, fmt.Sprintf("the lens %q takes no %s", name, p)})
		}
	}
	return k, faults
}

func kindNames() string {
	names := make([]string, 0, len(kinds))
	for k := range kinds {
		names = append(names, string(k))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// site is where a lens is built: its rule with the fields looked up.
type site struct {
	rule   Rule
	label  string
	fields [2][]record.Field
	loc    record.Locale
}

func (s site) fault(field, format string, args ...any) []*Error {
	return []*Error{{s.label, field, fmt.Sprintf(format, args...)}}
}

const oneOrMore = -1

// counts reports whether the rule names so many fields on each side.
func (s site) counts(crm, outlook int) bool {
	fits := func(want, got int) bool { return got == want || want == oneOrMore && got > 0 }
	return fits(crm, len(s.fields[record.CRM])) && fits(outlook, len(s.fields[record.Outlook]))
}

// all returns the fields of both sides.
func (s site) all() []record.Field { return slices.Concat(s.fields[0], s.fields[1]) }

// singles faults the fields that hold more than one entry.
func (s site) singles() []*Error {
	var faults []*Error
	for _, f := range s.all() {
		if f.Shape != record.One {
			faults = append(faults, s.fault(f.Name, "holds several entries, which the lens %q cannot carry", s.rule.Lens.Kind)...)
		}
	}
	return faults
}
