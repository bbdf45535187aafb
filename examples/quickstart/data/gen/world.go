package main

import (
	"fmt"
	"strings"
	"time"
)

// A person as they are. What the CRM and the mailbox hold of them is written from this, each in its own way.
type person struct {
	country   *country
	given     given
	surname   surname
	title     string
	company   *company // nil: a private individual
	job       string
	direct    *number // at work
	mobile    *number
	home      *number
	email     string // at work, or the only one
	private   string
	address   address // at home for a private individual, else the company's
	birthday  time.Time
	kind      string
	owner     string
	rows      []*row // in the CRM, two where somebody did not look first
	household *household
}

type company struct {
	name, short string
	domain      string
	country     *country
	switchboard *number
	address     address
}

type household struct {
	surname surname
	address address
	home    *number
	email   string // read by all of them, or empty
}

type address struct{ street, city, state, postal, country string }

var (
	jobs   = []string{"Sales Manager", "CFO", "Account manager", "Office Manager", "Partner", "R&D Engineer", "Architect"}
	kinds  = []string{"Customer", "Customer", "Customer", "Prospect", "Prospect", "Supplier", "Partner"}
	owners = []string{"anna.smit", "bram.koster", "chen.wu", "dieter.vogel", "elena.ruiz"}
)

// populate makes the companies with their people, the households, and the strangers who share a name.
func populate(s *source, employees, individuals int) []*person {
	var people []*person
	for len(people) < employees {
		c := newCompany(s)
		for range min(staff(s), employees-len(people)) {
			people = append(people, newEmployee(s, c))
		}
	}
	for len(people) < employees+individuals {
		h := newHousehold(s)
		for range min(pick(s, []int{1, 1, 1, 2, 2, 3}), employees+individuals-len(people)) {
			people = append(people, newIndividual(s, h))
		}
	}
	shareNames(s, people)
	for _, p := range people {
		reach(s, p)
	}
	return people
}

func (s *source) job(c *country) string {
	if s.chance(50) {
		return pick(s, c.jobs)
	}
	return pick(s, jobs)
}

func staff(s *source) int { return pick(s, []int{1, 1, 2, 2, 3, 4, 5, 6, 8, 11, 15}) }

func newCompany(s *source) *company {
	c := pick(s, where)
	at := pick(s, c.cities)
	trade, family, form := pick(s, c.firms.trades), pick(s, c.family), pick(s, c.firms.forms)
	core := pick(s, []string{
		join(trade, family.infix, family.name),
		join(family.infix, family.name, trade),
		join(family.name, "&", pick(s, c.family).name),
		join(trade, at.name),
	})
	domain := slug(core) + ".example"
	if c == germany && s.chance(20) && !strings.ContainsAny(core, "ß&") { // with its umlauts
		domain = strings.ToLower(strings.ReplaceAll(core, " ", "-")) + ".example"
	}
	if s.taken[domain] {
		return newCompany(s)
	}
	s.taken[domain] = true
	out := &company{
		name: core + " " + form, short: core, country: c,
		domain:      domain,
		switchboard: s.phone(c, at.phones),
		address:     newAddress(s, c, at),
	}
	if strings.HasPrefix(form, "有") {
		out.name = core + form
	}
	if words := strings.Fields(slugWords(core)); len(words) > 2 && s.chance(50) {
		out.short = initialsOf(words)
	}
	return out
}

func newAddress(s *source, c *country, at city) address {
	return address{c.street(s), at.name, at.state, s.postal(at.postal), pick(s, c.names[:2])}
}

func newEmployee(s *source, c *company) *person {
	from := c.country
	if s.chance(8) {
		from = pick(s, where) // works abroad
	}
	p := newPerson(s, from)
	p.company, p.job, p.address, p.kind = c, s.job(c.country), c.address, pick(s, kinds)
	switch at := c.switchboard; {
	case s.chance(45):
		p.direct = s.phone(c.country, rangeOf(c))
	case s.chance(50):
		p.direct = &number{country: at.country, area: at.area, local: at.local, extension: 10 + s.IntN(90)}
	default:
		p.direct = at
	}
	return p
}

// rangeOf is the range of the company's own town.
func rangeOf(c *company) numberRange {
	for _, at := range c.country.cities {
		if at.name == c.address.city {
			return at.phones
		}
	}
	panic("no town " + c.address.city)
}

func newHousehold(s *source) *household {
	c := netherlands
	if s.chance(25) {
		c = pick(s, where)
	}
	at := pick(s, c.cities)
	h := &household{surname: pick(s, c.family), address: newAddress(s, c, at), home: s.phone(c, at.phones)}
	if s.chance(25) {
		h.email = "fam." + slug(h.surname.name) + fmt.Sprint(s.IntN(90)+10) + "@" + pick(s, homeDomains)
	}
	return h
}

func newIndividual(s *source, h *household) *person {
	c := h.home.country
	p := newPerson(s, c)
	if s.chance(80) {
		p.surname = h.surname
	}
	p.household, p.address, p.home, p.kind = h, h.address, h.home, "Private"
	return p
}

func newPerson(s *source, c *country) *person {
	p := &person{country: c, given: pick(s, c.men), surname: pick(s, c.family), owner: pick(s, owners)}
	if s.chance(50) {
		p.given = pick(s, c.women)
	}
	if s.chance(8) {
		p.title = pick(s, c.titles)
	}
	if s.chance(40) {
		p.birthday = s.date(1948, 2004)
	}
	return p
}

// shareNames gives some strangers one name, and a father and a son too.
func shareNames(s *source, people []*person) {
	for range 12 {
		a := pick(s, people)
		for range 1 + s.IntN(2) {
			b := pick(s, people)
			if a.country == b.country && a.company != b.company {
				b.given, b.surname = a.given, a.surname
			}
		}
	}
	for i, p := range people[:len(people)-1] {
		if son := people[i+1]; p.household != nil && p.household == son.household && s.chance(8) {
			son.given, son.surname = p.given, p.surname
			p.birthday, son.birthday = s.date(1950, 1960), s.date(1980, 1990)
		}
	}
	// Two who have a birthday only in leap years.
	people[17].birthday = time.Date(1988, 2, 29, 0, 0, 0, 0, time.UTC)
	people[len(people)-5].birthday = time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC)
}

var homeDomains = []string{"example.com", "example.net", "example.org", "mail.example", "correo.example", "post.example"}

// reach gives a person the addresses and numbers by which they are reached; the name must be settled.
func reach(s *source, p *person) {
	local := slug(p.given.full) + "." + slug(p.surname.infix+p.surname.name)
	p.private = fmt.Sprintf("%s%d@%s", local, s.IntN(9000)+1000, pick(s, homeDomains))
	if p.mobile == nil && s.chance(62) {
		p.mobile = s.mobile(p.country)
	}
	if p.company == nil {
		p.email = p.private
		p.private = ""
		if p.household.email != "" {
			p.email = p.household.email
		}
		return
	}
	if p.home == nil && s.chance(10) {
		p.home = s.phone(p.country, pick(s, p.country.cities).phones)
	}
	p.email = s.unique(pick(s, []string{local, local, slug(p.given.full)[:1] + "." + slug(p.surname.name)}), p.company.domain)
	if s.chance(7) {
		p.email = "info@" + p.company.domain // shared by whoever is there
	}
}
