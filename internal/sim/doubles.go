package sim

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// created notes what the sync made, and from what. The intent must have been saved before.
func (l *ledger) created(x writing) {
	stamp, err := contactsync.ParseStamp(x.write.Stamp)
	if err != nil {
		l.w.broken("doubles", "a create without a stamp")
		return
	}
	p := x.place()
	l.asMade[p], l.stamps[p] = x.after.Fields, x.write.Stamp
	if x.side == record.CRM && stamp.Record != "" {
		l.inPlace[p.id] = stamp.Record
	}
	links := l.w.links(x.scope.Conn)
	i := slices.IndexFunc(links, func(link contactsync.Link) bool {
		return link.ID == stamp.Link || x.side == record.CRM && link.Revives != "" && link.Revives == stamp.Record
	})
	if i < 0 || links[i].Phase != contactsync.Intended {
		l.w.broken("doubles", "%s %s was made, and no intent had been saved", x.side, p.id)
		return
	}
	l.madeAt[x.write.Stamp] = l.w.now
	if last := links[i].Since.Add(lease + requestTimeout); last.Before(l.w.now) {
		l.madeAt[x.write.Stamp] = last // of what is sent later than that, the promise is that it shows when it would have shown then
	}
	source := x.counterpart(links[i])
	rec, lives := l.w.record(source.side, source.user, source.id)
	meanwhile := l.acted[source] > l.run.tick // a person emptied it when it had been read
	if lives && !meanwhile && l.run.undoes == nil && l.w.blank(source.side, rec) {
		l.w.broken("sound", "%s %s was made from %s, which has nothing to tell", x.side, p.id, source.id)
	}
	if name := l.origin[source]; name != "" && l.run.undoes == nil { // what an undo puts back is what it was, see putsBack
		l.belongs(p, name)
	}
}

// knows reports whether the record was made by a person, or by the sync with the model looking on.
func (l *ledger) knows(p place) bool {
	_, byPerson := l.origin[p]
	_, bySync := l.stamps[p]
	return byPerson || bySync
}

// untouched reports whether a record still holds what the sync made it with.
func (l *ledger) untouched(p place, f record.Fields) bool {
	made, ok := l.asMade[p]
	return ok && made.Equal(f)
}

// checkDoubles looks for what is there twice when everything has settled.
func (w *world) checkDoubles() {
	for _, u := range w.users {
		w.checkTies(u)
	}
	w.checkStamps()
	w.checkOrigins()
}

// checkTies: a record is tied once in a connection, but for a CRM record under several = all.
func (w *world) checkTies(u *user) {
	var tied [2]map[string]string
	for side := range tied {
		tied[side] = map[string]string{}
	}
	for _, link := range w.links(u.conn.ID) {
		if link.Phase != contactsync.Linked && link.Phase != contactsync.Intended {
			continue
		}
		for side, id := range link.IDs {
			if id == "" || record.Side(side) == record.CRM && w.settings.Match.Several == match.All {
				continue
			}
			if other, twice := tied[side][id]; twice {
				w.broken("doubles", "%s %s of %s is tied by two links, to %q and %q", record.Side(side), id, u.name, other, link.IDs[1-side])
			}
			tied[side][id] = link.IDs[1-side]
		}
	}
}

// checkStamps: one create leaves one record, unless people have worked on the others since.
func (w *world) checkStamps() {
	untouched := map[string][]string{}
	for p, stamp := range w.ledger.stamps {
		if p.lives(w) && w.ledger.untouched(p, p.in(w).Fields) {
			untouched[stamp] = append(untouched[stamp], p.id)
		}
	}
	for _, ids := range untouched {
		if len(ids) > 1 {
			w.broken("doubles", "one create left %s", strings.Join(slices.Sorted(slices.Values(ids)), " and "))
		}
	}
}

// checkOrigins: of what a person made once, each side has one, each folder too. What is no longer tied (a person moved it,
// or the settings dropped the tie) does not count, nor what a person copied.
func (w *world) checkOrigins() {
	for name, places := range w.ledger.of {
		if w.lost && (w.ledger.asked[name] || w.ledger.strange[name]) {
			continue // what a person does after being asked is the answer
		}
		var crm []string
		items := map[string][]string{}
		for _, p := range places {
			rec := p.in(w)
			switch {
			case !p.lives(w) || w.outsider(p) || w.another(p, name):
			case p.side == record.CRM:
				crm = append(crm, p.id)
			case rec.Folder == w.folderOf(p.user):
				items[p.user] = append(items[p.user], p.id)
			}
		}
		if len(crm) > 1 {
			w.broken("doubles", "of %s the CRM has %s", name, strings.Join(crm, " and "))
		}
		_, twice := w.ledger.first[name+"-again"] // a person has it twice in the CRM
		for user, ids := range items {
			several := w.settings.Match.Several == match.All && w.reached["edit resume restore"] // each item was made again
			if len(ids) > 1 && !twice && !several {
				w.broken("doubles", "of %s the folder of %s has %s", name, user, strings.Join(ids, " and "))
			}
		}
	}
}

// another reports whether a record is somebody else's now: an item whose source or CRM record is gone, or was for a while, that a
// person had twice in the CRM, or that had been left behind; or, since the State was lost, either side's where the other is as
// good.
func (w *world) another(p place, name string) bool {
	first := w.ledger.first[name]
	_, again := w.ledger.first[name+"-again"]
	again = again || w.ledger.returned[name] || w.ledger.adrift[p] || first.side == record.CRM && !first.lives(w) ||
		slices.ContainsFunc(w.ledger.of[name], func(made place) bool { return made.side == record.CRM && !made.lives(w) })
	for _, u := range w.users {
		if p.side == record.Outlook && p.user != u.name {
			continue
		}
		for _, l := range w.linksOf(u.conn.ID, p.side, p.id) {
			tied := crmPlace(l.IDs[record.CRM])
			if p.side == record.CRM {
				tied = itemPlace(u, l.IDs[record.Outlook])
			}
			of := w.ledger.origin[tied]
			switch {
			case l.Phase != contactsync.Linked || of == "":
			case of == name && p.side == record.Outlook && w.another(tied, name): // then it is that one's copy
				return true
			case of != name && (again && p.side == record.Outlook || w.ledger.exchanged(p, tied, name)):
				return true
			}
		}
	}
	return false
}

// drift notes which items of a user have been left behind since their record is not, or not any more, among those to be synced.
func (l *ledger) drift(u *user) {
	var ids []string
	for _, item := range u.box.Items(record.Contact, u.folder) {
		ids = append(ids, item.ID)
	}
	known, err := l.w.state.KnownOf(l.w.ctx, u.conn.ID, ids)
	if err != nil {
		panic(err)
	}
	for _, k := range known {
		item := itemPlace(u, k.ID)
		l.adrift[item] = l.adrift[item] || k.Orphan && slices.ContainsFunc(l.of[l.origin[item]], func(from place) bool {
			return from.side == record.CRM && from.lives(l.w) && !(l.w.visible(u, from.id) && l.w.eligible(u.name, from.in(l.w).Fields) == filter.Yes)
		})
	}
}

// outsider reports whether a record is out of the sync: an item that was left behind, or whose record is gone and the settings
// leave it at that; or a record that is hidden from a user.
func (w *world) outsider(p place) bool {
	if p.side == record.CRM {
		for _, u := range w.users {
			if !w.visible(u, p.id) {
				return true
			}
		}
		return false
	}
	u := w.user(p.user)
	known, err := w.state.KnownOf(w.ctx, u.conn.ID, []string{p.id})
	if err == nil && len(known) == 1 && known[0].Orphan {
		return true
	}
	for _, l := range w.linksOf(u.conn.ID, record.Outlook, p.id) {
		if _, lives := w.tenant.Record(l.IDs[record.CRM]); l.Phase == contactsync.Detached || !lives {
			return true
		}
	}
	return false
}

// visible reports whether a user may see a CRM record.
func (w *world) visible(u *user, id string) bool {
	found, err := w.crm.Get(w.ctx, w.scope(u), []contactsync.Ref{{ID: id}})
	return err == nil && len(found) == 1 && len(found[0].Records) == 1
}

func (w *world) scope(u *user) contactsync.Scope {
	return contactsync.Scope{Tenant: tenantID, Conn: u.conn.ID, User: u.name, Mailbox: u.mailbox, Folder: u.folder, Kind: record.Contact, Locale: locale}
}
