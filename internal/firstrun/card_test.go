package firstrun

import (
	"fmt"
	"strings"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
	"unicode"

	"github.com/seed-42871e99/crmsync/match"
)

// card is how one book writes a human down: values by field, and for the truth what it gives away.
type card struct {
	id             string
	of             *human
	fields         map[string][]string
	emails, phones []string // folded addresses and E.164
	twoWords       bool     // given name or its initial, and surname, in whatever spelling
	named          bool
	mistyped       bool
}

var withoutAccents = transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)

// names are the spellings, with how often of a hundred a book uses them, and whether they say given name and surname.
var names = []struct {
	percent int
	both    bool
	write   func(h *human) (given, surname string)
}{
	{38, true, func(h *human) (string, string) { return h.given, h.surname }},
	{10, true, func(h *human) (string, string) { return nicknames[h.given], h.surname }},
	{10, true, func(h *human) (string, string) { return string([]rune(h.given)[:1]) + ".", h.surname }},
	{8, true, func(h *human) (string, string) { return h.surname, h.given }},
	{8, true, func(h *human) (string, string) { return "", h.surname + ", " + h.given }},
	{6, true, func(h *human) (string, string) { return strings.TrimSpace(h.given + " " + h.second), h.surname }},
	{6, true, func(h *human) (string, string) { return bare(h.given), bare(h.surname) }},
	{4, true, func(h *human) (string, string) { return strings.ToUpper(h.given), strings.ToUpper(h.surname) }},
	{3, true, func(h *human) (string, string) { return "Dr. " + h.given, h.surname }},
	{2, false, func(h *human) (string, string) { return h.given, h.surname + "x" }}, // mistyped
	{2, false, func(h *human) (string, string) { return "", h.surname }},
	{1, false, func(h *human) (string, string) { return h.given, "" }},
	{2, false, func(*human) (string, string) { return "", "" }},
}

func bare(s string) string {
	out, _, err := transform.String(withoutAccents, s)
	if err != nil {
		panic(err)
	}
	return out
}

// write is the human as the book has them; the fields are the CRM's, and outlookFields renames them.
func (p *population) write(h *human) card {
	c := card{of: h, fields: map[string][]string{"notes": {h.code}}}
	put := func(field, value string) {
		if value != "" {
			c.fields[field] = append(c.fields[field], value)
		}
	}
	keeps := func() bool { return h.careful || p.chance(72) }

	n := p.IntN(100)
	for _, spelling := range names {
		if n -= spelling.percent; n < 0 {
			given, surname := spelling.write(h)
			if h.careful || spelling.both && given+surname == h.surname { // who has no nickname
				given, surname = h.given, h.surname
			}
			c.twoWords, c.named = spelling.both || h.careful, given+surname != ""
			c.mistyped = strings.HasSuffix(surname, "x")
			put("firstName", given)
			put("lastName", surname)
			break
		}
	}
	for _, address := range []string{h.work, h.private} {
		if address != "" && keeps() {
			put("emails", p.spellAddress(address))
			c.emails = append(c.emails, address)
		}
	}
	if h.desk && keeps() {
		put("emails", "info@"+h.office.domain)
		c.emails = append(c.emails, "info@"+h.office.domain)
	}
	number := func(field, e164 string) {
		if e164 != "" && keeps() {
			put(field, p.spellNumber(e164))
			c.phones = append(c.phones, e164)
		}
	}
	number("mobile", h.mobile)
	number("homePhone", h.home)
	if h.office != nil {
		number("workPhone", h.office.switchboard)
	}
	if p.chance(60) {
		put("company", h.company)
	}
	if p.chance(60) {
		put("jobTitle", h.title)
	}
	return c
}

func (p *population) spellAddress(address string) string {
	if p.chance(30) {
		return strings.ToUpper(address[:1]) + address[1:]
	}
	if p.chance(10) {
		return strings.ToUpper(address)
	}
	return address
}

// spellNumber writes an E.164 number as people do; the region is Great Britain.
func (p *population) spellNumber(e164 string) string {
	if us, ok := strings.CutPrefix(e164, "+1"); ok {
		area, rest := us[:3], us[6:]
		return fmt.Sprintf(pick(p.Rand, []string{"+1 (%s) 555-%s", "+1 %s 555 %s", "001-%s-555-%s", "+1%s555%s"}), area, rest)
	}
	rest := e164[len(e164)-4:]
	return pick(p.Rand, []string{"020 7946 ", "+44 20 7946 ", "+44 (0)20 7946 ", "(020) 7946-", "00442079 46"}) + rest
}

// keys are what the card shares with others by a mode.
func (c card) keys(by match.By) []string {
	switch by {
	case match.ByEmail:
		return c.emails
	case match.ByPhone:
		return c.phones
	case match.ByEmailOrPhone:
		return append(append([]string{}, c.emails...), c.phones...)
	}
	var both []string
	for _, e := range c.emails {
		for _, n := range c.phones {
			both = append(both, e+" "+n)
		}
	}
	return both
}
