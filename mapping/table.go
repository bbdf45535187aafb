package mapping

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// table pairs values of the two sides, without regard to case. The first line that has a value is the one that counts.
type table struct {
	lines []Pair
	index [2]map[string]int // folded value of a side: its line
}

func newTable(lines []Pair) table {
	t := table{lines: lines, index: [2]map[string]int{make(map[string]int), make(map[string]int)}}
	for i := range lines {
		for side := range t.index {
			key := foldLabel(t.value(record.Side(side), i))
			if _, there := t.index[side][key]; !there {
				t.index[side][key] = i
			}
		}
	}
	return t
}

// foldLabel is the form under which table values and categories are compared: Outlook treats names that differ only
// in case as one category.
func foldLabel(s string) string {
	return strings.ToLower(labelField.Canonical(record.Value{s}, record.Locale{}).Text())
}

var labelField = record.Field{Type: record.Name}

func (t table) value(side record.Side, line int) string {
	if side == record.CRM {
		return t.lines[line].CRM
	}
	return t.lines[line].Outlook
}

// lists reports whether the table has the value on the side, and the form in which it is listed.
func (t table) lists(side record.Side, value string) (string, bool) {
	i, ok := t.index[side][foldLabel(value)]
	if !ok {
		return "", false
	}
	return t.value(side, i), true
}

// across is the value of the side to that stands for the value of the other side.
func (t table) across(to record.Side, value string) (string, bool) {
	i, ok := t.index[to.Other()][foldLabel(value)]
	if !ok {
		return "", false
	}
	return t.value(to, i), true
}

// mean reports whether a line of the table pairs the two values.
func (t table) mean(to record.Side, source, target string) bool {
	for i := range t.lines {
		if foldLabel(t.value(to.Other(), i)) == foldLabel(source) && foldLabel(t.value(to, i)) == foldLabel(target) {
			return true
		}
	}
	return false
}

func (t table) examples(side record.Side) []string {
	values := make([]string, len(t.lines))
	for i := range t.lines {
		values[i] = t.value(side, i)
	}
	return values
}

func (s site) checkTable() []*Error {
	var faults []*Error
	if len(s.rule.Lens.Table) == 0 {
		return s.fault("lens.table", "the table is empty")
	}
	for i, p := range s.rule.Lens.Table {
		if foldLabel(p.CRM) == "" || foldLabel(p.Outlook) == "" {
			faults = append(faults, s.fault("lens.table", "line %d lacks a value", i+1)...)
		}
		same := func(q Pair) bool {
			return foldLabel(p.CRM) == foldLabel(q.CRM) && foldLabel(p.Outlook) == foldLabel(q.Outlook)
		}
		if j := slices.IndexFunc(s.rule.Lens.Table[:i], same); j >= 0 {
			faults = append(faults, s.fault("lens.table", "line %d repeats line %d", i+1, j+1)...)
		}
	}
	return faults
}

// tableLens carries one value by a table. It speaks only about the values in the table: a person's own value on either
// side is left out of View, is never overwritten (KeptOther), and cannot be carried (NotListed).
type tableLens struct{ table }

func buildTable(s site) (Lens, []*Error) {
	if !s.counts(1, 1) {
		return nil, s.fault("", "a table has one field on each side")
	}
	faults := append(s.singles(), s.checkTable()...)
	return tableLens{newTable(s.rule.Lens.Table)}, faults
}

func (l tableLens) View(side record.Side, v []record.Value) []record.Value {
	own, ok := l.lists(side, v[0].Text())
	if !ok {
		return []record.Value{nil}
	}
	return []record.Value{{own}}
}

func (l tableLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	out, _ := l.carry(record.Outlook, crm, outlook)
	return out
}

func (l tableLens) ToCRM(outlook, crm []record.Value) []record.Value {
	out, _ := l.carry(record.CRM, outlook, crm)
	return out
}

func (l tableLens) Loss(from record.Side, source, target []record.Value) Loss {
	_, loss := l.carry(from.Other(), source, target)
	return loss
}

func (l tableLens) carry(to record.Side, source, target []record.Value) ([]record.Value, Loss) {
	said, held := source[0].Text(), target[0].Text()
	value, listed := l.across(to, said)
	_, ours := l.lists(to, held)
	switch {
	case l.mean(to, said, held):
		return target, None
	case listed && !ours && foldLabel(held) != "":
		return target, KeptOther
	case listed:
		return []record.Value{{value}}, None
	case foldLabel(said) == "" && ours:
		return []record.Value{nil}, None
	case foldLabel(said) == "":
		return target, None
	case ours && to == record.Outlook:
		return []record.Value{nil}, NotListed // what Outlook shows is no longer so
	}
	return target, NotListed // a person's own word in Outlook does not blank the CRM
}
