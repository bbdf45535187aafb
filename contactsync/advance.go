package contactsync

import (
	"context"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// advance moves the cursors past what is applied or a problem by now, and gives the lease back, in one save.
func (r *run) advance(ctx context.Context) error {
	var open []Problem
	looked := r.judgedAnything() || r.full != [2]bool{}
	if looked {
		var err error
		if open, err = r.e.cfg.State.Problems(ctx, r.conn.ID); err != nil {
			return err
		}
		r.batch.Close = r.settleProblems(open)
		r.batch.Problems = append(r.batch.Problems, r.report.Problems...)
		r.report.Closed = len(r.batch.Close)
	}
	r.batch.Known = append(r.batch.Known, r.asking...)
	for side, ids := range r.apart {
		r.freed[side] = append(r.freed[side], ids...)
	}
	for ids := range slices.Chunk(r.made, linksPage) {
		if err := r.e.cfg.State.Post(ctx, Message{Conn: r.conn.ID, Made: ids}); err != nil {
			return err
		}
	}
	if r.full == [2]bool{true, true} && !r.leftOver && r.mode.crmIDs == nil {
		r.missing = 0
	}
	r.noteLinked()
	r.report.Linked = r.conn.Progress.Linked - r.missing
	r.report.Full = r.full
	r.report.Ended = r.e.cfg.Now()
	r.noteUntold()
	r.report.Reason = r.shortcoming()
	conn := r.conn
	conn.Status, conn.Reason, conn.Halt = Idle, r.report.Reason, nil
	p := &conn.Progress
	if r.mode.crmIDs == nil && !r.leftOver {
		for side := range r.next {
			if r.partly[side] {
				continue // what was left out comes again
			}
			p.Cursor[side] = r.next[side]
			if r.full[side] {
				p.Full[side] = r.began[side]
			}
		}
		if r.sweeps() {
			p.Full[record.CRM] = r.start
		}
		if !r.incomplete {
			p.Settings = r.terms.reading
		}
		if r.full[record.Outlook] {
			p.KeyVersion = match.Version()
		}
	}
	if r.mode.crmIDs == nil {
		p.Passed = nil
		if !r.leftOver {
			p.Restore = [2]bool{}
			p.Runs++
			if looked && r.backupSeen(p, open) {
				p.FromBackup = time.Time{}
			}
		}
		p.LastRun = r.report.Ended
	}
	if r.journals() && (r.kept > 0 || r.full != [2]bool{} || r.sweeps()) {
		r.batch.ForgetJournal = r.report.Ended.Add(-r.e.cfg.Journal.Keep)
	}
	report := r.report
	r.batch.Connection, r.batch.Done = &conn, r.messageIDs()
	if r.report.Wrote() > 0 || len(r.report.Problems) > 0 || r.report.Matched > 0 || r.report.Closed > 0 || r.full != [2]bool{} {
		r.batch.Report = &report
	}
	return r.release(ctx)
}

// shortcoming says in words what a run that came to its end could not do as a whole.
func (r *run) shortcoming() string {
	side := record.Outlook
	switch {
	case r.partly[record.Outlook]:
	case r.partly[record.CRM], r.unlisted:
		side = record.CRM
	default:
		return r.conn.Progress.blindFilter()
	}
	return "The " + sideName(side) + " did not name all its contacts. Nothing is concluded from what is missing: no contact is deleted for it, and new ones that may be there already wait until the list is whole."
}

// blindFilter says in words of whom the filter cannot tell whether they take part.
func (p *Progress) blindFilter() string {
	switch {
	case p.Untold == "":
		return ""
	case p.UntoldAll:
		return "The filter cannot tell of any contact whether it takes part (" + p.Untold + "): the CRM does not say. Nobody new is copied, and nobody is taken away."
	}
	return "The filter cannot tell of some contacts whether they take part (" + p.Untold + "): the CRM does not say. Of these nobody new is copied, and nobody is taken away."
}

// noteUntold notes where the filter asks about what the CRM did not say of a record that this run read, as where a field is
// hidden. What a run that read the CRM completely noted stands until the next such one: in between nobody knows about the others.
func (r *run) noteUntold() {
	p := &r.conn.Progress
	if r.full[record.CRM] {
		p.Untold, p.UntoldAll = "", true
	}
	p.UntoldAll = p.UntoldAll && !r.told
	if r.untold == nil {
		return
	}
	node, at, _ := r.terms.Filter.Decider(r.untold.Fields, r.terms.env(r.conn, r.start))
	p.Untold = at
	if f, ok := r.terms.schema[record.CRM].Field(node.Field); ok {
		p.Untold = f.Label + ", at " + at
	}
}

// judgedAnything reports whether problems may be over. One that came up for a retry may be over since nothing of it is there any more,
// which judges nothing.
func (r *run) judgedAnything() bool {
	return len(r.lease.Retry) > 0 || len(r.judged) > 0 || len(r.judgedRecord[record.CRM]) > 0 || len(r.judgedRecord[record.Outlook]) > 0 || len(r.report.Problems) > 0
}

func (r *run) messageIDs() []string {
	var ids []string
	for _, m := range r.lease.Messages {
		if r.leftOver && m.Decision != nil && m.Decision.Rule == "" { // its records may be among what is left
			continue
		}
		if m.Decision != nil && r.unanswered[m.Decision.Record] {
			continue
		}
		if r.leftOver && len(m.CRMIDs)+len(m.OutlookIDs)+len(m.Made) > 0 || r.mode.crmIDs != nil && (len(m.Made) > 0 || m.Full != [2]bool{}) {
			continue
		}
		ids = append(ids, m.ID)
	}
	return ids
}
