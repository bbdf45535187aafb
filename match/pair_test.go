package match_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/match"
)

type meeting struct {
	name         string
	crm, outlook []string
	opt          match.Options
	want         []string
}

func meet(t *testing.T, meetings []meeting) {
	for _, m := range meetings {
		t.Run(m.name, func(t *testing.T) {
			got := told(match.Pair(cards(m.crm...), cards(m.outlook...), m.opt))
			if diff := cmp.Diff(m.want, got); diff != "" {
				t.Errorf("Pair(%q, %q, %+v) mismatch (-want +got):\n%s", m.crm, m.outlook, m.opt, diff)
			}
		})
	}
}

func TestWhichKeys(t *testing.T) { // M1
	crm := []string{"c1: Ada King; ada@a 001", "c2: Bob Stone; bob@a", "c3: Cy Young; 003"}
	outlook := []string{"o1: Ada King; ada@a 001", "o2: Bob Stone; bob@a 002", "o3: Cy Young; cy@a 003"}
	meet(t, []meeting{
		{"either, by default", crm, outlook, match.Options{},
			[]string{"link c1 o1: sameEmail samePhone sameName", "link c2 o2: sameEmail sameName", "link c3 o3: samePhone sameName"}},
		{"either", crm, outlook, match.Options{By: match.ByEmailOrPhone},
			[]string{"link c1 o1: sameEmail samePhone sameName", "link c2 o2: sameEmail sameName", "link c3 o3: samePhone sameName"}},
		{"email only", crm, outlook, match.Options{By: match.ByEmail},
			[]string{"link c1 o1: sameEmail samePhone sameName", "link c2 o2: sameEmail sameName"}},
		{"phone only", crm, outlook, match.Options{By: match.ByPhone},
			[]string{"link c1 o1: sameEmail samePhone sameName", "link c3 o3: samePhone sameName"}},
		{"both", crm, outlook, match.Options{By: match.ByEmailAndPhone},
			[]string{"link c1 o1: sameEmail samePhone sameName"}},
		{"both, and one of them is another", []string{"c: Ada King; ada@a 001"}, []string{"o1: Ada King; ada@a 002", "o2: Ada King; eve@a 001"},
			match.Options{By: match.ByEmailAndPhone}, nil},
		{"both, and they are an office's", []string{"c: Ada King; info@a 001"}, []string{"o: ; info@a 001"}, match.Options{By: match.ByEmailAndPhone},
			[]string{"ask c o: sameEmail samePhone nameMissing sharedKey"}},
		{"both, and they are one's own", []string{"c: Ada King; ada@a 001"}, []string{"o: ; ada@a 001"}, match.Options{By: match.ByEmailAndPhone},
			[]string{"link c o: sameEmail samePhone nameMissing"}},
		{"without a key there is no match, whatever the name (complaint 1)", []string{"c: Ada King;"}, []string{"o: Ada King;"}, match.Options{}, nil},
	})
}

// TestTwins are two CRM records that one card may be of: nobody can tell which, so a person is asked.
func TestTwins(t *testing.T) { // B8
	meet(t, []meeting{
		{"two of one name at one switchboard", []string{"c1: Ada King; 001", "c2: Ada King; 001"}, []string{"o: Ada King; 001"}, match.Options{},
			[]string{"ask c1 o: samePhone sameName sharedKey", "ask c2 o: samePhone sameName sharedKey"}},
		{"two of one name at one switchboard, one in each book", []string{"c: Ada King; ada@a 001 002"}, []string{"o: Ada King; king@b 001 003"}, match.Options{},
			[]string{"ask c o: samePhone sameName"}},
		{"one person with another address, or another number", []string{"c1: Ada King; ada@a 001", "c2: Bob Stone; 002 003"},
			[]string{"o1: Ada King; king@b 001", "o2: Bob Stone; 002 004"}, match.Options{},
			[]string{"link c1 o1: samePhone sameName", "link c2 o2: samePhone sameName"}},
		{"mother and daughter at one address", []string{"c1: Ada King; ada@a", "c2: A. King; ada@a"}, []string{"o: Ada King; ada@a"}, match.Options{},
			[]string{"ask c1 o: sameEmail sameName sharedKey", "ask c2 o: sameEmail nameFits sharedKey"}},
		{"one person typed twice", []string{"c1: Ada King; ada@a", "c2: Ada King; ada@a"}, []string{"o: Ada King; ada@a"}, match.Options{},
			[]string{"link c1 o: sameEmail sameName sharedKey"}},
	})
}

func TestNamesDecide(t *testing.T) { // B8
	meet(t, []meeting{
		{"names that fit", []string{"c: Robert van der Berg; a@a"}, []string{"o: Berg, Bob; a@a"}, match.Options{},
			[]string{"link c o: sameEmail nameFits"}},
		{"an initial will do for an address nobody else has", []string{"c: Piet Jansen; a@a"}, []string{"o: P. Jansen; a@a"}, match.Options{},
			[]string{"link c o: sameEmail nameFits"}},
		{"so will no name", []string{"c: Piet Jansen; a@a 001"}, []string{"o: ; a@a"}, match.Options{},
			[]string{"link c o: sameEmail nameMissing"}},
		{"but not for a number: it may be the household's", []string{"c1: Piet Jansen; 001", "c2: Anna Visser; 002"},
			[]string{"o1: P. Jansen; 001", "o2: ; 002"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameFits", "ask c2 o2: samePhone nameMissing"}},
		{"nor where each has an address of their own", []string{"c: Piet Jansen; jansen@a piet@a"}, []string{"o: P. Jansen; jansen@a petra@a"}, match.Options{},
			[]string{"ask c o: sameEmail nameFits"}},
		{"a nickname and a surname will do for a number nobody else has", []string{"c: Robert Smith; 001"}, []string{"o: Bob Smith; 001"}, match.Options{},
			[]string{"link c o: samePhone nameFits"}},
		{"two full names will do for an address, but a third makes a number doubtful: children have their parents' names",
			[]string{"c1: Ana García; a@a", "c2: Otto Piet Bos; 001"}, []string{"o1: Ana María García; a@a", "o2: Piet Bos; 001"}, match.Options{},
			[]string{"link c1 o1: sameEmail nameFits", "ask c2 o2: samePhone nameFits"}},
		{"two full names and an initial will do", []string{"c: Jan Pieter Jansen; 001"}, []string{"o: Jan P. Jansen; 001"}, match.Options{},
			[]string{"link c o: samePhone nameFits"}},
		{"a Chinese name of three signs is a whole name, a surname is not", []string{"c1: 王小明; 001", "c2: 王; 002"}, []string{"o1: 小明 王; 001", "o2: 王; 002"}, match.Options{},
			[]string{"link c1 o1: samePhone sameName", "ask c2 o2: samePhone sameName"}},
		{"a role mailbox is nobody's own", []string{"c: Ada King; info@a"}, []string{"o: ; info@a"}, match.Options{},
			[]string{"ask c o: sameEmail nameMissing sharedKey"}},
		{"a desk's mailbox and the desk's number are nobody's own together either: a company's card without a name is not Eva's",
			[]string{"c1: ; info@a 001", "c2: Eva Smit; sales@a 002"}, []string{"o1: Eva Smit; info@a 001", "o2: ; sales@a 002"}, match.Options{},
			[]string{"ask c1 o1: sameEmail samePhone nameMissing", "ask c2 o2: sameEmail samePhone nameMissing"}},
		{"nor are a family's: Jan, Joke, or whoever it is", []string{"c1: Jan Jansen; fam.jansen@a 001", "c2: Piet Bos; fam.bos@b 002", "c3: Ans Mol; fam.mol@c 003"},
			[]string{"o1: J. Jansen; fam.jansen@a 001", "o2: Bos; fam.bos@b 002", "o3: ; fam.mol@c 003"}, match.Options{},
			[]string{"ask c1 o1: sameEmail samePhone nameFits", "ask c2 o2: sameEmail samePhone nameFits", "ask c3 o3: sameEmail samePhone nameMissing"}},
		{"whatever the mode goes by", []string{"c: Jan Jansen; fam.jansen@a 001"}, []string{"o: J. Jansen; fam.jansen@a 001"}, match.Options{By: match.ByPhone},
			[]string{"ask c o: sameEmail samePhone nameFits"}},
		{"a third name is a child's there too", []string{"c: Ana García; familia@a 001"}, []string{"o: Ana María García; familia@a 001"}, match.Options{},
			[]string{"ask c o: sameEmail samePhone nameFits"}},
		{"the whole name will do", []string{"c: Jan Jansen; fam.jansen@a 001"}, []string{"o: Jan Jansen; fam.jansen@a 001"}, match.Options{},
			[]string{"link c o: sameEmail samePhone sameName"}},
		{"also where each has an address and a number besides", []string{"c: Jan Jansen; fam.jansen@a jan@a 001 002"}, []string{"o: Jan Jansen; fam.jansen@a jan@b 001 003"},
			match.Options{}, []string{"link c o: sameEmail samePhone sameName"}},
		{"a nickname and the surname too, as for the number alone", []string{"c: Robert Smith; family@a 001"}, []string{"o: Bob Smith; family@a 001"}, match.Options{},
			[]string{"link c o: sameEmail samePhone nameFits"}},
		{"with an address of one's own a short name will do as before", []string{"c: Jan Jansen; fam.jansen@a jan@a 001"}, []string{"o: J. Jansen; fam.jansen@a jan@a 001"},
			match.Options{}, []string{"link c o: sameEmail samePhone nameFits"}},
		{"and by numbers, where a card without a name has it", []string{"c: Jan Jansen; jan@a 001"}, []string{"o: ; jan@a 001"}, match.Options{By: match.ByPhone},
			[]string{"link c o: sameEmail samePhone nameMissing"}},
		{"an address that two have is nobody's own, whatever its name", []string{"c1: Jan Jansen; jansens@a 001", "c2: Joke Jansen; jansens@a"}, []string{"o: ; jansens@a 001"},
			match.Options{}, []string{"ask c1 o: sameEmail samePhone nameMissing", "ask c2 o: sameEmail nameMissing sharedKey"}},
		{"nor is the whole house's, or a department's in another language, anybody's", []string{"c1: ; acme@acme", "c2: Ada King; compta@a", "c3: Jan Bos; vertrieb@a"},
			[]string{"o1: Eva Smit; acme@acme", "o2: ; compta@a", "o3: J. Bos; vertrieb@a"}, match.Options{},
			[]string{"ask c1 o1: sameEmail nameMissing sharedKey", "ask c2 o2: sameEmail nameMissing sharedKey", "ask c3 o3: sameEmail nameFits sharedKey"}},
		{"husband and wife at one address, by their salutations", []string{"c: Mr. J. Jansen; jansen@a"}, []string{"o: Mrs. J. Jansen; jansen@a"}, match.Options{},
			[]string{"ask c o: sameEmail nameDisagrees"}},
		{"where the books have both, nobody is asked whether he is she", []string{"c1: Herr J. Jansen; jansen@a", "c2: Frau J. Jansen; jansen@a"}, []string{"o1: Frau Julia Jansen; jansen@a"},
			match.Options{}, []string{"ask c2 o1: sameEmail nameFits sharedKey"}},
		{"and who has none may be either", []string{"c1: Mr. J. Jansen; jansen@a 001", "c2: Mrs. J. Jansen; jansen@a"}, []string{"o: J. Jansen; jansen@a 001"},
			match.Options{}, []string{"ask c1 o: sameEmail samePhone sameName", "ask c2 o: sameEmail sameName sharedKey"}},
		{"with the whole name one of the books is wrong", []string{"c: Mr. Robin Jansen; jansen@a"}, []string{"o: Mrs. Robin Jansen; jansen@a"}, match.Options{},
			[]string{"link c o: sameEmail sameName"}},
		{"a name in one word is little for a key that others have", []string{"c1: Ada King; a@a", "c2: Eve King; a@a"}, []string{"o: King; a@a"}, match.Options{},
			[]string{"ask c1 o: sameEmail nameFits sharedKey", "ask c2 o: sameEmail nameFits sharedKey"}},
		{"a number that others have, the same name, and other addresses: namesakes, perhaps",
			[]string{"c1: Ada King; a@a 001", "c2: Eve King; b@b 001"}, []string{"o: Ada King; c@c 001"}, match.Options{},
			[]string{"ask c1 o: samePhone sameName sharedKey"}},
		{"two names more or less will do where they share keys of both kinds, though others have them too",
			[]string{"c1: Ana García; a@a 001", "c2: Otto Berg; a@a 001"}, []string{"o: Ana María García; a@a 001"}, match.Options{},
			[]string{"link c1 o: sameEmail samePhone nameFits sharedKey"}},
		{"but not of one kind", []string{"c1: Ana García; a@a", "c2: Otto Berg; a@a"}, []string{"o: Ana María García; a@a"}, match.Options{},
			[]string{"ask c1 o: sameEmail nameFits sharedKey"}},
		{"nor where two could be meant", []string{"c1: Ana García; a@a 001", "c2: Ana María Berg; a@a 001"}, []string{"o: Ana María García Berg; a@a 001"}, match.Options{},
			[]string{"ask c1 o: sameEmail samePhone nameFits sharedKey", "ask c2 o: sameEmail samePhone nameFits sharedKey"}},
		{"nor where two items could be meant", []string{"c: Ana García; a@a 001"}, []string{"o1: Ana María García; a@a 001", "o2: Ana Lucía García; a@a 001"},
			match.Options{}, []string{"ask c o1: sameEmail samePhone nameFits sharedKey", "ask c o2: sameEmail samePhone nameFits sharedKey"}},
		{"be one of them linked already", []string{"c: Ana García; a@a 001"}, []string{"o1!: Ana María García; a@a 001", "o2: Ana Lucía García; a@a 001"},
			match.Options{}, []string{"ask c o2: sameEmail samePhone nameFits sharedKey"}},
		{"the same name at a number that nobody else has will do, whatever the addresses", []string{"c: Ada King; a@a 001"}, []string{"o: Ada King; b@b 001"},
			match.Options{}, []string{"link c o: samePhone sameName"}},
		{"and at an address that others have, whatever the numbers", []string{"c1: Ada King; a@a 001", "c2: Eve Stone; a@a"}, []string{"o: Ada King; a@a 002"},
			match.Options{}, []string{"link c1 o: sameEmail sameName sharedKey"}},
		{"an initial is little where each has a number of their own", []string{"c: Piet Jansen; a@a 001"}, []string{"o: P. Jansen; a@a 002"},
			match.Options{}, []string{"ask c o: sameEmail nameFits"}},
		{"the same initial and surname at a number may be another of the house", []string{"c: J. Jansen; 001"}, []string{"o: Jansen, J.; 001"},
			match.Options{}, []string{"ask c o: samePhone sameName"}},
		{"so may a name of words that are particles elsewhere", []string{"c: Van Le; 001"}, []string{"o: Le Van; 001"},
			match.Options{}, []string{"ask c o: samePhone sameName"}},
		{"two and two who could each be meant are all asked about", []string{"c1: Piet Jansen; 001", "c2: Petra Jansen; 001"},
			[]string{"o1: P. Jansen; 001", "o2: Jansen; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameFits sharedKey", "ask c1 o2: samePhone nameFits sharedKey",
				"ask c2 o1: samePhone nameFits sharedKey", "ask c2 o2: samePhone nameFits sharedKey"}},
		{"who may be somebody of the name is not asked about others, whoever has none",
			[]string{"c: Piet Jansen; 001"}, []string{"o1: P. Jansen; 001", "o2: ; 001", "o3: Anna Visser; 001"}, match.Options{},
			[]string{"ask c o1: samePhone nameFits sharedKey", "ask c o2: samePhone nameMissing sharedKey"}},
		{"another particle is another family, perhaps", []string{"c: Jan de Berg; 001"}, []string{"o: Jan von Berg; 001"}, match.Options{},
			[]string{"ask c o: samePhone nameFits"}},
		{"names that disagree are asked about", []string{"c: Piet Jansen; 001"}, []string{"o: Anna Jansen; 001"}, match.Options{},
			[]string{"ask c o: samePhone nameDisagrees"}},
		{"also where they share an address that nobody else has", []string{"c: Piet Jansen; a@a"}, []string{"o: Anna Visser; a@a"}, match.Options{},
			[]string{"ask c o: sameEmail nameDisagrees"}},
		{"and a number too", []string{"c: Piet Jansen; a@a 001"}, []string{"o: Anna Jansen; a@a 001"}, match.Options{},
			[]string{"ask c o: sameEmail samePhone nameDisagrees"}},
		{"or linked, where the settings say so", []string{"c: Piet Jansen; 001"}, []string{"o: Anna Jansen; 001"}, match.Options{LinkDoubtful: true},
			[]string{"link c o: samePhone nameDisagrees"}},
		{"a household's number: each finds their own", []string{"c1: Piet Jansen; 001", "c2: Anna Jansen; 001"},
			[]string{"o1: Jansen, Anna; 001", "o2: Jansen, Piet; 001"}, match.Options{},
			[]string{"link c1 o2: samePhone sameName sharedKey", "link c2 o1: samePhone sameName sharedKey"}},
		{"a household's number: no name says nothing", []string{"c1: Piet Jansen; 001", "c2: Anna Jansen; 001"},
			[]string{"o1: ; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameMissing sharedKey", "ask c2 o1: samePhone nameMissing sharedKey"}},
		{"a household's number: an initial could be either's", []string{"c1: Piet Jansen; 001", "c2: Petra Jansen; 001"},
			[]string{"o1: P. Jansen; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameFits sharedKey", "ask c2 o1: samePhone nameFits sharedKey"}},
		{"a household's address and a number of one's own", []string{"c1: Piet Jansen; jansen@a 001", "c2: Petra Jansen; jansen@a 002"},
			[]string{"o1: P. Jansen; jansen@a 002"}, match.Options{},
			[]string{"ask c1 o1: sameEmail nameFits sharedKey", "ask c2 o1: sameEmail samePhone nameFits"}},
		{"two full names are somebody's, or somebody else's too", []string{"c1: Ana García; 001", "c2: Ana López; 001"},
			[]string{"o1: Ana García López; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameFits sharedKey", "ask c2 o1: samePhone nameFits sharedKey"}},
		{"the person a name fits may be linked already, and counts", []string{"c1!: Piet Jansen; 001", "c2: Petra Jansen; 001"},
			[]string{"o1: P. Jansen; 001"}, match.Options{},
			[]string{"ask c2 o1: samePhone nameFits sharedKey"}},
		{"father and son", []string{"c1: John Smith Sr.; 001", "c2: John Smith Jr.; 001"},
			[]string{"o1: Smith Jr., John; 001", "o2: John Smith; 001"}, match.Options{},
			[]string{"link c2 o1: samePhone sameName sharedKey", "ask c1 o2: samePhone nameFits sharedKey"}},
		{"a couple's card is not one person's", []string{"c1: Piet Jansen; 001"}, []string{"o1: Piet & Anna Jansen; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameDisagrees"}},
	})
}

func TestDuplicates(t *testing.T) { // M3, B8; complaints 1 and 2
	one := []string{"c1: Ada King; ada@a"}
	three := []string{"o1: Ada King; ada@a", "o2: A. King; ada@a", "o3: Ada King; ada@a"}
	meet(t, []meeting{
		{"the first of the best, the others are reported", one, three, match.Options{},
			[]string{"link c1 o1: sameEmail sameName sharedKey", "spare c1 o2: sameEmail nameFits sharedKey several", "spare c1 o3: sameEmail sameName sharedKey several"}},
		{"all", one, three, match.Options{Several: match.All},
			[]string{"link c1 o1: sameEmail sameName sharedKey", "link c1 o3: sameEmail sameName sharedKey", "spare c1 o2: sameEmail nameFits sharedKey several"}},
		{"ask", one, three, match.Options{Several: match.AskSeveral},
			[]string{"ask c1 o1: sameEmail sameName sharedKey several", "ask c1 o2: sameEmail nameFits sharedKey", "ask c1 o3: sameEmail sameName sharedKey several"}},
		{"ask, and there is one only", one, []string{"o1: Ada King; ada@a", "o2!: Ada King; ada@a"}, match.Options{Several: match.AskSeveral},
			[]string{"link c1 o1: sameEmail sameName sharedKey"}},
		{"ask, and the other is somebody else", one, []string{"o1: Ada King; ada@a", "o2: Eve Stone; ada@a"}, match.Options{Several: match.AskSeveral},
			[]string{"link c1 o1: sameEmail sameName sharedKey"}},
		{"somebody else with the address of who is linked is no copy", one, []string{"o1: Ada King; ada@a", "o2: Eve Stone; ada@a"}, match.Options{},
			[]string{"link c1 o1: sameEmail sameName sharedKey"}},
		{"all gives nothing to a record that is linked already", []string{"c1!: Ada King; ada@a"}, three[:1], match.Options{Several: match.All},
			[]string{"spare c1 o1: sameEmail sameName several"}},
		{"a copy of who is linked is one though a record that is free fits less well", []string{"c1!: Ada King; ada@a 001", "c2: A. King; ada@a"},
			[]string{"o1: Ada King; ada@a 001"}, match.Options{},
			[]string{"spare c1 o1: sameEmail samePhone sameName several"}},
		{"ask goes before linking the doubtful", one, append(three, "o4: Somebody Else; ada@a"), match.Options{Several: match.AskSeveral, LinkDoubtful: true},
			[]string{"ask c1 o1: sameEmail sameName sharedKey several", "ask c1 o2: sameEmail nameFits sharedKey",
				"ask c1 o3: sameEmail sameName sharedKey several"}},
		{"two by three: one to one, none doubled", []string{"c1: Ada King; ada@a", "c2: Ada King; ada@a"}, three, match.Options{},
			[]string{"link c1 o1: sameEmail sameName sharedKey", "link c2 o3: sameEmail sameName sharedKey", "spare c1 o2: sameEmail nameFits sharedKey several"}},
		{"two by three under all: the second claimant gets none", []string{"c1: Ada King; ada@a", "c2: Ada King; ada@a"},
			[]string{"o1: Ada King; ada@a", "o2: Ada King; ada@a"}, match.Options{Several: match.All},
			[]string{"link c1 o1: sameEmail sameName sharedKey", "link c1 o2: sameEmail sameName sharedKey"}},
		{"the better match goes first, whatever its age", []string{"c1: Ada King; ada@a", "c2: Ada King; ada@a 001"},
			[]string{"o1: Ada King; ada@a 001"}, match.Options{},
			[]string{"link c2 o1: sameEmail samePhone sameName"}},
		{"a card without a name that a mailbox saved by itself is not a second person", one, []string{"o1: Ada King; ada@a", "o2: ; ada@a"}, match.Options{},
			[]string{"link c1 o1: sameEmail sameName sharedKey", "spare c1 o2: sameEmail nameMissing sharedKey several"}},
		{"where the linked record has no name, the same address is enough to leave a card alone, and a number is not",
			[]string{"c1!: ; ada@a", "c2!: ; 001"}, []string{"o1: Ada King; ada@a", "o2: Eve Stone; 001", "o3: ; 001", "o4: Zoe; 001"}, match.Options{},
			[]string{"spare c1 o1: sameEmail nameMissing several", "spare c2 o3: samePhone nameMissing sharedKey several"}},
		{"a new copy of somebody who is linked is not imported again", []string{"c1!: Ada King; ada@a"}, []string{"o1: Ada King; ada@a"}, match.Options{},
			[]string{"spare c1 o1: sameEmail sameName several"}},
		{"an item that is linked elsewhere is never taken", one, []string{"o1!: Ada King; ada@a"}, match.Options{}, nil},
	})
}

func TestStrangers(t *testing.T) { // B20
	meet(t, []meeting{
		{"a colleague's record is found, and not linked", []string{"c1?: Ada King; ada@a"}, []string{"o1: Ada King; ada@a"}, match.Options{},
			[]string{"stranger c1 o1: sameEmail sameName"}},
		{"one's own goes first", []string{"c1?: Ada King; ada@a", "c2: Ada King; ada@a"}, []string{"o1: Ada King; ada@a"}, match.Options{},
			[]string{"link c2 o1: sameEmail sameName sharedKey"}},
		{"in doubt, a person is asked", []string{"c1?: Piet Jansen; 001"}, []string{"o1: Anna Jansen; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameDisagrees"}},
	})
}

func TestHouseholdsAndCrowds(t *testing.T) {
	var office, others []string
	for i := range 12 {
		office = append(office, "c"+string(rune('a'+i))+": Person "+string(rune('A'+i))+"adeno Surname"+string(rune('a'+i))+"; 900")
		others = append(others, "x"+string(rune('a'+i))+": Other "+string(rune('A'+i))+"elius Another"+string(rune('a'+i))+"; 900")
	}
	meet(t, []meeting{
		{"a switchboard tells nothing by itself", office, []string{"o1: Somebody Else; 900", "o2: ; 900", "o3: Person; 900"}, match.Options{}, nil},
		{"nor with the settings to link the doubtful", office, others, match.Options{LinkDoubtful: true}, nil},
		{"with the same name, a person is asked: big houses have namesakes", office, []string{"o1: Surnamec, Person Cadeno; 900"}, match.Options{},
			[]string{"ask cc o1: samePhone sameName sharedKey"}},
		{"an address of one's own tells, whichever key is looked at first",
			append(office, "cp: Pia Young; pia@a 900", "cq: Quin Young; quin@a 900", "cr: Ria Young; ria@a 900", "cs: Sam Young; sam@a 900", "ct: Tim Young; tim@a 900"),
			[]string{"op: Pia Young; pia@a 900", "oq: Quin Young; quin@a 900", "or: Ria Young; ria@a 900", "os: Sam Young; sam@a 900", "ot: Tim Young; tim@a 900"},
			match.Options{},
			[]string{"link cp op: sameEmail samePhone sameName", "link cq oq: sameEmail samePhone sameName", "link cr or: sameEmail samePhone sameName",
				"link cs os: sameEmail samePhone sameName", "link ct ot: sameEmail samePhone sameName"}},
		{"a direct line or an address of one's own tells", append(office, "cz: Zoe Young; zoe@a 900"), []string{"o1: Zoe Young; zoe@a 900"}, match.Options{},
			[]string{"link cz o1: sameEmail samePhone sameName"}},
		{"two and two of other names are asked about one to one", []string{"c1: Piet Jansen; 001", "c2: Anna Jansen; 001"},
			[]string{"o1: Bob Jansen; 001", "o2: Cor Jansen; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameDisagrees sharedKey", "ask c2 o2: samePhone nameDisagrees sharedKey"}},
		{"of many who could be meant a handful is asked about",
			[]string{"c1: Jansen; 001"}, []string{"o1: Anna Jansen; 001", "o2: Bea Jansen; 001", "o3: Cor Jansen; 001 002", "o4: Dirk Jansen; 001",
				"o5: Eva Jansen; 001", "o6: Fem Jansen; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameFits sharedKey", "ask c1 o2: samePhone nameFits sharedKey", "ask c1 o3: samePhone nameFits sharedKey",
				"ask c1 o4: samePhone nameFits sharedKey", "ask c1 o5: samePhone nameFits sharedKey", "ask c1 o6: samePhone nameFits sharedKey"}},
		{"of records too, and the others go on", []string{"c1: Anna Jansen; 001", "c2: Bea Jansen; 001", "c3: Cor Jansen; 001", "c4: Dirk Jansen; 001",
			"c5: Eva Jansen; 001", "c6: Fem Jansen; 001"}, []string{"o1: Jansen; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameFits sharedKey", "ask c2 o1: samePhone nameFits sharedKey", "ask c3 o1: samePhone nameFits sharedKey",
				"ask c4 o1: samePhone nameFits sharedKey", "ask c5 o1: samePhone nameFits sharedKey"}},
		{"a few people of other names are asked about, each once at least", []string{"c1: Piet Jansen; 001"},
			[]string{"o1: Anna Jansen; 001", "o2: Bob Jansen; 001"}, match.Options{},
			[]string{"ask c1 o1: samePhone nameDisagrees sharedKey", "ask c1 o2: samePhone nameDisagrees sharedKey"}},
	})
}

// TestCrowd has the number 900 shared by people of as many names as told, and looks for one more of the Outlook side.
func TestCrowd(t *testing.T) {
	staff := func(n int) []string {
		var lines []string
		for i := range n {
			lines = append(lines, "c"+two(i)+": "+string(rune('A'+i))+"deno Common Surname"+string(rune('a'+i))+"; 900")
		}
		return lines
	}
	for _, tt := range []struct {
		name    string
		people  int
		outlook string
		want    []string
	}{
		{"ten people are asked about", 10, "o: Somebody Else; 900", []string{"ask c00 o: samePhone nameDisagrees sharedKey"}},
		{"eleven are a crowd", 11, "o: Somebody Else; 900", nil},
		{"a card without a name could be any of ten: a handful is asked about", 10, "o: ; 900", []string{
			"ask c00 o: samePhone nameMissing sharedKey", "ask c01 o: samePhone nameMissing sharedKey", "ask c02 o: samePhone nameMissing sharedKey",
			"ask c03 o: samePhone nameMissing sharedKey", "ask c04 o: samePhone nameMissing sharedKey"}},
		{"and is nobody's of eleven", 11, "o: ; 900", nil},
		{"in a crowd a longer name is asked about", 11, "o: Cdeno Xavier Common Surnamec; 900", []string{"ask c02 o: samePhone nameFits sharedKey"}},
		{"a shorter one too", 11, "o: Surnamec Cdeno; 900", []string{"ask c02 o: samePhone nameFits sharedKey"}},
		{"also after an initial", 11, "o: C. Common Surnamec; 900", []string{"ask c02 o: samePhone nameFits sharedKey"}},
		{"one word is too little", 11, "o: Surnamec; 900", nil},
		{"an initial and a surname are asked about", 11, "o: Surnamec, C.; 900", []string{"ask c02 o: samePhone nameFits sharedKey"}},
		{"but not another's initial", 11, "o: D. Surnamec; 900", nil},
		{"nor initials alone", 11, "o: C. S.; 900", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, told(match.Pair(cards(staff(tt.people)...), cards(tt.outlook), match.Options{}))); diff != "" {
				t.Errorf("Pair(%d people, %q) mismatch (-want +got):\n%s", tt.people, tt.outlook, diff)
			}
			if r := match.Pair(cards(tt.outlook), cards(staff(tt.people)...), match.Options{}); tt.people > 10 && len(r.Doubtful) != len(tt.want) {
				t.Errorf("Pair(%q, %d people) asks %v, want %d questions", tt.outlook, tt.people, told(r), len(tt.want))
			}
		})
	}
	t.Run("a nickname and a surname are enough to ask", func(t *testing.T) {
		crm := append(staff(11), "cx: Robert Young; 900")
		got := told(match.Pair(cards(crm...), cards("o: Bob Young; 900"), match.Options{}))
		if diff := cmp.Diff([]string{"ask cx o: samePhone nameFits sharedKey"}, got); diff != "" {
			t.Errorf("Pair mismatch (-want +got):\n%s", diff)
		}
	})
	t.Run("a first name of one and the surname of another are nobody's", func(t *testing.T) {
		got := told(match.Pair(cards(staff(11)...), cards("o: Adeno Surnamec; 900"), match.Options{}))
		if got != nil {
			t.Errorf("Pair found %v, want nothing", got)
		}
	})
}

func TestManyCopiesOfOnePerson(t *testing.T) { // complaint 1: up to 15 a person, hundreds doubled
	var crm, outlook []string
	for i := range 30 {
		crm = append(crm, "c"+two(i)+": Ada King; ada@a")
	}
	for i := range 40 {
		outlook = append(outlook, "o"+two(i)+": King, Ada; ada@a")
	}
	for _, several := range []match.Several{match.First, match.All} {
		r := match.Pair(cards(crm...), cards(outlook...), match.Options{Several: several})
		if several == match.First && (len(r.Links) != 30 || len(r.Spare) != 10) {
			t.Errorf("first: %d links and %d spare, want 30 and 10", len(r.Links), len(r.Spare))
		}
		if several == match.All && (len(r.Links) != 40 || r.Links[39].CRM != "c00") {
			t.Errorf("all: %d links, the last of %s; want 40, all of c00", len(r.Links), r.Links[len(r.Links)-1].CRM)
		}
	}
	r := match.Pair(cards(crm...), cards(outlook...), match.Options{Several: match.AskSeveral, LinkDoubtful: true})
	if len(r.Links) != 0 || len(r.Doubtful) != 40 {
		t.Errorf("ask: %d links and %d questions, want none and one for each item", len(r.Links), len(r.Doubtful))
	}
	for i := range outlook {
		outlook[i] = "o" + two(i) + ": ; ada@a"
	}
	r = match.Pair(cards(crm[:1]...), cards(outlook...), match.Options{})
	if len(r.Links) != 0 || len(r.Doubtful) != 40 {
		t.Errorf("without names: %d links and %d questions, want none and one for each item", len(r.Links), len(r.Doubtful))
	}
}

func two(i int) string { return string([]byte{byte('0' + i/10), byte('0' + i%10)}) }

func TestOldestFirstThenID(t *testing.T) { // M3: stable order
	crm := cards("c: Ada King; ada@a")
	outlook := cards("o1: Ada King; ada@a", "o2: Ada King; ada@a", "o3: Ada King; ada@a", "o4: Ada King; ada@a", "o5: Ada King; ada@a")
	for i, created := range []time.Time{{}, day, day, day.AddDate(-1, 0, 0), {}} {
		outlook[i].Created = created
	}
	for _, want := range []string{"o4", "o2", "o3", "o1", "o5"} {
		for range 2 {
			r := match.Pair(crm, outlook, match.Options{})
			if got := r.Links[0].Outlook; got != want {
				t.Errorf("of %d copies Pair links %s, want %s: the oldest first, then by id, one of unknown age last", len(outlook), got, want)
			}
			slices.Reverse(outlook)
		}
		outlook = slices.DeleteFunc(outlook, func(c match.Candidate) bool { return c.ID == want })
	}
}

func TestUnknownAgeIsLast(t *testing.T) { // M3
	outlook := cards("o1: Ada King; ada@a", "o2: Ada King; ada@a")
	for unknown, want := range []string{"o2", "o1"} {
		now := slices.Clone(outlook)
		now[unknown].Created = time.Time{}
		if r := match.Pair(cards("c: Ada King; ada@a"), now, match.Options{}); r.Links[0].Outlook != want {
			t.Errorf("Pair links %s, of an age that nobody knows, want %s", r.Links[0].Outlook, want)
		}
	}
}
