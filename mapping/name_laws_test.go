package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// A name goes across and comes back as it was, and no letter is lost or invented, whatever the two sides said before.
func FuzzNameLens(f *testing.F) {
	for _, seed := range [][3]string{
		{"Dr. Jan Piet van der Berg Jr.", "Jan", "Berg"},
		{"Berg, Jan van der, MSc", "Jan", "van der Berg"},
		{"王小明", "小明", "王"},
		{",, ,", "van", "der"},
		{"\u200b\xff a", "a ", " a"},
		{"豈", "\x80", ""}, // the last byte of 豈, which cut it in two
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	lenses := nameLenses(f)
	f.Fuzz(func(t *testing.T, full, given, surname string) {
		for _, lens := range lenses {
			lens.check(t, full, given, surname)
		}
	})
}

// The same of names put together from pieces that a lens tells apart, which random bytes seldom hit: infixes, commas,
// marks nobody sees, letters of several bytes, syllables in parts, and halves of characters.
func TestNamesOfStrangePieces(t *testing.T) {
	lenses := nameLenses(t)
	pieces := rapid.SampledFrom([]string{
		"a", "e", "van", "Van", "der", "'t", "Dr.", "Jr", "ii", ".", ",", " ", "\u00a0", "\u0085", "\u2028", "\r", "\n",
		"\u0301", "\u0323", "\u0344", "\u0345", "\u0338", "\u200b", "\ufeff", "\u200d", "İ", "ſ", "\u212a", "\u212b",
		"王", "小", "豈", "\U0002f800", "か", "\u3099", "ー", "々", "\u1100", "\u1161", "\u11a8", "\u115f", "\u3164", "\u302e",
		"\x00", "\x80", "\x8b", "\xe2", "\xcc", "\xff", "\ufffd",
	})
	name := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 8).Draw(t, "pieces"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		given, surname := name.Draw(t, "given"), name.Draw(t, "surname")
		full := name.Draw(t, "full")
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 0:
			full = given + " " + surname
		case 1:
			full = surname + ", " + given
		case 2:
			full = surname + given
		}
		for _, lens := range lenses {
			lens.check(t, full, given, surname)
		}
	})
}

// lensOfNames is a rule that splits a name into parts; given and surname are the positions of those two.
type lensOfNames struct {
	*mapping.Compiled
	parts          int
	given, surname int
}

func nameLenses(t testing.TB) []lensOfNames {
	two := subject{"two", fields("c", 1, aText), fields("o", 2, aName), nameParts(mapping.Given, mapping.Surname)}.compile(t)
	six := subject{"six", fields("c", 1, aText), fields("o", 6, aName),
		nameParts(mapping.Title, mapping.Given, mapping.Middle, mapping.Infix, mapping.Surname, mapping.Suffix)}.compile(t)
	return []lensOfNames{{two, 2, 0, 1}, {six, 6, 1, 4}}
}

func (l lensOfNames) check(t interface{ Errorf(string, ...any) }, full, given, surname string) {
	joined := []record.Value{{full}}
	parts := make([]record.Value, l.parts)
	parts[l.given], parts[l.surname] = record.Value{given}, record.Value{surname}
	split := l.Carry(record.Outlook, joined, parts)
	if back := l.Carry(record.CRM, split, joined); !l.Equal(record.CRM, back, joined) {
		t.Errorf("%q onto %q is %q, and back %q", full, parts, split, back)
	}
	if got, want := letters(split), letters(joined); got != want {
		t.Errorf("%q onto %q is %q: letters %q, want %q", full, parts, split, got, want)
	}
	joint := l.Carry(record.CRM, parts, joined)
	if back := l.Carry(record.Outlook, joint, parts); !l.Equal(record.Outlook, back, parts) {
		t.Errorf("%q onto %q is %q, and back %q", parts, full, joint, back)
	}
}

// letters are the letters of all values, sorted: words may stand in another order. Each word counts as the lens compares
// it, by [record.Name]: the lens keeps the spelling that is there where the other side's differs only in marks that nobody
// sees or in how accents are composed. A syllable may be cut where a surname ends, so the letters are taken apart again.
func letters(v []record.Value) string {
	var all []byte
	for w := range strings.FieldsSeq(strings.ReplaceAll(strings.Join(show(v), " "), ",", " ")) {
		all = append(all, norm.NFD.String(strings.Join(aName.Canonical(record.Value{w}, british), ""))...)
	}
	slices.Sort(all)
	return string(all)
}
