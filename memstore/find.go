package memstore

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// WithoutFinder is the store without its optional capabilities, as a CRM that does not index match keys.
func WithoutFinder(s contactsync.Store) contactsync.Store { return plain{s} }

type plain struct{ contactsync.Store }

// indexName tells indexes apart: the same record has other keys in another region.
type indexName struct {
	kind   record.Kind
	locale record.Locale
}

// keyIndex finds the records that have a match key. It follows the feed when it is asked. It holds hashes of keys, as the
// engine itself compares them: an address book of 100,000 people is a quarter of a million keys.
type keyIndex struct {
	seq   uint64            // of the feed, up to where it has read
	byKey postings          // to places in rows
	place map[string]uint32 // by id
	rows  []keyed
}

// keyed is a record with the hashes of its keys.
type keyed struct {
	id   string
	keys []uint64
}

// Find implements [contactsync.Finder].
func (s *Store) Find(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
	if err := ctx.Err(); err != nil {
		return contactsync.Matches{}, err
	}
	t := s.Tenant(sc.Tenant)
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.feeds[sc.Kind] == nil {
		return contactsync.Matches{}, noKind(sc.Kind)
	}
	index := t.index(indexName{sc.Kind, sc.Locale})
	var m contactsync.Matches
	told := map[string]bool{}
	for _, k := range keys {
		index.byKey.each(hashText(k.String()), func(place uint32) {
			id := index.rows[place].id
			if told[id] {
				return
			}
			told[id] = true
			if r := t.rows[id]; r.visible(sc.User) {
				m.Records = append(m.Records, r.rec)
			} else {
				m.Strangers = append(m.Strangers, r.rec)
			}
		})
	}
	return m, nil
}

// index returns the named index, brought up to date.
func (t *Tenant) index(name indexName) *keyIndex {
	x := t.indexes[name]
	if x == nil {
		x = &keyIndex{place: map[string]uint32{}}
		t.indexes[name] = x
	}
	feed := t.feeds[name.kind]
	feed.since(x.seq, func(m mark) bool {
		var keys []match.Key
		if r := t.rows[m.id]; r.gone == "" {
			keys = match.Keys(r.rec.Fields, name.locale)
		}
		x.put(m.id, keys)
		return false
	})
	x.seq = feed.seq
	return x
}

func (x *keyIndex) put(id string, keys []match.Key) {
	place, ok := x.place[id]
	switch {
	case !ok && len(keys) == 0:
		return
	case !ok:
		place = uint32(len(x.rows))
		x.rows, x.place[id] = append(x.rows, keyed{id: id}), place
	}
	row := &x.rows[place]
	for _, hash := range row.keys {
		x.byKey.remove(hash, place)
	}
	row.keys = slices.Grow(row.keys[:0], len(keys))
	for _, k := range keys {
		hash := hashText(k.String())
		row.keys = append(row.keys, hash)
		x.byKey.add(hash, place)
	}
}
