package contactsync

import (
	"time"

	"github.com/seed-42871e99/crmsync/match"
)

// Problem is one thing about one record that did not sync, or waits for a person. It is keyed by ID, which the engine
// derives from the link and rule (before linking: side and record id) and, where it asks something, from what it shows (Raw), and closes
// by itself when its record is gone or agrees. So an answer that names the ID answers what was shown: when the values change, the
// question goes on under another ID, with the First of the old one. It holds no values.
type Problem struct {
	ID, Conn string
	Link     string // empty before linking
	Code     Code
	Record   [2]string // ids by record.Side; either may be empty
	Rule     string    // whose value it is about; empty where it is about no value, or about one that no rule carries
	// Field is which of the rule's fields it is about, for a person to read: the label that the schema gives it, or, where a side refused
	// the value, the name that the side called it by.
	Field string
	// Sides are those at fault: a side that refuses a value or a write, cannot tell, has the card that is one too many, or holds what an undo
	// leaves or what is missing on the other; of a conflict and of an edit against a removal both. None for what is asked about two records that have no tie.
	Sides   [2]bool
	Message string // for a person
	// Resolvable: the person can settle it through [User]: by a correction or by an answer. What is in Outlook alone, where the settings let
	// nothing be changed, is corrected there.
	Resolvable  bool
	First, Last time.Time
	// RetryAt is when the engine tries again by itself; zero: at the record's next change.
	RetryAt time.Time
	Tries   int
	// Raw are the fingerprints that were shown, by side, for an answer: of a conflict, and of a value that cannot be carried, those of the
	// rule, of a match what matching looks at, of an edit against a removal what the record holds that is left.
	Raw [2]uint64
	// Answered is what the user has answered and no run has acted on yet, of several answers the last. [User.Problems] and Explain fill it
	// in; it is not kept with the problem.
	Answered Answered
	// Score, of a match, says how likely it is that the two are one person, and why; see [match.Score].
	Score match.Score
}

// Code classifies problems. The list is closed.
type Code string

const (
	CodeConflict        Code = "conflict"        // both sides changed the same field; a person decides
	CodeDoubtfulMatch   Code = "doubtfulMatch"   // perhaps the same person; it waits for an answer, or until the records are clearer
	CodeSeveralMatches  Code = "severalMatches"  // another item of a person in sync; asked which one, it is a doubtfulMatch with the reason "several"
	CodeStrangerMatch   Code = "strangerMatch"   // matches a CRM record that is not among those the user syncs; it waits for an answer, if the user may see it
	CodeEditVsDelete    Code = "editVsDelete"    // deleted on one side, edited on the other; it waits for a decision, or until one side follows
	CodeInvalidValue    Code = "invalidValue"    // a side refuses the value of a field
	CodeDenied          Code = "denied"          // a side refuses the write, or the user has no right to it
	CodeCompletion      Code = "completion"      // Outlook seems to have filled in another person's values; a person decides
	CodeNoAccount       Code = "noAccount"       // the CRM has no account of the name of the contact's company
	CodeSeveralAccounts Code = "severalAccounts" // it has several
	CodeNoKey           Code = "noKey"           // requireKey: the record has neither address nor number
	CodeFailed          Code = "failed"          // the write failed; it is tried again
	CodeMalformed       Code = "malformed"       // a side answered with something unusable for this record
	CodeChangedSince    Code = "changedSince"    // undo: somebody changed since what the run had written; it is left
	CodeNotUndone       Code = "notUndone"       // undo: it could not be taken back, for the reason given
	CodeUnknown         Code = "unknown"         // a side cannot tell what became of the record
	CodeMissing         Code = "missing"         // gone from one side, and nobody knows by whose wish, since the State was put back from a backup
)
