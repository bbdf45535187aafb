package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// action is an action of the settings as the model reads it: if a field of the one side has a value, one of the other has one.
type action struct {
	id           string
	not          bool
	field, value string // what the condition asks for; no field: it always holds; no value: that the field is not empty
	then         contactsync.Then
	to           record.Side
	target       string
	writes       string
}

// parseAction reads "mark if kind=client add outlook categories=Clients"; of the words after the name the condition may be left out.
func parseAction(words []string) (action, error) {
	wrong := fmt.Errorf("an action is written as: action mark if not kind=client add outlook categories=Clients")
	if len(words) == 0 {
		return action{}, wrong
	}
	a := action{id: words[0]}
	words = words[1:]
	if len(words) > 1 && words[0] == "if" {
		words = words[1:]
		if words[0] == "not" {
			a.not, words = true, words[1:]
		}
		if len(words) > 0 {
			a.field, a.value, _ = strings.Cut(words[0], "=")
			words = words[1:]
		}
	}
	if len(words) != 3 || !slices.Contains([]string{"crm", "outlook"}, words[1]) {
		return action{}, wrong
	}
	a.then, a.to = contactsync.Then(words[0]), sideOf(words[1])
	a.target, a.writes, _ = strings.Cut(words[2], "=")
	return a, nil
}

// setting is the action as the settings say it.
func (a action) setting() contactsync.IfThen {
	from, direction := a.to.Other(), mapping.ToOutlook
	if a.to == record.CRM {
		direction = mapping.ToCRM
	}
	i := contactsync.IfThen{ID: a.id, Direction: direction, Then: a.then, Field: a.target, Value: a.writes}
	f, _ := schemas[from].Field(fieldOf(from, a.field))
	switch {
	case a.field == "":
	case a.value == "":
		i.If = filter.Not(filter.Empty(f.Name))
	case f.Shape == record.One:
		i.If = filter.Equals(f.Name, a.value)
	default:
		i.If = filter.Has(f.Name, a.value)
	}
	if a.not {
		i.If = filter.Not(i.If)
	}
	return i
}

// holds reports whether the condition holds for what a record of the other side says, in the connection of a user.
func (a action) holds(f record.Fields, user string) bool {
	if a.field == "" {
		return true
	}
	v, want := value(f, fieldOf(a.to.Other(), a.field)), a.value
	if want == filter.User {
		want = user
	}
	return (want == "" && !v.IsEmpty() || want != "" && slices.Contains(v, want)) != a.not
}

// changeAction puts an action into the settings or in the place of the one that has its name; a name alone takes that out.
func (w *world) changeAction(words []string) error {
	is := func(a action) bool { return len(words) > 0 && a.id == words[0] }
	actions := slices.Clone(w.actions)
	if len(words) == 1 {
		actions = slices.DeleteFunc(actions, is)
	} else {
		a, err := parseAction(words)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(actions, is); i >= 0 {
			actions[i] = a
		} else {
			actions = append(actions, a)
		}
		w.reach("setting action " + string(a.then) + " " + a.to.String())
	}
	w.actions, w.settings.Actions = actions, nil
	for _, a := range actions {
		w.settings.Actions = append(w.settings.Actions, a.setting())
	}
	return nil
}

// slot is what several actions decide together: of those that write the same, the first that holds counts.
type slot struct {
	id     string
	to     record.Side
	field  string
	entry  string // of a field of several
	before []action
}

// slots are the actions, those together that write the same.
func (w *world) slots() []slot {
	var slots []slot
	for _, a := range w.actions {
		entry := a.writes
		if a.then == contactsync.ThenSet {
			entry = ""
		}
		i := slices.IndexFunc(slots, func(s slot) bool { return s.to == a.to && s.field == a.target && s.entry == entry })
		if i < 0 {
			i = len(slots)
			slots = append(slots, slot{id: slotID(a), to: a.to, field: a.target, entry: entry})
		}
		slots[i].before = append(slots[i].before, a)
	}
	return slots
}

// isAction reports whether a rule is one of the actions'.
func isAction(rule string) bool { return strings.HasPrefix(rule, "actions.") }

// slotID is how problems name what an action writes.
func slotID(a action) string {
	id := "actions.to" + map[record.Side]string{record.CRM: "CRM", record.Outlook: "Outlook"}[a.to] + "." + a.target
	if a.then != contactsync.ThenSet {
		id += "." + a.writes
	}
	return id
}

// asks reports whether anything is to be put on a record, given what its partner says.
func (s slot) asks(source record.Fields, user string) bool {
	i := slices.IndexFunc(s.before, func(a action) bool { return a.holds(source, user) })
	return i >= 0 && s.before[i].then == contactsync.ThenAdd
}

// done reports whether a record is as the actions want it, given what its partner says.
func (s slot) done(target, source record.Fields, user string) bool {
	v, adds := value(target, s.field), false
	for _, a := range s.before {
		adds = adds || a.then == contactsync.ThenAdd
		if !a.holds(source, user) {
			continue
		}
		switch a.then {
		case contactsync.ThenAdd:
			return slices.Contains(v, a.writes)
		case contactsync.ThenRemove:
			return !slices.Contains(v, a.writes)
		}
		return v.Text() == a.writes
	}
	return !adds || !slices.Contains(v, s.entry)
}

// reads reports whether the actions ask about the field of a rule of the mapping.
func (s slot) reads(rule string) bool {
	from := s.to.Other()
	return slices.ContainsFunc(s.before, func(a action) bool { return a.field != "" && fieldOf(from, a.field) == fieldOf(from, rule) })
}

// checkAction: a linked record is as the actions want it, or something says why not. Where a value does not fit that an action reads,
// it waits until that is corrected.
func (w *world) checkAction(u *user, link contactsync.Link, s slot, target, source record.Record, about []contactsync.Problem) {
	explained := slices.ContainsFunc(about, func(p contactsync.Problem) bool {
		return p.Rule == s.id || p.Rule == "" || p.Code == contactsync.CodeInvalidValue && s.reads(p.Rule)
	})
	if explained || s.done(target.Fields, source.Fields, u.name) {
		return
	}
	i := slices.IndexFunc(link.Seen, func(seen conflict.Seen) bool { return seen.Rule == s.id })
	if i < 0 {
		w.broken("converges", "%s of %v was never looked at, and %s holds %q", s.id, link.IDs, s.to, value(target.Fields, s.field))
		return
	}
	private := target.Fields.Text("private") == "true" || source.Fields.Text("private") == "true"
	if why := link.Seen[i].Diverged; !w.mayNotAct(s, link, private && !w.settings.Private, why) && !(why == conflict.Undone && (w.missing != nil || w.ledger.undos.leftUndone(u, link, s))) {
		w.broken("converges", "%s of %v is not done: %q; the link says %q", s.id, link.IDs, value(target.Fields, s.field), why)
	}
}

// mayNotAct reports whether the settings allow that reason not to do what an action says. What nothing asked for when the two met
// stays where it is; once an action has put it there, it goes with the condition.
func (w *world) mayNotAct(at slot, link contactsync.Link, private bool, why conflict.Reason) bool {
	may := w.ledger.allow(at.to).Update && !(at.to == record.CRM && private)
	drifted := [2]conflict.Reason{record.CRM: conflict.DriftedInCRM, record.Outlook: conflict.DriftedInOutlook}
	notTo := [2]conflict.Reason{record.CRM: conflict.NotToCRM, record.Outlook: conflict.NotToOutlook}
	switch why {
	case drifted[at.to]: // somebody wrote over it, or took it away; two cards do not put back each other's for ever, and nobody what is private
		others := at.to == record.CRM && (len(w.users) > 1 || w.settings.Match.Several == match.All)
		return !may || private || others || w.ever(func(s contactsync.Settings) bool {
			return s.Drift != conflict.DriftRestore || !flowTo(s, at.to).Update
		})
	case notTo[at.to.Other()], conflict.EmptyKept:
		return !may || !w.ledger.put[puts{link.Conn, link.IDs, at.id}]
	case drifted[at.to.Other()], notTo[at.to], conflict.NotAllowed:
		return !may
	case conflict.OnlyFillsEmpty:
		return w.ever(func(s contactsync.Settings) bool {
			return s.Match.Existing == "" || s.Match.Existing == conflict.FillEmpty
		})
	case conflict.LeftAlone:
		return w.ever(func(s contactsync.Settings) bool { return s.Match.Existing == conflict.Leave })
	}
	return false
}

// puts names what an action puts on one of two records.
type puts struct {
	conn string
	ids  [2]string
	slot string
}

// acts notes what actions have put on the records of a user, as a run has just left nothing open.
func (l *ledger) acts(u *user) {
	slots := l.w.slots()
	if len(slots) == 0 {
		return
	}
	for _, link := range l.w.links(u.conn.ID) {
		crm, _ := l.w.tenant.Record(link.IDs[record.CRM])
		item, _ := u.box.Item(link.IDs[record.Outlook])
		at := [2]record.Fields{crm.Fields, item.Fields}
		for _, s := range slots {
			apart := slices.ContainsFunc(link.Seen, func(seen conflict.Seen) bool { return seen.Rule == s.id && seen.Diverged != "" })
			if link.Phase == contactsync.Linked && !apart && s.asks(at[s.to.Other()], u.name) && s.done(at[s.to], at[s.to.Other()], u.name) {
				l.put[puts{link.Conn, link.IDs, s.id}] = true
			}
		}
	}
}

// actsLater reports whether the last run of a connection itself wrote what an action reads: the next one is the first to act on it, and
// finds what was written meanwhile.
func (l *ledger) actsLater(rule string, x writing, link contactsync.Link) bool {
	from := x.counterpart(link)
	return slices.ContainsFunc(l.w.actions, func(a action) bool {
		at := l.changed[from][l.w.ruleOf(from.side, fieldOf(from.side, a.field))]
		return slotID(a) == rule && at > l.begun[x.scope.Conn] && l.by[at] == x.scope.Conn
	})
}

// reachActions notes what a write of the sync did for actions.
func (w *world) reachActions(x writing) {
	for _, s := range w.slots() {
		was, is := value(x.before.Fields, s.field), value(x.after.Fields, s.field)
		had, has := slices.Contains(was, s.entry), slices.Contains(is, s.entry)
		switch {
		case s.to != x.side || w.ledger.run.undoes != nil:
		case s.entry == "" && !slices.Equal(was, is):
			w.reach("event action set in " + s.to.String())
		case s.entry != "" && has && !had:
			w.reach("event action added in " + s.to.String())
		case s.entry != "" && had && !has && x.after.ID != "":
			w.reach("event action removed in " + s.to.String())
		}
	}
}

// ruleOf is the rule of a side's field: of the mapping, or of the actions that set it. It is empty for none, and for a field that
// actions share with people.
func (w *world) ruleOf(side record.Side, field string) string {
	for _, a := range w.actions {
		if a.then == contactsync.ThenSet && a.to == side && a.target == field {
			return slotID(a)
		}
	}
	return ruleOf(side, field)
}
