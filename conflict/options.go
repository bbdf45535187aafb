package conflict

import (
	"time"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Existing says what a first meeting may write to the Outlook item that was there already (M2).
type Existing string

const (
	FillEmpty Existing = "fillEmpty" // only values that are empty there; the zero value means this too
	Override  Existing = "override"  // whatever the CRM has a value for
	Leave     Existing = "leave"     // nothing
)

// Drift says what becomes of an edit on a side that may not send.
type Drift string

const (
	DriftLeave   Drift = "leave"   // it stays, and the link says so; the zero value means this too
	DriftRestore Drift = "restore" // the sending side's value is written over it
)

// EditVsDelete says who wins where one side was deleted and the other edited since.
type EditVsDelete string

const (
	EditWins   EditVsDelete = "edit" // the zero value means this too: an edit is never lost silently
	DeleteWins EditVsDelete = "delete"
	AskPerson  EditVsDelete = "ask"
)

// Options are the settings a merge depends on. The zero Options is safe: nothing may be written.
type Options struct {
	// Allow says which side may be updated at all.
	Allow [2]bool
	// Winner decides where both sides changed, unless the rule names its own; zero means ask.
	Winner mapping.Winner
	// WholeRecord lets the winner of one conflict win every rule of the record that either side changed. The record's
	// winner is Winner alone: a rule's own is not asked, and Newest goes by Pair.Modified. First meetings of single
	// rules take no part.
	WholeRecord bool
	Existing    Existing
	// ExistingAlways applies Existing to every later write to the Outlook item too, not to the first meeting only. It
	// does not hold for an item of our own making ([Pair.Created]) nor for what a person decided.
	ExistingAlways bool
	Drift          Drift
	// Skew is how far apart two modification times must be for Newest to trust their order; a lesser difference asks.
	Skew time.Duration
}

// Decision is a person's answer to a rule that was asked, or that diverged.
type Decision struct {
	Rule string
	Side record.Side // whose value is taken
	// Raw are the raw fingerprints of what the person was shown, by side. A decision on anything else is stale.
	Raw [2]uint64
}
