package graphadapter

import (
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// nameParts are the fields that display name and file-as are put together from.
var nameParts = []string{"title", "givenName", "middleName", "surname", "generation", "companyName", "nickName", "initials"}

// composedNames are the fields put together from them. Outlook's clients and the service compose them once, in one of
// several patterns, and do not all follow a change of the parts.
var composedNames = []string{"displayName", "fileAs"}

// names are the parts of one contact's name.
type names struct{ title, given, middle, surname, suffix, company, nick, initials string }

func namesIn(f record.Fields) names {
	return names{
		f.Text("title"), f.Text("givenName"), f.Text("middleName"), f.Text("surname"), f.Text("generation"),
		f.Text("companyName"), f.Text("nickName"), f.Text("initials"),
	}
}

func words(w ...string) string {
	kept := w[:0:0]
	for _, s := range w {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " ")
}

// join puts a separator between two texts that are both there.
func join(a, separator, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + separator + b
}

// around is "a (b)", as far as they are there.
func around(a, b string) string {
	switch {
	case b == "":
		return a
	case a == "":
		return b
	}
	return a + " (" + b + ")"
}

// pattern composes a name.
type pattern func(names) string

func forward(n names) string       { return words(n.given, n.middle, n.surname) }
func forwardShort(n names) string  { return words(n.given, n.surname) }
func forwardSuffix(n names) string { return words(n.given, n.middle, n.surname, n.suffix) }
func forwardFull(n names) string   { return words(n.title, n.given, n.middle, n.surname, n.suffix) }
func forwardTitled(n names) string { return words(n.title, n.given, n.surname) }
func lastFirst(n names) string     { return join(n.surname, ", ", words(n.given, n.middle)) }
func lastFirstShort(n names) string {
	return join(n.surname, ", ", n.given)
}
func lastFirstSuffix(n names) string {
	return join(words(n.surname, n.suffix), ", ", words(n.given, n.middle))
}
func lastFirstPlain(n names) string { return words(n.surname, n.given, n.middle) }
func lastFirstTight(n names) string { return n.surname + n.given } // as Chinese and Korean names are written
func company(n names) string        { return n.company }

func withCompany(p pattern) pattern { return func(n names) string { return around(p(n), n.company) } }
func inCompany(p pattern) pattern   { return func(n names) string { return around(n.company, p(n)) } }
func linedCompany(p pattern) pattern {
	return func(n names) string { return join(p(n), "\r\n", n.company) }
}
func companyLined(p pattern) pattern {
	return func(n names) string { return join(n.company, "\r\n", p(n)) }
}

func nickname(n names) string         { return n.nick }
func initialsForward(n names) string  { return words(n.initials, n.surname) }
func initialsBackward(n names) string { return join(n.surname, ", ", n.initials) }

var (
	forwardPatterns  = []pattern{forward, forwardShort, forwardSuffix, forwardFull, forwardTitled}
	backwardPatterns = []pattern{lastFirst, lastFirstShort, lastFirstSuffix, lastFirstPlain, lastFirstTight}
	companyPatterns  = []pattern{
		company,
		withCompany(lastFirst), withCompany(lastFirstShort), withCompany(forward), withCompany(forwardShort),
		inCompany(lastFirst), inCompany(lastFirstShort), inCompany(forward), inCompany(forwardShort),
		linedCompany(lastFirst), linedCompany(forward), companyLined(lastFirst), companyLined(forward),
	}
	otherPatterns = []pattern{nickname, initialsForward, initialsBackward}
	// A name that fits several patterns, as a single word does, follows the first.
	patterns = map[string][]pattern{
		"displayName": concat(forwardPatterns, backwardPatterns, companyPatterns, otherPatterns),
		"fileAs":      concat(backwardPatterns, forwardPatterns, companyPatterns, otherPatterns),
	}
)

func concat(lists ...[]pattern) []pattern {
	var all []pattern
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// follow gives a composed name after its parts changed: by the pattern it followed, else as it is.
func follow(field, value string, old, new names) string {
	for _, p := range patterns[field] {
		if p(old) == value {
			if renamed := p(new); renamed != "" {
				return renamed
			}
		}
	}
	return value
}

// composed gives the composed names to send with an update that does not set them: those that must follow a change of
// their parts, and a display name of a person's own, which the service may otherwise replace.
func composed(set record.Fields, was record.Fields) map[string]string {
	renamed := false
	for _, part := range nameParts {
		if v, sent := set.Get(part); sent {
			renamed = renamed || v.Text() != was.Text(part)
		}
	}
	old := namesIn(was)
	new := namesIn(was.With(set))
	out := map[string]string{}
	for _, field := range composedNames {
		value := was.Text(field)
		if set.Known(field) || value == "" {
			continue
		}
		switch {
		case renamed:
			out[field] = follow(field, value, old, new)
		case field == "displayName" && value != forward(old):
			out[field] = value
		}
	}
	return out
}
