package mapping

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// nameParts are the parts of a name in the order in which they are spoken.
var nameParts = []Part{Title, Given, Middle, Infix, Surname, Suffix}

// nameLens carries a name that one side joins in one field and the other keeps in parts.
//
// A name is taken as a row of words. What one side says is compared with the other word by word, so only the part
// that changed changes: "Jan van der Berg" made "Jan van der Berg-Vos" changes the surname and leaves given name and
// infix as they are, wherever a person drew the line between them. Only words that nothing tells about are guessed:
// known titles, infixes and suffixes, else the last word is the surname.
//
// No word is ever lost or invented: the parts together always say what the joined name says. The joined field is read
// as "given infix surname", as "surname, given infix", and, in Han, kana and hangul, surname first. A joined name that
// says the same already is left as it is, in whatever form.
type nameLens struct {
	joined record.Side
	// parts are what the fields of the other side hold, in their order; spoken are their positions in nameParts'
	// order.
	parts  []Part
	spoken []int
	word   entries
}

func buildName(s site) (Lens, []*Error) {
	faults := s.singles()
	joined := record.CRM
	if len(s.fields[record.CRM]) > 1 {
		joined = record.Outlook
	}
	if len(s.fields[joined]) != 1 || len(s.fields[joined.Other()]) < 2 {
		return nil, append(faults, s.fault("", "a name is one field on one side, and several on the other")...)
	}
	l := nameLens{
		joined: joined,
		parts:  s.rule.Lens.Parts,
		word:   entries{field: record.Field{Type: record.Name}, loc: s.loc},
	}
	if len(l.parts) != len(s.fields[joined.Other()]) {
		return nil, append(faults, s.fault("lens.parts", "there are %d parts for %d fields", len(l.parts), len(s.fields[joined.Other()]))...)
	}
	for i, p := range l.parts {
		switch {
		case !slices.Contains(nameParts, p):
			faults = append(faults, s.fault("lens.parts", "%q is not a part of a name; there are %s", p, list(nameParts))...)
		case slices.Contains(l.parts[:i], p):
			faults = append(faults, s.fault("lens.parts", "%q is there twice", p)...)
		}
	}
	for _, p := range nameParts {
		if i := slices.Index(l.parts, p); i >= 0 {
			l.spoken = append(l.spoken, i)
		}
	}
	return l, faults
}

func list(parts []Part) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = string(p)
	}
	return strings.Join(words, ", ")
}

func (l nameLens) View(_ record.Side, v []record.Value) []record.Value { return v }

func (l nameLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	return l.carry(record.Outlook, crm, outlook)
}

func (l nameLens) ToCRM(outlook, crm []record.Value) []record.Value {
	return l.carry(record.CRM, outlook, crm)
}

func (l nameLens) carry(to record.Side, source, target []record.Value) []record.Value {
	if to != l.joined {
		full := source[0].Text()
		parts := l.say(target)
		split := l.split(full, parts)
		out := make([]record.Value, len(target))
		for i, p := range l.spoken {
			out[p] = target[p]
			if !slices.EqualFunc(split[i], parts[i], l.word.same) {
				out[p] = record.Value{strings.Join(split[i], " ")}
			}
		}
		return out
	}
	full := target[0].Text()
	parts := l.say(source)
	if l.saysSame(full, parts) {
		return target
	}
	return []record.Value{{l.join(full, parts)}}
}

// say returns the words of the parts, in spoken order.
func (l nameLens) say(v []record.Value) [][]string {
	parts := make([][]string, len(l.spoken))
	for i, p := range l.spoken {
		parts[i] = l.words(v[p].Text())
	}
	return parts
}

// words splits at white space; words of nothing but invisible marks are none.
func (l nameLens) words(s string) []string {
	words := strings.Fields(s)
	return slices.DeleteFunc(words, l.word.blank)
}

// has returns the position of a part in spoken order, or -1.
func (l nameLens) has(p Part) int {
	return slices.IndexFunc(l.spoken, func(i int) bool { return l.parts[i] == p })
}

// saysSame reports whether the joined name, read with the parts in mind, says just the parts.
func (l nameLens) saysSame(full string, parts [][]string) bool {
	return slices.EqualFunc(l.split(full, parts), parts, func(a, b []string) bool {
		return slices.EqualFunc(a, b, l.word.same)
	})
}

// split reads the joined name into parts; known is what the parts hold now. Split again with the parts it answers, it
// answers the same.
func (l nameLens) split(full string, known [][]string) [][]string {
	plain := l.words(full)
	spoken := l.spokenOrder(full, plain, known)
	if l.equal(plain, known) || l.equal(spoken, known) {
		return known
	}
	parts := l.assign(spoken, known)
	if !l.equal(l.spokenOrder(full, plain, parts), parts) {
		parts = l.assign(plain, known)
	}
	return parts
}

func (l nameLens) equal(words []string, parts [][]string) bool {
	return slices.EqualFunc(words, slices.Concat(parts...), l.word.same)
}

// join writes the parts as one name, in the form that full has if that reads back as the same parts.
func (l nameLens) join(full string, parts [][]string) string {
	for _, form := range l.forms(full, parts) {
		if l.saysSame(form, parts) {
			return form
		}
	}
	return strings.Join(slices.Concat(parts...), " ")
}
