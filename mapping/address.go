package mapping

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// addressLens carries a postal address part by part. The street may have a field for each line on one side; the other
// side then has all lines in one field, and blank lines do not count. The last field of a line takes all lines left.
type addressLens struct {
	// lines are, for each part, the fields that hold it on each side: one and one, or one and several.
	lines []lines
	text  entries
}

type lines [2][]int

func buildAddress(s site) (Lens, []*Error) {
	faults := s.singles()
	crm, outlook := len(s.fields[record.CRM]), len(s.fields[record.Outlook])
	if crm == 0 || outlook == 0 {
		return nil, append(faults, s.fault("", "an address has at least one field on each side")...)
	}
	l := addressLens{text: entries{field: record.Field{Type: record.Text}, loc: s.loc}}
	parts := s.rule.Lens.Parts
	if parts == nil {
		if crm != outlook {
			return nil, append(faults, s.fault("lens.parts", "%d fields and %d: say what the fields of the longer side hold", crm, outlook)...)
		}
		for i := range crm {
			l.lines = append(l.lines, lines{{i}, {i}})
		}
		return l, faults
	}
	long := record.CRM
	if outlook > crm {
		long = record.Outlook
	}
	if len(parts) != len(s.fields[long]) {
		return nil, append(faults, s.fault("lens.parts", "there are %d parts for %d fields", len(parts), len(s.fields[long]))...)
	}
	var seen []Part
	for i, p := range parts {
		switch at := slices.Index(seen, p); {
		case !slices.Contains(addressParts, p):
			faults = append(faults, s.fault("lens.parts", "%q is not a part of an address; there are %s", p, list(addressParts))...)
		case at < 0:
			var part lines
			part[long], part[long.Other()] = []int{i}, []int{len(seen)}
			seen, l.lines = append(seen, p), append(l.lines, part)
		case p != Street:
			faults = append(faults, s.fault("lens.parts", "%q is there twice", p)...)
		default:
			l.lines[at][long] = append(l.lines[at][long], i)
		}
	}
	if n := len(s.fields[long.Other()]); len(seen) != n {
		faults = append(faults, s.fault("lens.parts", "there are %d different parts for %d fields of the other side", len(seen), n)...)
	}
	return l, faults
}

var addressParts = []Part{Street, City, State, Postcode, Country}

func (l addressLens) View(_ record.Side, v []record.Value) []record.Value { return v }

func (l addressLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	return l.carry(record.Outlook, crm, outlook)
}

func (l addressLens) ToCRM(outlook, crm []record.Value) []record.Value {
	return l.carry(record.CRM, outlook, crm)
}

func (l addressLens) carry(to record.Side, source, target []record.Value) []record.Value {
	out := target
	put := func(i int, v record.Value) {
		if &out[0] == &target[0] {
			out = slices.Clone(target)
		}
		out[i] = v
	}
	for _, part := range l.lines {
		from, into := part[to.Other()], part[to]
		if len(from) == 1 && len(into) == 1 {
			if s := source[from[0]]; !l.text.same(s.Text(), target[into[0]].Text()) {
				put(into[0], s)
			}
			continue
		}
		said := l.filledLines(source, from)
		if slices.EqualFunc(said, l.filledLines(target, into), l.text.same) {
			continue
		}
		for n, i := range into {
			k := min(1, len(said))
			if n == len(into)-1 {
				k = len(said)
			}
			put(i, record.Value{strings.Join(said[:k], "\n")})
			said = said[k:]
		}
	}
	return out
}

// filledLines returns the lines of the fields that are not blank.
func (l addressLens) filledLines(v []record.Value, fields []int) []string {
	var filled []string
	for _, i := range fields {
		for line := range strings.FieldsFuncSeq(v[i].Text(), func(r rune) bool { return r == '\n' || r == '\r' }) {
			if !l.text.blank(line) {
				filled = append(filled, line)
			}
		}
	}
	return filled
}
