package main

import (
	"strings"
	"time"
)

// An item of the mailbox, by the property names of Microsoft Graph.
type item struct {
	GivenName       string         `json:"givenName,omitempty"`
	Surname         string         `json:"surname,omitempty"`
	DisplayName     string         `json:"displayName,omitempty"`
	EmailAddresses  []emailAddress `json:"emailAddresses,omitempty"`
	BusinessPhones  []string       `json:"businessPhones,omitempty"`
	HomePhones      []string       `json:"homePhones,omitempty"`
	MobilePhone     string         `json:"mobilePhone,omitempty"`
	CompanyName     string         `json:"companyName,omitempty"`
	JobTitle        string         `json:"jobTitle,omitempty"`
	BusinessAddress *place         `json:"businessAddress,omitempty"`
	Birthday        string         `json:"birthday,omitempty"`
	Categories      []string       `json:"categories,omitempty"`
	PersonalNotes   string         `json:"personalNotes,omitempty"`
	Private         bool           `json:"private,omitempty"`

	keys   keys
	person *person // nil: nobody whom the CRM knows
	why    string  // what makes a stranger look known
}

type emailAddress struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address"`
}

type place struct {
	Street          string `json:"street,omitempty"`
	City            string `json:"city,omitempty"`
	State           string `json:"state,omitempty"`
	PostalCode      string `json:"postalCode,omitempty"`
	CountryOrRegion string `json:"countryOrRegion,omitempty"`
}

var (
	categories = []string{"Klanten", "VIP", "Kerstkaart", "Golf", "Leverancier", "Customer", "Red Category", "Netwerk"}
	remarks    = []string{
		"Ontmoet op de beurs in Hannover",
		"Houdt van zeilen. Dochter studeert in Leiden.",
		"Lunch: geen vis",
		"Via Petra leren kennen\r\nLinkedIn!",
		"Parkeren achter het gebouw; \"code 12\" bij de slagboom",
	}
)

// known writes a person whom the CRM has as the owner of the mailbox saved them.
func known(s *source, p *person) *item {
	it := &item{keys: newKeys(), person: p}
	it.name(s, p)
	if s.chance(72) {
		it.email(s, p.email)
	}
	if s.chance(22) {
		it.email(s, p.private)
	}
	if s.chance(15) { // one that the CRM has not
		it.email(s, slug(p.given.short)+"."+slug(p.surname.name)+"@"+pick(s, homeDomains))
	}
	it.phones(s, p)
	if p.company != nil {
		it.CompanyName = pick(s, []string{p.company.short, p.company.short, p.company.name,
			strings.ToLower(p.company.short), ""})
		it.JobTitle = pick(s, []string{p.job, p.job, "", "", s.job(p.company.country)})
		if s.chance(40) {
			a := p.address
			it.BusinessAddress = &place{shorten(a.street), a.city, "", a.postal, pick(s, p.company.country.names)}
		}
	}
	switch {
	case !p.birthday.IsZero() && s.chance(50):
		it.Birthday = birthday(s, p.birthday)
	case s.chance(4):
		it.Birthday = birthday(s, s.date(1950, 2000))
	}
	if s.chance(40) {
		it.Categories = append(it.Categories, pick(s, categories))
	}
	if s.chance(8) {
		it.Categories = append(it.Categories, "Büro 2026")
	}
	if s.chance(35) {
		it.PersonalNotes = pick(s, remarks)
	}
	return it
}

// name: as friends say it, as a card shows it, or with all that belongs to it.
func (it *item) name(s *source, p *person) {
	given, family := p.given.full, join(p.surname.infix, p.surname.name)
	switch {
	case p.country == china && s.chance(40):
		it.GivenName, it.Surname = han[p.given.full], han[p.surname.name]
		it.DisplayName = it.Surname + it.GivenName
		return
	case s.chance(40):
		given = p.given.short
	case s.chance(8):
		given = initials(p.given.full)
	case p.title != "":
		given = p.title + " " + given
	}
	switch {
	case s.chance(12):
		given, family = without(given), without(family)
	case s.chance(4):
		given, family = strings.ToLower(given), strings.ToLower(family)
	case p.surname.infix != "" && s.chance(15):
		family = p.surname.name + ", " + p.surname.infix
	case s.chance(3):
		given, family = family, given // in the wrong fields
	}
	it.GivenName, it.Surname = given, family
	switch {
	case s.chance(65):
		it.DisplayName = join(given, family)
	case s.chance(50):
		it.DisplayName = family + ", " + given
	case p.company != nil && s.chance(60):
		it.DisplayName = join(given, family) + " (" + p.company.short + ")"
	default:
		it.DisplayName = p.given.short
	}
	if s.chance(5) {
		it.GivenName, it.Surname = "", "" // only the line above the card was filled in
	}
}

func (it *item) email(s *source, address string) {
	if address == "" || it.keys.emails[strings.ToLower(address)] {
		return
	}
	it.keys.emails[strings.ToLower(address)] = true
	written := address
	switch {
	case s.chance(20):
		local, domain, _ := strings.Cut(address, "@")
		written = strings.ToUpper(local[:1]) + local[1:] + "@" + strings.ToUpper(domain[:1]) + domain[1:]
	case s.chance(6):
		written = strings.ToUpper(address)
	}
	it.EmailAddresses = append(it.EmailAddresses, emailAddress{pick(s, []string{it.DisplayName, written,
		it.DisplayName}), written})
}

func (it *item) phones(s *source, p *person) {
	if p.mobile != nil && s.chance(62) {
		it.MobilePhone = it.phone(s, p, p.mobile)
	}
	if p.direct != nil && s.chance(45) {
		it.BusinessPhones = append(it.BusinessPhones, it.phone(s, p, p.direct))
		if p.direct != p.company.switchboard && s.chance(15) {
			it.BusinessPhones = append(it.BusinessPhones, it.phone(s, p, p.company.switchboard))
		}
	}
	if p.home != nil && s.chance(40) {
		it.HomePhones = append(it.HomePhones, it.phone(s, p, p.home))
	}
	if s.chance(10) { // one that the CRM has not
		it.HomePhones = append(it.HomePhones, it.phone(s, p, s.phone(p.country, pick(s, p.country.cities).phones)))
	}
}

// phone writes a number in another way than the CRM does.
func (it *item) phone(s *source, p *person, n *number) string {
	style := s.otherStyle(n, s.style(n))
	if n.recognisable(style) {
		it.keys.phones[n.e164()] = true
	}
	return s.extended(n, n.write(style))
}

// birthday: Graph keeps an instant. Most programs write just before noon UTC, some midnight UTC, some midnight at
// home.
func birthday(s *source, day time.Time) string {
	switch {
	case s.chance(8):
		return day.Format(time.RFC3339)
	case s.chance(8):
		return day.Add(-time.Hour).Format(time.RFC3339)
	}
	return day.Add(11*time.Hour + 59*time.Minute).Format(time.RFC3339)
}

var shorten = strings.NewReplacer("straat", "str.", "straße", "str.", "Street", "St", "Burgemeester", "Burg.").Replace
