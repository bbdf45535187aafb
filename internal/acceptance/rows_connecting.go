package acceptance

import (
	"errors"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
)

var connecting = []Row{
	{
		ID:   "A4", // two connections of one account, each with a folder and a selection of its own
		With: byFolder("kim/Clients"), Without: byFolder("kim"),
		Tell: func(w *World) {
			people(w)
			w.Edit("mary", "kind=client")
			w.Sync("kim", w.Choice)
		},
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are("Ada", "Grace"), w.Cards(w.Choice, "givenName").Are("Mary"))
		},
	},
	{
		ID:   "A6", // consent and settings first; nothing is synced before the user says so
		With: choose("set up"), Without: choose("set up and start"),
		Tell: func(w *World) {
			people(w)
			w.connect("kim", contactsync.Connection{Inactive: w.Choice == "set up"})
			w.Add("kim", "givenName=Emmy", "surname=Noether")
			w.Due()
		},
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are("Emmy"), w.CRM("firstName").Are("Ada", "Grace", "Mary"))
		},
	},
	{
		ID: "A6", Case: "the start", // and then all of it
		With: choose("start"), Without: choose("wait"),
		Tell: func(w *World) {
			people(w)
			c := w.connect("kim", contactsync.Connection{Inactive: true})
			if w.Choice == "start" {
				must(w.Engine.Activate(w.ctx, c.ID))
			}
			w.Due()
		},
		Want: func(w *World) error { return w.Cards("kim", "givenName").Are("Ada", "Grace", "Mary") },
	},
	{
		ID: "A9", Case: "switched off", // the administrator's switch stops everybody, and what happens meanwhile is caught up with
		With: func(s *Setup) { s.Choice = "switch off" }, Without: func(s *Setup) {},
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			w.setup.Settings.Disabled = w.Choice != ""
			w.Edit("ada", "jobTitle=Analyst")
			w.EditCard("lee", "grace", "jobTitle=Admiral")
			w.later(24 * time.Hour)
			w.Due()
		},
		Want: func(w *World) error {
			wrong := all(
				w.CRM("firstName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, "),
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Grace, ", "Mary, "),
				w.Cards("lee", "givenName", "jobTitle").Are("Ada, ", "Grace, Admiral", "Mary, "),
				is("status", w.Connection("kim").Status, contactsync.Off),
			)
			w.setup.Settings.Disabled = false
			w.Everybody()
			now := []string{"Ada, Analyst", "Grace, Admiral", "Mary, "}
			return all(wrong, w.CRM("firstName", "jobTitle").Are(now...), w.Cards("kim", "givenName", "jobTitle").Are(now...), w.Cards("lee", "givenName", "jobTitle").Are(now...))
		},
	},
	{
		ID: "A9", Case: "a person may start", // while automatic runs are off
		With:    by(func(s *contactsync.Settings) { s.Disabled, s.Manual = true, true }),
		Without: by(func(s *contactsync.Settings) { s.Disabled = true }),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			w.SyncBy("lee", contactsync.ByPerson())
		},
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are(), w.Cards("lee", "givenName").Are("Ada", "Grace", "Mary"))
		},
	},
	{
		ID: "A10", Case: "locked", // what the administrator has locked holds: who says otherwise is told so, and nothing is synced
		With: func(s *Setup) { toOutlookOnly(&s.Settings); s.Locked = []string{"flow"} }, Without: by(toOutlookOnly),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			w.Edit("ada", "jobTitle=Analyst")
			w.EditCard("kim", "grace", "jobTitle=Admiral")
			w.layers["kim"] = `{"flow": {"toCRM": {"create": true, "update": true}}}`
			w.Sync("lee")
			_, err := w.Engine.Sync(w.ctx, w.conns["kim"].ID)
			w.refusal = err
			delete(w.layers, "kim")
		},
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, "),
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Grace, Admiral", "Mary, "),
				w.Cards("lee", "givenName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, "),
				is("the refusal names kim's layer and the member", w.refusal != nil && strings.Contains(w.refusal.Error(), "kim") && strings.Contains(w.refusal.Error(), "flow"), true),
			)
		},
	},
	{
		ID: "A10", Case: "left to the user", // what is not locked a user changes for themselves
		With: func(s *Setup) {
			s.Choice, s.Locked = `{"filter": {"equals": {"field": "owner", "value": "$user"}}}`, []string{"flow"}
		},
		Without: func(s *Setup) { s.Choice, s.Locked = `{}`, []string{"flow"} },
		Tell: func(w *World) {
			w.layers["kim"] = w.Choice
			owned(w)
		},
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are("Ada"), w.Cards("lee", "givenName").Are("Ada", "Grace", "Mary"))
		},
	},
	{
		ID:   "A11", // a user switches their own off; a colleague's goes on, and nothing is removed
		With: choose("deactivate"), Without: choose(""),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			if w.Choice != "" {
				must(w.Engine.Deactivate(w.ctx, w.Connection("kim").ID))
			}
			w.Edit("ada", "jobTitle=Analyst")
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Grace, ", "Mary, "),
				w.Cards("lee", "givenName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, "),
				is("status", w.Connection("kim").Status, contactsync.Off),
			)
		},
	},
	{
		ID:   "A12", // who is deactivated in the CRM gets nothing any more, and keeps what is there
		With: choose("deactivate kim"), Without: choose(""),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			w.crm.away["kim"] = w.Choice != ""
			w.Edit("ada", "jobTitle=Analyst")
			w.Put("emmy", "firstName=Emmy", "lastName=Noether", "emails=emmy@example.com")
			w.Delete("mary")
			w.Everybody()
		},
		Want: func(w *World) error {
			now := []string{"Ada, Analyst", "Emmy, ", "Grace, ", "Mary, "}
			wrong := all(
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Grace, ", "Mary, "),
				w.Cards("lee", "givenName", "jobTitle").Are(now...),
				is("status", w.Connection("kim").Status, contactsync.Off),
			)
			w.crm.away["kim"] = false // and is caught up with
			w.Everybody()
			return all(wrong, w.Cards("kim", "givenName", "jobTitle").Are(now...))
		},
	},
	{
		ID:   "A13", // another connector was chosen for the CRM: this one does nothing and says why, and the choice stays
		With: choose("Exchange"), Without: choose(contactsync.ThisConnector),
		Tell: func(w *World) {
			deletes(&w.setup.Settings)
			w.setup.Settings.Deleted.InCRM = contactsync.Propagate
			people(w)
			w.Sync("kim")
			w.setup.Settings.Connector = w.Choice
			w.Edit("ada", "jobTitle=Analyst")
			w.Delete("mary")
			w.SyncBy("kim", contactsync.ByPerson())
		},
		Want: func(w *World) error {
			back := w.setup.Settings
			back.Connector = contactsync.ThisConnector
			return all(
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Grace, ", "Mary, "), is("status", w.Connection("kim").Status, contactsync.Off),
				is("users see which one it is", strings.Contains(w.Connection("kim").Reason, "Exchange"), true), refused(back.MayReplace(w.setup.Settings), "connector"),
			)
		},
	},
}

// byFolder has clients go into another folder than all others.
func byFolder(clients string) func(*Setup) {
	return func(s *Setup) {
		client := filter.Equals("kind", "client")
		s.Choice = clients
		s.Settings.Filter = filter.Not(client)
		s.only("kim/Clients", func(s *contactsync.Settings) { s.Filter = client })
	}
}

// refused answers what is wrong unless the error is about that member.
func refused(err error, field string) error {
	var invalid *contactsync.InvalidError
	if !errors.As(err, &invalid) {
		return errors.New("it is not refused")
	}
	return is("the member at fault", invalid.Field, field)
}
