package sim

import (
	"slices"
)

// kinds gives some rules to records of some kinds alone, and adds to the story records that become of another kind, and edits of what
// those rules speak of.
func (g *generator) kinds() {
	setup := func(line string) {
		g.script = slices.Insert(g.script, g.begun, line)
		g.begun++
	}
	setup("kinds client lead")
	ids := []string{"company", "title", "notes", "work", "birthday", "mobile"}
	g.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	ids = ids[:1+g.IntN(3)]
	for _, id := range ids {
		setup("rule " + id + " kinds=" + g.someKinds())
	}
	for range 3 + g.IntN(9) {
		g.amid(func() {
			for range 1 + g.IntN(2) {
				g.kinded(ids)
			}
		})
	}
	if g.chance(25) {
		g.amid(func() { g.line("change rule %s kinds=%s", pick(g, ids...), pick(g, "", g.someKinds())) })
	}
}

func (g *generator) someKinds() string {
	return pick(g, "client", "lead", "client|lead")
}

// kinded is an edit of the kind, or of what a rule of some kinds speaks of.
func (g *generator) kinded(ids []string) {
	if g.chance(40) {
		g.line("set crm %s kind=%s", g.name(), pick(g, "client", "client", "lead", "former", ""))
		return
	}
	id := pick(g, ids...)
	g.line("set %s %s %s=%s", g.where(), g.name(), id, pick(g, g.token(id), g.token(id), ""))
}
