package mapping

import (
	"math"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// listLens carries the entries of one or more fields to one or more fields, as one list a side. It is the lens of the
// kinds list and first, and of copy between lists.
//
// Entries are aligned by value first, by position second. So an entry that is removed, or that swaps places, never
// changes what another slot holds: with CRM fields email1 and email2, taking the first address out of Outlook clears
// email1 and leaves email2 alone.
//
// Each side owns only as many of the other's entries as it has room for, the first ones; the rest is left out of View
// and stays as it is. An entry that does not count (see [entries.counts]) stays too, and takes up room. While there is such a rest, an entry that the source lacks is kept too (KeptOther): taking
// it away would pull one from the rest into its place, and the next write would then overwrite what the rule never
// owned.
type listLens struct {
	entries
	// room is the greatest number of entries of each side by its schema; unlimited: no limit.
	room   [2]int
	fields [2][]record.Field
	// ordered carries the order of the entries too. There is then one field on each side.
	ordered bool
}

const unlimited = math.MaxInt32

func newList(s site, ordered bool) listLens {
	l := listLens{entries: newEntries(s.fields[0][0], s.fields[1][0], s.loc), fields: s.fields, ordered: ordered}
	for side, fields := range s.fields {
		for _, f := range fields {
			l.room[side] = min(l.room[side]+fieldRoom(f), unlimited)
		}
	}
	return l
}

func fieldRoom(f record.Field) int {
	if f.MaxCount == 0 {
		return unlimited
	}
	return f.MaxCount
}

// left is the room of a side that is not taken up by entries that do not count.
func (l listLens) left(side record.Side, v []record.Value) int {
	room := l.room[side]
	for i := range v {
		for _, entry := range v[i] {
			if !l.counts(entry) && !l.blank(entry) {
				room--
			}
		}
	}
	return max(room, 0)
}

// owned returns the first entries of the side, at most room, and how many there are in all.
func (l listLens) owned(v []record.Value, room int) (entries []string, count int) {
	for i := range v {
		for _, entry := range v[i] {
			if !l.counts(entry) {
				continue
			}
			if count < room {
				entries = append(entries, entry)
			}
			count++
		}
	}
	return entries, count
}

// View is the owned entries, without names. Unless order is carried, they are laid out in an order of their own, so
// that a swap is no change.
func (l listLens) View(side record.Side, v []record.Value) []record.Value {
	if len(v) == 1 && l.plain(side, v[0]) {
		return v
	}
	entries, _ := l.owned(v, l.room[side.Other()])
	for i, entry := range entries {
		entries[i] = l.bare(entry)
	}
	if !l.ordered {
		slices.SortStableFunc(entries, compareForView)
	}
	out := make([]record.Value, len(v))
	for i, f := range l.fields[side] {
		n := len(entries)
		if i < len(v)-1 {
			n = min(n, fieldRoom(f))
		}
		out[i], entries = entries[:n:n], entries[n:]
	}
	return out
}

// plain reports whether the value is its own view: nothing to leave out, strip or order.
func (l listLens) plain(side record.Side, v record.Value) bool {
	switch len(v) {
	case 0:
		return true
	case 1:
		return l.counts(v[0]) && l.bare(v[0]) == v[0]
	}
	return false
}

func (l listLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	out, _ := l.carry(record.Outlook, crm, outlook)
	return out
}

func (l listLens) ToCRM(outlook, crm []record.Value) []record.Value {
	out, _ := l.carry(record.CRM, outlook, crm)
	return out
}

func (l listLens) Loss(from record.Side, source, target []record.Value) Loss {
	_, loss := l.carry(from.Other(), source, target)
	return loss
}

func (l listLens) carry(to record.Side, source, target []record.Value) ([]record.Value, Loss) {
	if l.agreeInOrder(source, target) {
		return target, None
	}
	roomThere, roomHere := l.left(to, target), l.left(to.Other(), source)
	wanted, inSource := l.owned(source, roomThere)
	slots, inTarget := l.slots(to, target, roomHere)
	rest := inTarget > roomHere

	places := l.align(to, wanted, slots)
	loss := None
	switch {
	case len(wanted) < inSource && roomThere == 0:
		loss = KeptOther
	case len(wanted) < inSource && l.room[to] == 1:
		loss = FirstOnly
	case len(wanted) < inSource:
		loss = Cut
	case rest && hasLeftover(slots):
		loss = KeptOther
	}
	if l.agree(places, slots, rest) {
		return target, loss
	}
	if l.ordered {
		places = reorder(places, slots, rest)
	} else {
		put(places, slots, rest)
	}
	return l.values(to, slots, places), loss
}

// agreeInOrder reports whether both sides hold the same entries in the same order: the common case, told without taking
// memory.
func (l listLens) agreeInOrder(source, target []record.Value) bool {
	s, t := cursor{v: source}, cursor{v: target}
	for {
		a, more := s.next(l)
		b, also := t.next(l)
		if !more && !also {
			return true
		}
		if !l.same(l.bare(a), l.bare(b)) {
			return false
		}
	}
}

// cursor walks the entries of a side that count; behind the last is a blank.
type cursor struct {
	v            []record.Value
	field, entry int
}

func (c *cursor) next(l listLens) (string, bool) {
	for ; c.field < len(c.v); c.field, c.entry = c.field+1, 0 {
		for c.entry < len(c.v[c.field]) {
			entry := c.v[c.field][c.entry]
			c.entry++
			if l.counts(entry) {
				return entry, true
			}
		}
	}
	return "", false
}

// values puts the slots back into fields, and entries without a slot where there is room.
func (l listLens) values(to record.Side, slots []slot, places []place) []record.Value {
	out := make([]record.Value, len(l.fields[to]))
	for _, s := range slots {
		if !l.blank(s.entry) {
			out[s.field] = append(out[s.field], s.entry)
		}
	}
	for _, p := range places {
		if p.slot < 0 {
			l.add(to, out, p.entry)
		}
	}
	return out
}

// add puts an entry into the first field with room.
func (l listLens) add(to record.Side, out []record.Value, entry string) {
	for i, f := range l.fields[to] {
		if len(out[i]) < fieldRoom(f) {
			out[i] = append(out[i], entry)
			return
		}
	}
}

// compareForView orders the entries of a view: by their digits from the last to the first, so that "020 7946 0001" and
// "+44 20 7946 0001" stand in the same place, then by their ASCII letters without case. Fingerprints of views are
// stored, so this order must never change.
func compareForView(a, b string) int {
	i, j := len(a), len(b)
	for {
		var x, y byte
		x, i = digitBefore(a, i)
		y, j = digitBefore(b, j)
		if x != y {
			return int(x) - int(y)
		}
		if x == 0 {
			break
		}
	}
	if c := strings.Compare(lowerASCII(a), lowerASCII(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// digitBefore is the last digit of s before position i, and where it stands; 0 when there is none.
func digitBefore(s string, i int) (byte, int) {
	for i--; i >= 0; i-- {
		if '0' <= s[i] && s[i] <= '9' {
			return s[i], i
		}
	}
	return 0, i
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func buildList(s site) (Lens, []*Error) {
	if !s.counts(oneOrMore, oneOrMore) {
		return nil, s.fault("", "a list has at least one field on each side")
	}
	var faults []*Error
	for _, f := range s.all() {
		if f.Shape == record.Set {
			faults = append(faults, s.fault(f.Name, "is a set, which has no slots")...)
		}
	}
	return newList(s, false), faults
}

func buildFirst(s site) (Lens, []*Error) {
	if !s.counts(1, 1) {
		return nil, s.fault("", "the first entry goes from one field to one field")
	}
	crm, outlook := s.fields[record.CRM][0], s.fields[record.Outlook][0]
	if (crm.Shape == record.One) == (outlook.Shape == record.One) || several(crm, outlook).Shape != record.List {
		return nil, s.fault("", "one of %q and %q must be a list, and the other a single value", crm.Name, outlook.Name)
	}
	return newList(s, false), nil
}
