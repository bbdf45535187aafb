package contactsync

import (
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Report is what a run did.
type Report struct {
	Conn string
	// Run is the number of the run within its connection; later runs have greater ones. It names the run to [Engine.Undo].
	Run uint64
	// Undoes is the number of the run that this one took back; 0: it was a sync.
	Undoes uint64
	Status Status
	Reason string // the status in words; for Idle mostly empty, else what the run could not do as a whole, or why an undo had nothing to do
	Halt   *Halt
	// Counts are by side: what was written there.
	Counts [2]Counts
	// Full says which sides were read completely.
	Full [2]bool
	// Matched pairs were linked by match keys in this run; Linked is how many links the connection has now; 0
	// where the run was stopped before it wrote: by a halt, an error, or a Status other than Idle.
	Matched, Linked int
	// Diverged counts, by reason, the rules that the run left different by rule (B22).
	Diverged map[string]int
	// Problems are the problems opened or renewed in this run, by id. Closed is how many it closed.
	Problems       []Problem
	Closed         int
	Started, Ended time.Time
}

// Counts is what a run did on one side.
type Counts struct {
	Created, Updated, Deleted int
	// Skipped writes were found unneeded or outdated when their turn came.
	Skipped int
	Failed  int
}

// Wrote is the number of records written on the side.
func (c Counts) Wrote() int { return c.Created + c.Updated + c.Deleted }

// Wrote is the number of records the run wrote on both sides.
func (r Report) Wrote() int { return r.Counts[record.CRM].Wrote() + r.Counts[record.Outlook].Wrote() }
