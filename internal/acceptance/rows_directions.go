package acceptance

import (
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

var directions = []Row{
	{
		ID: "F1", Case: "all",
		With: by(toOutlookOnly), Without: nil,
		Tell: bothSides,
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, "),
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, Analyst", "Emmy, ", "Grace, Admiral", "Mary, "),
			)
		},
	},
	{
		ID: "F1", Case: "mine",
		With:    by(func(s *contactsync.Settings) { toOutlookOnly(s); s.Filter = filter.Equals("owner", filter.User) }),
		Without: by(toOutlookOnly),
		Tell:    func(w *World) { owned(w); w.EditCard("kim", "ada", "jobTitle=Analyst"); w.Everybody() },
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are("Ada"), w.CRM("firstName", "jobTitle").Are("Ada, ", "Grace, ", "Mary, "))
		},
	},
	{
		ID:   "F2",
		With: nil, Without: by(toOutlookOnly),
		Tell: bothSides,
		Want: func(w *World) error {
			now := []string{"Ada, Analyst", "Emmy, ", "Grace, Admiral", "Mary, "}
			return all(w.CRM("firstName", "jobTitle").Are(now...), w.Cards("kim", "givenName", "jobTitle").Are(now...))
		},
	},
	{
		ID:   "F3", // lee's connection only receives, kim's goes both ways
		With: func(s *Setup) { s.only("lee", toOutlookOnly) }, Without: func(s *Setup) {},
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			w.EditCard("kim", "ada", "jobTitle=Analyst")
			w.EditCard("lee", "grace", "jobTitle=Admiral")
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, "),
				w.Cards("lee", "givenName", "jobTitle").Are("Ada, Analyst", "Grace, Admiral", "Mary, "),
			)
		},
	},
	{
		ID: "F4", Case: "an existing folder", // picked from the list
		With: choose("Clients"), Without: choose("Contacts"),
		Tell: func(w *World) {
			people(w)
			w.box("kim").AddFolder(record.Contact, "Clients")
			w.connectTo("kim", w.Choice)
		},
		Want: func(w *World) error {
			return all(w.Cards("kim/Clients", "givenName").Are("Ada", "Grace", "Mary"), w.Cards("kim", "givenName").Are())
		},
	},
	{
		ID: "F4", Case: "a new folder", // made for the purpose
		With: choose("From the CRM"), Without: choose("Contacts"),
		Tell: func(w *World) {
			people(w)
			w.box("kim")
			if w.Choice != "Contacts" {
				got(w.outlook.CreateFolder(w.ctx, mailbox("kim"), record.Contact, w.Choice))
			}
			w.connectTo("kim", w.Choice)
		},
		Want: func(w *World) error {
			return all(w.Cards("kim/From the CRM", "givenName").Are("Ada", "Grace", "Mary"), w.Cards("kim", "givenName").Are())
		},
	},
	{
		ID: "F4", Case: "the default folder",
		With: choose(""), Without: choose("Clients"),
		Tell: func(w *World) {
			people(w)
			w.box("kim").AddFolder(record.Contact, "Clients")
			w.connectTo("kim", w.Choice)
		},
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are("Ada", "Grace", "Mary"), w.Cards("kim/Clients", "givenName").Are())
		},
	},
	{
		ID:   "F5", // a folder that is not the user's own is refused
		With: choose("lee"), Without: choose("kim"),
		Tell: func(w *World) { people(w); w.box("kim") },
		Want: func(w *World) error {
			w.box(w.Choice).AddFolder(record.Contact, "Friends")
			theirs := w.box(w.Choice).AddFolder(record.Contact, "Clients")
			_, err := w.Engine.Connect(w.ctx, contactsync.Connection{Tenant: tenant, User: "kim", Mailbox: mailbox("kim"), Folder: theirs.ID})
			return all(refused(err, "Folder"), is("a person is told why", contactsync.Reason(err) != "", true), is("connections", len(got(w.state.Connections(w.ctx, tenant))), 0))
		},
	},
}

// bothSides has somebody new and an edit on each side.
func bothSides(w *World) {
	people(w)
	w.Sync("kim")
	w.Edit("ada", "jobTitle=Analyst")
	w.EditCard("kim", "grace", "jobTitle=Admiral")
	w.Add("kim", "givenName=Emmy", "surname=Noether", "emailAddresses=emmy@example.com")
	w.Sync("kim")
}

// connectTo connects the user to the folder of that name on the list they are shown, and runs.
func (w *World) connectTo(user, name string) {
	c := contactsync.Connection{Tenant: tenant, User: user, Mailbox: mailbox(user)}
	for _, f := range got(w.Engine.Folders(w.ctx, c.Mailbox, record.Contact)) {
		if f.Name == name && !f.Default {
			c.Folder = f.ID
		}
	}
	c = got(w.Engine.Connect(w.ctx, c))
	r := got(w.Engine.Sync(w.ctx, c.ID))
	if r.Status != contactsync.Idle {
		panic(trouble{fmt.Errorf("%s: %s", r.Status, r.Reason)})
	}
}
