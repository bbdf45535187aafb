package contactsynctest

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// round is what Changes answered from a cursor to the end of the round.
type round struct {
	changes  []contactsync.Change
	pages    int
	next     contactsync.Cursor
	complete bool
}

// maxPages is far more than any round of a check can have.
const maxPages = 10_000

// page asks for one page and checks its form.
func (s *session) page(after contactsync.Cursor) contactsync.Page {
	s.Helper()
	return s.pageIn(s.sc, after)
}

func (s *session) pageIn(sc contactsync.Scope, after contactsync.Cursor) contactsync.Page {
	s.Helper()
	p, err := s.store.Changes(s.Context(), sc, after)
	if err != nil {
		s.Fatalf("Changes after %q: error %v", short(string(after)), err)
	}
	for _, c := range p.Changes {
		switch {
		case c.ID == "":
			s.Fatalf("Changes after %q: a change without an id", short(string(after)))
		case (c.Record == nil) == (c.Removed == ""):
			s.Fatalf("Changes after %q: %q has record %v and Removed %q; want a record, or why it was removed", short(string(after)), short(c.ID), c.Record != nil, c.Removed)
		case c.Record != nil && c.Record.ID != c.ID:
			s.Fatalf("Changes after %q: change %q holds record %q", short(string(after)), short(c.ID), short(c.Record.ID))
		}
	}
	if p.More && p.Complete {
		s.Fatalf("Changes after %q: More and Complete; a listing is complete only on its last page", short(string(after)))
	}
	if p.Next == "" {
		s.Fatalf("Changes after %q: Next is empty, so that the next round would list everything again", short(string(after)))
	}
	return p
}

// drain reads a round to its end.
func (s *session) drain(after contactsync.Cursor) round {
	s.Helper()
	return s.drainIn(s.sc, after)
}

func (s *session) drainIn(sc contactsync.Scope, after contactsync.Cursor) round {
	s.Helper()
	var r round
	asked := map[contactsync.Cursor]bool{}
	for {
		if asked[after] {
			s.Fatalf("Changes: page %d says More and Next %q, which was asked for already: the round never ends", r.pages, short(string(after)))
		}
		asked[after] = true
		p := s.pageIn(sc, after)
		r.changes = append(r.changes, p.Changes...)
		r.pages++
		r.next, r.complete, after = p.Next, p.Complete, p.Next
		if !p.More {
			return r
		}
		if r.pages == maxPages {
			s.Fatalf("Changes: the round has not ended after %d pages", r.pages)
		}
	}
}

// last returns the last change of the record in the round, which is the one that counts.
func (r round) last(id string) (contactsync.Change, bool) {
	for _, c := range slices.Backward(r.changes) {
		if c.ID == id {
			return c, true
		}
	}
	return contactsync.Change{}, false
}

// wantPresent fails unless the round shows the record as it is.
func (s *session) wantPresent(what string, r round, id string, sent record.Fields) {
	s.Helper()
	c, named := r.last(id)
	switch {
	case !named:
		s.Errorf("%s: record %q is not among the %d changes", what, short(id), len(r.changes))
	case c.Record == nil:
		s.Errorf("%s: record %q is told as removed (%s), but it is there", what, short(id), c.Removed)
	default:
		s.wantListed(what, id, *c.Record, sent)
	}
}

// wantListed holds a listed record against what Get answers. A listing may leave out fields that cost; what it has must be
// right.
func (s *session) wantListed(what, id string, listed record.Record, sent record.Fields) {
	s.Helper()
	now := s.read(id)
	if listed.Version != now.Version {
		s.Errorf("%s: record %q has version %q, Get says %q", what, short(id), listed.Version, now.Version)
	}
	for name := range sent.All() {
		have, known := listed.Fields.Get(name)
		want, _ := now.Fields.Get(name)
		if known && !sameRaw(have, want) {
			s.Errorf("%s: field %q of record %q is %q, Get says %q", what, name, short(id), have, want)
		}
	}
	if listed.StampRead && listed.Stamp != now.Stamp {
		s.Errorf("%s: record %q has stamp %q, Get says %q; where a listing cannot tell stamps, StampRead is false", what, short(id), short(listed.Stamp), short(now.Stamp))
	}
}

// wantRemoved fails unless the round tells the record as removed.
func (s *session) wantRemoved(what string, r round, id string, why ...contactsync.Removal) {
	s.Helper()
	c, named := r.last(id)
	switch {
	case !named:
		s.Errorf("%s: the removal of %q is not among the %d changes", what, short(id), len(r.changes))
	case c.Record != nil:
		s.Errorf("%s: record %q is told as present", what, short(id))
	case !slices.Contains(why, c.Removed):
		s.Errorf("%s: record %q is told as %q, want one of %q", what, short(id), c.Removed, why)
	}
}

func sortedNames(schema *record.Schema) []string {
	names := schema.Names()
	slices.Sort(names)
	return names
}
