package sim

// pauses switches connections off and on again: their users do, or the CRM has deactivated them. One that is not switched on again is
// at the end.
func (g *generator) pauses() {
	if g.chance(60) {
		g.line("roster")
	}
	for range 1 + g.IntN(3) {
		u := g.user()
		off, on := "pause", "continue"
		if g.chance(40) {
			off, on = "dismiss", "reinstate"
		}
		if g.chance(40) { // whatever comes in between
			g.amid(func() { g.line("%s %s", off, u) })
			g.amid(func() { g.line("%s %s", on, u) })
			continue
		}
		g.amid(func() {
			g.line("%s %s", off, u)
			for range g.IntN(4) {
				g.act()
			}
			for range g.IntN(3) {
				g.run(pick(g, u, g.user()))
			}
			if off == "dismiss" && g.chance(30) {
				g.line("run %s store.active#1=%s", u, pick(g, kindsAt("store.active")...))
			}
			if g.chance(80) {
				g.line("%s %s", on, u)
				g.run(u)
			}
		})
	}
}
