package mapping

import "github.com/seed-42871e99/crmsync/record"

// accountLens carries the name of another record, a contact's company, as it is. Names with one [record.CompanyKey] say the same,
// and each side keeps its own spelling. Which record is meant is looked up where the name is written to the CRM.
type accountLens struct{}

func buildAccount(s site) (Lens, []*Error) {
	if !s.counts(1, 1) {
		return nil, s.fault("", "an account has one field on each side")
	}
	faults := s.singles()
	if f := s.fields[record.CRM][0]; f.NameOf == "" {
		faults = append(faults, s.fault(f.Name, "the CRM does not say which reference it is the name of (record.Field.NameOf)")...)
	}
	return accountLens{}, faults
}

func (accountLens) View(_ record.Side, v []record.Value) []record.Value { return v }

func (l accountLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	return l.carry(crm, outlook)
}

func (l accountLens) ToCRM(outlook, crm []record.Value) []record.Value { return l.carry(outlook, crm) }

func (accountLens) carry(source, target []record.Value) []record.Value {
	if record.CompanyKey(source[0].Text()) == record.CompanyKey(target[0].Text()) {
		return target
	}
	return source
}
