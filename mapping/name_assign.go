package mapping

import "slices"

// assign deals the words out to the parts, in spoken order. The parts put together give the words again.
//
// Words that the known parts have, in the same order, keep their part. The others take the part of the words whose
// place they take; what is left is guessed.
func (l nameLens) assign(words []string, known [][]string) [][]string {
	parts := make([]int, len(words)) // of each word; they never fall
	pairs := l.common(words, known)
	from, gone := 0, 0 // the first word, and the first known word, after the last pair
	old := flatten(known)
	last := -1
	for _, p := range append(pairs, pair{len(words), len(old)}) {
		next := len(l.spoken)
		if p.old < len(old) {
			next = old[p.old].part
		}
		l.fill(parts[from:p.new], words[from:p.new], old[gone:p.old], last, next)
		if p.new < len(words) {
			parts[p.new] = next
		}
		from, gone, last = p.new+1, p.old+1, next
	}
	dealt := make([][]string, len(l.spoken))
	for i, part := range parts {
		dealt[part] = append(dealt[part], words[i])
	}
	return dealt
}

// fill assigns the words between a word of part last and one of part next (-1 and the number of parts at the ends).
// gone are the known words whose place they take.
func (l nameLens) fill(parts []int, words []string, gone []knownWord, last, next int) {
	g := guess{nameLens: l, lo: max(last, 0), hi: next, last: last, next: next}
	if len(gone) > 0 {
		g.lo, g.hi = gone[0].part, gone[len(gone)-1].part
		if infix := l.has(Infix); infix >= 0 && last <= infix && g.lo == l.has(Surname) && !isInfix(gone[0].word) {
			g.lo = infix // "Jan Berg" may have become "Jan van der Berg-Vos", and "Jan van Berg" "Jan van der Vos"
		}
		g.last, g.next = -1, len(l.spoken)
	}
	if g.lo == g.hi {
		set(parts, g.lo)
		return
	}
	g.assign(parts, words)
}

func set(parts []int, part int) {
	for i := range parts {
		parts[i] = part
	}
}

type knownWord struct {
	word string
	part int
}

func flatten(known [][]string) []knownWord {
	var words []knownWord
	for part, ws := range known {
		for _, w := range ws {
			words = append(words, knownWord{w, part})
		}
	}
	return words
}

// pair ties a word to a known word.
type pair struct{ new, old int }

// longestCompared bounds the work on absurd names; beyond it all words are guessed anew.
const longestCompared = 64

// common is a longest common subsequence of the words and the known words.
func (l nameLens) common(words []string, known [][]string) []pair {
	old := flatten(known)
	if len(words) > longestCompared || len(old) > longestCompared {
		return nil
	}
	// best[i][j] is the length of the longest common subsequence of words[i:] and old[j:].
	best := make([][]int, len(words)+1)
	for i := range best {
		best[i] = make([]int, len(old)+1)
	}
	for i := len(words) - 1; i >= 0; i-- {
		for j := len(old) - 1; j >= 0; j-- {
			if l.word.same(words[i], old[j].word) {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	var pairs []pair
	for i, j := 0, 0; i < len(words) && j < len(old); {
		switch {
		case l.word.same(words[i], old[j].word):
			pairs = append(pairs, pair{i, j})
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
	return slices.Clip(pairs)
}
