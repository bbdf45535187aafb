package sim

// endings ends connections for good. Who connects again is left to stories that are written for it: without an address or a number nothing
// tells for certain who is who, as after a loss of the State.
func (g *generator) endings() {
	for range 1 + g.IntN(2) {
		u := g.user()
		g.amid(func() {
			for range g.IntN(3) {
				g.act()
			}
			if g.chance(60) {
				g.run(u)
			}
			if g.chance(15) {
				g.line("disconnect %s takeback fewer", u)
			}
			for {
				g.line("disconnect %s%s%s", u, g.some(70, "takeback"), g.faults())
				if g.chance(70) {
					break
				}
			}
			for g.chance(60) {
				g.act()
				if g.chance(30) {
					g.run(g.user())
				}
			}
		})
	}
}
