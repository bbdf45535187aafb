package contactsync

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// judgeOwn reads the items of links that the sync made, and says which may be taken back.
func (r *run) judgeOwn(ctx context.Context, links []Link) error {
	if len(links) == 0 {
		return nil
	}
	refs, crmIDs, items := make([]Ref, len(links)), []string(nil), []string(nil)
	for i, l := range links {
		refs[i] = r.copyOf(l)
		if id := l.IDs[record.CRM]; id != "" {
			crmIDs = append(crmIDs, id)
		}
	}
	found, err := r.get(ctx, record.Outlook, refs)
	if err != nil {
		return err
	}
	if err := r.fetch(ctx, record.CRM, crmIDs); err != nil {
		return err
	}
	for _, f := range found {
		for _, rec := range f.Records {
			items = append(items, rec.ID)
		}
	}
	tied := map[string]bool{}
	for _, conn := range r.mode.disconnect.beside {
		others, err := r.e.cfg.State.LinksOf(ctx, conn, record.Outlook, items)
		if err != nil {
			return err
		}
		for _, l := range others {
			tied[l.IDs[record.Outlook]] = tied[l.IDs[record.Outlook]] || l.Phase == Linked || l.Phase == Intended
		}
	}
	for i, f := range found {
		r.judgeOwnItem(links[i], f, tied)
	}
	return nil
}

func (r *run) judgeOwnItem(l Link, f Found, tied map[string]bool) {
	d := r.mode.disconnect
	if len(f.Records) == 0 {
		mayComeYet := f.Ref.Stamp != "" && r.start.Sub(l.Since) < r.untilRepeat()
		switch {
		case f.Removed == Moved:
			d.report.Made++
			r.keepOwn(cmp.Or(l.IDs[record.Outlook], f.ID), KeptMoved, nil)
		case f.Removed == Deleted, f.Ref.Stamp != "" && f.Removed == Unknown && !mayComeYet: // it is gone, or was never made
		default:
			d.report.Made++
			r.keepOwn(l.IDs[record.Outlook], KeptUnknown, nil)
		}
		return
	}
	for i := range f.Records { // of one that is not confirmed there may be a copy
		rec := &f.Records[i]
		d.report.Made++
		switch {
		case tied[rec.ID]:
			r.keepOwn(rec.ID, KeptTied, nil)
		case len(l.Asked) > 0 && l.Phase == Linked:
			r.keepOwn(rec.ID, KeptAsked, nil)
		case r.live[record.CRM][l.IDs[record.CRM]].gone == Unknown:
			r.keepOwn(rec.ID, KeptUnknown, nil)
		case r.live[record.CRM][l.IDs[record.CRM]].gone == Deleted:
			r.keepOwn(rec.ID, KeptLast, nil)
		case !r.onlyOurs(l, rec):
			r.keepOwn(rec.ID, KeptTouched, nil)
		default:
			d.doomed = append(d.doomed, ownItem{l, rec})
		}
	}
}

// onlyOurs reports whether an item that the sync made holds nothing that would be lost with it: what rules carried there is as it
// was last seen, and the CRM says the same or had it written so; what no rule speaks of is blank.
func (r *run) onlyOurs(l Link, rec *record.Record) bool {
	crm := r.live[record.CRM][l.IDs[record.CRM]].fields()
	seen := l.Seen
	if pending := l.Pending[record.Outlook]; len(pending) > 0 {
		seen, _ = r.terms.merger.Confirm(seen, pending, record.Outlook, rec.Fields)
	}
	if len(r.terms.merger.Changed(seen, record.Outlook, rec.Fields)) > 0 {
		return false
	}
	mapped := map[string]bool{}
	spoken := 0 // entries that rules speak of
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		values, known := rule.Values(record.Outlook, rec.Fields)
		if !known {
			return false
		}
		if sl := r.terms.slot(rule.ID); sl != nil && (sl.to == record.CRM || sl.removes()) { // it has put nothing here
			continue
		}
		if notFor(seen, rule.ID) { // nor has it; what stands there is nobody's
			continue
		}
		view := rule.View(record.Outlook, values)
		if len(rule.Outlook) > 0 {
			spoken += entriesIn(view)
		}
		for _, name := range rule.Outlook {
			mapped[name] = true
		}
		if entriesIn(view) > 0 && !saidByCRM(rule, seen, values, crm) {
			return false
		}
	}
	held := 0
	for name, v := range rec.Fields.All() {
		f, _ := rec.Fields.Schema().Field(name)
		switch {
		case mapped[name]:
			held += entriesIn([]record.Value{v})
		case slices.Contains(composedFields, name):
			if !composed(v, rec.Fields) {
				return false
			}
		case f.Type == record.Bool && v.Text() == "false":
		case entriesIn([]record.Value{v}) > 0:
			return false
		}
	}
	return held <= spoken
}

// saidByCRM reports whether the CRM has what a rule of an item holds: both said the same when they were last seen, or the item holds
// what is carried there from the CRM's record, and nothing of it would be cut on the way back.
func saidByCRM(rule *mapping.Compiled, seen []conflict.Seen, values []record.Value, crm record.Fields) bool {
	at := slices.IndexFunc(seen, func(s conflict.Seen) bool { return s.Rule == rule.ID })
	if at < 0 {
		return false
	}
	if seen[at].Diverged == conflict.Agreed {
		return true
	}
	source, known := rule.Values(record.CRM, crm)
	if !known || !rule.Equal(record.Outlook, rule.Carry(record.Outlook, source, values), values) {
		return false
	}
	return rule.Loss(record.CRM, values, source) == mapping.None
}

// entriesIn counts what is not blank.
func entriesIn(values []record.Value) (n int) {
	for _, v := range values {
		for _, entry := range v {
			if strings.TrimSpace(entry) != "" {
				n++
			}
		}
	}
	return n
}

// composed reports whether a value that a mailbox puts together from others says nothing that they do not say: every word of it
// is in another field.
func composed(v record.Value, f record.Fields) bool {
	words := func(text string) []string {
		return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	have := map[string]bool{}
	for name, other := range f.All() {
		if !slices.Contains(composedFields, name) {
			for _, entry := range other {
				for _, w := range words(entry) {
					have[w] = true
				}
			}
		}
	}
	return !slices.ContainsFunc(words(v.Text()), func(w string) bool { return !have[w] })
}
