package sim

import (
	"context"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// planOf is the plan of a user's next run; nil where there would be none.
func (w *world) planOf(u *user) *contactsync.Plan {
	var plan *contactsync.Plan
	err := w.attempt(u, nil, false, func(ctx context.Context) (report contactsync.Report, err error) {
		plan, err = w.engine.Plan(ctx, u.conn.ID)
		return report, err
	})
	if err != nil || plan == nil || plan.Status != contactsync.Idle {
		return nil
	}
	return plan
}

// dueAnyway reports whether the plan after the line being played would name an action also where nothing had gone wrong in that line:
// the story is played once more up to there, in a world of its own.
func (w *world) dueAnyway(u *user, a contactsync.Action) bool {
	twin, err := newWorld(w.script, w.on, w.newState)
	if err != nil {
		return false
	}
	defer twin.endState()
	twin.twin = true
	until := slices.Clone(w.script[:w.line])
	words := slices.DeleteFunc(strings.Fields(until[w.line-1]), func(word string) bool {
		_, isFault := parseFault(word)
		return isFault
	})
	until[w.line-1] = strings.Join(words, " ")
	twin.play(until)
	if twin.violation != nil {
		return false
	}
	plan := twin.planOf(twin.user(u.name))
	return plan != nil && slices.ContainsFunc(plan.Actions, func(b contactsync.Action) bool {
		return b.Op == a.Op && b.Side == a.Side && b.IDs == a.IDs
	})
}
