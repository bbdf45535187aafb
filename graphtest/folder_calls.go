package graphtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// contactFolders answers calls below …/contactFolders or …/{id}/childFolders, whose parent is given. Top-level folders
// lie in the default folder.
func (s *Server) contactFolders(c *call, parent *folder, rest []string) *Answer {
	if len(rest) == 0 {
		switch c.req.Method {
		case http.MethodGet:
			return s.listFolders(c, parent)
		case http.MethodPost:
			return s.createFolder(c, parent)
		}
		return s.wrongVerb()
	}
	if rest[0] == "delta" && len(rest) == 1 {
		return s.folderDelta(c)
	}
	f := s.folderByID(c.box, rest[0])
	if f == nil {
		if len(rest) == 3 && rest[1] == "contacts" && rest[2] == "delta" {
			return s.fail(http.StatusNotFound, "ErrorSyncFolderNotFound", "The folder to be synchronized could not be found.")
		}
		return s.itemNotFound()
	}
	if len(rest) == 1 {
		switch c.req.Method {
		case http.MethodGet:
			return s.getFolder(c, f)
		case http.MethodPatch:
			return s.updateFolder(c, f)
		case http.MethodDelete:
			return s.deleteFolder(c, f)
		}
		return s.wrongVerb()
	}
	switch {
	case rest[1] == "contacts":
		return s.contacts(c, f, true, rest[2:])
	case rest[1] == "childFolders":
		return s.contactFolders(c, f, rest[2:])
	case rest[1] == "permanentDelete" && len(rest) == 2 && c.req.Method == http.MethodPost:
		return s.deleteFolder(c, f)
	}
	return s.badRequest("Resource not found for the segment '%s'.", rest[1])
}

// folderByID finds a folder by its id or the alias of the default folder; nil if there is none, or not any more.
func (s *Server) folderByID(m *mailbox, id string) *folder {
	if strings.EqualFold(id, "contacts") && !s.quirks.NoContactsAlias {
		return m.contacts
	}
	p, ok := parseID(id)
	if !ok || p.kind != folderItem || p.box != m.box {
		return nil
	}
	f := m.folders[p.key]
	if f == nil || !f.alive() && !s.quirks.DeletedFolderReadable {
		return nil
	}
	return f
}

// appendFolder appends the members of f that sel, a set over folderProperties, asks for.
func appendFolder(dst []byte, m *mailbox, f *folder, sel propertySet) []byte {
	dst = append(dst, `"id":`...)
	dst = appendString(dst, f.id, false)
	if sel.has(0) {
		dst = append(dst, `,"parentFolderId":`...)
		dst = appendString(dst, m.parentID(f), false)
	}
	if sel.has(1) {
		dst = append(dst, `,"displayName":`...)
		dst = appendString(dst, f.name, false)
	}
	return dst
}

func (s *Server) getFolder(c *call, f *folder) *Answer {
	q, refusal := s.parseQuery(c, folderProperties, "$select")
	if refusal != nil {
		return refusal
	}
	return s.showFolder(c, f, http.StatusOK, q.sel)
}

func (s *Server) showFolder(c *call, f *folder, status int, sel propertySet) *Answer {
	b := append([]byte(nil), `{"@odata.context":`...)
	b = appendString(b, c.base+"/$metadata#users('"+c.box.userID+"')/contactFolders/$entity", false)
	b = append(b, ',')
	b = appendFolder(b, c.box, f, sel)
	return s.answer(c, status, append(b, '}'))
}

func (s *Server) listFolders(c *call, parent *folder) *Answer {
	q, refusal := s.parseQuery(c, folderProperties, "$select", "$top", "$skip", "$count", "$skiptoken")
	if refusal != nil {
		return refusal
	}
	all := c.box.children(parent)
	if s.quirks.DefaultFolderListed && len(c.rest) == 1 {
		all = append([]*folder{parent}, all...)
	}
	t := token{Box: c.box.box, Folder: parent.key, Skip: q.skip}
	if q.token != "" {
		var ok bool
		if t, ok = parseToken(q.token); !ok || t.Box != c.box.box || t.Folder != parent.key {
			return s.invalid("The skip token is not valid for this collection.")
		}
	}
	size := 10
	if q.top > 0 {
		size = q.top
	} else if c.prefer.maxPageSize > 0 {
		size = c.prefer.maxPageSize
	}
	if s.quirks.PageCap > 0 {
		size = min(size, s.quirks.PageCap)
	}
	page := all[min(max(t.Skip, 0), len(all)):]
	more := len(page) > size
	if more {
		page = page[:size]
	}

	b := append([]byte(nil), `{"@odata.context":`...)
	b = appendString(b, c.base+"/$metadata#users('"+c.box.userID+"')/contactFolders", false)
	if q.count {
		b = append(b, `,"@odata.count":`...)
		b = strconv.AppendInt(b, int64(len(all)), 10)
	}
	b = append(b, `,"value":[`...)
	for i, f := range page {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendFolder(append(b, '{'), c.box, f, q.sel), '}')
	}
	b = append(b, ']')
	if more {
		next := token{Box: t.Box, Folder: t.Folder, Skip: t.Skip + len(page)}
		b = append(b, `,"@odata.nextLink":`...)
		b = appendString(b, s.link(c, "$skiptoken", next.encode(), "$select", "$top", "$count"), false)
	}
	return s.answer(c, http.StatusOK, append(b, '}'))
}

// folderBody reads the displayName of a create or an update; sent is false if the body has none.
func (s *Server) folderBody(c *call) (name string, sent bool, refusal *Answer) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(c.body, &members); err != nil || members == nil {
		return "", false, s.unreadable("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	for _, member := range sortedNames(members) {
		switch {
		case strings.Contains(member, "@odata."):
		case member == "displayName":
			if json.Unmarshal(members[member], &name) != nil || strings.TrimSpace(name) == "" {
				return "", false, s.invalid("The folder needs a displayName.")
			}
			sent = true
		case member == "id" || member == "parentFolderId":
			return "", false, s.readOnly(member)
		default:
			return "", false, s.unreadable("The property '%s' does not exist on type 'microsoft.graph.contactFolder'. Make sure to only use property names that are defined by the type.", member)
		}
	}
	return name, sent, nil
}

func (s *Server) folderExists() *Answer {
	return s.fail(http.StatusConflict, "ErrorFolderExists", "A folder with the specified name already exists.")
}

func (s *Server) createFolder(c *call, parent *folder) *Answer {
	if _, refusal := s.parseQuery(c, folderProperties); refusal != nil {
		return refusal
	}
	if c.box.access == OverQuota {
		return s.noAccess(OverQuota)
	}
	name, sent, refusal := s.folderBody(c)
	switch {
	case refusal != nil:
		return refusal
	case !sent:
		return s.invalid("The folder needs a displayName.")
	case c.box.childNamed(parent, name) != nil:
		return s.folderExists()
	}
	return s.showFolder(c, c.box.addFolder(parent, name, s.now()), http.StatusCreated, allProperties)
}

func (s *Server) updateFolder(c *call, f *folder) *Answer {
	name, sent, refusal := s.folderBody(c)
	if refusal != nil {
		return refusal
	}
	if sent {
		if other := c.box.childNamed(f.parent, name); other != nil && other != f {
			return s.folderExists()
		}
		f.name = name
		c.box.touchFolder(f, s.now())
	}
	return s.showFolder(c, f, http.StatusOK, allProperties)
}

func (s *Server) deleteFolder(c *call, f *folder) *Answer {
	if f == c.box.contacts {
		return s.fail(http.StatusBadRequest, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.")
	}
	if s.quirks.DeletedNameBlocks && c.box.deletedNamed(f.name) {
		return s.folderExists()
	}
	c.box.deleteFolder(f, s.now())
	return s.answer(c, http.StatusNoContent, nil)
}
