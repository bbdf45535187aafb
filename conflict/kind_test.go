package conflict_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// kinded is a merger whose rule "memo" is for the kind "a" alone, and "title", of the same field of Outlook, for "b"; the note tells the kind, and is a rule for all.
func kinded(t *testing.T, opt conflict.Options) *conflict.Merger {
	t.Helper()
	memo, title := copyRule("memo"), mapping.Rule{ID: "title", CRM: []string{"tag"}, Outlook: []string{"memo"}}
	memo.Kinds, title.Kinds = []string{"a"}, []string{"b"}
	return &conflict.Merger{Map: compile(t, copyRule("note"), memo, title), Hash: hash, Options: opt,
		KindOf: func(crm record.Fields) (string, bool) {
			note, known := crm.Get("note")
			return note.Text(), known
		}}
}

func TestRulesOfAKind(t *testing.T) { // E8
	opt := conflict.Options{Allow: twoWay, Existing: conflict.Override}
	m := kinded(t, opt)
	p := conflict.Pair{Fields: both(values{"note": "a", "memo": "x", "tag": "y"}, values{"note": "", "memo": ""})}
	o := check(t, m, p, "note: to outlook, filledEmpty", "memo: to outlook, filledEmpty", "title: otherKind", "set outlook note=a", "set outlook memo=x")
	p.Base = o.Seen

	t.Run("an edit of another kind's goes nowhere", func(t *testing.T) {
		p := p
		p.Fields = both(values{"note": "a", "memo": "x", "tag": "z"}, values{"note": "a", "memo": "x"})
		check(t, m, p, "note: agreed", "memo: agreed", "title: otherKind")
	})
	t.Run("a record of the other kind meets anew, and blanks nothing", func(t *testing.T) {
		p := p
		p.Fields = both(values{"note": "b", "memo": "x", "tag": ""}, values{"note": "a", "memo": "x"})
		check(t, m, p, "note: to outlook, changed", "memo: otherKind", "title: to crm, filledEmpty", "set crm tag=x", "set outlook note=b")
		p.Fields = both(values{"note": "b", "memo": "x", "tag": "y"}, nil)
		check(t, m, p, "note: to outlook, changed", "memo: otherKind", "set outlook note=b", "needs outlook")
	})
	t.Run("the kind is the one that the rules for all make of it", func(t *testing.T) {
		p := p
		p.Fields = both(values{"note": "a", "memo": "x", "tag": ""}, values{"note": "b", "memo": "x"})
		check(t, m, p, "note: to crm, changed", "memo: otherKind", "title: to crm, filledEmpty", "set crm note=b", "set crm tag=x")
	})
	t.Run("of a record that was not read it is what it was", func(t *testing.T) {
		p := p
		p.Fields = both(nil, values{"note": "a", "memo": "x"})
		check(t, m, p, "note: agreed", "memo: agreed", "title: otherKind")
		p.Fields = both(nil, values{"note": "a", "memo": "z"})
		check(t, m, p, "note: agreed", "title: otherKind", "needs crm")
	})
	t.Run("of one that was not read, what is new needs it", func(t *testing.T) {
		p := p
		p.Base, p.Fields = nil, both(nil, values{"note": "a", "memo": "x"})
		check(t, m, p, "needs crm")
		p.Fields = both(values{"note": "c", "memo": "x", "tag": ""}, nil)
		check(t, m, p, "needs outlook")
		p.Base, p.Fields = o.Seen[:2], both(values{"note": "a", "memo": "x", "tag": "y"}, nil)
		check(t, m, p, "note: agreed", "memo: agreed", "needs outlook")
	})
	t.Run("what it holds for others is not looked at", func(t *testing.T) {
		p := p
		p.Fields = both(values{"note": "a", "memo": "x", "tag": "z"}, values{"note": "a", "memo": "x"})
		after := m.Merge(p).Seen[2]
		if after.Diverged != conflict.OtherKind || len(m.Changed(p.Base, record.CRM, p.Fields[record.CRM])) > 0 {
			t.Errorf("the entry is %v, changed %v", after, m.Changed(p.Base, record.CRM, p.Fields[record.CRM]))
		}
	})
	t.Run("a rule that may write to neither side has its own reason once it is for the record", func(t *testing.T) {
		shut := kinded(t, conflict.Options{})
		p := p
		p.Fields = both(values{"note": "b", "memo": "x", "tag": "y"}, values{"note": "b", "memo": "x"})
		o := shut.Merge(p)
		if at := slices.IndexFunc(o.Seen, func(s conflict.Seen) bool { return s.Rule == "title" }); o.Seen[at].Diverged != conflict.NotAllowed {
			t.Errorf("the reason is %q", o.Seen[at].Diverged)
		}
	})
	t.Run("where it cannot be told all stays", func(t *testing.T) {
		p := p
		p.Fields = both(values{"memo": "z", "tag": "y"}, values{"note": "a", "memo": "x"})
		check(t, m, p)
	})
	t.Run("a question ends with the kind", func(t *testing.T) {
		p := p
		p.Fields = both(values{"note": "a", "memo": "c1", "tag": "y"}, values{"note": "a", "memo": "o1"})
		o := check(t, m, p, "note: agreed", "memo: asked", "title: otherKind", "asked memo")
		p.Base, p.Asked = o.Seen, o.Asked
		held := p
		held.Fields = both(nil, values{"note": "a", "memo": "o1"})
		check(t, m, held, "note: agreed", "memo: asked", "title: otherKind", "asked memo")
		held.Decisions = decision(p, record.CRM)
		check(t, m, held, "note: agreed", "memo: asked", "title: otherKind", "asked memo", "needs crm")
		held.Asked = nil
		held.Fields = both(nil, values{"note": "a", "memo": "x"})
		check(t, m, held, "note: agreed", "title: otherKind", "needs crm")
		held.Asked, held.Decisions = p.Asked, nil
		held.Fields = both(nil, values{"note": "a", "memo": "o2"})
		check(t, m, held, "note: agreed", "memo: asked", "title: otherKind", "asked memo", "needs crm")
		p.Fields = both(values{"note": "c", "memo": "c1", "tag": "y"}, values{"note": "a", "memo": "o1"})
		check(t, m, p, "note: to outlook, changed", "memo: otherKind", "title: otherKind", "set outlook note=c")
	})
}

// Twice is once, and nothing that a rule of another kind speaks of is written, whatever the kinds, the base and the options.
func TestLawKinds(t *testing.T) { // E8
	rapid.Check(t, func(rt *rapid.T) {
		m := kinded(t, drawOptions(rt))
		text := rapid.SampledFrom([]string{"", "a", "b", "x"})
		draw := func(side record.Side, label string) record.Fields {
			v := values{"note": text.Draw(rt, label+" note"), "memo": text.Draw(rt, label+" memo")}
			if side == record.CRM {
				v["tag"] = text.Draw(rt, label+" tag")
			}
			return v.fields(side)
		}
		p := conflict.Pair{Fields: [2]record.Fields{draw(record.CRM, "crm"), draw(record.Outlook, "outlook")}}
		for range 4 {
			o := m.Merge(p)
			after := p.Fields
			for side := range after {
				after[side] = after[side].With(o.Set[side])
			}
			kind := after[record.CRM].Text("note")
			if kind != "b" && o.Set[record.CRM].Known("tag") || kind != "a" && o.Set[record.CRM].Known("memo") {
				rt.Fatalf("of a record of kind %q the CRM is written %v", kind, o.Set[record.CRM])
			}
			if kind != "a" && kind != "b" && o.Set[record.Outlook].Known("memo") {
				rt.Fatalf("of a record of kind %q Outlook is written %v", kind, o.Set[record.Outlook])
			}
			again := m.Merge(conflict.Pair{Base: o.Seen, Asked: o.Asked, Fields: after})
			if again.Set[0].Len()+again.Set[1].Len() > 0 {
				rt.Fatalf("merged again, %v and %v are written %v", after[0], after[1], again.Set)
			}
			p.Base, p.Asked = again.Seen, again.Asked
			p.Fields = after
			side := record.Side(rapid.IntRange(0, 1).Draw(rt, "side"))
			p.Fields[side] = after[side].With(draw(side, "edit"))
		}
	})
}
