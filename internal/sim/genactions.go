package sim

import "slices"

// drawnActions are what scripts draw actions from. Several write the same, some go on from others, none undo each other.
var drawnActions = []string{
	"mark if kind=client add outlook categories=Clients",
	"lead if kind=lead add outlook categories=Clients",
	"gone if kind=former remove outlook categories=Clients",
	"mine if owner=$user add outlook categories=Mine",
	"all add outlook categories=CRM",
	"titled if title add outlook categories=Titled",
	"alone if not company remove outlook categories=Titled",
	"head if kind=client set outlook officeLocation=Head",
	"branch if kind=lead set outlook officeLocation=Branch",
	"back if categories=VIP set crm kind=client",
	"former if categories=Former set crm kind=former",
	"vip if categories=VIP add crm tags=VIP",
	"novip if categories=Former remove crm tags=VIP",
	"tag if officeLocation=Head add crm tags=Head",
	"tagged if tags=Head add outlook categories=Tagged",
}

// actions adds actions to the settings, and to the story what people do to the fields that those read and write.
func (g *generator) actions() {
	pool := slices.Clone(drawnActions)
	g.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	n := 1 + g.IntN(5)
	for _, a := range pool[:n] {
		g.script = slices.Insert(g.script, g.begun, "action "+a)
		g.begun++
	}
	for range 3 + g.IntN(9) {
		g.amid(func() {
			for range 1 + g.IntN(2) {
				g.actedOn()
			}
		})
	}
	if g.chance(30) {
		g.amid(func() { g.line("change action %s", pick(g, pool...)) })
	}
	if g.chance(15) {
		g.amid(func() { g.line("change action %s", pick(g, "mark", "back", "all", "head", "vip")) })
	}
}

// actedOn is an edit of a field that actions read or write.
func (g *generator) actedOn() {
	switch g.IntN(7) {
	case 0, 1:
		g.line("set crm %s kind=%s", g.name(), pick(g, "client", "client", "lead", "former", "", g.token("kind")))
	case 2, 3, 4:
		g.line("set %s %s categories=%s", g.user(), g.name(), pick(g, "Clients", "VIP", "Former", "", "Titled|"+g.token("categories"),
			"Clients|"+g.token("categories"), "VIP|"+g.token("categories"), "VIP|Former|"+g.token("categories")))
	case 5:
		g.line("set %s %s officeLocation=%s", g.user(), g.name(), pick(g, "Head", "Branch", "", g.token("officeLocation")))
	default:
		g.line("set crm %s %s", g.name(), pick(g, "tags=VIP", "tags=Head|"+g.token("tags"), "tags="+g.token("tags"), "tags=", "owner="+g.user(), "owner=", "title=", "company="))
	}
}
