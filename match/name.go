package match

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// Name is a person's name as hashed words, in the order they were found and without repetition: folded, without titles.
// What order they stand in makes no difference.
type Name []Word

// Word is one word of a name.
type Word struct {
	// Full is the hash of the word: the upper 48 bits of the form it shares with its nicknames, the lower 16 of its own
	// spelling. Small numbers stand for marks that are no words: "&" between two people, "Jr.", "Mrs.".
	Full uint64
	// Initial is the hash of its first letter. It equals Full in a word that is an initial, and is 0 in a particle such as
	// "van der", which counts only where there is little else.
	Initial uint64
}

const spelling = 1<<16 - 1 // the bits of Word.Full that tell nicknames of one name apart

func (w Word) isMark() bool        { return w.Full < markLimit }
func (w Word) isInitial() bool     { return w.Full == w.Initial }
func (w Word) isIdeographic() bool { return w.Initial == w.Full^1 }
func (w Word) isParticle() bool    { return w.Initial == 0 }

// Marks: words of a name that are the same whatever the hash key. Generations tell father from son, salutations husband from wife.
const (
	couple uint64 = iota + 1
	junior
	senior
	second
	third
	fourth
	male
	female
	monsieur // "M.", if it is no initial
	madame   // "Mme", which tells that an "M." is one
	markLimit
)

const anySalutation = 1<<male | 1<<female | 1<<monsieur | 1<<madame

// contrary reports whether salutations, each a bit, are of two people.
func contrary(marks uint64) bool {
	both := func(a, b uint64) bool { return marks&(1<<a) != 0 && marks&(1<<b) != 0 }
	return both(male, female) || both(monsieur, madame)
}

// Agrees compares two names: 1 same, between 0 and 1 they fit (initials, nicknames, gaps), 0 they disagree. They fit when
// every word of the shorter one has a counterpart in the other, and at least one of them is a whole word. known is false
// when either is empty, or is initials alone that do not contradict the other. It is symmetric.
func Agrees(a, b Name) (score float64, known bool) {
	l := compare(a, b)
	return l.score, l.grade != missing
}

// Alike reports whether two names fit in two words or more, of which one may be an initial: what it takes to be perhaps one person
// where a key is a crowd's.
func Alike(a, b Name) bool { return compare(a, b).alike() }

// likeness is how two names compare.
type likeness struct {
	score float64
	grade grade
	words int // how many words the shorter one has, where they fit
	gap   int // how many words more the longer one has
}

// alike reports whether the names fit in two words, of which one may be an initial.
func (l likeness) alike() bool { return l.grade >= near || l.grade == weak && l.words > 1 }

// grade is how much two names say about two people.
type grade uint8

const (
	missing  grade = iota // one of them is empty, or initials alone
	disagree              // they are of two people
	weak                  // they fit, with one whole word in common
	near                  // two whole words in common, of which a nickname
	strong                // two whole words in common, or a name in ideographs
)

// mostWords bounds the words of a name; a text with more is no name.
const mostWords = 16

// words are the words of a name that take part in a comparison.
type words struct {
	list  [mostWords]Word
	n     int
	marks uint64
}

func compare(a, b Name) likeness {
	particles := core(a) < 2 && core(b) < 2 // with so little else, "Le" is a name
	x, y := pick(a, particles), pick(b, particles)
	if x.n == 0 || y.n == 0 {
		return likeness{}
	}
	if x.n > y.n {
		x, y = y, x
	}
	otherSalutation := contrary(x.marks | y.marks)
	x.marks, y.marks = x.marks&^anySalutation, y.marks&^anySalutation
	otherGeneration := x.marks != y.marks
	switch {
	case (x.marks^y.marks)&(1<<couple) != 0: // a couple's card is not one person's
		return likeness{grade: disagree}
	case otherGeneration && x.marks != 0 && y.marks != 0:
		return likeness{grade: disagree}
	}
	doubt := otherGeneration || !particles && otherParticles(a, b)
	initialsOnly := !x.anyWhole() || !y.anyWhole()
	ideographic := slices.ContainsFunc(x.list[:x.n], Word.isIdeographic)
	n, gap := x.n, y.n-x.n
	whole := x.take(&y, func(a, b Word) bool { return a.Full == b.Full && !a.isInitial() && !a.isParticle() })
	little := x.take(&y, func(a, b Word) bool { return a.Full == b.Full && a.isParticle() })
	initial := x.take(&y, func(a, b Word) bool { return a.Full == b.Full })
	alike := x.take(&y, func(a, b Word) bool { return a.Full&^spelling == b.Full&^spelling && !a.isInitial() && !b.isInitial() })
	abbreviated := x.take(&y, func(a, b Word) bool { return a.Initial == b.Initial && a.isInitial() != b.isInitial() })
	switch {
	case x.n == 0 && initialsOnly:
		return likeness{}
	case x.n > 0 || whole+little+alike == 0:
		return likeness{grade: disagree}
	case otherSalutation && whole+alike < 2: // with the whole name, one of the books is wrong
		return likeness{grade: disagree}
	}
	l := likeness{score: 1, grade: weak, words: n, gap: gap}
	switch {
	case doubt:
	case whole >= 2 || whole > 0 && ideographic:
		l.grade = strong
	case whole+alike >= 2:
		l.grade = near
	}
	if gap > 0 || alike+abbreviated > 0 || doubt {
		l.score = (float64(whole+little+initial) + 0.95*float64(alike) + 0.8*float64(abbreviated)) / (float64(n) + 0.25*float64(gap))
		if doubt {
			l.score *= 0.9
		}
		l.score = min(l.score, 0.99)
	}
	return l
}

func (x *words) anyWhole() bool {
	return slices.ContainsFunc(x.list[:x.n], func(w Word) bool { return !w.isInitial() })
}

// take finds for each word of x a counterpart of its own in y that fits, takes both out, and returns how many it found.
func (x *words) take(y *words, fits func(a, b Word) bool) int {
	kept, n := 0, x.n
	for _, a := range x.list[:n] {
		at := slices.IndexFunc(y.list[:y.n], func(b Word) bool { return fits(a, b) })
		if at < 0 {
			x.list[kept] = a
			kept++
			continue
		}
		copy(y.list[at:], y.list[at+1:y.n])
		y.n--
	}
	x.n = kept
	return n - kept
}

// otherParticles reports whether both names have particles, and none in common: "von Vries", "de Vries". Where one has
// none it may have lost them.
func otherParticles(a, b Name) bool {
	has := false
	for _, w := range a {
		if w.isMark() || !w.isParticle() {
			continue
		}
		has = true
		if slices.Contains(b, w) {
			return false
		}
	}
	return has && slices.ContainsFunc(b, func(w Word) bool { return !w.isMark() && w.isParticle() })
}

// core counts the words that are neither particle nor mark.
func core(n Name) int {
	c := 0
	for _, w := range n {
		if !w.isMark() && !w.isParticle() {
			c++
		}
	}
	return c
}

func pick(n Name, particles bool) words {
	var out words
	for _, w := range n {
		switch {
		case w.isMark():
			out.marks |= 1 << w.Full
		case out.n < mostWords && (particles || !w.isParticle()):
			out.list[out.n] = w
			out.n++
		}
	}
	return out
}

// nameOf hashes the name in a record's fields.
func nameOf(f record.Fields, h record.Hasher) Name {
	if f.Schema() == nil {
		return nil
	}
	var bag wordBag
	for place, field := range f.Schema().Fields() {
		if field.Type != record.Name || field.NoMatch {
			continue
		}
		entries, _ := f.At(place)
		for _, entry := range entries {
			bag.add(entry)
		}
	}
	return bag.name(h)
}

// name hashes the words of the bag.
func (b *wordBag) name(h record.Hasher) Name {
	found := b.finish()
	if len(found) == 0 {
		return nil
	}
	name := make(Name, len(found))
	for i, w := range found {
		name[i] = w.hash(h)
	}
	return name
}

func (w nameWord) hash(h record.Hasher) Word {
	switch w.kind {
	case markWord:
		return Word{Full: w.mark, Initial: w.mark}
	case initialWord:
		initial := h.Text("initial:" + w.text)
		return Word{Full: initial, Initial: initial}
	}
	full := h.Text("name:"+rootOf(w.text))&^spelling | h.Text("spelt:"+w.text)&spelling | 1<<63
	switch w.kind {
	case particleWord:
		return Word{Full: full}
	case ideographs:
		return Word{Full: full, Initial: full ^ 1} // no initial stands for it
	}
	return Word{Full: full, Initial: h.Text("initial:" + firstLetter(w.text))}
}
