package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold brings a word to the form under which it is compared: lower case, without accents, ligatures and special letters
// in plain ones, and the German way to write an umlaut without its dots the same as the umlaut ("Mueller", "Müller").
func fold(s string) string {
	if !isASCII(s) {
		s = plain(s)
	}
	s = strings.ToLower(s)
	if len(s) < 5 {
		return s // Joe, Sue
	}
	for _, umlaut := range [...]string{"ae", "oe", "ue"} {
		if strings.Contains(s, umlaut) {
			s = strings.ReplaceAll(s, umlaut, umlaut[:1])
		}
	}
	return s
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// plain takes accents off and spells special letters out.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if r < utf8.RuneSelf {
			b.WriteByte(byte(r))
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Cf) {
			continue
		}
		r = unicode.ToLower(r)
		if letters, ok := special[r]; ok {
			b.WriteString(letters)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// special are letters that Unicode does not take apart, as they are commonly written without.
var special = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h", 'ŧ': "t",
	'ŋ': "n", 'ə': "e", 'ς': "σ",
}

// isIdeograph reports whether names in the rune's script are written without spaces.
func isIdeograph(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

func firstLetter(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}
