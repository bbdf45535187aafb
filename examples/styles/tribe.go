package main

import (
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/preset"
)

var tribe = style{
	name: "tribe", about: "Tribe: my relations, both ways; new people come from the CRM",
	files: []string{"tribe.json"}, tell: tellTribe,
}

func tellTribe(s *stage) {
	s.open(preset.TribeSchema())
	s.crmShows = []string{"firstName", "infix", "surname", "function", "former", "privatePhone"}
	s.names = 3
	s.cardShows = func(c graphtest.Contact) []string {
		return append([]string{name(c.GivenName, c.Surname), c.JobTitle}, c.HomePhones...)
	}
	s.step("Jan has an infix; Tess was made in Outlook and stays there (E7, E11)", func() {
		s.put("c1", "firstName=Jan", "infix=van der", "surname=Berg", "email=jan@example.com", "function=Buyer", "kind=businessContact", "relationManager=anna")
		s.put("c2", "firstName=Mila", "surname=Jansen", "email=mila@example.com", "kind=employee", "owners=bert|anna")
		s.graph.AddContact(anna, graphtest.Contact{GivenName: "Tess", Surname: "Bakker", EmailAddresses: address("tess@example.com")})
	})
	s.step("Jan marries in Outlook: the infix goes where it belongs", func() {
		s.editCard("Jan", func(c *graphtest.Contact) { c.Surname = "de Vries" })
	})
	s.step("Mila's card is deleted in Outlook: her record stays (X4)", func() { s.deleteCard("Mila") })
	s.step("Mila changes in the CRM: she comes back (X4)", func() { s.edit("c2", "function=Head of sales") })
	s.step("Jan is marked former: his card stays, and follows no more (E7)", func() { s.edit("c1", "former=true", "function=Retired") })
	s.step("Noor is a private person, with a map of her own in the same folder; Mila is not (E8)", func() {
		s.put("c3", "firstName=Noor", "surname=Visser", "privatePhone=020 7946 0012", "function=Judge", "kind=private", "relationManager=anna")
		s.edit("c2", "privatePhone=020 7946 0011")
	})
}
