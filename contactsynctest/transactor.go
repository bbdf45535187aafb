package contactsynctest

import (
	"context"
	"errors"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	ruleTransact  = "Transact begins a transaction and calls do once, with a context under which the Store's Apply and the State's methods work within it."
	ruleCommitted = "When do answers nil it commits, else it rolls back; it answers do's error, or why the transaction did not begin or commit."
	ruleNoRetry   = "Transact must not try again by itself: the engine's next run does."
)

// transactorChecks hold for a Store that is a Transactor. That the State's saves go along can only be seen by a test that has both.
var transactorChecks = []check[*session]{
	{"Transactor/commit", []string{ruleTransact, ruleCommitted}, transacting((*session).checkCommit)},
	{"Transactor/roll back", []string{ruleCommitted, ruleTransact, ruleNoRetry}, transacting((*session).checkRollback)},
	{"Transactor/context ended", []string{ruleCommitted}, transacting((*session).checkTransactCancelled)},
}

// transacting leaves a check out for a Store that is no Transactor.
func transacting(run func(s *session, t contactsync.Transactor)) func(*session) {
	return func(s *session) {
		if t, can := s.store.(contactsync.Transactor); can {
			run(s, t)
		}
	}
}

// writeWithin creates one record, updates one and deletes one, under the context of a transaction.
func (s *session) writeWithin(ctx context.Context, create contactsync.Write, updated, deleted record.Record) error {
	s.Helper()
	results, err := s.store.Apply(ctx, s.sc, []contactsync.Write{
		create,
		{Op: contactsync.Update, ID: updated.ID, Version: updated.Version, Set: s.sample(3), Was: &updated},
		{Op: contactsync.Delete, ID: deleted.ID, Version: deleted.Version},
	})
	for _, r := range results {
		err = errors.Join(err, r.Err)
	}
	return err
}

func (s *session) checkCommit(t contactsync.Transactor) {
	updated, deleted, create := s.read(s.create(1).ID), s.read(s.create(2).ID), s.creating(4)
	calls := 0
	s.call("Transact", t.Transact(s.Context(), func(ctx context.Context) error {
		calls++
		return s.writeWithin(ctx, create, updated, deleted)
	}))
	if calls != 1 {
		s.Errorf("Transact called what it was given %d times, want once", calls)
	}
	if f := s.get(contactsync.Ref{Stamp: create.Stamp})[0]; len(f.Records) != 1 {
		s.Errorf("Get of a record made in a transaction that was committed: %s, want the record", fate(f))
	}
	if s.read(updated.ID).Version == updated.Version {
		s.Errorf("Get of a record updated in a transaction that was committed: it has its old version")
	}
	s.wantGone(contactsync.Ref{ID: deleted.ID})
}

func (s *session) checkRollback(t contactsync.Transactor) {
	updated, deleted, create := s.read(s.create(1).ID), s.read(s.create(2).ID), s.creating(4)
	stop := errors.New("the save failed")
	calls := 0
	err := t.Transact(s.Context(), func(ctx context.Context) error {
		calls++
		if err := s.writeWithin(ctx, create, updated, deleted); err != nil {
			s.Errorf("Apply within a transaction: %v", err)
		}
		return stop
	})
	if calls != 1 {
		s.Errorf("Transact called what it was given, which failed, %d times, want once", calls)
	}
	if !errors.Is(err, stop) {
		s.Errorf("Transact of what failed: error %v, want that error", err)
	}
	s.wantUntouched(create, updated, deleted)
}

// wantUntouched fails unless nothing of a transaction that was rolled back is there.
func (s *session) wantUntouched(create contactsync.Write, updated, deleted record.Record) {
	s.Helper()
	if f := s.get(contactsync.Ref{Stamp: create.Stamp})[0]; len(f.Records) > 0 {
		s.Errorf("Get of a record made in a transaction that was rolled back: the record is there")
	}
	for _, was := range []record.Record{updated, deleted} {
		now := s.read(was.ID)
		s.wantFields("Get after a transaction that was rolled back", now.Fields, was.Fields, was.Fields)
		if now.Version != was.Version {
			s.Errorf("Get after a transaction that was rolled back: version %q, want %q as before", now.Version, was.Version)
		}
	}
	if res := s.do(create); res.Existed {
		s.Errorf("Apply of a create whose transaction was rolled back: it says Existed")
	}
}

func (s *session) checkTransactCancelled(t contactsync.Transactor) {
	updated, deleted, create := s.read(s.create(1).ID), s.read(s.create(2).ID), s.creating(4)
	ctx, cancel := context.WithCancel(s.Context())
	err := t.Transact(ctx, func(ctx context.Context) error {
		err := s.writeWithin(ctx, create, updated, deleted)
		cancel()
		return errors.Join(err, ctx.Err())
	})
	if !errors.Is(err, context.Canceled) {
		s.Errorf("Transact under a context that ends: error %v, want the context's", err)
	}
	s.wantUntouched(create, updated, deleted)
}
