package graphtest

import (
	"sort"
	"time"
)

// change is one line of a feed: something came, changed or went at step seq.
type change struct {
	seq  uint64
	key  uint64
	gone bool
	own  bool // made by a request
	at   time.Time

	// For what went: the generation its ordinary id had, and the step at which it had come.
	generation uint32
	entered    uint64
}

// feed is what a delta reads: changes in the order they happened. A live change counts only while it is the last one
// of its key; later ones make it stale, and shrink sweeps it. A position in the feed is a step, so it outlives sweeping.
type feed struct {
	changes []change
	swept   int // length after the last sweep
}

func (f *feed) add(c change) { f.changes = append(f.changes, c) }

// last is the step of the newest change.
func (f *feed) last() uint64 {
	if len(f.changes) == 0 {
		return 0
	}
	return f.changes[len(f.changes)-1].seq
}

// from returns the changes after step seq.
func (f *feed) from(seq uint64) []change {
	i := sort.Search(len(f.changes), func(i int) bool { return f.changes[i].seq > seq })
	return f.changes[i:]
}

// shrink sweeps stale changes when the feed has doubled. Removals stay: a token of any age may still need them.
func (f *feed) shrink(current func(change) bool) {
	if len(f.changes) < 64 || len(f.changes) < 2*f.swept {
		return
	}
	kept := f.changes[:0]
	for _, c := range f.changes {
		if c.gone || current(c) {
			kept = append(kept, c)
		}
	}
	clear(f.changes[len(kept):])
	f.changes, f.swept = kept, len(kept)
}
