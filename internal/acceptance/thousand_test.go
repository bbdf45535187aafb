package acceptance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/acceptance"
	"github.com/seed-42871e99/crmsync/match"
)

// somebody is a person of the town, as the CRM writes them and as Outlook does.
type somebody struct {
	id            string
	first, last   string
	email, mobile string
	work          string
}

var (
	firstNames = strings.Fields("Robert William Margaret Katherine James Elizabeth Richard Susan Thomas Edward Anna Mary Jane Paul Henry Alice Frank Helen George Ruth")
	nicknames  = map[string]string{"Robert": "Bob", "William": "Bill", "Margaret": "Peggy", "Katherine": "Kate", "Elizabeth": "Liz", "Richard": "Dick", "Thomas": "Tom"}
	lastNames  = strings.Fields("Ashdown Birtwhistle Carrington Dunmore Eastlake Fairweather Greenhalgh Hartigan Ingleby Jessop Kettlewell Lockyer Marchbanks Nethercott Oakshott Penhaligon Quennell Ravenscroft Stapleton Thistlewood Underhill Vavasour Wetherby Yardley Zellweger Abernathy Blenkinsop Cholmondeley Dalrymple Entwistle Farquharson Gillespie Hollingworth Illingworth Jernigan Knatchbull Lethbridge Mallender Netherby Ormerod Pettigrew Quickenden Rothwell Satterthwaite Tremayne Upjohn Vanstone Wolstenholme Yarborough Zouche")
)

// town is a thousand people, no two of one name but where the story wants it.
func town() []somebody {
	people := make([]somebody, 1000)
	for i := range people {
		p := &people[i]
		p.id = fmt.Sprintf("p%03d", i)
		p.first, p.last = firstNames[i%len(firstNames)], lastNames[i/len(firstNames)]
		p.email = fmt.Sprintf("%s.%s@example.com", strings.ToLower(p.first), strings.ToLower(p.last))
		p.mobile = fmt.Sprintf("020 7946 %04d", i)
		switch {
		case 150 <= i && i < 200: // two and two live together
			p.mobile = fmt.Sprintf("020 7946 %04d", i-i%2)
		case 200 <= i && i < 250, 700 <= i && i < 720: // behind one switchboard, some of them in the CRM alone
			p.mobile, p.work = "", "020 7946 9000"
		case 250 <= i && i < 275, 720 <= i && i < 730: // five and five have the address of their office, and a number of their own
			p.email = fmt.Sprintf("info@office%d.example", i%5)
		case 800 <= i && i < 825: // namesakes of people who are on both sides, with another address and number
			p.first, p.last = people[i-525].first, people[i-525].last
		}
	}
	return people
}

// TestFirstRunOfAThousand is the first run over a CRM of 1,000 people, 300 of whom are in Outlook too, all under other spellings, with
// shared numbers, addresses of offices, and namesakes; 100 more are in Outlook alone. In each of the twelve combinations of how people
// are matched and what may be written to a card that was there: nobody is tied to somebody else, and whom both sides have is there
// once on each, or is asked about. Who is known by the number of a switchboard alone, and in Outlook by an initial, is
// asked about.
//
// M1, M2, M3, B8, G4
func TestFirstRunOfAThousand(t *testing.T) {
	for _, by := range []match.By{match.ByEmailOrPhone, match.ByEmail, match.ByPhone, match.ByEmailAndPhone} {
		for _, existing := range []conflict.Existing{conflict.FillEmpty, conflict.Override, conflict.Leave} {
			t.Run(fmt.Sprintf("%s, %s", by, existing), func(t *testing.T) {
				firstRun(t, contactsync.Match{By: by, Existing: existing})
			})
		}
	}
}

// spelt is the person as Outlook writes them: a nickname, an initial or capitals; the address in capitals; the number otherwise.
func (p somebody) spelt(i int) []string {
	first, last := p.first, p.last
	switch nick := nicknames[first]; {
	case initialOnly(p, i):
		first = first[:1] + "."
	case nick != "" && i%2 == 0:
		first = nick
	case i%5 == 3:
		first, last = strings.ToUpper(first), strings.ToUpper(last)
	}
	international := func(number string) string {
		return strings.Replace(strings.ReplaceAll(number, " ", ""), "020", "+44 20 ", 1)
	}
	pairs := []string{"givenName=" + first, "surname=" + last, "emailAddresses=" + strings.ToUpper(p.email), "personalNotes=" + p.id}
	if p.mobile != "" {
		pairs = append(pairs, "mobilePhone="+international(p.mobile))
	}
	if p.work != "" {
		pairs = append(pairs, "businessPhones="+international(p.work))
	}
	return pairs
}

func firstRun(t *testing.T, m contactsync.Match) {
	w := acceptance.NewWorld(func(s *contactsync.Settings) {
		s.Match = m
		for i, r := range s.Mapping {
			if r.ID == "notes" { // where the story writes who somebody is
				s.Mapping = append(s.Mapping[:i:i], s.Mapping[i+1:]...)
				break
			}
		}
	})
	people := town()
	for _, p := range people {
		w.Put(p.id, "firstName="+p.first, "lastName="+p.last, "emails="+p.email, "mobile="+p.mobile, "workPhone="+p.work)
	}
	for i, p := range people[:300] {
		w.Add("kim", p.spelt(i)...)
	}
	for i := range 100 {
		w.Add("kim", "givenName="+firstNames[i%20], fmt.Sprintf("surname=Newcomer%c%c", 'a'+i/20, 'a'+i%20), fmt.Sprintf("emailAddresses=newcomer%d@example.org", i), fmt.Sprintf("mobilePhone=020 7946 8%03d", i))
	}

	w.Sync("kim")

	ties, asked := w.Ties("kim")
	found := map[string]bool{}
	var strangers, doubled, neither []string
	for _, tie := range ties {
		switch card := tie[1]; {
		case card == "": // the sync made the record or the card
		case card == tie[0]:
			found[card] = true
		case strings.HasPrefix(tie[0], "p"):
			strangers = append(strangers, tie[0]+" is tied to the card of "+card)
		default:
			doubled = append(doubled, card)
		}
	}
	slices.Sort(doubled)
	for _, p := range people[:300] {
		if !found[p.id] && !slices.Contains(asked, p.id) && !slices.Contains(doubled, p.id) {
			neither = append(neither, p.id)
		}
	}
	t.Logf("%d found, %d records and cards are asked about, %d there twice", len(found), len(asked), len(doubled))
	assert.Empty(t, strangers, "tied to somebody else")
	assert.Empty(t, doubled, "on both sides, and there twice")
	assert.Empty(t, neither, "on both sides, and neither tied nor asked about")
	assert.Len(t, w.CRM("lastName").Lines(), 1100, "those who were there, and the newcomers")
	assert.Len(t, w.Cards("kim", "surname").Lines(), 1100)
	bob := map[conflict.Existing]string{conflict.FillEmpty: "Bob", conflict.Override: "Robert", conflict.Leave: "Bob"}
	assert.Equal(t, bob[m.Existing], w.OfCard("kim", "p000", "givenName"))
	assert.NoError(t, w.Rests())
}

// initialOnly reports whether Outlook has no more than the initial of the person's first name.
func initialOnly(p somebody, i int) bool {
	return i%5 == 1 && (nicknames[p.first] == "" || i%2 != 0)
}
