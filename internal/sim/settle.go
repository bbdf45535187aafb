package sim

import (
	"context"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// maxRounds is how many rounds of runs may write once edits and faults are over: two for what a connection has to do
// itself, one for each other connection whose writes it may have to pass on, one for what comes back, and one for each action,
// which acts on what others have done.
func (w *world) maxRounds() int { return 2 + len(w.users) + len(w.actions) }

// settle lets every connection run until nothing is written any more, and checks what must be true then.
func (w *world) settle() {
	w.logf("settling")
	if c, ok := w.outlook.(Calmer); ok {
		c.Calm()
	}
	w.turnOn()
	for round, quiet := 0, 0; quiet < 2 && w.violation == nil; round++ { // what a run leaves to the next shows in that
		if round > w.maxRounds()+quiet {
			w.broken("converges", "after %d rounds of runs there is still something to do", round)
			return
		}
		w.now = w.now.Add(25 * time.Hour) // past every retry and the delay after which a create is repeated
		quiet++
		for _, u := range w.users {
			if !w.settleRun(u) {
				quiet = 0
			}
		}
	}
	w.lookEverywhere()
	for _, opts := range [][]contactsync.SyncOption{nil, nil, {contactsync.Full()}, nil} {
		w.now = w.now.Add(time.Minute)
		for _, u := range w.users {
			w.restRun(u, opts)
		}
	}
	if w.violation != nil {
		return
	}
	w.checkMended()
	w.bounded.check()
	if w.violation != nil {
		return
	}
	w.checkDoubles()
	w.checkRest()
	if w.violation == nil {
		w.bounded.checkChange()
	}
}

// lookEverywhere lets complete runs find what no other can: that a side accepts a value which a fault made it refuse, and
// that an item was deleted after it had been moved to another folder.
func (w *world) lookEverywhere() {
	for range 2 {
		for _, u := range w.users {
			if w.refused || w.unseen {
				w.now = w.now.Add(time.Minute)
				w.faultless(u, []contactsync.SyncOption{contactsync.Full()})
			}
		}
	}
}

// settleRun runs a connection, past halts, and reports whether it wrote nothing.
func (w *world) settleRun(u *user) bool {
	var opts []contactsync.SyncOption
	if w.torn[u.conn.ID] { // nothing else need tell that something is missing
		opts = append(opts, contactsync.Full())
	}
	for range 10 {
		report, ok := w.faultless(u, opts)
		if !ok {
			return true
		}
		switch report.Status {
		case contactsync.Halted:
			w.did(w.engine.Resume(w.ctx, u.conn.ID, *report.Halt, contactsync.AnswerGoOn))
			w.ledger.guards.answered(u.conn.ID, *report.Halt, contactsync.AnswerGoOn)
			w.now = w.now.Add(time.Minute)
			continue
		case contactsync.Idle:
			return report.Wrote() == 0 && !w.waits(u)
		}
		w.broken("sound", "a run with nothing wrong ends as %s: %s", report.Status, report.Reason)
		return true
	}
	w.broken("converges", "a halted connection stays halted however often a person lets it go on")
	return true
}

// waits reports whether a connection has something to look at again by itself.
func (w *world) waits(u *user) bool {
	problems, err := w.state.Problems(w.ctx, u.conn.ID)
	return err != nil || slices.ContainsFunc(problems, func(p contactsync.Problem) bool { return !p.RetryAt.IsZero() })
}

// restRun runs a connection that has nothing to do.
func (w *world) restRun(u *user, opts []contactsync.SyncOption) {
	report, ok := w.faultless(u, opts)
	if ok && report.Counts != [2]contactsync.Counts{} {
		w.broken("converges", "a run of %s (full %v) with nothing to do: %s", u.name, report.Full, describe(report))
	}
}

func (w *world) faultless(u *user, opts []contactsync.SyncOption) (report contactsync.Report, ok bool) {
	if w.violation != nil || u.ended {
		return report, false
	}
	w.logf("%s runs", u.name)
	err := w.attempt(u, nil, true, func(ctx context.Context) (contactsync.Report, error) {
		var err error
		report, err = w.engine.Sync(ctx, u.conn.ID, opts...)
		return report, err
	})
	if err != nil {
		w.broken("sound", "a run with nothing wrong failed: %v", err)
	}
	return report, w.violation == nil
}

// checkRest checks that what differs between the sides is explained.
func (w *world) checkRest() {
	for _, u := range w.users {
		if u.ended {
			continue
		}
		problems, err := w.state.Problems(w.ctx, u.conn.ID)
		if err != nil {
			panic(err)
		}
		for _, p := range problems {
			switch p.Code {
			case contactsync.CodeFailed, contactsync.CodeUnknown, contactsync.CodeMalformed, contactsync.CodeDenied:
				w.broken("sound", "nothing is wrong any more, and a problem stays open: %s %v %s", p.Code, p.Record, p.Message)
			}
		}
		for _, link := range w.links(u.conn.ID) {
			w.checkLink(u, link, problems)
		}
		w.checkUnlinked(u, problems)
		w.checkMessages(u, problems)
	}
}

// checkLink: the records of a link agree, or the link or a problem says why not.
func (w *world) checkLink(u *user, link contactsync.Link, problems []contactsync.Problem) {
	switch link.Phase {
	case contactsync.Intended:
		w.broken("converges", "a create stays intended: %v", link.IDs)
		return
	case contactsync.Linked:
	default:
		return
	}
	if len(link.Pending[0])+len(link.Pending[1]) > 0 {
		w.broken("converges", "a write stays unconfirmed: %v", link.IDs)
	}
	crm, hasCRM := w.tenant.Record(link.IDs[record.CRM])
	about := slices.DeleteFunc(slices.Clone(problems), func(p contactsync.Problem) bool {
		typedIn := !hasCRM && p.Record[record.Outlook] == link.IDs[record.Outlook] // perhaps
		asked := p.Code == contactsync.CodeDoubtfulMatch && (p.Record[record.CRM] == link.IDs[record.CRM] || typedIn)
		return p.Link != link.ID && !asked
	})
	hasCRM = hasCRM && w.visible(u, crm.ID)
	item, hasItem := u.box.Item(link.IDs[record.Outlook])
	hasItem = hasItem && item.Folder == u.folder
	if !hasCRM || !hasItem {
		if len(about) == 0 && !w.leaves() {
			w.broken("converges", "a link stays though a side is gone: %v (crm %v, outlook %v)", link.IDs, hasCRM, hasItem)
		}
		return
	}
	if w.settings.Left == contactsync.LeaveAlone && w.eligible(u.name, crm.Fields) == filter.No {
		return // the link rests
	}
	for _, rule := range w.settings.Mapping {
		w.checkRule(u, link, rule.ID, crm.Fields, item.Fields, about)
	}
	for _, s := range w.slots() {
		at := [2]record.Record{crm, item}
		w.checkAction(u, link, s, at[s.to], at[s.to.Other()], about)
	}
}

// leaves reports whether any disposition is to leave a link as it is.
func (w *world) leaves() bool {
	s := w.settings
	return slices.Contains([]contactsync.Disposition{s.Deleted.InCRM, s.Deleted.InOutlook, s.Left, s.Hidden, s.MovedOut}, contactsync.LeaveAlone)
}
