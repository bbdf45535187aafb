package contactsynctest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// entriesAs changes the journal entries that are answered.
func entriesAs(change func(after int, e []contactsync.JournalEntry) []contactsync.JournalEntry) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.JournalEntries = func(ctx context.Context, conn string, run uint64, after, n int) ([]contactsync.JournalEntry, error) {
			e, err := s.(contactsync.Journal).JournalEntries(ctx, conn, run, after, n)
			return change(after, e), err
		}
	}
}

var journalFaults = []stateFaultCase{
	{"entries in another order", "Journal/pages in order", entriesAs(func(_ int, e []contactsync.JournalEntry) []contactsync.JournalEntry {
		slices.SortFunc(e, func(a, b contactsync.JournalEntry) int { return cmp.Compare(b.Seq, a.Seq) })
		return e
	})},
	{"a page begins with the last one of the page before", "Journal/pages in order", func(s contactsync.State, h *StateHooks) {
		h.JournalEntries = func(ctx context.Context, conn string, run uint64, after, n int) ([]contactsync.JournalEntry, error) {
			return s.(contactsync.Journal).JournalEntries(ctx, conn, run, max(0, after-1), n)
		}
	}},
	{"an entry is not replaced", "Journal/replaced", func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			b.Journal = slices.DeleteFunc(slices.Clone(b.Journal), func(e contactsync.JournalEntry) bool {
				old, err := s.(contactsync.Journal).JournalEntries(ctx, l.Conn.ID, e.Run, e.Seq-1, 1)
				return err == nil && len(old) > 0 && old[0].Seq == e.Seq
			})
			return s.Save(ctx, l, b)
		}
	}},
	{"what is over is forgotten", "Journal/replaced", entriesAs(func(_ int, e []contactsync.JournalEntry) []contactsync.JournalEntry {
		return slices.DeleteFunc(e, func(e contactsync.JournalEntry) bool { return e.Over })
	})},
	{"runs in another order", "Journal/runs", func(s contactsync.State, h *StateHooks) {
		h.JournalRuns = func(ctx context.Context, conn string) ([]contactsync.JournalRun, error) {
			runs, err := s.(contactsync.Journal).JournalRuns(ctx, conn)
			slices.Reverse(runs)
			return runs, err
		}
	}},
	{"nothing is forgotten", "Journal/forgotten", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.ForgetJournal = time.Time{} })},
	{"too much is forgotten", "Journal/forgotten", saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		if !b.ForgetJournal.IsZero() {
			b.ForgetJournal = b.ForgetJournal.Add(time.Nanosecond)
		}
	})},
	{"entries are saved before the fence", "Journal/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch { return contactsync.Batch{Journal: b.Journal} })},
	{"entries are forgotten before the fence", "Journal/fenced", unfenced(func(b contactsync.Batch) contactsync.Batch {
		return contactsync.Batch{ForgetJournal: b.ForgetJournal}
	})},
	{"a save without a time forgets", "Journal/zero batch", saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		if len(b.Journal) == 0 {
			b.ForgetJournal = noon.Add(time.Hour)
		}
	})},
	{"what is sealed is answered as it is kept", "Journal/copies", func(s contactsync.State, h *StateHooks) {
		kept := map[int]contactsync.JournalEntry{}
		h.JournalEntries = func(ctx context.Context, conn string, run uint64, after, n int) ([]contactsync.JournalEntry, error) {
			entries, err := s.(contactsync.Journal).JournalEntries(ctx, conn, run, after, n)
			for i, e := range entries {
				if _, had := kept[e.Seq]; !had {
					kept[e.Seq] = e
				}
				entries[i] = kept[e.Seq]
			}
			return entries, err
		}
	}},
}
