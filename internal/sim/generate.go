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
	g.world()
	g.people()
	g.story()
	return g.script
}

// generator writes a script. It knows which records the script has made, not what became of them: a step that cannot be
// done does nothing.
type generator struct {
	*rand.Rand
	with    []With
	size    size
	script  Script
	users   int
	humans  []human
	crm     []string // names of records people made
	items   []string // names of items people made
	tokens  int
	faulty  bool
	filters bool // owners and kinds mean something
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

func (g *generator) world() {
	g.users = pick(g, g.size.users...)
	g.faulty = g.chance(70)
	g.line("users %d", g.users)
	g.settings()
	ids := []string{"first", "last", "company", "title", "emails", "work", "mobile", "notes", "birthday"}
	for _, id := range ids {
		switch {
		case g.chance(10):
			g.line("without %s", id)
			g.left = append(g.left, id)
		case g.chance(12):
			line := "rule " + id
			if g.chance(60) {
				line += " direction=" + pick(g, "toOutlook", "toCRM")
			}
			if g.chance(60) {
				line += " conflict=" + pick(g, "crm", "outlook", "newest", "ask")
			}
			g.line("%s", line)
		}
	}
	finder := g.some(25, "nofinder")
	g.nofinder = finder != ""
	if line := "store" + finder + g.some(30, "pages=2") + g.some(40, "owns"); line != "store" {
		g.line("%s", line)
	}
	line := "outlook" + g.some(15, "ignoreVersions") + g.some(20, "blind") + g.some(30, "stamps") + g.some(30, "quiet") +
		g.some(30, "pages=3") + g.some(25, "partial") + g.some(10, "rewrite") + g.some(10, "drop") + g.some(15, "late")
	if line != "outlook" {
		g.line("%s", line)
	}
	if slices.Contains(g.with, Graph) {
		g.graph()
	}
	clocks := "clocks"
	if g.chance(15) {
		clocks += " store=" + pick(g, "-90s", "45s", "-20m", "20m") + " outlook=" + pick(g, "-45s", "90s", "10m")
	}
	if g.chance(15) {
		clocks += " worker=" + pick(g, "-20s", "20s")
	}
	times := g.some(25, "times")
	g.times = times != ""
	if clocks += times; clocks != "clocks" {
		g.line("%s", clocks)
	}
	if g.chance(40) {
		g.line("workers same")
	}
}

// quirks are the quirks of an emulated Graph; see package graphsim.
var quirks = []string{"alias", "listed", "emptyPages", "duplicateRows", "reorderRows", "replayRows", "unknownRemovals", "changedReason",
	"movesKeepIDs", "noEcho", "displayName", "keepsNames", "emptyStrings", "birthday", "softDeletedGone", "positional",
	"conflict", "throttle", "unavailable", "lostCreate", "batchTimeout", "inOrder", "lowerHeaders", "gzip"}

func (g *generator) graph() {
	line := "graph"
	for _, q := range quirks {
		line += g.some(15, q)
	}
	if line != "graph" {
		g.line("%s", line)
	}
}

var (
	firstNames = []string{"Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Robert", "Bob", "Eva"}
	lastNames  = []string{"Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "King", "Jansen"}
)

func (g *generator) people() {
	for i := range g.between(g.size.humans) {
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

var editable = []string{"company", "title", "title", "notes", "mobile", "work", "emails", "birthday", "first", "last"}

// edit is one value that a person writes.
func (g *generator) edit() string {
	name := pick(g, editable...)
	switch {
	case g.chance(15):
		return name + "="
	case name == "emails":
		return name + "=" + pick(g,
			g.token(name),
			g.token(name)+"|"+g.token(name),
			g.email()+"|"+g.token(name),
			g.token(name)+"|"+g.token(name)+"|"+g.token(name)+"|"+g.token(name),
			g.email())
	case (name == "mobile" || name == "work") && g.chance(25):
		return name + "=" + pick(g, "07700900999", "+447700900901", "+44(0)7700900902")
	case name == "work" && g.chance(20):
		return name + "=" + g.token(name) + "|" + g.token(name)
	case (name == "first" || name == "last") && g.chance(40):
		return name + "=" + pick(g, slices.Concat(firstNames, lastNames)...)
	}
	return name + "=" + g.token(name)
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
		for range 1 + g.IntN(2) {
			g.run(g.user())
		}
	}
	if g.chance(4) {
		g.line("lose state")
	}
}

// act is one thing that people do.
func (g *generator) act() {
	switch n := g.IntN(100); {
	case n < 45:
		g.set()
	case n < 50:
		g.line("swap %s %s %s", g.where(), g.name(), pick(g, "company title", "mobile work", "first last"))
	case n < 60:
		g.remove()
	case n < 64:
		if len(g.crm) > 1 {
			g.line("merge %s %s", pick(g, g.crm...), pick(g, g.crm...))
		}
	case n < 67:
		g.line("%s %s %s", pick(g, "hide", "hide", "show"), g.name(), g.user())
	case n < 69:
		g.line("owner %s %s", g.name(), pick(g, g.user(), g.user(), "all"))
	case n < 74:
		g.line("%s %s %s", pick(g, "move", "move", "back"), g.user(), g.name())
	case n < 77:
		name := fmt.Sprintf("o%d", len(g.items)+1)
		u := g.user()
		g.line("copy %s %s %s", u, g.name(), name)
		g.items = append(g.items, u+"."+name)
	case n < 80:
		g.line("private %s %s %s", g.user(), g.name(), pick(g, "yes", "yes", "no"))
	case n < 84:
		g.line("decide %s %d %s", g.user(), g.IntN(3), pick(g, "crm", "outlook"))
	case n < 87:
		g.line("resume %s %s", g.user(), pick(g, "yes", "yes", "no"))
	case n < 89:
		g.line("expire %s", pick(g, "crm", "outlook"))
	case n < 94:
		g.makeRecord(g.human())
	case n < 99:
		g.makeItem(1+g.IntN(g.users), g.human())
	default:
		g.line("clock %s", pick(g, "1h", "26h"))
	}
}

// remove deletes a record, and sometimes has it come back at once or later.
func (g *generator) remove() {
	where, name := g.where(), g.name()
	g.line("delete %s %s", where, name)
	later := func() {
		if g.chance(60) {
			g.run(g.user())
		}
	}
	switch {
	case !g.chance(30):
	case where == "crm":
		later()
		g.line("undelete %s", name)
	default:
		later()
		as := fmt.Sprintf("o%d", len(g.items)+1)
		g.line("retype %s %s %s", where, name, as)
		g.items = append(g.items, where+"."+as)
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

// set is an edit on one side, or of one record on two sides at once.
func (g *generator) set() {
	name, where := g.name(), g.where()
	if g.filters && g.chance(20) {
		g.line("set crm %s %s", name, pick(g, "owner="+g.user(), "owner=", "kind=former", "kind="))
		return
	}
	change := g.edit()
	g.line("set %s %s %s", where, name, change)
	if g.chance(30) { // the same field elsewhere
		field, value, _ := strings.Cut(change, "=")
		if !g.chance(15) {
			value = g.token(field)
		}
		g.line("set %s %s %s=%s", g.where(), name, field, value)
		if g.chance(20) {
			u := g.user()
			g.run(u)
			g.line("decide %s %d %s", u, g.IntN(3), pick(g, "crm", "outlook"))
		}
	}
}

func (g *generator) run(u string) {
	switch n := g.IntN(100); {
	case n < 6:
		g.line("records %s %s %s%s", u, g.name(), g.name(), g.faults())
	case n < 12:
		g.line("plan %s", u)
		for range g.IntN(2) {
			g.act()
		}
		g.line("apply %s%s", u, g.faults())
	default:
		g.line("run %s%s%s", u, g.some(10, "full"), g.faults())
	}
	if !g.current.Guards.Deletes.Off && g.chance(25) { // it may have been halted
		g.line("resume %s %s", u, pick(g, "yes", "yes", "no"))
	}
}

func (g *generator) faults() string {
	if !g.faulty || !g.chance(60) {
		return ""
	}
	text := ""
	for range 1 + g.IntN(3) {
		text += " " + g.fault()
	}
	return text
}

// fault draws a call, and then one of the kinds that it knows.
func (g *generator) fault() string {
	name := pick(g, "store.apply", "outlook.apply")
	switch n := g.IntN(100); {
	case n < 36:
	case n < 50:
		name = pick(g, "store.get", "outlook.get")
	case n < 62:
		name = pick(g, "store.changes", "outlook.changes")
	case n < 66 && !g.nofinder:
		name = "store.find"
	case n < 69 && g.times:
		name = pick(g, "store.times", "outlook.times")
	case n < 79:
		name = "state.save"
	default:
		name = pick(g, "state.acquire", "state.claim", "state.links", "state.linksof", "state.knownby", "state.knownof", "state.count", "state.problems", "state.post")
	}
	kind, nth := pick(g, kindsAt(name)...), pick(g, 1, 1, 1, 1, 2, 3)
	switch {
	case name == "state.save":
		nth = 1 + g.IntN(4)
	case strings.HasPrefix(name, "state.") && g.chance(80): // most are called once in a run, if at all
		nth = 1
	}
	switch kind {
	case "other":
		kind += ":" + g.user()
	case "sneak":
		kind += ":" + g.edit()
	case "unknown", "refuse", "deny", "busy", "bad", "doubt", "maybe", "unclear":
		if g.chance(50) {
			kind += fmt.Sprintf(":%d", g.IntN(4))
		} else if g.chance(30) {
			nth = 0
		}
	case "denied", "throttle", "slow", "stale":
		if g.chance(30) {
			nth = 0
		}
	}
	return fmt.Sprintf("%s#%d=%s", name, nth, kind)
}
