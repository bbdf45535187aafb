package contactsynctest

import (
	"errors"
	"sync"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleStamp       = "A create repeated with the same stamp returns the record made the first time, or the one that was merged into, and says Existed; where that has been deleted since, [ErrNotFound], which the engine takes for a person's deletion; where the user may not see it, [ErrDenied]."
	ruleExisted     = "Existed: the stamp of a create had been used, and the record is as it is, not as sent."
	ruleExistStored = "Stored then holds it."
	ruleStampGone   = "for a stamp, Deleted means made and since deleted; Unknown, never seen"
	ruleGoneID      = "for a stamp whose record is gone: the id it had, where the side knows it"
)

// stampChecks hold for a Store: a create is idempotent.
var stampChecks = []check[*session]{
	{"Apply/create again", []string{ruleStamp, ruleExisted, ruleExistStored}, (*session).checkCreateAgain},
	{"Apply/create twice in one call", []string{ruleStamp}, (*session).checkCreateTwice},
	{"Apply/create at once", []string{ruleStamp, ruleSafe}, (*session).checkCreateAtOnce},
	{"Apply/create again after a delete", []string{ruleStamp, ruleStampGone, ruleGoneID}, (*session).checkCreateDeleted},
	{"Apply/stamps that look alike", []string{ruleStamp}, (*session).checkStampsAlike},
}

func (s *session) checkCreateAgain() {
	w := s.creating(1)
	first := s.do(w)
	field := s.text().Name
	s.update(first.ID, s.set(field, "edited since"))
	now := s.read(first.ID)

	again := w
	again.Set = s.sample(2)
	res := s.do(again)
	if res.ID != first.ID || !res.Existed {
		s.Fatalf("Apply of a create repeated with its stamp: id %q and Existed %v, want the record made the first time, %q, and true: put a unique index on the stamp", short(res.ID), res.Existed, short(first.ID))
	}
	if got := s.read(first.ID); got.Version != now.Version {
		s.Errorf("Get after a create was repeated: version %q, want %q: the record stays as it is", got.Version, now.Version)
	}
	if res.Version != now.Version {
		s.Errorf("Apply of a create repeated with its stamp: version %q, the record has %q", res.Version, now.Version)
	}
	s.wantFields("Get after a create was repeated", s.read(first.ID).Fields, now.Fields, now.Fields)
	for name, want := range now.Fields.All() {
		if got, known := res.Stored.Get(name); !known || !sameRaw(got, want) {
			s.Errorf("Apply of a create repeated with its stamp: Stored has %q for field %q, the record has %q", got, name, want)
		}
	}
}

func (s *session) checkCreateTwice() {
	w := s.creating(1)
	again := w
	again.Set = s.sample(2)
	results := s.apply(w, s.creating(3), again)
	for i, res := range results {
		if res.Err != nil {
			s.Fatalf("Apply of three creates, two of them with one stamp: result %d: %v", i, res.Err)
		}
	}
	if results[2].ID != results[0].ID || results[0].Existed || !results[2].Existed {
		s.Errorf("Apply of two creates with one stamp in one call: ids %q and %q, Existed %v and %v; want one id, false and true",
			short(results[0].ID), short(results[2].ID), results[0].Existed, results[2].Existed)
	}
	if results[1].ID == results[0].ID {
		s.Errorf("Apply of creates with two stamps: one id %q", short(results[0].ID))
	}
}

func (s *session) checkCreateAtOnce() {
	w := s.creating(1)
	const workers = 8
	results := make([][]contactsync.Result, workers)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() { results[i], errs[i] = s.store.Apply(s.Context(), s.sc, []contactsync.Write{w}) })
	}
	wg.Wait()
	made, ids := 0, map[string]bool{}
	for i := range workers {
		if errs[i] != nil || len(results[i]) != 1 || results[i][0].Err != nil {
			s.Fatalf("Apply of one create from 8 goroutines: results %+v, error %v", results[i], errs[i])
		}
		ids[results[i][0].ID] = true
		if !results[i][0].Existed {
			made++
		}
	}
	if len(ids) != 1 || made != 1 {
		s.Errorf("Apply of one create from 8 goroutines: %d records, and %d results without Existed; want 1 and 1: look and insert in one step", len(ids), made)
	}
	if f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]; len(f.Records) != 1 {
		s.Errorf("Get of a stamp after 8 goroutines created under it: %s, want 1 record", fate(f))
	}
}

// checkCreateDeleted: a late repetition must not bring back what a person has deleted since.
func (s *session) checkCreateDeleted() {
	w := s.creating(1)
	id := s.do(w).ID
	s.remove(id)
	s.wantGone(contactsync.Ref{Stamp: w.Stamp})
	if f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]; f.ID != "" && f.ID != id {
		s.Errorf("Get of the stamp of a deleted record: its id was %q, want %q or nothing", short(f.ID), short(id))
	}
	if res := s.apply(w)[0]; !errors.Is(res.Err, contactsync.ErrNotFound) {
		s.Errorf("Apply of a create whose record was deleted since: error %v, want ErrNotFound: keep the stamps of deleted records", res.Err)
	}
	if f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]; len(f.Records) > 0 {
		s.Errorf("Get of the stamp of a deleted record after its create was repeated: %s, want %q", fate(f), contactsync.Deleted)
	}
	s.wantGone(contactsync.Ref{ID: id})
}

func (s *session) checkStampsAlike() {
	a, b := s.creating(1), s.creating(2)
	b.Stamp = a.Stamp[:len(a.Stamp)-1] + map[bool]string{true: "b", false: "a"}[a.Stamp[len(a.Stamp)-1] == 'a']
	resA, resB := s.do(a), s.do(b)
	if resA.ID == resB.ID || resB.Existed {
		s.Errorf("Apply of creates under stamps of %d characters that differ in the last: one record; stamps must be kept whole", len(a.Stamp))
	}
}
