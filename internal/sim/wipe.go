package sim

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/seed-42871e99/crmsync/record"
)

// wipe deletes all records of a side but the first few: somebody's mistake, or a side that has lost them.
func (w *world) wipe(where, keep string) {
	n, _ := strconv.Atoi(keep)
	places := w.placesOf(where)
	w.wiped = slices.DeleteFunc(w.wiped, func(p place) bool { return p.of(where) })
	for _, p := range places[min(max(n, 0), len(places)):] {
		w.removePlace(p)
		w.wiped = append(w.wiped, p)
	}
	w.edited(place{side: sideOf(where)}, "wipe")
}

// unwipe brings back what was wiped, as it was.
func (w *world) unwipe(where string) {
	w.wiped = slices.DeleteFunc(w.wiped, func(p place) bool {
		if !p.of(where) {
			return false
		}
		if name := w.ledger.origin[p]; p.side == record.CRM {
			w.undeletePlace(p, name)
		} else if !p.lives(w) {
			w.did(w.user(p.user).box.Move(p.id, w.folderOf(p.user)))
			w.ledger.tick++
			w.ledger.acted[p] = w.ledger.tick
			w.ledger.apart(p)
		}
		return true
	})
	w.edited(place{side: sideOf(where)}, "unwipe")
}

// of reports whether a place is in the CRM, or in the mailbox of a user.
func (p place) of(where string) bool {
	return p.side == sideOf(where) && (p.side == record.CRM || p.user == where)
}

func sideOf(where string) record.Side {
	if where == "crm" {
		return record.CRM
	}
	return record.Outlook
}

// placesOf are the living records of the CRM, or those in the folder of a user, in order of their ids.
func (w *world) placesOf(where string) []place {
	var places []place
	if u := w.user(where); u != nil {
		for _, rec := range u.box.Items(record.Contact, u.folder) {
			places = append(places, itemPlace(u, rec.ID))
		}
	} else if where == "crm" {
		for _, rec := range w.tenant.Records(record.Contact) {
			places = append(places, crmPlace(rec.ID))
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.id, b.id) })
	return places
}
