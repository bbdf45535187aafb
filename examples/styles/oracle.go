package main

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/preset"
	"github.com/seed-42871e99/crmsync/record"
)

var oracle = style{
	name: "oracle", about: "Oracle: a saved search selects, both sides edit, and you decide",
	files: []string{"oracle.json"}, tell: tellOracle,
}

func tellOracle(s *stage) {
	s.open(preset.OracleSchema())
	s.crmShows = []string{"firstName", "lastName", "jobTitle", "company"}
	s.names = 2
	s.cardShows = func(c graphtest.Contact) []string {
		return []string{name(c.GivenName, c.Surname), c.JobTitle, c.CompanyName}
	}
	s.step("The search is \"Contacts I own\" (E3, E6, F2)", func() {
		s.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Analyst", "owner=anna")
		s.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "owner=bert")
	})
	s.step("Both sides edit Ada's title: that one field waits, her company flows (C1)", func() {
		s.edit("c1", "jobTitle=Chief analyst", "company=Engines")
		s.editCard("Ada", func(c *graphtest.Contact) { c.JobTitle = "Countess" })
	})
	s.step("Anna finds the question in her list, and decides for Outlook (L3, C1)", func() {
		user := s.engine.User("acme", "anna")
		list, err := user.Problems(s.ctx, contactsync.ProblemFilter{Resolvable: true})
		s.check(err)
		for _, row := range list.Rows {
			for _, problem := range row.Problems {
				s.check(user.Decide(s.ctx, problem.ID, record.Outlook))
			}
		}
	})
	s.step("Bob is typed in Outlook, of a company that is no account: he waits (M5)", func() {
		s.graph.AddContact(anna, graphtest.Contact{GivenName: "Bob", Surname: "Noyce", CompanyName: "Engins", EmailAddresses: address("bob@example.com")})
	})
	s.step("Anna corrects the company in her list: he is in the CRM at once (L3, L4)", func() {
		user := s.engine.User("acme", "anna")
		list, err := user.Problems(s.ctx, contactsync.ProblemFilter{Resolvable: true, Codes: []contactsync.Code{contactsync.CodeNoAccount}})
		s.check(err)
		for _, row := range list.Rows {
			_, err := user.Resolve(s.ctx, row.Problems[0].ID, contactsync.Correction{Set: s.fields([]string{"company=Engines"})})
			s.check(err)
		}
	})
	s.step("Ada is deleted in Outlook: nothing is deleted in the CRM", func() { s.deleteCard("Ada") })
}
