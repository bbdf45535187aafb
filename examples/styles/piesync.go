package main

import (
	"time"

	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/preset"
)

var piesync = style{
	name: "piesync", about: "PieSync: everybody, both ways, by email; the newer edit wins",
	files: []string{"piesync.json"}, tell: tellPieSync,
}

func tellPieSync(s *stage) {
	s.open(preset.PieSyncSchema())
	s.crmShows = []string{"name", "jobTitle", "mobile"}
	s.names = 1
	s.cardShows = func(c graphtest.Contact) []string {
		return []string{name(c.GivenName, c.Surname), c.JobTitle, c.MobilePhone}
	}
	s.step("Ada is on both sides, and each has what the other lacks (M1, C2)", func() {
		s.put("c1", "name=Ada Lovelace", "emails=ada@example.com", "jobTitle=Analyst")
		s.graph.AddContact(anna, graphtest.Contact{GivenName: "Ada", Surname: "Lovelace", MobilePhone: "+44 7700 900001", EmailAddresses: address("ada@example.com")})
		s.graph.AddContact(anna, graphtest.Contact{GivenName: "Grace", Surname: "Hopper", EmailAddresses: address("grace@example.com")})
	})
	s.step("Ada's title is edited in the CRM, and an hour later in Outlook; her surname in Outlook alone (C1)", func() {
		s.edit("c1", "jobTitle=Chief analyst")
		s.now = s.now.Add(time.Hour)
		s.editCard("Ada", func(c *graphtest.Contact) { c.JobTitle, c.Surname = "Countess", "King" })
	})
	s.step("Grace is deleted in Outlook: she stays in the CRM (X5)", func() { s.deleteCard("Grace") })
}
