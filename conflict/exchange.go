package conflict

import (
	"slices"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// exchange is one rule of one pair: what the sides hold, held and could be made to hold.
type exchange struct {
	*mapping.Compiled
	w      *work
	base   *Seen // nil: first meeting
	baseAt int
	asked  *Seen // nil: no question is open
	anew   bool  // the sides differ because a way was shut that is open now: they meet anew, without a base
	side   [2]face
	// changed since base; a side that was not read did not change.
	changed [2]bool
	// carried is what each side would be made to hold, once worked out.
	carried [2][]record.Value
	moves   [2]bool
	// losses are what carrying to each side leaves behind, where weighed says that it was worked out.
	losses  [2]mapping.Loss
	weighed [2]bool
}

// open looks at the i-th rule of the map.
func (w *work) open(i int) exchange {
	r := &w.m.Map.Rules[i]
	x := exchange{Compiled: r, w: w}
	if x.baseAt = find(w.pair.Base, r.ID, i); x.baseAt >= 0 {
		x.base = &w.pair.Base[x.baseAt]
		for side, shut := range x.base.Diverged.shut() {
			x.anew = x.anew || shut && x.may(record.Side(side))
		}
		x.anew = x.anew || x.wasNot() && w.isFor(r) == itIs // though it may write to neither: the reason is another one now
		if x.anew {
			x.base = nil
		}
	}
	if at := find(w.pair.Asked, r.ID, i); at >= 0 {
		x.asked = &w.pair.Asked[at]
	}
	for s := range x.side {
		side := record.Side(s)
		x.side[s] = w.m.look(r, side, w.pair.Fields[s])
		x.changed[s] = x.base != nil && x.side[s].known && !x.side[s].holds(w.m, r, side, x.base)
	}
	return x
}

// readable reports whether all fields of the rule are known on every side that was read.
func (x *exchange) readable() bool {
	return (x.side[0].known || x.side[0].unread) && (x.side[1].known || x.side[1].unread)
}

// both reports whether both sides are at hand.
func (x *exchange) both() bool { return x.side[0].known && x.side[1].known }

// missing says which sides were not read.
func (x *exchange) missing() [2]bool { return [2]bool{x.side[0].unread, x.side[1].unread} }

// may reports whether the rule may be carried to the side, for records of this kind.
func (x *exchange) may(to record.Side) bool {
	return x.w.m.may(x.Compiled, to) && x.w.isFor(x.Compiled) == itIs
}

// mayAny reports whether the rule may be carried to any side.
func (x *exchange) mayAny() bool { return x.may(record.CRM) || x.may(record.Outlook) }

// empty reports whether the side has nothing to say. A constant always has.
func (x *exchange) empty(side record.Side) bool { return blank(x.side[side].view) }

func blank(view []record.Value) bool {
	for _, v := range view {
		if !v.IsEmpty() {
			return false
		}
	}
	return true
}

// target is what the side holds, with what this merge already writes there.
func (x *exchange) target(to record.Side) []record.Value {
	return x.w.set[to].over(x.Fields[to], x.side[to].values)
}

// carry returns what the side would be made to hold, and whether that is anything new. Both sides must be at hand.
func (x *exchange) carry(to record.Side) ([]record.Value, bool) {
	if x.carried[to] == nil {
		target := x.target(to)
		x.carried[to] = x.Carry(to, x.side[to.Other()].values, target)
		x.moves[to] = !x.Equal(to, x.carried[to], target)
	}
	return x.carried[to], x.moves[to]
}

// blanks reports whether carrying to the side would empty it.
func (x *exchange) blanks(to record.Side) bool {
	carried, _ := x.carry(to)
	return !x.empty(to) && blank(x.View(to, carried))
}

// loss is what carrying to the side leaves behind.
func (x *exchange) loss(to record.Side) mapping.Loss {
	if !x.weighed[to] {
		x.losses[to], x.weighed[to] = x.Loss(to, x.side[to.Other()].values, x.target(to)), true
	}
	return x.losses[to]
}

// agreed reports whether the sides already say the same as far as they can: carrying changes nothing in any direction
// that is open, or one side is known to be just the part of the other that it can hold. Both sides must be at hand.
func (x *exchange) agreed() bool {
	flow := x.mayAny()
	still, whole, parts := true, false, false
	for _, to := range [2]record.Side{record.Outlook, record.CRM} {
		if flow && !x.may(to) || !x.Direction.Allows(to) {
			continue
		}
		l := x.loss(to)
		_, moves := x.carry(to)
		switch {
		case !moves && part(l):
			return true
		case moves:
			still = false
			parts = part(l)
		case l == mapping.None:
			whole = true
		}
	}
	return still || whole && parts // the one carries nothing new, the other would only lose
}

// part reports whether a loss means that the target holds a part of the source, and nothing else.
func part(l mapping.Loss) bool { return l == mapping.FirstOnly || l == mapping.Cut }

// settle is the verdict where nothing needs to be carried: the sides agree, or differ by what one cannot hold. What a side cannot
// hold whole is cut there also where the rule does not go that way: it may have, once.
func (x *exchange) settle() verdict {
	var worst mapping.Loss
	for _, to := range [2]record.Side{record.Outlook, record.CRM} {
		if l := x.loss(to); weight(l) > weight(worst) && (l == mapping.Cut || x.Direction.Allows(to)) {
			worst = l
		}
	}
	return settled(reasonOf(worst))
}

// byWeight orders losses by how much a person should hear of them, so that of two the same is told from both sides.
var byWeight = []mapping.Loss{mapping.None, mapping.OneWay, mapping.FirstOnly, mapping.Cut, mapping.NotListed, mapping.KeptOther}

func weight(l mapping.Loss) int { return slices.Index(byWeight, l) }

// send is the verdict that carries to the side, where that changes anything and Existing lets it.
func (x *exchange) send(to record.Side, why Reason) verdict {
	if keep, guarded := x.guarded(to); guarded && why != Decided {
		return settled(keep)
	}
	carried, moves := x.carry(to)
	l := x.loss(to)
	switch {
	case !moves && l == mapping.None:
		return x.settle()
	case !moves:
		return settled(reasonOf(l))
	}
	v := verdict{effect: advanced, writes: true, to: to, reason: why}
	if back := to.Other(); l == mapping.None && x.Direction.Allows(back) {
		if r := x.Loss(back, carried, x.side[back].values); part(r) {
			l = r // the target goes on holding more than the source can
		}
	}
	v.diverged = reasonOf(l)
	return v
}

// guarded reports whether Existing protects the side from later writes too, and the reason to differ then.
func (x *exchange) guarded(to record.Side) (Reason, bool) {
	o := &x.w.m.Options
	if to != record.Outlook || !o.ExistingAlways || x.base == nil || x.w.pair.Created[to] {
		return Agreed, false
	}
	switch o.Existing {
	case Override:
		return Agreed, false
	case Leave:
		return LeftAlone, true
	}
	return OnlyFillsEmpty, !x.empty(to) // what was not read holds nothing so far
}

// tooSoon reports whether an action is about to act on what rules before it are about to change, so that next time it would ask for
// something else: two that ask for opposite things would change places for ever.
func (x *exchange) tooSoon(v verdict) bool {
	from := v.to.Other()
	f, set := x.w.pair.Fields[from], x.w.set[from]
	if !v.writes && v.effect != intends || v.reason == Decided || len(set) == 0 || f.Schema() == nil || !x.Acts(from) {
		return false
	}
	will := x.w.m.look(x.Compiled, from, f.With(set.fields(x.w.schema(from))))
	return !slices.EqualFunc(will.view, x.side[from].view, slices.Equal)
}

// waiting is the verdict on an action that would act too soon: it is judged by what is there next time. Where it has not met, what
// is there now is no base for it.
func (x *exchange) waiting(v verdict) verdict {
	if x.base == nil {
		return settled(notTo(v.to))
	}
	return verdict{}
}

// entry is the rule's entry with what is now at hand.
func (x *exchange) entry() Seen {
	s := Seen{Rule: x.ID, Def: x.Definition()}
	if x.base != nil {
		s = *x.base
	}
	for side := range x.side {
		if x.side[side].known {
			x.side[side].record(x.w.m, x.Compiled, record.Side(side), &s)
		}
	}
	return s
}
