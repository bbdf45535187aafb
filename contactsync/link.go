package contactsync

import (
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// Link ties one CRM record to one Outlook item of a connection, and remembers what each side held.
type Link struct {
	ID   string
	Conn string
	IDs  [2]string // by record.Side; empty on the side of a create that is intended
	// Phase and Cause say where the link stands in its life, and why.
	Phase Phase
	Cause Cause
	// Target is the side on which an intended create is to happen.
	Target record.Side
	// Made says that the record on a side was made by the sync, from the other side's.
	Made [2]bool
	// Gen counts the creates of this link; it is part of the stamp.
	Gen int
	// Revives is the id of a deleted CRM record that this link's create brings back; the stamp is then made from it, so
	// that two users' revivals meet in one record. Empty otherwise.
	Revives string
	// Since is when the create was intended, the delete of the record on the Target side, or the delete or update by which an undo
	// takes something back, until it is confirmed or can no longer arrive; the zero time otherwise.
	Since   time.Time
	Version [2]string
	// Seen is the base of the merge, one entry a rule.
	Seen []conflict.Seen
	// Pending are the fingerprints about to be written, by the side they are written to, kept until the write is
	// confirmed or known refused, so that a later run can tell its own unconfirmed write from a person's edit.
	Pending [2][]conflict.Seen
	// Asked are the rules that wait for a person, with what was shown. Of an unlinked record it is what the CRM side held when
	// the tie was dropped: what differs from it brings the record back. Of two that are distinct it is one entry without a rule: what
	// matching looks at, as Raw by side, under the match.Version that is its Version.
	Asked []conflict.Seen
}

// Phase is where a link stands in its life.
type Phase string

const (
	Intended Phase = "intended" // a create was decided, and is not confirmed
	Linked   Phase = "linked"
	Detached Phase = "detached" // both copies stay, the tie is remembered; nothing is re-imported or re-created by itself
	Unlinked Phase = "unlinked" // the tie is dropped; the record comes back when its CRM side changes
	// Distinct is no tie: a person said that the two records are two people, and nobody is asked again for as long as Asked still
	// fits what they say.
	Distinct Phase = "distinct"
)

// Cause says why a link left the phase Linked, or what is special about one that is in it.
type Cause string

const (
	NoCause Cause = ""
	// CauseOutside: linked, though the filter has not selected its CRM record yet. It came from Outlook, was put back, or was
	// linked on request (B20); what was never in cannot leave.
	CauseOutside        Cause = "outside"
	CauseLeft           Cause = "left"     // no longer eligible
	CauseMovedOut       Cause = "movedOut" // left the folder
	CauseCRMDeleted     Cause = "deletedInCRM"
	CauseOutlookDeleted Cause = "deletedInOutlook"
	// CauseCRMMissing and CauseOutlookMissing: the record of that side is deleted, and nobody knows by whose wish, since the State was put back
	// from a backup, see [Engine.StateFromBackup].
	CauseCRMMissing     Cause = "missingInCRM"
	CauseOutlookMissing Cause = "missingInOutlook"
	// CauseRestore: linked, though the record on the Target side is gone and could not be made again yet, or may be gone: a side
	// could not tell when a person said to restore. It is put back whatever the settings say of deletes: a person said so to a halt.
	CauseRestore Cause = "restore"
	CauseHidden  Cause = "hidden" // the user may no longer see the CRM record
	CauseMerged  Cause = "merged"
	// CauseUndone: of an intended create by which an undo puts a record back that is tied to its partner again; where the filter
	// does not select that, CauseOutside says the same. An intended create with another cause is an undo's too, and the link
	// rests for that cause once it is confirmed. No run repeats one.
	CauseUndone Cause = "undone"
)

// itemWentAway reports whether the link rests because its Outlook item was deleted or moved away.
func (l *Link) itemWentAway() bool { return l.Cause.ofItem() }

func (c Cause) ofItem() bool {
	return c == CauseOutlookDeleted || c == CauseOutlookMissing || c == CauseMovedOut
}

// recordDeleted reports whether the link rests because its CRM record was deleted.
func (l *Link) recordDeleted() bool { return l.Cause == CauseCRMDeleted || l.Cause == CauseCRMMissing }

// deletes reports whether a run was about to delete the record on the Target side, and may have done so.
func (l *Link) deletes() bool {
	return l.Phase == Linked && !l.Since.IsZero() && !l.pending()
}

// restsForDelete reports whether the link rests since its CRM record was deleted, and its item stays as a copy.
func (l *Link) restsForDelete() bool { return l.Phase == Detached && l.Cause == CauseCRMDeleted }

// pending reports whether a write of the link is not confirmed.
func (l *Link) pending() bool { return len(l.Pending[0])+len(l.Pending[1]) > 0 }

// Known is an Outlook item without a partner: its hashed match keys, so that looking for one costs no request.
type Known struct {
	match.Candidate
	// Orphan: left behind, as by a detachment. It may be matched, and is never imported.
	Orphan bool
}
