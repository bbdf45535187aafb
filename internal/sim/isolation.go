package sim

import (
	"bytes"
	"fmt"
	"log/slog"
	"regexp"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// isolation is promise 5: one record's, user's or connection's failure never stops another's, and a user sees only what is
// their own.
//
//   - A run asks and writes for its own user and mailbox only.
//   - A connection is busy only while a run of its own, stopped before, may still hold its lease.
//   - Where single writes failed and nothing else went wrong, everything else was done: what a plan made right after still
//     names is about a record with an open problem.
//   - No problem, report or log holds a value of anybody.
type isolation struct {
	w    *world
	text bytes.Buffer // what the engine logged
}

func newIsolation(w *world) *isolation { return &isolation{w: w} }

func (i *isolation) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&i.text, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// called looks at a call of a side.
func (i *isolation) called(s *side, sc contactsync.Scope) {
	u := i.w.user(sc.User)
	if u == nil || sc.Conn != i.w.conn || u.conn.ID != sc.Conn || sc.Mailbox.Key() != u.mailbox.Key() || sc.Tenant != tenantID {
		i.w.broken("isolation", "a run of %s calls the %s for %s", i.w.conn, s.name, sc.User)
	}
}

// busy looks at a run that was refused because another holds the connection.
func (i *isolation) busy(u *user) {
	if until, held := i.w.leased[u.conn.ID]; !held || i.w.now.After(until.Add(lease)) {
		i.w.broken("isolation", "%s is busy, and no run of it is under way", u.name)
	}
}

// valueLike finds what may be a token in text for people or machines.
var valueLike = regexp.MustCompile(`\bT\d+|\bt\d+@|@example\.com|7700900\d\d\d`)

// ended looks at what a run tells.
func (i *isolation) ended(u *user, report contactsync.Report, err error) {
	said := i.text.String() + report.Reason
	i.text.Reset()
	for _, p := range report.Problems {
		said += fmt.Sprintf("\n%s %s %s", p.Code, p.Message, p.Field)
		if p.Conn != u.conn.ID {
			i.w.broken("isolation", "a run of %s reports a problem of another connection", u.name)
		}
	}
	if err != nil {
		said += "\n" + err.Error()
	}
	if found := valueLike.FindString(said); found != "" {
		i.w.broken("isolation", "%q is named to people or in a log: %s", found, said)
	}
}

// single are the faults that concern single writes.
var single = []string{"refuse", "deny", "busy", "bad", "doubt", "maybe", "unclear"}

// singleWrites reports whether faults concern single writes only, and not all of them.
func singleWrites(faults []fault) bool {
	return !slices.ContainsFunc(faults, func(f fault) bool { return f.arg == "" || !slices.Contains(single, f.kind) })
}

// replan looks at what is left to do after a run in which single writes failed.
func (i *isolation) replan(u *user) {
	if plan := i.w.planOf(u); plan != nil && !i.w.twin {
		i.others(u, plan)
	}
}

// others checks that the failure of single writes in a run kept nothing else from being done. What the next run would do had nothing
// failed waits for something else: a card that is deleted once what a person wrote on it is elsewhere, one that lost its partner
// and may be matched.
func (i *isolation) others(u *user, plan *contactsync.Plan) {
	problems, err := i.w.state.Problems(i.w.ctx, u.conn.ID)
	if err != nil {
		panic(err)
	}
	for _, a := range plan.Actions {
		open := slices.ContainsFunc(problems, func(p contactsync.Problem) bool {
			for side, id := range a.IDs {
				if id != "" && p.Record[side] == id {
					return true
				}
			}
			return false
		})
		if !open && !i.follows(u, a) && !acts(a) && !i.w.dueAnyway(u, a) {
			i.w.broken("isolation", "a write failed in a run of %s, and %s of %v in %s was not done either", u.name, a.Op, a.IDs, a.Side)
		}
	}
}

// acts reports whether all that is to be written is the settings' actions', which go on from what the run before wrote.
func acts(a contactsync.Action) bool {
	return len(a.Fields) > 0 && !slices.ContainsFunc(a.Fields, func(f contactsync.FieldChange) bool { return !isAction(f.Rule) })
}

// follows reports whether an action is about a CRM record that others are tied to as well, or that a problem is about: what
// reached it may have to be passed on.
func (i *isolation) follows(u *user, a contactsync.Action) bool {
	id := a.IDs[record.CRM]
	return len(i.w.linksOf(u.conn.ID, record.CRM, id)) > 1
}
