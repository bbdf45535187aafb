package sim

import (
	"fmt"
	"slices"
	"strings"
)

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
		g.line("resume %s %s", g.user(), g.answer())
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

// wipe deletes most of a side, and sometimes has it come back at once or later, as after an outage.
func (g *generator) wipe() {
	where := g.where()
	g.line("wipe %s %d", where, g.IntN(3))
	if g.chance(60) {
		g.run(g.user())
	}
	if g.chance(40) {
		g.line("unwipe %s", where)
	}
}

// remove deletes a record, and sometimes has it come back at once or later.
func (g *generator) remove() {
	if g.guarded() && g.chance(25) {
		g.wipe()
		return
	}
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

// set is an edit on one side, or of one record on two sides at once.
func (g *generator) set() {
	name, where := g.name(), g.where()
	if g.filters && g.chance(20) {
		g.line("set crm %s %s", name, pick(g, "owner="+g.user(), "owner=", "kind=former", "kind="))
		return
	}
	if g.journal && where != "crm" && g.chance(15) { // what no rule is about
		g.line("set %s %s spouseName=%s", where, name, g.token("spouseName"))
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
