package graphadapter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// preferIDs asks for ids that survive a move. It is sent with every request about items: the service remembers nothing.
const preferIDs = `IdType="ImmutableId"`

// Changes reads one page of a folder, and makes one request for it. The first page of a complete round may take a few
// more, to find the folder.
//
// A complete round lists the folder with its extended properties first, in pages without changes, and then reads its
// delta. Its records carry stamp and all wanted fields, but for items that changed in between. The records of an
// incremental round have no stamp ([record.Record.StampRead] is false), and their extended fields are not known.
//
// An item that left the folder is reported as [contactsync.Unknown]. A folder that is gone is
// [contactsync.ErrFolderGone]. Which fields a round reads is settled at its beginning: other wanted fields need a
// complete round.
func (d *Directory) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	const op = "read changes"
	c, err := parseCursor(after)
	if err != nil {
		return contactsync.Page{}, failed(op, err)
	}
	s, err := d.open(ctx, sc.Mailbox, sc.Kind)
	if err != nil {
		return contactsync.Page{}, failed(op, err)
	}
	defer s.close()
	if c.phase == beginning {
		if c, err = s.beginRound(ctx, sc); err != nil {
			return contactsync.Page{}, failed(op, err)
		}
	}
	read := s.deltaPage
	if c.phase == listing {
		read = s.listedPage
	}
	p, err := read(ctx, sc, c)
	if err != nil {
		if errors.Is(err, contactsync.ErrFolderGone) {
			s.box.learnDefault("") // it may be another one now
			s.box.forgetFolders()
		}
		return contactsync.Page{}, failed(op, err)
	}
	return p, nil
}

// beginRound finds the folder and words the first request of a complete round.
func (s *session) beginRound(ctx context.Context, sc contactsync.Scope) (cursor, error) {
	folder, err := s.folderID(ctx, sc.Folder)
	if err != nil {
		return cursor{}, err
	}
	if !isDefaultFolder(sc.Folder) {
		if err := s.mustBeThere(ctx, folder); err != nil {
			return cursor{}, err
		}
	}
	name := s.d.rounds.begin(s.d.opts.Now())
	link := s.listing(folder, "id", s.d.contacts.selects(sc.Fields))
	return cursor{phase: listing, folder: folder, round: name, link: link}, nil
}

// collection is the URL of the contacts of a folder.
func (s *session) collection(folder string) string { return s.root.base + s.collectionPath(folder) }

func (s *session) collectionPath(folder string) string {
	if isDefaultFolder(folder) {
		return s.user + "/contacts"
	}
	return s.user + "/contactFolders/" + url.PathEscape(folder) + "/contacts"
}

// pagePreference is sent with every request of a round.
func (s *session) pagePreference() string {
	return preferIDs + ", odata.maxpagesize=" + strconv.Itoa(s.d.opts.PageSize)
}

// listedPage reads a page of the listing that a complete round begins with.
func (s *session) listedPage(ctx context.Context, _ contactsync.Scope, c cursor) (contactsync.Page, error) {
	body, err := s.get(ctx, c.link, s.pagePreference())
	if err != nil {
		return contactsync.Page{}, changesError(err, c.phase)
	}
	got, err := s.page(body)
	if err != nil {
		return contactsync.Page{}, err
	}
	if r := s.d.rounds.find(c.round, s.d.opts.Now(), roundIdle); r != nil {
		r.add(got.rows)
	}
	next := cursor{phase: everything, folder: c.folder, round: c.round}
	if got.next != "" {
		next.phase, next.link = listing, got.next
	}
	return contactsync.Page{Next: contactsync.Cursor(next.String()), More: true}, nil
}

// deltaPage reads a page of a delta, of a complete round or an incremental one.
func (s *session) deltaPage(ctx context.Context, sc contactsync.Scope, c cursor) (contactsync.Page, error) {
	if c.link == "" {
		c.link = s.collection(c.folder) + "/delta?$select=" + queryEscape(s.d.contacts.selects(sc.Fields).selectList())
	}
	body, err := s.get(ctx, c.link, s.pagePreference())
	if err != nil {
		return contactsync.Page{}, changesError(err, c.phase)
	}
	got, err := s.page(body)
	if err != nil {
		return contactsync.Page{}, err
	}
	keep := roundIdle
	if got.next == "" {
		keep = roundOver
	}
	if r := s.d.rounds.find(c.round, s.d.opts.Now(), keep); r != nil {
		r.join(got.rows)
	}
	p := s.changes(sc, got)
	switch {
	case got.next != "":
		c.link = got.next
		p.Next, p.More = contactsync.Cursor(c.String()), true
	case got.delta != "":
		p.Next, p.Complete = contactsync.Cursor(got.delta), c.phase == everything
	default:
		return contactsync.Page{}, errors.New("the answer has neither a link to the next page nor one to the next round")
	}
	return p, nil
}

// listing is the URL of a folder's items with their extended properties.
func (s *session) listing(folder, properties string, sel selection) string {
	return s.collection(folder) + "?$select=" + queryEscape(properties) + "&$expand=" + queryEscape(s.d.contacts.expandList(sel)) +
		"&$top=" + strconv.Itoa(s.d.opts.PageSize)
}

// queryEscape escapes a query value with %20 for blanks, which is right in every reading of a URL.
func queryEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// page decodes a page and refuses one whose links lead elsewhere.
func (s *session) page(body []byte) (page, error) {
	p, err := decodePage(body)
	if err != nil {
		return page{}, err
	}
	for _, link := range [...]string{p.next, p.delta} {
		if link == "" {
			continue
		}
		if _, err := s.root.own(link); err != nil {
			return page{}, err
		}
	}
	return p, nil
}

// changes turns rows into changes. What cannot be read is reported beside them.
func (s *session) changes(sc contactsync.Scope, got page) contactsync.Page {
	reader := s.d.contacts.reader(s.d.contacts.selects(sc.Fields), sc.Zone, false)
	p := contactsync.Page{Changes: make([]contactsync.Change, 0, len(got.rows))}
	for i := range got.rows {
		row := &got.rows[i]
		if row.ID.s == "" {
			p.Bad = append(p.Bad, contactsync.BadRow{Reason: fmt.Sprintf("row %d of the page has no id", i+1)})
			continue
		}
		if row.Removed {
			p.Changes = append(p.Changes, contactsync.Change{ID: row.ID.s, Removed: contactsync.Unknown})
			continue
		}
		rec, bad := reader.read(row)
		for _, name := range bad {
			p.Bad = append(p.Bad, contactsync.BadRow{ID: rec.ID, Reason: name + " cannot be read"})
		}
		p.Changes = append(p.Changes, contactsync.Change{ID: rec.ID, Record: &rec})
	}
	return p
}

// changesError gives the refusals of a round their meaning.
func changesError(err error, at phase) error {
	var r refusedError
	if !errors.As(err, &r) || r.noMailbox() {
		return err
	}
	switch {
	case r.folderGone(), r.expired():
		return err
	case r.Status == http.StatusNotFound:
		return fmt.Errorf("%w: %w", contactsync.ErrFolderGone, &r.ServiceError)
	case r.Status == http.StatusBadRequest && at == changed:
		// A stored link that is refused as such would be refused for ever.
		return fmt.Errorf("%w: %w", contactsync.ErrCursorExpired, &r.ServiceError)
	}
	return err
}
