package graphadapter

import (
	"encoding/json"
	"unicode/utf8"
)

// held says what an answer told about a member. Types with a held decode any JSON without an error, so that a value of
// another shape costs itself alone, not its row or page.
type held uint8

const (
	absent     held = iota // not in the answer
	known                  // there; null is the empty value
	unreadable             // there, and not of the shape expected
)

// text is a string member.
type text struct {
	s    string
	held held
}

func (t *text) UnmarshalJSON(b []byte) error {
	t.s, t.held = "", known
	switch {
	case isNull(b):
	case b[0] != '"':
		t.held = unreadable
	case isPlain(b):
		t.s = string(b[1 : len(b)-1])
	case json.Unmarshal(b, &t.s) != nil:
		t.held = unreadable
	}
	return nil
}

func isNull(b []byte) bool { return len(b) == 4 && b[0] == 'n' }

// isPlain reports whether a JSON string is its own value between the quotes.
func isPlain(b []byte) bool {
	ascii := true
	for _, c := range b {
		if c == '\\' {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.Valid(b)
}

// texts is a member that lists strings. One entry of another shape makes it unreadable: written back without that
// entry, it would be lost.
type texts struct {
	list []string
	held held
}

func (t *texts) UnmarshalJSON(b []byte) error {
	t.list, t.held = nil, known
	if _, plain := flatList(b, 0, func(i int) (int, bool) {
		s, next, ok := flatString(b, i)
		t.list = append(t.list, s)
		return next, ok
	}); plain {
		return nil
	}
	var entries []text
	t.list, t.held = nil, decodeList(b, &entries)
	for _, e := range entries {
		if e.held == unreadable {
			t.list, t.held = nil, unreadable
			return nil
		}
		t.list = append(t.list, e.s)
	}
	return nil
}

// decodeList decodes a list; null is an empty one.
func decodeList(b []byte, into any) held {
	if isNull(b) || len(b) == 2 && b[0] == '[' {
		return known
	}
	if b[0] != '[' || json.Unmarshal(b, into) != nil {
		return unreadable
	}
	return known
}

// mark tells whether a member is there at all.
type mark bool

func (m *mark) UnmarshalJSON([]byte) error {
	*m = true
	return nil
}

// scalar is a string, number or boolean member, as text; anything else is empty.
type scalar string

func (v *scalar) UnmarshalJSON(b []byte) error {
	var t text
	switch {
	case b[0] == '"':
		_ = t.UnmarshalJSON(b) // never fails
		*v = scalar(t.s)
	case b[0] == '{', b[0] == '[', isNull(b):
		*v = ""
	default:
		*v = scalar(b)
	}
	return nil
}
