package contactsync

import (
	"context"
	"time"
)

// Journal is implemented by a State that keeps the undo journal (B11, see [Journaling]): [Batch].Journal and ForgetJournal are
// part of its atomic, fenced saves. To a State without it neither is ever given; [New] refuses a journal over one.
type Journal interface {
	// JournalEntries returns up to n entries of a run of the connection with a Seq greater than after, in order of Seq.
	JournalEntries(ctx context.Context, conn string, run uint64, after, n int) ([]JournalEntry, error)
	// JournalRuns returns the runs of the connection that have entries, the one with the greatest number first.
	JournalRuns(ctx context.Context, conn string) ([]JournalRun, error)
}

// JournalEntry is what is kept of one write of a run. Its key within the connection is Run and Seq.
type JournalEntry struct {
	Run uint64 // [Report].Run
	Seq int    // counts the writes of the run, from 1
	// Link is the link that the write was for, so that all that is kept of a person can be found and erased.
	Link string
	At   time.Time
	// Over: there is nothing to be undone any more, and nothing is kept.
	Over bool
	// Sealed is what was overwritten or made, encrypted by the engine and bound to the rest of the entry.
	Sealed []byte
}

// JournalRun sums up what the journal has of one run.
type JournalRun struct {
	Run uint64
	At  time.Time // of its oldest entry
	// Entries is how many it has, Open how many of them are not over.
	Entries, Open int
}

// Journaling switches the undo journal on (B11): what a run overwrites, deletes and makes is kept for a while, so that
// [Engine.Undo] can take the run back. The zero value is off: nothing is kept, and nothing can be undone.
//
// Each write has an entry, which is saved before the write's request is sent, in one step with its intents: a run that
// stops in between leaves an entry whose write never happened, and no write without an entry. The entry holds
//
//   - of an update the values that it overwrites and those that it sets, of just these fields;
//   - of a delete all that can be read of the record, which is read for it just before;
//   - of a create its stamp and what was sent;
//   - once the answer is there, what the side made of it.
//
// Entries hold what people wrote. They are encrypted with AES-256-GCM under a key that is made from Key, the connection and
// the run, with a random nonce each, and bound to connection, run, place and link: State and its backups reveal nothing
// without Key, and an entry put in another's place is refused.
//
// A journal costs a read for each delete, for each update that would otherwise go out on the strength of its version, and for each that gives a
// contact another account, a
// save for each chunk of deletes, and about 1 KB in the State for each write. The deletion of a second copy that the sync
// itself made by mistake has no entry.
type Journaling struct {
	// Keep is how long entries are kept, and a run can be undone; 0: no journal. Entries that are older are not used, and are
	// erased by the next run of their connection that writes or that reads a side completely, which the engine does daily.
	Keep time.Duration
	// Key and Former are [Keys].Journal and FormerJournal, where Config has no KeySource.
	Key    []byte
	Former [][]byte
}

func keepsJournal(s State) bool {
	_, can := s.(Journal)
	return can
}
