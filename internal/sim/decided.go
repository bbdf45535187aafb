package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// decision is a person's answer to a conflict, with the values of the rule that were shown.
type decision struct {
	rule  string
	take  record.Side
	shown [2]record.Value
}

// decided notes a person's answer to a conflict: the other side's value may go.
func (l *ledger) decided(u *user, p contactsync.Problem, take record.Side) {
	loser := take.Other()
	places := [2]place{crmPlace(p.Record[record.CRM]), itemPlace(u, p.Record[record.Outlook])}
	for t, field := range tokens(places[loser].in(l.w).Fields) {
		if l.w.ruleOf(loser, field) == p.Rule || l.w.settings.Merge == "record" {
			l.released[t] = true
		}
	}
	d := decision{rule: p.Rule, take: take}
	for side, at := range places {
		holds := at.in(l.w).Fields
		if !at.lives(l.w) {
			holds = l.w.buried[at].fields // what was shown of it; a copy may still say it
		}
		d.shown[side] = value(holds, fieldOf(record.Side(side), p.Rule))
	}
	l.against[p.Conn] = append(l.against[p.Conn], d)
	for _, s := range l.w.slots() {
		if s.to == take && (s.id == p.Rule || l.w.settings.Merge == "record") {
			delete(l.put, puts{p.Conn, p.Record, s.id}) // what a person made of the action's work stays
		}
	}
}

// decidedAgainst reports whether a person decided that a value is to go, and no run has come to that: both sides say what was shown, though
// one of them may have been typed in again since. An answer is about values, and holds for as long as they are those that were shown.
func (l *ledger) decidedAgainst(rule string, x writing, link contactsync.Link) bool {
	return slices.ContainsFunc(l.against[x.scope.Conn], func(d decision) bool {
		says := func(side record.Side, f record.Fields) bool {
			return slices.Equal(value(f, fieldOf(side, rule)), d.shown[side])
		}
		return d.rule == rule && d.take != x.side && says(x.side, x.before.Fields) && says(d.take, x.counterpart(link).in(l.w).Fields)
	})
}

// corrected notes a person's correction in the CRM of what could not be carried, or was asked about: what stands in Outlook of the same
// rules may go.
func (l *ledger) corrected(c *correction) {
	at := itemPlace(c.u, c.problem.Record[record.Outlook])
	for t, field := range tokens(at.in(l.w).Fields) {
		whole := asksForASide(c.problem.Code) && l.w.settings.Merge == "record" // as of a decision
		if rule := ruleOf(record.Outlook, field); rule != "" && (whole || c.set.Known(fieldOf(record.CRM, rule))) {
			l.released[t] = true
		}
	}
}
