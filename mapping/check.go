package mapping

import (
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// Check reports what is wrong with the rules, in their order: ids that are missing or there twice, fields that a side
// lacks, read-only fields that would be written, shapes and types that do not go together, faults in a lens's
// parameters, two rules for records of one kind that write the same field, and lenses of the host's own that break the laws of [Lens]
// on sample values. Two managed sets may share a field when they own different values. Without a schema of either side that is the one
// fault.
func Check(rules []Rule, crm, outlook *record.Schema) []*Error {
	_, faults := compile(rules, crm, outlook, record.Locale{})
	return faults
}

func compile(rules []Rule, crm, outlook *record.Schema, loc record.Locale) ([]Compiled, []*Error) {
	for side, schema := range [2]*record.Schema{record.CRM: crm, record.Outlook: outlook} {
		if schema == nil {
			return nil, []*Error{{"", "", "the schema of " + owner(record.Side(side)) + " is missing"}}
		}
	}
	compiled := make([]Compiled, len(rules))
	var faults []*Error
	var sound []*Compiled
	for i, rule := range rules {
		c, found := compileRule(rule, i, [2]*record.Schema{crm, outlook}, loc)
		compiled[i] = c
		if rule.ID == "" {
			found = append(found, &Error{c.label, "id", "a rule needs an id, which never changes"})
		} else if j := slices.IndexFunc(rules[:i], func(r Rule) bool { return r.ID == rule.ID }); j >= 0 {
			found = append(found, &Error{c.label, "id", fmt.Sprintf("rules #%d and #%d have the same id", j+1, i+1)})
		}
		if len(found) == 0 && rule.Custom != nil {
			found = c.breaks()
		}
		if len(found) == 0 {
			sound = append(sound, &compiled[i])
		}
		faults = append(faults, found...)
	}
	return compiled, append(faults, collisions(sound)...)
}

// compileRule looks up the fields and builds the lens.
func compileRule(rule Rule, position int, schemas [2]*record.Schema, loc record.Locale) (Compiled, []*Error) {
	rule = rule.clone()
	c := Compiled{Rule: rule, schema: schemas, label: label(rule.ID, position), loc: loc, definition: rule.definition()}
	s := site{rule: rule, label: c.label, loc: loc}
	var faults []*Error
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		for i, name := range c.names(side) {
			f, ok := schemas[side].Field(name)
			if !ok {
				faults = append(faults, s.fault(name, "%s has no such field", owner(side))...)
			}
			if slices.Contains(c.names(side)[:i], name) {
				faults = append(faults, s.fault(name, "the rule names it twice")...)
			}
			s.fields[side] = append(s.fields[side], f)
			place, _ := schemas[side].Place(name)
			c.places[side] = append(c.places[side], place)
		}
	}
	faults = append(faults, s.checkWords()...)
	if len(faults) > 0 {
		return c, faults
	}
	c.Fields = s.fields
	c.limited = [2]bool{limited(s.fields[record.CRM]), limited(s.fields[record.Outlook])}
	if rule.Custom != nil {
		c.lens = rule.Custom
		if !rule.Lens.IsZero() {
			faults = s.fault("lens", "the rule has a lens of the host's own beside this one")
		}
		if when, ok := rule.Custom.(whenLens); ok {
			faults = append(faults, when.bind(&c, s)...)
		}
	} else {
		var k kind
		if k, faults = rule.Lens.find(c.label); k.build == nil {
			return c, faults
		}
		var found []*Error
		c.lens, found = k.build(s)
		faults = append(faults, found...)
		if len(found) == 0 {
			faults = append(faults, s.checkTypes()...)
		}
	}
	faults = append(faults, c.settleDirection(s)...)
	for _, f := range s.fields[record.CRM] {
		if f.NameOf != "" && c.Direction.Allows(record.CRM) && (rule.Custom != nil || rule.Lens.Kind != Account) {
			faults = append(faults, s.fault(f.Name, "it is the name of what %q refers to: take the lens %q, or give the rule the direction %q", f.NameOf, Account, ToOutlook)...)
		}
	}
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		for _, f := range s.fields[side] {
			if !f.ReadOnly || !c.Direction.Allows(side) {
				continue
			}
			remedy := ""
			if c.Direction == Both {
				remedy = fmt.Sprintf("; give the rule the direction %q", away(side))
			}
			faults = append(faults, s.fault(f.Name, "%s never lets it be written%s", owner(side), remedy)...)
		}
	}
	return c, faults
}

func owner(side record.Side) string {
	if side == record.CRM {
		return "the CRM"
	}
	return "Outlook"
}

// away is the direction that writes nothing to the side.
func away(side record.Side) Direction {
	if side == record.CRM {
		return ToOutlook
	}
	return ToCRM
}

// checkWords faults a direction or a winner that there is not.
func (s site) checkWords() []*Error {
	var faults []*Error
	if !slices.Contains([]Direction{Both, ToOutlook, ToCRM}, s.rule.Direction) {
		faults = append(faults, s.fault("direction", "there is no direction %q; there are toOutlook, toCRM, and none for both", s.rule.Direction)...)
	}
	if !slices.Contains([]Winner{Inherit, CRMWins, OutlookWins, Newest, Ask}, s.rule.Conflict) {
		faults = append(faults, s.fault("conflict", "there is no conflict rule %q; there are crm, outlook, newest, ask, and none for the connection's", s.rule.Conflict)...)
	}
	return faults
}

// settleDirection gives a rule that can only go one way that direction.
func (r *Compiled) settleDirection(s site) []*Error {
	var only Direction
	switch l := r.lens.(type) {
	case constLens:
		only = away(l.to.Other())
		r.Fields[l.to.Other()] = []record.Field{{Shape: l.same.Shape, Type: l.same.Type, ReadOnly: true}}
		r.constant = []record.Value{l.value}
	case templateLens:
		only = ToOutlook
	case whenLens:
		only = away(l.to.Other())
	default:
		return nil
	}
	if r.Direction != Both && r.Direction != only {
		name := string(s.rule.Lens.Kind)
		if r.Custom != nil {
			name = "when"
		}
		return s.fault("direction", "the lens %q can only go %s", name, only)
	}
	r.Direction = only
	return nil
}

// checkTypes faults fields that do not hold the same kind of thing.
func (s site) checkTypes() []*Error {
	switch s.rule.Lens.Kind {
	case Table, Set, Template, Const:
		return nil // those translate
	}
	var faults []*Error
	first := s.fields[record.CRM][0]
	for _, f := range s.all() {
		if !compatible(first.Type, f.Type) {
			faults = append(faults, s.fault(f.Name, "does not hold the same kind of thing as %q", first.Name)...)
		}
	}
	if len(faults) > 0 {
		return faults
	}
	for _, f := range s.fields[record.Outlook] {
		for _, g := range s.fields[record.CRM] {
			if strict(f.Type) && g.Type == record.Text && s.rule.Direction.Allows(record.Outlook) {
				faults = append(faults, s.fault(f.Name, "cannot take any text that %q may hold; declare that field with its type, or give the rule the direction %q", g.Name, ToCRM)...)
			}
			if strict(g.Type) && f.Type == record.Text && s.rule.Direction.Allows(record.CRM) {
				faults = append(faults, s.fault(g.Name, "cannot take any text that %q may hold; give the rule the direction %q", f.Name, ToOutlook)...)
			}
		}
	}
	return faults
}

// compatible reports whether entries of the two types can stand for each other.
func compatible(a, b record.Type) bool {
	if a == b {
		return true
	}
	if a == record.Reference || b == record.Reference {
		return false // an id means nothing on the other side
	}
	return a == record.Text || b == record.Text
}

// strict reports whether a field of the type refuses text of another form.
func strict(t record.Type) bool {
	return t == record.Date || t == record.Time || t == record.Bool
}

// collisions faults fields that two rules write.
func collisions(rules []*Compiled) []*Error {
	var faults []*Error
	for i, r := range rules {
		for _, side := range []record.Side{record.CRM, record.Outlook} {
			for _, name := range r.names(side) {
				for _, earlier := range rules[:i] {
					if earlier.writes(side, name) && r.writes(side, name) && earlier.meets(&r.Rule) && !apart(side, earlier.lens, r.lens) {
						faults = append(faults, &Error{r.label, name, fmt.Sprintf("the rule %q writes the same field of %s", earlier.label, owner(side))})
					}
				}
			}
		}
	}
	return faults
}

func (r *Compiled) writes(side record.Side, name string) bool {
	return r.Direction.Allows(side) && slices.Contains(r.names(side), name)
}

// apart reports whether two lenses own different entries of a field.
func apart(side record.Side, a, b Lens) bool {
	x, ok := a.(Sharer)
	y, also := b.(Sharer)
	return ok && also && x.Shares(side, b) && y.Shares(side, a)
}
