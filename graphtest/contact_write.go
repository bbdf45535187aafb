package graphtest

import (
	"maps"
	"net/http"
)

func (s *Server) createContact(c *call, f *folder) *Answer {
	if _, refusal := s.parseQuery(c, contactProperties); refusal != nil {
		return refusal
	}
	if c.box.access == OverQuota {
		return s.noAccess(OverQuota)
	}
	var contact Contact
	e := &edit{contact: &contact, create: true}
	if a := s.applyBody(c, e); a != nil {
		return a
	}
	if e.parent != "" {
		if f = s.folderByID(c.box, e.parent); f == nil {
			return s.itemNotFound()
		}
	}
	if contact.DisplayName == "" {
		contact.DisplayName = contact.computedDisplayName()
	}
	if contact.FileAs == "" {
		contact.FileAs = contact.computedFileAs()
	}
	applyExtendedValues(&contact, e.extended)
	now := s.now()
	it := c.box.addItem(f, contact, byGraph, now)
	it.changed = now
	if s.quirks.EmptyStringsKept {
		it.empty = e.cleared
	}
	if s.nth("lostCreate", s.quirks.LostCreateEvery) {
		return s.fail(http.StatusGatewayTimeout, "UnknownError", "")
	}
	return s.showContact(c, it, http.StatusCreated, query{sel: allProperties})
}

func (s *Server) updateContact(c *call, it *item) *Answer {
	if _, refusal := s.parseQuery(c, contactProperties); refusal != nil {
		return refusal
	}
	if !s.quirks.PatchIgnoresIfMatch && c.stale(it) {
		return s.conflict()
	}
	contact := it.clone()
	e := &edit{contact: &contact}
	if a := s.applyBody(c, e); a != nil {
		return a
	}
	var to *folder
	if e.parent != "" {
		if to = s.folderByID(c.box, e.parent); to == nil {
			return s.itemNotFound()
		}
	}
	s.recomputeNames(e)
	applyExtendedValues(&contact, e.extended)

	now := s.now()
	s.aboutToChange(it, now)
	it.Contact = contact
	it.empty &^= e.sent
	if s.quirks.EmptyStringsKept {
		it.empty |= e.cleared
	}
	if e.sent == 0 && len(e.extended) > 0 && s.quirks.ExtendedWritesSilent {
		it.wire = encoding{}
	} else {
		c.box.touch(it, byGraph, now)
	}
	if to != nil {
		c.box.move(it, to, byGraph, &s.quirks, now)
	}
	return s.showContact(c, it, http.StatusOK, query{sel: allProperties})
}

// recomputeNames does to displayName and fileAs what Exchange does when an update does not send them.
func (s *Server) recomputeNames(e *edit) {
	renamed := e.sent&nameParts != 0 && !s.quirks.RenameKeepsNames
	computed := e.contact.computedDisplayName()
	if e.sent&displayNameBit == 0 && (renamed || s.quirks.DisplayNameOverwritten) && computed != "" {
		e.contact.DisplayName = computed
	}
	if e.sent&fileAsBit == 0 && renamed {
		e.contact.FileAs = e.contact.computedFileAs()
	}
}

func applyExtendedValues(c *Contact, values map[string]*string) {
	if len(values) == 0 {
		return
	}
	c.Extended = maps.Clone(c.Extended)
	if c.Extended == nil {
		c.Extended = map[string]string{}
	}
	for id, v := range values {
		if v == nil {
			delete(c.Extended, id)
		} else {
			c.Extended[id] = *v
		}
	}
}
