package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// foldText is the canonical form of Text.
func foldText(s string) string {
	if isPlain(s) {
		if s == "" || s[len(s)-1] > ' ' {
			return s
		}
		return strings.TrimRight(s, " \t\n\v\f")
	}
	return strings.TrimRightFunc(norm.NFC.String(dropInvisible(unixLines(s))), unicode.IsSpace)
}

// foldSpace is the canonical form of Name: foldText with white space folded.
func foldSpace(s string) string {
	plain := isPlain(s)
	if plain && !hasLooseSpace(s) {
		return s
	}
	if !plain {
		s = norm.NFC.String(dropInvisible(s))
	}
	if !hasLooseSpace(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isPlain reports whether s is ASCII without CR, which NFC leaves alone.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] == '\r' {
			return false
		}
	}
	return true
}

// hasLooseSpace reports whether s has white space other than single spaces between words.
func hasLooseSpace(s string) bool {
	space := true
	for _, r := range s {
		if !unicode.IsSpace(r) {
			space = false
			continue
		}
		if space || r != ' ' {
			return true
		}
		space = true
	}
	return space && s != ""
}

// isInvisible tells the marks that copying and pasting leaves behind and nobody sees: direction marks, zero-width
// spaces, the word joiner, the byte order mark. The zero-width joiner and non-joiner are part of the spelling in Persian and in Indic
// scripts, and stay.
func isInvisible(r rune) bool {
	switch {
	case r == '\u200B', r == '\u200E', r == '\u200F', r == '\u061C', r == '\u2060', r == '\uFEFF':
		return true
	case '\u202A' <= r && r <= '\u202E', '\u2066' <= r && r <= '\u2069':
		return true
	}
	return false
}

func dropInvisible(s string) string {
	if strings.IndexFunc(s, isInvisible) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, s)
}
