package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// wordKind is what a word of a name is.
type wordKind uint8

const (
	wholeWord wordKind = iota
	initialWord
	particleWord
	markWord
	ideographs
)

// nameWord is one word of a name, folded.
type nameWord struct {
	text string
	kind wordKind
	mark uint64
}

// wordBag collects the words of a name from the fields that hold it. The same word in two fields, as in a first name and
// a display name, counts once.
type wordBag struct {
	words    []nameWord
	initials []nameWord // from fields that hold nothing else
	greeted  uint64     // the salutations, each a bit
	fields   int        // that hold whole words
	runes    []rune     // of scripts without spaces
}

// function is what a little word does in a name without naming anybody.
type function struct {
	title      bool   // left out
	opening    bool   // left out where it comes first: "Sr. García"
	particle   bool   // "van"
	couple     bool   // between two people: "and"
	generation uint64 // "Jr."
	greeted    uint64 // salutations that it is, each a bit
}

// little are the words that belong to names without naming anybody, folded.
var little = littleWords()

func littleWords() map[string]function {
	words := map[string]function{
		"jr": {generation: junior}, "jnr": {generation: junior}, "jun": {generation: junior}, "junior": {generation: junior},
		"sr": {generation: senior, opening: true}, "snr": {generation: senior}, "sen": {generation: senior}, "senior": {generation: senior},
		"ii": {generation: second}, "iii": {generation: third}, "iv": {generation: fourth},
	}
	for list, does := range map[string]function{
		"dr drs ir ing mr mrs ms miss mx prof professor phd dphil md msc bsc mba llm llb esq hon rev sir dame lord lady": {title: true},
		"herr frau dipl dipling mag dhr mevr mevrouw mw heer jhr jkvr ds sra srta senor senora senorita dona lic":        {title: true},
		"mme mlle": {opening: true},
		"van von vom zu zum zur der den de het t te ten ter tot op aan in bij vd vdr vander": {particle: true},
		"da das do dos del dello della di du des la las le les los el al bin ibn bint y e i": {particle: true},
		"and und en et": {couple: true},
	} {
		for word := range strings.FieldsSeq(list) {
			words[fold(word)] = does
		}
	}
	for list, greeted := range map[string]uint64{
		"mr sir lord herr heer dhr sr senor":                                            1 << male,
		"mrs ms miss dame lady frau mevr mevrouw mw jkvr sra srta senora senorita dona": 1 << female,
		"mme mlle": 1<<female | 1<<madame,
	} {
		for word := range strings.FieldsSeq(list) {
			does := words[fold(word)]
			does.greeted = greeted
			words[fold(word)] = does
		}
	}
	return words
}

// shortParticles stand for "van der" and "van den", which are mistaken for each other more often than not.
var shortParticles = []string{"vd", "vdr", "vander"}

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[fold(word)] = true
	}
	return set
}

// add takes the words of one text. A text that holds an address is no name.
func (b *wordBag) add(text string) {
	if len(text) > 200 || strings.Contains(text, "@") || strings.TrimSpace(text) == "" {
		return
	}
	if !isASCII(text) {
		text = norm.NFKC.String(text)
	}
	var own wordBag
	tokens := strings.FieldsFunc(beside(spaced(text)), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;/|_:", r) })
	for i, token := range tokens {
		own.token(token, i, len(tokens))
	}
	b.runes = append(b.runes, own.runes...)
	b.greeted |= own.greeted
	if !slices.ContainsFunc(own.words, func(w nameWord) bool { return w.kind != initialWord }) {
		b.initials = append(b.initials, own.words...)
		return
	}
	if slices.ContainsFunc(own.words, func(w nameWord) bool { return w.kind == wholeWord }) {
		b.fields++
	}
	for _, w := range own.words {
		b.put(w)
	}
}

// spaced sets signs between two people apart.
func spaced(text string) string {
	if !strings.ContainsAny(text, "&+") {
		return text
	}
	return strings.NewReplacer("&", " & ", "+", " & ").Replace(text)
}

// beside is the text without what stands in brackets, unless there is nothing else.
func beside(text string) string {
	if !strings.ContainsAny(text, "([{") {
		return text
	}
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune("([{", r):
			depth++
			b.WriteByte(' ')
		case strings.ContainsRune(")]}", r):
			depth = max(0, depth-1)
		case depth == 0:
			b.WriteRune(r)
		}
	}
	if strings.TrimSpace(b.String()) == "" {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("()[]{}", r) {
				return ' '
			}
			return r
		}, text)
	}
	return b.String()
}

// token takes the i-th of n tokens, which may still be several words: "J.P.", "Anne-Marie", "v.d.".
func (b *wordBag) token(token string, i, n int) {
	if token == "&" {
		b.put(nameWord{kind: markWord, mark: couple})
		return
	}
	letters := strings.Map(lettersOnly, token)
	joined := fold(letters)
	first, last := i == 0, i == n-1
	long := len(joined) > 1 || isLowerLetter(strings.TrimFunc(token, isApostrophe)) // else it is an initial
	switch does := little[joined]; {
	case joined == "":
		return
	case does.title && n > 1, does.opening && first && !last:
		b.greeted |= does.greeted
		return
	case does.couple && !first && !last:
		b.put(nameWord{kind: markWord, mark: couple})
		return
	case does.generation != 0 && !first:
		b.put(nameWord{kind: markWord, mark: does.generation})
		return
	case does.particle && long:
		if slices.Contains(shortParticles, joined) {
			joined = "van"
		}
		b.put(nameWord{text: joined, kind: particleWord})
		return
	}
	if len(letters) == len(token) && !strings.ContainsFunc(token, isIdeograph) {
		b.whole(joined, isInitial(token, false))
		return
	}
	if token == "M." && first && !last { // also an initial
		b.greeted |= 1 << monsieur
	}
	parts := strings.FieldsFunc(token, func(r rune) bool { return lettersOnly(r) < 0 && !isApostrophe(r) })
	for _, part := range parts {
		point := strings.Contains(token, part+".")
		part = strings.Map(lettersOnly, part)
		if len(parts) == 1 || !little[fold(part)].title {
			b.mixed(part, point)
		}
	}
}

// isInitial reports whether a word stands for one by its first letter: a single letter, also where it folds to two ("Þ"), or with a point
// behind it the consonants that a first name begins with ("Th.", "Chr.").
func isInitial(word string, point bool) bool {
	n := utf8.RuneCountInString(word)
	return n == 1 || point && n <= 3 && !strings.ContainsFunc(word, unicode.IsDigit) && !strings.ContainsAny(fold(word), "aeiouy") && isASCII(fold(word))
}

// mixed takes a word that may mix scripts.
func (b *wordBag) mixed(s string, point bool) {
	var rest strings.Builder
	for _, r := range s {
		if isIdeograph(r) {
			b.runes = append(b.runes, r)
		} else {
			rest.WriteRune(r)
		}
	}
	b.whole(fold(rest.String()), isInitial(rest.String(), point))
}

// whole takes a folded word or initial.
func (b *wordBag) whole(text string, initial bool) {
	switch n := utf8.RuneCountInString(text); {
	case n == 1, n > 1 && initial:
		b.put(nameWord{text: firstLetter(text), kind: initialWord})
	case n > 1:
		b.put(nameWord{text: text})
	}
}

func (b *wordBag) put(w nameWord) {
	if !slices.Contains(b.words, w) {
		b.words = append(b.words, w)
	}
}

// finish returns the words of the whole name. Initials from a field of their own that only repeat a word's are left out, but where
// one field alone has whole words: beside a surname an initial is a first name, also where the surname begins with it.
// The signs of scripts without spaces make one word, in whatever fields and order they stood: a name of two or three
// signs is cut into surname and first name in one place and written whole in another.
func (b *wordBag) finish() []nameWord {
	for _, w := range b.initials {
		if b.fields < 2 || !slices.ContainsFunc(b.words, func(o nameWord) bool { return o.kind == wholeWord && firstLetter(o.text) == w.text }) {
			b.put(w)
		}
	}
	slices.Sort(b.runes)
	switch signs := slices.Compact(b.runes); {
	case len(signs) == 1:
		b.put(nameWord{text: string(signs)}) // a surname at best
	case len(signs) > 1:
		b.put(nameWord{text: string(signs), kind: ideographs})
	}
	if !slices.ContainsFunc(b.words, func(w nameWord) bool { return w.kind != markWord }) {
		return nil
	}
	return append(b.words[:min(len(b.words), mostWords)], b.salutations()...)
}

// salutations are the marks of how the person is greeted; where it is in both ways, as a couple is, none.
func (b *wordBag) salutations() []nameWord {
	if contrary(b.greeted) {
		return nil
	}
	var out []nameWord
	for mark := male; mark <= madame; mark++ {
		if b.greeted&(1<<mark) != 0 {
			out = append(out, nameWord{kind: markWord, mark: mark})
		}
	}
	return out
}

// lettersOnly keeps the runes a word is made of, accents and all.
func lettersOnly(r rune) rune {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}
	if unicode.In(r, unicode.L, unicode.Mn, unicode.Mc, unicode.Nd) {
		return r
	}
	return -1
}

func isApostrophe(r rune) bool { return strings.ContainsRune("'’ʼ`´", r) }

// isLowerLetter reports whether the token is a single small letter, as particles are and initials are not.
func isLowerLetter(token string) bool {
	r, n := utf8.DecodeRuneInString(token)
	return n == len(token) && unicode.IsLower(r)
}
