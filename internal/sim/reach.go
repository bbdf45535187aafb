package sim

import (
	"fmt"
	"maps"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// reach notes that a story got somewhere: "setting conflict=crm", "fault store.apply=lost", "edit crm set".
func (w *world) reach(what string) { w.reached[what] = true }

func (w *world) reachSettings() {
	for _, name := range settingNames(w.settings) {
		w.reach("setting " + name)
	}
}

// settingNames says in words what settings hold, the defaults left out.
func settingNames(s contactsync.Settings) []string {
	var names []string
	add := func(name string, value any) {
		if text := fmt.Sprint(value); text != "" && text != "false" {
			names = append(names, name+"="+text)
		}
	}
	ops := func(row *contactsync.Ops) string {
		if row == nil {
			return ""
		}
		text := ""
		for _, op := range []struct {
			letter string
			on     bool
		}{{"c", row.Create}, {"u", row.Update}, {"d", row.Delete}} {
			if op.on {
				text += op.letter
			}
		}
		if text == "" {
			text = "none"
		}
		return text
	}
	add("toOutlook", ops(s.Flow.ToOutlook))
	add("toCRM", ops(s.Flow.ToCRM))
	add("conflict", s.Conflict)
	add("merge", s.Merge)
	add("editVsDelete", s.EditVsDelete)
	add("drift", s.Drift)
	add("overflow", s.Overflow)
	add("private", s.Private)
	add("filter", kindOf(s.Filter))
	add("outlookFilter", kindOf(s.OutlookFilter))
	add("by", s.Match.By)
	add("several", s.Match.Several)
	add("doubtful", s.Match.Doubtful)
	add("ineligible", s.Match.Ineligible)
	add("existing", s.Match.Existing)
	add("for", s.Match.For)
	add("requireKey", s.Match.RequireKey)
	add("deletedInCRM", s.Deleted.InCRM)
	add("deletedInOutlook", s.Deleted.InOutlook)
	add("left", s.Left)
	add("hidden", s.Hidden)
	add("movedOut", s.MovedOut)
	switch g := s.Guards; {
	case g == contactsync.Guards{}:
		add("guards", "default")
	case g.Deletes.Off:
		add("guards", "off")
	case g.Deletes == g.Changes:
		add("guards", "tight")
	default:
		for i, l := range []contactsync.Limit{g.Deletes, g.EmptySide} {
			name := []string{"deletes", "emptySide"}[i]
			if l.DayFloor > 0 || l.DayPercent > 0 {
				add("guards", name+"ByDay")
			} else if !l.Off {
				add("guards", name+"ByRun")
			}
		}
	}
	if s.Guards.ApproveFirstRun > 0 {
		add("guards", "firstRun")
	}
	for _, r := range s.Mapping {
		if r.Direction != "" {
			add("rule direction", r.Direction)
		}
		if r.Conflict != "" {
			add("rule conflict", r.Conflict)
		}
	}
	if len(s.Mapping) < len(initial) {
		add("rule", "without")
	}
	return names
}

// reachHalt notes which guard halted a run.
func (w *world) reachHalt(r contactsync.Report) {
	what := "halt"
	if r.Undoes != 0 {
		what = "undo halt"
	}
	day := r.Halt.Day
	w.reach("event " + what + " " + string(r.Halt.Guard))
	for _, x := range r.Halt.Also {
		w.reach("event " + what + " " + string(x.Guard))
		day = max(day, x.Day)
	}
	if day > 0 {
		w.reach("event " + what + " by day")
	}
	if len(r.Halt.Also) > 0 {
		w.reach("event " + what + " several")
	}
}

// reachAnswer notes what came of the answer to a halt, when a run has come to its end after it.
func (w *world) reachAnswer(b *guarded) {
	switch {
	case !b.waits.IsZero():
		w.reach("event wait over")
	case b.restoring != [2]bool{}:
		w.reach("event restored")
	case b.answer != nil:
		w.reach("event let go on")
	}
}

// kindOf tells the filters that the generator draws from apart.
func kindOf(c filter.Condition) string {
	if c.IsZero() {
		return ""
	}
	fields := c.Fields()
	return strings.Join(fields, "+")
}

// edited notes what a person did to a record.
func (w *world) edited(p place, verb string) {
	w.ledger.tick++
	w.ledger.acted[p] = w.ledger.tick
	switch verb {
	case "undelete":
		w.ledger.undos.broughtBack(p)
		fallthrough
	case "show":
		w.ledger.back[p] = maps.Clone(w.ledger.clean)
	}
	side := "crm "
	if p.side == record.Outlook {
		side = "outlook "
	}
	w.reach("edit " + side + verb)
}
