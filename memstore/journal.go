package memstore

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

var _ contactsync.Journal = (*State)(nil)

// journal holds the entries of a connection by run, each run's in order of Seq.
type journal map[uint64][]contactsync.JournalEntry

func bySeq(e contactsync.JournalEntry, seq int) int { return cmp.Compare(e.Seq, seq) }

func (j journal) put(e contactsync.JournalEntry) {
	e.Sealed = bytes.Clone(e.Sealed)
	entries := j[e.Run]
	at, there := slices.BinarySearchFunc(entries, e.Seq, bySeq)
	if there {
		entries[at] = e
		return
	}
	j[e.Run] = slices.Insert(entries, at, e)
}

// forget removes the entries older than before.
func (j journal) forget(before time.Time) {
	for run, entries := range j {
		entries = slices.DeleteFunc(entries, func(e contactsync.JournalEntry) bool { return e.At.Before(before) })
		if j[run] = entries; len(entries) == 0 {
			delete(j, run)
		}
	}
}

// JournalEntries implements [contactsync.Journal].
func (s *State) JournalEntries(ctx context.Context, conn string, run uint64, after, n int) (entries []contactsync.JournalEntry, err error) {
	err = s.with(ctx, conn, func(c *connState) {
		if c == nil {
			return
		}
		all := c.journal[run]
		from, _ := slices.BinarySearchFunc(all, after+1, bySeq)
		for _, e := range all[from:min(len(all), from+max(n, 0))] {
			e.Sealed = bytes.Clone(e.Sealed)
			entries = append(entries, e)
		}
	})
	return entries, err
}

// JournalRuns implements [contactsync.Journal].
func (s *State) JournalRuns(ctx context.Context, conn string) (runs []contactsync.JournalRun, err error) {
	err = s.with(ctx, conn, func(c *connState) {
		if c == nil {
			return
		}
		for _, run := range slices.Backward(slices.Sorted(maps.Keys(c.journal))) {
			sum := contactsync.JournalRun{Run: run, At: c.journal[run][0].At, Entries: len(c.journal[run])}
			for _, e := range c.journal[run] {
				if e.At.Before(sum.At) {
					sum.At = e.At
				}
				if !e.Over {
					sum.Open++
				}
			}
			runs = append(runs, sum)
		}
	})
	return runs, err
}
