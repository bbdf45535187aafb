package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

const cardAloneWords = " It is in Outlook alone, and the settings do not let it be changed from here: correct it there."

// ofCard reports whether the problem is about a card that the CRM does not have, or did not have when it was opened.
func (p *Problem) ofCard() bool { return p.byCorrection() && p.Record[record.CRM] == "" }

// correctsCard reports whether what settles a problem of a card may be carried to it, and from it to the record that is to be made.
func (t *terms) correctsCard(p *Problem) bool {
	if !t.allow[record.Outlook].Update {
		return false
	}
	if t.unmapped(p) {
		return false
	}
	return slices.ContainsFunc(t.rules.Rules, func(rule mapping.Compiled) bool {
		if p.Code == CodeNoKey {
			return bothWays(&rule) && slices.ContainsFunc(rule.Fields[record.CRM], func(f record.Field) bool {
				return (f.Type == record.Email || f.Type == record.Phone) && !f.NoMatch
			})
		}
		return bothWays(&rule) && (p.Rule == "" || p.Rule == rule.ID)
	})
}

// unmapped reports whether the problem is about a field that the CRM asks for, and that no rule carries.
func (t *terms) unmapped(p *Problem) bool {
	_, known := t.schema[record.CRM].Field(p.Field)
	return known && p.Rule == ""
}

// cardWords says why a problem of a card cannot be settled from here.
func (t *terms) cardWords(p *Problem) string {
	if t.unmapped(p) {
		return " The contact is in Outlook alone, and nothing there is carried to that field."
	}
	return cardAloneWords
}

func bothWays(rule *mapping.Compiled) bool {
	return rule.Direction.Allows(record.CRM) && rule.Direction.Allows(record.Outlook)
}

// resolveCard settles a problem of a card that the CRM does not have. The record is made from the card, by a run and under its stamp: so
// the correction is carried to the card, as an edit of such a record would be.
func (v *resolving) resolveCard(ctx context.Context, version string) (Report, error) {
	if !v.terms.correctsCard(&v.problem) {
		return Report{}, &InvalidError{Field: "problem", Reason: "its record is in Outlook alone, where the settings do not let it be changed; correct it there"}
	}
	card, err := v.readCard(ctx, version)
	if err != nil {
		return Report{}, err
	}
	if err := v.mayCarry(); err != nil {
		return Report{}, err
	}
	if err := v.fitsOutlook(); err != nil {
		return Report{}, err
	}
	set := v.carriedBack()
	after := *card
	after.Fields = card.Fields.With(set)
	if set.Len() > 0 && v.movedOn(card) {
		return Report{}, fmt.Errorf("what the problem showed: %w", ErrStale)
	}
	if err := v.wouldBeMade(ctx, &after); err != nil {
		return Report{}, err
	}
	if set.Len() > 0 {
		if err := v.writeCard(ctx, card, set); err != nil {
			return Report{}, err
		}
	}
	if err := v.e.cfg.State.Post(ctx, Message{Conn: v.conn.ID, OutlookIDs: []string{card.ID}, Corrected: v.problem.ID}); err != nil {
		return Report{}, err
	}
	r, err := v.e.run(ctx, v.conn.ID, mode{crmIDs: []string{}, byPerson: true})
	return r.report, err
}

// readCard reads the card, and what the CRM would be told of it.
func (v *resolving) readCard(ctx context.Context, version string) (*record.Record, error) {
	h, err := v.readNow(ctx, record.Outlook, v.problem.Record[record.Outlook])
	if err != nil {
		return nil, err
	}
	if h.rec == nil {
		return nil, goneError(record.Outlook, h.gone)
	}
	card := h.rec
	if card.Fields, err = card.Fields.Under(v.terms.schema[record.Outlook]); err != nil {
		return nil, err
	}
	if version != "" && card.Version != version || v.terms.private(card.Fields) {
		return nil, fmt.Errorf("the contact in Outlook: %w", ErrStale)
	}
	v.has = true
	v.now[record.CRM] = v.terms.empty[record.CRM].With(v.judgeCreate(Link{}, record.CRM, card).out.Set[record.CRM])
	v.now[record.Outlook] = card.Fields
	return card, nil
}

// movedOn reports whether the card holds something else by now than the problem showed.
func (v *resolving) movedOn(card *record.Record) bool {
	if v.problem.Code == CodeNoKey {
		return len(candidateKeys(v.candidate(record.Outlook, card))) > 0
	}
	return !v.asShown(&v.problem)
}

// mayCarry refuses fields that no rule carries to the card and back.
func (v *resolving) mayCarry() error {
	for name := range v.set.All() {
		ids := v.rulesOf(v.set, name)
		carried := slices.ContainsFunc(v.terms.rules.Rules, func(rule mapping.Compiled) bool {
			return slices.Contains(ids, rule.ID) && rule.Direction.Allows(record.CRM)
		})
		if !carried {
			return &InvalidError{Field: name, Reason: "nothing in Outlook is carried to it, and the contact is in Outlook alone; set it once the CRM has the contact"}
		}
		if !slices.ContainsFunc(v.terms.rules.Rules, func(rule mapping.Compiled) bool { return slices.Contains(ids, rule.ID) && bothWays(&rule) }) {
			return &InvalidError{Field: name, Reason: "the settings do not let it be changed in Outlook, where the contact is; correct it there"}
		}
	}
	return nil
}

// carriedBack is what the correction says on the card. A person's word counts there whatever the settings say of cards that were there.
func (v *resolving) carriedBack() record.Fields {
	m := v.terms.merger
	rules := v.rulesOf(v.set, "")
	own := *m.Map
	own.Rules = slices.DeleteFunc(slices.Clone(own.Rules), func(rule mapping.Compiled) bool { return !slices.Contains(rules, rule.ID) })
	m.Map = &own
	m.Options.Allow, m.Options.ExistingAlways = onSide(record.Outlook), false
	was := v.withoutRespelled(own.Rules)
	p := conflict.Pair{Base: m.Look(nil, was), Fields: was}
	p.Fields[record.CRM] = was[record.CRM].With(v.set)
	return m.Merge(p).Set[record.Outlook]
}

// withoutRespelled is what the sides hold, without names of accounts that are corrected to another spelling: one that several accounts
// have says by its spelling which is meant, and goes to the card though it says the same.
func (v *resolving) withoutRespelled(rules []mapping.Compiled) [2]record.Fields {
	now := v.now
	for _, f := range v.terms.accounts {
		is, to := now[record.CRM].Text(f.Name), v.set.Text(f.Name)
		if is == to || record.CompanyKey(is) != record.CompanyKey(to) {
			continue
		}
		for i := range rules {
			if !touches(rules[i].Fields[record.CRM], map[string]bool{f.Name: true}) {
				continue
			}
			for side, fields := range rules[i].Fields {
				b := v.terms.schema[side].Build()
				for _, field := range fields {
					b.Set(field.Name)
				}
				now[side] = now[side].With(b.Fields())
			}
		}
	}
	return now
}

// wouldBeMade refuses a correction after which the CRM would still not have the contact, or have it otherwise than it was corrected to.
func (v *resolving) wouldBeMade(ctx context.Context, card *record.Record) error {
	switch {
	case !v.terms.allow[record.CRM].Create:
		return &InvalidError{Field: "problem", Reason: "the settings make no contacts in the CRM any more"}
	case v.terms.OutlookFilter.Eval(card.Fields, v.terms.env(v.conn, v.start)) != filter.Yes:
		return &InvalidError{Field: "set", Reason: "so corrected the contact is none of those that the settings take from Outlook"}
	}
	made := v.judgeCreate(Link{}, record.CRM, card).set[record.CRM]
	if made.Len() == 0 {
		return &InvalidError{Field: "set", Reason: "so corrected the contact holds nothing that the CRM would be told"}
	}
	holds := v.terms.empty[record.CRM].With(made)
	for name, want := range v.set.All() {
		field, _ := v.terms.schema[record.CRM].Field(name)
		if is, _ := holds.Get(name); !field.Equal(is, want, v.terms.rules.Locale) {
			return &InvalidError{Field: name, Reason: "the contact in Outlook cannot hold it as it is, and the record is made from that"}
		}
	}
	if v.keyless(v.candidate(record.Outlook, card)) {
		return &InvalidError{Field: "set", Reason: "the contact has neither an email address nor a valid phone number still"}
	}
	if err := v.lookUp(ctx, []record.Fields{made}); err != nil {
		return err
	}
	rest := made.Len()
	for _, f := range v.terms.accounts {
		name, sets := made.Get(f.Name)
		if !sets {
			continue
		}
		_, _, code := v.accountOf(f, name.Text())
		if code == CodeNoAccount && v.terms.Account.Missing == accountWithout {
			if rest--; rest > 0 { // else the contact would be empty
				continue
			}
		}
		if code != "" {
			return &InvalidError{Field: f.Name, Reason: noSuchAccount}
		}
	}
	return nil
}

// writeCard writes the correction to the card, on the version that was read.
func (v *resolving) writeCard(ctx context.Context, card *record.Record, set record.Fields) error {
	_, err := v.send(ctx, record.Outlook, Write{Op: Update, ID: card.ID, Version: card.Version, Set: set, Was: card, Changed: v.start})
	invalid := (*InvalidError)(nil)
	if !errors.As(err, &invalid) {
		return err
	}
	for i := range v.terms.rules.Rules { // Outlook names a field of its own
		rule := &v.terms.rules.Rules[i]
		at := slices.IndexFunc(rule.Fields[record.CRM], func(f record.Field) bool { return v.set.Known(f.Name) })
		if at >= 0 && touches(rule.Fields[record.Outlook], map[string]bool{invalid.Field: true}) {
			return &InvalidError{Field: rule.Fields[record.CRM][at].Name, Reason: "Outlook does not accept it: " + invalid.Reason}
		}
	}
	return err
}
