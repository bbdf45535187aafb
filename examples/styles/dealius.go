package main

import (
	"strings"

	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/preset"
)

var dealius = style{
	name: "dealius", about: "Dealius: what a user selects goes to Outlook, and nothing comes back",
	files: []string{"dealius.json"}, tell: tellDealius,
}

func tellDealius(s *stage) {
	s.open(preset.DealiusSchema())
	s.crmShows = []string{"firstName", "lastName", "title", "contactType"}
	s.names = 2
	s.cardShows = func(c graphtest.Contact) []string {
		return []string{name(c.GivenName, c.Surname), c.JobTitle, strings.Join(c.Categories, "+")}
	}
	s.step("Anna has selected Ada and Grace; Ada is in her Outlook already (E1, F1, M1, M2)", func() {
		s.put("c1", "firstName=Ada", "lastName=Lovelace", "email=ada@example.com", "title=Analyst", "contactType=Client", "selectedBy=anna|bert")
		s.put("c2", "firstName=Grace", "lastName=Hopper", "email=grace@example.com", "title=Admiral", "contactType=Lead", "selectedBy=anna")
		s.put("c3", "firstName=Emmy", "lastName=Noether", "email=emmy@example.com", "selectedBy=bert")
		s.graph.AddContact(anna, graphtest.Contact{GivenName: "Ada", Surname: "Lovelace", JobTitle: "Countess", EmailAddresses: address("ADA@example.com")})
	})
	s.step("Ada's title changes in the CRM, Grace's in Outlook (G2)", func() {
		s.edit("c1", "title=Chief analyst")
		s.editCard("Grace", func(c *graphtest.Contact) { c.JobTitle = "Rear admiral" })
	})
	s.step("Grace is deleted in the CRM: her card stays (X1)", func() { s.check(s.crm.Delete("c2")) })
}
