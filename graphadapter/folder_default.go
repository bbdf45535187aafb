package graphadapter

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// defaultAlias stands for the id of the default contact folder, which the list of folders leaves out.
const defaultAlias = "contacts"

func isDefaultFolder(folder string) bool {
	return folder == "" || strings.EqualFold(folder, defaultAlias)
}

// folderID is the real id of the folder of a scope. It is empty only where the default folder cannot be told, because
// the mailbox refuses the alias and holds neither a contact nor a folder.
func (s *session) folderID(ctx context.Context, folder string) (string, error) {
	if !isDefaultFolder(folder) {
		return folder, nil
	}
	if id := s.box.knownDefault(); id != "" {
		return id, nil
	}
	f, err := s.defaultFolder(ctx, nil)
	return f.ID, err
}

// defaultFolder finds the default folder: by its alias; else as the parent of a top-level folder, when that is a contact
// folder; else by the documented workaround, as the folder of a contact in the default collection. top may be nil.
func (s *session) defaultFolder(ctx context.Context, top []folderRow) (contactsync.Folder, error) {
	row, err := s.folder(ctx, defaultAlias)
	if err != nil || row.ID.s == "" {
		if err != nil && !isNoFolder(err) {
			return contactsync.Folder{}, err
		}
		if top == nil {
			if top, err = s.topFolders(ctx); err != nil {
				return contactsync.Folder{}, err
			}
		}
		if row, err = s.defaultByParent(ctx, top); err != nil {
			return contactsync.Folder{}, err
		}
		if row.ID.s == "" {
			if row, err = s.defaultByContact(ctx, top); err != nil {
				return contactsync.Folder{}, err
			}
		}
	}
	if row.ID.s != "" {
		s.box.learnDefault(row.ID.s)
	}
	f := contactsync.Folder{ID: row.ID.s, Name: row.Name.s, Default: true}
	if f.Name == "" {
		f.Name = "Contacts"
	}
	return f, nil
}

func isNoFolder(err error) bool {
	var r refusedError
	return errors.As(err, &r) && (r.Status == 400 || r.Status == 404) && !r.noMailbox()
}

func (s *session) folder(ctx context.Context, id string) (folderRow, error) {
	var row folderRow
	body, err := s.get(ctx, s.root.base+s.user+"/contactFolders/"+url.PathEscape(id), "")
	if err != nil {
		return row, err
	}
	if err := json.Unmarshal(repairJSON(body), &row); err != nil {
		return row, errors.New("the answer is no folder")
	}
	return row, nil
}

// defaultByParent looks at the folders that top-level folders lie in. Few are tried: they all lie in the same one.
func (s *session) defaultByParent(ctx context.Context, top []folderRow) (folderRow, error) {
	tried := map[string]bool{"": true}
	for _, row := range top {
		if tried[row.Parent.s] || len(tried) > 3 {
			continue
		}
		tried[row.Parent.s] = true
		parent, err := s.folder(ctx, row.Parent.s)
		if err == nil {
			return parent, nil
		}
		if !isNoFolder(err) {
			return folderRow{}, err
		}
	}
	return folderRow{}, nil
}

// defaultByContact asks for any contact of the default collection. The documents disagree whether contacts of other
// folders can be in it: one that lies in a listed folder settles nothing, unless that is the only folder there is.
func (s *session) defaultByContact(ctx context.Context, top []folderRow) (folderRow, error) {
	body, err := s.get(ctx, s.root.base+s.user+"/contacts?$top=1&$select=parentFolderId", preferIDs)
	if err != nil {
		return folderRow{}, err
	}
	p, err := decodePage(body)
	if err != nil || len(p.rows) == 0 {
		return folderRow{}, err
	}
	id := p.rows[0].Parent
	for _, row := range top {
		if row.ID.s == id.s && len(top) > 1 {
			return folderRow{}, nil
		}
	}
	return folderRow{ID: id}, nil
}
