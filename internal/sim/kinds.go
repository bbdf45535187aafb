package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// setKinds reads "kinds client lead": each is of the records whose field kind says so, in this order.
func (w *world) setKinds(names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("kinds are written as: kinds client lead")
	}
	w.settings.Kinds = nil
	for _, name := range names {
		w.settings.Kinds = append(w.settings.Kinds, contactsync.PersonKind{ID: name, If: filter.Equals("kind", name)})
	}
	w.reach("setting kinds")
	return nil
}

// kindsOfRule reads "client|lead"; nothing is for all records.
func kindsOfRule(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "|")
}

// isFor reports whether a rule is for what a CRM record says. Kinds are told apart by one field, so no two of them hold.
func (w *world) isFor(rule string, crm record.Fields) bool {
	i := slices.IndexFunc(w.settings.Mapping, func(r mapping.Rule) bool { return r.ID == rule })
	return i < 0 || len(w.settings.Mapping[i].Kinds) == 0 || slices.Contains(w.settings.Mapping[i].Kinds, crm.Text("kind"))
}

// keepsToKinds judges that a run carries nothing by a rule that is for records of other kinds (E8). What became of the record since
// the run began, it need not know, nor what actions are about to make of it.
func (l *ledger) keepsToKinds(x writing, links []contactsync.Link) {
	acts := slices.ContainsFunc(l.w.actions, func(a action) bool { return a.to == record.CRM && a.target == "kind" })
	if len(l.w.settings.Kinds) == 0 || acts || x.write.Op == contactsync.Delete || l.run.undoes != nil {
		return
	}
	records := []record.Fields{x.before.Fields, x.after.Fields}
	if x.side == record.Outlook {
		records = nil
		for _, link := range links {
			if crm := x.counterpart(link); crm.lives(l.w) && l.touchedAt(crm) <= l.run.tick {
				records = append(records, crm.in(l.w).Fields)
			}
		}
	} else if l.touchedAt(x.place()) > l.run.tick {
		return
	}
	for name := range x.write.Set.All() {
		rule := ruleOf(x.side, name)
		if v := value(x.after.Fields, name); len(records) == 0 || equal(x.side, name, v, value(x.before.Fields, name)) {
			continue
		}
		if !slices.ContainsFunc(records, func(crm record.Fields) bool { return l.w.isFor(rule, crm) }) {
			l.w.broken("isolation", "%s of %s %s was written, and the rule is for records of other kinds", rule, x.side, x.place().id)
		}
	}
}
