package mapping

import (
	"slices"
	"strings"
	"unicode"
)

// spokenOrder puts the words of a joined name in the order in which its parts are spoken, and leaves out the commas
// that separate parts. A form it does not know stays as it is.
func (l nameLens) spokenOrder(full string, words []string, known [][]string) []string {
	if isEastAsian(full) {
		return l.surnameLast(words, known)
	}
	var segments [][]string
	for s := range strings.SplitSeq(full, ",") {
		segments = append(segments, l.words(s))
	}
	if slices.ContainsFunc(segments, func(s []string) bool { return len(s) == 0 }) {
		return words
	}
	n := len(segments)
	for n > 1 && all(segments[n-1], isSuffix) {
		n--
	}
	suffixes := slices.Concat(segments[n:]...)
	switch {
	case n == 1:
		return slices.Concat(segments[0], suffixes)
	case n == 2 && (l.has(Given) >= 0 || l.has(Infix) >= 0 && all(segments[1], isInfix)):
		return slices.Concat(segments[1], segments[0], suffixes)
	}
	return words
}

// surnameLast turns an East Asian name round. Without white space the line between surname and given name is known
// only where one of the two is.
func (l nameLens) surnameLast(words []string, known [][]string) []string {
	surname, given := l.has(Surname), l.has(Given)
	if surname < 0 || given < 0 {
		return words
	}
	if len(words) == 2 {
		return []string{words[1], words[0]}
	}
	if len(words) != 1 {
		return words
	}
	// A known part that is no whole row of letters, such as half a character, must cut none in two.
	if s := strings.Join(known[surname], " "); isEastAsian(s) {
		if g, ok := strings.CutPrefix(words[0], s); ok && g != "" {
			return []string{g, s}
		}
	}
	if g := strings.Join(known[given], " "); isEastAsian(g) {
		if s, ok := strings.CutSuffix(words[0], g); ok && s != "" {
			return []string{g, s}
		}
	}
	return words
}

// forms are ways to write the parts as one name, the one that full has first. None need read back as the parts.
func (l nameLens) forms(full string, parts [][]string) []string {
	part := func(p Part) []string {
		if i := l.has(p); i >= 0 {
			return parts[i]
		}
		return nil
	}
	text := func(words ...[]string) string { return strings.Join(slices.Concat(words...), " ") }
	if plain := text(parts...); isEastAsian(plain) {
		spaced := text(part(Surname), part(Given))
		if strings.ContainsFunc(strings.TrimSpace(full), unicode.IsSpace) {
			return []string{spaced}
		}
		return []string{strings.ReplaceAll(spaced, " ", ""), spaced}
	}
	before, after, comma := strings.Cut(full, ",")
	if !comma {
		return nil
	}
	name := text(part(Title), part(Given), part(Middle), part(Infix), part(Surname))
	suffix := ""
	if s := text(part(Suffix)); s != "" {
		suffix = ", " + s
	}
	first, surname := text(part(Title), part(Given), part(Middle)), text(part(Surname))
	infix := text(part(Infix))
	var forms []string
	if all(l.words(after), isSuffix) {
		forms = append(forms, name+suffix)
	}
	if w := l.words(before); len(w) > 1 && isInfix(w[0]) || infix == "" {
		forms = append(forms, strings.TrimSpace(infix+" "+surname)+", "+first+suffix)
	}
	return append(forms, surname+", "+strings.TrimSpace(first+" "+infix)+suffix)
}

// isEastAsian reports whether s is written in Han, kana or hangul only, where the surname comes first.
func isEastAsian(s string) bool {
	found := false
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー':
			found = true
		case !unicode.IsSpace(r):
			return false
		}
	}
	return found
}

func all(words []string, is func(string) bool) bool {
	for _, w := range words {
		if !is(w) {
			return false
		}
	}
	return len(words) > 0
}
