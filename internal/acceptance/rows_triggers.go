package acceptance

import (
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// every has the scheduler find a connection due after the interval.
func every(interval time.Duration) func(*Setup) {
	return func(s *Setup) { s.Config = func(c *contactsync.Config) { c.Interval = interval } }
}

// watching drops the tie of who is thrown away, and watches fields.
func watching(fields ...string) func(*Setup) {
	return by(func(s *contactsync.Settings) {
		deletes(s)
		s.Deleted.InOutlook, s.Watch = contactsync.Unlink, fields
	})
}

var triggers = []Row{
	{
		ID:   "G1", // at intervals
		With: every(time.Hour), Without: every(24 * time.Hour),
		Tell: func(w *World) {
			people(w)
			w.Connection("kim")
			w.Due()
			w.Edit("ada", "jobTitle=Analyst")
			w.EditCard("kim", "grace", "jobTitle=Admiral")
			w.later(90 * time.Minute)
			w.Due()
		},
		Want: func(w *World) error {
			now := []string{"Ada, Analyst", "Grace, Admiral", "Mary, "}
			return all(w.CRM("firstName", "jobTitle").Are(now...), w.Cards("kim", "givenName", "jobTitle").Are(now...))
		},
	},
	{
		ID:   "G2", // what is made or edited in the CRM is pushed at once, to whom it concerns
		With: choose("an event"), Without: choose(""),
		Tell: func(w *World) {
			w.setup.Settings.Filter = filter.Has("selectedBy", filter.User)
			people(w)
			w.Edit("ada", "selectedBy=kim|lee")
			w.Sync("kim", "lee", "max")
			w.Edit("ada", "jobTitle=Analyst")
			w.Put("emmy", "firstName=Emmy", "lastName=Noether", "selectedBy=kim")
			if w.Choice == "" {
				return
			}
			changed := []string{"ada", "emmy"}
			for _, id := range got(w.Engine.Affected(w.ctx, tenant, changed)) {
				got(w.Engine.SyncRecords(w.ctx, id, changed))
			}
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, Analyst", "Emmy, "),
				w.Cards("lee", "givenName", "jobTitle").Are("Ada, Analyst"), w.Cards("max", "givenName").Are(),
			)
		},
	},
	{
		ID:   "G3", // what is edited in Outlook is pulled once Outlook says that something changed
		With: choose("a notification"), Without: choose(""),
		Tell: func(w *World) {
			people(w)
			w.Connection("kim")
			w.Due()
			w.EditCard("kim", "ada", "jobTitle=Analyst")
			if w.Choice != "" {
				must(w.Engine.Wake(w.ctx, w.Connection("kim").ID))
			}
			w.Due()
		},
		Want: func(w *World) error { return w.CRM("firstName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, ") },
	},
	{
		ID:   "G4", // the first run, with many on both sides
		With: choose("start"), Without: choose(""),
		Tell: func(w *World) {
			for i := range 100 {
				w.Put(fmt.Sprintf("c%d", i), fmt.Sprintf("firstName=Ada%c", 'A'+i%26), fmt.Sprintf("lastName=Number%d", i), fmt.Sprintf("emails=ada%d@example.com", i))
			}
			for i := 50; i < 150; i++ {
				w.Add("kim", fmt.Sprintf("givenName=Ada%c", 'A'+i%26), fmt.Sprintf("surname=Number%d", i), fmt.Sprintf("emailAddresses=ADA%d@example.com", i))
			}
			if w.Choice != "" {
				w.SyncBy("kim", contactsync.ByPerson())
			}
		},
		Want: func(w *World) error {
			return all(
				is("records", len(w.CRM("lastName").lines), 150), is("cards", len(w.Cards("kim", "surname").lines), 150),
				is("pairs", w.Last("kim").Linked, 150), is("matched", w.Last("kim").Matched, 50),
			)
		},
	},
	{
		ID:      "G5", // who becomes manager gets the record, though no rule maps that field
		With:    selecting(filter.Equals("manager", filter.User)),
		Without: selecting(filter.Equals("owner", filter.User)),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			w.Edit("ada", "manager=kim")
			w.Edit("grace", "manager=lee")
			w.Sync("kim", "lee")
			w.Edit("grace", "manager=kim")
			w.Sync("kim", "lee")
			w.Edit("grace", "jobTitle=Admiral")
			w.Sync("kim", "lee")
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Grace, Admiral"),
				w.Cards("lee", "givenName", "jobTitle").Are("Grace, "),
			)
		},
	},
	{
		ID: "G5", Case: "a card thrown away", // comes back with a watched field, though no rule maps it
		With:    watching("manager"),
		Without: watching(),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim")
			w.ThrowAway("kim", "ada", "grace")
			w.Sync("kim")
			w.Edit("ada", "manager=lee")
			w.Edit("grace", "owner=lee") // is not watched
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Ada", "Grace", "Mary"), w.Cards("kim", "givenName").Are("Ada", "Mary"))
		},
	},
	{
		ID:   "G6", // at any time, by a user
		With: choose("sync now"), Without: choose(""),
		Tell: func(w *World) {
			people(w)
			w.Connection("kim")
			w.Due()
			w.Edit("ada", "jobTitle=Analyst")
			if w.Choice != "" {
				w.SyncBy("kim", contactsync.ByPerson())
			}
			w.Due()
		},
		Want: func(w *World) error {
			return w.Cards("kim", "givenName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, ")
		},
	},
}

var kinds = []Row{
	{
		ID:   "K1",
		With: choose(string(record.Contact)), Without: choose("meeting"),
		Tell: func(w *World) {
			people(w)
			w.box("kim")
			c, err := w.Engine.Connect(w.ctx, contactsync.Connection{Tenant: tenant, User: "kim", Mailbox: mailbox("kim"), Kind: record.Kind(w.Choice)})
			if err == nil {
				got(w.Engine.Sync(w.ctx, c.ID))
			}
		},
		Want: func(w *World) error { return w.Cards("kim", "givenName").Are("Ada", "Grace", "Mary") },
	},
}
