package main

import (
	"context"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Apply implements [contactsync.Store] in one transaction: it holds for every write that was not refused or, when the
// method returns an error, for none. Should the reply of the commit itself be lost, the engine looks at stamps and
// versions before it writes again.
func (s *Store) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	if tx, there := within(ctx); there {
		return applyIn(ctx, tx, sc, writes)
	}
	var results []contactsync.Result
	err := s.Transact(ctx, func(ctx context.Context) (err error) {
		tx, _ := within(ctx)
		results, err = applyIn(ctx, tx, sc, writes)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// Transact implements [contactsync.Transactor]: the State lies in this database too, so that the people that the engine writes
// and the links it remembers of them are committed together.
func (s *Store) Transact(ctx context.Context, do func(ctx context.Context) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	ctx = context.WithValue(ctx, txKey{}, session{tx, s.db.dialect})
	if s.state != nil {
		ctx = s.state.WithTx(ctx, tx)
	}
	if err := do(ctx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// txKey is where a context holds the transaction that Transact began.
type txKey struct{}

func within(ctx context.Context) (tx session, there bool) {
	tx, there = ctx.Value(txKey{}).(session)
	return tx, there
}

func applyIn(ctx context.Context, tx session, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	if err := tx.lock(ctx, sc.Tenant); err != nil {
		return nil, fmt.Errorf("apply: %w", err)
	}
	results := make([]contactsync.Result, len(writes))
	for i, w := range writes {
		var err error
		if w.Op == contactsync.Create {
			results[i], err = create(ctx, tx, sc, w)
		} else {
			results[i], err = change(ctx, tx, sc, w)
		}
		if err != nil {
			return nil, fmt.Errorf("apply: write %d, %s: %w", i, w.Op, err)
		}
	}
	return results, nil
}

// refused is the outcome of a write that is not carried out. That must show before anything is written: the transaction
// goes on with the other writes.
func refused(w contactsync.Write, why error) (contactsync.Result, error) {
	return contactsync.Result{ID: w.ID, Err: why}, nil
}

// create makes a person who belongs to the user, unless the stamp was used: the unique index decides, also between two
// workers at once. A stamp outlives its person, so that a late repetition never brings back who was deleted.
func create(ctx context.Context, tx session, sc contactsync.Scope, w contactsync.Write) (contactsync.Result, error) {
	p := Person{Owner: sc.User}
	if err := decode(w.Set, &p); err != nil {
		return refused(w, err)
	}
	made, err := tx.exec(ctx, `INSERT INTO people (`+columns+`, tenant, sync_stamp) VALUES (`+marks+`, $13, $14)
		ON CONFLICT (tenant, sync_stamp) DO NOTHING`, append(p.values(), sc.Tenant, w.Stamp)...)
	if err != nil {
		return contactsync.Result{}, err
	}
	r, err := person(ctx, tx, sc, `tenant = $2 AND sync_stamp = $3`, w.Stamp)
	if err == nil && r.into != "" {
		r, err = person(ctx, tx, sc, `id IN IDS($3)`, list([]string{r.into}))
	}
	switch {
	case err != nil:
		return contactsync.Result{}, err
	case r.gone() == contactsync.Hidden:
		return refused(w, contactsync.ErrDenied)
	case r.gone() != "":
		return refused(w, contactsync.ErrNotFound)
	}
	return done(r, !made), nil
}

// change updates or deletes a person, where the write is based on the version that is there, or on none. Rights that go beyond
// seeing somebody, such as who may delete, belong here too: as ErrDenied.
func change(ctx context.Context, tx session, sc contactsync.Scope, w contactsync.Write) (contactsync.Result, error) {
	r, err := person(ctx, tx, sc, `id IN IDS($3)`, list([]string{w.ID}))
	switch gone := r.gone(); {
	case err != nil:
		return contactsync.Result{}, err
	case gone == contactsync.Hidden:
		return refused(w, contactsync.ErrDenied)
	case gone != "" && w.Op == contactsync.Delete:
		return contactsync.Result{ID: w.ID}, nil
	case gone != "":
		return refused(w, contactsync.ErrNotFound)
	case w.Version != "" && w.Version != r.Version:
		return refused(w, contactsync.ErrStale)
	}
	var fresh bool // the version is looked at once more where the row is locked: others write too
	if w.Op == contactsync.Delete {
		fresh, err = tx.exec(ctx, `UPDATE people SET deleted_at = CURRENT_TIMESTAMP WHERE id = $1 AND version = $2`,
			r.ID, r.Version)
	} else {
		if err := decode(w.Set, &r.person); err != nil {
			return refused(w, err)
		}
		fresh, err = tx.exec(ctx, `UPDATE people SET modified_at = CURRENT_TIMESTAMP, (`+columns+`) = (`+marks+`) WHERE id = $13 AND version = $14`,
			append(r.person.values(), r.ID, r.Version)...)
	}
	switch {
	case err != nil:
		return contactsync.Result{}, err
	case !fresh:
		return refused(w, contactsync.ErrStale)
	case w.Op == contactsync.Delete:
		return contactsync.Result{ID: w.ID}, nil
	}
	r, err = person(ctx, tx, sc, `id IN IDS($3)`, list([]string{w.ID}))
	return done(r, false), err
}

// decode puts the values that are set over a person, and leaves the others. What does not fit is a [*record.ValueError]
// that names the field; where the CRM has more rules, it says so with a [*contactsync.InvalidError]. Its user is asked to
// correct it.
func decode(set record.Fields, into *Person) error {
	if err := schema.Check(set); err != nil {
		return err
	}
	return record.Decode(set, into)
}

// done tells what is stored now, which triggers, defaults and the CRM's own rules may have made of what was sent.
func done(r row, existed bool) contactsync.Result {
	return contactsync.Result{ID: r.ID, Version: r.Version, Modified: r.Modified, Stored: r.Fields, Existed: existed}
}

// person reads one row; where there is none, one that counts as deleted.
func person(ctx context.Context, tx session, sc contactsync.Scope, condition string, args ...any) (row, error) {
	rows, err := people(ctx, tx, sc, condition, args...)
	if err != nil || len(rows) == 0 {
		return row{deleted: true}, err
	}
	return rows[0], nil
}
