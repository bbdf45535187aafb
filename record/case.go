package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is the form of a text for looking something up in it: NFC, case folded, white space folded, without invisible
// marks. It is idempotent. Text that is not UTF-8 is returned as it is.
func Fold(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	return foldCase(foldSpace(s))
}

// foldCase is Unicode's canonical caseless form (definition D145), composed.
func foldCase(s string) string {
	if isPlain(s) {
		return asciiLower(s)
	}
	return norm.NFC.String(fullFold(norm.NFD.String(s)))
}

// foldCompatible is Unicode's compatibility caseless form (definition D146), composed: it also makes full-width and other
// presentation forms plain.
func foldCompatible(s string) string {
	if isPlain(s) {
		return asciiLower(s)
	}
	return norm.NFKC.String(fullFold(norm.NFKC.String(fullFold(norm.NFD.String(s)))))
}

// fullFold is Unicode's full case folding. x/text folds Cherokee capitals to small letters and small letters to
// capitals; the standard folds both to capitals.
func fullFold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cherokee, r) {
			return unicode.ToUpper(r)
		}
		return r
	}, cases.Fold().String(s))
}

// asciiLower is strings.ToLower for ASCII, without allocating where nothing changes.
func asciiLower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return strings.ToLower(s)
		}
	}
	return s
}
