package contactsync

import (
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
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

// leftApart are the rules that undos left apart in the ties that the records have, or had until this run.
func (r *run) leftApart(ids [2]string) (apart []conflict.Seen) {
	for side, id := range ids {
		apart = append(apart, r.apartOf[side][id]...)
	}
	return apart
}
