package memstore

import (
	"context"

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

// keyIndex finds the records that have a match key. It follows the feed when it is asked.
type keyIndex struct {
	seq  uint64 // of the feed, up to where it has read
	ids  map[match.Key]map[string]struct{}
	keys map[string][]match.Key // by id
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
		for id := range index.ids[k] {
			if told[id] {
				continue
			}
			told[id] = true
			if r := t.rows[id]; r.visible(sc.User) {
				m.Records = append(m.Records, r.rec)
			} else {
				m.Strangers = append(m.Strangers, r.rec)
			}
		}
	}
	return m, nil
}

// index returns the named index, brought up to date.
func (t *Tenant) index(name indexName) *keyIndex {
	x := t.indexes[name]
	if x == nil {
		x = &keyIndex{ids: map[match.Key]map[string]struct{}{}, keys: map[string][]match.Key{}}
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
	for _, k := range x.keys[id] {
		if delete(x.ids[k], id); len(x.ids[k]) == 0 {
			delete(x.ids, k)
		}
	}
	delete(x.keys, id)
	if len(keys) == 0 {
		return
	}
	x.keys[id] = keys
	for _, k := range keys {
		if x.ids[k] == nil {
			x.ids[k] = map[string]struct{}{}
		}
		x.ids[k][id] = struct{}{}
	}
}
