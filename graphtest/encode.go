package graphtest

import (
	"strings"
	"time"
	"unicode/utf8"
)

// encoding is a contact's JSON, made once per change: members one after another, each as `,"name":value`, and where
// each ends, so that any $select is a few appends.
type encoding struct {
	json []byte
	ends []uint32
}

// wireForm is what besides the contact decides its JSON. A change of quirks makes kept encodings stale by it.
type wireForm struct {
	control, slots bool
	birthdays      bool
	birthdayOffset time.Duration
}

func formOf(q *Quirks) wireForm {
	return wireForm{q.ControlCharacters, q.EmailSlots, q.BirthdayRewritten, q.BirthdayOffset}
}

// appendRow appends it as one JSON object: annotations given in lead (`"@odata.type":"…",` or empty), etag, id, the
// selected members, and the extended properties named in expand.
func (it *item) appendRow(dst []byte, lead string, immutable bool, sel propertySet, expand []string, q *Quirks) []byte {
	form := formOf(q)
	if it.wire.json == nil || it.wireForm != form {
		it.wire, it.wireForm = it.encode(form), form
	}
	dst = append(dst, '{')
	dst = append(dst, lead...)
	dst = append(dst, `"@odata.etag":"W/\"`...)
	dst = append(dst, it.ChangeKey...)
	dst = append(dst, `\"","id":"`...)
	if immutable {
		dst = append(dst, it.ImmutableID...)
	} else {
		dst = append(dst, it.ID...)
	}
	dst = append(dst, '"')
	if sel == allProperties {
		dst = append(dst, it.wire.json...)
	} else {
		start := uint32(0)
		for i, end := range it.wire.ends {
			if sel.has(i) {
				dst = append(dst, it.wire.json[start:end]...)
			}
			start = end
		}
	}
	dst = it.appendExtended(dst, expand, form.control)
	return append(dst, '}')
}

func (it *item) appendExtended(dst []byte, expand []string, control bool) []byte {
	first := true
	for _, id := range expand {
		v, ok := it.Extended[id]
		if !ok {
			continue
		}
		if first {
			dst = append(dst, `,"singleValueExtendedProperties":[`...)
		} else {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, `{"id":`...)
		dst = appendString(dst, id, control)
		dst = append(dst, `,"value":`...)
		dst = appendString(dst, v, control)
		dst = append(dst, '}')
	}
	if !first {
		dst = append(dst, ']')
	}
	return dst
}

func (it *item) encode(form wireForm) encoding {
	e := encoding{json: make([]byte, 0, 1400), ends: make([]uint32, len(properties))}
	for i, p := range properties {
		if p.shape != shapeOneMail || form.slots && p.slot < len(it.EmailAddresses) {
			e.json = append(e.json, `,"`...)
			e.json = append(e.json, p.name...)
			e.json = append(e.json, `":`...)
			e.json = it.appendValue(e.json, i, p, form)
		}
		e.ends[i] = uint32(len(e.json))
	}
	return e
}

func (it *item) appendValue(dst []byte, i int, p property, form wireForm) []byte {
	switch p.shape {
	case shapeText:
		v := *p.text(&it.Contact)
		if v == "" && !it.empty.has(i) {
			return append(dst, "null"...)
		}
		return appendString(dst, v, form.control)
	case shapeDate:
		v := *p.text(&it.Contact)
		if v == "" {
			return append(dst, "null"...)
		}
		return appendString(dst, birthdayShown(v, form), form.control)
	case shapeList:
		dst = append(dst, '[')
		for n, v := range *p.list(&it.Contact) {
			if n > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, v, form.control)
		}
		return append(dst, ']')
	case shapeEmails:
		dst = append(dst, '[')
		for n, e := range it.EmailAddresses {
			if n > 0 {
				dst = append(dst, ',')
			}
			dst = appendEmail(dst, e, form.control)
		}
		return append(dst, ']')
	case shapeOneMail:
		return appendEmail(dst, it.EmailAddresses[p.slot], form.control)
	case shapeAddress:
		return appendAddress(dst, *p.address(&it.Contact), form.control)
	case shapeParent:
		return appendString(dst, it.ParentFolderID, false)
	}
	switch p.name {
	case "createdDateTime":
		return appendString(dst, timeText(it.CreatedDateTime), false)
	case "lastModifiedDateTime":
		return appendString(dst, timeText(it.LastModifiedDateTime), false)
	}
	return appendString(dst, it.ChangeKey, false)
}

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func appendEmail(dst []byte, e EmailAddress, control bool) []byte {
	dst = append(dst, `{"name":`...)
	if e.Name == "" {
		dst = append(dst, "null"...)
	} else {
		dst = appendString(dst, e.Name, control)
	}
	if e.Address != "" {
		dst = append(dst, `,"address":`...)
		dst = appendString(dst, e.Address, control)
	}
	return append(dst, '}')
}

// appendAddress writes an empty address as {}, as Graph does, and a filled one with its filled members.
func appendAddress(dst []byte, a Address, control bool) []byte {
	dst = append(dst, '{')
	first := true
	for _, m := range [...]struct{ name, value string }{
		{"street", a.Street}, {"city", a.City}, {"state", a.State},
		{"countryOrRegion", a.CountryOrRegion}, {"postalCode", a.PostalCode},
	} {
		if m.value == "" {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, '"')
		dst = append(dst, m.name...)
		dst = append(dst, `":`...)
		dst = appendString(dst, m.value, control)
	}
	return append(dst, '}')
}

const hexDigits = "0123456789abcdef"

// appendString writes s as a JSON string. With control set, control characters other than tab and line ends go out as
// they are.
func appendString(dst []byte, s string, control bool) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[start:i]...)
				dst = append(dst, `\ufffd`...)
				start = i + 1
			}
			i += size
			continue
		}
		if b >= 0x20 && b != '"' && b != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch b {
		case '"', '\\':
			dst = append(dst, '\\', b)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			if control {
				dst = append(dst, b)
			} else {
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
			}
		}
		i++
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func quoted(s string) string { return string(appendString(nil, s, false)) }

// birthdayStored brings a birthday sent in any accepted form, a date or a time with a zone, into RFC 3339 in UTC.
func birthdayStored(s string) (string, bool) {
	if t, err := time.Parse("2006-01-02", s); err == nil {
		return timeText(t), true
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || strings.HasPrefix(s, "0000") {
		return "", false
	}
	return timeText(t), true
}

func birthdayShown(s string, form wireForm) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || !form.birthdays {
		return s
	}
	return timeText(t.UTC().Truncate(24 * time.Hour).Add(form.birthdayOffset))
}
