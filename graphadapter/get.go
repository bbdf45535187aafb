package graphadapter

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Get reads items whole, by id or by stamp, up to 20 to a request. Beside the wanted fields it always reads the parts of
// the name, for an update to follow.
//
// An id that answers 404, or lies in no contact folder of the mailbox (Deleted Items), is [contactsync.Deleted]; one in
// another contact folder is [contactsync.Moved]. Any other refusal of one item is [contactsync.Unknown]; one of the
// mailbox is an error. When the folder itself turns out to be gone, that is [contactsync.ErrFolderGone], not so many
// deletions.
//
// A stamp is looked for in the folder, without case, and where it is not found in every other contact folder of the
// mailbox: an item there is [contactsync.Moved], with its id. None found is [contactsync.Unknown]: an item in Deleted
// Items is not found by its stamp. A failed search is an error. A new item may take the service some time to show.
func (d *Directory) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	const op = "read items"
	found := make([]contactsync.Found, len(refs))
	var ids, stamps []int
	for i, ref := range refs {
		found[i] = contactsync.Found{Ref: ref, Removed: contactsync.Unknown}
		switch {
		case (ref.ID == "") == (ref.Stamp == ""):
			return nil, failed(op, &contactsync.InvalidError{Field: fmt.Sprintf("refs[%d]", i), Reason: "it needs an id or a stamp, and not both"})
		case ref.ID != "":
			ids = append(ids, i)
		default:
			stamps = append(stamps, i)
		}
	}
	if len(refs) == 0 {
		return found, nil
	}
	s, err := d.open(ctx, sc.Mailbox, sc.Kind)
	if err != nil {
		return nil, failed(op, err)
	}
	defer s.close()
	folder, err := s.folderID(ctx, sc.Folder)
	if err != nil {
		return nil, failed(op, err)
	}
	if err := s.getIDs(ctx, sc, folder, found, ids); err != nil {
		return nil, failed(op, err)
	}
	if err := s.getStamps(ctx, sc, folder, found, stamps); err != nil {
		return nil, failed("find stamps", err)
	}
	return found, nil
}

// getSelection is what Get reads of an item.
func (s *session) getSelection(sc contactsync.Scope) selection {
	return s.d.contacts.selects(sc.Fields, append(composedNames[:len(composedNames):len(composedNames)], nameParts...)...)
}

func (s *session) itemPath(id string) string { return s.user + "/contacts/" + url.PathEscape(id) }

func (s *session) getIDs(ctx context.Context, sc contactsync.Scope, folder string, found []contactsync.Found, places []int) error {
	if len(places) == 0 {
		return nil
	}
	sel := s.getSelection(sc)
	query := "?$select=" + queryEscape(sel.selectList()) + "&$expand=" + queryEscape(s.d.contacts.expandList(sel))
	parts := make([]part, len(places))
	for n, i := range places {
		parts[n] = part{method: "GET", path: s.itemPath(found[i].Ref.ID) + query, headers: map[string]string{"Prefer": preferIDs}}
	}
	reader := s.d.contacts.reader(sel, sc.Zone, true)
	told := 0
	var untold error // of an item that was not asked for, or whose turn may come later
	for n, a := range s.batch(ctx, parts) {
		f := &found[places[n]]
		err := a.err()
		switch {
		case err == nil:
			told++
			rec, ok := readItem(reader, a.ok.body)
			if !ok {
				continue // Unknown
			}
			if f.Removed, err = s.whereabouts(ctx, folder, rec.Folder); err != nil {
				return err
			}
			if f.Removed == "" {
				f.Records = []record.Record{rec}
			}
		case aboutMailbox(err), a.lost != nil, a.refusal.Status == http.StatusTooManyRequests:
			return err
		case a.refusal.Status == http.StatusNotFound:
			told++
			if f.Removed, err = s.absence(ctx, folder, a.refusal); err != nil {
				return err
			}
		case a.refusal.passing():
			untold = err
		default:
			told++ // refused for good: Unknown
		}
	}
	if told == 0 {
		return untold
	}
	return nil
}

// readItem reads an item that came by itself.
func readItem(reader *contactReader, body []byte) (record.Record, bool) {
	var row contactRow
	if json.Unmarshal(repairJSON(body), &row) != nil || row.ID.s == "" {
		return record.Record{}, false
	}
	rec, _ := reader.read(&row)
	return rec, true
}

// whereabouts says what it means for a connection to folder that an item lies in parent; empty: it is there.
func (s *session) whereabouts(ctx context.Context, folder, parent string) (contactsync.Removal, error) {
	if parent == "" {
		return contactsync.Unknown, nil
	}
	if parent == folder {
		return "", nil
	}
	elsewhere, err := s.isContactFolder(ctx, parent)
	switch {
	case err != nil:
		return "", err
	case elsewhere:
		return contactsync.Moved, nil
	case s.box.knownDefault() == "":
		return contactsync.Unknown, nil // parent may be the default folder
	}
	return s.deleted(ctx, folder)
}

// deleted is the answer for an item that is gone, after a look whether its folder is.
func (s *session) deleted(ctx context.Context, folder string) (contactsync.Removal, error) {
	if folder != "" && folder != s.box.knownDefault() {
		if err := s.mustBeThere(ctx, folder); err != nil {
			return "", err
		}
	}
	return contactsync.Deleted, nil
}

// absence is the answer for an item the service does not find.
func (s *session) absence(ctx context.Context, folder string, r *refusal) (contactsync.Removal, error) {
	if !s.meansItem(ctx, folder, r) {
		return contactsync.Unknown, nil
	}
	return s.deleted(ctx, folder)
}

// meansItem reports whether a 404 speaks of the item. One without the code for items may speak of the mailbox: it is
// believed only while the folder can be read.
func (s *session) meansItem(ctx context.Context, folder string, r *refusal) bool {
	if r.has("erroritemnotfound") {
		return true
	}
	if folder == "" {
		folder = defaultAlias
	}
	_, err := s.folder(ctx, folder)
	return err == nil
}
