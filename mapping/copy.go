package mapping

import "github.com/seed-42871e99/crmsync/record"

func buildCopy(s site) (Lens, []*Error) {
	if s.counts(0, 0) {
		return nil, s.fault("", "it names no field of either side; if it is to change a rule that there is, its id is another")
	}
	if !s.counts(1, 1) {
		return nil, s.fault("", `a copy has one field on each side; for several there are the lenses "list", "name" and "address"`)
	}
	crm, outlook := s.fields[record.CRM][0], s.fields[record.Outlook][0]
	e := newEntries(crm, outlook, s.loc)
	switch {
	case crm.Shape == record.One && outlook.Shape == record.One:
		if e.field.Type == record.Email {
			return newList(s, true), nil
		}
		return copyLens{e}, nil
	case crm.Shape == record.One || outlook.Shape == record.One:
		return nil, s.fault("", `%q holds one entry and %q several: take the lens "first", or "list"`, single(crm, outlook).Name, several(crm, outlook).Name)
	case crm.Shape == record.List && outlook.Shape == record.List:
		return newList(s, true), nil
	}
	return copySetLens{e}, nil
}

func single(a, b record.Field) record.Field {
	if a.Shape == record.One {
		return a
	}
	return b
}

func several(a, b record.Field) record.Field {
	if a.Shape == record.One {
		return b
	}
	return a
}

// copyLens carries one entry as it is. A target that is equal already keeps its own spelling.
type copyLens struct{ entries }

func (l copyLens) View(_ record.Side, v []record.Value) []record.Value { return v }

func (l copyLens) ToOutlook(crm, outlook []record.Value) []record.Value { return l.carry(crm, outlook) }

func (l copyLens) ToCRM(outlook, crm []record.Value) []record.Value { return l.carry(outlook, crm) }

func (l copyLens) carry(source, target []record.Value) []record.Value {
	if l.same(source[0].Text(), target[0].Text()) {
		return target
	}
	return source
}

// copySetLens carries a set as a whole. Entries that are there already keep their spelling and place.
type copySetLens struct{ entries }

func (l copySetLens) View(_ record.Side, v []record.Value) []record.Value { return v }

func (l copySetLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	return l.carry(crm, outlook)
}

func (l copySetLens) ToCRM(outlook, crm []record.Value) []record.Value { return l.carry(outlook, crm) }

func (l copySetLens) carry(source, target []record.Value) []record.Value {
	f := l.field
	f.Shape = record.Set
	if f.Equal(source[0], target[0], l.loc) {
		return target
	}
	out := make(record.Value, 0, len(source[0]))
	for _, entry := range target[0] {
		if l.has(source[0], entry) {
			out = append(out, entry)
		}
	}
	for _, entry := range source[0] {
		if !l.blank(entry) && !l.has(out, entry) {
			out = append(out, entry)
		}
	}
	return []record.Value{out}
}

func (l copySetLens) has(v record.Value, entry string) bool {
	for _, other := range v {
		if l.same(entry, other) {
			return true
		}
	}
	return false
}
