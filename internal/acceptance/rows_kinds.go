package acceptance

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
)

// inKinds has people at work and private people in one folder, told apart by a category; the number at work is for people at work alone,
// a private person's number is Outlook's home phone.
func inKinds(s *contactsync.Settings) {
	s.Kinds = []contactsync.PersonKind{{ID: "private", If: filter.Equals("kind", "Private")}, {ID: "work"}}
	for i := range s.Mapping {
		if r := &s.Mapping[i]; r.ID == "work" || r.ID == "title" {
			r.Kinds = []string{"work"}
		}
	}
	s.Mapping = append(slices.Clip(s.Mapping), homeIsWork("private"), category)
}

func homeIsWork(kinds ...string) mapping.Rule {
	return mapping.Rule{ID: "home", CRM: []string{"workPhone"}, Outlook: []string{"homePhones"}, Lens: mapping.Spec{Kind: mapping.First}, Kinds: kinds}
}

var category = mapping.Rule{ID: "kind", CRM: []string{"kind"}, Outlook: []string{"categories"}, Lens: mapping.Spec{Kind: mapping.Set, Values: []string{"Private"}}}

// inOneKind is the same without kinds, as far as one map can say it: nobody's number is Outlook's home phone.
func inOneKind(s *contactsync.Settings) { s.Mapping = append(slices.Clip(s.Mapping), category) }

var kindsTogether = []Row{
	{
		ID: "E8", Case: "in one folder", // each kind has its own map, both ways; a new card is of the kind of its category
		With: by(inKinds), Without: by(inOneKind),
		Tell: func(w *World) {
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "jobTitle=Analyst", "workPhone=020 7946 0001")
			w.Put("mary", "firstName=Mary", "lastName=Somerville", "kind=Private", "jobTitle=Writer", "workPhone=020 7946 0002")
			w.Add("kim", "givenName=Emmy", "surname=Noether", "categories=Private", "jobTitle=Reader", "homePhones=020 7946 0003", "businessPhones=020 7946 0004")
			w.Sync("kim")
			w.EditCard("kim", "mary", "homePhones=020 7946 0005", "businessPhones=020 7946 0006")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "jobTitle", "businessPhones", "homePhones").Are(
					"Ada, Analyst, 020 7946 0001, ", "Emmy, Reader, 020 7946 0004, 020 7946 0003", "Mary, , 020 7946 0006, 020 7946 0005"),
				w.CRM("firstName", "kind", "jobTitle", "workPhone").Are(
					"Ada, , Analyst, 020 7946 0001", "Emmy, Private, , 020 7946 0003", "Mary, Private, Writer, 020 7946 0005"),
			)
		},
	},
	{
		ID: "E8", Case: "a record becomes another kind", // nothing is blanked; the new kind's rules take over
		With: by(inKinds), Without: by(inOneKind),
		Tell: func(w *World) {
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "jobTitle=Analyst", "workPhone=020 7946 0001")
			w.Sync("kim")
			w.Edit("ada", "kind=Private")
			w.Sync("kim")
			w.Edit("ada", "jobTitle=Countess", "workPhone=020 7946 0009")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "jobTitle", "businessPhones", "homePhones").Are("Ada, Analyst, 020 7946 0001, 020 7946 0009"),
				w.CRM("firstName", "jobTitle", "workPhone").Are("Ada, Countess, 020 7946 0009"),
			)
		},
	},
}
