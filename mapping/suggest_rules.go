package mapping

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// field makes the rule of one field of Outlook; the claims are in the order in which they are wanted.
func (s *suggester) field(id string, claims []claim) {
	to, ok := s.outlook.Field(id)
	if !ok {
		s.drop(Absent, claims...)
		return
	}
	var fit []claim
	for _, c := range claims {
		if _, ok := s.sound(pairRule(id, c.field, to)); ok && agree(c.field, to) {
			fit = append(fit, c)
		} else {
			s.drop(s.why(c), c)
		}
	}
	if len(fit) == 0 {
		return
	}
	chosen, rest := chooseFor(to, fit)
	r := pairRule(id, chosen[0].field, to)
	if len(chosen) > 1 {
		r.Lens = Spec{Kind: List}
		for _, c := range chosen[1:] {
			r.CRM = append(r.CRM, c.field.Name)
		}
	}
	s.propose(r)
	s.drop(Taken, rest...)
}

// chooseFor says which of the fields share the field of Outlook: where that is a list and they are single, as many as have
// room and can all be written or all not; else the best, and one that holds several before those that hold one.
func chooseFor(to record.Field, claims []claim) (chosen, rest []claim) {
	several := func(c claim) bool { return c.field.Shape != record.One }
	if to.Shape != record.List {
		return claims[:1], claims[1:]
	}
	if i := slices.IndexFunc(claims, several); i >= 0 && claims[i].field.ReadOnly == claims[0].field.ReadOnly {
		return claims[i : i+1], slices.Concat(claims[:i], claims[i+1:])
	}
	for _, c := range claims {
		full := to.MaxCount > 0 && len(chosen) == to.MaxCount
		if full || c.field.ReadOnly != claims[0].field.ReadOnly {
			rest = append(rest, c)
		} else {
			chosen = append(chosen, c)
		}
	}
	return chosen, rest
}

// pairRule carries one field to one.
func pairRule(id string, crm, outlook record.Field) Rule {
	r := one(id, crm.Name, outlook.Name)
	single := crm.Shape == record.One
	switch {
	case outlook.Name == companyName && crm.NameOf != "":
		r.Lens = Spec{Kind: Account}
	case outlook.Name == categories && outlook.Shape != record.One:
		r.Lens = Spec{Kind: Set, Prefix: crm.Label + ": "}
	case crm.Shape == record.Set || outlook.Shape == record.Set:
	case single != (outlook.Shape == record.One):
		r.Lens = Spec{Kind: First}
	case !single:
		r.Lens = Spec{Kind: List}
	}
	return r
}

// agree reports whether the field holds what the field of Outlook is for, or text that may be it. Check lets a date or a
// number go into text, which is not what is meant by a job title.
func agree(crm, outlook record.Field) bool { return textual(crm) || crm.Type == outlook.Type }

func textual(f record.Field) bool { return f.Type == record.Text || f.Type == record.Name }

// surname makes the rule of the last name, with an infix where the CRM keeps that apart.
func (s *suggester) surname(claims []claim) {
	last := slices.IndexFunc(claims, func(c claim) bool { return c.goals[0].part == Surname })
	infix := slices.IndexFunc(claims, func(c claim) bool { return c.goals[0].part == Infix })
	if last >= 0 && infix >= 0 {
		r := Rule{
			ID: surnameRule, CRM: []string{claims[infix].field.Name, claims[last].field.Name}, Outlook: []string{surnameRule},
			Lens: Spec{Kind: Name, Parts: []Part{Infix, Surname}},
		}
		if textual(claims[infix].field) && textual(claims[last].field) && s.propose(r) {
			s.drop(Taken, slices.DeleteFunc(claims, func(c claim) bool { return slices.Contains(r.CRM, c.field.Name) })...)
			return
		}
	}
	var plain []claim
	for _, c := range claims {
		switch {
		case c.goals[0].part != Infix:
			plain = append(plain, c)
		case last < 0:
			s.drop(Absent, c)
		default:
			s.drop(Mismatch, c)
		}
	}
	s.field(surnameRule, plain)
}

// address makes the rule of a postal address. For each part, and each line of the street, the best field is taken.
func (s *suggester) address(id string, claims []claim) {
	r := Rule{ID: id, Lens: Spec{Kind: Address}}
	var parts []Part
	var chosen []claim
	for _, part := range addressParts {
		name := id + "." + outlookPart[part]
		to, there := s.outlook.Field(name)
		lines := 0
		for line := range streetLines {
			took := false
			for _, c := range claims {
				at := c.goals[0]
				if at.part != part || at.line != line {
					continue
				}
				_, sound := s.sound(one(id, c.field.Name, name))
				switch {
				case !there:
					s.drop(Absent, c)
				case !sound || !textual(c.field) || !textual(to) || to.Shape != record.One || c.field.Shape != record.One:
					s.drop(s.why(c), c)
				case took:
					s.drop(Taken, c)
				default:
					took = true
					lines++
					r.CRM, parts, chosen = append(r.CRM, c.field.Name), append(parts, part), append(chosen, c)
				}
			}
		}
		if lines > 0 {
			r.Outlook = append(r.Outlook, name)
		}
	}
	switch {
	case len(r.CRM) > len(r.Outlook):
		r.Lens.Parts = parts
	case len(r.CRM) == 1:
		r.Lens = Spec{}
	}
	if !s.propose(r) {
		s.drop(NotWritable, chosen...)
	}
}

// fullName makes the rule of a name that the CRM holds in one field, of the parts that no other field goes to.
func (s *suggester) fullName() {
	slices.SortStableFunc(s.names, better)
	for _, c := range s.names {
		if slices.ContainsFunc([]string{givenName, surnameRule, displayName, nameRule}, s.uses) {
			s.drop(Taken, c)
			continue
		}
		r := Rule{ID: nameRule, CRM: []string{c.field.Name}, Lens: Spec{Kind: Name}}
		for _, p := range outlookNameParts {
			f, ok := s.outlook.Field(p.outlook)
			if ok && !s.uses(p.outlook) && !f.ReadOnly && textual(f) && f.Shape == record.One {
				r.Outlook, r.Lens.Parts = append(r.Outlook, p.outlook), append(r.Lens.Parts, p.part)
			}
		}
		if !slices.Contains(r.Outlook, givenName) || !slices.Contains(r.Outlook, surnameRule) {
			r = one(nameRule, c.field.Name, displayName)
			if _, ok := s.outlook.Field(displayName); !ok {
				r.Outlook = []string{nameRule}
			}
		}
		if !textual(c.field) || !s.propose(r) {
			s.drop(s.why(c), c)
		}
	}
}

// uses reports whether a rule names the field of Outlook.
func (s *suggester) uses(outlook string) bool {
	return slices.ContainsFunc(s.rules, func(r Rule) bool { return slices.Contains(r.Outlook, outlook) })
}
