package graphadapter

import "unicode/utf8"

// The small lists and objects of a contact are read by hand where they are plain: strings without escapes and nulls,
// in valid JSON. encoding/json would start anew for each, and takes twice as long for a page. Whatever is not plain is
// left to it.

// flatString reads the string or null at b[i:], which is part of valid JSON; next is where it ends. ok is false for
// anything else.
func flatString(b []byte, i int) (s string, next int, ok bool) {
	if b[i] == 'n' {
		return "", i + len("null"), true
	}
	if b[i] != '"' {
		return "", i, false
	}
	ascii := true
	for j := i + 1; j < len(b); j++ {
		switch c := b[j]; {
		case c == '"':
			s = string(b[i+1 : j])
			return s, j + 1, ascii || utf8.ValidString(s)
		case c == '\\':
			return "", i, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", i, false
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// flatList walks a list at b[i:]; item reads one entry and says where it ends. ok is false where the list is not one, or
// an entry not plain.
func flatList(b []byte, i int, item func(i int) (next int, ok bool)) (next int, ok bool) {
	if b[i] != '[' {
		return i, false
	}
	for i = skipSpace(b, i+1); i < len(b); i = skipSpace(b, i) {
		switch b[i] {
		case ']':
			return i + 1, true
		case ',':
			i++
			continue
		}
		if i, ok = item(i); !ok {
			return i, false
		}
	}
	return i, false
}

// flatObject walks an object of plain members at b[i:]; member takes one, and refuses one it does not know.
func flatObject(b []byte, i int, member func(name []byte, value string) bool) (next int, ok bool) {
	if b[i] != '{' {
		return i, false
	}
	for i = skipSpace(b, i+1); i < len(b); i = skipSpace(b, i) {
		switch b[i] {
		case '}':
			return i + 1, true
		case ',':
			i++
			continue
		}
		start := i + 1
		if b[i] != '"' {
			return i, false
		}
		for i = start; i < len(b) && b[i] != '"'; i++ {
			if b[i] == '\\' {
				return i, false
			}
		}
		name := b[start:min(i, len(b))]
		i = skipSpace(b, i+1)
		if i >= len(b) || b[i] != ':' {
			return i, false
		}
		if i = skipSpace(b, i+1); i >= len(b) {
			return i, false
		}
		var value string
		if value, i, ok = flatString(b, i); !ok || !member(name, value) {
			return i, false
		}
	}
	return i, false
}
