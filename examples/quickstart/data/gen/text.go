package main

import (
	"fmt"
	"strings"
	"unicode"
)

// join puts words together with spaces; a word that ends in an apostrophe keeps the next one close.
func join(words ...string) string {
	var b strings.Builder
	for _, w := range words {
		if w == "" {
			continue
		}
		if b.Len() > 0 && !strings.HasSuffix(b.String(), "d'") {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// without writes a name as people do who have no such keys.
func without(accents string) string { return strings.Map(baseLetter, accents) }

// baseLetter maps an accented letter to the letter below it.
func baseLetter(r rune) rune {
	if i := strings.IndexRune(accented, r); i >= 0 {
		return rune(base[len([]rune(accented[:i]))])
	}
	return r
}

const (
	accented = "áàâäãåæçéèêëíìîïñóòôöøõúùûüýÿłśźżćńąęÁÀÂÄÅÆÇÉÈÊËÍÎÏÑÓÔÖØÚÜŁŚŹŻĆ"
	base     = "aaaaaaaceeeeiiiinoooooouuuuyylszzcnaeAAAAAACEEEEIIINOOOOUULSZZC"
)

var digraphs = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue")

// slug is a word fit for an address: letters and digits of ASCII.
func slug(text string) string {
	var b strings.Builder
	for _, r := range without(digraphs.Replace(strings.ToLower(text))) {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-') {
			b.WriteRune(r)
		}
	}
	if out := strings.Trim(b.String(), "-"); out != "" {
		return out
	}
	return "kontor"
}

// slugWords drops the signs between the words of a company's name.
func slugWords(text string) string { return strings.NewReplacer("&", "", "-", " ").Replace(text) }

func initialsOf(words []string) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteRune(unicode.ToUpper([]rune(w)[0]))
	}
	return b.String()
}

// initials are written with points: J.W.
func initials(given string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(given, func(r rune) bool { return r == ' ' || r == '-' }) {
		b.WriteRune([]rune(w)[0])
		b.WriteByte('.')
	}
	return b.String()
}

// unique makes an address that nobody has yet.
func (s *source) unique(local, domain string) string {
	at := local + "@" + domain
	for n := 2; s.taken[at]; n++ {
		at = fmt.Sprintf("%s%d@%s", local, n, domain)
	}
	s.taken[at] = true
	return at
}
