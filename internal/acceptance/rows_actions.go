package acceptance

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
)

func acting(actions ...contactsync.IfThen) func(*Setup) {
	return by(func(s *contactsync.Settings) { s.Actions = actions })
}

// golfers has a client of the CRM, and two cards of which one is in a category.
func golfers(w *World) {
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "kind=client")
	w.Put("grace", "firstName=Grace", "lastName=Hopper", "kind=supplier")
	w.Add("kim", "givenName=Mary", "surname=Somerville", "categories=Golf|Friends")
	w.Add("kim", "givenName=Emmy", "surname=Noether", "categories=Friends")
	w.Sync("kim")
}

var actions = []Row{
	{
		ID: "E9", Case: "only a category", // goes to the CRM
		With: by(func(s *contactsync.Settings) { s.OutlookFilter = filter.Has("categories", "Golf") }), Without: nil, Tell: golfers,
		Want: func(w *World) error { return w.CRM("firstName").Are("Ada", "Grace", "Mary") },
	},
	{
		ID: "E9", Case: "all but a category",
		With: by(func(s *contactsync.Settings) { s.OutlookFilter = filter.Not(filter.Has("categories", "Golf")) }), Without: nil, Tell: golfers,
		Want: func(w *World) error { return w.CRM("firstName").Are("Ada", "Emmy", "Grace") },
	},
	{
		ID: "E9", Case: "add to a category", // who is a client, and who becomes one
		With: acting(contactsync.IfThen{ID: "clients", If: filter.Equals("kind", "client"), Value: "Clients"}), Without: nil,
		Tell: func(w *World) {
			golfers(w)
			w.Edit("grace", "kind=client")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return w.Cards("kim", "givenName", "categories").Are("Ada, Clients", "Emmy, Friends", "Grace, Clients", "Mary, Golf|Friends")
		},
	},
	{
		ID: "E9", Case: "remove from a category", // and from no other
		With: acting(contactsync.IfThen{ID: "no friends", If: filter.Empty("kind"), Then: "remove", Value: "Friends"}), Without: nil, Tell: golfers,
		Want: func(w *World) error {
			w.Sync("kim")
			return w.Cards("kim", "givenName", "categories").Are("Ada, ", "Emmy, ", "Grace, ", "Mary, Golf")
		},
	},
	{
		ID: "E9", Case: "set a field, several rules",
		With: acting(
			contactsync.IfThen{ID: "golf", Direction: mapping.ToCRM, If: filter.Has("categories", "Golf"), Then: "set", Field: "level", Value: "club"},
			contactsync.IfThen{ID: "friends", Direction: mapping.ToCRM, If: filter.Has("categories", "Friends"), Then: "set", Field: "level", Value: "private"},
			contactsync.IfThen{ID: "suppliers", If: filter.Equals("kind", "supplier"), Then: "set", Field: "department", Value: "Purchasing"},
		),
		Without: nil, Tell: golfers,
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "level").Are("Ada, ", "Emmy, private", "Grace, ", "Mary, club"),
				w.Cards("kim", "givenName", "department").Are("Ada, ", "Emmy, ", "Grace, Purchasing", "Mary, "),
			)
		},
	},
}
