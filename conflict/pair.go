package conflict

import (
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Pair is one pair of records as they are now.
type Pair struct {
	// Base is what was seen last, in any order. A rule without a base meets for the first time: Existing decides
	// first, then Winner, and an empty source never blanks.
	Base []Seen
	// Asked are the rules that wait for a person, with what was shown to them.
	Asked []Seen
	// Undone are rules that an undo left apart when one of the records was tied to another, with what the sides held since. A
	// rule that meets for the first time stays apart where both sides hold just that: nobody has said anything else.
	Undone []Seen
	// Fields are the values by side. The zero Fields means that the side was not read because it did not change: it is
	// taken to hold what Base says, and for a rule in Asked what Asked says.
	Fields [2]record.Fields
	// Modified are the times of the last change by a person, zero when not known; used by Newest only.
	Modified [2]time.Time
	// FieldModified, where not nil, knows better for single fields of a side. The latest of a rule's fields counts;
	// where it knows none of them (zero times), Modified does.
	FieldModified func(side record.Side, field string) time.Time
	// Shared says that the CRM record is written for other Outlook items too: a change there may be one of theirs, and is
	// no drift to put back.
	Shared bool
	// Borrowed are ids of rules in which Outlook's item seems to have been given another person's values (M6): what changed there
	// is asked about, whatever the settings, and goes on being asked for as long as the sides hold what was shown.
	Borrowed []string
	// Decisions are what people decided since. Of several for one rule the last counts.
	Decisions []Decision
	// Created is set when the item on that side was made by the sync itself from the other's values, so that no
	// existing work can be in it: a first meeting then overrides there, and Existing does not hold for it.
	Created [2]bool
}

// Outcome is the decision for one pair.
type Outcome struct {
	// Rules holds one entry for each rule that was decided, in the map's order.
	Rules []RuleOutcome
	// Set is what must be written to each side: whole values of the fields that change, and no others.
	Set [2]record.Fields
	// Seen is the base after Set has been written and kept as sent. What a side really kept is fingerprinted with
	// [Merger.Kept] from its stored form. Rules that were not looked at, or that wait, keep their entry of Pair.Base. It may
	// share its memory with Pair.Base; neither may be changed afterwards.
	Seen []Seen
	// Asked are the rules that now wait for a person, with the fingerprints to show. It too may share memory.
	Asked []Seen
	// NeedsRead says that a side that was not read must be before the outcome can be carried out exactly: what
	// Set holds for that side is then the intention, complete as to which rules carry but not as to their values.
	// Their entries in Seen are not advanced yet.
	NeedsRead [2]bool
	// Stale are the decisions that no longer fit what the sides hold, or that name a rule which is gone.
	Stale []Decision
}

// RuleOutcome is what became of one rule.
type RuleOutcome struct {
	Rule string
	// Writes says which side the rule writes to; both false when nothing is carried.
	Writes [2]bool
	// Reason says why a write happens; where none does, why the sides may differ, and Agreed when they do not.
	Reason Reason
	// Clears says that a write empties what the side held.
	Clears bool
	// First says that the rule had no base: a first meeting's writes do not count as changes for the guards.
	First bool
}

// Pending returns the entries of Seen for the rules that are about to be written to the side: what to remember until
// the write is known to have happened ([Merger.Confirm]). Nil when nothing is written there.
func (o *Outcome) Pending(side record.Side) []Seen {
	var pending []Seen
	for _, r := range o.Rules {
		if !r.Writes[side] {
			continue
		}
		if i := find(o.Seen, r.Rule, len(pending)); i >= 0 {
			if pending == nil {
				pending = make([]Seen, 0, len(o.Seen))
			}
			pending = append(pending, o.Seen[i])
		}
	}
	return pending
}

// find returns where list has the rule's entry, or -1. Lists are short and mostly in one order: it looks at the place
// of the hint first.
func find(list []Seen, rule string, hint int) int {
	if hint < len(list) && list[hint].Rule == rule {
		return hint
	}
	for i := range list {
		if list[i].Rule == rule {
			return i
		}
	}
	return -1
}
