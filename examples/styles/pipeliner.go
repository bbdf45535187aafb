package main

import (
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/preset"
)

var pipeliner = style{
	name: "pipeliner", about: "Pipeliner: my contacts are my folder; the CRM wins, deletes go across",
	files: []string{"pipeliner.json"}, tell: tellPipeliner,
}

func tellPipeliner(s *stage) {
	s.open(preset.PipelinerSchema())
	s.crmShows = []string{"firstName", "lastName", "jobTitle", "phone4", "owner"}
	s.names = 2
	s.cardShows = func(c graphtest.Contact) []string {
		return []string{name(c.GivenName, c.Surname), c.JobTitle, c.MobilePhone}
	}
	s.step("Ada is Anna's, Grace is a colleague's, Mary is in Anna's folder (E3, E10, F2)", func() {
		s.put("c1", "firstName=Ada", "lastName=Lovelace", "email1=ada@example.com", "jobTitle=Analyst", "owner=anna")
		s.put("c2", "firstName=Grace", "lastName=Hopper", "email1=grace@example.com", "owner=bert")
		s.graph.AddContact(anna, graphtest.Contact{GivenName: "Mary", Surname: "Somerville", EmailAddresses: address("mary@example.com")})
	})
	s.step("Both sides edit Ada: her title on both, her mobile in Outlook (C1)", func() {
		s.edit("c1", "jobTitle=Chief analyst")
		s.editCard("Ada", func(c *graphtest.Contact) { c.JobTitle, c.MobilePhone = "Countess", "+44 7700 900001" })
	})
	s.step("Ada is deleted in the CRM, Mary in Outlook (X2, X3)", func() {
		s.check(s.crm.Delete("c1"))
		s.deleteCard("Mary")
	})
}
