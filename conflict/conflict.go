// Package conflict merges one pair of records, rule by rule, three ways: against what each side held when it was last
// seen. [Merger.Merge] is a pure function: same input, same decision; no I/O, no clock, no logger.
//
// For each rule and each side a [Seen] remembers two keyed fingerprints of just what the rule speaks about: the raw one,
// under a canonical form frozen for ever ([record.Raw]), and the typed one ([record.Field.Canonical]) with the version
// of its rules. A side changed when its raw fingerprint differs and, where the typed versions are the same, the typed
// one differs too. So an upgrade of phone metadata or of Unicode changes nothing, and a mere reformatting is no edit.
//
// A run uses it in this order: [Merger.Confirm] for writes whose answer was lost, Merge with what is known,
// Merge again with both sides read where [Outcome.NeedsRead] asks for it, the write, and [Merger.Kept] with what the
// side answered that it stored.
package conflict

import (
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Seen is what each side held of one rule when last looked at, indexed by [record.Side].
type Seen struct {
	Rule string
	// Def is the definition of the rule it was seen under (see [mapping.Compiled]); zero fits any. See [Merger.Current].
	Def uint32
	Raw [2]uint64
	// Typed are the typed fingerprints under Version. Zero means not known under that version, as for a side that was
	// not read since an upgrade; the raw fingerprint then decides alone.
	Typed [2]uint64
	// Version is the [record.TypedVersion] the typed fingerprints were taken under.
	Version uint32
	// Diverged says why the sides differ by rule (B22); Agreed when they say the same.
	Diverged Reason
}

// Reason says which rule decided what became of one rule of one pair. It is a closed list; the words for people are
// the engine's.
type Reason string

const (
	Agreed       Reason = ""            // both sides say the same
	OneSided     Reason = "changed"     // only the other side changed, or only it may send: carried over
	FilledEmpty  Reason = "filledEmpty" // first meeting: an empty value was filled
	Overrode     Reason = "overrode"    // first meeting: existing = override, or the item is of our own making
	CRMWon       Reason = "crmWon"      // both changed, the CRM's value was taken
	OutlookWon   Reason = "outlookWon"  // both changed, Outlook's value was taken
	CRMNewer     Reason = "crmNewer"
	OutlookNewer Reason = "outlookNewer"
	RecordWon    Reason = "recordWon" // merge = record: the side that won a conflict elsewhere in the record
	Decided      Reason = "decided"   // a person decided
	Restored     Reason = "restored"  // drift = restore: an edit on a side that may not send was put back

	// Reasons to differ.
	Asked          Reason = "asked"          // waits for a person
	Borrowed       Reason = "borrowed"       // of what waits for a person: perhaps another person's values (see Pair.Borrowed)
	OnlyFillsEmpty Reason = "onlyFillsEmpty" // existing = fillEmpty: Outlook keeps its own value
	LeftAlone      Reason = "leftAlone"      // existing = leave: the Outlook item is not written
	// The flow or the rule's direction does not let a value across. A rule that differs for such a reason meets anew, as if for
	// the first time, when the way is open.
	DriftedInCRM     Reason = "driftedInCRM"     // changed in the CRM, which may not send; drift = leave
	DriftedInOutlook Reason = "driftedInOutlook" // changed in Outlook, which may not send; drift = leave
	NotToCRM         Reason = "notToCRM"         // Outlook's value cannot be carried to the CRM
	NotToOutlook     Reason = "notToOutlook"     // the CRM's value cannot be carried to Outlook
	NotAllowed       Reason = "notAllowed"       // neither can be carried over
	EmptyKept        Reason = "emptyKept"        // first meeting: an empty source does not blank (C2)
	LostFirstOnly    Reason = "firstOnly"        // see mapping.Loss
	LostCut          Reason = "cut"
	LostNotListed    Reason = "notListed"
	LostOneWay       Reason = "oneWay"
	LostKeptOther    Reason = "keptOther"
	Undone           Reason = "undone"    // a person took back what a run had written, and the sides have their own since
	NoAccount        Reason = "noAccount" // the CRM has no account of that name, and the settings go on without
	NotHeld          Reason = "notHeld"   // the side did not keep what was written to it (B6)
	// OtherKind: the rule is for records of other kinds (E8). It meets anew when the record becomes one of them.
	OtherKind Reason = "otherKind"
)

// shut returns the sides that could not be written to, where that is why the sides differ.
func (r Reason) shut() (sides [2]bool) {
	switch r {
	case DriftedInOutlook, NotToCRM:
		sides[record.CRM] = true
	case DriftedInCRM, NotToOutlook:
		sides[record.Outlook] = true
	case NotAllowed, OtherKind:
		return [2]bool{true, true}
	}
	return sides
}

// notTo is the reason to differ where the value cannot be carried to the side.
func notTo(side record.Side) Reason {
	if side == record.CRM {
		return NotToCRM
	}
	return NotToOutlook
}

// drifted is the reason to differ where the value changed on a side that may not send.
func drifted(side record.Side) Reason {
	if side == record.CRM {
		return DriftedInCRM
	}
	return DriftedInOutlook
}

// reasonOf gives a loss its reason.
func reasonOf(l mapping.Loss) Reason {
	switch l {
	case mapping.None:
		return Agreed
	case mapping.FirstOnly:
		return LostFirstOnly
	case mapping.Cut:
		return LostCut
	case mapping.NotListed:
		return LostNotListed
	case mapping.OneWay:
		return LostOneWay
	}
	return LostKeptOther
}
