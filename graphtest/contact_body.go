package graphtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// edit is the body of a create or an update, read and checked, not yet applied.
type edit struct {
	contact  *Contact // what it is applied to; edited in place
	create   bool
	sent     propertySet
	cleared  propertySet // of sent: text properties sent as ""
	extended map[string]*string
	parent   string // parentFolderId, if it is to move the contact
}

// applyBody reads a body into e. A refusal leaves e half done: throw the contact away.
func (s *Server) applyBody(c *call, e *edit) *Answer {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(c.body, &members); err != nil || members == nil {
		return s.unreadable("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	for _, name := range sortedNames(members) {
		if a := s.applyMember(e, name, members[name]); a != nil {
			return a
		}
	}
	if e.sent&emailSlotBits != 0 && e.sent&emailsBit != 0 {
		return s.invalid("emailAddresses cannot be sent together with primaryEmailAddress, secondaryEmailAddress or tertiaryEmailAddress.")
	}
	s.tidyEmails(e)
	return nil
}

func sortedNames(m map[string]json.RawMessage) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func (s *Server) applyMember(e *edit, name string, raw json.RawMessage) *Answer {
	switch {
	case strings.Contains(name, "@odata."):
		return nil // control information is not data
	case name == "singleValueExtendedProperties":
		return s.applyExtended(e, raw)
	case name == "id":
		return s.readOnly(name)
	}
	i, ok := propertyIndex[strings.ToLower(name)]
	if !ok || properties[i].name != name || properties[i].shape == shapeOneMail && !s.quirks.EmailSlots {
		return s.unreadable("The property '%s' does not exist on type 'microsoft.graph.contact'. Make sure to only use property names that are defined by the type.", name)
	}
	p := properties[i]
	null := string(raw) == "null"
	if slices.Contains(s.quirks.ClearsIgnored, name) && isEmptyJSON(raw) {
		return nil
	}
	var err error
	switch p.shape {
	case shapeServer:
		return s.readOnly(name)
	case shapeParent:
		return s.applyParent(e, raw)
	case shapeText, shapeDate:
		err = s.applyText(e, i, raw)
	case shapeList:
		err = s.applyList(e, p, raw)
	case shapeEmails:
		err = s.applyEmails(e, p, raw)
	case shapeOneMail:
		err = applyOneMail(e, p, raw)
	case shapeAddress:
		if null && !s.quirks.NullAddressAccepted && (e.create || !s.quirks.PatchNullAddressAccepted) {
			return s.fail(http.StatusInternalServerError, "ErrorInternalServerError", "An internal server error occurred. The operation failed.")
		}
		var a Address
		if err = decodeStrict(raw, &a); err == nil {
			*p.address(e.contact) = a
		}
	}
	if tooMany, ok := err.(*tooManyError); ok {
		return s.invalid("%v", tooMany)
	}
	if err != nil {
		return s.unreadable("Cannot convert the value of property '%s': %v.", name, err)
	}
	e.sent |= 1 << i
	return nil
}

func (s *Server) readOnly(name string) *Answer {
	return s.unreadable("Unable to read JSON request payload. The property '%s' is read-only and cannot be set.", name)
}

func isEmptyJSON(raw json.RawMessage) bool {
	switch strings.Join(strings.Fields(string(raw)), "") {
	case "null", `""`, "[]", "{}":
		return true
	}
	return false
}

func decodeStrict(raw json.RawMessage, v any) error {
	d := json.NewDecoder(bytes.NewReader(dropAnnotations(raw)))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// dropAnnotations takes "@odata.type" and the like out of an object.
func dropAnnotations(raw json.RawMessage) json.RawMessage {
	if !bytes.Contains(raw, []byte("@odata.")) {
		return raw
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return raw
	}
	for name := range m {
		if strings.Contains(name, "@odata.") {
			delete(m, name)
		}
	}
	if out, err := json.Marshal(m); err == nil {
		return out
	}
	return raw
}

func (s *Server) applyText(e *edit, i int, raw json.RawMessage) error {
	var v *string
	if err := json.Unmarshal(raw, &v); err != nil {
		return fmt.Errorf("a string expected")
	}
	text := ""
	if v != nil {
		text = *v
		if text == "" {
			e.cleared |= 1 << i
		}
	}
	if properties[i].shape == shapeDate && text != "" {
		var ok bool
		if text, ok = birthdayStored(text); !ok {
			return fmt.Errorf("a date and time in ISO 8601 expected")
		}
	}
	*properties[i].text(e.contact) = text
	return nil
}

type tooManyError struct {
	name       string
	got, limit int
}

func (e *tooManyError) Error() string {
	name := strings.ToUpper(e.name[:1]) + e.name[1:]
	return fmt.Sprintf("The multi value property %s has %d entries, that exceeds the max allowed value of %d", name, e.got, e.limit)
}

func (s *Server) tooMany(p property, got int) error {
	if p.limit == 0 || got <= p.limit || s.quirks.LimitsLifted {
		return nil
	}
	return &tooManyError{p.name, got, p.limit}
}

func (s *Server) applyList(e *edit, p property, raw json.RawMessage) error {
	var v []*string
	if err := json.Unmarshal(raw, &v); err != nil || v == nil {
		return fmt.Errorf("a list of strings expected")
	}
	if err := s.tooMany(p, len(v)); err != nil {
		return err
	}
	list := make([]string, 0, len(v))
	for _, x := range v {
		if x == nil {
			return fmt.Errorf("a list of strings expected, not null")
		}
		if *x != "" {
			list = append(list, *x)
		}
	}
	*p.list(e.contact) = list
	return nil
}

func (s *Server) applyEmails(e *edit, p property, raw json.RawMessage) error {
	var v []json.RawMessage
	if err := json.Unmarshal(raw, &v); err != nil || v == nil {
		return fmt.Errorf("a list of e-mail addresses expected")
	}
	if err := s.tooMany(p, len(v)); err != nil {
		return err
	}
	list := make([]EmailAddress, len(v))
	for i, x := range v {
		if string(x) == "null" {
			return fmt.Errorf("a list of e-mail addresses expected, not null")
		}
		if err := decodeStrict(x, &list[i]); err != nil {
			return err
		}
	}
	e.contact.EmailAddresses = list
	return nil
}

func applyOneMail(e *edit, p property, raw json.RawMessage) error {
	var v EmailAddress
	if err := decodeStrict(raw, &v); err != nil {
		return err
	}
	for len(e.contact.EmailAddresses) <= p.slot {
		e.contact.EmailAddresses = append(e.contact.EmailAddresses, EmailAddress{})
	}
	e.contact.EmailAddresses[p.slot] = v
	return nil
}

// tidyEmails does to addresses what Exchange does when it stores them.
func (s *Server) tidyEmails(e *edit) {
	if e.sent&(emailsBit|emailSlotBits) == 0 {
		return
	}
	list := e.contact.EmailAddresses[:0]
	for _, m := range e.contact.EmailAddresses {
		if m == (EmailAddress{}) {
			if s.quirks.EmailGaps {
				list = append(list, m)
			}
			continue
		}
		if name := s.quirks.DirectoryNames[strings.ToLower(m.Address)]; name != "" {
			m.Name = name
		}
		if m.Name == "" {
			m.Name = m.Address
		}
		if s.quirks.MalformedAddresses && !plausibleAddress(m.Address) {
			m.Address = ""
		}
		list = append(list, m)
	}
	e.contact.EmailAddresses = list
}

func plausibleAddress(a string) bool {
	at := strings.IndexByte(a, '@')
	return at > 0 && at < len(a)-1 && !strings.ContainsAny(a, " ,;<>")
}

func (s *Server) applyParent(e *edit, raw json.RawMessage) *Answer {
	var id string
	switch s.quirks.ParentFolder {
	case Ignored:
		return nil
	case Moves:
		if json.Unmarshal(raw, &id) != nil || id == "" {
			return s.unreadable("Cannot convert the value of property 'parentFolderId': a folder id expected.")
		}
		e.parent = id
		return nil
	}
	return s.readOnly("parentFolderId")
}

func (s *Server) applyExtended(e *edit, raw json.RawMessage) *Answer {
	var list []struct {
		ID    string  `json:"id"`
		Value *string `json:"value"`
	}
	if err := json.Unmarshal(raw, &list); err != nil || list == nil {
		return s.unreadable("Cannot convert the value of property 'singleValueExtendedProperties': a list of {id, value} expected.")
	}
	e.extended = make(map[string]*string, len(list))
	for _, p := range list {
		id, ok := extendedID(p.ID)
		if !ok {
			return s.fail(http.StatusBadRequest, "ErrorInvalidProperty", "The extended property id '"+p.ID+"' is not valid.")
		}
		if p.Value == nil {
			if strings.HasPrefix(id, "Boolean ") {
				return s.fail(http.StatusInternalServerError, "ErrorInternalServerError", "An internal server error occurred. The operation failed.")
			}
			e.extended[id] = nil
			continue
		}
		v, ok := extendedValue(id, *p.Value)
		if !ok {
			return s.fail(http.StatusBadRequest, "ErrorInvalidProperty", "The value of extended property '"+p.ID+"' does not fit its type.")
		}
		e.extended[id] = &v
	}
	return nil
}
