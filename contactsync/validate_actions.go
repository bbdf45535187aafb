package contactsync

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// actions checks each action, and then all of them together with the rules of the mapping, which must be sound.
func (v *validator) actions(s Settings, crm, outlook *record.Schema) {
	before := len(v.faults)
	for i, a := range s.Actions {
		v.action(s, i, [2]*record.Schema{crm, outlook})
		if j := slices.IndexFunc(s.Actions[:i], func(b IfThen) bool { return a.ID != "" && b.ID == a.ID }); j >= 0 {
			v.fault(member(i, a)+".id", "the actions #%d and #%d have the same id", j+1, i+1)
		}
	}
	if len(v.faults) > before {
		return
	}
	slots, err := s.slots(filter.User)
	if err != nil {
		v.faults = append(v.faults, err)
		return
	}
	names := func(rule string) (string, bool) {
		i := slices.IndexFunc(slots, func(sl *slot) bool { return sl.id == rule })
		if i < 0 {
			return "", false
		}
		return slots[i].label, true
	}
	rules := s.withActions(slots, crm, outlook, filter.User, nil)
	found := mapping.Check(rules, crm, outlook)
	for _, err := range found {
		reason := err.Reason
		if err.Field != "" {
			reason = err.Field + ": " + reason
		}
		for _, sl := range slots {
			reason = strings.ReplaceAll(reason, `the rule "`+sl.id+`"`, `the action "`+sl.label+`"`)
		}
		if label, ok := names(err.Rule); ok {
			v.fault("actions["+label+"]", "%s", reason)
			continue
		}
		v.fault("mapping["+err.Rule+"]", "%s", reason)
	}
	if len(found) > 0 {
		return
	}
	m, err := mapping.Compile(rules, crm, outlook, record.Locale{Region: s.Region})
	if err != nil {
		v.faults = append(v.faults, err)
		return
	}
	if round := s.rounds(slots, m); len(round) > 0 {
		v.fault("actions["+strings.Join(round, ", ")+"]", "they undo each other: of some records what one writes has another write it back, one write in every run and no end; change the condition of one")
	}
}

// action checks one action for itself.
func (v *validator) action(s Settings, i int, schema [2]*record.Schema) {
	a := s.Actions[i]
	at := member(i, a)
	if a.ID == "" {
		v.fault(at+".id", "an action needs an id")
	}
	words := len(v.faults)
	oneOf(v, at+".direction", a.Direction, mapping.ToOutlook, mapping.ToCRM)
	oneOf(v, at+".then", a.Then, ThenAdd, ThenRemove, ThenSet)
	if len(v.faults) > words {
		return
	}
	from := schema[a.to().Other()]
	c, err := s.expand(a.If)
	if err == nil {
		err = unnamed(c.Check(from))
	}
	switch {
	case err != nil:
		v.fault(at+".if", "%v (it reads fields of %s)", err, holder(a.to().Other()))
	case c.Clocked(from):
		v.fault(at+".if", "it compares with a date relative to now: no run looks at a record because a day begins, so that the action would come late or never; name the day itself")
	}
	if a.field() == "" {
		v.fault(at+".field", "say which field of %s is written", holder(a.to()))
		return
	}
	f, ok := schema[a.to()].Field(a.field())
	if !ok {
		v.fault(at+".field", "%s has no field %q", holder(a.to()), a.field())
		return
	}
	v.actionValue(at, a, f)
}

func (v *validator) actionValue(at string, a IfThen, f record.Field) {
	switch {
	case strings.TrimSpace(a.Value) == "":
		v.fault(at+".value", "there is nothing to %s", a.then())
	case strings.HasPrefix(a.Value, "$") && a.Value != filter.User && !strings.HasPrefix(a.Value, "$$"):
		v.fault(at+".value", `there is only the variable "$user"; a text that begins with "$" is written with two`)
	case a.then() == ThenSet && f.Shape != record.One:
		v.fault(at+".then", "%q holds several values: add one to them, or remove one", f.Name)
	case a.then() != ThenSet && f.Shape == record.One:
		v.fault(at+".then", "%q holds one value: set it", f.Name)
	case a.Value != filter.User && !f.ReadOnly:
		if err := f.Check(record.Value{a.value("")}); err != nil {
			v.fault(at+".value", "%v", err)
		}
	}
}

// holder is who holds the fields of a side.
func holder(side record.Side) string {
	if side == record.CRM {
		return "the CRM"
	}
	return "Outlook"
}
