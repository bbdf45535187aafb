package conflict

import (
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// isFor is whether a rule is for the record of a pair.
type isFor uint8

const (
	itIs     isFor = iota
	itIsNot        // it is for other kinds
	asBefore       // the CRM record was not read, so that its kind is what it was
	untold         // the kind cannot be told
)

// kindOfRecord is the kind of the CRM record, once it was asked for.
type kindOfRecord struct {
	asked, known bool
	kind         string
}

// isFor says whether the rule is for the record, as the rules for all kinds leave it.
func (w *work) isFor(r *mapping.Compiled) isFor {
	if len(r.Kinds) == 0 || w.m.KindOf == nil {
		return itIs
	}
	crm := w.pair.Fields[record.CRM]
	if crm.Schema() == nil {
		return asBefore
	}
	if k := &w.kind; !k.asked {
		k.asked = true
		k.kind, k.known = w.m.KindOf(crm.With(w.set[record.CRM].fields(w.schema(record.CRM))))
	}
	switch {
	case !w.kind.known:
		return untold
	case r.IsFor(w.kind.kind):
		return itIs
	}
	return itIsNot
}

// byKind is the verdict on a rule that is not for the record, as far as is known: nothing is carried, and nothing asked. What the sides hold
// is no base for when it is. Where the kind cannot be told, all stays as it was.
func (x *exchange) byKind() (verdict, bool) {
	switch x.w.isFor(x.Compiled) {
	case untold:
		return verdict{}, true
	case asBefore:
		return x.byKindBefore(), true
	case itIsNot:
		switch {
		case x.base == nil && !x.both():
			return verdict{needs: x.missing()}, true
		case x.wasNot():
			return verdict{effect: kept}, true
		}
		return settled(OtherKind), true
	}
	return verdict{}, false
}

// byKindBefore is the verdict while the CRM record was not read: what Outlook says now may or may not be for it.
func (x *exchange) byKindBefore() verdict {
	_, decided := x.decision()
	switch {
	case x.asked != nil && x.asSeenByPerson() && !decided:
		return verdict{effect: waits}
	case x.asked != nil:
		return verdict{effect: waits, needs: x.missing()}
	case x.wasNot() || x.base != nil && !x.changed[record.Outlook] && !decided:
		return verdict{effect: kept}
	}
	return verdict{needs: x.missing()}
}

// wasNot reports whether the rule was for other kinds when the pair was last seen.
func (x *exchange) wasNot() bool { return x.base != nil && x.base.Diverged == OtherKind }
