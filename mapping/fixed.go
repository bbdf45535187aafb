package mapping

import "github.com/seed-42871e99/crmsync/record"

// constLens writes the same value always. The side without a field is taken to hold that value.
type constLens struct {
	to    record.Side
	value record.Value
	same  record.Field
	loc   record.Locale
}

func buildConst(s site) (Lens, []*Error) {
	to := record.Outlook
	if len(s.fields[record.CRM]) > 0 {
		to = record.CRM
	}
	if len(s.fields[to]) != 1 || len(s.fields[to.Other()]) != 0 {
		return nil, s.fault("", "a constant has one field on one side, and none on the other")
	}
	f := s.fields[to][0]
	l := constLens{to: to, value: s.rule.Lens.Values, same: f, loc: s.loc}
	if l.value.IsEmpty() {
		return nil, s.fault("lens.values", "there is nothing to write")
	}
	f.ReadOnly = false // that is said elsewhere
	if err := f.Check(l.value); err != nil {
		return nil, s.fault("lens.values", "%v", err)
	}
	return l, nil
}

func (l constLens) View(_ record.Side, v []record.Value) []record.Value { return v }

func (l constLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	return l.carry(record.Outlook, outlook)
}

func (l constLens) ToCRM(outlook, crm []record.Value) []record.Value {
	return l.carry(record.CRM, crm)
}

func (l constLens) carry(to record.Side, target []record.Value) []record.Value {
	if to != l.to || l.same.Equal(target[0], l.value, l.loc) {
		return target
	}
	return []record.Value{l.value}
}

func (l constLens) Loss(from record.Side, source, _ []record.Value) Loss {
	if from == l.to && !l.same.Equal(source[0], l.value, l.loc) {
		return OneWay
	}
	return None
}
