package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Correction is what a person corrected on a record.
type Correction struct {
	// Set holds whole values of the corrected fields, by the CRM's schema; known and empty means clear.
	Set record.Fields
	// Version is that of the CRM record as the person saw it, or of the Outlook item where the CRM has none; empty: whatever it is now is
	// corrected.
	Version string
}

// Resolve settles a problem by correcting a value (L4): it is written to the CRM at once, as the user, and the record is brought in step with
// Outlook, which closes the problem; of a contact that the CRM does not have, see below. It resolves problems of the codes invalidValue,
// noAccount, severalAccounts, noKey, doubtfulMatch, conflict and completion. Of the last two the values are a third one
// that counts on both sides; fields in conflict beside it, and all others, go on as they were. Where records are merged whole (merge:
// "record"), a conflict is about the record, and the CRM's counts with what was corrected there. What a value that could not be carried
// is corrected to counts on both sides too. Where its rule has other fields, such as the rest of an address, what Outlook has in them goes
// with it if that is the newer; in a conflict they have to be corrected as well where the sides differ. What else is corrected with it is
// an edit in the CRM like any other, unless another open problem of the record showed it.
//
// Where the CRM does not have the contact yet (M5), the same fields of the CRM are carried to the Outlook item, whatever the settings say of items
// that were there, and the record is made from it. That takes rules which go both ways, and settings that let items be changed: Problem.Resolvable
// says whether they do. A correction after which the record would not be made is refused: with a company that is no account's
// still, without a key, out of the Outlook filter, blank, or with a value that the item cannot hold as it is. What only the CRM refuses is a problem again.
//
// Before anything is written it is refused with an [*InvalidError] that names the field where a value does not fit the CRM's
// schema, or would not fit the Outlook field that it is carried to; where the schema has no such field, or it is read-only; where a
// conflict is not about it; and where this is no way to settle the problem. With [ErrStale] where the record has another version
// than the correction was made on, either side of a conflict no longer holds what was shown, or the correction would go over what Outlook
// holds in the place of a value that was shown, whether or not a run has seen that yet.
// With [ErrNotFound] when the user has no such open problem, or the record is gone; with [ErrDenied] when the user may not see or write
// it. A value that only the CRM itself refuses is an [*InvalidError] too.
//
// The report is of the run that brought the record in step. A connection that is switched off writes nothing, and the report says
// so. Of one that is halted the correction is written, as by a person, and what follows from it waits with all else. An error after the write is one of that run: [ErrBusy] where another is under way. The values are in the CRM, or on the item, then, and
// the next run closes the problem. [ErrUnconfirmed] says that nobody knows whether they are; resolving again is safe. The journal of the
// runs does not hold what the person overwrote.
func (u User) Resolve(ctx context.Context, problem string, c Correction) (Report, error) {
	conn, p, err := u.ownProblem(ctx, problem)
	var report Report
	if err == nil {
		report, err = u.e.resolve(ctx, conn, p, c)
	}
	if err != nil {
		return report, fmt.Errorf("contactsync: resolve: %w", err)
	}
	return report, nil
}

var correctableCodes = []Code{CodeInvalidValue, CodeNoAccount, CodeSeveralAccounts, CodeNoKey, CodeDoubtfulMatch, CodeConflict, CodeCompletion}

// byCorrection reports whether nothing but a corrected value settles the problem.
func (p *Problem) byCorrection() bool { return p.refusesValue() || p.Code == CodeNoKey }

// refusesValue reports whether the problem is about a value that stands on one side and cannot be carried to the other.
func (p *Problem) refusesValue() bool {
	return p.Code == CodeInvalidValue || p.Code == CodeNoAccount || p.Code == CodeSeveralAccounts
}

// correctable reports whether correcting the CRM record may settle a problem.
func (p *Problem) correctable() error {
	switch {
	case !slices.Contains(correctableCodes, p.Code):
		return &InvalidError{Field: "problem", Reason: "it is not settled by correcting a value; this is " + string(p.Code)}
	case p.Record[record.CRM] == "" && !p.ofCard():
		return &InvalidError{Field: "problem", Reason: "its record is in Outlook alone; correct it there"}
	}
	return nil
}

// resolving is a run that only looks, and then writes one record of the CRM.
type resolving struct {
	run
	problem Problem
	set     record.Fields
	now     [2]record.Fields // what the sides hold; of Outlook where the record has an item
	has     bool             // an item
}

func (e *Engine) resolve(ctx context.Context, conn Connection, p Problem, c Correction) (Report, error) {
	if err := p.correctable(); err != nil {
		return Report{}, err
	}
	if err := e.unlock(ctx); err != nil {
		return Report{}, err
	}
	settings, err := e.cfg.Policy.For(ctx, conn)
	if err != nil {
		return Report{}, fmt.Errorf("policy: %w", err)
	}
	v := &resolving{run: run{e: e, conn: conn, start: e.cfg.Now()}, problem: p}
	if err := v.sameKey(); err != nil {
		return Report{}, err
	}
	if v.terms, err = e.termsOf(conn, settings); err != nil {
		return Report{}, fmt.Errorf("settings: %w", err)
	}
	for side := range v.scope {
		v.scope[side] = v.terms.scope(conn, record.Side(side))
	}
	if off, err := e.off(ctx, conn, &settings, true); err != nil || off != "" {
		return Report{Conn: conn.ID, Status: Off, Reason: off}, err
	}
	if err := v.check(c.Set); err != nil {
		return Report{}, err
	}
	if p.ofCard() {
		return v.resolveCard(ctx, c.Version)
	}
	crm, err := v.look(ctx, c.Version)
	if err != nil {
		return Report{}, err
	}
	if err := v.takeBeside(ctx); err != nil {
		return Report{}, err
	}
	if err := v.fitsOutlook(); err != nil {
		return Report{}, err
	}
	if err := v.write(ctx, crm); err != nil {
		return Report{}, err
	}
	if err := v.post(ctx); err != nil {
		return Report{}, err
	}
	r, err := e.run(ctx, conn.ID, mode{crmIDs: []string{crm.ID}, byPerson: true})
	return r.report, err
}

// check holds the values against the CRM's schema.
func (v *resolving) check(set record.Fields) error {
	schema := v.terms.schema[record.CRM]
	if set.Len() == 0 {
		return &InvalidError{Field: "set", Reason: "nothing is corrected"}
	}
	for name, value := range set.All() {
		field, known := schema.Field(name)
		if !known {
			return &InvalidError{Field: name, Reason: "the CRM has no such field"}
		}
		if v.problem.asksForValue() && !slices.Contains(v.rulesOf(set, name), v.problem.Rule) {
			return &InvalidError{Field: name, Reason: "the question is not about this field"}
		}
		if err := field.Check(value); err != nil {
			return invalidValue(err)
		}
	}
	var err error
	v.set, err = set.Under(schema)
	return err
}

// invalidValue makes the error of a schema's check the one that hosts know.
func invalidValue(err error) error {
	if value := (*record.ValueError)(nil); errors.As(err, &value) {
		return &InvalidError{Field: value.Field, Reason: value.Detail()}
	}
	return err
}

// rulesOf are the rules that carry any of the fields, or just the named one.
func (v *resolving) rulesOf(set record.Fields, name string) []string {
	names := map[string]bool{}
	for field := range set.All() {
		names[field] = name == "" || field == name
	}
	var ids []string
	for i := range v.terms.rules.Rules {
		if c := &v.terms.rules.Rules[i]; v.terms.isFor(c, v.now[record.CRM].With(v.set)) && touches(c.Fields[record.CRM], names) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// look reads both sides, and refuses what was shown of other versions.
func (v *resolving) look(ctx context.Context, version string) (*record.Record, error) {
	var records [2]*record.Record
	for side, id := range v.problem.Record {
		if side == int(record.Outlook) && (id == "" || v.problem.Link == "") {
			continue
		}
		h, err := v.readNow(ctx, record.Side(side), id)
		if err != nil {
			return nil, err
		}
		if h.rec == nil {
			return nil, goneError(record.Side(side), h.gone)
		}
		if v.now[side], err = h.rec.Fields.Under(v.terms.schema[side]); err != nil {
			return nil, err
		}
		records[side] = h.rec
	}
	crm := records[record.CRM]
	v.has = records[record.Outlook] != nil
	if version != "" && crm.Version != version {
		return nil, fmt.Errorf("the record in the CRM: %w", ErrStale)
	}
	if v.problem.asksForValue() && v.holds(v.problem.Rule) != v.problem.Raw || v.problem.refusesValue() && v.overtaken() {
		return nil, fmt.Errorf("what the problem showed: %w", ErrStale)
	}
	return crm, nil
}

// overtaken reports whether Outlook holds something else by now than the problem of a value that cannot be carried showed, and the
// correction would go over it. Of the CRM's side the person says which version they saw.
func (v *resolving) overtaken() bool {
	return v.has && !v.asShown(&v.problem) && v.goesOver(v.problem.Rule)
}

// asShown reports whether Outlook holds what a problem of a value showed. What is open since before that was noted shows nothing.
func (v *resolving) asShown(p *Problem) bool {
	return p.Raw == [2]uint64{} || v.holds(p.Rule)[record.Outlook] == p.Raw[record.Outlook]
}

// goesOver reports whether the correction, carried to Outlook by a rule, says something else than Outlook does; without a rule by any.
func (v *resolving) goesOver(id string) bool {
	after := v.now[record.CRM].With(v.set)
	for i := range v.terms.rules.Rules {
		rule := &v.terms.rules.Rules[i]
		if id != "" && rule.ID != id || !touchedBy(rule, v.set) {
			continue
		}
		from, known := rule.Values(record.CRM, after)
		to, had := rule.Values(record.Outlook, v.now[record.Outlook])
		if known && had && !rule.Equal(record.Outlook, rule.Carry(record.Outlook, from, to), to) {
			return true
		}
	}
	return false
}

func touchedBy(rule *mapping.Compiled, set record.Fields) bool {
	return slices.ContainsFunc(rule.Fields[record.CRM], func(f record.Field) bool { return set.Known(f.Name) })
}

func goneError(side record.Side, gone Removal) error {
	err := ErrNotFound
	switch gone {
	case Hidden:
		err = ErrDenied
	case Unknown:
		return fmt.Errorf("the %s cannot tell at present what became of the record", sideName(side))
	}
	return fmt.Errorf("the record in the %s: %w", sideName(side), err)
}

// holds are the fingerprints of what the sides hold of a rule.
func (v *resolving) holds(rule string) [2]uint64 { return v.shown(rule, nil, v.now) }

// fitsOutlook refuses what the Outlook fields cannot hold that the corrected ones are carried to: it would be the next problem.
func (v *resolving) fitsOutlook() error {
	after := v.now[record.CRM].With(v.set)
	outlook := v.now[record.Outlook]
	if !v.has {
		outlook = v.terms.empty[record.Outlook]
	}
	if v.terms.Overflow == overflowTruncate && !v.problem.ofCard() || !v.terms.sends(record.Outlook) {
		return nil // of a card the record is made from what it holds
	}
	for i := range v.terms.rules.Rules {
		rule := &v.terms.rules.Rules[i]
		names := rule.Fields[record.CRM]
		at := slices.IndexFunc(names, func(f record.Field) bool { return v.set.Known(f.Name) })
		if at < 0 || !rule.Direction.Allows(record.Outlook) || !v.terms.isFor(rule, after) {
			continue
		}
		from, known := rule.Values(record.CRM, after)
		to, had := rule.Values(record.Outlook, outlook)
		if !known || !had {
			continue
		}
		for j, value := range rule.Carry(record.Outlook, from, to) {
			field := rule.Fields[record.Outlook][j]
			if err := invalidValue(field.Check(value)); err != nil {
				reason := err.Error()
				if fault := (*InvalidError)(nil); errors.As(err, &fault) {
					reason = fault.Reason
				}
				return &InvalidError{Field: names[at].Name, Reason: fmt.Sprintf("for %q in Outlook it %s", field.Label, reason)}
			}
		}
	}
	return nil
}

// write writes the correction to the CRM, where it says anything new.
func (v *resolving) write(ctx context.Context, crm *record.Record) error {
	set := v.set.Only(func(name string) bool {
		is, known := v.now[record.CRM].Get(name)
		to, _ := v.set.Get(name)
		return !known || !slices.Equal(is, to)
	})
	if set.Len() == 0 {
		return nil
	}
	stored, err := v.send(ctx, record.CRM, Write{Op: Update, ID: crm.ID, Version: crm.Version, Set: set, Was: crm, Changed: v.start})
	if err != nil {
		return err
	}
	v.now[record.CRM] = v.now[record.CRM].With(set).With(stored)
	return nil
}

// send makes one write, and returns what the side says that it keeps.
func (v *resolving) send(ctx context.Context, side record.Side, w Write) (stored record.Fields, err error) {
	call, cancel := v.bounded(ctx)
	defer cancel()
	apply := v.e.cfg.Directory.Apply
	if side == record.CRM {
		apply = v.applyByReference
	}
	results, err := apply(call, v.scope[side], []Write{w})
	switch {
	case err != nil:
	case len(results) != 1:
		err = fmt.Errorf("%w: %d results for one write", ErrUnconfirmed, len(results))
	default:
		stored, err = results[0].Stored, invalidValue(results[0].Err)
	}
	if err != nil {
		return record.Fields{}, fmt.Errorf("write to the %s: %w", sideName(side), err)
	}
	return stored, nil
}

// post leaves it to the next run to let the correction count on both sides, and to look at the record.
func (v *resolving) post(ctx context.Context) error {
	p := v.problem
	post := func(m Message) error {
		m.Conn = v.conn.ID
		return v.e.cfg.State.Post(ctx, m)
	}
	if p.Link == "" || !v.has || !p.asksForValue() && !p.refusesValue() {
		return post(v.corrected())
	}
	rules, err := v.decided(ctx)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		d := PersonDecision{Problem: p.ID, Link: p.Link, Record: p.Record, Decision: conflict.Decision{Rule: rule, Side: record.CRM, Raw: v.holds(rule)}}
		if err := post(Message{Decision: &d}); err != nil {
			return err
		}
	}
	return post(v.corrected())
}

// decided are the rules of which the correction counts on both sides: the one in question, and those that another open problem of the
// record is about, and showed what is there. What else was corrected is an edit like any other: of what Outlook holds of it nothing was shown.
func (v *resolving) decided(ctx context.Context) ([]string, error) {
	rules := v.rulesOf(v.set, "")
	switch {
	case v.problem.asksForValue():
		return []string{v.problem.Rule}, nil
	case v.problem.Rule == "":
		return rules, nil
	}
	open, err := v.e.cfg.State.Problems(ctx, v.conn.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rules, func(rule string) bool {
		return rule != v.problem.Rule && !slices.ContainsFunc(open, func(p Problem) bool {
			return p.Link == v.problem.Link && p.Rule == rule && p.refusesValue() && v.asShown(&p)
		})
	}), nil
}

// corrected has the record looked at, and says for the sake of which problem.
func (v *resolving) corrected() Message {
	return Message{CRMIDs: []string{v.problem.Record[record.CRM]}, Corrected: v.problem.ID}
}
