package sim

import (
	"slices"
)

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
	if g.journal = g.chance(30); g.journal {
		g.line("journal")
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
