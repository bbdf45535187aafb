package sim

import (
	"encoding/json"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
)

// settings writes settings drawn from the whole space, or those of one of the five products.
func (g *generator) settings() {
	if g.chance(15) {
		name := pick(g, presetNames()...)
		g.line("preset %s", name)
		g.current = presets[name]()
		g.filters = !g.current.Filter.IsZero()
		if g.chance(60) { // a guard would halt most stories
			g.current.Guards = guardsOff()
			g.line("settings %s", settingsText(contactsync.Settings{Guards: g.current.Guards}))
		}
		return
	}
	var s contactsync.Settings
	s.Guards = g.guards()
	s.Flow = contactsync.Flow{ToOutlook: g.flow(), ToCRM: g.flow()}
	s.Conflict = pick(g, mapping.Inherit, mapping.Ask, mapping.CRMWins, mapping.OutlookWins, mapping.Newest)
	s.Merge = pick(g, "", "", "field", "record")
	s.EditVsDelete = pick(g, "", conflict.EditWins, conflict.DeleteWins, conflict.AskPerson)
	s.Drift = pick(g, "", conflict.DriftLeave, conflict.DriftRestore)
	s.Overflow = pick(g, "", "fail", "truncate")
	s.Private = g.chance(30)
	switch g.IntN(4) {
	case 0:
		s.Filter, g.filters = filter.Equals("owner", filter.User), true
	case 1:
		s.Filter, g.filters = filter.Not(filter.Equals("kind", "former")), true
	}
	if g.chance(10) {
		s.OutlookFilter = filter.Not(filter.Empty("givenName"))
	}
	s.Match = contactsync.Match{
		By:         pick(g, "", match.ByEmailOrPhone, match.ByEmail, match.ByPhone, match.ByEmailAndPhone),
		Several:    pick(g, "", match.First, match.All, match.AskSeveral),
		Doubtful:   pick(g, "", "ask", "link", "link"),
		Ineligible: pick(g, "", "report", "link", "ignore"),
		Existing:   pick(g, "", conflict.FillEmpty, conflict.Override, conflict.Leave),
		For:        pick(g, "", "", "firstMeeting", "always"),
		RequireKey: g.chance(15),
	}
	g.dispositions(&s)
	if text := settingsText(s); text != "{}" {
		g.line("settings %s", text)
	}
	g.current = s
}

// settingsText writes settings without the mapping.
func settingsText(s contactsync.Settings) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		panic(err)
	}
	delete(members, "mapping")
	if text, err = json.Marshal(members); err != nil {
		panic(err)
	}
	return string(text)
}

func (g *generator) flow() *contactsync.Ops {
	if g.deletes && g.chance(80) {
		return &contactsync.Ops{Create: true, Update: true, Delete: true}
	}
	if g.chance(40) {
		return nil
	}
	return pick(g,
		&contactsync.Ops{Create: true, Update: true, Delete: true},
		&contactsync.Ops{Create: true, Update: true, Delete: true},
		&contactsync.Ops{Create: true, Update: true, Delete: true},
		&contactsync.Ops{Create: true, Update: true},
		&contactsync.Ops{Update: true},
		&contactsync.Ops{Update: true, Delete: true},
		&contactsync.Ops{Create: true},
		&contactsync.Ops{})
}

func (g *generator) guards() contactsync.Guards {
	switch g.IntN(8) {
	case 0:
		return contactsync.Guards{}
	case 1:
		guards := allGuards(contactsync.Limit{Percent: 1, Floor: 1})
		guards.ApproveFirstRun = g.IntN(5)
		return guards
	case 2: // of the day, where deletes go across
		guards := guardsOff()
		guards.Deletes = g.limit()
		if g.chance(40) {
			guards.EmptySide = g.limit()
		}
		g.deletes = true
		return guards
	}
	return guardsOff()
}

func (g *generator) limit() contactsync.Limit {
	return pick(g,
		contactsync.Limit{Floor: 1, DayFloor: 2},
		contactsync.Limit{Floor: 2, DayFloor: 2},
		contactsync.Limit{Floor: 3, DayFloor: 3},
		contactsync.Limit{Percent: 20, DayPercent: 40, DayFloor: 1},
		contactsync.Limit{Percent: 40},
		contactsync.Limit{Percent: 1, Floor: 1, DayPercent: 150})
}

func guardsOff() contactsync.Guards { return allGuards(contactsync.Limit{Off: true}) }

func allGuards(l contactsync.Limit) contactsync.Guards {
	return contactsync.Guards{Deletes: l, Clears: l, Creates: l, Changes: l, EmptySide: l}
}

// dispositions draws those that the flow allows.
func (g *generator) dispositions(s *contactsync.Settings) {
	draw := func(propagate, restore bool) contactsync.Disposition {
		if g.deletes && propagate && g.chance(70) {
			return contactsync.Propagate
		}
		from := []contactsync.Disposition{"", contactsync.Detach, contactsync.Unlink, contactsync.LeaveAlone}
		if propagate {
			from = append(from, contactsync.Propagate, contactsync.Propagate, contactsync.Propagate, contactsync.Propagate)
		}
		if restore {
			from = append(from, contactsync.Restore)
		}
		return pick(g, from...)
	}
	toCRM, toOutlook := allowed(s.Flow.ToCRM), allowed(s.Flow.ToOutlook)
	s.Deleted.InCRM = draw(toOutlook.Delete, toCRM.Create)
	s.Deleted.InOutlook = draw(toCRM.Delete, toOutlook.Create)
	s.Left = draw(toOutlook.Delete, false)
	s.Hidden = draw(toOutlook.Delete, false)
	s.MovedOut = draw(toCRM.Delete, toOutlook.Create)
}

// allowed is a row of the flow, with its default.
func allowed(row *contactsync.Ops) contactsync.Ops {
	if row == nil {
		return contactsync.Ops{Create: true, Update: true}
	}
	return *row
}

// change changes the settings between two runs. What is drawn may not hold together; then it is refused.
func (g *generator) change() {
	switch g.IntN(6) {
	case 0:
		id := pick(g, "company", "title", "notes", "emails", "work")
		if len(g.left) > 0 && g.chance(50) {
			id = pick(g, g.left...)
			g.line("change with %s", id)
			return
		}
		g.line("change without %s", id)
		g.left = append(g.left, id)
		return
	case 1:
		line := "change rule " + pick(g, "company", "title", "notes", "emails")
		if g.chance(50) {
			line += " direction=" + pick(g, "toOutlook", "toCRM")
		}
		g.line("%s conflict=%s", line, pick(g, "crm", "outlook", "newest", "ask"))
		return
	case 2:
		g.changeTo("flow", contactsync.Flow{ToOutlook: g.flow(), ToCRM: g.flow()})
		return
	case 3:
		g.changeTo("match", map[string]bool{"requireKey": g.chance(30)})
		return
	case 4:
		if g.filters {
			g.changeTo("filter", pick(g, filter.Equals("owner", filter.User), filter.Not(filter.Equals("kind", "former")), filter.Condition{}))
		}
		return
	}
	switch g.IntN(4) {
	case 0:
		g.changeTo("conflict", pick(g, mapping.Ask, mapping.CRMWins, mapping.OutlookWins, mapping.Newest))
	case 1:
		g.changeTo("match", map[string]conflict.Existing{"existing": pick(g, conflict.FillEmpty, conflict.Override, conflict.Leave)})
	case 2:
		g.changeTo("deleted", map[string]contactsync.Disposition{"inCRM": pick(g, contactsync.Detach, contactsync.Unlink), "inOutlook": pick(g, contactsync.Detach, contactsync.Unlink, contactsync.LeaveAlone)})
	case 3:
		g.changeTo("drift", pick(g, conflict.DriftLeave, conflict.DriftRestore))
	}
}

func (g *generator) changeTo(member string, value any) {
	text, err := json.Marshal(map[string]any{member: value})
	if err != nil {
		panic(err)
	}
	g.line("change %s", text)
}
