package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// asksForASide reports whether a problem is answered by choosing whose value counts.
func asksForASide(c contactsync.Code) bool {
	return c == contactsync.CodeConflict || c == contactsync.CodeCompletion
}

// checkRule: two linked values are equal, or something says why not.
func (w *world) checkRule(u *user, link contactsync.Link, rule string, crm, item record.Fields, about []contactsync.Problem) {
	asked := slices.ContainsFunc(link.Asked, func(s conflict.Seen) bool { return s.Rule == rule })
	open := slices.ContainsFunc(about, func(p contactsync.Problem) bool {
		return asksForASide(p.Code) && p.Rule == rule
	})
	if asked != open {
		w.broken("converges", "%s of %v waits for a person: %v; there is a problem about it: %v", rule, link.IDs, asked, open)
	}
	explained := slices.ContainsFunc(about, func(p contactsync.Problem) bool { return p.Rule == rule || p.Rule == "" })
	if same(rule, crm, item) || asked || explained {
		return
	}
	i := slices.IndexFunc(link.Seen, func(s conflict.Seen) bool { return s.Rule == rule })
	a, b := value(crm, fieldOf(record.CRM, rule)), value(item, fieldOf(record.Outlook, rule))
	if i < 0 {
		w.broken("converges", "%s of %v was never looked at: %q and %q", rule, link.IDs, a, b)
		return
	}
	if why := link.Seen[i].Diverged; why == conflict.OtherKind && !w.isFor(rule, crm) {
		return
	} else if !w.mayDiffer(rule, item, why) && !(why == conflict.Undone && (w.missing != nil || w.ledger.undos.leftApart(u, link, rule))) {
		w.broken("converges", "%s of %v differs: %q and %q; the link says %q", rule, link.IDs, a, b, why)
	}
}

// same compares what a rule speaks about by rules of its own: a list by its entries, the first of a list with one value.
func same(rule string, crm, item record.Fields) bool {
	name := fieldOf(record.Outlook, rule)
	field, _ := record.OutlookContact.Field(name)
	a, b := value(crm, fieldOf(record.CRM, rule)), value(item, name)
	switch rule {
	case "emails":
		return field.Equal(sorted(field, a), sorted(field, b), locale)
	case "work":
		b = b[:min(len(b), 1)]
	}
	return field.Equal(a, b, locale)
}

func sorted(f record.Field, v record.Value) record.Value {
	v = slices.Clone(f.Canonical(v, locale))
	slices.Sort(v)
	return v
}

// mayDiffer reports whether the settings allow that reason to differ. A way that was shut must be shut still: when it opens,
// both sides meet anew.
func (w *world) mayDiffer(rule string, item record.Fields, why conflict.Reason) bool {
	l := w.ledger
	toCRM := l.may(record.CRM, rule) && (w.settings.Private || item.Text("private") != "true")
	toOutlook := l.may(record.Outlook, rule)
	switch why {
	case conflict.DriftedInOutlook, conflict.NotToCRM:
		return !toCRM
	case conflict.DriftedInCRM, conflict.NotToOutlook:
		return !toOutlook
	case conflict.NotAllowed:
		return !toCRM && !toOutlook
	case conflict.EmptyKept:
		return !toCRM || !toOutlook
	case conflict.OnlyFillsEmpty:
		return w.ever(func(s contactsync.Settings) bool {
			return s.Match.Existing == "" || s.Match.Existing == conflict.FillEmpty
		})
	case conflict.LeftAlone:
		return w.ever(func(s contactsync.Settings) bool { return s.Match.Existing == conflict.Leave })
	case conflict.LostCut:
		return rule == "emails" || rule == "title" && w.settings.Overflow == "truncate"
	case conflict.LostFirstOnly, conflict.LostKeptOther:
		return rule == "emails" || rule == "work"
	case conflict.NotHeld:
		return w.rewrites || w.drops
	}
	return false
}

// ever reports whether settings were or are such: a first meeting is held under those of its time.
func (w *world) ever(such func(contactsync.Settings) bool) bool {
	return such(w.settings) || slices.ContainsFunc(w.past, such)
}

// checkUnlinked: what should have been copied was, or a problem says why not.
func (w *world) checkUnlinked(u *user, problems []contactsync.Problem) {
	named := [2]map[string]bool{{}, {}}
	for _, p := range problems {
		for side, id := range p.Record {
			named[side][id] = true
		}
	}
	for _, link := range w.links(u.conn.ID) {
		if w.rests(u, link) {
			for side, id := range link.IDs {
				named[side][id] = true
			}
		}
	}
	l := w.ledger
	if l.allow(record.Outlook).Create {
		for _, rec := range w.tenant.Records(record.Contact) {
			if !named[record.CRM][rec.ID] && !w.blank(record.CRM, rec) && w.visible(u, rec.ID) && w.eligible(u.name, rec.Fields) == filter.Yes {
				w.broken("converges", "%s never came to Outlook of %s, and nothing says why", rec.ID, u.name)
			}
		}
	}
	if !l.allow(record.CRM).Create {
		return
	}
	for _, rec := range u.box.Items(record.Contact, u.folder) {
		secret := rec.Fields.Text("private") == "true" && !w.settings.Private
		selected := w.settings.OutlookFilter.Eval(rec.Fields, filter.Env{User: u.name, Now: w.now, Locale: locale}) == filter.Yes
		if named[record.Outlook][rec.ID] || secret || !selected || w.outsider(itemPlace(u, rec.ID)) || w.ignored(u, rec) || w.blank(record.Outlook, rec) {
			continue
		}
		w.broken("converges", "%s of %s never came to the CRM, and nothing says why", rec.ID, u.name)
	}
}

// rests reports whether a link ties its records, or the reason why it does not is still true: what is back takes part again.
// Of a record whose tie was dropped an unchanged CRM side is reason enough, and so is any for one that may not be made.
func (w *world) rests(u *user, link contactsync.Link) bool {
	if link.Phase == contactsync.Linked || link.Phase == contactsync.Intended {
		return true
	}
	crm, lives := w.tenant.Record(link.IDs[record.CRM])
	item, hasItem := u.box.Item(link.IDs[record.Outlook])
	hasItem = hasItem && item.Folder == u.folder
	if !lives || !hasItem && !w.ledger.allow(record.Outlook).Create {
		return true
	}
	switch link.Cause {
	case contactsync.CauseCRMDeleted, contactsync.CauseCRMMissing, contactsync.CauseMerged:
		return !w.visible(u, crm.ID) || w.eligible(u.name, crm.Fields) != filter.Yes
	case contactsync.CauseHidden:
		return !w.visible(u, crm.ID) || w.eligible(u.name, crm.Fields) != filter.Yes
	case contactsync.CauseLeft:
		return w.eligible(u.name, crm.Fields) != filter.Yes || !w.visible(u, crm.ID)
	case contactsync.CauseMovedOut, contactsync.CauseOutlookDeleted, contactsync.CauseOutlookMissing:
		return !hasItem
	}
	return true
}

// checkMessages: what a problem says of others is true. Nobody is left alone for the sake of an item that is not there.
func (w *world) checkMessages(u *user, problems []contactsync.Problem) {
	if w.settings.Match.Several == match.AskSeveral || w.leaves() {
		return // the items wait for a person, or a link may stay though its item is gone
	}
	for _, p := range problems {
		if p.Code != contactsync.CodeSeveralMatches || p.Record[record.CRM] == "" {
			continue
		}
		inSync := slices.ContainsFunc(w.linksOf(u.conn.ID, record.CRM, p.Record[record.CRM]), func(l contactsync.Link) bool {
			item, lives := u.box.Item(l.IDs[record.Outlook])
			return lives && item.Folder == u.folder && item.ID != p.Record[record.Outlook]
		})
		asked := slices.ContainsFunc(problems, func(q contactsync.Problem) bool {
			return q.Code == contactsync.CodeEditVsDelete && q.Record[record.CRM] == p.Record[record.CRM]
		})
		crm, _ := w.tenant.Record(p.Record[record.CRM])
		stranger := !w.visible(u, crm.ID) || w.eligible(u.name, crm.Fields) != filter.Yes
		if !inSync && !asked && !stranger {
			w.broken("converges", "%s is left alone because another item of %s is tied to it, and none is", p.Record[record.Outlook], p.Record[record.CRM])
		}
	}
}

// blank reports whether a record says nothing that the other side could be told: such a card is not copied.
func (w *world) blank(side record.Side, rec record.Record) bool {
	for _, rule := range w.settings.Mapping {
		if !rule.Direction.Allows(side.Other()) || side == record.CRM && !w.isFor(rule.ID, rec.Fields) {
			continue
		}
		for _, name := range [2][]string{rule.CRM, rule.Outlook}[side] {
			if v, _ := rec.Fields.Get(name); !v.IsEmpty() {
				return false
			}
		}
	}
	return true
}

// ignored reports whether an item may be left out silently: it matches a record that the user may not sync, and the
// settings say to ignore that.
func (w *world) ignored(u *user, item record.Record) bool {
	if w.settings.Match.Ineligible != "ignore" && w.settings.Match.Ineligible != "link" {
		return false
	}
	keys := match.Keys(item.Fields, locale)
	for _, rec := range w.tenant.Records(record.Contact) {
		stranger := !w.visible(u, rec.ID) || w.eligible(u.name, rec.Fields) != filter.Yes
		if stranger && slices.ContainsFunc(match.Keys(rec.Fields, locale), func(k match.Key) bool { return slices.Contains(keys, k) }) {
			return true
		}
	}
	return false
}
