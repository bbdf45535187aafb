package main

import (
	"fmt"
	"strings"
)

// A number is one telephone line, however it is written.
type number struct {
	country     *country
	area, local string
	extension   int  // 0: none
	unknown     bool // see country
}

// phone gives out the numbers of a range one by one, so that two people share one only where that is meant.
func (s *source) phone(c *country, r numberRange) *number {
	n := s.used[r]
	s.used[r]++
	if r.first+n >= r.size {
		panic(fmt.Sprintf("no more numbers in +%s %s %s", c.dial, r.area, r.prefix))
	}
	free := len(fmt.Sprint(r.size - 1))
	n = r.first + n*7919%(r.size-r.first) // every one once, and neighbours far apart
	return &number{country: c, area: r.area, local: fmt.Sprintf("%s%0*d", r.prefix, free, n)}
}

// mobile takes the next number of a range that has any left.
func (s *source) mobile(c *country) *number {
	for _, r := range c.mobile {
		if r.first+s.used[r] < r.size {
			n := s.phone(c, r)
			n.unknown = c.mobileUnknown
			return n
		}
	}
	panic("no more mobile numbers in " + c.code)
}

// e164 is what every way of writing the number means.
func (n *number) e164() string { return "+" + n.country.dial + n.area + n.local }

// Ways to write a number.
const (
	international = iota // +31 20 555 01 23
	compact              // +31205550123
	bracketed            // +31 (0)20 5550123
	dialled              // 0031 20 5550123
	dashed               // 020-5550123, from here on as at home
	spaced               // 020 555 01 23
	parenthesised        // (020) 5550123
	plain                // 0205550123
	styles
)

func (n *number) write(style int) string {
	c := n.country
	home := c.trunk + n.area
	switch style {
	case international:
		return "+" + c.dial + " " + n.area + " " + n.groups()
	case compact:
		return n.e164()
	case bracketed:
		if c.trunk == "" {
			return "+" + c.dial + " (" + n.area + ") " + n.local
		}
		return "+" + c.dial + " (" + c.trunk + ")" + n.area + " " + n.local
	case dialled:
		return "00" + c.dial + " " + n.area + " " + n.local
	case dashed:
		return home + "-" + n.local
	case spaced:
		return home + " " + n.groups()
	case parenthesised:
		return "(" + home + ") " + n.local
	default:
		return home + n.local
	}
}

// recognisable: written like this, a reader in the Netherlands knows which line it is.
func (n *number) recognisable(style int) bool {
	return !n.unknown && (style < dashed || n.country == netherlands)
}

// groups of three first and then of two: 555 01 23. In the United States 555-0123.
func (n *number) groups() string {
	digits, out := n.local, []string(nil)
	if n.country == unitedStates {
		return digits[:3] + "-" + digits[3:]
	}
	if len(digits)%2 == 1 {
		out, digits = append(out, digits[:3]), digits[3:]
	}
	for ; len(digits) > 0; digits = digits[2:] {
		out = append(out, digits[:2])
	}
	return strings.Join(out, " ")
}

// style is one of the ways that people in a Dutch company write such a number: as at home for a Dutch one, else
// nearly always with the country.
func (s *source) style(n *number) int {
	c := n.country
	if c == netherlands {
		return pick(s, []int{dashed, dashed, dashed, spaced, plain, international, compact, bracketed, parenthesised, dialled})
	}
	if home := c.trunk + n.area + n.local; len(home) > len("0201234567") && s.chance(8) {
		return spaced // too long to be read as a Dutch one: of no use to anybody
	}
	return pick(s, []int{international, international, compact, bracketed, dialled})
}

// otherStyle writes the same line differently, with the country where the style before left it out and the other way
// round.
func (s *source) otherStyle(n *number, before int) int {
	if n.country == netherlands && before < dashed {
		return pick(s, []int{dashed, spaced, plain})
	}
	return (before + 1 + s.IntN(2)) % dashed
}

// extended adds the extension in one of the ways of offices.
func (s *source) extended(n *number, written string) string {
	if n.extension == 0 {
		return written
	}
	return fmt.Sprintf("%s %s %d", written, pick(s, []string{"tst.", "ext.", "toestel", "x", "tst", "Ext"}), n.extension)
}
