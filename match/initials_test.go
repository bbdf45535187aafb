package match_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/match"
)

// TestLongInitials: a letter that is spelled out in two, and a first name cut to its consonants, are initials like any other: with a
// surname and a household's number they say too little to be certain, whoever they are written as on both sides.
func TestLongInitials(t *testing.T) { // B8
	for _, name := range []string{"T. Jonsson", "Þ. Jonsson", "Th. Jonsson", "Þ Jonsson", "Jonsson, Th.", "Th.J. Jonsson", "Æ. Jonsson", "Chr. Jonsson", "Bj. Jonsson"} {
		r := match.Pair(cards("c: "+name+"; 900"), cards("o: "+name+"; 900"), match.Options{})
		if len(r.Links) > 0 || len(r.Doubtful) != 1 {
			t.Errorf("%s and %s with one number: %v, want a question", name, name, told(r))
		}
	}
	for _, group := range [][]string{
		{"Þ. Jónsson", "Þór Jónsson", "Thor Jonsson", "Th. Jonsson", "T. Jónsson"}, {"Æ. Egilsson", "Ægir Egilsson", "Ae. Egilsson"},
		{"Chr. Hansen", "Christian Hansen", "C. Hansen"}, {"Th. de Vries", "Theo de Vries", "Th.J. de Vries"}, {"Ph. Müller", "Philipp Müller"},
	} {
		for _, name := range group[1:] {
			if score, known := match.Agrees(named(group[0]), named(name)); score == 0 || !known {
				t.Errorf("Agrees(%q, %q) = %v, %v; want that they fit", group[0], name, score, known)
			}
		}
	}
	for _, pair := range [][2]string{
		{"Þ. Jónsson", "Anna Jónsson"}, {"Th. Jonsson", "Anna Jonsson"}, {"Th. Jonsson", "Th. Hansen"}, {"Ng Hansen", "Ng Li"}, {"Ty. Hansen", "Tom Hansen"},
	} {
		if score, known := match.Agrees(named(pair[0]), named(pair[1])); score != 0 || !known {
			t.Errorf("Agrees(%q, %q) = %v, %v; want 0, true", pair[0], pair[1], score, known)
		}
	}
	if _, known := match.Agrees(named("Th."), named("Anna Jonsson")); !known {
		t.Error("another initial does not tell two people apart")
	}
}

// TestLongInitialBesideASurname: where the first name is a field of its own, and the surname begins with the same letter.
func TestLongInitialBesideASurname(t *testing.T) {
	schema := mustSchema(nameField("given"), nameField("surname"))
	of := func(given, surname string) match.Name {
		return match.NewCandidate("", schema.Build().Set("given", given).Set("surname", surname).Fields(), day, region, hash).Name
	}
	for _, given := range []string{"Þ.", "Th.", "T."} {
		n := of(given, "Thorsson")
		if len(n) != 2 || !slices.Equal(n, of("T", "Thorsson")) && !slices.Contains(n, of("T", "Hansen")[1]) {
			t.Errorf("%s and Thorsson make %v, want an initial and a surname", given, n)
		}
		if score, _ := match.Agrees(n, of("Anna", "Thorsson")); score != 0 {
			t.Errorf("%s Thorsson is taken for Anna Thorsson", given)
		}
		if diff := cmp.Diff(of("T.", "Thorsson"), n); diff != "" {
			t.Errorf("%s is not the initial T (-T. +%s):\n%s", given, given, diff)
		}
	}
}
