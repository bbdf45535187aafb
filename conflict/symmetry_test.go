package conflict_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// TestLawSymmetry changes the two sides over, with all settings, and expects the outcome changed over. Existing is the
// one setting that knows Outlook from the CRM; so the pair has met, and Existing holds for first meetings only. And the
// rules leave out the lenses that know one side from the other too: of addresses and of managed sets.
func TestLawSymmetry(t *testing.T) { // B1, C1
	rapid.Check(t, func(t *rapid.T) {
		rules := tuned(t, []mapping.Rule{copyRule("name"), memoRule, firstRule, custom("note", "note", careless{})})
		opt := drawOptions(t)
		opt.Existing, opt.ExistingAlways = conflict.FillEmpty, false
		p := symmetric(t, rules, crmSchema, outlookSchema, opt)
		q := symmetric(t, mirrorRules(rules), outlookSchema, crmSchema, mirrorOptions(opt))

		was := [2]values{drawValues(t, 0), drawValues(t, 1)}
		p.base, q.base = lastSeen(p.m, was[0], was[1]), q.m.Look(nil, turned(was))
		p.now = was
		p.edit(t)
		a := p.pair()
		b := conflict.Pair{Base: q.base, Fields: turned(p.now), Modified: [2]time.Time{p.at[1], p.at[0]}}
		if side := rapid.IntRange(0, 2).Draw(t, "not read"); side < 2 {
			a.Fields[side], b.Fields[1-side] = record.Fields{}, record.Fields{}
		}
		got, want := p.m.Merge(a), mirrorOutcome(q.m.Merge(b))
		if diff := cmp.Diff(want, rendered(got), cmpopts.IgnoreFields(conflict.Seen{}, "Def")); diff != "" {
			t.Fatalf("Merge(%v, %v) is not what it is with the sides changed over (-mirror +got):\n%s", p.now[0], p.now[1], diff)
		}
	})
}

// turned are the values of a pair with its sides changed over.
func turned(v [2]values) [2]record.Fields {
	return [2]record.Fields{v[1].under(outlookSchema), v[0].under(crmSchema)}
}

func symmetric(t *rapid.T, rules []mapping.Rule, crm, outlook *record.Schema, opt conflict.Options) *pairing {
	m, err := mapping.Compile(rules, crm, outlook, locale)
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	return &pairing{m: &conflict.Merger{Map: m, Hash: hash, Options: opt}}
}

var otherWinner = map[mapping.Winner]mapping.Winner{mapping.CRMWins: mapping.OutlookWins, mapping.OutlookWins: mapping.CRMWins}

func mirrorWinner(w mapping.Winner) mapping.Winner {
	if other, ok := otherWinner[w]; ok {
		return other
	}
	return w
}

func mirrorRules(rules []mapping.Rule) []mapping.Rule {
	var out []mapping.Rule
	for _, r := range rules {
		r.CRM, r.Outlook = r.Outlook, r.CRM
		if r.Custom != nil {
			r.Custom = mirrored{r.Custom}
		}
		switch r.Direction {
		case mapping.ToCRM:
			r.Direction = mapping.ToOutlook
		case mapping.ToOutlook:
			r.Direction = mapping.ToCRM
		}
		r.Conflict = mirrorWinner(r.Conflict)
		out = append(out, r)
	}
	return out
}

func mirrorOptions(o conflict.Options) conflict.Options {
	o.Allow[0], o.Allow[1] = o.Allow[1], o.Allow[0]
	o.Winner = mirrorWinner(o.Winner)
	return o
}

// outcomeLines is an outcome without what names a schema.
type outcomeLines struct {
	Rules []conflict.RuleOutcome
	Set   [2]map[string]string
	Seen  []conflict.Seen
	Asked []conflict.Seen
	Needs [2]bool
}

func rendered(o conflict.Outcome) outcomeLines {
	out := outcomeLines{Rules: o.Rules, Seen: o.Seen, Asked: o.Asked, Needs: o.NeedsRead}
	for side, set := range o.Set {
		out.Set[side] = map[string]string{}
		for name, v := range set.All() {
			out.Set[side][name] = join(v)
		}
	}
	return out
}

var otherReason = map[conflict.Reason]conflict.Reason{
	conflict.CRMWon: conflict.OutlookWon, conflict.OutlookWon: conflict.CRMWon,
	conflict.CRMNewer: conflict.OutlookNewer, conflict.OutlookNewer: conflict.CRMNewer,
	conflict.DriftedInCRM: conflict.DriftedInOutlook, conflict.DriftedInOutlook: conflict.DriftedInCRM,
	conflict.NotToCRM: conflict.NotToOutlook, conflict.NotToOutlook: conflict.NotToCRM,
}

func mirrorOutcome(o conflict.Outcome) outcomeLines {
	out := rendered(o)
	out.Rules = append([]conflict.RuleOutcome(nil), out.Rules...)
	for i := range out.Rules {
		r := &out.Rules[i]
		r.Writes[0], r.Writes[1] = r.Writes[1], r.Writes[0]
		if other, ok := otherReason[r.Reason]; ok {
			r.Reason = other
		}
	}
	out.Set[0], out.Set[1] = out.Set[1], out.Set[0]
	out.Needs[0], out.Needs[1] = out.Needs[1], out.Needs[0]
	out.Seen, out.Asked = mirrorSeen(out.Seen), mirrorSeen(out.Asked)
	return out
}

func mirrorSeen(list []conflict.Seen) []conflict.Seen {
	var out []conflict.Seen
	for _, s := range list {
		s.Raw[0], s.Raw[1] = s.Raw[1], s.Raw[0]
		s.Typed[0], s.Typed[1] = s.Typed[1], s.Typed[0]
		if other, ok := otherReason[s.Diverged]; ok {
			s.Diverged = other
		}
		out = append(out, s)
	}
	return out
}

// mirrored is a lens with its sides changed over.
type mirrored struct{ mapping.Lens }

func (m mirrored) View(side record.Side, v []record.Value) []record.Value {
	return m.Lens.View(side.Other(), v)
}

func (m mirrored) ToOutlook(crm, outlook []record.Value) []record.Value {
	return m.Lens.ToCRM(crm, outlook)
}

func (m mirrored) ToCRM(outlook, crm []record.Value) []record.Value {
	return m.Lens.ToOutlook(outlook, crm)
}

func (m mirrored) Loss(from record.Side, source, target []record.Value) mapping.Loss {
	if l, ok := m.Lens.(mapping.Lossy); ok {
		return l.Loss(from.Other(), source, target)
	}
	return mapping.None
}
