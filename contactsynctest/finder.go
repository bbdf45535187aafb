package contactsynctest

import (
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

const ruleFinder = "Finder is implemented by a Store that indexes match keys ([match.Keys] under [match.Version]): it returns the records in scope that have any of the keys, each once, in no particular order, with the records of other users that the user may not sync in Strangers."

// finderChecks hold for a Store that is a Finder.
var finderChecks = []check[*session]{
	{"Finder/any of the keys", []string{ruleFinder}, finding((*session).checkFind)},
	{"Finder/follows the record", []string{ruleFinder}, finding((*session).checkFindMoves)},
	{"Finder/many keys", []string{ruleFinder}, finding((*session).checkFindMany)},
	{"Finder/strangers", []string{ruleFinder}, finding((*session).checkFindHidden)},
}

// finding leaves a check out for a Store that is no Finder.
func finding(run func(s *session, f contactsync.Finder)) func(*session) {
	return func(s *session) {
		if f, can := s.store.(contactsync.Finder); can {
			run(s, f)
		}
	}
}

func (s *session) find(f contactsync.Finder, keys ...match.Key) contactsync.Matches {
	s.Helper()
	m, err := f.Find(s.Context(), s.sc, keys)
	if err != nil {
		s.Fatalf("Find of %d keys: %v", len(keys), err)
	}
	return m
}

// keys are the match keys of the record as it is stored.
func (s *session) keys(id string) []match.Key {
	s.Helper()
	keys := match.Keys(s.read(id).Fields, s.sc.Locale)
	if len(keys) == 0 {
		s.Fatal("the samples give no match keys, so that a Finder cannot be tried out: let Sample set an email address")
	}
	return keys
}

func idsOf(records []record.Record) []string {
	var ids []string
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}

func (s *session) wantFound(what string, got []record.Record, want ...string) {
	s.Helper()
	slices.Sort(want)
	if ids := idsOf(got); !slices.Equal(ids, want) {
		s.Errorf("Find of %s: records %q, want %q, each once", what, ids, want)
	}
}

func (s *session) checkFind(f contactsync.Finder) {
	a, b, c := s.create(1).ID, s.create(2).ID, s.create(3).ID
	keysA, keysB := s.keys(a), s.keys(b)
	s.keys(c)
	s.wantFound("all keys of one record", s.find(f, keysA...).Records, a)
	s.wantFound("one key of each of two records", s.find(f, keysA[0], keysB[0]).Records, a, b)
	s.wantFound("a key twice", s.find(f, keysA[0], keysA[0]).Records, a)
	s.wantFound("a key that nobody has", s.find(f, match.Key{Kind: match.EmailKey, Value: "nobody@example.org"}).Records)
	s.wantFound("no keys", s.find(f).Records)
	if m := s.find(f, keysA...); len(m.Strangers) > 0 {
		s.Errorf("Find of a record that the user may see: it is among the Strangers")
	}
	for _, r := range s.find(f, keysA...).Records {
		now := s.read(a)
		s.wantFields("Find", r.Fields, now.Fields, now.Fields)
		if r.Version != now.Version {
			s.Errorf("Find: version %q, Get says %q", r.Version, now.Version)
		}
	}
}

// checkFindMoves: the index follows updates and deletes.
func (s *session) checkFindMoves(f contactsync.Finder) {
	id := s.create(1).ID
	old := s.keys(id)
	s.update(id, s.sample(2))
	s.wantFound("the keys of a record as it was before an update", s.find(f, difference(old, s.keys(id))...).Records)
	s.wantFound("the keys of a record after an update", s.find(f, s.keys(id)...).Records, id)
	keys := s.keys(id)
	s.remove(id)
	s.wantFound("the keys of a deleted record", s.find(f, keys...).Records)
}

func difference(a, b []match.Key) []match.Key {
	return slices.DeleteFunc(slices.Clone(a), func(k match.Key) bool { return slices.Contains(b, k) })
}

func (s *session) checkFindMany(f contactsync.Finder) {
	id := s.create(1).ID
	keys := s.keys(id)
	for i := range 2000 {
		keys = append(keys, match.Key{Kind: match.EmailKey, Value: fmt.Sprintf("nobody%d@example.org", i)})
	}
	s.wantFound("2000 keys", s.find(f, keys...).Records, id)
}

func (s *session) checkFindHidden(f contactsync.Finder) {
	if s.hide == nil {
		return
	}
	id := s.create(1).ID
	keys := s.keys(id)
	s.call("Hide", s.hide(id))
	m := s.find(f, keys...)
	s.wantFound("a record hidden from the user", m.Records)
	if ids := idsOf(m.Strangers); !slices.Equal(ids, []string{id}) {
		s.Errorf("Find of a record hidden from the user: strangers %q, want it there", ids)
	}
}
