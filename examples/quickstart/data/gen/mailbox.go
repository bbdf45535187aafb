package main

import (
	"fmt"
	"strings"
)

// mailbox holds so many of the people whom the CRM knows, some of them twice, and others whom it does not.
func mailbox(s *source, people []*person, both, twice, private int) []*item {
	var items []*item
	order := s.Perm(len(people))
	for _, i := range order[:both] {
		it := known(s, people[i])
		// A few can be recognised by their name alone; the rest have at least one key in common with the CRM.
		if len(items) >= 8 {
			it.recognisable(s, people[i])
		}
		items = append(items, it)
	}
	for _, i := range order[8 : 8+twice] {
		it := known(s, people[i])
		it.recognisable(s, people[i])
		items = append(items, it)
	}
	for i := range private {
		items = append(items, stranger(s, i))
	}
	items = append(items, lookalikes(s, people, order[both:])...)
	s.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items
}

// recognisable adds an address or a number that the CRM has too, where the two have none in common yet.
func (it *item) recognisable(s *source, p *person) {
	inCRM := p.rows[0].keys
	if it.keys.meets(inCRM) {
		return
	}
	switch {
	case inCRM.emails[strings.ToLower(p.email)]:
		it.email(s, p.email)
	case p.mobile != nil && inCRM.phones[p.mobile.e164()]:
		it.MobilePhone = it.phone(s, p, p.mobile)
	case p.home != nil && inCRM.phones[p.home.e164()]:
		it.HomePhones = []string{it.phone(s, p, p.home)}
	case p.direct != nil && inCRM.phones[p.direct.e164()]:
		it.BusinessPhones = []string{it.phone(s, p, p.direct)}
	}
}

var circle = []struct{ label, note string }{
	{"", "Buurvrouw, heeft de sleutel"}, {"", "Zwager"}, {"Tandarts", "Elk half jaar"}, {"Huisarts", ""},
	{"Loodgieter", "Snel, niet goedkoop"}, {"Oma", ""}, {"", "Trainer O13"}, {"School", "Absent melden vóór 8:30"},
	{"", ""}, {"Oppas", "Woensdag"}, {"", "Studie Delft"}, {"Notaris", "Testament"},
}

// stranger is somebody from the owner's own life; one in four is marked private.
func stranger(s *source, i int) *item {
	p := newPerson(s, netherlands)
	from := circle[i%len(circle)]
	it := &item{
		GivenName: p.given.short, Surname: join(p.surname.infix, p.surname.name), PersonalNotes: from.note,
		Private: i%4 == 1, keys: newKeys(), why: "private",
	}
	it.DisplayName = join(from.label, it.GivenName, it.Surname)
	if from.label == "Oma" || from.label == "School" {
		it.GivenName, it.Surname, it.DisplayName = "", "", join(from.label, p.given.short)
	}
	if s.chance(70) {
		it.email(s, fmt.Sprintf("%s.%s%d@%s", slug(p.given.short), slug(p.surname.name), s.IntN(900)+100, pick(s, homeDomains)))
	}
	if s.chance(80) || len(it.EmailAddresses) == 0 {
		it.MobilePhone = it.phone(s, p, s.mobile(netherlands))
	}
	if s.chance(30) {
		it.HomePhones = []string{it.phone(s, p, s.phone(netherlands, pick(s, netherlands.cities).phones))}
	}
	if s.chance(40) {
		it.Birthday = birthday(s, s.date(1945, 2015))
	}
	if s.chance(50) {
		it.Categories = []string{pick(s, []string{"Familie", "Privé", "Kerstkaart", "Voetbal"})}
	}
	return it
}

// lookalikes share a name, an address or a number with people in the CRM and are somebody else.
func lookalikes(s *source, people []*person, spare []int) []*item {
	var items []*item
	add := func(why string, p *person, other *person) *item {
		it := &item{
			GivenName: other.given.full, Surname: join(other.surname.infix, other.surname.name), keys: newKeys(), why: why,
		}
		it.DisplayName = join(it.GivenName, it.Surname)
		items = append(items, it)
		return it
	}
	namesakes, colleagues, desks, family := 8, 4, 3, 4
	for _, i := range spare {
		p := people[i]
		c := p.company
		other := newPerson(s, p.country)
		switch {
		case namesakes > 0 && c != nil && p.country == netherlands:
			namesakes--
			other.given, other.surname = p.given, p.surname
			it := add("namesake", p, other)
			it.email(s, fmt.Sprintf("%s%d@example.org", slug(it.DisplayName), s.IntN(900)+100))
			it.MobilePhone = it.phone(s, other, s.mobile(p.country))
			it.CompanyName = "Gemeente " + pick(s, netherlands.cities).name
		case colleagues > 0 && c != nil && p.direct == c.switchboard && other.surname != p.surname:
			colleagues--
			it := add("switchboard", p, other)
			it.BusinessPhones = []string{it.phone(s, other, c.switchboard)}
			it.CompanyName = c.short
		case desks > 0 && c != nil && strings.HasPrefix(p.email, "info@") && p.rows[0].keys.emails[p.email]:
			desks--
			it := add("role mailbox", p, other)
			it.GivenName, it.Surname, it.DisplayName, it.CompanyName = "", "", c.short+" (receptie)", c.name
			it.email(s, p.email)
			it.BusinessPhones = []string{it.phone(s, other, c.switchboard)}
		case family > 0 && p.household != nil && p.household.email != "" && other.given != p.given:
			family--
			other.surname = p.household.surname
			it := add("household", p, other)
			it.email(s, p.household.email)
			it.HomePhones = []string{it.phone(s, other, p.home)}
		}
	}
	return items
}
