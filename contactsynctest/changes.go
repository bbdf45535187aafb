package contactsynctest

import (
	"errors"
	"slices"
	"sync"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleChanges  = "Changes returns one page of what changed in scope after the cursor, oldest first."
	ruleZero     = "The zero cursor starts a full listing."
	ruleAgain    = "The same cursor may be asked for again, and then answers the same changes or newer ones."
	ruleLast     = "A record may come more than once; the last one counts."
	ruleExpired  = "A cursor it no longer understands answers [ErrCursorExpired], which starts over."
	ruleNext     = "Next is where reading goes on: the next page when More is set, else the next round."
	ruleEmpty    = "A page may be empty and still have more."
	ruleMore     = "More says that the round goes on at Next."
	ruleComplete = "Complete says that the round began at the zero cursor and has now named everything in scope."
	ruleDirGone  = "Changes may report an item that is gone from the folder as [Unknown]; Get then tells deleted from moved."
)

var changeChecks = []check[*session]{
	{"Changes/full listing", []string{ruleZero, ruleComplete, ruleMore, ruleEmpty}, (*session).checkListing},
	{"Changes/listing of nothing", []string{ruleZero, ruleComplete}, (*session).checkEmptyListing},
	{"Changes/nothing new", []string{ruleNext, ruleComplete}, (*session).checkNothingNew},
	{"Changes/created, updated, deleted", []string{ruleChanges, ruleNext, ruleDirGone}, (*session).checkNews},
	{"Changes/a deleted record is not listed", []string{ruleZero}, (*session).checkDeletedNotListed},
	{"Changes/oldest first", []string{ruleChanges}, (*session).checkOldestFirst},
	{"Changes/the last one counts", []string{ruleLast}, (*session).checkLastCounts},
	{"Changes/a page asked for again", []string{ruleAgain}, (*session).checkAgain},
	{"Changes/written during the listing", []string{ruleComplete, ruleNext}, (*session).checkDuringListing},
	{"Changes/a foreign cursor", []string{ruleExpired}, (*session).checkForeignCursor},
	{"Changes/nothing is missed while others write", []string{ruleNext, ruleSafe}, (*session).checkWhileWriting},
}

// many is more than one page of any size a check meets with a Directory, and a bearable number of requests.
const many = 60

func (s *session) createMany(n int) (writes []contactsync.Write, ids []string) {
	s.Helper()
	for i := range n {
		writes = append(writes, s.creating(i))
	}
	for i, res := range s.apply(writes...) {
		if res.Err != nil {
			s.Fatalf("Apply of %d creates: result %d: %v", n, i, res.Err)
		}
		ids = append(ids, res.ID)
	}
	return writes, ids
}

func (s *session) checkListing() {
	writes, ids := s.createMany(many)
	r := s.drain("")
	for i, id := range ids {
		s.wantPresent("Changes from the zero cursor", r, id, writes[i].Set)
	}
	if !r.complete {
		s.Errorf("Changes from the zero cursor: Complete is not set on the last page, so that no full pass ever ends")
	}
}

func (s *session) checkEmptyListing() {
	if r := s.drain(""); !r.complete {
		s.Errorf("Changes from the zero cursor where nothing is: Complete is not set")
	}
}

func (s *session) checkNothingNew() {
	_, ids := s.createMany(3)
	next := s.drain("").next
	for range 3 { // a side may tell the last changes once more
		r := s.drain(next)
		next = r.next
		if r.complete {
			s.Errorf("Changes from a cursor: Complete is set, but the round did not begin at the zero cursor")
		}
	}
	r := s.drain(next)
	for _, id := range ids {
		if _, named := r.last(id); named {
			s.Errorf("Changes: record %q, untouched since the listing, comes again in the fourth round after it; every run would look at it", short(id))
		}
	}
}

func (s *session) checkNews() {
	kept, edited, gone := s.create(1), s.create(2), s.create(3)
	next := s.drain("").next
	field := s.text().Name
	changed := s.set(field, "edited")
	s.update(edited.ID, changed)
	s.remove(gone.ID)
	made := s.creating(4)
	id := s.do(made).ID

	r := s.drain(next)
	s.wantPresent("Changes after an update", r, edited.ID, changed)
	s.wantPresent("Changes after a create", r, id, made.Set)
	s.wantRemoved("Changes after a delete", r, gone.ID, contactsync.Deleted, contactsync.Unknown)
	s.wantGone(contactsync.Ref{ID: gone.ID})
	if c, named := r.last(kept.ID); named && c.Record == nil {
		s.Errorf("Changes: record %q, which nobody touched, is told as removed", short(kept.ID))
	}
}

func (s *session) checkDeletedNotListed() {
	gone, kept := s.create(1).ID, s.create(2).ID
	s.remove(gone)
	r := s.drain("")
	if c, named := r.last(gone); named && c.Record != nil {
		s.Errorf("Changes from the zero cursor: record %q is listed, but it was deleted", short(gone))
	}
	if c, named := r.last(kept); !named || c.Record == nil {
		s.Errorf("Changes from the zero cursor: record %q is not listed, but another one was deleted", short(kept))
	}
}

func (s *session) checkOldestFirst() {
	a, b := s.create(1).ID, s.create(2).ID
	next := s.drain("").next
	field := s.text().Name
	s.update(b, s.set(field, "first"))
	s.update(a, s.set(field, "second"))
	var order []string
	for _, c := range s.drain(next).changes {
		if c.ID == a || c.ID == b {
			order = append(slices.DeleteFunc(order, func(id string) bool { return id == c.ID }), c.ID)
		}
	}
	if !slices.Equal(order, []string{b, a}) && s.dir == nil {
		s.Errorf("Changes after an update of %q and then of %q: told in the order %q, want the oldest change first", short(b), short(a), order)
	}
}

func (s *session) checkLastCounts() {
	id := s.create(1).ID
	next := s.drain("").next
	field := s.text().Name
	for _, text := range []string{"one", "two", "three"} {
		s.update(id, s.set(field, text))
	}
	s.wantPresent("Changes after three updates of one record", s.drain(next), id, s.set(field, "three"))
	s.remove(id)
	s.wantRemoved("Changes after three updates and a delete", s.drain(next), id, contactsync.Deleted, contactsync.Unknown)
}

func (s *session) checkAgain() {
	_, ids := s.createMany(many)
	first := s.page("")
	again := s.page("")
	for _, c := range first.Changes {
		if !slices.ContainsFunc(again.Changes, func(d contactsync.Change) bool { return d.ID == c.ID }) && !again.More {
			s.Errorf("Changes from the zero cursor, asked for again: %q is missing", short(c.ID))
		}
	}
	if first.More {
		second := s.page(first.Next)
		s.page(second.Next) // what was read once may be read again from any page
	}
	r := s.drain(first.Next)
	seen := round{changes: append(first.Changes, r.changes...)}
	for _, id := range ids {
		if _, named := seen.last(id); !named {
			s.Errorf("Changes, continued from a first page after others had been asked for twice: %q is missing", short(id))
		}
	}

	s.update(ids[0], s.set(s.text().Name, "news"))
	s.remove(ids[1])
	once := s.drain(r.next)
	twice := s.drain(r.next)
	for _, c := range once.changes {
		if _, named := twice.last(c.ID); !named {
			s.Errorf("Changes from a cursor asked for twice: the second answer has not %q, which the first had; what a crash kept from being saved is lost", short(c.ID))
		}
	}
}

func (s *session) checkDuringListing() {
	_, ids := s.createMany(many)
	first := s.page("")
	field := s.text().Name
	edited, gone := ids[0], ids[many-1]
	s.update(edited, s.set(field, "while listing"))
	s.remove(gone)
	id := s.create(many).ID

	listing := s.drain(first.Next)
	after := s.drain(listing.next)
	seen := round{changes: slices.Concat(first.Changes, listing.changes, after.changes)}
	s.wantPresent("Changes, listing and next round, after an update during the listing", seen, edited, s.set(field, "while listing"))
	s.wantPresent("Changes, listing and next round, after a create during the listing", seen, id, s.set(field))
	if c, named := seen.last(gone); named && c.Record != nil {
		s.Errorf("Changes, listing and next round, after a delete during the listing: %q is told as present", short(gone))
	}
	for _, id := range ids[1 : many-1] {
		if _, named := seen.last(id); !named {
			s.Errorf("Changes, listing and next round, with writes in between: %q is missing", short(id))
		}
	}
	if first.More && !listing.complete {
		s.Errorf("Changes: a listing during which others wrote does not end with Complete")
	}
}

func (s *session) checkForeignCursor() {
	s.create(1)
	for _, cursor := range []contactsync.Cursor{"not a cursor of this side", "\"'; --"} {
		_, err := s.store.Changes(s.Context(), s.sc, cursor)
		if !errors.Is(err, contactsync.ErrCursorExpired) {
			s.Errorf("Changes after %q: error %v, want ErrCursorExpired", cursor, err)
		}
	}
}

// checkWhileWriting finds the cursor that runs ahead of writes which were begun before it and show up after it.
func (s *session) checkWhileWriting() {
	const writers, each = 4, 15
	next := s.drain("").next
	ids := make([][]string, writers)
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for n := range each {
				res, err := s.store.Apply(s.Context(), s.sc, []contactsync.Write{s.creating(i*each + n)})
				switch {
				case err != nil:
					errs[i] = err
					return
				case len(res) != 1 || res[0].Err != nil:
					errs[i] = errors.New("a create was refused")
					return
				}
				ids[i] = append(ids[i], res[0].ID)
			}
		})
	}
	written := make(chan struct{})
	go func() {
		wg.Wait()
		close(written)
	}()
	var seen round
	for done := false; !done; {
		select {
		case <-written:
			done = true // one more round, after everything
		default:
		}
		r := s.drain(next)
		seen.changes, next = append(seen.changes, r.changes...), r.next
	}
	if err := errors.Join(errs...); err != nil {
		s.Fatalf("Apply from %d goroutines: %v", writers, err)
	}
	for _, id := range slices.Concat(ids...) {
		if _, named := seen.last(id); !named {
			s.Errorf("Changes, asked for again and again while %d goroutines wrote: %q is in none of the rounds; a cursor must not pass changes that are not visible yet", writers, short(id))
		}
	}
}
