package conflict

// byPerson is the verdict on a rule that a person decided. A decision about what the sides no longer hold is stale,
// and the rule is looked at as if there were none.
func (x *exchange) byPerson() (verdict, bool) {
	d, ok := x.decision()
	if !ok {
		return verdict{}, false
	}
	if !x.both() {
		if x.asked != nil {
			return verdict{effect: waits, needs: x.missing()}, true
		}
		return verdict{needs: x.missing()}, true
	}
	if d.Raw != x.shown() {
		x.w.out.Stale = append(x.w.out.Stale, d)
		return verdict{}, false
	}
	to := d.Side.Other()
	if !x.may(to) {
		return settled(notTo(to)), true
	}
	return x.send(to, Decided), true
}

// shown are the fingerprints a decision on what the sides hold now must carry.
func (x *exchange) shown() [2]uint64 { return [2]uint64{x.side[0].raw(x.w.m), x.side[1].raw(x.w.m)} }

// decision is the person's last word on the rule.
func (x *exchange) decision() (Decision, bool) {
	all := x.w.pair.Decisions
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Rule == x.ID && all[i].Side <= 1 {
			return all[i], true
		}
	}
	return Decision{}, false
}

// unusable are the decisions that a later one replaces, or that name no rule or no side.
func (m *Merger) unusable(all []Decision) []Decision {
	var out []Decision
	for i, d := range all {
		if d.Side > 1 || !m.has(d.Rule) || replaced(all[i+1:], d.Rule) {
			out = append(out, d)
		}
	}
	return out
}

func (m *Merger) has(rule string) bool {
	for i := range m.Map.Rules {
		if m.Map.Rules[i].ID == rule {
			return true
		}
	}
	return false
}

func replaced(later []Decision, rule string) bool {
	for _, d := range later {
		if d.Rule == rule && d.Side <= 1 {
			return true
		}
	}
	return false
}
