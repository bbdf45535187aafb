package sim

import (
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
)

// answers has people asked, and answer: who is who, whose side counts, what is right.
func (g *generator) answers() {
	for _, m := range []struct {
		chance int
		set    contactsync.Settings
	}{
		{70, contactsync.Settings{Match: contactsync.Match{Doubtful: "ask"}}},
		{40, contactsync.Settings{Match: contactsync.Match{Several: match.AskSeveral}}},
		{40, contactsync.Settings{Match: contactsync.Match{Ineligible: "report"}}},
		{40, contactsync.Settings{Conflict: mapping.Ask}},
		{40, contactsync.Settings{EditVsDelete: conflict.AskPerson}},
	} {
		if g.chance(m.chance) {
			g.line("settings %s", settingsText(m.set))
		}
	}
	for range 1 + g.IntN(3) {
		g.amid(func() { g.doubt(g.human()) })
	}
	for range 2 + g.IntN(5) {
		g.amid(func() { g.reply() })
	}
}

// doubt makes a record of somebody who may be another.
func (g *generator) doubt(h human) {
	name := pick(g, "", "first="+h.first[:1]+".", "last="+h.last, "first="+pick(g, firstNames...), "first="+h.first+" last="+pick(g, lastNames...))
	key := "mobile=" + h.phone
	if h.phone == "" || h.email != "" && g.chance(70) {
		key = "emails=" + h.email
	}
	line := strings.TrimSpace(name + " " + key)
	if g.chance(30) {
		g.crm = append(g.crm, fmt.Sprintf("c%d", len(g.crm)+1))
		g.line("crm %s %s", g.crm[len(g.crm)-1], line)
	} else {
		g.items = append(g.items, g.user()+"."+fmt.Sprintf("o%d", len(g.items)+1))
		g.line("outlook %s %s", g.items[len(g.items)-1], line)
	}
}

// reply is an answer, and what comes of it.
func (g *generator) reply() {
	u := g.user()
	if g.chance(60) {
		g.run(u)
	}
	switch n := g.IntN(100); {
	case n < 35:
		g.line("accept %s %d", u, g.IntN(3))
	case n < 65:
		g.line("reject %s %d", u, g.IntN(3))
	case n < 82:
		g.line("choose %s %d %s", u, g.IntN(3), pick(g, "crm", "outlook"))
	default:
		g.line("correct %s %d %s%s", u, g.IntN(3), g.edit(), g.faults())
	}
	for g.chance(25) {
		g.act()
	}
	if g.chance(70) {
		g.run(u)
	}
}
