package contactsynctest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleKnownBy = "KnownBy returns the known items of the connection that have any of the hashed keys, each once."
	ruleKnownOf = "KnownOf returns those of the ids that are known items."
)

var knownChecks = []check[*stateSession]{
	{"KnownBy/any of the keys", []string{ruleKnownBy}, (*stateSession).checkKnownBy},
	{"KnownBy/follows the item", []string{ruleKnownBy}, (*stateSession).checkKnownMoves},
	{"KnownBy/many keys", []string{ruleKnownBy}, (*stateSession).checkKnownMany},
	{"KnownOf", []string{ruleKnownOf}, (*stateSession).checkKnownOf},
}

func (s *stateSession) knownBy(conn string, keys ...uint64) []contactsync.Known {
	s.Helper()
	known, err := s.state.KnownBy(s.Context(), conn, keys)
	s.must("KnownBy", err)
	slices.SortFunc(known, func(a, b contactsync.Known) int { return cmp.Compare(a.ID, b.ID) })
	return known
}

func (s *stateSession) knownOf(conn string, ids ...string) []contactsync.Known {
	s.Helper()
	known, err := s.state.KnownOf(s.Context(), conn, ids)
	s.must("KnownOf", err)
	slices.SortFunc(known, func(a, b contactsync.Known) int { return cmp.Compare(a.ID, b.ID) })
	return known
}

func (s *stateSession) checkKnownBy() {
	l := s.lease("c1")
	s.save(s.lease("c2"), contactsync.Batch{Known: []contactsync.Known{sampleKnown("elsewhere", 1)}})
	a, b, orphan := sampleKnown("a", 1, 1<<63, 5), sampleKnown("bb", 1), sampleKnown("ccc", 0)
	orphan.Orphan, orphan.Name, orphan.Emails = true, nil, []uint64{0}
	b.Phones = []uint64{1, 5}
	bare := contactsync.Known{}
	bare.ID = "dddd"
	s.save(l, contactsync.Batch{Known: []contactsync.Known{a, b, orphan, bare}})

	list := func(known ...contactsync.Known) []contactsync.Known { return known }
	s.want("KnownBy a key of two", list(a, b), s.knownBy("c1", 1))
	s.want("KnownBy keys of two, several of each", list(a, b), s.knownBy("c1", 5, 1, 1<<63))
	s.want("KnownBy a key with the highest bit", list(a), s.knownBy("c1", 1<<63))
	s.want("KnownBy the key zero", list(orphan), s.knownBy("c1", 0))
	s.want("KnownBy a phone", list(a), s.knownBy("c1", a.Phones[0]))
	s.want("KnownBy a word of a name, which is no key", list(), s.knownBy("c1", a.Name[1].Initial))
	s.want("KnownBy no keys", list(), s.knownBy("c1"))
	s.want("KnownBy a key that nobody has", list(), s.knownBy("c1", 77))
	s.want("KnownOf an item without keys", list(bare), s.knownOf("c1", "dddd"))
}

func (s *stateSession) checkKnownMoves() {
	l := s.lease("c1")
	s.save(l, contactsync.Batch{Known: []contactsync.Known{sampleKnown("a", 1, 2), sampleKnown("bb", 2)}})
	changed := sampleKnown("a", 2, 3)
	changed.Orphan = true
	s.save(l, contactsync.Batch{Known: []contactsync.Known{changed}})
	s.want("KnownBy a key that an item no longer has", []contactsync.Known{}, s.knownBy("c1", 1))
	s.want("KnownBy keys of an item that was replaced", []contactsync.Known{changed, sampleKnown("bb", 2)}, s.knownBy("c1", 2, 3))
	s.save(l, contactsync.Batch{DropKnown: []string{"a"}})
	s.want("KnownBy keys of an item that was dropped", []contactsync.Known{sampleKnown("bb", 2)}, s.knownBy("c1", 2, 3))
	s.want("KnownOf an item that was dropped", []contactsync.Known{}, s.knownOf("c1", "a"))
}

func (s *stateSession) checkKnownMany() {
	l := s.lease("c1")
	s.save(l, contactsync.Batch{Known: []contactsync.Known{sampleKnown("a", 1), sampleKnown("bb", 2)}})
	keys := []uint64{1}
	for i := range uint64(3000) {
		keys = append(keys, 1000+i)
	}
	s.want("KnownBy 3002 keys", []contactsync.Known{sampleKnown("a", 1), sampleKnown("bb", 2)}, s.knownBy("c1", append(keys, 2)...))
}

func (s *stateSession) checkKnownOf() {
	l := s.lease("c1")
	s.save(s.lease("c2"), contactsync.Batch{Known: []contactsync.Known{sampleKnown("elsewhere", 1)}})
	var all []contactsync.Known
	for i, id := range strangeIDs {
		k := sampleKnown(id, uint64(i))
		k.Phones = nil
		all = append(all, k)
	}
	s.save(l, contactsync.Batch{Known: all})
	for i, id := range strangeIDs {
		s.want(fmt.Sprintf("KnownOf %q", short(id)), all[i:i+1], s.knownOf("c1", id))
	}
	ids := []string{"elsewhere", strangeIDs[0], "nobody", strangeIDs[0]}
	for i := range 3000 {
		ids = append(ids, fmt.Sprintf("nobody %d", i))
	}
	s.want("KnownOf 3004 ids, one of them known and named twice", all[:1], s.knownOf("c1", ids...))
	s.want("KnownOf no ids", []contactsync.Known{}, s.knownOf("c1"))
}
