package sim

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// frame is one run as the model sees it.
type frame struct {
	conn   string
	book   *guarded
	links  []contactsync.Link // when it began
	did    [2][2]int          // of what is watched, by side
	passed [2][2]int          // what people had let pass when it began
	// restoring is what was to be put back when it began, also where another worker has done that since.
	restoring [2]bool

	gone   [2]map[string]bool
	merged map[string]string // by link: its CRM record, where that was merged into another
	writes int
	tick   int     // when it began
	after  *frame  // the run that it took over from
	asleep bool    // the connection is halted, and nobody has answered
	unsure bool    // a service did not say what became of a write
	busy   bool    // or had no time for it, by itself and not by a fault of the script
	off    bool    // the connection is off
	listed [2]bool // a side has named everything it has, and not only what changed
	ends   *ending

	undoes *deeds // of an undo: what the run did
	run    runOf  // and which it is
	user   string

	found      map[place]record.Fields // the CRM records when another user's run came in between: the run may have read them before
	overlooked map[place]record.Fields // what a record held before an edit that the run may not have seen
	meant      map[string]bool
	before     before
	touched    []*deed
}
