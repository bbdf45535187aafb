package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// With is something that a script may be generated with beside what every script has.
type With string

// Graph asks for quirks of the emulated Graph, for an Outlook that has them.
const Graph With = "graph"

// Large asks for a script of the largest size, with three to five users and 20 to 35 people, most of them on both sides. Of other
// scripts one in 25 is.
const Large With = "large"

// Generate writes the script of a seed. The same seed and additions write the same script.
func Generate(seed uint64, with ...With) Script {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x5eed)), with: with}
	g.size = small
	switch n := g.IntN(100); { // small scripts find most, and are read with least effort
	case n < 4:
		g.size = large
	case n < 20:
		g.size = medium
	}
	if slices.Contains(with, Large) {
		g.size = large
	}
	g.world()
	g.people()
	g.begun = len(g.script)
	g.story()
	g.extras(seed)
	return g.script
}

// generator writes a script. It knows which records the script has made, not what became of them: a step that cannot be
// done does nothing.
type generator struct {
	*rand.Rand
	with    []With
	size    size
	script  Script
	begun   int // lines before the story
	users   int
	humans  []human
	crm     []string // names of records people made
	items   []string // names of items people made
	tokens  int
	faulty  bool
	filters bool // owners and kinds mean something
	deletes bool // go across, and a guard counts them
	journal bool // runs can be taken back
	// The CRM has no Finder; the sides know when fields changed.
	nofinder, times bool
	current         contactsync.Settings
	left            []string // rules that are left out
}

// size is how much there is in a script.
type size struct {
	users          []int // drawn from
	humans, rounds [2]int
}

var (
	small  = size{[]int{1, 1, 1, 2, 2, 3}, [2]int{1, 5}, [2]int{2, 9}}
	medium = size{[]int{1, 2, 2, 3}, [2]int{5, 14}, [2]int{4, 12}}
	large  = size{[]int{3, 3, 4, 5}, [2]int{20, 35}, [2]int{5, 12}} // 30 records and more
)

// between draws from both ends and what is between.
func (g *generator) between(ends [2]int) int { return ends[0] + g.IntN(ends[1]-ends[0]+1) }

// human is somebody whom several records may be about.
type human struct{ first, last, email, phone string }

func (g *generator) line(format string, args ...any) {
	g.script = append(g.script, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

// chance is true in n of a hundred cases.
func (g *generator) chance(n int) bool { return g.IntN(100) < n }

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// some returns "word" in n of a hundred cases, with a space before it.
func (g *generator) some(n int, word string) string {
	if g.chance(n) {
		return " " + word
	}
	return ""
}

var (
	firstNames = []string{"Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Robert", "Bob", "Eva"}
	lastNames  = []string{"Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "King", "Jansen"}
)

func (g *generator) people() {
	n := g.between(g.size.humans)
	if g.deletes {
		n = max(n, 4)
	}
	for i := range n {
		h := human{first: pick(g, firstNames...), last: pick(g, lastNames...)}
		h.email = fmt.Sprintf("p%d@example.com", i)
		h.phone = fmt.Sprintf("+447700900%d", 900+i)
		if g.chance(15) {
			h.email = "info@example.com" // a role mailbox
		}
		if g.chance(15) {
			h.phone = "+447700900999" // a switchboard
		}
		if g.chance(10) {
			h.email = ""
		}
		if g.chance(30) {
			h.phone = ""
		}
		g.humans = append(g.humans, h)
		for range pick(g, 0, 1, 1, 1, 2) {
			g.makeRecord(h)
		}
		for u := range g.users {
			for range pick(g, 0, 0, 1, 1, 2) {
				g.makeItem(u+1, h)
			}
		}
	}
}

// about writes what a record about a human holds: some of it, in some spelling, with values of its own.
func (g *generator) about(h human) string {
	if g.chance(4) {
		return ""
	}
	words := []string{"first=" + h.first, "last=" + h.last}
	if g.chance(15) {
		words[0] = "first=" + h.first[:1] + "."
	}
	if g.chance(10) {
		words = words[1:]
	}
	if h.email != "" && g.chance(85) {
		email := "emails=" + pick(g, h.email, h.email, strings.ToUpper(h.email))
		if g.chance(20) {
			email += "|" + g.token("emails")
		}
		words = append(words, email)
	}
	if h.phone != "" && g.chance(80) {
		words = append(words, pick(g, "mobile", "mobile", "work")+"="+pick(g, h.phone, strings.Replace(h.phone, "+44", "0", 1)))
	}
	for _, name := range []string{"company", "title", "notes", "birthday", "work"} {
		if g.chance(30) && !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, name+"=") }) {
			words = append(words, name+"="+g.token(name))
		}
	}
	return strings.Join(words, " ")
}

func (g *generator) makeRecord(h human) {
	name := fmt.Sprintf("c%d", len(g.crm)+1)
	g.crm = append(g.crm, name)
	extra := ""
	if g.filters {
		extra = " owner=" + g.user() + g.some(10, "kind=former")
	}
	g.line("crm %s %s%s", name, g.about(h), extra)
}

func (g *generator) makeItem(u int, h human) {
	name := fmt.Sprintf("u%d.o%d", u, len(g.items)+1)
	g.items = append(g.items, name)
	g.line("outlook %s %s", name, g.about(h))
}

// token is a value that nobody else writes.
func (g *generator) token(name string) string {
	g.tokens++
	n := g.tokens
	switch name {
	case "emails":
		return fmt.Sprintf("t%d@example.com", n)
	case "work", "mobile":
		return pick(g, "+447700900", "07700900") + fmt.Sprintf("%03d", n%900)
	case "birthday":
		return fmt.Sprintf("19%02d-%02d-%02d", 50+n/28/12%50, 1+n/28%12, 1+n%28)
	case "title":
		if g.chance(15) {
			return fmt.Sprintf("T%d-too-long-for-the-CRM", n)
		}
	}
	return fmt.Sprintf("T%d", n)
}

func (g *generator) user() string { return fmt.Sprintf("u%d", 1+g.IntN(g.users)) }

// name is the name of something people made.
func (g *generator) name() string {
	all := slices.Concat(g.crm, g.items)
	if len(all) == 0 {
		return "c1"
	}
	if g.chance(60) { // stay with few records, so that things happen to the same one
		all = all[:min(len(all), 3)]
	}
	return pick(g, all...)
}

// where is a side: the CRM, or a user's mailbox.
func (g *generator) where() string {
	if g.chance(50) {
		return "crm"
	}
	return g.user()
}

func (g *generator) email() string {
	if len(g.humans) == 0 {
		return "info@example.com"
	}
	if h := pick(g, g.humans...); h.email != "" {
		return h.email
	}
	return "info@example.com"
}

// story is what happens: the first runs, then edits and runs in turn.
func (g *generator) story() {
	for u := range g.users {
		if g.chance(85) {
			g.run(fmt.Sprintf("u%d", u+1))
		}
	}
	for range g.between(g.size.rounds) {
		for range g.IntN(5) {
			g.act()
		}
		if g.chance(6) {
			g.change()
		}
		if g.chance(20) {
			g.line("clock %s", pick(g, "5m", "20m", "3h", "30h", "200h"))
		}
		if g.guarded() && g.chance(50) { // the day of the guards rolls by the hour
			g.line("clock %s", pick(g, "1h", "3h", "7h", "13h", "23h", "24h"))
		}
		for range 1 + g.IntN(2) {
			g.run(g.user())
		}
	}
	if g.chance(4) {
		g.line("lose state")
	}
}

func (g *generator) human() human {
	if len(g.humans) == 0 || g.chance(20) {
		h := human{first: pick(g, firstNames...), last: pick(g, lastNames...), email: fmt.Sprintf("p%d@example.com", len(g.humans))}
		g.humans = append(g.humans, h)
		return h
	}
	return pick(g, g.humans...)
}
