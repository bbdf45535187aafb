package contactsync

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

const withoutRightWords = "It is gone from the Outlook folder, and stays in the CRM, where you have no right to delete it. Once you have the right, it is deleted there too."

func (r *run) undoWithoutRightWords() string {
	return fmt.Sprintf("You have no right to delete it in the CRM. It stays as it is. Once you have the right, undo run %d again.", r.mode.undo.run)
}

// disposeWithoutRight carries out the setting for a link whose CRM record would be deleted, where the user may not (X3).
func (r *run) disposeWithoutRight(l Link, h [2]half, cause Cause) verdict {
	switch r.terms.Deleted.WithoutRight {
	case rightlessRestore:
		if cause != CauseMovedOut { // a card that lies in another folder is not made a second time
			return r.dispose(l, h, Restore, cause)
		}
		return r.dispose(l, h, Detach, cause)
	case rightlessDetach:
		return r.dispose(l, h, Detach, cause)
	}
	return verdict{link: l, asked: []Problem{{
		Code: CodeDenied, Link: l.ID, Record: l.IDs, Message: withoutRightWords, RetryAt: r.retryAt(CodeDenied, l.ID, ""),
	}}}
}

// heedRights asks whether the user may delete what the jobs would delete in the CRM, and judges those again where not. It comes
// before the guards, which count what will be written. An undo has asked by then.
func (r *run) heedRights(ctx context.Context) error {
	var doomed []*job
	for _, j := range r.jobs {
		if j.ops[record.CRM] == Delete && j.undo == nil {
			doomed = append(doomed, j)
		}
	}
	refused, err := r.withoutRight(ctx, doomed)
	if err != nil {
		return err
	}
	r.jobs = slices.DeleteFunc(r.jobs, func(j *job) bool { return refused[j] })
	for _, j := range doomed {
		if refused[j] {
			r.enlist(*j.link, r.judgeJob(j), false)
		}
	}
	return nil
}

// heedLateRights does the same for what turned up since, just before it is written.
func (r *run) heedLateRights(ctx context.Context, tasks []*task) error {
	var doomed []*job
	for _, t := range tasks {
		if t.v.ops[record.CRM] == Delete {
			doomed = append(doomed, t.job)
		}
	}
	refused, err := r.withoutRight(ctx, doomed)
	for _, t := range tasks {
		if refused[t.job] {
			t.v = r.judgeJob(t.job)
		}
	}
	return err
}

// heedUndoRights asks whether the user may delete what an undo would delete in the CRM, before its jobs are made: they are judged by the answers.
func (r *run) heedUndoRights(ctx context.Context) error {
	var doomed []*job
	for _, u := range r.undone.ties {
		if j := u.job(); r.judgeJob(j).ops[record.CRM] == Delete {
			doomed = append(doomed, j)
		}
	}
	_, err := r.withoutRight(ctx, doomed)
	return err
}

// withoutRight says which of the jobs would delete a CRM record that the user may not delete. The record is at hand: what is left of
// a pair was read, for what is new. A Store that cannot be asked is tried.
func (r *run) withoutRight(ctx context.Context, jobs []*job) (map[*job]bool, error) {
	rights, ok := r.e.cfg.Store.(DeleteRights)
	if !ok {
		return nil, nil
	}
	var ids []string
	for _, j := range jobs {
		if _, asked := r.rights[j.ids[record.CRM]]; !asked {
			ids = append(ids, j.ids[record.CRM])
		}
	}
	for chunk := range slices.Chunk(ids, fetchSize) {
		if err := r.keep(ctx); err != nil {
			return nil, err
		}
		call, cancel := r.bounded(ctx)
		may, err := rights.MayDelete(call, r.scope[record.CRM], chunk)
		cancel()
		if err == nil && len(may) != len(chunk) {
			err = fmt.Errorf("%d answers for %d records", len(may), len(chunk))
		}
		if err != nil {
			return nil, fmt.Errorf("delete rights: %w", err)
		}
		for i, id := range chunk {
			r.rights[id] = may[i]
		}
	}
	refused := map[*job]bool{}
	for _, j := range jobs {
		refused[j] = !r.rights[j.ids[record.CRM]]
	}
	return refused, nil
}

// mayNotDelete reports whether it was asked or told that the user may not delete a CRM record.
func (r *run) mayNotDelete(id string) bool {
	may, known := r.rights[id]
	return known && !may
}

// deniedDelete notes that the CRM refused a delete for want of the right, and reports whether the task is to be judged again for
// it. Where it is to be restored, the link says so, for the next run would only try the delete again.
func (r *run) deniedDelete(side record.Side, t *task) bool {
	if side != record.CRM || t.write[side].Op != Delete || t.tries >= maxTries {
		return false
	}
	switch setting := r.terms.Deleted.WithoutRight; {
	case t.undo != nil: // it leaves the record, whatever the settings do with a person's delete
		r.report.Counts[side].Failed++
	case setting == rightlessRestore:
		t.job.link.Cause, t.job.link.Target = CauseRestore, record.Outlook
	case setting == rightlessDetach:
	default:
		return false
	}
	r.rights[t.write[side].ID] = false
	t.fate[side] = outdated
	return true
}
