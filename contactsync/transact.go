package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// Transactor is implemented by a Store whose records lie in the database of the State: what is written to the CRM and what is
// remembered of it are then there together or not at all, and nobody can see one without the other. Without it a stop in
// between is made good by the next run, which looks before it writes.
type Transactor interface {
	// Transact begins a transaction and calls do once, with a context under which the Store's Apply and the State's methods work
	// within it. When do answers nil it commits, else it rolls back; it answers do's error, or why the transaction did not
	// begin or commit. No request to Microsoft Graph is made within do, which takes as long as one Apply and one Save. Transact
	// must not try again by itself: the engine's next run does.
	Transact(ctx context.Context, do func(ctx context.Context) error) error
}

var errTransact = errors.New("the Transactor did not call once what it was given")

// transact writes to the CRM and saves what became of the chunk, in one transaction where the Store offers that.
func (r *run) transact(ctx context.Context, tasks []*task) error {
	transactor, offered := r.e.cfg.Store.(Transactor)
	if !offered || !slices.ContainsFunc(tasks, func(t *task) bool { return t.write[record.CRM] != nil }) {
		return r.writeCRM(ctx, tasks)
	}
	if err := r.keep(ctx); err != nil {
		return err
	}
	bounded, cancel := r.bounded(ctx)
	defer cancel()
	calls := 0
	err := transactor.Transact(bounded, func(ctx context.Context) error {
		if calls++; calls > 1 {
			return errTransact
		}
		if err := r.writeCRM(ctx, tasks); err != nil {
			return err
		}
		r.lapsed = true // until it is known to be committed
		return r.save(ctx)
	})
	if err == nil && calls != 1 {
		r.lapsed, err = true, errTransact
	}
	if err != nil {
		return fmt.Errorf("transaction: %w", err)
	}
	r.lapsed = false
	return nil
}
