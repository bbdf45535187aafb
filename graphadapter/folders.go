package graphadapter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Folders lists the personal contact folders of the mailbox, those inside others too, the default folder first. Folders
// that others share are not among them: Graph does not list them here. The default folder's id is empty, which a scope
// takes for the default folder too, only where a mailbox refuses the folder's alias and holds nothing to tell it by.
func (d *Directory) Folders(ctx context.Context, m contactsync.Mailbox, kind record.Kind) ([]contactsync.Folder, error) {
	const op = "list folders"
	s, err := d.open(ctx, m, kind)
	if err != nil {
		return nil, failed(op, err)
	}
	defer s.close()
	folders, err := s.allFolders(ctx)
	if err != nil {
		return nil, failed(op, err)
	}
	return folders, nil
}

// CreateFolder makes a contact folder at the top. A name in use there, compared without case, gives the folder of that
// name. It is not sent again when its outcome is not known; calling again is safe.
func (d *Directory) CreateFolder(ctx context.Context, m contactsync.Mailbox, kind record.Kind, name string) (contactsync.Folder, error) {
	const op = "create folder"
	if name = strings.TrimSpace(name); name == "" {
		return contactsync.Folder{}, failed(op, &contactsync.InvalidError{Field: "name", Reason: "it is blank"})
	}
	s, err := d.open(ctx, m, kind)
	if err != nil {
		return contactsync.Folder{}, failed(op, err)
	}
	defer s.close()
	f, err := s.createFolder(ctx, name)
	if err != nil {
		return contactsync.Folder{}, failed(op, err)
	}
	return f, nil
}

func (s *session) createFolder(ctx context.Context, name string) (contactsync.Folder, error) {
	body, err := json.Marshal(map[string]string{"displayName": name})
	if err != nil {
		return contactsync.Folder{}, err
	}
	got, err := s.onceSignedIn(ctx, 1, call{method: abstractions.POST, url: s.root.base + s.user + "/contactFolders", body: body})
	if err != nil {
		var unsent unsentError
		if errors.As(err, &unsent) {
			return contactsync.Folder{}, err
		}
		return s.folderAfter(ctx, name, uncertain(err))
	}
	if got.status == http.StatusCreated || got.status == http.StatusOK {
		var row folderRow
		if json.Unmarshal(repairJSON(got.body), &row) == nil && row.ID.s != "" {
			s.box.forgetFolders()
			return row.folder(), nil
		}
		return s.folderAfter(ctx, name, uncertain(errors.New("the answer does not name the new folder")))
	}
	r := refused(got.status, got.header.Get, got.body, s.d.opts.Now())
	switch {
	case r.Status == http.StatusConflict || r.has("errorfolderexists", "namealreadyexists"):
		return s.folderAfter(ctx, name, r.err())
	case !r.notDone():
		return s.folderAfter(ctx, name, uncertain(r.err()))
	case r.Status == http.StatusNotFound:
		return contactsync.Folder{}, collectionError(r.err())
	case r.Status == http.StatusBadRequest:
		return contactsync.Folder{}, fmt.Errorf("%w: %w", &contactsync.InvalidError{Field: "name", Reason: "Outlook refuses it"}, r.err())
	}
	return contactsync.Folder{}, r.err()
}

// folderAfter looks for the folder that is there already, or was made although the answer does not say so.
func (s *session) folderAfter(ctx context.Context, name string, cause error) (contactsync.Folder, error) {
	rows, err := s.topFolders(ctx)
	if err != nil {
		return contactsync.Folder{}, cause
	}
	s.box.forgetFolders()
	for _, row := range rows {
		if strings.EqualFold(row.Name.s, name) {
			return row.folder(), nil
		}
	}
	return contactsync.Folder{}, cause
}

// folderRow is a contactFolder as Graph writes it.
type folderRow struct {
	ID     text `json:"id"`
	Name   text `json:"displayName"`
	Parent text `json:"parentFolderId"`
}

func (r folderRow) folder() contactsync.Folder {
	return contactsync.Folder{ID: r.ID.s, Name: r.Name.s, Parent: r.Parent.s}
}

type folderPage struct {
	Value []folderRow `json:"value"`
	Next  text        `json:"@odata.nextLink"`
}

const foldersQuery = "?$top=100"

func (s *session) topFolders(ctx context.Context) ([]folderRow, error) {
	rows, err := s.folderPages(ctx, s.root.base+s.user+"/contactFolders"+foldersQuery)
	return rows, collectionError(err)
}

// collectionError: every mailbox has a collection of folders, so that one that is not found has no mailbox.
func collectionError(err error) error {
	if errors.Is(err, contactsync.ErrNotFound) {
		return fmt.Errorf("%w: %w", contactsync.ErrNoMailbox, err)
	}
	return err
}

func (s *session) folderPages(ctx context.Context, link string) ([]folderRow, error) {
	var rows []folderRow
	for link != "" {
		body, err := s.get(ctx, link, "")
		if err != nil {
			return nil, err
		}
		p, err := decodeFolders(body)
		if err != nil {
			return nil, err
		}
		rows = append(rows, p.Value...)
		if p.Next.s == link {
			return nil, errors.New("the list of folders never ends")
		}
		link = p.Next.s
	}
	return rows, nil
}

func decodeFolders(body []byte) (folderPage, error) {
	var p folderPage
	var shape *json.UnmarshalTypeError
	if err := json.Unmarshal(repairJSON(body), &p); err != nil && !errors.As(err, &shape) {
		return p, fmt.Errorf("the list of folders is not valid JSON: %w", syntaxOnly(err))
	}
	if p.Value == nil {
		return p, errors.New("the list of folders has no rows")
	}
	return p, nil
}

// maxFolderDepth bounds folders inside folders.
const maxFolderDepth = 16

// allFolders reads the folder tree, a batch a level, and remembers which ids are contact folders.
func (s *session) allFolders(ctx context.Context) ([]contactsync.Folder, error) {
	top, err := s.topFolders(ctx)
	if err != nil {
		return nil, err
	}
	first, err := s.defaultFolder(ctx, top)
	if err != nil {
		return nil, err
	}
	var folders []contactsync.Folder
	seen := map[string]bool{"": true}
	add := func(f contactsync.Folder) bool {
		if seen[f.ID] {
			return false
		}
		seen[f.ID] = true
		folders = append(folders, f)
		return true
	}
	folders = append(folders, first)
	seen[first.ID] = true
	for _, row := range top {
		add(row.folder())
	}
	level := folders
	if first.ID == "" {
		level = folders[1:]
	}
	for depth := 0; len(level) > 0 && depth < maxFolderDepth; depth++ {
		start := len(folders)
		children, err := s.childFolders(ctx, level)
		if err != nil {
			return nil, err
		}
		for _, f := range children {
			add(f)
		}
		level = folders[start:]
	}
	for i := range folders {
		if !seen[folders[i].Parent] {
			folders[i].Parent = ""
		}
	}
	s.box.rememberFolders(folders, s.d.opts.Now())
	return folders, nil
}

func (s *session) childFolders(ctx context.Context, of []contactsync.Folder) ([]contactsync.Folder, error) {
	parts := make([]part, len(of))
	for i, f := range of {
		parts[i] = part{method: "GET", path: s.user + "/contactFolders/" + url.PathEscape(f.ID) + "/childFolders" + foldersQuery}
	}
	var children []contactsync.Folder
	for i, a := range s.batch(ctx, parts) {
		if err := a.err(); err != nil {
			if errors.Is(err, contactsync.ErrNotFound) {
				continue // deleted a moment ago
			}
			return nil, err
		}
		p, err := decodeFolders(a.ok.body)
		if err != nil {
			return nil, err
		}
		rows := p.Value
		if p.Next.s != "" {
			more, err := s.folderPages(ctx, p.Next.s)
			if err != nil {
				return nil, err
			}
			rows = append(rows, more...)
		}
		for _, row := range rows {
			f := row.folder()
			if f.Parent == "" {
				f.Parent = of[i].ID
			}
			children = append(children, f)
		}
	}
	return children, nil
}
