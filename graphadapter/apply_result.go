package graphadapter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// result says what became of a write, from the answer to its part.
func (s *session) result(ctx context.Context, sc contactsync.Scope, j *job, a answer) contactsync.Result {
	if a.ok != nil {
		return s.written(sc, j, a.ok)
	}
	r := contactsync.Result{ID: j.ID}
	if j.Op == contactsync.Delete && a.refusal != nil && a.refusal.Status == http.StatusNotFound && !a.refusal.noMailbox() &&
		s.meansItem(ctx, s.writtenFolder(sc), a.refusal) {
		return r // gone already
	}
	r.Err = s.writeError(sc, j, a)
	return r
}

// writtenFolder is the id of the folder of a scope as far as it is known without asking.
func (s *session) writtenFolder(sc contactsync.Scope) string {
	if isDefaultFolder(sc.Folder) {
		return s.box.knownDefault()
	}
	return sc.Folder
}

func (s *session) writeError(sc contactsync.Scope, j *job, a answer) error {
	err := a.err()
	if a.unsure {
		return uncertain(err)
	}
	r := a.refusal
	switch {
	case r == nil, aboutMailbox(err), r.stale():
		return err
	case r.Status == http.StatusNotFound && j.Op == contactsync.Create && !isDefaultFolder(sc.Folder):
		return fmt.Errorf("%w: %w", contactsync.ErrFolderGone, &r.ServiceError)
	case r.Status == http.StatusBadRequest, r.Status == http.StatusRequestEntityTooLarge, r.Status == http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: %w", &contactsync.InvalidError{Field: s.fieldAtFault(j, r), Reason: "Outlook refuses it"}, &r.ServiceError)
	}
	return err
}

// fieldAtFault finds the field a refusal speaks of: the only one that was sent, or the longest name of one in Graph's
// words. It is empty where neither tells.
func (s *session) fieldAtFault(j *job, r *refusal) string {
	message := strings.ToLower(r.message)
	at, only, n := "", "", 0
	for name := range j.Set.All() {
		property, _, _ := strings.Cut(name, ".")
		only, n = name, n+1
		spoken := property
		if id, ok := s.d.contacts.extended[name]; ok {
			spoken = string(id)
		}
		if strings.Contains(message, strings.ToLower(spoken)) && len(property) > len(at) {
			at = property
		}
	}
	if at == "" && n == 1 {
		return only
	}
	return at
}

// written reads the answer to a write that was carried out.
func (s *session) written(sc contactsync.Scope, j *job, reply *partReply) contactsync.Result {
	r := contactsync.Result{ID: j.ID}
	if j.Op == contactsync.Delete {
		return r
	}
	reader := s.d.contacts.reader(s.d.contacts.selects(sc.Fields), sc.Zone, false)
	rec, ok := readItem(reader, reply.body)
	if !ok {
		if j.Op == contactsync.Create {
			r.Err = uncertain(errors.New("the answer to the create does not name the new item"))
		}
		return r // an update: stored as sent, version not told
	}
	r.ID, r.Version, r.Modified = rec.ID, rec.Version, rec.Modified
	r.Stored = s.withExtended(rec.Fields, j.Set)
	switch known := s.writtenFolder(sc); {
	case known == "" && j.Op == contactsync.Create && rec.Folder != "":
		s.box.learnDefault(rec.Folder)
	case j.Op == contactsync.Update && known != "" && rec.Folder != "" && rec.Folder != known:
		// It was moved or deleted meanwhile, and still answers.
		r = contactsync.Result{ID: j.ID, Err: fmt.Errorf("%w: it is no longer in the folder", contactsync.ErrNotFound)}
	}
	return r
}

// withExtended adds the extended fields as sent: an answer to a write does not show them.
func (s *session) withExtended(stored, sent record.Fields) record.Fields {
	return stored.With(sent.Only(func(name string) bool { _, ok := s.d.contacts.extended[name]; return ok }))
}
