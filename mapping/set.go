package mapping

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// ownership says which values of a side a managed set owns, and what they stand for on the other.
type ownership interface {
	// lists reports whether the value of the side is owned, and the form in which it is listed.
	lists(side record.Side, value string) (string, bool)
	// across is the value of the side to that stands for a value of the other side.
	across(to record.Side, value string) (string, bool)
	// mean reports whether a value of the side to stands for a value of the other side.
	mean(to record.Side, source, target string) bool
	// examples are the values of the side that it owns; some of them, where it owns whatever begins like them.
	examples(side record.Side) []string
}

// prefixed owns the Outlook values that begin with it.
type prefixed string

func (p prefixed) lists(side record.Side, value string) (string, bool) {
	if side == record.Outlook {
		_, ok := p.across(record.CRM, value)
		return value, ok
	}
	return value, foldLabel(value) != ""
}

func (p prefixed) across(to record.Side, value string) (string, bool) {
	if to == record.Outlook {
		return string(p) + value, foldLabel(value) != ""
	}
	if len(value) < len(p) || !strings.EqualFold(value[:len(p)], string(p)) {
		return "", false
	}
	value = strings.TrimSpace(value[len(p):])
	return value, foldLabel(value) != ""
}

func (p prefixed) mean(to record.Side, source, target string) bool {
	crm, outlook := source, target
	if to == record.CRM {
		crm, outlook = target, source
	}
	value, ok := p.across(record.CRM, outlook)
	return ok && foldLabel(value) == foldLabel(crm)
}

func (p prefixed) examples(record.Side) []string { return []string{string(p) + "A"} }

// setLens manages its own values in a set that others use too. What it owns says all that the other side says: a value
// of its own that the CRM does not have is taken away, whoever added it. Everything else stays as it is.
//
// A CRM field that holds one value gets the first of several by the order of the table (FirstOnly), and keeps a value
// that is not owned (KeptOther).
type setLens struct {
	ownership
	shapes [2]record.Shape
}

func buildSet(s site) (Lens, []*Error) {
	if !s.counts(1, 1) {
		return nil, s.fault("", "a managed set has one field on each side")
	}
	crm, outlook := s.fields[record.CRM][0], s.fields[record.Outlook][0]
	if outlook.Shape == record.One {
		return nil, s.fault(outlook.Name, `holds one value; for that there is the lens "table"`)
	}
	l := setLens{shapes: [2]record.Shape{crm.Shape, outlook.Shape}}
	given := s.rule.Lens.params()
	if len(given) != 1 {
		return nil, s.fault("lens", "say which values are its own by one of table, values and prefix")
	}
	switch given[0] {
	case "table":
		l.ownership = newTable(s.rule.Lens.Table)
		return l, s.checkTable()
	case "values":
		s.rule.Lens.Table = identity(s.rule.Lens.Values)
		l.ownership = newTable(s.rule.Lens.Table)
		faults := s.checkTable()
		for _, f := range faults {
			f.Field, f.Reason = "lens.values", strings.ReplaceAll(f.Reason, "table", "list")
		}
		return l, faults
	}
	if strings.TrimSpace(s.rule.Lens.Prefix) == "" {
		return nil, s.fault("lens.prefix", "a blank prefix would own every value")
	}
	l.ownership = prefixed(s.rule.Lens.Prefix)
	return l, nil
}

func identity(values []string) []Pair {
	pairs := make([]Pair, len(values))
	for i, v := range values {
		pairs[i] = Pair{CRM: v, Outlook: v}
	}
	return pairs
}

func (l setLens) View(side record.Side, v []record.Value) []record.Value {
	var own record.Value
	for _, entry := range v[0] {
		if listed, ok := l.lists(side, entry); ok {
			own = append(own, listed)
		}
	}
	slices.Sort(own)
	return []record.Value{slices.Compact(own)}
}

func (l setLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	out, _ := l.carry(record.Outlook, crm, outlook)
	return out
}

func (l setLens) ToCRM(outlook, crm []record.Value) []record.Value {
	out, _ := l.carry(record.CRM, outlook, crm)
	return out
}

func (l setLens) Loss(from record.Side, source, target []record.Value) Loss {
	_, loss := l.carry(from.Other(), source, target)
	return loss
}

// Shares reports whether the other lens manages other values.
func (l setLens) Shares(side record.Side, with Lens) bool {
	owns := func(value string) bool {
		_, owned := l.lists(side, value)
		return owned
	}
	switch other := with.(type) {
	case setLens:
		return !slices.ContainsFunc(other.examples(side), owns)
	case whenLens:
		return other.entry != "" && !owns(other.entry)
	}
	return false
}

func (l setLens) carry(to record.Side, source, target []record.Value) ([]record.Value, Loss) {
	loss := None
	var said record.Value // what the rule may carry
	for _, entry := range source[0] {
		if _, ok := l.across(to, entry); ok {
			said = append(said, entry)
		} else if to == record.Outlook && foldLabel(entry) != "" {
			loss = NotListed
		}
	}
	if l.shapes[to] == record.One {
		out, lost := l.one(to, said, target)
		return out, cmp.Or(loss, lost)
	}
	out := make(record.Value, 0, len(target[0])+len(said))
	for _, entry := range target[0] {
		if _, ours := l.lists(to, entry); !ours || l.meant(to, said, entry) {
			out = append(out, entry)
		}
	}
	for _, entry := range said {
		has := func(other string) bool { return l.mean(to, entry, other) }
		if !slices.ContainsFunc(out, has) {
			value, _ := l.across(to, entry)
			out = append(out, value)
		}
	}
	if slices.Equal(out, target[0]) {
		return target, loss
	}
	return []record.Value{out}, loss
}

// one carries to a field that holds one value.
func (l setLens) one(to record.Side, said record.Value, target []record.Value) ([]record.Value, Loss) {
	held := target[0].Text()
	loss := None
	if len(said) > 1 {
		loss = FirstOnly
	}
	_, ours := l.lists(to, held)
	switch {
	case l.meant(to, said, held):
		return target, loss
	case !ours && foldLabel(held) != "" && len(said) > 0:
		return target, KeptOther
	case !ours && len(said) == 0:
		return target, None
	case len(said) == 0:
		return []record.Value{nil}, None
	}
	value, _ := l.across(to, slices.MinFunc(said, l.compare))
	return []record.Value{{value}}, loss
}

// compare orders values of Outlook that one CRM field competes for: by the table, else by the alphabet. The order in
// which a set happens to be listed means nothing.
func (l setLens) compare(a, b string) int {
	if t, ok := l.ownership.(table); ok {
		return t.index[record.Outlook][foldLabel(a)] - t.index[record.Outlook][foldLabel(b)]
	}
	return strings.Compare(foldLabel(a), foldLabel(b))
}

// meant reports whether one of the source's values stands for the target's.
func (l setLens) meant(to record.Side, said record.Value, value string) bool {
	return slices.ContainsFunc(said, func(entry string) bool { return l.mean(to, entry, value) })
}
