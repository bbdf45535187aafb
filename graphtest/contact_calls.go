package graphtest

import (
	"net/http"
	"strconv"
	"time"
)

// contacts answers calls below …/contacts. f is the folder in the path, or the default one if the path names none
// (inPath false): then a contact may lie in any folder.
func (s *Server) contacts(c *call, f *folder, inPath bool, rest []string) *Answer {
	switch {
	case len(rest) == 0:
		switch c.req.Method {
		case http.MethodGet:
			return s.listContacts(c, f)
		case http.MethodPost:
			return s.createContact(c, f)
		}
		return s.wrongVerb()
	case rest[0] == "delta" && len(rest) == 1:
		return s.contactDelta(c, f)
	}
	it, refusal := s.find(c, f, inPath, rest[0])
	if refusal != nil {
		return refusal
	}
	if s.nth("conflict", s.quirks.ConflictEvery) {
		return s.conflict()
	}
	switch {
	case len(rest) == 1:
		switch c.req.Method {
		case http.MethodGet:
			return s.getContact(c, it)
		case http.MethodPatch:
			return s.updateContact(c, it)
		case http.MethodDelete:
			return s.deleteContact(c, it, false)
		}
		return s.wrongVerb()
	case len(rest) == 2 && rest[1] == "permanentDelete":
		if c.req.Method != http.MethodPost {
			return s.wrongVerb()
		}
		return s.deleteContact(c, it, true)
	}
	return s.badRequest("Resource not found for the segment '%s'.", rest[len(rest)-1])
}

// find looks up a contact by either form of its id.
func (s *Server) find(c *call, f *folder, inPath bool, id string) (*item, *Answer) {
	p, ok := parseID(id)
	if !ok || p.kind == folderItem {
		return nil, s.fail(http.StatusBadRequest, "ErrorInvalidIdMalformed", "Id is malformed.")
	}
	it := c.box.items[p.key]
	switch {
	case p.box != c.box.box, it == nil, p.kind == ordinaryItem && p.generation != it.generation:
		return nil, s.itemNotFound()
	case it.deleted && s.quirks.SoftDeletedGone, inPath && it.folder != f:
		return nil, s.itemNotFound()
	case !it.deleted && !it.folder.alive() && s.quirks.SoftDeletedGone:
		return nil, s.itemNotFound()
	}
	return it, nil
}

func (s *Server) conflict() *Answer {
	return s.fail(http.StatusPreconditionFailed, "ErrorIrresolvableConflict", "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.")
}

// stale tells whether a call has an If-Match that does not name the contact as it is.
func (c *call) stale(it *item) bool {
	match := c.req.Header.Get("If-Match")
	return match != "" && match != "*" && match != etagOf(it.ChangeKey)
}

func (s *Server) getContact(c *call, it *item) *Answer {
	q, refusal := s.parseQuery(c, contactProperties, "$select", "$expand")
	if refusal != nil {
		return refusal
	}
	return s.showContact(c, it, http.StatusOK, q)
}

func (s *Server) showContact(c *call, it *item, status int, q query) *Answer {
	lead := `"@odata.context":` + quoted(c.base+"/$metadata#users('"+c.box.userID+"')/contacts/$entity") + `,`
	body := it.appendRow(make([]byte, 0, 2048), lead, c.prefer.immutable, q.sel, q.expand, &s.quirks)
	return s.answer(c, status, body)
}

// answer is a success; it tells which preferences were followed.
func (s *Server) answer(c *call, status int, body []byte) *Answer {
	a := &Answer{Status: status, Body: body}
	if p := c.prefer.applied(); p != "" {
		a.set("Preference-Applied", p)
	}
	return a
}

func (s *Server) deleteContact(c *call, it *item, forGood bool) *Answer {
	if _, refusal := s.parseQuery(c, contactProperties); refusal != nil {
		return refusal
	}
	if c.stale(it) {
		return s.conflict()
	}
	if forGood || it.deleted {
		c.box.purge(it, byGraph, &s.quirks, s.now())
	} else {
		c.box.trash(it, byGraph, &s.quirks, s.now())
	}
	return s.answer(c, http.StatusNoContent, nil)
}

// listContacts answers one page of a folder, in the order the contacts were made.
func (s *Server) listContacts(c *call, f *folder) *Answer {
	q, refusal := s.parseQuery(c, contactProperties, "$select", "$expand", "$filter", "$top", "$skip", "$count", "$skiptoken")
	if refusal != nil {
		return refusal
	}
	t := token{Box: c.box.box, Folder: f.key, Skip: q.skip}
	if q.token != "" {
		var ok bool
		if t, ok = parseToken(q.token); !ok || t.Box != c.box.box || t.Folder != f.key {
			return s.invalid("The skip token is not valid for this collection.")
		}
	}
	size := 10
	if q.top > 0 {
		size = q.top
	} else if c.prefer.maxPageSize > 0 {
		size = min(c.prefer.maxPageSize, maxTop)
	}
	if s.quirks.PageCap > 0 {
		size = min(size, s.quirks.PageCap)
	}
	skip := t.Skip
	keep := func(it *item) bool {
		if q.filter != nil && !s.filtered(it, q.filter) {
			return false
		}
		skip--
		return skip < 0
	}
	page, more := c.box.after(f, t.After, size, keep)

	b := make([]byte, 0, 256+len(page)*1500)
	b = append(b, `{"@odata.context":`...)
	b = appendString(b, c.base+"/$metadata#users('"+c.box.userID+"')/contacts", false)
	if q.count {
		all, _ := c.box.after(f, 0, len(f.members), func(it *item) bool { return q.filter == nil || s.filtered(it, q.filter) })
		b = append(b, `,"@odata.count":`...)
		b = strconv.AppendInt(b, int64(len(all)), 10)
	}
	b = append(b, `,"value":[`...)
	for i, it := range page {
		if i > 0 {
			b = append(b, ',')
		}
		b = it.appendRow(b, "", c.prefer.immutable, q.sel, q.expand, &s.quirks)
	}
	b = append(b, ']')
	if more {
		next := token{Box: t.Box, Folder: t.Folder}
		if s.quirks.PositionalPaging {
			next.Skip = t.Skip + len(page)
		} else {
			next.After = page[len(page)-1].key
		}
		b = append(b, `,"@odata.nextLink":`...)
		b = appendString(b, s.link(c, "$skiptoken", next.encode(), "$select", "$expand", "$filter", "$top", "$count"), false)
	}
	return s.answer(c, http.StatusOK, append(b, '}'))
}

// filtered matches a contact as the search index knows it, which lags behind by FilterDelay.
func (s *Server) filtered(it *item, f condition) bool {
	if s.quirks.FilterDelay > 0 && it.changed.Add(s.quirks.FilterDelay).After(s.now()) {
		return it.indexed != nil && f.match(it.indexed)
	}
	return f.match(&it.Contact)
}

// aboutToChange keeps what the search index knows until the change has been indexed. Call it before a change.
func (s *Server) aboutToChange(it *item, now time.Time) {
	if s.quirks.FilterDelay <= 0 {
		return
	}
	if !it.changed.Add(s.quirks.FilterDelay).After(now) {
		old := it.Contact.clone()
		it.indexed = &old
	}
	it.changed = now
}
