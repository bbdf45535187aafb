package sim

import (
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// bury keeps what a record held when it was deleted.
func (w *world) bury(of record.Side, user string, rec record.Record) {
	if rec.ID == "" {
		return
	}
	p := place{side: of, id: rec.ID}
	if of == record.Outlook {
		p.user = user
	}
	w.buried[p] = grave{rec.Fields, w.ledger.releasedOf(rec.Fields), w.ledger.tick}
}

// grave is what a record held when it was deleted, and which of it people had taken away elsewhere before.
type grave struct {
	fields   record.Fields
	released []token
	tick     int
}

// dead finds what was deleted of what began as name: the last of it.
func (w *world) dead(of record.Side, user, name string) (found place, ok bool) {
	places := w.ledger.of[name]
	if p, made := w.ledger.first[name]; made && !slices.Contains(places, p) {
		places = append(slices.Clone(places), p)
	}
	for _, p := range places {
		if _, buried := w.buried[p]; buried && p.side == of && p.user == user && !p.lives(w) {
			found, ok = p, true
		}
	}
	return found, ok
}

// undelete brings a CRM record back under its id, as it was.
func (w *world) undelete(name string) {
	if p, ok := w.dead(record.CRM, "", name); ok {
		w.undeletePlace(p, name)
	}
}

func (w *world) undeletePlace(p place, name string) {
	if p.lives(w) {
		return
	}
	w.ledger.returned[name], w.ledger.returned[w.ledger.origin[p]] = true, true // the latter where it counts as one of its own since it was back before
	w.ledger.apartIfReplaced(p, name)
	written := maps.Clone(w.ledger.inscribed[p])
	w.acts(p, func() error {
		_, err := w.tenant.Put(p.id, w.buried[p].fields)
		return err
	})
	w.ledger.inscribed[p] = written // what is back was not written anew
	for _, t := range w.buried[p].released {
		w.ledger.released[t] = true
	}
	w.edited(p, "undelete")
}

// retype is a person typing in by hand what was deleted.
func (w *world) retype(owner, name, as string) {
	p, ok := w.dead(record.Outlook, owner, name)
	as = owner + "." + as
	if !ok || w.ledger.first[as] != (place{}) {
		return
	}
	u := w.user(owner)
	rec, err := u.box.Add(u.folder, w.buried[p].fields)
	if err != nil {
		w.did(err)
		return
	}
	w.newItem(itemPlace(u, rec.ID), as, rec)
	w.edited(p, "retype")
}
