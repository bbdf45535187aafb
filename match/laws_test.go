package match_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/match"
)

// drawCards are people in a small town: few names, few numbers, so that all that can go wrong does.
func drawCards(t *rapid.T, side string, most int) []match.Candidate {
	n := rapid.IntRange(0, most).Draw(t, side)
	var out []match.Candidate
	for i := range n {
		line := fmt.Sprintf("%s%02d", side, i)
		switch rapid.IntRange(0, 9).Draw(t, "mark") {
		case 0:
			line += "!"
		case 1:
			if side == "c" {
				line += "?"
			}
		}
		line += ": " + rapid.SampledFrom([]string{"", "Piet Jansen", "Petra Jansen", "P. Jansen", "Jansen", "Anna de Vries", "Anna Jansen", "Pieter Jansen", "J."}).Draw(t, "name")
		line += "; " + rapid.SampledFrom([]string{"", "a@a", "b@b", "a@a c@c"}).Draw(t, "emails") +
			" " + rapid.SampledFrom([]string{"", "001", "002", "001 003"}).Draw(t, "phones")
		c := card(line, rapid.IntRange(0, 2).Draw(t, "age"))
		if rapid.IntRange(0, 4).Draw(t, "ageless") == 0 {
			c.Created = time.Time{}
		}
		out = append(out, c)
	}
	return out
}

func drawMatchOptions(t *rapid.T) match.Options {
	return match.Options{
		By:           rapid.SampledFrom([]match.By{"", match.ByEmailOrPhone, match.ByEmail, match.ByPhone, match.ByEmailAndPhone}).Draw(t, "by"),
		Several:      rapid.SampledFrom([]match.Several{"", match.First, match.All, match.AskSeveral}).Draw(t, "several"),
		LinkDoubtful: rapid.Bool().Draw(t, "link doubtful"),
	}
}

// drawSize is small mostly, and at times large enough for a group to be taken as a crowd or in blocks.
func drawSize(t *rapid.T) int {
	return rapid.SampledFrom([]int{3, 6, 6, 30}).Draw(t, "size")
}

func byID(list []match.Candidate) map[string]match.Candidate {
	m := map[string]match.Candidate{}
	for _, c := range list {
		m[c.ID] = c
	}
	return m
}

// shares reports whether two candidates share the keys that the setting asks for.
func shares(by match.By, a, b match.Candidate) bool {
	any := func(x, y []uint64) bool {
		return slices.ContainsFunc(x, func(k uint64) bool { return slices.Contains(y, k) })
	}
	email, phone := any(a.Emails, b.Emails), any(a.Phones, b.Phones)
	switch by {
	case match.ByEmail:
		return email
	case match.ByPhone:
		return phone
	case match.ByEmailAndPhone:
		return email && phone
	}
	return email || phone
}

func TestLawResultDoesNotDependOnOrder(t *testing.T) { // M3
	rapid.Check(t, func(t *rapid.T) {
		crm, outlook, opt := drawCards(t, "c", drawSize(t)), drawCards(t, "o", drawSize(t)), drawMatchOptions(t)
		want := match.Pair(crm, outlook, opt)
		if len(crm) > 0 {
			crm = rapid.Permutation(crm).Draw(t, "crm order")
		}
		if len(outlook) > 0 {
			outlook = rapid.Permutation(outlook).Draw(t, "outlook order")
		}
		if diff := cmp.Diff(want, match.Pair(crm, outlook, opt)); diff != "" {
			t.Fatalf("the order of the input matters (-one +other):\n%s", diff)
		}
	})
}

func TestLawsOfPairing(t *testing.T) { // M1, M3, B8, B20; complaint 1
	rapid.Check(t, func(t *rapid.T) {
		crm, outlook, opt := drawCards(t, "c", drawSize(t)), drawCards(t, "o", drawSize(t)), drawMatchOptions(t)
		r := match.Pair(crm, outlook, opt)
		people := [2]map[string]match.Candidate{byID(crm), byID(outlook)}
		times := [2]map[string]int{{}, {}}
		for _, p := range slices.Concat(r.Links, r.Strangers) {
			c, o := people[0][p.CRM], people[1][p.Outlook]
			times[0][p.CRM]++
			times[1][p.Outlook]++
			score, known := match.Agrees(c.Name, o.Name)
			switch {
			case times[1][p.Outlook] > 1:
				t.Fatalf("%s is given away twice: %v", p.Outlook, told(r))
			case times[0][p.CRM] > 1 && opt.Several != match.All:
				t.Fatalf("%s has several items under %q: %v", p.CRM, opt.Several, told(r))
			case c.Elsewhere || o.Elsewhere:
				t.Fatalf("%v is linked elsewhere already", p)
			case !shares(opt.By, c, o):
				t.Fatalf("%v share no key that is asked for", p)
			case known && score == 0 && !opt.LinkDoubtful:
				t.Fatalf("%v disagree in name", p)
			case p.Score.Value < 0 || p.Score.Value > 1 || len(p.Score.Reasons) < 2:
				t.Fatalf("%v has no proper score", p)
			}
		}
		for _, p := range r.Strangers {
			if !people[0][p.CRM].Stranger {
				t.Fatalf("%v is no stranger's", p)
			}
		}
		for _, p := range r.Links {
			if people[0][p.CRM].Stranger {
				t.Fatalf("%v is a stranger's", p)
			}
		}
		for _, p := range r.Spare {
			if times[1][p.Outlook]++; times[1][p.Outlook] > 1 {
				t.Fatalf("%s is spare, and something else: %v", p.Outlook, told(r))
			}
			if times[0][p.CRM] == 0 && !people[0][p.CRM].Elsewhere {
				t.Fatalf("%s is spare to %s, which has nobody: %v", p.Outlook, p.CRM, told(r))
			}
		}
		seen := map[[2]string]bool{}
		for _, p := range r.Doubtful {
			if times[0][p.CRM] > 0 || times[1][p.Outlook] > 0 {
				t.Fatalf("%v is asked about, and one of them given away: %v", p, told(r))
			}
			if seen[[2]string{p.CRM, p.Outlook}] || !shares(opt.By, people[0][p.CRM], people[1][p.Outlook]) {
				t.Fatalf("%v is asked about twice, or without a key: %v", p, told(r))
			}
			seen[[2]string{p.CRM, p.Outlook}] = true
		}
	})
}

// TestLawNothingIsDoubledSilently looks at the items that Pair says nothing of, which are imported as new people: none
// of them may agree in name with a CRM record with which it shares a key, be it free, taken or linked elsewhere.
func TestLawNothingIsDoubledSilently(t *testing.T) { // complaint 1
	rapid.Check(t, func(t *rapid.T) {
		crm, outlook, opt := drawCards(t, "c", 8), drawCards(t, "o", 8), drawMatchOptions(t)
		r := match.Pair(crm, outlook, opt)
		named := map[string]bool{}
		for _, p := range slices.Concat(r.Links, r.Doubtful, r.Spare, r.Strangers) {
			named[p.Outlook] = true
		}
		for _, o := range outlook {
			if named[o.ID] || o.Elsewhere {
				continue
			}
			for _, c := range crm {
				if score, _ := match.Agrees(c.Name, o.Name); score > 0 && shares(opt.By, c, o) {
					t.Fatalf("%s would be imported though it may be %s: %v", o.ID, c.ID, told(r))
				}
			}
		}
	})
}

// TestLawCopiesNeverDouble is a group of any number of copies of one person on each side.
func TestLawCopiesNeverDouble(t *testing.T) { // B8; complaint 1
	rapid.Check(t, func(t *rapid.T) {
		var crm, outlook []match.Candidate
		for i := range rapid.IntRange(1, 25).Draw(t, "crm") {
			extra := rapid.SampledFrom([]string{"", "001", "002"}).Draw(t, "extra")
			crm = append(crm, card(fmt.Sprintf("c%02d: Ada King; ada@a %s", i, extra), i))
		}
		for i := range rapid.IntRange(1, 25).Draw(t, "outlook") {
			extra := rapid.SampledFrom([]string{"", "001", "002"}).Draw(t, "extra")
			outlook = append(outlook, card(fmt.Sprintf("o%02d: King, Ada; ada@a %s", i, extra), i))
		}
		r := match.Pair(crm, outlook, match.Options{LinkDoubtful: rapid.Bool().Draw(t, "link doubtful")})
		if want := min(len(crm), len(outlook)); len(r.Links) != want || len(r.Links)+len(r.Spare) != len(outlook) {
			t.Fatalf("%d x %d copies: %d links and %d spare, want %d links and no item left", len(crm), len(outlook), len(r.Links), len(r.Spare), want)
		}
	})
}

func TestLawLinkingTheDoubtfulKeepsTheCertain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		crm, outlook, opt := drawCards(t, "c", drawSize(t)), drawCards(t, "o", drawSize(t)), drawMatchOptions(t)
		opt.LinkDoubtful = false
		careful := match.Pair(crm, outlook, opt)
		opt.LinkDoubtful = true
		bold := match.Pair(crm, outlook, opt)
		for _, p := range careful.Links {
			if !slices.ContainsFunc(bold.Links, func(q match.Pairing) bool { return q.CRM == p.CRM && q.Outlook == p.Outlook }) {
				t.Fatalf("%v is linked only without linking the doubtful: %v", p, told(bold))
			}
		}
	})
}

// B8: two of whom a person said that they are two people stand in no list; whom else a rejected question was not about is linked as
// before.
func TestLawDistinctStayApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		crm, outlook := drawCards(t, "c", drawSize(t)), drawCards(t, "o", drawSize(t))
		opt := drawMatchOptions(t)
		before := match.Pair(crm, outlook, opt)
		opt.Distinct = map[[2]string]bool{}
		certain := opt.LinkDoubtful || opt.Several == match.AskSeveral // a rejection frees whom it held, or who was held beside
		for _, p := range slices.Concat(before.Links, before.Doubtful, before.Spare, before.Strangers) {
			asked := slices.ContainsFunc(before.Doubtful, func(d match.Pairing) bool { return d.CRM == p.CRM && d.Outlook == p.Outlook })
			if rapid.Bool().Draw(t, "two people") {
				opt.Distinct[[2]string{p.CRM, p.Outlook}] = true
				certain = certain || !asked
			}
		}

		after := match.Pair(crm, outlook, opt)

		for _, p := range slices.Concat(after.Links, after.Doubtful, after.Spare, after.Strangers) {
			if opt.Distinct[[2]string{p.CRM, p.Outlook}] {
				t.Fatalf("%s and %s were told apart and are paired: %v", p.CRM, p.Outlook, p.Score.Reasons)
			}
		}
		if diff := cmp.Diff(before.Links, after.Links); !certain && diff != "" {
			t.Fatalf("rejected questions changed what is certain (-before +after):\n%s", diff)
		}
	})
}

// B8: in groups too large for single pairs too: who is sure of another is linked, and who is asked about is asked about others.
func TestDistinctInACrowd(t *testing.T) {
	for _, key := range []string{"a@a", "001"} {
		var crm, outlook []match.Candidate
		distinct := map[[2]string]bool{}
		for i := range 12 {
			crm = append(crm, card(fmt.Sprintf("c%02d: Piet Jansen; %s", i, key), 0))
			outlook = append(outlook, card(fmt.Sprintf("o%02d: Piet Jansen; %s", i, key), 0))
			distinct[[2]string{fmt.Sprintf("c%02d", i), fmt.Sprintf("o%02d", i)}] = true
		}
		got := match.Pair(crm, outlook, match.Options{Distinct: distinct})
		for _, p := range slices.Concat(got.Links, got.Doubtful) {
			if distinct[[2]string{p.CRM, p.Outlook}] {
				t.Fatalf("%s and %s were told apart and are paired", p.CRM, p.Outlook)
			}
		}
		if key == "a@a" && len(got.Links) < 11 {
			t.Fatalf("%d of 12 namesakes found another", len(got.Links))
		}
	}
}

// B8, M3: of two cards that fit one record the one that is left is no question any more.
func TestDistinctLeavesOneOfSeveral(t *testing.T) {
	crm := []match.Candidate{card("c1: Piet Jansen; a@a", 0)}
	outlook := []match.Candidate{card("o1: Piet Jansen; a@a", 0), card("o2: Piet Jansen; a@a", 0)}
	ask := match.Options{Several: match.AskSeveral}
	if got := match.Pair(crm, outlook, ask); len(got.Doubtful) != 2 {
		t.Fatalf("asked about %v", got.Doubtful)
	}
	ask.Distinct = map[[2]string]bool{{"c1", "o2"}: true}
	got := match.Pair(crm, outlook, ask)
	if len(got.Links) != 1 || got.Links[0].Outlook != "o1" || len(got.Doubtful)+len(got.Spare) > 0 {
		t.Fatalf("links %v, doubtful %v, spare %v", got.Links, got.Doubtful, got.Spare)
	}
}

// B8: a card that is one too many of somebody's is not kept in doubt by a record that it was told apart from.
func TestDistinctDoesNotHoldASpareCard(t *testing.T) {
	linked := card("c1: Piet Jansen; a@a", 0)
	linked.Elsewhere = true
	crm := []match.Candidate{linked, card("c2: P. Jansen; a@a 001", 0)}
	outlook := []match.Candidate{card("o1: Jansen; a@a 001", 0)}
	if got := match.Pair(crm, outlook, match.Options{}); len(got.Spare) != 0 {
		t.Fatalf("spare %v", got.Spare)
	}
	got := match.Pair(crm, outlook, match.Options{Distinct: map[[2]string]bool{{"c2", "o1"}: true}})
	if len(got.Spare) != 1 || got.Spare[0].CRM != "c1" {
		t.Fatalf("spare %v, doubtful %v", got.Spare, got.Doubtful)
	}
}
