package contactsync

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// StateFromBackup tells that what the State has of a connection was put back from a backup, and is older than the two sides. Call
// it for each connection after a backup is put back and before anything runs, that is before workers are started again; calling it twice is
// calling it once. Without a backup that was put back, it costs complete listings and nothing else.
//
// Of what has become of people since the backup, edits, creates and deletes on both sides are recognised without this call. What is not is a delete
// that the sync itself made since: by an undo, at the end of a connection, or for a filter that selects the record again.
// In an older State it looks like the delete of a person, and would go to the other side. So from this call on until a run has read both sides completely and left
// nothing open, a record that is found deleted on one side, or whose card was moved away, is left on the other, also where the settings let deletes go
// across, and told of as a problem ([CodeMissing]); the two rest as [CauseCRMMissing] or [CauseOutlookMissing]. People who meant the delete make it on
// the other side too; the problem ends with that, and when the record is back. Where the settings say that what is deleted be restored, it is. A card
// that the sync may have made since is not imported, but taken up as the card of its record, or told of. A person's answer to a halt or to a question is heeded as ever.
//
// What people decided since the backup is asked again where it still matters, what an undo took back since may be done again, and the
// numbers of runs begin again where the backup was made: an old page that undoes run 7 may mean another one.
//
// A backup that holds the CRM's records too puts both back, and what had reached Outlook since comes back to the CRM like any change. The card of a
// record that was made since, and is not there any more, is told of and left alone.
//
// [ErrNotFound] when there is no such connection: one that was set up since the backup, for which [Engine.Connect] begins anew.
func (e *Engine) StateFromBackup(ctx context.Context, conn string) error {
	if err := e.cfg.State.Post(ctx, Message{Conn: conn, FromBackup: true}); err != nil {
		return fmt.Errorf("contactsync: state from backup: %w", err)
	}
	return nil
}

// missing are the causes of links that rest since a record is gone from the side and nobody knows by whose wish.
var missing = [2]Cause{record.CRM: CauseCRMMissing, record.Outlook: CauseOutlookMissing}

// fromBackup reports whether the State is older than the sides, and no run has seen yet all that is gone from them.
func (r *run) fromBackup() bool { return !r.conn.Progress.FromBackup.IsZero() }

// unseenSince reports whether a side has not been read completely since the State was put back.
func (p *Progress) unseenSince(side record.Side) bool {
	return !p.FromBackup.IsZero() && p.Full[side].Before(p.FromBackup)
}

// backupSeen reports whether this run, which has left nothing over, and those before it have seen all that is gone from both sides, and nobody
// is still asked about any of it. open are the problems as this run found them.
func (r *run) backupSeen(p *Progress, open []Problem) bool {
	waits := func(q Problem) bool {
		return (q.Code == CodeUnknown || q.Code == CodeEditVsDelete) && !slices.Contains(r.batch.Close, q.ID)
	}
	return !p.unseenSince(record.CRM) && !p.unseenSince(record.Outlook) && !slices.ContainsFunc(slices.Concat(open, r.report.Problems), waits)
}
