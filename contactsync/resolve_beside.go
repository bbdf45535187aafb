package contactsync

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// takeBeside adds to the correction what Outlook says in the other fields of its rules, such as the street beside a postal code that the CRM
// refused: a rule is carried as a whole or not at all, so what the CRM has in them is the older, and would go over Outlook's. Of a
// conflict nothing tells which is the newer: there the person has to say.
func (v *resolving) takeBeside(ctx context.Context) error {
	whole := v.problem.asksForValue() && v.terms.Merge == mergeRecord // the CRM's record counts, with what was corrected there
	if !v.has || whole || !v.problem.asksForValue() && !v.problem.refusesValue() {
		return nil
	}
	rules, err := v.decided(ctx)
	if err != nil {
		return err
	}
	newer := func(string) bool { return true }
	if v.problem.refusesValue() {
		if newer, err = v.newerInOutlook(ctx); err != nil {
			return err
		}
	}
	b := v.terms.schema[record.CRM].Build()
	for i := range v.terms.rules.Rules {
		rule := &v.terms.rules.Rules[i]
		if !slices.Contains(rules, rule.ID) || !newer(rule.ID) {
			continue
		}
		for _, other := range v.besides(rule) {
			switch {
			case v.problem.asksForValue():
				return &InvalidError{Field: other.Name, Reason: "the two sides differ in it too, and it is carried together with what was corrected; say what it is to be"}
			case other.Check(other.value) != nil:
				return &InvalidError{Field: other.Name, Reason: "what Outlook has for it cannot be carried either; correct it as well"}
			case rule.ID == v.problem.Rule && v.problem.Raw != [2]uint64{} && v.holds(rule.ID)[record.CRM] != v.problem.Raw[record.CRM]:
				return fmt.Errorf("what the problem showed: %w", ErrStale)
			default:
				b.Set(other.Name, other.value...)
			}
		}
	}
	v.set = b.Fields().With(v.set)
	return nil
}

// besides are the fields of a rule that were not corrected, and for which Outlook says something else than the CRM.
func (v *resolving) besides(rule *mapping.Compiled) (others []fieldValue) {
	from, known := rule.Values(record.Outlook, v.now[record.Outlook])
	to, had := rule.Values(record.CRM, v.now[record.CRM])
	if !known || !had || !rule.Direction.Allows(record.CRM) {
		return nil
	}
	for i, value := range rule.Carry(record.CRM, from, to) {
		field := rule.Fields[record.CRM][i]
		if !v.set.Known(field.Name) && !field.ReadOnly && !field.Equal(value, to[i], v.terms.rules.Locale) {
			others = append(others, fieldValue{field, value})
		}
	}
	return others
}

type fieldValue struct {
	record.Field
	value record.Value
}

// newerInOutlook tells of which rules the CRM has what is older: Outlook has changed since both were in step, and the CRM has not, or it is the CRM
// that refused it.
func (v *resolving) newerInOutlook(ctx context.Context) (func(rule string) bool, error) {
	links, err := v.e.cfg.State.LinksOf(ctx, v.conn.ID, record.CRM, []string{v.problem.Record[record.CRM]})
	if err != nil {
		return nil, err
	}
	open, err := v.e.cfg.State.Problems(ctx, v.conn.ID)
	if err != nil {
		return nil, err
	}
	var base []conflict.Seen
	if i := slices.IndexFunc(links, func(l Link) bool { return l.ID == v.problem.Link }); i >= 0 {
		base = links[i].Seen
	}
	var changed [2][]string
	for side := range changed {
		changed[side] = v.terms.merger.Changed(base, record.Side(side), v.now[side])
	}
	return func(rule string) bool {
		refused := slices.ContainsFunc(open, func(p Problem) bool {
			return p.Link == v.problem.Link && p.refusesValue() && p.Sides[record.CRM] && (p.Rule == rule || p.Rule == "")
		})
		met := slices.ContainsFunc(base, func(s conflict.Seen) bool { return s.Rule == rule })
		return met && slices.Contains(changed[record.Outlook], rule) && (refused || !slices.Contains(changed[record.CRM], rule)) || !met && refused
	}, nil
}
