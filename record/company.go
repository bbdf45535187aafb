package record

import (
	"slices"
	"strings"
	"unicode"
)

// CompanyKeyVersion is the version of [CompanyKey]: a host that stores keys makes them anew when it grows.
const CompanyKeyVersion = 1

// CompanyKey is the form of a company's name under which it is looked up: case, presentation forms, punctuation and the legal
// form at its end or beginning do not tell two names apart, so that "ACME Ltd." and "Acme Limited" have one key. Accents do:
// "Café" and "Cafe" differ. A name that is nothing but a legal form keeps it. The key is empty for a name without a letter or
// digit.
func CompanyKey(name string) string {
	words := companyWords(name)
	kept := words
	for n := formAtEnd(kept); n > 0; n = formAtEnd(kept) {
		kept = kept[:len(kept)-n]
	}
	for len(kept) > 0 && (leadingForms[kept[0]] || kept[0] == "&") {
		kept = kept[1:]
	}
	if len(kept) == 0 {
		kept = words
	}
	return strings.Join(kept, " ")
}

// formAtEnd is how many words at the end are a legal form, or what joins one to the name.
func formAtEnd(words []string) int {
	for _, phrase := range legalPhrases {
		if n := len(words) - len(phrase); n >= 0 && slices.Equal(words[n:], phrase) {
			return len(phrase)
		}
	}
	if n := len(words); n > 0 && (legalForms[words[n-1]] || words[n-1] == "&") {
		return 1
	}
	return 0
}

// companyWords splits a name into words of letters and digits. Dots and apostrophes within a word are left out, and letters that
// stand alone are put together: "B.V.", "B V" and "BV" are one word.
func companyWords(name string) []string {
	var words []string
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			words = append(words, b.String())
			b.Reset()
		}
	}
	for _, r := range foldCompatible(strings.ToValidUTF8(name, " ")) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.M, r):
			b.WriteRune(r)
		case r == '.', r == '\'', r == '’', r == '`':
		case r == '&', r == '+':
			end()
			words = append(words, "&")
		default:
			end()
		}
	}
	end()
	var joined []string
	initials := false
	for _, w := range words {
		alone := len([]rune(w)) == 1 && w != "&"
		switch {
		case w == "and":
			joined = append(joined, "&")
		case alone && initials:
			joined[len(joined)-1] += w
		default:
			joined = append(joined, w)
		}
		initials = alone
	}
	return joined
}

// legalForms are what the law of some country has behind a company's name, as words of it.
var legalForms = wordSet(`
	ltd limited plc llp llc lp inc incorporated corp corporation co company cic
	gmbh mbh ggmbh ag kg kgaa ohg gbr ug ev eg se partg
	sa sarl sas sasu eurl snc scs sca spa srl srls sapa
	bv nv cv vof bvba cvba sprl vzw asbl
	ab as asa aps oy oyj hf ehf is
	lda ltda sl slu sll slne eirl
	kft zrt nyrt bt doo dd ad ood eood sro spzoo
	pty pte pvt proprietary bhd sdn kk gk
	uab sia ou oü`)

// legalPhrases are legal forms of several words.
var legalPhrases = [][]string{{"sp", "z", "oo"}, {"sp", "zoo"}, {"spol", "s", "ro"}}

// leadingForms stand before the name.
var leadingForms = wordSet(`ooo oao zao pao pt cv ud`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}
