package contactsync

import (
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// Plan lists every write a run would make, before it is made (B3). It is plain data; [Engine.Apply] carries it out.
type Plan struct {
	Conn string
	// Undoes is the number of the run that the plan takes back; 0: it is the plan of a sync.
	Undoes uint64
	Made   time.Time
	// Status is [Idle] where the run would go on. It is [Halted] where a guard would stop it, which Halt tells; with any other the
	// plan says nothing of the records, since they were not looked at. Reason says in words what [Report.Reason] would: why the run
	// would not go on, or what it could not do as a whole.
	Status  Status
	Reason  string
	Halt    *Halt // the guard that would stop the run; nil when none
	Actions []Action
	// Matched are the pairs that will be linked, whether or not anything is written to them.
	Matched int
	// Entering is how many pairs will take part that do not yet: records that are made on the other side, pairs that are
	// matched, and detached ones that are attached again. Leaving is how many will no longer: their filter does not select
	// them any more, a side deleted or moved its record, or a delete carries over to the other.
	Entering, Leaving int
	// Links is how many links the connection has, the measure of the guards.
	Links    int
	Problems []Problem
	// Settings is the fingerprint of the settings the plan was made under; others make it outdated.
	Settings uint64
}

// Action is one line of a plan.
type Action struct {
	Op   Op
	Side record.Side
	// IDs are the records by side; the side of a create is empty.
	IDs [2]string
	// Fields are the fields that will be written, with the reason of the rule that writes each.
	Fields []FieldChange
	// Reason is why the action as a whole happens: see Why.
	Reason Why
	// Mails is how many people would be mailed; always 0 for contacts.
	Mails int
	// Notes say what else it costs, in words: formatting lost, text cut.
	Notes []string
	// Versions are what the plan was made from: an action whose record has moved since is skipped and reported.
	Versions [2]string
}

// FieldChange is one rule's part of an action.
type FieldChange struct {
	Rule   string
	Fields []string
	Reason conflict.Reason
	Clears bool
}

// Why says what made an action necessary. It is a closed list.
type Why string

const (
	WhyNew       Why = "new"       // eligible, and no match on the other side
	WhyMatched   Why = "matched"   // first meeting of two records that match
	WhyChanged   Why = "changed"   // one side or both changed
	WhyDeleted   Why = "deleted"   // deleted on the other side, and the settings propagate it
	WhyLeft      Why = "left"      // no longer eligible, and the settings propagate it
	WhyMovedOut  Why = "movedOut"  // left the folder, and the settings propagate it
	WhyRestored  Why = "restored"  // removed there, and the settings put it back
	WhyEditLives Why = "editLives" // deleted there, but edited on this side since
	WhyUndone    Why = "undone"    // takes back what a run wrote (Engine.Undo)
	WhyCopies    Why = "copies"    // a second copy of our own unconfirmed create
)

// PlanCounts summarises a plan by side and operation.
type PlanCounts struct{ Create, Update, Delete, Clear int }

// Counts counts the actions on the side.
func (p *Plan) Counts(side record.Side) PlanCounts {
	var c PlanCounts
	for _, a := range p.Actions {
		if a.Side != side {
			continue
		}
		switch a.Op {
		case Create:
			c.Create++
		case Update:
			c.Update++
		case Delete:
			c.Delete++
		}
		for _, f := range a.Fields {
			if f.Clears {
				c.Clear++
				break
			}
		}
	}
	return c
}
