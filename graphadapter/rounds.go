package graphadapter

import (
	"crypto/rand"
	"hash/maphash"
	"sync"
	"time"
)

// A delta cannot show extended properties. A complete round therefore lists the folder with them first, and then reads
// the delta: a row gets the properties that the listing showed of the same version of the item. The other order would
// tell of items that the delta's next round knows nothing of, and whose removal it would not report.
//
// What the listing found is kept in memory between the pages of the round. Where it is not there any more, because the
// round goes on in another process, or long after, the rows come without extended properties, and Get reads them.

// rounds holds what the listings of complete rounds found.
type rounds struct {
	mu  sync.Mutex
	all map[string]*round
}

const (
	// roundIdle is how long a round is remembered after a page of it was asked for, and roundOver after its last one,
	// which may be asked for again.
	roundIdle = 10 * time.Minute
	roundOver = time.Minute
	// maxRounds bounds the rounds remembered; the one that would be forgotten next goes first.
	maxRounds = 256
)

// round is what one listing found, by hashed id.
type round struct {
	mu    sync.Mutex
	seed  maphash.Seed
	items map[uint64]listedItem
	ids   map[string]string // the spellings of property ids, each once
	until time.Time         // when it is forgotten; guarded by rounds.mu
}

// listedItem is one item of a listing.
type listedItem struct {
	version uint64 // hashed
	values  []extendedValue
}

// begin remembers a new round and names it.
func (r *rounds) begin(now time.Time) (name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	if len(r.all) >= maxRounds {
		first := ""
		for name, old := range r.all {
			if first == "" || old.until.Before(r.all[first].until) {
				first = name
			}
		}
		delete(r.all, first)
	}
	if r.all == nil {
		r.all = map[string]*round{}
	}
	name = rand.Text()
	r.all[name] = &round{seed: maphash.MakeSeed(), items: map[uint64]listedItem{}, ids: map[string]string{}, until: now.Add(roundIdle)}
	return name
}

// find returns the named round, or nil, and keeps it for a while longer.
func (r *rounds) find(name string, now time.Time, longer time.Duration) *round {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	found := r.all[name]
	if found != nil {
		found.until = now.Add(longer)
	}
	return found
}

// forget drops what is over. The caller holds mu.
func (r *rounds) forget(now time.Time) {
	for name, old := range r.all {
		if now.After(old.until) {
			delete(r.all, name)
		}
	}
}

// add keeps the extended properties of listed rows. Those of a row that could not be read are not kept.
func (r *round) add(rows []contactRow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range rows {
		row := &rows[i]
		if row.ID.s == "" || row.ETag.s == "" || row.Extended.held == unreadable {
			continue
		}
		values := row.Extended.list
		for n := range values {
			spelled, met := r.ids[values[n].ID.s]
			if !met {
				spelled = values[n].ID.s
				r.ids[spelled] = spelled
			}
			values[n].ID.s = spelled
		}
		r.items[maphash.String(r.seed, row.ID.s)] = listedItem{maphash.String(r.seed, row.ETag.s), values}
	}
}

// join gives rows of the delta the extended properties that were listed of the same version.
func (r *round) join(rows []contactRow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range rows {
		row := &rows[i]
		item, there := r.items[maphash.String(r.seed, row.ID.s)]
		if there && item.version == maphash.String(r.seed, row.ETag.s) {
			row.Extended, row.joined = extendedValues{item.values, known}, true
		}
	}
}
