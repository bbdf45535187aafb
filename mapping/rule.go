// Package mapping says which fields of a CRM record and of an Outlook item hold the same thing, and carries values
// between them through lenses.
//
// A [Rule] is plain data, JSON both ways: fields of the CRM, fields of Outlook, and a [Spec] that says how values go
// across. [Compile] checks a list of rules against the two schemas and returns a [Map], whose rules carry values:
//
//	m, err := mapping.Compile(mapping.Pipeliner(), mapping.PipelinerSchema(), record.OutlookContact, record.Locale{Region: "GB"})
//	r := &m.Rules[0]
//	crm, _ := r.Values(record.CRM, person)
//	outlook, _ := r.Values(record.Outlook, contact)
//	outlook = r.Carry(record.Outlook, crm, outlook)
//
// Every lens keeps these promises, in both directions: carrying back what was just carried over changes nothing;
// carrying twice is the same as once; values that are equal already keep their spelling; what a rule does not own, such
// as a second phone or other people's categories, stays as it is; and what one side cannot hold is told ([Loss]),
// never silently dropped or later wiped. A host's own [Lens] is held to the same laws by [Check].
//
// The presets ([Dealius], [Pipeliner], [TribeBusiness], [TribePrivate], [Oracle]) are the field maps of five products.
// [Suggest] proposes one for a CRM that has none.
//
// The package is pure: no I/O, no clock, no goroutine. All its values may be used from several goroutines at once.
package mapping

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// Direction says which way a rule carries values. The zero Direction is Both.
type Direction string

const (
	Both      Direction = ""
	ToOutlook Direction = "toOutlook"
	ToCRM     Direction = "toCRM"
)

// Allows reports whether values may be carried to the side.
func (d Direction) Allows(to record.Side) bool {
	switch d {
	case ToOutlook:
		return to == record.Outlook
	case ToCRM:
		return to == record.CRM
	}
	return true
}

// Winner says which side wins where both changed the same thing. The zero Winner takes the connection's.
type Winner string

const (
	Inherit     Winner = ""
	CRMWins     Winner = "crm"
	OutlookWins Winner = "outlook"
	Newest      Winner = "newest" // by modification time, with a skew allowance; a tie asks
	Ask         Winner = "ask"    // both sides stay as they are until a person decides
)

// Rule ties fields of the CRM to fields of Outlook.
type Rule struct {
	// ID is stable over changes of the rule and unique in a map: what was seen last is remembered under it. A rule whose
	// fields or lens change meets for the first time (see [Compiled.Definition]).
	ID      string   `json:"id"`
	CRM     []string `json:"crm,omitempty"`
	Outlook []string `json:"outlook,omitempty"`
	// Lens says how values are carried; the zero Spec copies one field to one field.
	Lens Spec `json:"lens,omitzero"`
	// Custom is a host's own lens, in place of Lens. It does not travel in JSON.
	Custom Lens `json:"-"`
	// Direction is where values may be carried (B2). The lenses const and template go one way, whatever it says.
	Direction Direction `json:"direction,omitempty"`
	// Conflict is who wins where both sides changed what the rule speaks about (B1).
	Conflict Winner `json:"conflict,omitempty"`
	// Kinds are the kinds of records that the rule is for, as the settings name them (E8); none: all. Rules that are for none of the
	// same kinds may write the same fields.
	Kinds []string `json:"kinds,omitempty"`
}

// IsFor reports whether the rule is for records of the kind.
func (r *Rule) IsFor(kind string) bool { return len(r.Kinds) == 0 || slices.Contains(r.Kinds, kind) }

// meets reports whether there are records that both rules are for.
func (r *Rule) meets(other *Rule) bool {
	return len(r.Kinds) == 0 || len(other.Kinds) == 0 || slices.ContainsFunc(r.Kinds, other.IsFor)
}

// clone is the rule without memory shared with whoever made it.
func (r Rule) clone() Rule {
	r.CRM, r.Outlook = slices.Clone(r.CRM), slices.Clone(r.Outlook)
	r.Kinds = slices.Clone(r.Kinds)
	r.Lens.Parts, r.Lens.Table, r.Lens.Values = slices.Clone(r.Lens.Parts), slices.Clone(r.Lens.Table), slices.Clone(r.Lens.Values)
	return r
}
