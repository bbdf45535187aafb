package main

import (
	"fmt"
	"strings"
	"time"
)

// columns of the export, in order.
var columns = []string{"id", "initials", "first_name", "infix", "last_name", "company", "job_title", "email", "email2",
	"work_phone", "mobile_phone", "home_phone", "street", "city", "state", "postal_code", "country", "birthday",
	"contact_type", "notes", "owner", "updated_at"}

// A row of the export, and which addresses and numbers a careful reader finds in it.
type row struct {
	values map[string]string
	keys   keys
}

// keys are the addresses, folded, and the numbers, international, by which somebody can be recognised.
type keys struct{ emails, phones map[string]bool }

func newKeys() keys { return keys{map[string]bool{}, map[string]bool{}} }

// notes of any colleague about anybody.
var notes = []string{
	"Offerte 2026-114; wacht op \"akkoord\" van de directie",
	"=SUM(A1:A3) stond zo in de oude lijst",
	"Allergisch voor noten 🥜",
	"<b>Let op</b>: eerst bellen & dan langskomen",
	"Nieuwsbrief: nee\r\nBeurs: ja",
}

// crmRow writes a person as one colleague typed them in.
func crmRow(s *source, p *person, id string) *row {
	r := &row{map[string]string{"id": id}, newKeys()}
	v := r.values
	r.name(s, p)
	if p.company != nil {
		v["company"] = p.company.name
		if s.chance(12) {
			v["company"] = p.company.short
		}
		v["job_title"] = p.job
	}
	if s.chance(90) {
		r.email(s, "email", p.email)
	}
	if s.chance(20) {
		r.email(s, "email2", p.private)
	}
	r.phones(s, p)
	if s.chance(85) {
		v["street"], v["city"], v["state"] = p.address.street, p.address.city, p.address.state
		v["postal_code"], v["country"] = p.address.postal, p.address.country
	}
	if !p.birthday.IsZero() {
		v["birthday"] = p.birthday.Format(time.DateOnly)
	}
	switch {
	case s.chance(14):
		v["notes"] = pick(s, p.country.notes)
	case s.chance(12):
		v["notes"] = pick(s, notes)
	}
	v["contact_type"], v["owner"] = p.kind, p.owner
	v["updated_at"] = time.Date(2024, 1, 1, 7, 0, 0, 0, time.UTC).
		Add(time.Duration(s.IntN(1000*24*60)) * time.Minute).Format(time.RFC3339)
	return r
}

// name fills the four columns of the name in one of the ways that people use them.
func (r *row) name(s *source, p *person) {
	v := r.values
	v["first_name"], v["infix"], v["last_name"] = p.given.full, p.surname.infix, p.surname.name
	if s.chance(45) {
		v["initials"] = initials(p.given.full)
	}
	if p.country == china && s.chance(45) {
		v["first_name"], v["last_name"], v["initials"] = han[p.given.full], han[p.surname.name], ""
	}
	if p.infixInSurname(s) {
		v["infix"], v["last_name"] = "", join(p.surname.infix, p.surname.name)
	}
	switch {
	case s.chance(6):
		v["first_name"], v["initials"] = "", initials(p.given.full)
	case s.chance(10):
		v["first_name"] = p.given.short
	case p.title != "" && s.chance(70):
		v["first_name"] = p.title + " " + v["first_name"]
	case s.chance(2):
		v["last_name"] = strings.ToUpper(v["last_name"])
	}
	if s.chance(2) {
		v["last_name"] += " "
	}
}

// infixInSurname: abroad nobody knows a column for it.
func (p *person) infixInSurname(s *source) bool {
	return p.surname.infix != "" && (p.country != netherlands && s.chance(50) || s.chance(6))
}

func (r *row) email(s *source, column, address string) {
	if address == "" {
		return
	}
	written := address
	switch {
	case s.chance(6):
		written = strings.ToUpper(address)
	case s.chance(5):
		local, domain, _ := strings.Cut(address, "@")
		written = strings.ToUpper(local[:1]) + local[1:] + "@" + domain
	case s.chance(2):
		written = " " + address + " "
	case s.chance(1):
		r.values[column] = pick(s, []string{"n.v.t.", "geen", strings.Replace(address, "@", "(at)", 1)})
		return
	}
	r.values[column] = written
	r.keys.emails[strings.ToLower(address)] = true
}

func (r *row) phones(s *source, p *person) {
	if p.direct != nil && s.chance(85) {
		r.phone(s, "work_phone", p.direct)
	}
	if p.mobile != nil && s.chance(92) {
		r.phone(s, "mobile_phone", p.mobile)
	}
	if p.home != nil && s.chance(80) {
		r.phone(s, "home_phone", p.home)
	}
	v := r.values
	switch { // several in one field
	case v["work_phone"] != "" && v["mobile_phone"] != "" && s.chance(5):
		v["work_phone"] += pick(s, []string{" / ", "; ", " of ", ", "}) + v["mobile_phone"]
		v["mobile_phone"] = ""
	case v["home_phone"] != "" && v["mobile_phone"] != "" && s.chance(4):
		v["mobile_phone"] += " / " + v["home_phone"]
		v["home_phone"] = ""
	case v["work_phone"] == "" && v["home_phone"] == "" && v["mobile_phone"] == "" && s.chance(10):
		v["work_phone"] = pick(s, []string{"onbekend", "zie e-mail", "-", "geen"})
	}
}

func (r *row) phone(s *source, column string, n *number) {
	style := s.style(n)
	written := s.extended(n, n.write(style))
	if n.extension == 0 {
		switch {
		case s.chance(4):
			written += " " + pick(s, []string{"(office)", "werk", "(privé)", "mobiel", "(na 18 uur)", "thuis", "Zentrale"})
		case s.chance(1):
			written = "\u202a" + written + "\u202c" // as pasted from a phone
		case s.chance(2):
			written = strings.ReplaceAll(written, " ", "\u00a0")
		}
	}
	r.values[column] = written
	if n.recognisable(style) {
		r.keys.phones[n.e164()] = true
	}
}

// again is the same person typed in by somebody else, who did not look first.
func again(s *source, p *person, first *row, id string) *row {
	r := crmRow(s, p, id)
	v := r.values
	switch respelled := respell(p.surname.name); {
	case respelled != p.surname.name:
		v["first_name"], v["last_name"] = p.given.full, respelled
	case p.given.short != p.given.full:
		v["first_name"], v["last_name"] = p.given.short, p.surname.name
	default:
		v["first_name"], v["last_name"] = strings.ToLower(p.given.full), strings.ToLower(p.surname.name)
	}
	v["infix"], v["initials"] = p.surname.infix, ""
	v["notes"], v["birthday"], v["job_title"] = "", "", ""
	v["owner"] = pick(s, owners)
	if !first.keys.meets(r.keys) { // they do have something in common
		for _, column := range []string{"email", "email2", "work_phone", "mobile_phone", "home_phone"} {
			v[column] = first.values[column]
		}
		r.keys = first.keys
	}
	return r
}

var spellings = strings.NewReplacer("Jansen", "Janssen", "Visser", "Vischer", "Smit", "Smid", "Bakker", "Backer",
	"Vries", "Fries", "Dijk", "Dyk", "Meier", "Mayer", "Schmidt", "Schmitt", "Hoff", "Hof", "Koning", "Koningh",
	"Dekker", "Decker", "Clarke", "Clark", "Mulder", "Muller", "Leeuwen", "Leeuwe", "Boer", "Boers")

func respell(name string) string { return without(digraphs.Replace(spellings.Replace(name))) }

func (k keys) meets(other keys) bool { return len(k.shared(other)) > 0 }

// shared says what both have: email, phone.
func (k keys) shared(other keys) []string {
	var by []string
	if common(k.emails, other.emails) {
		by = append(by, "email")
	}
	if common(k.phones, other.phones) {
		by = append(by, "phone")
	}
	return by
}

func common(a, b map[string]bool) bool {
	for key := range a {
		if b[key] {
			return true
		}
	}
	return false
}

// export writes all rows, the people in no order, those typed in twice with a later number.
func export(s *source, people []*person, twice int) []*row {
	var rows []*row
	number := 1000
	next := func() string { number += 1 + s.IntN(3); return fmt.Sprintf("P-%05d", number) }
	for _, p := range people {
		r := crmRow(s, p, next())
		p.rows = append(p.rows, r)
		rows = append(rows, r)
	}
	for twice > 0 {
		p := pick(s, people)
		if len(p.rows) > 1 || len(p.rows[0].keys.emails)+len(p.rows[0].keys.phones) == 0 {
			continue
		}
		r := again(s, p, p.rows[0], next())
		p.rows = append(p.rows, r)
		rows = append(rows, r)
		twice--
	}
	return rows
}
