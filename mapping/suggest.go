package mapping

import (
	"cmp"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// Suggestion is what [Suggest] proposes for a CRM schema.
type Suggestion struct {
	// Rules pass [Check] between the two schemas. Their order is that of Outlook's fields.
	Rules []Rule
	// Omitted are the fields of the CRM that no rule names, in the order of its schema. Each field is in one rule or here.
	Omitted []Omitted
}

// Omitted is a CRM field without a rule.
type Omitted struct {
	Field  string
	Reason Omission
	// Outlook is the field of Outlook that it would go to; empty with Unknown and, mostly, with IsReference.
	Outlook string
}

// Omission says why a field is not in any suggested rule.
type Omission string

const (
	Unknown     Omission = "unknown"     // neither its name nor its label says what it holds
	Absent      Omission = "absent"      // Outlook's schema has no field for it
	Taken       Omission = "taken"       // another field of the CRM goes there, or those that do are all it has room for
	IsReference Omission = "reference"   // it holds the id of another record, which means nothing in Outlook
	Mismatch    Omission = "mismatch"    // its shape or type does not go with that of Outlook's field
	NotWritable Omission = "notWritable" // neither side lets the other's value in
)

// Suggest proposes rules between a CRM schema and an Outlook schema for contacts: a starting point for a host that has no
// preset, or for a person who draws the map. It proposes nothing that [Check] would fault, names no field twice, and gives
// the same rules for the same schemas. The rules have no conflict rule of their own.
//
// Names decide, and types must agree. A field is known by its name, else by its label, in English and in the usual
// spellings of CRMs: firstName, first_name, FIRSTNAME, "First name" and First_Name__c are one name; a number behind it
// counts several of a kind (email1, telephone2); in front contact, person, customer, primary, main and the like mean
// nothing. Known are the parts of a name and a full name, company or account, job title, department, office, profession,
// manager, assistant, spouse, children, birthday, anniversary, email, phone, mobile, fax and pager, web page, notes,
// categories or tags, and three postal addresses; for email, phone, fax, web page and address also work, home and other.
// A field that has the name of a field of Outlook, such as a host's own, goes there.
//
// How values go across:
//
//   - One field to one is copied. A single field takes the first entry of Outlook's list, the others are never
//     touched; several fields, as many as Outlook has room for, or a list field share the list.
//   - A full name is joined from and split into Outlook's parts of a name, if the CRM has no first or last name of its own.
//     An infix ("van der") is joined to the last name.
//   - The fields of a postal address are one rule, several lines of the street included.
//   - Categories, tags or a contact type are a managed set with the field's label before each value ("Tags: Golf"), so that
//     nobody's own categories are touched, or reach the CRM.
//   - A company that is the name of another record ([record.Field].NameOf) is looked up by the lens account; any other such name
//     goes to Outlook only.
//   - A rule goes one way where one of its fields cannot be written, or cannot take what the other side may hold. Of
//     several fields for one place, one that can be written comes first.
//   - "title" is the job title, unless another field is, or its type is Name: then it is the title before a name.
//
// The id of a rule is the field of Outlook it is about ("emailAddresses"; "businessAddress" for an address, "name" for a
// full name), so that it stays when the CRM's fields are renamed, added or taken away.
func Suggest(crm, outlook *record.Schema) Suggestion {
	if crm == nil || outlook == nil {
		return Suggestion{}
	}
	s := suggester{crm: crm, outlook: outlook, sameName: sameNames(outlook), omitted: make(map[string]Omitted)}
	s.lookUp()
	for len(s.waiting) > 0 {
		s.round()
	}
	s.fullName()
	slices.SortFunc(s.rules, func(a, b Rule) int { return cmp.Compare(s.place(a), s.place(b)) })
	out := Suggestion{Rules: s.rules}
	for _, f := range crm.Fields() {
		if l, ok := s.omitted[f.Name]; ok {
			out.Omitted = append(out.Omitted, l)
		}
	}
	return out
}

type suggester struct {
	crm, outlook *record.Schema
	sameName     map[string]string
	rules        []Rule
	omitted      map[string]Omitted
	// waiting are the fields that still look for a rule, in schema order; names those that hold a full name.
	waiting []claim
	names   []claim
}

// claim is a CRM field and the goals it may go to, the best first.
type claim struct {
	field record.Field
	// number is the one behind the field's name; 0: none.
	number int
	goals  []goal
}

// lookUp finds the goals of all fields.
func (s *suggester) lookUp() {
	for _, f := range s.crm.Fields() {
		c := s.claim(f)
		switch {
		case f.Type == record.Reference:
			l := Omitted{Field: f.Name, Reason: IsReference}
			if len(c.goals) > 0 {
				l.Outlook = c.goals[0].outlook
			}
			s.omitted[f.Name] = l
		case len(c.goals) == 0:
			s.omitted[f.Name] = Omitted{Field: f.Name, Reason: Unknown}
		case c.goals[0].rule == nameRule:
			s.names = append(s.names, c)
		default:
			s.waiting = append(s.waiting, c)
		}
	}
}

// round makes one rule of each goal that fields have; who does not get in goes on to its next goal.
func (s *suggester) round() {
	var ids []string
	byRule := make(map[string][]claim)
	for _, c := range s.waiting {
		id := c.goals[0].rule
		if byRule[id] == nil {
			ids = append(ids, id)
		}
		byRule[id] = append(byRule[id], c)
	}
	s.waiting = nil
	for _, id := range ids {
		claims := byRule[id]
		slices.SortStableFunc(claims, better)
		switch {
		case slices.ContainsFunc(s.rules, func(r Rule) bool { return r.ID == id }):
			s.drop(Taken, claims...)
		case addresses[id]:
			s.address(id, claims)
		case id == surnameRule:
			s.surname(claims)
		default:
			s.field(id, claims)
		}
	}
}

// better orders fields for one goal: first those that can be written.
func better(a, b claim) int {
	return cmp.Or(
		cmp.Compare(readOnly(a), readOnly(b)),
		cmp.Compare(a.goals[0].rank, b.goals[0].rank),
		cmp.Compare(a.number, b.number),
	)
}

func readOnly(c claim) int {
	if c.field.ReadOnly {
		return 1
	}
	return 0
}

// drop leaves fields out of the rule they were meant for. The first reason is the one that is told.
func (s *suggester) drop(reason Omission, claims ...claim) {
	for _, c := range claims {
		if _, told := s.omitted[c.field.Name]; !told {
			s.omitted[c.field.Name] = Omitted{Field: c.field.Name, Reason: reason, Outlook: c.goals[0].outlook}
		}
		if len(c.goals) > 1 {
			c.goals = c.goals[1:]
			s.waiting = append(s.waiting, c)
		}
	}
}

// propose takes the rule in the first direction in which Check finds no fault; there may be none.
func (s *suggester) propose(r Rule) bool {
	r, ok := s.sound(r)
	if !ok {
		return false
	}
	s.rules = append(s.rules, r)
	for _, name := range r.CRM {
		delete(s.omitted, name)
	}
	return true
}

func (s *suggester) sound(r Rule) (Rule, bool) {
	for _, d := range []Direction{Both, ToOutlook, ToCRM} {
		r.Direction = d
		if len(Check([]Rule{r}, s.crm, s.outlook)) == 0 {
			return r, true
		}
	}
	return r, false
}

// why says what keeps a field from going to a field of Outlook.
func (s *suggester) why(c claim) Omission {
	f, ok := s.outlook.Field(c.goals[0].outlook)
	switch {
	case !ok:
		return Absent
	case f.ReadOnly && c.field.ReadOnly:
		return NotWritable
	}
	return Mismatch
}

// place is where the first of a rule's fields stands in Outlook's schema.
func (s *suggester) place(r Rule) int {
	first := len(s.outlook.Fields())
	for _, name := range r.Outlook {
		at, _ := s.outlook.Place(name)
		first = min(first, at)
	}
	return first
}
