package conflict_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func merger(t *testing.T, fields ...string) *conflict.Merger {
	t.Helper()
	var rules []mapping.Rule
	for _, f := range fields {
		rules = append(rules, copyRule(f))
	}
	return &conflict.Merger{Map: compile(t, rules...), Hash: hash, Options: conflict.Options{Allow: twoWay}}
}

func TestLook(t *testing.T) {
	m := merger(t, "note", "name")
	base := m.Look(nil, both(values{"note": "a", "name": "Ada"}, values{"note": "a", "name": "Ada"}))
	if len(base) != 2 {
		t.Fatalf("Look found %d rules, want 2", len(base))
	}
	t.Run("takes only what is known", func(t *testing.T) {
		got := m.Look(base, both(values{"note": "b"}, nil))
		if got[0].Raw[record.CRM] == base[0].Raw[record.CRM] || got[0].Raw[record.Outlook] != base[0].Raw[record.Outlook] {
			t.Errorf("Look took %v of %v, want the CRM's half anew and no other", got[0], base[0])
		}
		if diff := cmp.Diff(base[1], got[1]); diff != "" {
			t.Errorf("Look changed a rule that is not known (-want +got):\n%s", diff)
		}
	})
	t.Run("makes no half entries", func(t *testing.T) {
		if got := m.Look(nil, both(values{"note": "b", "name": "Ada"}, values{"name": "Ada"})); len(got) != 1 || got[0].Rule != "name" {
			t.Errorf("Look made %v, want an entry for name only", got)
		}
		if got := m.Look(nil, both(values{"name": "Ada"}, values{"note": "b", "name": "Ada"})); len(got) != 1 || got[0].Rule != "name" {
			t.Errorf("Look made %v, want an entry for name only", got)
		}
	})
	t.Run("takes what is there as settled", func(t *testing.T) {
		now := values{"note": "b", "name": "Eve"}
		if diff := cmp.Diff(m.Look(nil, both(now, now)), m.Look(base, both(now, now))); diff != "" {
			t.Errorf("Look of other values mismatch (-without base +with):\n%s", diff)
		}
	})
	t.Run("does not touch what it is given", func(t *testing.T) {
		before := append([]conflict.Seen(nil), base...)
		m.Look(base, both(values{"note": "x", "name": "x"}, values{"note": "x", "name": "x"}))
		if diff := cmp.Diff(before, base); diff != "" {
			t.Errorf("Look changed its input (-want +got):\n%s", diff)
		}
	})
}

func TestChanged(t *testing.T) {
	m := merger(t, "note", "phone", "name")
	was := values{"note": "a", "phone": "020 7946 0123", "name": "Ada"}
	base := lastSeen(m, was, was)[:2]
	now := values{"note": "b", "phone": "+442079460123", "name": "Eve"}
	if diff := cmp.Diff([]string{"note"}, m.Changed(base, record.CRM, now.fields(record.CRM))); diff != "" {
		t.Errorf("Changed mismatch: a reformatted phone is no change, and a rule without base is none (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"name"}, m.Changed(lastSeen(m, was, was)[2:], record.CRM, now.fields(record.CRM))); diff != "" {
		t.Errorf("Changed mismatch where the first rules have no base (-want +got):\n%s", diff)
	}
	if got := m.Changed(base, record.CRM, record.Fields{}); got != nil {
		t.Errorf("Changed(not read) = %v, want none", got)
	}
}

func TestKeptTakesOnlyWhatWasWritten(t *testing.T) { // B6
	m := merger(t, "note", "name", "phone")
	was := values{"note": "old", "name": "Ada", "phone": ""}
	crm := values{"note": "new  ", "name": "Ada", "phone": "020 7946 0123"}
	p := conflict.Pair{Base: lastSeen(m, was, was), Fields: both(crm, was)}
	o := m.Merge(p)
	// The mailbox kept another note and spelt the phone its own way; meanwhile a person changed the name there.
	stored := values{"note": "NEW", "name": "Ada King", "phone": "+44 20 7946 0123"}
	p.Base = m.Kept(&o, both(nil, stored))
	p.Fields = both(crm, stored)
	check(t, m, p, "note: notHeld", "name: to crm, changed", "phone: agreed", "set crm name=Ada King")
}

func TestKeptLeavesAReasonThatWasKnown(t *testing.T) { // B6, B22
	m := &conflict.Merger{Map: compile(t, memoRule), Hash: hash, Options: conflict.Options{Allow: twoWay}}
	was := values{"memo": "old"}
	p := conflict.Pair{Base: lastSeen(m, was, was), Fields: both(values{"memo": "longer"}, was)}
	o := check(t, m, p, "memo: to outlook, changed, diverged cut", "set outlook memo=longer")
	if got := m.Kept(&o, both(nil, values{"memo": "lon"}))[0].Diverged; got != conflict.LostCut {
		t.Errorf("Kept says %q of what was cut as foreseen, want cut", got)
	}
}

func TestKeptLeavesRulesThatWereNotDecided(t *testing.T) { // B6
	m := merger(t, "email", "note", "name")
	was := values{"email": "a@example.com", "note": "old", "name": "Ada"}
	base := lastSeen(m, was, was)
	for _, unknown := range []string{"email", "name"} {
		crm, outlook := values{"email": "a@example.com", "note": "new", "name": "Ada"}, values{"email": "a@example.com", "note": "old", "name": "Ada"}
		delete(crm, unknown)
		o := m.Merge(conflict.Pair{Base: base, Fields: both(crm, outlook)})
		outlook["note"], outlook[unknown] = "NEW", "changed meanwhile"
		got := m.Kept(&o, both(nil, outlook))
		want := m.Look(base, both(values{"note": "new"}, values{"note": "NEW"}))
		want[1].Diverged = conflict.NotHeld
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Kept, %s not known, mismatch (-want +got):\n%s", unknown, diff)
		}
	}
}

func TestConfirm(t *testing.T) { // B5
	m := merger(t, "note", "name", "email")
	was := values{"note": "old", "name": "Ada", "email": "a@example.com"}
	crm := values{"note": "new", "name": "Ada King", "email": "a@example.com"}
	outlook := values{"note": "old", "name": "Ada", "email": "b@example.com"}
	p := conflict.Pair{Base: lastSeen(m, was, was), Fields: both(crm, outlook)}
	o := check(t, m, p, "note: to outlook, changed", "name: to outlook, changed", "email: to crm, changed",
		"set crm email=b@example.com", "set outlook name=Ada King", "set outlook note=new")
	pending := o.Pending(record.Outlook)
	if len(pending) != 2 || len(o.Pending(record.CRM)) != 1 {
		t.Fatalf("Pending = %v and %v, want two rules and one", pending, o.Pending(record.CRM))
	}

	t.Run("the write arrived, its answer did not; a person went on in the CRM", func(t *testing.T) {
		p := p
		written := values{"note": "new", "name": "Ada King", "email": "b@example.com"}
		base, all := m.Confirm(p.Base, pending, record.Outlook, written.fields(record.Outlook))
		if !all {
			t.Error("Confirm says something is outstanding")
		}
		p.Base, p.Fields = base, both(values{"note": "newer", "name": "Ada King", "email": "a@example.com"}, written)
		check(t, m, p, "note: to outlook, changed", "name: agreed", "email: to crm, changed",
			"set crm email=b@example.com", "set outlook note=newer")
	})
	t.Run("the write did not arrive", func(t *testing.T) {
		p := p
		base, all := m.Confirm(p.Base, pending, record.Outlook, outlook.fields(record.Outlook))
		if all {
			t.Error("Confirm says all was written")
		}
		p.Base = base
		check(t, m, p, "note: to outlook, changed", "name: to outlook, changed", "email: to crm, changed",
			"set crm email=b@example.com", "set outlook name=Ada King", "set outlook note=new")
	})
	t.Run("it arrived, and a person edited one field after it", func(t *testing.T) {
		p := p
		edited := values{"note": "mine", "name": "Ada King", "email": "b@example.com"}
		base, all := m.Confirm(p.Base, pending, record.Outlook, edited.fields(record.Outlook))
		if all {
			t.Error("Confirm says all was written")
		}
		p.Base, p.Fields = base, both(crm, edited)
		check(t, m, p, "note: asked", "name: agreed", "email: to crm, changed", "set crm email=b@example.com", "asked note")
	})
	t.Run("what is found is base even after what is not", func(t *testing.T) {
		edited := values{"note": "mine", "name": "Ada King", "email": "b@example.com"}
		base, all := m.Confirm(p.Base, pending, record.Outlook, edited.fields(record.Outlook))
		if at := slices.IndexFunc(base, func(s conflict.Seen) bool { return s.Rule == "name" }); all || base[at] != pending[1] {
			t.Errorf("Confirm = %v, %v; want the name's entry to be %v", base, all, pending[1])
		}
		base, all = m.Confirm(p.Base, pending[1:], record.Outlook, edited.fields(record.Outlook))
		if at := slices.IndexFunc(base, func(s conflict.Seen) bool { return s.Rule == "name" }); !all || base[at] != pending[1] {
			t.Errorf("Confirm(name only) = %v, %v; want the name's entry to be %v", base, all, pending[1])
		}
	})
	t.Run("of a first meeting", func(t *testing.T) {
		base, all := m.Confirm(nil, pending, record.Outlook, values{"note": "new", "name": "Ada King"}.fields(record.Outlook))
		if diff := cmp.Diff(pending, base); diff != "" || !all {
			t.Errorf("Confirm(no base) = %v, mismatch (-want +got):\n%s", all, diff)
		}
	})
	t.Run("in the form that the side gave it", func(t *testing.T) {
		m := merger(t, "phone")
		was, sent, spelt := values{"phone": "020 7946 0123"}, values{"phone": "020 7946 0999"}, values{"phone": "+44 20 7946 0999"}
		p := conflict.Pair{Base: lastSeen(m, was, was), Fields: both(sent, was)}
		o := check(t, m, p, "phone: to outlook, changed", "set outlook phone=020 7946 0999")
		base, all := m.Confirm(p.Base, o.Pending(record.Outlook), record.Outlook, spelt.fields(record.Outlook))
		if diff := cmp.Diff(lastSeen(m, sent, spelt), base); diff != "" || !all {
			t.Errorf("Confirm = %v, mismatch (-want +got):\n%s", all, diff)
		}
	})
	t.Run("a side that was not read confirms nothing", func(t *testing.T) {
		if _, all := m.Confirm(p.Base, pending, record.Outlook, record.Fields{}); all {
			t.Error("Confirm says all was written")
		}
	})
}

func TestSpare(t *testing.T) { // B11
	was, undo, bent := values{"note": "new", "name": "Ada"}, values{"note": "old", "name": "Ada"}, values{"note": "OLD", "name": "Ada"}
	restoring := func(allow [2]bool, drift conflict.Drift, dir mapping.Direction) *conflict.Merger {
		note := copyRule("note")
		note.Direction = dir
		return &conflict.Merger{Map: compile(t, note, copyRule("name")), Hash: hash, Options: conflict.Options{Allow: allow, Drift: drift}}
	}
	for name, tt := range map[string]struct {
		m       *conflict.Merger
		side    record.Side
		why     conflict.Reason
		now     values
		spared  bool
		without bool // the rule has no base
	}{
		"what the side made of it, or an edit": {restoring(toOutlook, conflict.DriftRestore, ""), record.Outlook, conflict.Undone, bent, true, false},
		"in the CRM":                           {restoring(toCRM, conflict.DriftRestore, ""), record.CRM, conflict.Undone, bent, true, false},
		"by the rule's own direction":          {restoring(twoWay, conflict.DriftRestore, mapping.ToOutlook), record.Outlook, conflict.Undone, bent, true, false},
		"the other way is open":                {restoring(twoWay, conflict.DriftRestore, ""), record.Outlook, conflict.Undone, bent, false, false},
		"no way is open":                       {restoring([2]bool{}, conflict.DriftRestore, ""), record.Outlook, conflict.Undone, bent, false, false},
		"the side sends":                       {restoring(toOutlook, conflict.DriftRestore, ""), record.CRM, conflict.Undone, bent, false, false},
		"drift is left":                        {restoring(toOutlook, conflict.DriftLeave, ""), record.Outlook, conflict.Undone, bent, false, false},
		"no undo wrote it":                     {restoring(toOutlook, conflict.DriftRestore, ""), record.Outlook, conflict.Agreed, bent, false, false},
		"nothing changed":                      {restoring(toOutlook, conflict.DriftRestore, ""), record.Outlook, conflict.Undone, was, false, false},
		"not known":                            {restoring(toOutlook, conflict.DriftRestore, ""), record.Outlook, conflict.Undone, values{"name": "Ada"}, false, false},
		"without a base":                       {restoring(toOutlook, conflict.DriftRestore, ""), record.Outlook, conflict.Undone, bent, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			base := lastSeen(tt.m, was, was)
			fields := [2]values{was, was}
			fields[tt.side] = undo
			pending := lastSeen(tt.m, fields[0], fields[1])[:1]
			pending[0].Diverged = tt.why
			if tt.without {
				base = base[1:]
			}
			before, want := slices.Clone(base), slices.Clone(base)
			if tt.spared {
				fields[tt.side] = tt.now
				want[0] = lastSeen(tt.m, fields[0], fields[1])[0]
				want[0].Diverged = conflict.Undone
			}
			if diff := cmp.Diff(want, tt.m.Spare(base, pending, tt.side, tt.now.fields(tt.side))); diff != "" {
				t.Errorf("Spare mismatch (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, base); diff != "" {
				t.Errorf("Spare changed its input (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSpareOfTwoRules(t *testing.T) { // B11
	m := merger(t, "note", "name", "email")
	m.Options = conflict.Options{Allow: toOutlook, Drift: conflict.DriftRestore}
	was := values{"note": "new", "name": "Ada", "email": "a@example.com"}
	undo, bent := values{"note": "old", "name": "Eve", "email": "a@example.com"}, values{"note": "OLD", "name": "EVA", "email": "a@example.com"}
	pending := lastSeen(m, was, undo)[:2]
	pending[0].Diverged, pending[1].Diverged = conflict.Undone, conflict.Undone
	want := lastSeen(m, was, bent)
	want[0].Diverged, want[1].Diverged = conflict.Undone, conflict.Undone
	got := m.Spare(lastSeen(m, was, was), pending, record.Outlook, bent.fields(record.Outlook))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Spare mismatch (-want +got):\n%s", diff)
	}
	check(t, m, conflict.Pair{Base: got, Fields: both(was, bent)}, "note: undone", "name: undone", "email: agreed")
}

func TestReformattingIsTakenIn(t *testing.T) {
	m := merger(t, "phone", "note")
	was := values{"phone": "020 7946 0123", "note": "a"}
	spelt := values{"phone": "+44 20 7946 0123", "note": "a"}
	base := lastSeen(m, was, was)
	for side, now := range [][2]values{{spelt, was}, {was, spelt}} {
		o := check(t, m, conflict.Pair{Base: base, Fields: both(now[0], now[1])}, "phone: agreed", "note: agreed")
		if diff := cmp.Diff(lastSeen(m, now[0], now[1]), o.Seen); diff != "" {
			t.Errorf("reformatted in %v, Seen mismatch (-want +got):\n%s", record.Side(side), diff)
		}
		alone := [2]values{}
		alone[side] = now[side]
		o = check(t, m, conflict.Pair{Base: base, Fields: both(alone[0], alone[1])}, "phone: agreed", "note: agreed")
		if diff := cmp.Diff(lastSeen(m, now[0], now[1]), o.Seen); diff != "" {
			t.Errorf("reformatted in %v, the only one that was read, Seen mismatch (-want +got):\n%s", record.Side(side), diff)
		}
	}
}

func TestUpgradeIsNoEdit(t *testing.T) {
	m := merger(t, "note", "phone")
	was := values{"note": "a", "phone": "020 7946 0123"}
	older := lastSeen(m, was, was)
	for i := range older { // as an earlier version saw them: other typed fingerprints, under another version
		older[i].Version--
		older[i].Typed[0] += 77
		older[i].Typed[1] += 99
	}
	now := lastSeen(m, was, was)
	t.Run("nothing is written, and both halves are taken anew", func(t *testing.T) {
		o := check(t, m, conflict.Pair{Base: older, Fields: both(was, was)}, "note: agreed", "phone: agreed")
		if diff := cmp.Diff(now, o.Seen); diff != "" {
			t.Errorf("Seen mismatch (-want +got):\n%s", diff)
		}
	})
	t.Run("with one side at hand the old entry stays", func(t *testing.T) {
		for side, fields := range [][2]record.Fields{both(was, nil), both(nil, was)} {
			o := check(t, m, conflict.Pair{Base: older, Fields: fields}, "note: agreed", "phone: agreed")
			if diff := cmp.Diff(older, o.Seen); diff != "" {
				t.Errorf("with the %v at hand, Seen mismatch (-want +got):\n%s", record.Side(side), diff)
			}
		}
	})
	t.Run("a reformatting at the same time is compared live, and written nowhere", func(t *testing.T) {
		spelt := values{"note": "a", "phone": "+44 20 7946 0123"}
		check(t, m, conflict.Pair{Base: older, Fields: both(spelt, was)}, "note: agreed", "phone: agreed")
	})
	t.Run("an edit is still seen, and the half that was not read has no typed form under the new version", func(t *testing.T) {
		edited := values{"note": "b", "phone": "020 7946 0123"}
		m := *m
		m.Options.Allow = toCRM
		o := check(t, &m, conflict.Pair{Base: older, Fields: both(edited, nil)}, "note: driftedInCRM", "phone: agreed")
		if got := o.Seen[0]; got.Version != now[0].Version || got.Typed[record.Outlook] != 0 || got.Raw[record.Outlook] != older[0].Raw[1] {
			t.Errorf("Seen = %+v, want the new version, and no typed fingerprint of Outlook", got)
		}
		check(t, &m, conflict.Pair{Base: o.Seen, Fields: both(edited, was)}, "note: driftedInCRM", "phone: agreed")
	})
}

func TestCurrentDropsOnlyWhatIsRedefined(t *testing.T) {
	m := merger(t, "note", "name", "email")
	was := values{"note": "old", "name": "Ada", "email": "a@example.com"}
	all := lastSeen(m, was, was)
	for name, order := range map[string][]int{"in the map's order": {0, 1, 2}, "in another order": {2, 0, 1}, "one alone": {1}} {
		var list []conflict.Seen
		for _, i := range order {
			list = append(list, all[i])
		}
		if diff := cmp.Diff(list, m.Current(list)); diff != "" {
			t.Errorf("%s, nothing redefined: Current mismatch (-want +got):\n%s", name, diff)
		}
		for at := range list {
			redefined := slices.Clone(list)
			redefined[at].Def++
			want := slices.Delete(slices.Clone(redefined), at, at+1)
			if diff := cmp.Diff(want, m.Current(redefined), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s, %s redefined: Current mismatch (-want +got):\n%s", name, list[at].Rule, diff)
			}
		}
	}
}

func TestCurrentKeepsWhatNoRuleSpeaksOf(t *testing.T) {
	m := merger(t, "note")
	was := values{"note": "old"}
	list := append(lastSeen(m, was, was), conflict.Seen{Rule: "gone", Def: 7}, conflict.Seen{Rule: "note"})
	if diff := cmp.Diff(list, m.Current(list)); diff != "" {
		t.Errorf("Current drops a rule that is gone, or one seen under no definition (-want +got):\n%s", diff)
	}
}
