package sim

import (
	"fmt"
	"strings"
)

// undo takes a run back, and lets that be looked at.
func (g *generator) undo(u string) {
	for range g.IntN(2) {
		g.act()
	}
	g.line("undo %s %d%s%s%s", u, pick(g, 0, 0, 0, 1, 2), g.some(20, "look"), g.some(50, "pass"), g.faults())
	for g.chance(40) {
		for range g.IntN(2) {
			g.act()
		}
		g.line("undo %s again%s%s", u, g.some(50, "pass"), g.faults())
	}
	if g.chance(60) {
		g.line("run %s%s", u, g.faults())
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
	if g.journal && g.chance(20) {
		g.undo(u)
	}
	if g.guarded() && g.chance(40) { // it may have been halted
		g.line("resume %s %s", u, g.answer())
		if g.chance(50) {
			g.line("run %s%s", u, g.faults())
		}
	}
}

// guarded reports whether a guard may halt a run.
func (g *generator) guarded() bool { return g.current.Guards != guardsOff() }

func (g *generator) answer() string { return pick(g, "yes", "restore", "restore", "no") }

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
		if g.journal && g.chance(20) {
			name = "state.entries"
		}
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
