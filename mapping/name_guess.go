package mapping

import "strings"

// guess assigns words that nothing tells about to the parts lo to hi.
type guess struct {
	nameLens
	lo, hi int
	// last and next are the parts of the words around, as in [nameLens.fill].
	last, next int
}

// in returns the position of a part that words may be assigned to, or -1.
func (g guess) in(p Part) int {
	if i := g.has(p); g.lo <= i && i <= g.hi {
		return i
	}
	return -1
}

func (g guess) assign(parts []int, words []string) {
	surname := g.in(Surname)
	open := g.last < surname && surname < g.next // the surname is among the words
	if title := g.in(Title); title >= 0 {
		for len(words) > 0 && isTitle(words[0]) {
			parts[0] = title
			parts, words = parts[1:], words[1:]
		}
	}
	if suffix := g.in(Suffix); suffix >= 0 {
		for n := len(words) - 1; n >= 0 && isSuffix(words[n]) && (n > 0 || !open); n-- {
			parts[n] = suffix
			parts, words = parts[:n], words[:n]
		}
	}
	switch {
	case open:
		g.wholeName(parts, words, surname)
	case surname >= 0 && g.last == surname:
		set(parts, surname)
	default:
		g.beforeSurname(parts, words, surname)
	}
}

// wholeName finds the surname among the words: from the first infix on, else the last word.
func (g guess) wholeName(parts []int, words []string, surname int) {
	first, infix := g.in(Given), g.in(Infix)
	if first < 0 {
		first = g.in(Middle)
	}
	start := 0
	if first >= 0 {
		start = surnameStart(words)
	}
	g.given(parts[:start])
	end := start
	for infix >= 0 && end < len(words)-1 && isInfix(words[end]) {
		parts[end] = infix
		end++
	}
	set(parts[end:], surname)
}

// beforeSurname assigns words that were put in before the surname, or where there is none.
func (g guess) beforeSurname(parts []int, words []string, surname int) {
	n := len(words)
	if behind := max(g.in(Infix), surname); behind >= 0 {
		to := behind
		if i := g.in(Infix); i >= 0 {
			to = i
		}
		for n > 0 && isInfix(words[n-1]) {
			n--
			parts[n] = to
		}
		if g.in(Given) < 0 && g.in(Middle) < 0 {
			// Nothing but the surname can take a word that is no infix; the infixes after it then are part of it.
			if n > 0 {
				set(parts, behind)
			}
			return
		}
	}
	g.given(parts[:n])
}

// given assigns the words before the surname: the first to the given name if that has no word yet, the others to the
// middle name if there is one.
func (g guess) given(parts []int) {
	given, middle := g.in(Given), g.in(Middle)
	if given < 0 {
		given = max(middle, g.lo)
	}
	if middle < 0 {
		middle = given
	}
	for i := range parts {
		parts[i] = middle
		if i == 0 && g.last < given {
			parts[i] = given
		}
	}
}

// surnameStart is where the surname or its infix begins: at the first infix, else at the last word.
func surnameStart(words []string) int {
	for i, w := range words {
		if isInfix(w) || i > 0 && capitalInfixes[w] {
			return i
		}
	}
	return max(len(words)-1, 0)
}

// Infixes are written small where they stand after a given name. Written with a capital they belong to the surname, as
// is usual in Belgium; the commonest of those are known.
var (
	infixes        = wordSet("van von der den de het 't ’t ten ter te in op aan bij uit voor tot vom zu zum zur la le las los du des del della di da do dos das d' l' v. v.d. v/d vd af av")
	capitalInfixes = wordSet("Van Von Vom De Den Der Ter Ten Del Della Dos Du")
	titles         = wordSet("dr prof mr mrs ms miss mx sir dame rev hon ir drs ing mw dhr mevr herr frau dipl-ing mag mme mlle sra srta lic")
	suffixes       = wordSet("jr sr ii iii iv phd md msc bsc mba llm llb esq cpa dds")
)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

func isInfix(w string) bool  { return infixes[w] }
func isTitle(w string) bool  { return titles[plainWord(w)] }
func isSuffix(w string) bool { return suffixes[plainWord(w)] }

// plainWord is a word in small letters without dots: "Ph.D." as "phd".
func plainWord(w string) string {
	return strings.ToLower(strings.ReplaceAll(w, ".", ""))
}
