package sim

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// A place is a record on a side: for Outlook, in the mailbox of a user.
type place struct {
	side record.Side
	user string // empty for the CRM
	id   string
}

func crmPlace(id string) place            { return place{side: record.CRM, id: id} }
func itemPlace(u *user, id string) place  { return place{side: record.Outlook, user: u.name, id: id} }
func (p place) in(w *world) record.Record { r, _ := w.record(p.side, p.user, p.id); return r }
func (p place) lives(w *world) bool       { _, ok := w.record(p.side, p.user, p.id); return ok }

// acts lets a person do something to a record and tells the ledger what became of its values.
func (w *world) acts(p place, do func() error) bool {
	before := p.in(w)
	if err := do(); err != nil {
		w.did(err)
		return false
	}
	w.ledger.person(p, before.Fields, p.in(w).Fields)
	return true
}

func (w *world) makeRecord(id string, words []string) {
	if _, there := w.tenant.Record(id); there || id == "" || strings.HasPrefix(id, "u") {
		return
	}
	w.ledger.begins(crmPlace(id), id)
	w.acts(crmPlace(id), func() error {
		_, err := w.tenant.Put(id, fields(record.CRM, words))
		return err
	})
	w.edited(crmPlace(id), "new"+blankly(words))
}

func blankly(words []string) string {
	for _, word := range words {
		if name, v, _ := strings.Cut(word, "="); v != "" && fieldsByRule[record.CRM][name] != "" {
			return ""
		}
	}
	return " blank"
}

// makeItem makes "u1.o1" in the folder of u1.
func (w *world) makeItem(name string, words []string) {
	owner, _, _ := strings.Cut(name, ".")
	u := w.user(owner)
	if u == nil || w.ledger.first[name] != (place{}) {
		return
	}
	rec, err := u.box.Add(u.folder, fields(record.Outlook, words))
	if err != nil {
		w.did(err)
		return
	}
	w.newItem(itemPlace(u, rec.ID), name, rec)
	w.edited(itemPlace(u, rec.ID), "new"+blankly(words))
}

// newItem notes an item that a person made.
func (w *world) newItem(p place, name string, rec record.Record) {
	w.ledger.begins(p, name)
	w.ledger.person(p, record.Fields{}, rec.Fields)
}

// crmID finds the CRM record of what began as name.
func (w *world) crmID(name string) string {
	if rec, ok := w.tenant.Record(name); ok {
		return rec.ID
	}
	for _, p := range w.ledger.of[name] {
		if p.side == record.CRM && p.lives(w) {
			return p.id
		}
	}
	if first := w.ledger.first[name]; first.side == record.Outlook && first.id != "" {
		for _, l := range w.linksOf(w.user(first.user).conn.ID, record.Outlook, first.id) {
			if _, ok := w.tenant.Record(l.IDs[record.CRM]); ok {
				return l.IDs[record.CRM]
			}
		}
	}
	return ""
}

// itemOf finds the item that a user has of what began as name.
func (w *world) itemOf(owner, name string) (*user, string) {
	u := w.user(owner)
	if u == nil {
		return nil, ""
	}
	for _, p := range w.ledger.of[name] {
		if p.side == record.Outlook && p.user == owner && p.lives(w) {
			return u, p.id
		}
	}
	for _, l := range w.linksOf(u.conn.ID, record.CRM, w.crmID(name)) {
		if _, ok := u.box.Item(l.IDs[record.Outlook]); ok {
			return u, l.IDs[record.Outlook]
		}
	}
	return u, ""
}

// find resolves the two words "crm c1" or "u1 c1".
func (w *world) find(where, name string) (place, bool) {
	if where == "crm" {
		id := w.crmID(name)
		return crmPlace(id), id != ""
	}
	u, id := w.itemOf(where, name)
	if id == "" {
		return place{}, false
	}
	return itemPlace(u, id), true
}

func (w *world) edit(where, name string, set func(record.Side, record.Fields) record.Fields) {
	p, ok := w.find(where, name)
	if !ok {
		return
	}
	fields := set(p.side, p.in(w).Fields)
	w.write(p, fields)
	for name, v := range fields.All() {
		switch {
		case ruleOf(p.side, name) == "":
			w.edited(p, "set "+name)
		case v.IsEmpty():
			w.edited(p, "clear")
		default:
			w.edited(p, "set")
		}
	}
}

// write is a person changing values.
func (w *world) write(p place, set record.Fields) {
	for name := range set.All() {
		if p.side == record.CRM && slices.Contains(matched, ruleOf(p.side, name)) {
			w.frees(p.id)
		}
	}
	w.acts(p, func() error {
		if p.side == record.CRM {
			return w.tenant.Edit(p.id, set)
		}
		return w.user(p.user).box.Edit(p.id, set)
	})
}

func (w *world) remove(where, name string) {
	p, ok := w.find(where, name)
	if !ok {
		return
	}
	w.removePlace(p)
}

func (w *world) removePlace(p place) {
	rec := p.in(w)
	w.slips(p, rec)
	if w.bury(p.side, p.user, rec); p.side == record.CRM {
		w.frees(p.id)
	}
	w.ledger.discards(p)
	w.edited(p, "delete")
	w.acts(p, func() error {
		if p.side == record.CRM {
			return w.tenant.Delete(p.id)
		}
		return w.user(p.user).box.Delete(p.id)
	})
}

// frees notes that a CRM record that is hidden from somebody is about to be deleted, or to say something else to matching: an item that
// was kept from another record for its sake is found by a complete run only.
func (w *world) frees(id string) {
	for _, u := range w.users {
		w.unseen = w.unseen || !w.visible(u, id)
	}
}

// matchesAnew does the same for a write of the sync.
func (w *world) matchesAnew(write contactsync.Write) {
	says := write.Op == contactsync.Delete
	for name := range write.Set.All() {
		says = says || write.Op == contactsync.Update && slices.Contains(matched, ruleOf(record.CRM, name))
	}
	if says {
		w.frees(write.ID)
	}
}

// slips notes that a record is about to leave the folder in a way that changes do not tell of: from another folder, or, of
// Graph, before any round named it.
func (w *world) slips(p place, rec record.Record) {
	_, made := w.ledger.asMade[p]
	if p.side == record.Outlook && (rec.Folder != w.folderOf(p.user) || made && w.graph) {
		w.unseen = true
	}
}

// hand makes a user the owner of a record, who alone may see it then; "all" lets all see it.
func (w *world) hand(name, to string) {
	id := w.crmID(name)
	if id == "" {
		return
	}
	if to == "all" {
		w.did(w.tenant.Share(id))
	} else if w.user(to) != nil {
		w.did(w.tenant.Share(id, to))
		w.write(crmPlace(id), fields(record.CRM, []string{"owner=" + to}))
	}
	w.edited(crmPlace(id), "owner")
}

// loseState loses all that the engine remembers. Everybody connects anew.
func (w *world) loseState() {
	w.forgetAll(w.newState())
	w.reach("edit lose state")
}

// forgetAll puts another State in the place of the one that is, and everybody connects.
func (w *world) forgetAll(state contactsync.State) {
	w.ledger.leftBehind()
	w.endState()
	w.state, w.lost = state, true
	w.lag.forget()
	w.ledger.settingsChanged()
	clear(w.saved)
	clear(w.leased)
	clear(w.torn)
	clear(w.paused)
	clear(w.plans)
	clear(w.ledger.guards.conns)
	w.ledger.answers = newAnswerBook(w)
	w.ledger.undos = newUndoBook(w)
	clear(w.undid)
	if err := w.start(); err != nil {
		w.broken("sound", "an engine does not start: %v", err)
		return
	}
	for _, u := range w.users {
		u.ended = false
		if err := w.connect(u); err != nil {
			w.broken("sound", "%s cannot connect anew: %v", u.name, err)
		}
	}
}

func (w *world) merge(loser, survivor string) {
	from, into := w.crmID(loser), w.crmID(survivor)
	if from == "" || into == "" || from == into {
		return
	}
	before, _ := w.tenant.Record(from)
	after, _ := w.tenant.Record(into)
	if w.acts(crmPlace(from), func() error { return w.tenant.Merge(from, into) }) {
		w.ledger.merged(from, into, before.Fields, after.Fields)
		w.edited(crmPlace(from), "merge")
		w.ledger.acted[crmPlace(into)] = w.ledger.tick
	}
}

func (w *world) visibility(verb, name, user string) {
	id := w.crmID(name)
	if id == "" || w.user(user) == nil {
		return
	}
	if verb == "hide" {
		w.did(w.tenant.Hide(id, user))
	} else {
		w.did(w.tenant.Unhide(id, user))
	}
	w.edited(crmPlace(id), verb)
}

// move moves an item out of the folder, or back into it, out of Deleted Items too.
func (w *world) move(out bool, owner, name string) {
	u := w.user(owner)
	if u == nil {
		return
	}
	if out {
		if _, id := w.itemOf(owner, name); id != "" {
			w.slips(itemPlace(u, id), itemPlace(u, id).in(w))
			w.did(u.box.Move(id, u.elsewhere))
			w.edited(itemPlace(u, id), "move")
		}
		return
	}
	for _, p := range w.ledger.of[name] {
		if p.side == record.Outlook && p.user == owner {
			verb := "back"
			if !p.lives(w) {
				verb = "undelete"
			}
			w.did(u.box.Move(p.id, u.folder))
			w.edited(p, verb)
			w.ledger.apart(p)
			return
		}
	}
}

func (w *world) copyItem(owner, name, as string) {
	u, id := w.itemOf(owner, name)
	as = owner + "." + as
	if id == "" || w.ledger.first[as] != (place{}) {
		return
	}
	rec, err := u.box.Copy(id, u.folder)
	if err != nil {
		w.did(err)
		return
	}
	w.newItem(itemPlace(u, rec.ID), as, rec)
	w.edited(itemPlace(u, rec.ID), "copy")
}

// sneak lets a person change or delete a record in the middle of a run.
func (w *world) sneak(of record.Side, sc contactsync.Scope, id, what string) {
	p := place{side: of, id: id}
	if of == record.Outlook {
		p.user = sc.User
	}
	if !p.lives(w) {
		return
	}
	w.logf("    meanwhile a person changes %s %s: %s", of, id, what)
	if what == "" {
		w.removePlace(p)
		return
	}
	w.write(p, fields(of, []string{what}))
	w.ledger.sneaked(p)
}
