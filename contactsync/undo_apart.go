package contactsync

import (
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// noteApart remembers of a link which rules an undo left apart, by its records. When one of them is tied to another record,
// as a card that was typed in again or a copy that was kept, the undone values would be filled in a second time.
func (r *run) noteApart(l *Link) {
	for _, s := range l.Seen {
		if s.Diverged != conflict.Undone || len(r.terms.merger.Current([]conflict.Seen{s})) == 0 {
			continue
		}
		for side, id := range l.IDs {
			if id != "" && !slices.Contains(r.apartOf[side][id], s) {
				r.apartOf[side][id] = append(r.apartOf[side][id], s)
			}
		}
	}
}

// goneRules are the rules of which something is put back, and which the settings do not have any more. Without the rule nothing tells what
// its sides hold, and with the old base what the undo writes would be an edit once the rule is there again: it is to meet anew.
func (r *run) goneRules(u *untie, put [2]record.Fields) (gone []string) {
	has := func(id string) bool {
		return slices.ContainsFunc(r.terms.rules.Rules, func(rule mapping.Compiled) bool { return rule.ID == id })
	}
	for side, d := range u.did {
		if d == nil {
			continue
		}
		for id, fields := range d.rules {
			if !has(id) && slices.ContainsFunc(fields, put[side].Known) {
				gone = append(gone, id)
			}
		}
	}
	return gone
}

// leftApart are the rules that undos left apart in the ties that the records have, or had until this run.
func (r *run) leftApart(ids [2]string) (apart []conflict.Seen) {
	for side, id := range ids {
		apart = append(apart, r.apartOf[side][id]...)
	}
	return apart
}
