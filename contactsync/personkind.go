package contactsync

import (
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// PersonKind is a kind of records with rules of its own, such as customers and partners (E8): those of the mapping whose Kinds name it,
// beside the rules for all. A record is of the first kind whose condition holds, and of none where none does. Where a field that a
// condition asks for is not known, the rules of kinds leave the record as it is.
//
// A card that comes in from Outlook is of the kind that the rules for all make of it, such as a rule that carries its category to the
// field that tells kinds apart, or an action; else of that of a record in which nothing is filled in, which is the kind with the
// zero condition.
//
// When a record becomes one of another kind, what the rules of the old one carried stays on both sides as it is, and those of the new
// one meet for the first time. The same fields of Outlook may be those of several kinds.
type PersonKind struct {
	// ID is unique among the kinds; rules name it.
	ID string `json:"id"`
	// If is the condition over the CRM record; the zero Condition holds for every record, and so stands last. It may name saved
	// conditions and "$user", and no date relative to now. No rule of a kind may write what it asks for.
	If filter.Condition `json:"if,omitzero"`
}

// expandKinds are the kinds with their saved conditions in place.
func (s Settings) expandKinds() ([]PersonKind, error) {
	kinds := slices.Clone(s.Kinds)
	for i, k := range kinds {
		c, err := s.expand(k.If)
		if err != nil {
			return nil, &InvalidError{Field: kindMember(i, k) + ".if", Reason: err.Error()}
		}
		kinds[i].If = c
	}
	return kinds, nil
}

func kindMember(i int, k PersonKind) string {
	if k.ID == "" {
		return fmt.Sprintf("kinds[#%d]", i+1)
	}
	return "kinds[" + k.ID + "]"
}

// kindOf tells of which of the kinds a CRM record is; nil where there are none.
func kindOf(kinds []PersonKind, env filter.Env) func(crm record.Fields) (kind string, known bool) {
	if len(kinds) == 0 {
		return nil
	}
	return func(crm record.Fields) (string, bool) {
		for _, k := range kinds {
			switch k.If.Eval(crm, env) {
			case filter.Yes:
				return k.ID, true
			case filter.Unknown:
				return "", false
			}
		}
		return "", true
	}
}

// kindsLast puts the rules for some kinds after all others, whose work tells of which kind a record is.
func kindsLast(rules []mapping.Rule) []mapping.Rule {
	slices.SortStableFunc(rules, func(a, b mapping.Rule) int { return min(len(a.Kinds), 1) - min(len(b.Kinds), 1) })
	return rules
}

// isFor reports whether a rule is for a CRM record, as far as can be told.
func (t *terms) isFor(rule *mapping.Compiled, crm record.Fields) bool {
	if t.merger.KindOf == nil || len(rule.Kinds) == 0 || crm.Schema() == nil {
		return true
	}
	kind, known := t.merger.KindOf(crm)
	return !known || rule.IsFor(kind)
}

// otherKind reports whether a CRM record is not of the kind that its rules were decided by: its rules have to be looked at again.
func (t *terms) otherKind(seen []conflict.Seen, crm record.Fields) bool {
	if t.merger.KindOf == nil || crm.Schema() == nil {
		return false
	}
	for i := range t.rules.Rules {
		if rule := &t.rules.Rules[i]; t.isFor(rule, crm) == notFor(seen, rule.ID) {
			return true
		}
	}
	return false
}

// notFor reports whether a rule was found to be for other kinds than the record's.
func notFor(seen []conflict.Seen, rule string) bool {
	return slices.ContainsFunc(seen, func(s conflict.Seen) bool { return s.Rule == rule && s.Diverged == conflict.OtherKind })
}

// kinds checks the kinds, and what the rules of the mapping say of them.
func (v *validator) kinds(s Settings, crm *record.Schema) {
	for i, k := range s.Kinds {
		at := kindMember(i, k)
		if k.ID == "" {
			v.fault(at+".id", "a kind needs an id")
		} else if j := slices.IndexFunc(s.Kinds[:i], func(b PersonKind) bool { return b.ID == k.ID }); j >= 0 {
			v.fault(at+".id", "the kinds #%d and #%d have the same id", j+1, i+1)
		}
		c, err := s.expand(k.If)
		if err == nil {
			err = unnamed(c.Check(crm))
		}
		switch {
		case err != nil:
			v.fault(at+".if", "%v (it reads fields of the CRM)", err)
			continue
		case c.Clocked(crm):
			v.fault(at+".if", "it compares with a date relative to now: no run looks at a record because a day begins, so that it would change its kind late or never; name the day itself")
		case c.IsZero() && i < len(s.Kinds)-1:
			v.fault(at+".if", "it holds for every record, so that none is of a kind after it; put it last")
		}
		for _, rule := range s.Mapping {
			if len(rule.Kinds) == 0 || !rule.Direction.Allows(record.CRM) {
				continue
			}
			for _, name := range c.Fields() {
				if slices.Contains(rule.CRM, name) {
					v.fault(at+".if", "it asks for %q, which the rule %q writes for some kinds only; let that rule be for all, or go toOutlook", name, rule.ID)
				}
			}
		}
	}
	for _, rule := range s.Mapping {
		for i, id := range rule.Kinds {
			switch {
			case slices.Contains(rule.Kinds[:i], id):
				v.fault("mapping["+rule.ID+"].kinds", "it names %q twice", id)
			case !slices.ContainsFunc(s.Kinds, func(k PersonKind) bool { return k.ID == id }):
				v.fault("mapping["+rule.ID+"].kinds", "there is no kind %q", id)
			}
		}
	}
}
