package conflict_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// lawRules are the rules that random maps are drawn from.
func lawRules(t *rapid.T) []mapping.Rule {
	return tuned(t, []mapping.Rule{copyRule("name"), copyRule("email"), memoRule, firstRule, staffRule, clubRule,
		custom("note", "note", careless{})})
}

// tuned gives rules random directions and conflict settings, and leaves some out.
func tuned(t *rapid.T, rules []mapping.Rule) []mapping.Rule {
	var out []mapping.Rule
	for _, r := range rules {
		if rapid.IntRange(0, 3).Draw(t, "keep "+r.ID) == 0 {
			continue
		}
		r.Direction = rapid.SampledFrom([]mapping.Direction{mapping.Both, mapping.Both, mapping.ToCRM, mapping.ToOutlook}).Draw(t, "direction "+r.ID)
		r.Conflict = drawWinner(t, "conflict "+r.ID)
		out = append(out, r)
	}
	if out == nil {
		out = []mapping.Rule{copyRule("name")}
	}
	return out
}

func drawWinner(t *rapid.T, label string) mapping.Winner {
	return rapid.SampledFrom([]mapping.Winner{mapping.Inherit, mapping.Inherit, mapping.CRMWins, mapping.OutlookWins,
		mapping.Newest, mapping.Ask}).Draw(t, label)
}

func drawOptions(t *rapid.T) conflict.Options {
	return conflict.Options{
		Allow:          [2]bool{rapid.IntRange(0, 3).Draw(t, "to crm") > 0, rapid.IntRange(0, 3).Draw(t, "to outlook") > 0},
		Winner:         drawWinner(t, "winner"),
		WholeRecord:    rapid.IntRange(0, 3).Draw(t, "whole record") == 0,
		Existing:       rapid.SampledFrom([]conflict.Existing{"", conflict.FillEmpty, conflict.Override, conflict.Leave}).Draw(t, "existing"),
		ExistingAlways: rapid.IntRange(0, 3).Draw(t, "always") == 0,
		Drift:          rapid.SampledFrom([]conflict.Drift{"", conflict.DriftLeave, conflict.DriftRestore}).Draw(t, "drift"),
		Skew:           time.Minute,
	}
}

// contents are the values a field may take; some of them say the same in other words.
var contents = map[string][]string{
	"name":   {"", "Ada", "Ada King", "Ada  King", " Ada"},
	"email":  {"", "a@example.com", "A@Example.com", "b@example.com", "Ada <b@example.com>"},
	"note":   {"", "abc", "abcdef", "abcxyz", "xyz"},
	"memo":   {"", "abc", "abcdef", "abcxyz", "xyz"},
	"groups": {"", "staff", "golf", "mine|golf", "mine|staff|golf", "STAFF|mine"},
	"tag":    {"", "a", "b"},
	"tags":   {"", "a", "a|b", "b|c"},
}

// fieldsOf are the fields of a side that people edit.
var fieldsOf = [2][]string{
	{"name", "email", "note", "memo", "groups", "tag"},
	{"name", "email", "note", "memo", "groups", "tags"},
}

func drawContent(t *rapid.T, side int, field string) string {
	text := rapid.SampledFrom(contents[field]).Draw(t, field)
	if side == int(record.Outlook) && field == "memo" {
		return short(text)
	}
	return text
}

func drawValues(t *rapid.T, side int) values {
	v := values{}
	for _, f := range fieldsOf[side] {
		v[f] = drawContent(t, side, f)
	}
	return v
}

// pairing is one pair as it lives through several merges.
type pairing struct {
	m     *conflict.Merger
	now   [2]values
	base  []conflict.Seen
	asked []conflict.Seen
	at    [2]time.Time
}

// drawPairing is a pair that has met, under random settings.
func drawPairing(t *rapid.T) *pairing {
	m, err := mapping.Compile(lawRules(t), crmSchema, outlookSchema, locale)
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	p := &pairing{m: &conflict.Merger{Map: m, Hash: hash, Options: drawOptions(t)}, at: [2]time.Time{noon, noon}}
	p.now = [2]values{drawValues(t, 0), drawValues(t, 1)}
	if rapid.Bool().Draw(t, "met before") {
		o := p.m.Merge(p.pair())
		p.apply(o)
	}
	return p
}

func (p *pairing) pair() conflict.Pair {
	return conflict.Pair{Base: p.base, Asked: p.asked, Fields: both(p.now[0], p.now[1]), Modified: p.at}
}

// edit lets people change fields on either side.
func (p *pairing) edit(t *rapid.T) {
	for side := range p.now {
		edited := values{}
		for _, f := range fieldsOf[side] {
			edited[f] = p.now[side][f]
			if rapid.IntRange(0, 2).Draw(t, "edits "+f) == 0 {
				edited[f] = drawContent(t, side, f)
			}
		}
		p.now[side] = edited
		p.at[side] = noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "hour")) * time.Hour)
	}
}

// apply writes an outcome to the sides, which keep what fits, and remembers it.
func (p *pairing) apply(o conflict.Outcome) {
	var stored [2]record.Fields
	for side, set := range o.Set {
		fitted, _ := mapping.Fit(set)
		after := values{}
		for f, v := range p.now[side] {
			after[f] = v
		}
		for name, v := range fitted.All() {
			after[name] = join(v)
		}
		p.now[side] = after
		stored[side] = after.fields(record.Side(side))
	}
	p.base, p.asked = p.m.Kept(&o, stored), o.Asked
}

func join(v record.Value) string {
	s := ""
	for i, e := range v {
		if i > 0 {
			s += "|"
		}
		s += e
	}
	return s
}

func writesNothing(o conflict.Outcome) bool {
	return o.Set == [2]record.Fields{} && o.NeedsRead == [2]bool{} &&
		!slices.ContainsFunc(o.Rules, func(r conflict.RuleOutcome) bool { return r.Writes[0] || r.Writes[1] })
}

func TestLawTwiceIsOnce(t *testing.T) { // B1, B6; complaint 3
	rapid.Check(t, func(t *rapid.T) {
		p := drawPairing(t)
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			p.edit(t)
			first := p.m.Merge(p.pair())
			p.apply(first)
			second := p.m.Merge(p.pair())
			if !writesNothing(second) {
				t.Fatalf("a second merge writes:\nfirst  %v\nsecond %v", show(first), show(second))
			}
			if diff := cmp.Diff([][]conflict.Seen{p.base, p.asked}, [][]conflict.Seen{second.Seen, second.Asked}); diff != "" {
				t.Fatalf("a second merge remembers something else (-first +second):\n%s", diff)
			}
		}
	})
}

// A rule that differs because a way was shut meets anew when it opens: it agrees, is asked about, or differs for another reason.
func TestLawOpenedWaysAreMet(t *testing.T) { // B17
	open := map[conflict.Reason][2]bool{
		conflict.DriftedInOutlook: {record.CRM: true}, conflict.NotToCRM: {record.CRM: true},
		conflict.DriftedInCRM: {record.Outlook: true}, conflict.NotToOutlook: {record.Outlook: true},
		conflict.NotAllowed: {true, true},
	}
	rapid.Check(t, func(t *rapid.T) {
		p := drawPairing(t)
		for range rapid.IntRange(1, 2).Draw(t, "rounds") {
			p.edit(t)
			p.apply(p.m.Merge(p.pair()))
		}
		p.m.Options.Allow = [2]bool{true, true}
		for _, s := range p.m.Merge(p.pair()).Seen {
			asked := slices.ContainsFunc(p.m.Merge(p.pair()).Asked, func(a conflict.Seen) bool { return a.Rule == s.Rule })
			for i := range p.m.Map.Rules {
				r := &p.m.Map.Rules[i]
				for side, was := range open[s.Diverged] {
					if r.ID == s.Rule && was && r.Direction.Allows(record.Side(side)) && !asked {
						t.Fatalf("%s still is %s, though the way is open", s.Rule, s.Diverged)
					}
				}
			}
		}
	})
}

func TestLawOneWayNeverWritesTheWrongWay(t *testing.T) { // B2, F1
	rapid.Check(t, func(t *rapid.T) {
		p := drawPairing(t)
		p.edit(t)
		o := p.m.Merge(p.pair())
		for _, r := range o.Rules {
			rule := p.rule(r.Rule)
			for side, writes := range r.Writes {
				if s := record.Side(side); writes && !(rule.Direction.Allows(s) && p.m.Options.Allow[s]) {
					t.Fatalf("%s writes to %s, which it may not", r.Rule, s)
				}
			}
		}
		for side, set := range o.Set {
			if set.Len() > 0 && !p.m.Options.Allow[side] {
				t.Fatalf("%s is written, which it may not be: %v", record.Side(side), show(o))
			}
		}
	})
}

func (p *pairing) rule(id string) *mapping.Compiled {
	for i := range p.m.Map.Rules {
		if p.m.Map.Rules[i].ID == id {
			return &p.m.Map.Rules[i]
		}
	}
	return nil
}

// overrules are the reasons that may put a value in the place of one a person entered.
var overrules = []conflict.Reason{conflict.Overrode, conflict.CRMWon, conflict.OutlookWon, conflict.CRMNewer, conflict.OutlookNewer,
	conflict.RecordWon, conflict.Decided, conflict.Restored}

func TestLawNoLoss(t *testing.T) { // complaints 3, 6, 12
	rapid.Check(t, func(t *rapid.T) {
		p := drawPairing(t)
		p.edit(t)
		before := p.pair()
		var changed [2][]string
		for side := range changed {
			changed[side] = p.m.Changed(before.Base, record.Side(side), before.Fields[side])
		}
		o := p.m.Merge(before)
		for _, r := range o.Rules {
			rule := p.rule(r.Rule)
			for s, writes := range r.Writes {
				side := record.Side(s)
				v, _ := rule.Values(side, before.Fields[s])
				held := !empty(rule.View(side, v))
				switch {
				case !writes:
				case slices.Contains(changed[s], r.Rule) && !slices.Contains(overrules, r.Reason):
					t.Fatalf("%s: an edit on %s is overwritten for the reason %q", r.Rule, side, r.Reason)
				case r.First && r.Clears:
					t.Fatalf("%s: a first meeting clears %s", r.Rule, side)
				case r.First && held && r.Reason == conflict.FilledEmpty:
					t.Fatalf("%s: a first meeting fills a value of %s that is not empty", r.Rule, side)
				}
			}
			if r.Writes == [2]bool{} && r.Reason == conflict.Agreed && !r.First && len(changed[0])+len(changed[1]) == 0 {
				continue
			}
			if r.Writes == [2]bool{} && r.Reason == conflict.Agreed && !p.agree(rule) {
				t.Fatalf("%s: the sides differ, and the outcome says they agree", r.Rule)
			}
		}
	})
}

func empty(view []record.Value) bool {
	return !slices.ContainsFunc(view, func(v record.Value) bool { return !v.IsEmpty() })
}

// agree reports whether the sides say the same to the rule, carried the ways it is open.
func (p *pairing) agree(r *mapping.Compiled) bool {
	f := both(p.now[0], p.now[1])
	crm, _ := r.Values(record.CRM, f[0])
	outlook, _ := r.Values(record.Outlook, f[1])
	return r.Equal(record.Outlook, r.Carry(record.Outlook, crm, outlook), outlook) ||
		r.Equal(record.CRM, r.Carry(record.CRM, outlook, crm), crm)
}

func TestLawUpgradeWritesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPairing(t)
		p.apply(p.m.Merge(p.pair()))
		p.base = slices.Clone(p.base)
		for i := range p.base {
			p.base[i].Version += rapid.Uint32Range(1, 9).Draw(t, "version")
			p.base[i].Typed = [2]uint64{rapid.Uint64().Draw(t, "typed"), rapid.Uint64().Draw(t, "typed")}
		}
		p.asked = slices.Clone(p.asked)
		for i := range p.asked {
			p.asked[i].Version++
		}
		unread := rapid.IntRange(0, 2).Draw(t, "unread")
		pair := p.pair()
		if unread < 2 {
			pair.Fields[unread] = record.Fields{}
		}
		o := p.m.Merge(pair)
		if !writesNothing(o) {
			t.Fatalf("after an upgrade: %v", show(o))
		}
		p.apply(o)
		if again := p.m.Merge(p.pair()); !writesNothing(again) {
			t.Fatalf("after the merge after an upgrade: %v", show(again))
		}
	})
}

func TestLawLossyNeverBounces(t *testing.T) { // B6, B22
	rapid.Check(t, func(t *rapid.T) {
		m, err := mapping.Compile([]mapping.Rule{memoRule, custom("note", "note", careless{}), firstRule}, crmSchema, outlookSchema, locale)
		if err != nil {
			t.Fatal(err)
		}
		opt := drawOptions(t)
		opt.Allow, opt.WholeRecord, opt.ExistingAlways = twoWay, false, false
		p := &pairing{m: &conflict.Merger{Map: m, Hash: hash, Options: opt}, at: [2]time.Time{noon, noon}}
		p.now = [2]values{drawValues(t, 0), drawValues(t, 1)}
		p.apply(p.m.Merge(p.pair()))
		if len(p.asked) > 0 {
			t.Skip("they wait for a person") // rapid draws another pair; no test is skipped
		}
		crm, list := values{}, p.now[1]["tags"]
		for _, f := range fieldsOf[0] {
			crm[f] = p.now[0][f]
		}
		crm["memo"], crm["note"] = drawContent(t, 0, "memo"), drawContent(t, 0, "note")
		p.now[0] = crm
		for range 3 {
			p.apply(p.m.Merge(p.pair()))
		}
		for _, f := range []string{"memo", "note"} {
			if p.now[0][f] != crm[f] {
				t.Fatalf("the CRM's %s was edited to %q and came back as %q", f, crm[f], p.now[0][f])
			}
		}
		if p.now[1]["tags"] != list {
			t.Fatalf("Outlook's list was %q and became %q though nobody touched it", list, p.now[1]["tags"])
		}
	})
}

func TestLawNotReadIsUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPairing(t)
		p.apply(p.m.Merge(p.pair()))
		still := rapid.SampledFrom([]record.Side{record.CRM, record.Outlook}).Draw(t, "side that is not read")
		kept, at := p.now[still], p.at[still]
		p.edit(t)
		p.now[still], p.at[still] = kept, at
		full := p.pair()
		partial := full
		partial.Fields[still] = record.Fields{}
		want, got := p.m.Merge(full), p.m.Merge(partial)
		if got.NeedsRead[still.Other()] {
			t.Fatalf("the side that was read is asked for: %v", show(got))
		}
		if got.NeedsRead[still] {
			return // and then it is merged as want
		}
		if !writesNothing(want) {
			t.Fatalf("without reading %s nothing is written, with it: %v", still, show(want))
		}
		for _, r := range got.Rules {
			i := slices.IndexFunc(want.Rules, func(w conflict.RuleOutcome) bool { return w.Rule == r.Rule })
			if i < 0 {
				t.Fatalf("%s is decided only while %s is not read", r.Rule, still)
			}
			// With both sides at hand the reason to differ may be told better; who is asked is the same.
			if w := want.Rules[i]; (r.Reason == conflict.Asked) != (w.Reason == conflict.Asked) {
				t.Fatalf("%s: %+v without reading %s, %+v with it", r.Rule, r, still, w)
			}
		}
	})
}

func TestLawConfirmedIsAsIfSaved(t *testing.T) { // B5
	rapid.Check(t, func(t *rapid.T) {
		p := drawPairing(t)
		p.edit(t)
		o := p.m.Merge(p.pair())
		lost := *p // the writes arrive, and what they mean is never saved
		p.apply(o)
		lost.now = p.now
		for side := range lost.now {
			s := record.Side(side)
			base, all := p.m.Confirm(lost.base, o.Pending(s), s, lost.now[side].fields(s))
			if _, cut := mapping.Fit(o.Set[side]); !all && cut == nil {
				t.Fatalf("what was written to %s is not found: %v", s, show(o))
			}
			lost.base = base
		}
		if again := lost.m.Merge(lost.pair()); !writesNothing(again) {
			t.Fatalf("after the lost answers of %v: %v", show(o), show(again))
		}
	})
}

func TestLawSameInSameOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPairing(t)
		p.edit(t)
		pair := p.pair()
		want := p.m.Merge(pair)
		pair.Base = shuffled(t, pair.Base)
		pair.Asked = shuffled(t, pair.Asked)
		before := [2][]conflict.Seen{slices.Clone(pair.Base), slices.Clone(pair.Asked)}
		got := p.m.Merge(pair)
		if diff := cmp.Diff(show(want), show(got)); diff != "" {
			t.Fatalf("the order of the base matters (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(before, [2][]conflict.Seen{pair.Base, pair.Asked}); diff != "" {
			t.Fatalf("Merge changed its input (-want +got):\n%s", diff)
		}
	})
}

func shuffled(t *rapid.T, s []conflict.Seen) []conflict.Seen {
	if len(s) < 2 {
		return s
	}
	return rapid.Permutation(s).Draw(t, "order")
}
