package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// Once the State is lost, an imported card is told by what it says. Where it and its record say different things by then, its
// user may not see the record, or it had been left behind and was out of the sync, nothing tells, and no promise is made.

// leftBehind notes, as the State is lost, of which cards it knew that they are not in sync.
func (l *ledger) leftBehind() {
	for name, places := range l.of {
		l.strange[name] = l.strange[name] || slices.ContainsFunc(places, func(p place) bool {
			return p.side == record.Outlook && p.lives(l.w) && l.w.outsider(p)
		})
	}
}

// recognises notes, as a run begins, which of a user's untied cards nothing can tell.
func (l *ledger) recognises(u *user) {
	if !l.w.lost {
		return
	}
	for name, places := range l.of {
		if l.first[name].side != record.Outlook {
			continue
		}
		for _, item := range places {
			if item.side != record.Outlook || item.user != u.name || !item.lives(l.w) || l.isTied(u, item) {
				continue
			}
			if l.goneButTied(places) {
				l.strange[name] = true // the card is imported, and whoever has a tie of its record left may restore that
			}
			for _, crm := range places {
				if crm.side == record.CRM && crm.lives(l.w) && !l.isTied(u, crm) && !(l.w.visible(u, crm.id) && l.recognisable(crm, item) && !l.twinImport(u, crm, item)) {
					l.strange[name] = true
				}
			}
		}
	}
}

// goneButTied reports whether the CRM has none of somebody's records any more, and somebody has a tie of one.
func (l *ledger) goneButTied(places []place) bool {
	if slices.ContainsFunc(places, func(p place) bool { return p.side == record.CRM && p.lives(l.w) }) {
		return false
	}
	return slices.ContainsFunc(places, func(p place) bool {
		return p.side == record.CRM && slices.ContainsFunc(l.w.users, func(u *user) bool { return l.isTied(u, p) })
	})
}

// twinImport reports whether a record that came from somebody else's card says all that a card says, which its own record does not: that
// is as well taken for its.
func (l *ledger) twinImport(u *user, own, item place) bool {
	says := func(crm place) bool {
		a, b := crm.in(l.w).Fields, item.in(l.w).Fields
		return !slices.ContainsFunc(l.w.settings.Mapping, func(r mapping.Rule) bool { return !same(r.ID, a, b) })
	}
	if says(own) {
		return false
	}
	for name, places := range l.of {
		if l.first[name].side != record.Outlook || name == l.origin[item] {
			continue
		}
		for _, crm := range places {
			if crm.side == record.CRM && crm.lives(l.w) && l.w.visible(u, crm.id) && !l.isTied(u, crm) && says(crm) {
				return true
			}
		}
	}
	return false
}

func (l *ledger) isTied(u *user, p place) bool { return len(l.w.linksOf(u.conn.ID, p.side, p.id)) > 0 }

// recognisable reports whether two records do not contradict each other in their name, and share that or a key; or where one has no
// name, anything.
func (l *ledger) recognisable(crm, item place) bool {
	a, b := crm.in(l.w).Fields, item.in(l.w).Fields
	named, agree, some := [2]bool{}, false, false
	for _, rule := range []string{"first", "last"} {
		x, y := value(a, fieldOf(record.CRM, rule)), value(b, fieldOf(record.Outlook, rule))
		switch {
		case !x.IsEmpty() && !y.IsEmpty() && !same(rule, a, b):
			return false
		case !x.IsEmpty() && !y.IsEmpty():
			agree = true
		}
		named = [2]bool{named[0] || !x.IsEmpty(), named[1] || !y.IsEmpty()}
	}
	for _, r := range l.w.settings.Mapping {
		some = some || !value(a, fieldOf(record.CRM, r.ID)).IsEmpty() && !value(b, fieldOf(record.Outlook, r.ID)).IsEmpty() && same(r.ID, a, b)
	}
	return agree || some && named != [2]bool{true, true} || l.w.settings.Match.By == "" && sharesKey(a, b)
}

func sharesKey(a, b record.Fields) bool {
	keys := match.Keys(a, locale)
	return slices.ContainsFunc(match.Keys(b, locale), func(k match.Key) bool { return slices.Contains(keys, k) })
}

// exchanged reports whether, after a loss of the State, a record is as well tied where it is as to one of those that it came from:
// it carries the stamp of that one, or of one whose place that takes or that was merged into it, or shares a key with it, or another of its own shares one with
// that one or says the same; of cards from Outlook, all that goes to the CRM, where the settings let both in.
func (l *ledger) exchanged(p, tied place, name string) bool {
	if !l.w.lost {
		return false
	}
	rec, to := p.in(l.w), tied.in(l.w)
	if sharesKey(rec.Fields, to.Fields) {
		return true
	}
	s, err := contactsync.ParseStamp(rec.Stamp)
	for id := tied.id; err == nil && id != ""; id = l.inPlace[id] {
		merged := slices.ContainsFunc(l.mergedInto[id], func(lost lostFields) bool { return lost.place.id == s.Record })
		if s.Record == id || merged {
			return true
		}
	}
	return slices.ContainsFunc(l.of[name], func(own place) bool {
		if own.side != tied.side || !own.lives(l.w) {
			return false
		}
		a, b := own.in(l.w).Fields, to.Fields
		if sharesKey(a, b) {
			return true
		}
		imported := tied.side == record.Outlook && l.first[l.origin[tied]].side == record.Outlook && !l.keyless(b)
		return !slices.ContainsFunc(l.w.settings.Mapping, func(r mapping.Rule) bool {
			if imported && !r.Direction.Allows(record.CRM) {
				return false
			}
			f, _ := schemas[tied.side].Field(fieldOf(tied.side, r.ID))
			return !f.Equal(value(a, f.Name), value(b, f.Name), locale)
		})
	})
}

// keyless reports whether a record has no key, where the settings ask for one.
func (l *ledger) keyless(f record.Fields) bool {
	return l.w.settings.Match.RequireKey && len(match.Keys(f, locale)) == 0
}
