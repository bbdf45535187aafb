package match_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/match"
)

// named is the name of a record whose name field holds the text.
func named(text string) match.Name {
	return match.NewCandidate("", personSchema.Build().Set("name", text).Fields(), day, region, hash).Name
}

func TestSameName(t *testing.T) {
	for _, group := range [][]string{
		{"Ada King", "KING, Ada", "  ada   king ", "Ms. Ada King", "Ada King (Acme Ltd)", "Prof. Dr. Ada King, Ph.D."},
		{"Jan van der Berg", "Berg, Jan van der", "Jan v.d. Berg", "Jan Berg", "ing. J̈an vd Berg", "dhr. Jan van den Berg"},
		{"Götz Berg", "Goetz Berg", "Gotz Berg"},
		{"Νίκος Γεωργίου", "ΝΙΚΟΣ ΓΕΩΡΓΙΟΥ"},
		{"Nguyễn Văn", "Nguyen Van"},
		{"Anne Dupont", "Mme Anne Dupont", "Mlle Anne Dupont"},
		{"Maria dos Santos", "Maria Santos", "Santos, Maria dos"},
		{"Ortega y Gasset", "Ortega Gasset"},
		{"Ada King", "(Ada King)", "[Ada King]", "Ada(Acme)King", "Ada (Acme) King", "Ada ((the) Countess) King", "Ada) King", "Ada King（Acme）",
			"Ada=King", "Ada~King", "Ada^King", "Dr.Ada King", "King/Ada"},
		{"John Smith Sr.", "John Sr. Smith"},
		{"John Smith,Jr.", "John Smith Jr."},
		{"Li En", "En Li"},
		{"Jürgen Müller", "Juergen Mueller", "Müller Jürgen", "JÜRGEN MÜLLER", "Jurgen Muller"},
		{"Søren Ødegård", "Soren Odegard", "Sören Ödegard"},
		{"Łukasz Groß", "Lukasz Gross"},
		{"José Núñez", "Jose Nunez", "Sr. José Núñez"},
		{"王小明", "王 小明", "小明 王", "王　小明"},
		{"さくら 山田", "山田さくら"},
		{"김민수", "민수 김"},
		{"Seán O'Brien", "Sean OBrien", "Sean O’Brien"},
		{"Anne-Marie Dupont", "Dupont Anne Marie"},
		{"Ｊｏｈｎ Ｓｍｉｔｈ", "John Smith"},
		{"John Smith Jr.", "Smith Junior, John"},
		{"Sue Zoe", "sue ZOE"},
		{"Van Le", "Le Van"},
	} {
		for _, a := range group {
			for _, b := range group {
				if score, known := match.Agrees(named(a), named(b)); score != 1 || !known {
					t.Errorf("Agrees(%q, %q) = %v, %v; want 1, true", a, b, score, known)
				}
			}
		}
	}
}

func TestNamesThatFit(t *testing.T) {
	for _, pair := range [][2]string{
		{"Robert Smith", "Bob Smith"}, {"Wilhelmina Jansen", "Mien Jansen"}, {"Friedrich Krüger", "Fritz Krüger"}, {"Francisco Ruiz", "Paco Ruiz"},
		{"J. Jansen", "Jan Jansen"}, {"J.P. Jansen", "Jan Pieter Jansen"}, {"Jansen", "Jan Jansen"}, {"Jan", "Jan Jansen"},
		{"Ana García", "Ana García Márquez"}, {"Jan Jansen-de Vries", "Jan Jansen"}, {"de Vries", "Jan de Vries"},
		{"Joe Stone", "Joseph Stone"}, {"王小明 David", "王小明"}, {"John Smith", "John Smith Jr."}, {"An Le", "An"},
		{"Acme - Jan Jansen", "Jan Jansen"}, {"S. O'Brien", "Seán OBrien"}, {"von Vries", "Jan Vries"},
		{"Mr. J. Jansen", "Jan Jansen"}, {"M. Jansen", "Mevr. Maria Jansen"}, {"Mme J. Dupont", "Jeanne Dupont"},
		{"Dr. King", "Ada King"}, {"Y. King", "Yves King"}, {"E. King", "Eve King"}, {"Z. King", "Zoe King"},
	} {
		for _, order := range [][2]string{pair, {pair[1], pair[0]}} {
			if score, known := match.Agrees(named(order[0]), named(order[1])); score <= 0 || score >= 1 || !known {
				t.Errorf("Agrees(%q, %q) = %v, %v; want between 0 and 1, true", order[0], order[1], score, known)
			}
		}
	}
}

func TestNamesThatDisagree(t *testing.T) {
	for _, pair := range [][2]string{
		{"Piet Jansen", "Anna Jansen"}, {"P. Jansen", "Anna Jansen"}, {"Ada King", "Ada Queen"}, {"J. Smith", "John S."},
		{"John Smith Jr.", "John Smith Sr."}, {"Piet Jansen", "Piet & Anna Jansen"}, {"王小明", "王小华"}, {"王明", "王小明"},
		{"An Le", "An Do"}, {"Fam. Jansen", "Piet Jansen"}, {"Bob Smith", "Bill Smith"}, {"Alex Smith", "Alexandra Smith"},
		{"K.", "Jan Jansen"}, {"Reception", "Jan Jansen"}, {"De heer en mevrouw Jansen", "Piet Jansen"},
		{"Piet en Anna Jansen", "Piet Jansen"}, {"Piet&Anna Jansen", "Piet Jansen"}, {"J. Smith", "John J. S."}, {"S. Smith", "Jan Smith"},
		{"Jun Li", "Bo Li"}, {"Y. King", "Bob King"}, {"Y King", "Bob King"}, {"Z. King", "Bob King"},
		{"Mr. J. Jansen", "Mrs. J. Jansen"}, {"Jansen, Mr. J.", "Ms. Jansen"}, {"Dhr. Jan Jansen", "Mevr. J. Jansen"}, {"De heer J. Jansen", "Mw. J. Jansen"},
		{"Herr Müller", "Frau Müller"}, {"Sr. García", "Sra. García"}, {"M. J. Dupont", "Mme J. Dupont"}, {"M. Dupont", "Mme Marie Dupont"},
		{"Dr.", "Ada King"}, {"Sr.", "Ada King"}, {"Studio 54", "Studio 55"}, {"Studio 90", "Studio 91"}, {"Studio 49", "Studio 41"},
	} {
		for _, order := range [][2]string{pair, {pair[1], pair[0]}} {
			if score, known := match.Agrees(named(order[0]), named(order[1])); score != 0 || !known {
				t.Errorf("Agrees(%q, %q) = %v, %v; want 0, true", order[0], order[1], score, known)
			}
		}
	}
}

func TestNamesThatAreMissing(t *testing.T) {
	for _, text := range []string{"", "  ", "ada@example.com", "&", "...", "()", strings.Repeat("x ", 200), "Ada " + strings.Repeat("x", 197)} {
		if len(named(text)) > 0 {
			t.Errorf("%q is taken for a name", text)
		}
		for _, other := range []string{"Ada King", "Piet & Anna Jansen"} {
			score, known := match.Agrees(named(text), named(other))
			if again, knownToo := match.Agrees(named(other), named(text)); score != 0 || known || again != 0 || knownToo {
				t.Errorf("Agrees(%q, %q) = %v, %v; the other way round %v, %v; want 0, false", text, other, score, known, again, knownToo)
			}
		}
	}
	for _, initials := range []string{"A.", "A.K."} {
		for _, name := range []string{"Ada King", "Ada"} {
			if _, known := match.Agrees(named(initials), named(name)); known {
				t.Errorf("Agrees(%s, %s) says the name is known; initials alone are no name", initials, name)
			}
		}
	}
	if len(named("Ada "+strings.Repeat("x", 196))) == 0 {
		t.Error("a text of 200 bytes is no name")
	}
}

func TestNameFromSeveralFields(t *testing.T) {
	schema := mustSchema(nameField("given"), nameField("initials"), nameField("surname"), nameField("display"))
	of := func(given, initials, surname, display string) match.Name {
		f := schema.Build().Set("given", given).Set("initials", initials).Set("surname", surname).Set("display", display).Fields()
		return match.NewCandidate("", f, day, region, hash).Name
	}
	for _, n := range []match.Name{
		of("Jan", "", "van der Berg", ""), of("", "", "", "Berg, Jan van der"), of("Jan", "J.", "van der Berg", "Jan van der Berg"),
		of("Jan", "", "Berg", "Jan van der Berg (Acme)"),
	} {
		if score, _ := match.Agrees(n, named("Jan van der Berg")); score != 1 {
			t.Errorf("Agrees(%v, Jan van der Berg) = %v, want 1", n, score)
		}
	}
	if score, _ := match.Agrees(of("Jan", "J.P.", "Jansen", ""), named("Jan Pieter Jansen")); score <= 0 {
		t.Error("the second initial does not fit the second name")
	}
	for _, n := range []match.Name{of("Jan", "J.P.", "Jansen", ""), of("Jan", "V.", "van Jansen", "")} {
		if score, _ := match.Agrees(n, named("Jan Willem Jansen")); score != 0 {
			t.Errorf("the second initial of %v fits another second name", n)
		}
	}
	for _, n := range []match.Name{of("M.", "", "Müller", ""), of("", "M.", "Müller", ""), of("M.", "", "García Müller", ""), of("M.", "M.", "Müller", "M. Müller")} {
		if score, _ := match.Agrees(n, named("Peter Müller")); score != 0 {
			t.Errorf("an initial that is the surname's too is dropped: Agrees(%v, Peter Müller) = %v, want 0", n, score)
		}
		if score, _ := match.Agrees(n, named("Martin Müller")); score == 0 {
			t.Errorf("Agrees(%v, Martin Müller) = 0", n)
		}
	}
	for _, n := range []match.Name{of("Maria", "M.", "Müller", ""), of("Maria", "M.M.", "Müller", "Maria Müller")} {
		if score, _ := match.Agrees(n, of("Maria", "", "Müller", "")); score != 1 {
			t.Errorf("initials that repeat the name are not dropped: Agrees(%v, Maria Müller) = %v, want 1", n, score)
		}
	}
	if score, known := match.Agrees(of("小明", "", "王", "王小明"), named("王小明")); score != 1 || !known {
		t.Error("a Chinese name in parts is not the same as in one piece")
	}
}

// TestHowWellNamesFit: who is likeliest among several is decided by it.
func TestHowWellNamesFit(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"Robert Smith", "Robert Smith", 1},
		{"Bob Smith", "Robert Smith", 0.975},
		{"J. Robert Smith", "J. R. Smith", 0.933},
		{"Bob Alan Brian Carl David Smith", "Robert Alan Brian Carl David Smith", 0.99},
		{"R. Smith", "Robert Smith", 0.9},
		{"John Smith", "John Smith Jr.", 0.9},
		{"Robert Smith", "Robert James Smith", 0.889},
		{"R. Smith", "Robert James Smith", 0.8},
		{"Smith", "Robert Smith", 0.8},
		{"Le", "Van Le", 0.8},
		{"An Le", "An Jr.", 0.72},
		{"Jan von Berg", "de Berg", 0.72},
	} {
		for _, order := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got, _ := match.Agrees(named(order[0]), named(order[1])); math.Abs(got-tt.want) > 0.001 {
				t.Errorf("Agrees(%q, %q) = %.3f, want %.3f", order[0], order[1], got, tt.want)
			}
		}
	}
}

// FuzzName checks what must hold of any texts: no panic, symmetry, a name agrees with itself, and bounds.
func FuzzName(f *testing.F) {
	for _, pair := range [][2]string{{"Ada King", "A. King"}, {"Jan v.d. Berg", "王小明"}, {"John Smith Jr. & Co", "Dr.Dr. x"}, {"O'B", "(a[b"}, {"\xff", "ß̈"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, x, y string) {
		a, b := named(x), named(y)
		ab, known := match.Agrees(a, b)
		ba, knownToo := match.Agrees(b, a)
		if ab != ba || known != knownToo {
			t.Errorf("Agrees(%q, %q) = %v, %v; the other way round %v, %v", x, y, ab, known, ba, knownToo)
		}
		if ab < 0 || ab > 1 || !known && ab != 0 {
			t.Errorf("Agrees(%q, %q) = %v, %v; out of bounds", x, y, ab, known)
		}
		if self, known := match.Agrees(a, a); known && self != 1 {
			t.Errorf("Agrees(%q, itself) = %v, want 1", x, self)
		}
	})
}

func TestLawOrderOfWordsMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"Ada", "Bob", "Robert", "J.", "Müller", "van", "der", "O'Brien", "Anne-Marie", "Le"}), 1, 5).Draw(t, "words")
		a := strings.Join(words, " ")
		b := strings.Join(rapid.Permutation(words).Draw(t, "order"), " ")
		score, known := match.Agrees(named(a), named(b))
		if known && score != 1 {
			t.Fatalf("Agrees(%q, %q) = %v, want 1", a, b, score)
		}
	})
}

func TestAlike(t *testing.T) { // B8
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"Robert King", "King, Robert", true},
		{"Robert King", "Bob King", true},
		{"Robert James King", "Robert King", true},
		{"Robert King", "R. King", true},
		{"R. King", "King, R.", true},
		{"R. J. King", "Robert James King", true},
		{"Robert King", "A. King", false},
		{"R. K.", "Robert King", false},
		{"Robert King", "King", false},
		{"Robert King", "Anna King", false},
		{"Robert King", "", false},
	} {
		if got := match.Alike(card("a: "+tt.a, 0).Name, card("b: "+tt.b, 0).Name); got != tt.want {
			t.Errorf("Alike(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}
