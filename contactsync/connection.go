package contactsync

import (
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Connection is one user's one Outlook folder for one kind of record, synced with the CRM under one set of settings.
// What the host sets up is at the top; the rest the engine keeps.
type Connection struct {
	ID           string
	Tenant, User string
	Mailbox      Mailbox
	Kind         record.Kind
	Folder       string // id; empty: the default folder
	// Inactive: the user has switched the connection off, see [Engine.Deactivate]. Nothing is removed, nothing is synced.
	Inactive bool

	// Status is where the last run left the connection; [Engine.Connection] says where it stands now.
	Status Status
	Reason string // the status in words for a person; empty where it needs none
	Halt   *Halt  // why a guard stopped it; nil unless Status is Halted

	Progress Progress
}

// Progress is how far a connection has come: what the engine needs to go on.
type Progress struct {
	Cursor [2]Cursor
	// Full is when the last complete pass of each side ended.
	Full [2]time.Time
	// Settings are the fingerprints of the settings under which each side was last read.
	Settings Reading
	// KeyVersion is the match.Version of the known items.
	KeyVersion uint32
	// KeyMark tells under which fingerprint key the connection is remembered; 0: that was not noted.
	KeyMark uint64
	LastRun time.Time
	Runs    int // runs that came to their end and left nothing unfinished
	// Next is when the connection is due again, for [Engine.SyncDue]; zero: at once. Failures are the runs in a row that an
	// error stopped.
	Next     time.Time
	Failures int
	Linked   int // links in phase Linked when the last run ended
	// Untold is what the filter asks about and the CRM did not say of some records, when they were last read; empty: of none.
	// UntoldAll: it can tell of no record.
	Untold    string
	UntoldAll bool
	// Day is what was counted in the hours of the last day, for the guards; in no particular order.
	Day []Hour
	// Passed are the halts that a person let pass, each for its guard and side, with what is left of its count; used up by the
	// next run that comes to its end, whatever it leaves over.
	Passed []Halt
	// Restore are the sides on which a person lets what was removed be put back, until a run has left nothing unfinished.
	Restore [2]bool
	// FromBackup is when a run heard that the State was put back from a backup, until one has seen what is gone since; zero: it was not. See
	// [Engine.StateFromBackup].
	FromBackup time.Time
}

// Reading is the fingerprint of what the settings say about reading: selection, CRM side, Outlook side. A change forces
// only its own re-read. Answers are what the settings say about questions that are open; a change has them looked at again.
type Reading struct{ Selection, CRM, Outlook, Answers uint64 }

// outdate forgets what now says otherwise, and reports whether there was any. What a run saves by settings that no whole run has
// read by is read again, also where the settings are turned back before there is one.
func (r *Reading) outdate(now Reading) bool {
	was := *r
	for _, part := range []struct {
		old *uint64
		now uint64
	}{{&r.Selection, now.Selection}, {&r.CRM, now.CRM}, {&r.Outlook, now.Outlook}, {&r.Answers, now.Answers}} {
		if *part.old != part.now {
			*part.old = 0
		}
	}
	return *r != was
}

// Status is where a connection stands.
type Status string

const (
	Idle        Status = "idle"
	Off         Status = "off"    // switched off, by the user, the administrator or the CRM; see [Engine.Connection]
	Halted      Status = "halted" // a guard stopped it; see Halt
	NeedsSignIn Status = "needsSignIn"
	NoAccess    Status = "noAccess"
	FolderGone  Status = "folderGone"
	// Misconfigured: the settings in force make no sense, or break a lock; each run ends with the error. It is told by
	// [Engine.Connection] and its like, never stored.
	Misconfigured Status = "misconfigured"
)

// Halt says which guard stopped a run, and how far it was exceeded.
type Halt struct {
	Guard Guard
	Side  record.Side
	Count int // how many this run would
	Of    int // of how many: the most links there were within the day
	Limit int // how many would have been allowed
	// Day is how many earlier runs of the day count beside, where it is they that leave no room; Limit is then the day's. It
	// is 0 where the run alone exceeds the limit.
	Day int
	// Deletes, of [GuardEmptySide], is how many of the removed records would be deleted from the other side for it. Who lets the
	// one pass lets the other pass: it is one cause, and one question.
	Deletes int
	Since   time.Time // when the connection was halted
	// Waiting: a person has answered [AnswerWait].
	Waiting bool
	// Undoes is the run that was to be undone, of the halt of an undo, which stops nothing but that; 0: a sync was halted.
	Undoes uint64
	// Also are the other limits that the undo exceeds: to take a run back is one decision, and one question. A sync names the first limit
	// only.
	Also []Excess
}

// Excess is another limit that is exceeded, with the members of [Halt].
type Excess struct {
	Guard                 Guard
	Side                  record.Side
	Count, Of, Limit, Day int
}

// each is a halt for every limit that is exceeded.
func (h Halt) each() []Halt {
	also := h.Also
	h.Also = nil
	halts := []Halt{h}
	for _, x := range also {
		halts = append(halts, Halt{Guard: x.Guard, Side: x.Side, Count: x.Count, Of: x.Of, Limit: x.Limit, Day: x.Day, Since: h.Since, Undoes: h.Undoes})
	}
	return halts
}
