package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/match"
)

// copies are n cards of one name and one key, by age.
func copies(n int, side, rest string) []string {
	var lines []string
	for i := range n {
		lines = append(lines, side+two(i)+": "+rest)
	}
	return lines
}

// TestLikelihood goes from the likeliest to the least likely; what is likelier is linked and asked about first.
func TestLikelihood(t *testing.T) {
	for _, falling := range [][][2]string{
		{{"Ada King; a@a 001", "Ada King; a@a 001"}, {"Ada King; a@a", "Ada King; a@a"}, {"Ada King; 001", "Ada King; 001"}},
		{{"Ada King; a@a", "Ada King; a@a"}, {"Ada King; a@a", "A. King; a@a"}, {"Ada King; a@a", "; a@a"}, {"Ada King; a@a", "Eve Stone; a@a"}},
		{{"Ada King; a@a", "Ada King; a@a"}, {"Ada King; info@a", "Ada King; info@a"}},
	} {
		last := 2.0
		for _, pair := range falling {
			r := match.Pair(cards("c: "+pair[0]), cards("o: "+pair[1]), match.Options{})
			found := slices.Concat(r.Links, r.Doubtful)
			if len(found) != 1 || found[0].Score.Value >= last || found[0].Score.Value <= 0 {
				t.Fatalf("Pair(%q, %q) found %v, want one less likely than %.2f", pair[0], pair[1], found, last)
			}
			last = found[0].Score.Value
		}
	}
}

func TestAnIDThatOccursTwiceCountsOnce(t *testing.T) {
	crm, outlook := cards("c: Ada King; ada@a"), cards("o: Ada King; ada@a")
	want := told(match.Pair(crm, outlook, match.Options{}))
	got := told(match.Pair(append(crm, crm...), append(outlook, outlook...), match.Options{}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Pair of lists that name everybody twice mismatch (-once +twice):\n%s", diff)
	}
}

func TestManyCopiesAreGivenInOrder(t *testing.T) { // M3
	r := match.Pair(cards(copies(30, "c", "Ada King; ada@a ada@b ada@c 001")...), cards(copies(40, "o", "King, Ada; ada@a ada@b ada@c 001")...), match.Options{By: match.ByEmailAndPhone})
	for i, p := range r.Links {
		if want := two(i); p.CRM != "c"+want || p.Outlook != "o"+want {
			t.Errorf("%s is linked to %s, want the %d. of each", p.CRM, p.Outlook, i+1)
		}
		if got := strings.Join(p.Score.Reasons, " "); got != "sameEmail samePhone sameName sharedKey" && got != "sameEmail samePhone sameName sharedKey several" {
			t.Errorf("%s is linked for %q", p.CRM, got)
		}
	}
	if len(r.Links) != 30 || len(r.Spare) != 10 {
		t.Errorf("%d links and %d spare, want 30 and 10", len(r.Links), len(r.Spare))
	}
}

// TestManyAtOneNumber: many records of one name at a number are namesakes, perhaps; many cards of one record are copies.
func TestManyAtOneNumber(t *testing.T) {
	for _, tt := range []struct{ crm, outlook, links, asked, spare int }{
		{1, 70, 1, 0, 69},
		{2, 40, 0, 40, 0},
		{11, 11, 0, 11, 0},
		{70, 1, 0, 5, 0},
	} {
		r := match.Pair(cards(copies(tt.crm, "c", "Ada King; 001")...), cards(copies(tt.outlook, "o", "Ada King; 001")...), match.Options{})
		if len(r.Links) != tt.links || len(r.Doubtful) != tt.asked || len(r.Spare) != tt.spare {
			t.Errorf("%d records and %d items: %d links, %d questions, %d spare; want %d, %d, %d",
				tt.crm, tt.outlook, len(r.Links), len(r.Doubtful), len(r.Spare), tt.links, tt.asked, tt.spare)
		}
	}
}

func TestManyOfANickname(t *testing.T) {
	crm, outlook := copies(11, "c", "Robert Smith; a@a"), copies(11, "o", "Bob Smith; a@a")
	if r := match.Pair(cards(crm...), cards(outlook...), match.Options{}); len(r.Links) != 0 || len(r.Doubtful) != 11 {
		t.Errorf("%d links and %d questions, want none and one for each", len(r.Links), len(r.Doubtful))
	}
	crm, outlook = append(crm, copies(11, "d", "Bobby Smith; a@a")...), append(outlook, copies(11, "p", "Rob Smith; a@a")...)
	if r := match.Pair(cards(crm...), cards(outlook...), match.Options{}); len(r.Links) != 0 || len(r.Doubtful) != 22 {
		t.Errorf("two and two names: %d links and %d questions, want none and one for each", len(r.Links), len(r.Doubtful))
	}
}

func TestManyOfALongerName(t *testing.T) {
	crm, outlook := copies(11, "c", "Ana García; a@a 001"), copies(11, "o", "Ana María García; a@a 001")
	for _, by := range []match.By{match.ByEmailOrPhone, match.ByEmailAndPhone} {
		if r := match.Pair(cards(crm...), cards(outlook...), match.Options{By: by}); len(r.Links) != 0 || len(r.Doubtful) != 11 {
			t.Errorf("by %s: %d links and %d questions, want none and one for each", by, len(r.Links), len(r.Doubtful))
		}
	}
}

func TestOnesOwnGoFirstAmongMany(t *testing.T) { // B20
	crm := copies(11, "c", "Ann King; a@a")
	for i, line := range crm {
		crm[i] = strings.Replace(line, ":", "?:", 1)
	}
	crm = append(crm, copies(11, "d", "Abe King; a@a")...)
	r := match.Pair(cards(crm...), cards(copies(11, "o", "A. King; a@a")...), match.Options{LinkDoubtful: true})
	if len(r.Links) != 11 || len(r.Strangers) != 0 {
		t.Errorf("%d links and %d strangers, want 11 and none", len(r.Links), len(r.Strangers))
	}
}

func TestManyAskedAboutWhereTheOldestIsTaken(t *testing.T) { // M3
	outlook := copies(70, "o", "Ada King; ada@a")
	outlook[0] = "o00!: Ada King; ada@a"
	r := match.Pair(cards("c: Ada King; ada@a"), cards(outlook...), match.Options{Several: match.AskSeveral})
	if len(r.Links) != 0 || len(r.Doubtful) != 69 {
		t.Errorf("%d links and %d questions, want none and one for each that is free", len(r.Links), len(r.Doubtful))
	}
}

// TestHandfulsOfQuestions: of two who could each be six, five are asked about each, and the sixth once.
func TestHandfulsOfQuestions(t *testing.T) {
	var outlook []string
	for i, first := range []string{"Anna", "Bea", "Cor", "Dirk", "Eva", "Fem"} {
		outlook = append(outlook, fmt.Sprintf("o%d: %s Jansen; 001", i, first))
	}
	if r := match.Pair(cards("c1: Jansen; 001", "c2: Jansen; 001"), cards(outlook...), match.Options{}); len(r.Links) != 0 || len(r.Doubtful) != 11 {
		t.Errorf("%d links and %d questions, want none and 11: %v", len(r.Links), len(r.Doubtful), told(r))
	}
}

// TestTooManyRivals: of those who share a key with an item so many are looked at, and no more; then a person is asked.
func TestTooManyRivals(t *testing.T) {
	for rivals, links := range map[int]int{31: 1, 32: 0} {
		crm := append(copies(rivals, "c", "Ada King; a@a"), "cx: Ada King; a@a")
		if r := match.Pair(cards(crm...), cards("o: Ada King; a@a"), match.Options{}); len(r.Links) != links {
			t.Errorf("%d copies more: %v, want %d links", rivals, told(r), links)
		}
		crm = append(copies(rivals, "c", "Otto Berg; 001"), "cx: Ana García; a@a 001")
		if r := match.Pair(cards(crm...), cards("o: Ana María García; a@a 001"), match.Options{}); len(r.Links) != links {
			t.Errorf("%d others at the number: %v, want %d links", rivals, told(r), links)
		}
	}
}

// TestCrowdIsOfNames: a crowd are eleven people of different names. Those without one and further copies are not counted.
func TestCrowdIsOfNames(t *testing.T) {
	staff := func(n int, side, form string) []string {
		var lines []string
		for i := range n {
			lines = append(lines, side+two(i)+": "+strings.ReplaceAll(form, "?", string(rune('a'+i)))+"; 900")
		}
		return lines
	}
	for _, tt := range []struct {
		name  string
		staff []string
		asked bool
	}{
		{"ten, one without a name and a copy", append(staff(10, "c", "A?deno Surname?"), "cx: ; 900", "cy: Aadeno Surnamea; 900"), true},
		{"eleven, and a copy", append(staff(11, "c", "A?deno Surname?"), "cy: Aadeno Surnamea; 900"), false},
		{"eleven names of one word", staff(11, "c", "A?deno"), false},
	} {
		other := "o: Somebody Else; 900"
		if r := match.Pair(cards(tt.staff...), cards(other), match.Options{}); (len(r.Doubtful) > 0) != tt.asked {
			t.Errorf("%s in the CRM: %v, want questions: %v", tt.name, told(r), tt.asked)
		}
		if r := match.Pair(cards(other), cards(tt.staff...), match.Options{}); (len(r.Doubtful) > 0) != tt.asked {
			t.Errorf("%s in Outlook: %v, want questions: %v", tt.name, told(r), tt.asked)
		}
	}
}

// TestCrowdOfCommonNames: in a crowd, a longer name finds the one it fits though others have each of its words.
func TestCrowdOfCommonNames(t *testing.T) {
	var crm []string
	for _, first := range []string{"Adam", "Brent", "Carl", "Dirk"} {
		for _, last := range []string{"Smith", "Jones", "Brown"} {
			crm = append(crm, fmt.Sprintf("%s%s: %s %s; 900", first, last, first, last))
		}
	}
	crm = append(crm, "cx: 王小明; 900")
	got := told(match.Pair(cards(crm...), cards("o1: Dirk Xavier Brown; 900", "o2: 小明 王; 900", "o3: 王; 900"), match.Options{}))
	want := []string{"ask DirkBrown o1: samePhone nameFits sharedKey", "ask cx o2: samePhone sameName sharedKey"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Pair mismatch (-want +got):\n%s", diff)
	}
}

// TestCommonplaceNames: where a first name and a surname are each shared by very many, only the same whole name is asked about.
func TestCommonplaceNames(t *testing.T) {
	common := func(n int, side, tail string) []string {
		var lines []string
		for i := range n - 1 {
			lines = append(lines, fmt.Sprintf("%sf%02d: Mohammed Last%s%s; 900", side, i, letters(i), tail),
				fmt.Sprintf("%sl%02d: First%s%s Khan; 900", side, i, letters(i), tail))
		}
		return lines
	}
	for _, tt := range []struct {
		crm, outlook int
		name         string
		asked        bool
	}{
		{32, 32, "Mohammed Xavier Khan", true},
		{33, 32, "Mohammed Xavier Khan", false},
		{70, 20, "Mohammed Xavier Khan", false},
		{40, 40, "Khan, Mohammed", true},
	} {
		crm := append(common(tt.crm, "c", "q"), "cx: Mohammed Khan; 900")
		outlook := append(common(tt.outlook, "o", "z"), "ox: "+tt.name+"; 900")
		r := match.Pair(cards(crm...), cards(outlook...), match.Options{})
		asked := slices.ContainsFunc(r.Doubtful, func(p match.Pairing) bool { return p.CRM == "cx" && p.Outlook == "ox" })
		if asked != tt.asked || len(r.Links) > 0 {
			t.Errorf("%d and %d with each word: %v, want %q asked about: %v", tt.crm, tt.outlook, told(r), tt.name, tt.asked)
		}
	}
}

// TestInitialsInACrowd: who is known by a switchboard's number, an initial and a surname is asked about, also where doubtful pairs are
// linked, and takes nothing away from who is known for certain.
func TestInitialsInACrowd(t *testing.T) { // B8
	var crm []string
	for i := range 12 {
		crm = append(crm, fmt.Sprintf("c%02d: Clerk%c Surname%c; 900", i, 'a'+i, 'a'+i))
	}
	crm = append(crm, "jane: Jane Smith; 900", "john: John Smith; john@a 900", "zoe: Zoe Smith; 900")
	for _, opt := range []match.Options{{}, {LinkDoubtful: true}} {
		got := told(match.Pair(cards(crm...), cards("o: J. Smith; 900"), opt))
		if diff := cmp.Diff([]string{"ask jane o: samePhone nameFits sharedKey", "ask john o: samePhone nameFits sharedKey"}, got); diff != "" {
			t.Errorf("Pair, %+v mismatch (-want +got):\n%s", opt, diff)
		}
		got = told(match.Pair(cards(crm...), cards("o: J. Smith; john@a 900"), opt))
		if diff := cmp.Diff([]string{"link john o: sameEmail samePhone nameFits"}, got); diff != "" {
			t.Errorf("with an address of its own, Pair, %+v mismatch (-want +got):\n%s", opt, diff)
		}
	}
	crm = append(crm, "jack!: Jack Stone; 900")
	if got := match.Pair(cards(crm...), cards("o: J. Stone; 900"), match.Options{}); len(got.Spare) != 1 || len(got.Doubtful) > 0 {
		t.Errorf("beside a record that has a card: %v, want it left alone", told(got))
	}
	// Somebody of another name with a household's number is asked about as if there were no switchboard.
	got := told(match.Pair(cards(append(crm, "ann: Ann Berg; 001 900")...), cards("o1: A. Berg; 900", "o2: Otto Berg; 001"), match.Options{}))
	if diff := cmp.Diff([]string{"ask ann o1: samePhone nameFits sharedKey", "ask ann o2: samePhone nameDisagrees"}, got); diff != "" {
		t.Errorf("Pair mismatch (-want +got):\n%s", diff)
	}
}

// TestInitialsInALargeCrowd: of thousands at one number an initial and a surname ask about a handful each, and of a surname that
// very many have about nobody.
func TestInitialsInALargeCrowd(t *testing.T) {
	var crm, outlook []string
	for i := range 3000 {
		crm = append(crm, fmt.Sprintf("c%04d: Given%s Surname%s; 900", i, letters(i%100), letters(i/100)))
		outlook = append(outlook, fmt.Sprintf("o%04d: %c. Surname%s; 900", i, 'A'+i%26, letters(i/100)))
	}
	crm, outlook = append(crm, "cx: Ada Lovelace; 900"), append(outlook, "ox: A. Lovelace; 900")
	if diff := cmp.Diff([]string{"ask cx ox: samePhone nameFits sharedKey"}, told(match.Pair(cards(crm...), cards(outlook...), match.Options{}))); diff != "" {
		t.Errorf("Pair mismatch (-want +got):\n%s", diff)
	}
	r := match.Pair(cards(crm...), cards("o1: G. Surnameaa; 900", "o2: G. Surnameab; 900"), match.Options{})
	if len(r.Links) > 0 || len(r.Doubtful) != 10 {
		t.Errorf("%d links and %d questions about two cards, want none and five each", len(r.Links), len(r.Doubtful))
	}
}

func letters(i int) string { return string([]byte{byte('a' + i/10), byte('a' + i%10)}) }
