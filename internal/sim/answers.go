package sim

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// question finds the n-th open problem of a user of which such holds, as the user sees them.
func (w *world) question(name, nth string, such func(contactsync.Problem) bool) (u *user, p contactsync.Problem, ok bool) {
	if u = w.user(name); u == nil || u.ended {
		return nil, p, false
	}
	list, err := w.engine.User(tenantID, name).Problems(w.ctx, contactsync.ProblemFilter{})
	if err != nil {
		w.broken("sound", "the problems of %s cannot be listed: %v", name, err)
		return nil, p, false
	}
	var open []contactsync.Problem
	for _, row := range list.Rows {
		for _, p := range row.Problems {
			if p.Conn != u.conn.ID {
				w.broken("isolation", "%s is shown a problem of another connection", name)
			}
			if such(p) {
				open = append(open, p)
			}
		}
	}
	if len(open) == 0 {
		return u, p, false
	}
	n, _ := strconv.Atoi(nth)
	return u, open[n%len(open)], true
}

// othersMayNot: nobody answers for somebody else.
func (w *world) othersMayNot(u *user, answer func(contactsync.User) error) {
	for _, other := range w.users {
		if other == u {
			continue
		}
		if err := answer(w.engine.User(tenantID, other.name)); !errors.Is(err, contactsync.ErrNotFound) {
			w.broken("isolation", "%s answers a problem of %s: %v", other.name, u.name, err)
		}
	}
}

// identify answers the n-th open question of a user whether two records are one person.
func (w *world) identify(verb, name, nth string) {
	asks := func(p contactsync.Problem) bool {
		return (p.Code == contactsync.CodeDoubtfulMatch || p.Code == contactsync.CodeStrangerMatch) && p.Resolvable
	}
	u, p, ok := w.question(name, nth, asks)
	if !ok {
		return
	}
	answer := func(v contactsync.User) error {
		if verb == "accept" {
			return v.Accept(w.ctx, p.ID)
		}
		return v.Reject(w.ctx, p.ID)
	}
	w.othersMayNot(u, answer)
	if err := answer(w.engine.User(tenantID, name)); err != nil {
		w.broken("sound", "an open question of %s cannot be answered: %v", name, err)
		return
	}
	w.logf("    %s of %s: %v", p.Code, name, p.Record)
	w.ledger.answers.said(u, p, verb == "accept")
	w.reach("edit " + verb + " " + string(p.Code))
}

// choose answers the n-th open question of a user whose side counts: of an edit against a removal, or a conflict.
func (w *world) choose(name, nth, side string) {
	u, p, ok := w.question(name, nth, func(p contactsync.Problem) bool {
		return p.Code == contactsync.CodeEditVsDelete || asksForASide(p.Code)
	})
	if !ok {
		return
	}
	take := record.Outlook
	if side == "crm" {
		take = record.CRM
	}
	answer := func(v contactsync.User) error { return v.Decide(w.ctx, p.ID, take) }
	w.othersMayNot(u, answer)
	if err := answer(w.engine.User(tenantID, name)); err != nil {
		w.broken("sound", "an open question of %s cannot be answered: %v", name, err)
		return
	}
	w.logf("    %s of %s: %v", p.Code, name, p.Record)
	if asksForASide(p.Code) {
		w.ledger.decided(u, p, take)
	} else {
		w.ledger.answers.removalOrEdit(u, p, take)
	}
	w.reach("edit choose " + string(p.Code))
}

// correction is a person's, of the CRM record of a problem, or of the card where the CRM has none.
type correction struct {
	u       *user
	problem contactsync.Problem
	set     record.Fields
}

// correctable are the problems that a person settles by correcting a value.
var correctable = []contactsync.Code{contactsync.CodeInvalidValue, contactsync.CodeNoKey, contactsync.CodeDoubtfulMatch, contactsync.CodeConflict, contactsync.CodeCompletion}

// ofCard reports whether what is corrected is the card.
func (c *correction) ofCard() bool { return c.problem.Record[record.CRM] == "" }

// correct settles the n-th open problem of a user by a correction of the record. In a conflict the value is one of the field in question,
// whatever the script names.
func (w *world) correct(name, nth string, words []string) {
	u, p, ok := w.question(name, nth, func(p contactsync.Problem) bool {
		return slices.Contains(correctable, p.Code) && p.Resolvable
	})
	if !ok || len(words) == 0 {
		return
	}
	if _, value, is := strings.Cut(words[0], "="); asksForASide(p.Code) && is {
		words = append([]string{p.Rule + "=" + value}, words[1:]...)
	}
	var faults []fault
	for _, word := range words[1:] {
		if f, is := parseFault(word); is {
			faults = append(faults, f)
		}
	}
	set := fields(record.CRM, words[:1])
	w.othersMayNot(u, func(v contactsync.User) error {
		_, err := v.Resolve(w.ctx, p.ID, contactsync.Correction{Set: set})
		return err
	})
	w.logf("    %s of %s: %v", p.Code, name, p.Record)
	w.byHand = &correction{u, p, set}
	err := w.attempt(u, faults, false, func(ctx context.Context) (contactsync.Report, error) {
		return w.engine.User(tenantID, name).Resolve(ctx, p.ID, contactsync.Correction{Set: set})
	})
	w.byHand = nil
	w.reach("edit correct " + string(p.Code))
	if p.Record[record.CRM] == "" {
		w.reach("edit correct card")
	}
	var invalid *contactsync.InvalidError
	switch {
	case err == nil, len(faults) > 0, errors.As(err, &invalid), errors.Is(err, contactsync.ErrStale), errors.Is(err, contactsync.ErrNotFound), errors.Is(err, contactsync.ErrDenied):
	case errors.Is(err, contactsync.ErrBusy):
		w.isolation.busy(u)
	default:
		w.broken("sound", "a correction without faults failed: %v", err)
	}
}
