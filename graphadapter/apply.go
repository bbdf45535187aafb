package graphadapter

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Apply carries out writes in batches of up to 20. Each write has one part of a batch; an update that sets parts of an
// address, a list or a name and comes without the item as read has a second, to read it.
//
// A create whose answer was lost is reported with [contactsync.ErrUnconfirmed] and not sent again. Updates and deletes
// carry their version where they have one; they are sent again a few times. An update that was carried out although its
// answer was lost is stale by its own doing when it is sent again: where the item then holds what was sent it is a success,
// and else [contactsync.ErrUnconfirmed]. An item that is gone is [contactsync.ErrNotFound] for an update and a success for
// a delete. What the service refuses is a [*contactsync.InvalidError] that names the field
// as far as it can be told. When nothing at all was carried out for a reason that concerns the mailbox, that is the error
// of the call.
//
// Several writes of one item are carried out one after another, in their order.
func (d *Directory) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	const op = "write items"
	results := make([]contactsync.Result, len(writes))
	if len(writes) == 0 {
		return results, nil
	}
	s, err := d.open(ctx, sc.Mailbox, sc.Kind)
	if err != nil {
		return nil, failed(op, err)
	}
	defer s.close()
	todo := make([]*job, len(writes))
	for i, w := range writes {
		results[i].ID = w.ID
		todo[i] = &job{Write: w, result: &results[i]}
	}
	progress := false // something was carried out, or may have been, or was refused for its own sake
	var stopped error
	for len(todo) > 0 {
		now, later := firstOfEach(todo)
		p, err := s.applyAll(ctx, sc, now)
		progress = progress || p
		if stopped == nil {
			stopped = err
		}
		todo = later
	}
	if !progress && stopped != nil {
		return nil, failed(op, stopped)
	}
	for i, w := range writes {
		if err := results[i].Err; err != nil {
			results[i].Err = fmt.Errorf("graphadapter: %s item: %w", w.Op, err)
		}
	}
	return results, nil
}

// job is one write on its way.
type job struct {
	contactsync.Write
	result *contactsync.Result
	part   part
}

// firstOfEach parts the jobs into the first one of each item, and the rest.
func firstOfEach(jobs []*job) (first, later []*job) {
	seen := map[string]bool{}
	for _, j := range jobs {
		if j.ID != "" && seen[j.ID] {
			later = append(later, j)
			continue
		}
		seen[j.ID] = true
		first = append(first, j)
	}
	return first, later
}

// applyAll carries out jobs on different items. progress is false when all failed for a reason beyond them; err is the
// first such reason.
func (s *session) applyAll(ctx context.Context, sc contactsync.Scope, jobs []*job) (progress bool, err error) {
	err = s.readBefore(ctx, sc, jobs)
	var ready []*job
	var parts []part
	for _, j := range jobs {
		if j.result.Err != nil {
			progress = progress || err == nil
			continue
		}
		send, refused := s.prepare(sc, j)
		if refused != nil {
			j.result.Err, progress = refused, true
			continue
		}
		if !send {
			j.result.Version, progress = j.Version, true
			continue
		}
		ready, parts = append(ready, j), append(parts, j.part)
	}
	for n, a := range s.batch(ctx, parts) {
		j := ready[n]
		*j.result = s.result(ctx, sc, j, a)
		if a.ok != nil || a.unsure || !isBeyond(a.err()) {
			progress = true
		} else if err == nil {
			err = a.err()
		}
	}
	s.lookAtStale(ctx, sc, ready)
	return progress, err
}

// isBeyond reports whether an error lies beyond the single write: in the mailbox, the account, the service's load.
func isBeyond(err error) bool {
	var unsent unsentError
	var throttled *contactsync.ThrottledError
	return aboutMailbox(err) || errors.As(err, &unsent) || errors.As(err, &throttled)
}

// prepare words the part of a write; send is false where there is nothing to send.
func (s *session) prepare(sc contactsync.Scope, j *job) (send bool, err error) {
	if schema := j.Set.Schema(); schema != nil && schema != s.d.contacts.schema {
		return false, &contactsync.InvalidError{Field: "Set", Reason: "its fields were made under another schema than Options.Schema"}
	}
	headers := map[string]string{"Prefer": preferIDs}
	switch j.Op {
	case contactsync.Create:
		j.part = part{method: "POST", path: s.collectionPath(sc.Folder), headers: headers}
	case contactsync.Update:
		j.part = part{method: "PATCH", path: s.itemPath(j.ID), headers: headers}
	case contactsync.Delete:
		j.part = part{method: "DELETE", path: s.itemPath(j.ID), headers: headers}
	default:
		return false, &contactsync.InvalidError{Field: "Op", Reason: fmt.Sprintf("%q is none", j.Op)}
	}
	if j.Op != contactsync.Create {
		if j.ID == "" {
			return false, &contactsync.InvalidError{Field: "ID", Reason: "it is missing"}
		}
		if j.Version != "" {
			headers["If-Match"] = j.Version
		}
		if j.Op == contactsync.Delete {
			return true, nil
		}
		if j.Set.Len() == 0 && j.Stamp == "" {
			return false, nil
		}
	}
	headers["Content-Type"] = "application/json"
	j.part.body, err = s.d.contacts.body(j.Write)
	return err == nil, err
}

// readBefore reads the items of updates that need them and come without. An item that cannot be had is the result of its
// update; the error says that none could.
func (s *session) readBefore(ctx context.Context, sc contactsync.Scope, jobs []*job) error {
	var wanting []*job
	for _, j := range jobs {
		if j.Op == contactsync.Update && j.Was == nil && j.ID != "" && !s.d.contacts.blind(j.Set) {
			wanting = append(wanting, j)
		}
	}
	found, err := s.look(ctx, sc, wanting)
	for i, j := range wanting {
		switch {
		case err != nil:
			j.result.Err = err
		case len(found[i].Records) > 0 && (j.Version == "" || j.Version == found[i].Records[0].Version):
			j.Was = &found[i].Records[0]
		case len(found[i].Records) > 0:
			j.result.Err = contactsync.ErrStale
		case found[i].Removed == contactsync.Unknown:
			j.result.Err = errors.New("the item could not be read before it is updated")
		default:
			j.result.Err = contactsync.ErrNotFound
		}
	}
	return err
}

// look reads the items of jobs, in their order.
func (s *session) look(ctx context.Context, sc contactsync.Scope, jobs []*job) ([]contactsync.Found, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	found := make([]contactsync.Found, len(jobs))
	places := make([]int, len(jobs))
	for i, j := range jobs {
		found[i] = contactsync.Found{Ref: contactsync.Ref{ID: j.ID}, Removed: contactsync.Unknown}
		places[i] = i
	}
	folder, err := s.folderID(ctx, sc.Folder)
	if err != nil {
		return nil, err
	}
	return found, s.getIDs(ctx, sc, folder, found, places)
}

// lookAtStale tells versions that are stale because the item was edited from those that are because it left the folder (an
// item in Deleted Items still answers, with another version), and from those that this write made stale when it was sent
// before. Where the look fails, stale stays the answer.
func (s *session) lookAtStale(ctx context.Context, sc contactsync.Scope, jobs []*job) {
	var stale []*job
	for _, j := range jobs {
		if j.Op != contactsync.Create && errors.Is(j.result.Err, contactsync.ErrStale) {
			stale = append(stale, j)
		}
	}
	found, err := s.look(ctx, sc, stale)
	if err != nil {
		return
	}
	for i, j := range stale {
		switch removed := found[i].Removed; {
		case removed == contactsync.Deleted && j.Op == contactsync.Delete:
			*j.result = contactsync.Result{ID: j.ID}
		case removed == contactsync.Deleted, removed == contactsync.Moved && j.Op == contactsync.Update:
			j.result.Err = fmt.Errorf("%w: it is no longer in the folder", contactsync.ErrNotFound)
		case len(found[i].Records) == 0 || !errors.Is(j.result.Err, contactsync.ErrUnconfirmed):
		case j.Op == contactsync.Delete: // it would not be there
			j.result.Err = contactsync.ErrStale
		case j.isIn(&found[i].Records[0]):
			rec := &found[i].Records[0]
			*j.result = contactsync.Result{ID: j.ID, Version: rec.Version, Modified: rec.Modified, Stored: rec.Fields}
		}
	}
}

// isIn reports whether an item holds what an update was to write.
func (j *job) isIn(rec *record.Record) bool {
	for name, sent := range j.Set.All() {
		f, _ := j.Set.Schema().Field(name)
		if held, known := rec.Fields.Get(name); !known || !f.Equal(held, sent, record.Locale{}) {
			return false
		}
	}
	return j.Stamp == "" || rec.StampRead && strings.EqualFold(rec.Stamp, j.Stamp)
}
