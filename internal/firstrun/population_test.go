package firstrun

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// human is somebody who exists once, whatever two address books make of them.
type human struct {
	code           string // stands in the notes of every card of theirs: by it the test knows who is who, and nothing matches on it
	given, second  string
	surname        string
	private, work  string // addresses of their own
	mobile, home   string // home is their household's
	office         *office
	desk           bool // answers the office's info@ too
	crm, outlook   bool // the books they are in
	namesake       bool
	careful        bool // every key they have is on every card, and the name in full: a namesake at one switchboard
	title, company string
}

type office struct{ name, domain, switchboard string }

var (
	givenNames = strings.Fields(`Robert William Elizabeth Thomas Michael Susan James Richard Margaret Francisco Hendrik Friedrich
		Anna Clara Hugo Iris Oscar Nina Pilar Ruben Sofía Tessa Ursula Víctor Wanda Yara Zoë Bruno Delia Ewald Flora Gustav Hannah Ivo Juna Kaspar`)
	nicknames = map[string]string{"Robert": "Bob", "William": "Bill", "Elizabeth": "Liz", "Thomas": "Tom", "Michael": "Mike", "Susan": "Sue",
		"James": "Jim", "Richard": "Dick", "Margaret": "Peggy", "Francisco": "Paco", "Hendrik": "Henk", "Friedrich": "Fritz"}
	stems = strings.Fields(`Aber Bram Crost Dun Elm Fenn Grün Hart Ives Kjær Lind Müll Norr Ode Pérez Quill Röth Sand Thorn Ulm Vries Wester Yar Zill`)
	tails = strings.Fields(`ton by well dale mann sen ström stra feld ward wick son`)
	jobs  = []string{"", "", "Buyer", "Engineer", "Director", "Advisor"}
)

// population is a made-up town and what two address books know of it.
type population struct {
	*rand.Rand
	humans []*human
	desk   int // numbers given out
	mobile int
}

func (p *population) chance(percent int) bool { return p.IntN(100) < percent }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// landline is a number of +44 20 7946 0xxx, cell one of +1 xxx 555 01xx; both ranges are nobody's. Numbers are kept as E.164.
func (p *population) landline() string {
	p.desk++
	return fmt.Sprintf("+4420794%05d", 60000+p.desk)
}

func (p *population) cell() string {
	p.mobile++
	areas := []int{202, 212, 303, 312, 404, 415, 503, 512, 602, 617, 702, 713}
	return fmt.Sprintf("+1%d55501%02d", areas[p.mobile/100], p.mobile%100)
}

// newPopulation draws 1,000 people: 300 in both books, 350 in the CRM alone, 350 in Outlook alone.
func newPopulation(seed uint64) *population {
	p := &population{Rand: rand.New(rand.NewPCG(seed, 3))}
	var offices []*office
	for i := range 24 {
		name := fmt.Sprintf("Works %c", 'A'+i)
		offices = append(offices, &office{name, fmt.Sprintf("works-%c.example.com", 'a'+i), p.landline()})
	}
	for len(p.humans) < 1000 {
		p.household(offices)
	}
	p.humans = p.humans[:1000]
	p.namesakes()
	for i, at := range p.Perm(len(p.humans)) {
		h := p.humans[at]
		h.crm, h.outlook = i < 650, i < 300 || i >= 650
	}
	return p
}

// household adds people of one roof: mostly one surname, one telephone in the hall, given names of their own.
func (p *population) household(offices []*office) {
	size, home, surname := 1, "", p.surname()
	if p.chance(45) {
		size = 2 + p.IntN(4)
	}
	if size > 1 || p.chance(30) {
		home = p.landline()
	}
	names := p.Perm(len(givenNames))
	for m := range size {
		n := len(p.humans)
		h := &human{code: fmt.Sprintf("No. %04d", n), given: givenNames[names[m]], surname: surname, home: home, title: pick(p.Rand, jobs)}
		if m > 0 && p.chance(15) {
			h.surname = p.surname()
		}
		if p.chance(20) {
			h.second = givenNames[names[len(names)-1-m]]
		}
		if p.chance(80) {
			h.mobile = p.cell()
		}
		if p.chance(70) {
			h.private = fmt.Sprintf("p%d@example.org", n)
		}
		if p.chance(60) {
			// Two offices employ dozens, the others a few.
			h.office = offices[int(float64(len(offices))*p.Float64()*p.Float64()*p.Float64())]
			h.company = h.office.name
			h.desk = p.chance(15)
			if p.chance(75) {
				h.work = fmt.Sprintf("w%d@%s", n, h.office.domain)
			}
		}
		p.humans = append(p.humans, h)
	}
}

func (p *population) surname() string {
	infix := pick(p.Rand, []string{"", "", "", "", "van der ", "de ", "von "})
	return infix + pick(p.Rand, stems) + pick(p.Rand, tails)
}

// namesakes gives forty people the whole name of another: thirty somewhere else, ten at the other's switchboard. What else they
// have is their own.
func (p *population) namesakes() {
	single := slices.DeleteFunc(slices.Clone(p.humans), func(h *human) bool { return h.home != "" })
	p.twin(single, 10, func(a, b *human) bool {
		a.careful = a.office != nil && a.office == b.office && a.hasOwn() && b.hasOwn()
		b.careful = a.careful
		return a.careful
	})
	p.twin(single, 30, func(a, b *human) bool { return a.office == nil || a.office != b.office })
}

// hasOwn reports whether a human has an address and a number of their own, and no other address is shared.
func (h *human) hasOwn() bool { return h.mobile != "" && h.private != "" && !h.desk }

// twin gives pairs of people who fit one name, each of them once.
func (p *population) twin(people []*human, pairs int, fit func(a, b *human) bool) {
	for i, a := range people {
		if pairs == 0 {
			return
		}
		if a.namesake {
			continue
		}
		if at := slices.IndexFunc(people[i+1:], func(b *human) bool { return !b.namesake && fit(a, b) }); at >= 0 {
			b := people[i+1+at]
			b.given, b.second, b.surname = a.given, "", a.surname
			a.second, a.namesake, b.namesake = "", true, true
			pairs--
		}
	}
}
